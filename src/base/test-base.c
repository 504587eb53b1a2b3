/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>
#include <math.h>

#include "base/cursor.h"
#include "base/hash.h"
#include "base/instant.h"
#include "base/json.h"
#include "base/text.h"

static void test_cursor_bounds(void)
{
	static const guint8 bytes[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 };
	Cursor c = cursor_make(slice_make(bytes, sizeof(bytes)));
	uint8_t u8 = 0;
	uint16_t u16 = 77;
	uint64_t u64 = 0;
	Slice part;

	g_assert_true(cursor_u64(&c, &u64));
	g_assert_cmphex(u64, ==, 0x0807060504030201);
	g_assert_false(cursor_u16(&c, &u16));
	g_assert_cmpuint(u16, ==, 77); /* untouched */
	g_assert_cmpuint(c.position, ==, 8);
	g_assert_true(cursor_u8(&c, &u8));
	g_assert_cmpuint(u8, ==, 9);
	g_assert_false(cursor_skip(&c, 1));
	g_assert_false(cursor_seek(&c, 10));
	g_assert_false(cursor_slice(&c, SIZE_MAX, &part));
	g_assert_true(cursor_seek(&c, 9));
	g_assert_cmpuint(cursor_remaining(&c), ==, 0);
}

static void test_slice_sub(void)
{
	Slice s = slice_from_text("abcdef");

	g_assert_true(slice_equal(slice_sub(s, 2, 3), slice_from_text("cde")));
	g_assert_true(slice_equal(slice_sub(s, 4, SIZE_MAX), slice_from_text("ef")));
	g_assert_cmpuint(slice_sub(s, 7, 1).size, ==, 0);
	g_assert_cmpint(slice_compare(slice_from_text("ab"), slice_from_text("abc")), <, 0);
	g_assert_cmpint(slice_compare(slice_from_text("b"), slice_from_text("abc")), >, 0);
}

static void test_instant_round_trip(void)
{
	static const char *const texts[] = { "1970-01-01T00:00:00.0000000Z",
		"1999-12-31T23:59:59.9999999Z", "2000-02-29T12:00:00.1000000Z",
		"1969-12-31T23:59:59.9999990Z" };

	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
		Instant instant = 0;
		char text[INSTANT_TEXT_BYTES];

		g_assert_true(instant_parse(slice_from_text(texts[i]), &instant));
		instant_format(instant, text);
		g_assert_cmpstr(text, ==, texts[i]);
	}
}

static void test_instant_parse(void)
{
	static const char *const bad[] = { "", "2021", "2021-02-29T00:00:00Z",
		"2021-13-01T00:00:00", "2021-01-01T24:00:00Z", "2021-01-01T00:00:00+",
		"2021-01-01T00:00:00Zx", "2021-01-01", "21-01-01T00:00:00Z" };
	Instant a = 1, b = 2;

	g_assert_true(instant_parse(slice_from_text("2021-03-02 10:11:12"), &a));
	g_assert_true(instant_parse(slice_from_text("2021-03-02T12:11:12.000+02:00"), &b));
	g_assert_cmpint(a, ==, b);
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		Instant kept = 5;

		g_assert_false(instant_parse(slice_from_text(bad[i]), &kept));
		g_assert_cmpint(kept, ==, 5);
	}
}

static void test_instant_filetime(void)
{
	char text[INSTANT_TEXT_BYTES];

	instant_format(instant_from_filetime(131974850237890000), text);
	g_assert_cmpstr(text, ==, "2019-03-19T16:03:43.7890000Z");
	g_assert_cmpint(instant_from_filetime(0), ==, INSTANT_NONE);
	g_assert_cmpint(instant_from_filetime(UINT64_MAX), ==, INSTANT_NONE);
	g_assert_cmpint(instant_from_filetime(1), ==, INSTANT_NONE); /* 1601 */
	g_assert_true(instant_format_filetime(131974850237890000, text));
	g_assert_cmpstr(text, ==, "2019-03-19T16:03:43.7890000Z");
	g_assert_true(instant_format_filetime(0, text));
	g_assert_cmpstr(text, ==, "1601-01-01T00:00:00.0000000Z");
	g_assert_true(instant_format_filetime(UINT64_C(2650467743999999999), text));
	g_assert_cmpstr(text, ==, "9999-12-31T23:59:59.9999999Z");
	g_assert_false(instant_format_filetime(UINT64_MAX, text));
	instant_format(INSTANT_NONE, text);
	g_assert_cmpstr(text, ==, "");
}

