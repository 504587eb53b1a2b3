/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>

#include "base/hash.h"
#include "base/limits.h"
#include "base/text.h"
#include "model/coverage.h"
#include "model/event.h"
#include "model/rule.h"
#include "model/value.h"

#define BYTES(...) slice_make((const guint8[]){ __VA_ARGS__ }, sizeof((guint8[]){ __VA_ARGS__ }))

static void assert_texts(const Value *value, const char *text, const char *folded, const char *json)
{
	g_autoptr(GString) out = g_string_new(NULL);

	value_append_text(out, value);
	g_assert_cmpstr(out->str, ==, text);
	g_string_truncate(out, 0);
	value_append_folded(out, value);
	g_assert_cmpstr(out->str, ==, folded);
	g_string_truncate(out, 0);
	value_append_json(out, value);
	g_assert_cmpstr(out->str, ==, json);
}

static void test_value_numbers(void)
{
	const Value minus = { .type = VALUE_INT, .bytes = BYTES(0xFE, 0xFF) };
	const Value big = { .type = VALUE_UINT,
		.bytes = BYTES(255, 255, 255, 255, 255, 255, 255, 255) };
	const Value hex = { .type = VALUE_HEX, .bytes = BYTES(0xE7, 3, 0, 0, 0, 0, 0, 0) };
	const Value yes = { .type = VALUE_BOOL, .bytes = BYTES(1, 0, 0, 0) };
	const Value tenth = { .type = VALUE_REAL,
		.bytes = BYTES(0x9A, 0x99, 0x99, 0x99, 0x99, 0x99, 0xB9, 0x3F) };
	gint64 number = 0;

	assert_texts(&minus, "-2", "-2", "-2");
	assert_texts(&big, "18446744073709551615", "18446744073709551615", "18446744073709551615");
	assert_texts(&hex, "0x3e7", "0x3e7", "\"0x3e7\"");
	assert_texts(&yes, "true", "true", "\"true\"");
	assert_texts(&tenth, "0.1", "0.1", "\"0.1\"");
	g_assert_true(value_to_int(&minus, &number));
	g_assert_cmpint(number, ==, -2);
	g_assert_false(value_to_int(&big, &number));
	g_assert_true(value_to_int(&hex, &number));
	g_assert_cmpint(number, ==, 999);
}

static void test_value_identifiers(void)
{
	const Value guid = { .type = VALUE_GUID,
		.bytes = BYTES(0x33, 0x22, 0x11, 0x00, 0x55, 0x44, 0x77, 0x66, 0x88, 0x99, 0xAA,
			0xBB, 0xCC, 0xDD, 0xEE, 0xFF) };
	const Value sid = { .type = VALUE_SID,
		.bytes = BYTES(1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0) };
	const Value short_sid = { .type = VALUE_SID, .bytes = BYTES(1, 2, 0, 0, 0, 0, 0, 5, 18) };

	assert_texts(&guid, "{00112233-4455-6677-8899-AABBCCDDEEFF}",
		"{00112233-4455-6677-8899-aabbccddeeff}",
		"\"{00112233-4455-6677-8899-AABBCCDDEEFF}\"");
	assert_texts(&sid, "S-1-5-18", "s-1-5-18", "\"S-1-5-18\"");
	assert_texts(
		&short_sid, "010200000000000512", "010200000000000512", "\"010200000000000512\"");
}

static void test_value_times(void)
{
	const Value time = { .type = VALUE_SYSTEMTIME,
		.bytes = BYTES(0xE5, 7, 3, 0, 2, 0, 2, 0, 10, 0, 11, 0, 12, 0, 250, 0) };
	const Value bad = { .type = VALUE_SYSTEMTIME,
		.bytes = BYTES(0xE5, 7, 13, 0, 2, 0, 2, 0, 10, 0, 11, 0, 12, 0, 250, 0) };
	const Value text = { .type = VALUE_UTF8,
		.bytes = slice_from_text("2021-03-02 10:11:12.250") };

	assert_texts(&time, "2021-03-02T10:11:12.2500000Z", "2021-03-02t10:11:12.2500000z",
		"\"2021-03-02T10:11:12.2500000Z\"");
	g_assert_cmpint(value_to_instant(&time), ==, value_to_instant(&text));
	g_assert_cmpint(value_to_instant(&bad), ==, INSTANT_NONE);
	assert_texts(&bad, "E5070D00020002000A000B000C00FA00", "e5070d00020002000a000b000c00fa00",
		"\"E5070D00020002000A000B000C00FA00\"");
}