static void test_instant_week(void)
{
	static const struct {
		const char *text;
		int week;
	} cases[] = { { "2021-01-03T00:00:00Z", 53 }, { "2021-01-04T00:00:00Z", 1 },
		{ "2018-12-31T00:00:00Z", 1 }, { "2020-12-31T00:00:00Z", 53 },
		{ "1969-12-28T00:00:00Z", 52 } };

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		Instant instant = 0;

		g_assert_true(instant_parse(slice_from_text(cases[i].text), &instant));
		g_assert_cmpint(instant_parts(instant).iso_week, ==, cases[i].week);
	}
}

static void assert_utf16(const guint8 *bytes, gsize size, const char *plain, const char *folded)
{
	g_autoptr(GString) text = g_string_new("|");

	text_append_utf16(text, slice_make(bytes, size));
	g_assert_cmpstr(text->str + 1, ==, plain);
	g_string_truncate(text, 0);
	text_append_utf16_folded(text, slice_make(bytes, size));
	g_assert_cmpstr(text->str, ==, folded);
}

static void test_text_utf16(void)
{
	static const guint8 mixed[] = { 'A', 0, 0xC4, 0, 0x3D, 0xD8, 0x00, 0xDE };
	static const guint8 lone[] = { 0x3D, 0xD8, 'B', 0, 0x00, 0xDE };
	static const guint8 odd[] = { 'A', 0, 'B' };
	guint8 line[40 * 2];

	assert_utf16(mixed, sizeof(mixed), "A\u00c4\U0001F600", "a\u00e4\U0001F600");
	assert_utf16(lone, sizeof(lone), "\uFFFDB\uFFFD", "\uFFFDb\uFFFD");
	assert_utf16(odd, sizeof(odd), "A\uFFFD", "a\uFFFD");
	/* A non-ASCII unit at each place of a long run, so that both paths meet everywhere. */
	for (gsize at = 0; at < 40; at++) {
		g_autoptr(GString) expected = g_string_new(NULL);

		for (gsize i = 0; i < 40; i++) {
			line[i * 2] = i == at ? 0x16 : 'Q';
			line[i * 2 + 1] = i == at ? 0x04 : 0;
			g_string_append(expected, i == at ? "\u0436" : "q");
		}
		g_autoptr(GString) folded = g_string_new(NULL);

		text_append_utf16_folded(folded, slice_make(line, sizeof(line)));
		g_assert_cmpstr(folded->str, ==, expected->str);
	}
}

/* Bytes of evidence are folded as they come: what is no UTF-8 reads and writes nothing beside it.
 */
static void test_text_fold_invalid(void)
{
	static const struct {
		const char *bytes, *folded;
	} cases[] = { { "A\xA0\xA0"
			"B",
			      "a\uFFFD\uFFFD"
			      "b" },
		{ "X\xFC", "x\uFFFD" }, { "\xF0\x9F\x98", "\uFFFD\uFFFD\uFFFD" },
		{ "\xC0\xAF", "\uFFFD\uFFFD" },
		{ "\xED\xA0\x80"
		  "A",
			"\uFFFD\uFFFD\uFFFD"
			"a" } };
	g_autoptr(GString) many = g_string_new(NULL), folded = g_string_new(NULL);

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree guint8 *exact = g_memdup2(cases[i].bytes, strlen(cases[i].bytes));

		g_string_truncate(folded, 0);
		text_append_folded(folded, slice_make(exact, strlen(cases[i].bytes)));
		g_assert_cmpstr(folded->str, ==, cases[i].folded);
	}
	for (guint i = 0; i < 4096; i++)
		g_string_append_c(many, (char)0xA0);
	g_string_truncate(folded, 0);
	text_append_folded(folded, slice_make(many->str, many->len));
	g_assert_cmpuint(folded->len, ==, 3 * many->len);
}

static void test_text_fold(void)
{
	static const struct {
		const char *text, *folded;
	} cases[] = { { "ABC[`{@Z", "abc[`{@z" }, { "\u017F", "s" }, { "\u212A", "k" },
		{ "\u03A3\u03C3\u03C2", "\u03C3\u03C3\u03C3" }, { "\u0130\u0131", "\u0130\u0131" },
		{ "\u00DF", "\u00DF" }, { "\u0416", "\u0436" }, { "\U00010400", "\U00010428" },
		{ "\u023A", "\u2C65" } };

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *folded = text_fold(cases[i].text);

		g_assert_cmpstr(folded, ==, cases[i].folded);
	}
}

static void test_text_repair(void)
{
	g_autoptr(GString) text = g_string_new(NULL);

	text_append_utf8(text, slice_from_text("a\xC3\xA4\xFF\xC3("));
	g_assert_cmpstr(text->str, ==, "a\u00e4\uFFFD\uFFFD(");
	g_string_truncate(text, 0);
	text_append_utf8(text, slice_make("a\0b", 3));
	g_assert_cmpmem(text->str, text->len, "a\0b", 3);
	g_string_truncate(text, 0);
	text_append_ansi(text, slice_from_text("\x80\xE4\x81z"));
	g_assert_cmpstr(text->str, ==, "\u20AC\u00e4\uFFFDz");
}

static void test_json(void)
{
	g_autoptr(GString) out = g_string_new(NULL);
	Json j = json_begin(out);

	json_object_begin(&j);
	json_member_text(&j, "a\"b", "x\\y\n\x01\x7F\u2028\u2029\u20AC</script>");
	json_key(&j, "list");
	json_array_begin(&j);
	json_int(&j, G_MININT64);
	json_uint(&j, G_MAXUINT64);
	json_null(&j);
	json_array_begin(&j);
	json_array_end(&j);
	json_array_end(&j);
	json_member_bool(&j, "t", TRUE);
	json_member_text(&j, "n", NULL);
	json_object_end(&j);
	g_assert_cmpstr(out->str, ==,
		"{\"a\\\"b\":\"x\\\\y\\n\\u0001\\u007f\\u2028\\u2029\u20AC</script>\","
		"\"list\":[-9223372036854775808,18446744073709551615,null,[]],\"t\":true,\"n\":"
		"null}");
}

static void test_hash(void)
{
	Slice a = slice_from_text("evidence"), b = slice_from_text("evidencf");

	g_assert_cmpuint(slice_hash(a), ==, slice_hash(slice_from_text("evidence")));
	g_assert_cmpuint(slice_hash(a), !=, slice_hash(b));
	g_assert_cmpuint(slice_hash(slice_make("\0", 1)), !=, slice_hash(slice_make("\0\0", 2)));
	g_assert_true(slice_equal_key(&a, &a));
	g_assert_false(slice_equal_key(&a, &b));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	text_warm_up();
	hash_warm_up();
	g_test_add_func("/base/cursor/bounds", test_cursor_bounds);
	g_test_add_func("/base/slice/sub", test_slice_sub);
	g_test_add_func("/base/instant/round-trip", test_instant_round_trip);
	g_test_add_func("/base/instant/parse", test_instant_parse);
	g_test_add_func("/base/instant/filetime", test_instant_filetime);
	g_test_add_func("/base/instant/iso-week", test_instant_week);
	g_test_add_func("/base/text/utf16", test_text_utf16);
	g_test_add_func("/base/text/fold", test_text_fold);
	g_test_add_func("/base/text/fold-invalid", test_text_fold_invalid);
	g_test_add_func("/base/text/repair", test_text_repair);
	g_test_add_func("/base/json", test_json);
	g_test_add_func("/base/hash", test_hash);
	return g_test_run();
}