static void test_value_texts(void)
{
	const Value utf16 = { .type = VALUE_UTF16,
		.bytes = BYTES('A', 0, 0, 0, 'B', 0, 0, 0, 0, 0) };
	const Value items[] = { { .type = VALUE_UTF8, .bytes = slice_from_text("One") },
		{ .type = VALUE_NULL }, { .type = VALUE_UINT, .bytes = BYTES(7) } };
	const Value list = { .type = VALUE_LIST, .n_items = 3, .items = items };
	const Value nothing = { .type = VALUE_NULL };
	const Value with_nul = { .type = VALUE_UTF8, .bytes = BYTES('A', 0, 'B') };
	g_autoptr(GString) out = g_string_new(NULL);

	value_append_text(out, &utf16); /* inner NULs stay, padding goes */
	g_assert_cmpmem(out->str, out->len, "A\0B", 3);
	g_string_truncate(out, 0);
	value_append_folded(out, &with_nul);
	g_assert_cmpmem(out->str, out->len, "a\0b", 3);
	assert_texts(&list, "One\n\n7", "one\n\n7", "[\"One\",null,7]");
	assert_texts(&nothing, "", "", "null");
}

static void test_value_json(void)
{
	const Value path = { .type = VALUE_JSON,
		.bytes = slice_from_text(
			"C:\\\\Windows\\\\System32\\\\CMD.exe \\\"A\\\"\\t\\u00C4\\/") };
	const Value pair = { .type = VALUE_JSON,
		.bytes = slice_from_text("\\ud83d\\ude00 \\ud83d\\u0041\\udc00") };
	const Value odd = { .type = VALUE_JSON, .bytes = slice_from_text("\\q \\u12 \\") };
	const Value padded = { .type = VALUE_JSON, .bytes = slice_from_text("A\\u0000\\u0000") };
	const Value high = { .type = VALUE_JSON,
		.bytes = BYTES('a', 0xC3, 0x84, 0xFF, '\\', 'n', 0xC3) };
	const Value plain = { .type = VALUE_UTF8,
		.bytes = BYTES('A', 0xC3, 0x84, 0xFF, '\\', 'n', 0xC3) };
	const Value large = { .type = VALUE_BARE,
		.bytes = slice_from_text("18446744073709551616") };
	const Value exponent = { .type = VALUE_BARE, .bytes = slice_from_text("-1.0E+5") };
	const Value no_number = { .type = VALUE_BARE, .bytes = slice_from_text("01") };
	const Value truth = { .type = VALUE_BARE, .bytes = slice_from_text("true") };
	gint64 number = 0;

	assert_texts(&path, "C:\\Windows\\System32\\CMD.exe \"A\"\t\xc3\x84/",
		"c:\\windows\\system32\\cmd.exe \"a\"\t\xc3\xa4/",
		"\"C:\\\\Windows\\\\System32\\\\CMD.exe \\\"A\\\"\\t\xc3\x84/\"");
	assert_texts(&pair,
		"\xf0\x9f\x98\x80 \xef\xbf\xbd"
		"A\xef\xbf\xbd",
		"\xf0\x9f\x98\x80 \xef\xbf\xbd"
		"a\xef\xbf\xbd",
		"\"\xf0\x9f\x98\x80 \xef\xbf\xbd"
		"A\xef\xbf\xbd\"");
	assert_texts(&odd, "\\q \\u12 \\", "\\q \\u12 \\", "\"\\\\q \\\\u12 \\\\\"");
	assert_texts(&padded, "A", "a", "\"A\"");
	assert_texts(&high, "a\xc3\x84\xef\xbf\xbd\n\xef\xbf\xbd",
		"a\xc3\xa4\xef\xbf\xbd\n\xef\xbf\xbd", "\"a\xc3\x84\xef\xbf\xbd\\n\xef\xbf\xbd\"");
	assert_texts(&plain, "A\xc3\x84\xef\xbf\xbd\\n\xef\xbf\xbd",
		"a\xc3\xa4\xef\xbf\xbd\\n\xef\xbf\xbd",
		"\"A\xc3\x84\xef\xbf\xbd\\\\n\xef\xbf\xbd\"");
	assert_texts(
		&large, "18446744073709551616", "18446744073709551616", "18446744073709551616");
	assert_texts(&exponent, "-1.0E+5", "-1.0e+5", "-1.0E+5");
	assert_texts(&no_number, "01", "01", "\"01\"");
	g_assert_false(value_to_int(&large, &number));
	g_assert_false(value_to_int(&exponent, &number));
	assert_texts(&truth, "true", "true", "true");
	g_assert_true(value_to_int(&truth, &number));
	g_assert_cmpint(number, ==, 1);
}

static void test_value_cut(void)
{
	g_autofree guint8 *long_text = g_malloc(LIMIT_VALUE_BYTES + 10);
	const Value value = { .type = VALUE_UTF8,
		.bytes = slice_make(long_text, LIMIT_VALUE_BYTES + 10) };
	g_autoptr(GString) out = g_string_new(NULL);

	memset(long_text, 'x', LIMIT_VALUE_BYTES + 10);
	value_append_text(out, &value);
	g_assert_cmpuint(out->len, ==, LIMIT_VALUE_BYTES);
}

static guint n_freed;

static void count_free(void *data)
{
	n_freed++;
}

static void test_shape(void)
{
	Shape *shape = shape_new("test");

	for (guint i = 0; i < 100; i++) {
		g_autofree char *name = g_strdup_printf("column%u", i);

		g_assert_cmpuint(shape_add_column(shape, name, i == 3 ? "c" : NULL), ==, i);
	}
	g_assert_cmpint(shape_find_column(shape, "column99"), ==, 99);
	g_assert_cmpint(shape_find_column(shape, "Column99"), ==, -1);
	g_assert_cmpstr(shape->columns[3].constant, ==, "c");
	shape->bindings[1] = (ShapeBinding){ shape, count_free };
	shape_free(shape);
	g_assert_cmpuint(n_freed, ==, 1);
	shape_free(NULL);
}

static void test_event_line(void)
{
	g_autoptr(Shape) shape = shape_new("test");
	const Value values[] = { { .type = VALUE_UTF8, .bytes = slice_from_text("a\"b") },
		{ .type = VALUE_ABSENT }, { .type = VALUE_NULL } };
	g_autoptr(GString) out = g_string_new(NULL);
	const Event event = { .shape = shape,
		.values = values,
		.time = 0,
		.origin = EVENT_RECOVERED,
		.record = 7,
		.offset = 0x1200 };

	shape_add_column(shape, "One", NULL);
	shape_add_column(shape, "Two", NULL);
	shape_add_column(shape, "Three", NULL);
	event_append_line(out, &event, "dir/x.evtx");
	g_assert_cmpstr(out->str, ==,
		"{\"schema\":\"spoor.event/1\",\"evidence\":\"dir/x.evtx\","
		"\"locator\":\"recovered record 7 at 0x1200\",\"recovered\":true,"
		"\"time\":\"1970-01-01T00:00:00.0000000Z\","
		"\"fields\":{\"One\":\"a\\\"b\",\"Three\":null}}\n");
}

static void test_names(void)
{
	RuleLevel level = LEVEL_LOW;

	for (guint i = 0; i < GAP_N_KINDS; i++) {
		g_assert_cmpstr(gap_kind_name((GapKind)i), !=, NULL);
		g_assert_cmpuint(strlen(gap_kind_meaning((GapKind)i)), >, 10);
		for (guint k = 0; k < i; k++)
			g_assert_cmpstr(gap_kind_name((GapKind)i), !=, gap_kind_name((GapKind)k));
	}
	g_assert_true(gap_kind_is_loss(GAP_DAMAGED));
	g_assert_false(gap_kind_is_loss(GAP_CHECKSUM));
	g_assert_true(rule_level_parse("Critical", &level));
	g_assert_cmpint(level, ==, LEVEL_CRITICAL);
	g_assert_false(rule_level_parse("severe", &level));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	text_warm_up();
	hash_warm_up();
	g_test_add_func("/model/value/numbers", test_value_numbers);
	g_test_add_func("/model/value/identifiers", test_value_identifiers);
	g_test_add_func("/model/value/times", test_value_times);
	g_test_add_func("/model/value/texts", test_value_texts);
	g_test_add_func("/model/value/json", test_value_json);
	g_test_add_func("/model/value/cut", test_value_cut);
	g_test_add_func("/model/shape", test_shape);
	g_test_add_func("/model/event/line", test_event_line);
	g_test_add_func("/model/names", test_names);
	return g_test_run();
}
