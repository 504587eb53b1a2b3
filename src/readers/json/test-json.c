/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"
#include "base/limits.h"
#include "base/text.h"
#include "readers/json/json.h"
#include "readers/test-read.h"

static void assert_fields(const char *text, guint index, const char *fields)
{
	g_autoptr(TestRead) read = test_read_text(&json_reader, text, 0);
	g_autofree char *whole =
		g_strdup_printf("{\"LogFormat\":\"json\"%s%s}", *fields ? "," : "", fields);

	g_assert_cmpstr(test_read_fields(read, index), ==, whole);
}

static void assert_notes(const char *text, guint n_events, const char *notes)
{
	g_autoptr(TestRead) read = test_read_text(&json_reader, text, 0);
	g_autoptr(GString) all = g_string_new(NULL);

	for (guint i = 0; i < read->notes->len; i++)
		g_string_append_printf(all, "%s\n", (char *)g_ptr_array_index(read->notes, i));
	g_assert_cmpstr(all->str, ==, notes);
	g_assert_cmpuint(read->lines->len, ==, n_events);
}

static void test_values(void)
{
	assert_fields("{\"i\":-12345678901234567890,\"f\":1.50e+3,\"t\":true,\"n\":null}", 0,
		"\"f\":1.50e+3,\"i\":-12345678901234567890,\"n\":null,\"t\":true");
	assert_fields("{\"s\":\"a\\\\b\\u00e4\\ud83d\\ude00\\ud83d\"}", 0,
		"\"s\":\"a\\\\b\xc3\xa4\xf0\x9f\x98\x80\xef\xbf\xbd\"");
	assert_fields("{\"a\":[1,\"x\",null],\"e\":[],\"o\":{},\"one\":[true]}", 0,
		"\"a\":[1,\"x\",null],\"e\":[],\"o\":null,\"one\":[true]");
	assert_fields("{\"a\":[{\"b\":1,\"c\":{\"d\":2}},{\"b\":3},[4,[5]]]}", 0,
		"\"a\":[4,5],\"a.b\":[1,3],\"a.c.d\":[2]");
	assert_fields("{\"x\":1,\"y\":2,\"x\":3,\"p\":{\"q\":1},\"p.q\":2}", 0,
		"\"p.q\":[1,2],\"x\":[1,3],\"y\":2");
	assert_fields("{ \"k\\u0041\" : [ 1 , ] , }", 0, "\"kA\":[1]");
	assert_fields("{\"x\":NaN,\"y\":Infinity}", 0, "\"x\":\"NaN\",\"y\":\"Infinity\"");
	assert_fields("{}", 0, "");
}

/* Whichever events came before, an event is printed with its own fields in order of name. */
static void test_families(void)
{
	const char *text = "{\"b\":1}\n{\"a\":2}\n{\"c\":3,\"a\":4}\n{\"b\":5}\n";

	assert_fields(text, 0, "\"b\":1");
	assert_fields(text, 1, "\"a\":2");
	assert_fields(text, 2, "\"a\":4,\"c\":3");
	assert_fields(text, 3, "\"b\":5");
}

static const char layouts[][80] = {
	"{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n",
	"{\"a\":1}\r\n\r\n{\"a\":2}\r\n{\"a\":3}",
	"{\"a\":1}{\"a\":2}{\"a\":3}",
	"[{\"a\":1},{\"a\":2},{\"a\":3}]",
	"[\n{\"a\":1},\n{\"a\":2},\n{\"a\":3}\n]\n",
	"[\n  {\n    \"a\": 1\n  },\n  {\"a\": 2},\n  {\"a\": 3}\n]\n",
	"{\"Records\":[{\"a\":1},{\"a\":2},{\"a\":3}],\"kind\":[{\"a\":4}]}",
	"{\"Records\":[{\"a\":1}],\"items\":[{\"a\":2}]}\n{\"a\":3}\n",
	"{\n\"took\":1,\n\"hits\":{\"hits\":[{\"a\":1}],\"hits\":[{\"a\":2}]}}\n{\"a\":3}",
	"{\"took\":1,\"hits\":{\"total\":{\"v\":1},\"hits\":[{\"a\":1},{\"a\":2},{\"a\":3}]}}",
	"{\"value\":[{\"a\":1}]}\n{\"value\":[{\"a\":2}]}\n{\"value\":[{\"a\":3}]}\n",
	"\xef\xbb\xbf[{\"a\":1},{\"a\":2},\n{\"a\":3}]",
	"Record 1\n{\n\"a\":1\n}\nRecord 2\n{\"a\":2}\nRecord 3\n{\"a\":3}\n",
	"\x1e{\"a\":1}\n\x1e{\"a\":2}\n\x1e{\"a\":3}\n",
};

static void test_layouts(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(layouts); i++) {
		g_autoptr(TestRead) read = test_read_text(&json_reader, layouts[i], 0);

		g_assert_cmpuint(read->lines->len, ==, 3);
		g_assert_cmpuint(read->notes->len, ==, 0);
		for (guint n = 0; n < 3; n++) {
			g_autofree char *fields =
				g_strdup_printf("{\"LogFormat\":\"json\",\"a\":%u}", n + 1);

			g_assert_cmpstr(test_read_fields(read, n), ==, fields);
		}
	}
}

/* Offsets are those of the evidence's own bytes. */
static void test_utf16(void)
{
	static const guint8 bytes[] = { 0xFE, 0xFF, 0, '[', 0, '{', 0, '"', 0, 'a', 0, '"', 0, ':',
		0, '"', 0xD8, 0x3D, 0xDE, 0x00, 0, 0xE4, 0, '"', 0, '}', 0, ',', 0, '{', 0, '"', 0,
		'b', 0, '"', 0, ':', 0, '1', 0, '}', 0, ']' };
	g_autoptr(TestRead) read = test_read_make(&json_reader, bytes, sizeof(bytes), 0, 0);

	g_assert_cmpuint(read->lines->len, ==, 2);
	g_assert_cmpstr(g_ptr_array_index(read->lines, 0), ==,
		" 1 4 {\"LogFormat\":\"json\",\"a\":\"\xf0\x9f\x98\x80\xc3\xa4\"}");
	g_assert_cmpstr(
		g_ptr_array_index(read->lines, 1), ==, " 2 28 {\"LogFormat\":\"json\",\"b\":1}");
}

static void test_offsets_in_lines(void)
{
	static const char ansi[] = "{\"a\":1}\n{\"a\":\"\xe4\xe4\"}{\"b\":1}\n";
	g_autoptr(TestRead) read = test_read_text(&json_reader, ansi, 0);

	g_assert_cmpstr(g_ptr_array_index(read->lines, 1), ==,
		" 2 8 {\"LogFormat\":\"json\",\"a\":\"\xc3\xa4\xc3\xa4\"}");
	g_assert_cmpstr(
		g_ptr_array_index(read->lines, 2), ==, " 2 18 {\"LogFormat\":\"json\",\"b\":1}");
}

static void test_damage(void)
{
	assert_notes("{\"a\":1}\nnot json\n{\"a\":}\n{\"a\":3", 1,
		"damaged 1 line 2: this is no object\n"
		"damaged 1 line 3: there is no value\n"
		"truncated 1 the evidence ends inside of an object\n");
	assert_notes("[{\"a\":1},{\"b\":{\"c\":1},{\"d\":1},{\"e\":1}]", 3,
		"damaged 1 behind object 2: there is no key\n");
	assert_notes("{\"a\":1}{\"b\":tru,\"c\":{\"x\":[]}},{\"d\":1}x{\"e\":1}", 3,
		"damaged 1 behind object 2: there is no value\n"
		"damaged 1 behind object 3: this is no object\n");
	assert_notes("{\"a\":1}\n{\"a\":\"\xff\"}\n", 2,
		"encoding 1 1 line is no UTF-8 and was read as Windows-1252\n");
}

/* What is no list of events is not taken apart; what else stands beside one is told. */
static void test_envelopes(void)
{
	static const char basket[] = "{\"items\":[{\"n\":1},{\"n\":2}],\"user\":\"eve\",\"x\":{}}";
	static const char dated[] =
		"{\"items\":[{\"time\":\"2021-01-01T00:00:00Z\"}],\"user\":\"eve\",\"x\":[\"a]}\"],"
		"\"items\":[{\"n\":1}]}";
	g_autoptr(GString) large = g_string_new("{\"items\":[");

	assert_fields(basket, 0, "\"items.n\":[1,2],\"user\":\"eve\",\"x\":null");
	assert_notes(basket, 1, "");
	assert_notes(dated, 2,
		"unsupported 0 2 fields beside the events of envelopes are no events and were not "
		"read\n");
	/* Too large to be looked at as a whole: a list. */
	for (guint i = 0; i < 20000; i++)
		g_string_append(large, "{\"n\":1},\n");
	g_string_append(large, "{}],\"user\":\"eve\"}{\"a\":1}");
	assert_notes(large->str, 20002,
		"unsupported 0 1 field beside the events of envelopes is no events and was not "
		"read\n");
	assert_notes(
		"[{\"a\":1},\n{\"a\":2", 1, "truncated 1 the evidence ends inside of an object\n");
	assert_notes("[\n{\n\"a\":1},\n{\"a\":2},\n", 2,
		"truncated 1 the evidence ends inside of a list of events; there may have been "
		"more\n");
	assert_notes("{\"items\":[{\"a\":1},{\"a\":2}\n", 2,
		"truncated 1 the evidence ends inside of a list of events; there may have been "
		"more\n");
}

/* Objects of which each has a key of its own share a column in the end; nothing is lost. */
static void test_many_shapes(void)
{
	g_autoptr(GString) text = g_string_new("{\"a\":1}\n");
	guint n = 3 * LIMIT_JSON_SHAPES, n_further = 0;

	for (guint i = 0; i < n; i++)
		g_string_append_printf(text, "{\"a\":1,\"k%u\":%u}\n", i, i);

	g_autoptr(TestRead) read = test_read_text(&json_reader, text->str, 0);

	g_assert_cmpuint(read->lines->len, ==, n + 1);
	g_assert_cmpuint(read->notes->len, ==, 1);
	g_assert_true(g_str_has_prefix(g_ptr_array_index(read->notes, 0), "limit "));
	for (guint i = 0; i < n; i++) {
		const char *fields = test_read_fields(read, i + 1);
		g_autofree char *own = g_strdup_printf("\"k%u\":%u", i, i);
		g_autofree char *shared = g_strdup_printf("\"further_fields\":[%u]", i);

		g_assert_nonnull(strstr(fields, "\"a\":1"));
		n_further += strstr(fields, shared) != NULL;
		g_assert_true(strstr(fields, own) || strstr(fields, shared));
	}
	g_assert_cmpuint(n_further, >, n / 2);
	g_assert_cmpuint(n_further, <, n - LIMIT_JSON_SHAPES / 2);
}

/* Constants are what the event itself says, whatever bytes are in them. */
static void test_constants(void)
{
	static const char bytes[] = "{\"Channel\":\"A\0B\",\"EventID\":1}\n"
				    "{\"Channel\":\"A\",\"EventID\":1,\"Provider_Name\":\"B\0\"}\n"
				    "{\"Channel\":\"A\0B\",\"EventID\":1}\n";
	g_autoptr(TestRead) read = test_read_make(&json_reader, bytes, sizeof(bytes) - 1, 0, 0);

	g_assert_cmpuint(read->lines->len, ==, 3);
	g_assert_nonnull(strstr(test_read_fields(read, 0), "\"Channel\":\"A\\u0000B\""));
	g_assert_nonnull(strstr(test_read_fields(read, 1), "\"Channel\":\"A\""));
	g_assert_cmpstr(test_read_fields(read, 2), ==, test_read_fields(read, 0));
}

/* Whatever is cut off a file, what is whole is read. */
static void test_truncation(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(layouts); i++) {
		gsize size = strlen(layouts[i]);
		guint n_before = 0;

		for (gsize cut = 0; cut <= size; cut++) {
			g_autoptr(TestRead) read =
				test_read_make(&json_reader, layouts[i], cut, 0, 0);

			g_assert_cmpuint(read->lines->len, >=, n_before);
			g_assert_cmpuint(read->lines->len, <=, n_before + 1);
			n_before = read->lines->len;
		}
		g_assert_cmpuint(n_before, ==, 3);
	}
}

static void test_limits(void)
{
	g_autoptr(GString) deep = g_string_new("{\"first\":1,\"deep\":");
	g_autoptr(GString) wide = g_string_new("{");
	g_autoptr(GString) many = g_string_new("{\"many\":[");
	g_autoptr(GString) name = g_string_new("{\"first\":1,\"");

	for (guint i = 0; i < LIMIT_JSON_DEPTH + 10; i++)
		g_string_append(deep, "{\"x\":[");
	for (guint i = 0; i < LIMIT_JSON_DEPTH + 10; i++)
		g_string_append(deep, "]}");
	g_string_append(deep, ",\"last\":1}");
	assert_notes(deep->str, 1,
		"limit 1 1 object holds more than LIMIT_JSON_DEPTH allows; the rest was not "
		"read\n");
	for (guint i = 0; i < LIMIT_JSON_FIELDS + 10; i++)
		g_string_append_printf(wide, "\"k%u\":1,", i);
	g_string_append_c(wide, '}');
	assert_notes(wide->str, 1,
		"limit 1 1 object holds more than LIMIT_JSON_FIELDS allows; the rest was not "
		"read\n");
	for (guint i = 0; i < LIMIT_JSON_VALUES + 10; i++)
		g_string_append(many, "1,");
	g_string_append(many, "]}");
	assert_notes(many->str, 1,
		"limit 1 1 object holds more than LIMIT_JSON_VALUES allows; the rest was not "
		"read\n");
	for (guint i = 0; i < LIMIT_JSON_NAME_BYTES + 10; i++)
		g_string_append_c(name, 'x');
	g_string_append(name, "\":{\"y\":[1]},\"last\":1}");
	assert_notes(name->str, 1,
		"limit 1 1 object holds more than LIMIT_JSON_NAME_BYTES allows; the rest was not "
		"read\n");
	assert_fields(name->str, 0, "\"first\":1,\"last\":1");
}

/* An event may have more columns than a family's shape; none is lost. */
static void test_many_columns(void)
{
	g_autoptr(GString) text = g_string_new(NULL);
	guint n_events = 40, n_each = LIMIT_EVENT_COLUMNS / 4;

	for (guint i = 0; i < n_events; i++) {
		g_string_append_c(text, '{');
		for (guint k = 0; k < n_each; k++)
			g_string_append_printf(text, "\"k%u\":%u,", i * n_each / 2 + k, k);
		g_string_append(text, "\"last\":1}\n");
	}
	g_string_append_c(text, '{');
	for (guint k = 0; k < LIMIT_EVENT_COLUMNS * 2; k++)
		g_string_append_printf(text, "\"k%u\":%u,", k, k);
	g_string_append(text, "\"last\":1}\n");

	g_autoptr(TestRead) read = test_read_text(&json_reader, text->str, 0);

	g_assert_cmpuint(read->notes->len, ==, 0);
	g_assert_cmpuint(read->lines->len, ==, n_events + 1);
	for (guint i = 0; i <= n_events; i++) {
		g_auto(GStrv) parts = g_strsplit(test_read_fields(read, i), "\"k", -1);

		g_assert_cmpuint(g_strv_length(parts) - 1, ==,
			i < n_events ? n_each : LIMIT_EVENT_COLUMNS * 2);
	}
}

static void test_split(void)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; text->len < 5u << 20; i++)
		g_string_append_printf(text,
			"{\"time\":%u,\"n%u\":\"%.*s\",\"Channel\":\"C%u\",\"EventID\":%u}%s",
			1600000000 + i, i % 50, (int)(i % 97),
			"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
			"xx"
			"xxxxxxxxxxxxxxxxxxxxxxx",
			i % 3, i % 7, i % 1000 ? "\n" : "\nbroken\n");

	g_autoptr(TestRead) whole =
		test_read_make(&json_reader, text->str, text->len, 0, G_MAXUINT32);
	g_autoptr(TestRead) split = test_read_make(&json_reader, text->str, text->len, 0, 1);

	test_read_same(whole, split);
	g_assert_cmpuint(whole->lines->len, >, 10000);
}

/* One line and one array of any size need no more memory than their largest object. */
static void test_large(void)
{
	g_autoptr(GString) text = g_string_new("[{\"a\":1},{\"big\":\"");
	gsize big = LIMIT_LINE_BYTES + 100;

	for (gsize i = 0; i < big; i++)
		g_string_append_c(text, i % 50 ? 'x' : '}');
	g_string_append(text, "\"},{\"a\":2},");
	for (guint i = 0; i < 300000; i++)
		g_string_append_printf(text, "{\"n\":%u,\"m\":{\"k\":[]}},", i);
	g_string_append(text, "{\"a\":3}]");

	g_autoptr(TestRead) read = test_read_text(&json_reader, text->str, 0);

	g_assert_cmpuint(read->lines->len, ==, 300003);
	g_assert_cmpuint(read->notes->len, ==, 1);
	g_assert_cmpstr(g_ptr_array_index(read->notes, 0), ==,
		"limit 1 an object is larger than LIMIT_LINE_BYTES; it was not read");
	g_assert_cmpstr(test_read_fields(read, 300002), ==, "{\"LogFormat\":\"json\",\"a\":3}");
}

static guint probe(const char *text)
{
	return json_reader.probe(slice_from_text(text), "");
}

static void test_probe(void)
{
	g_assert_cmpuint(probe(""), ==, 0);
	g_assert_cmpuint(probe("hello {\"a\":1}"), ==, 0);
	g_assert_cmpuint(probe("{ color: red }"), ==, 0);
	g_assert_cmpuint(probe("[section]\nkey=value\n"), ==, 0);
	g_assert_cmpuint(probe("[2021-03-02 10:11:12] text"), ==, 0);
	g_assert_cmpuint(probe("{\"name\":\"settings\",\"version\":1}"), ==, 15);
	g_assert_cmpuint(probe("{\"a\":1}\n{\"a\":2}\n"), ==, 60);
	g_assert_cmpuint(probe("{\"time\":\"2021-03-02T10:11:12Z\"}"), ==, 80);
	g_assert_cmpuint(probe("\"x\":1}\n{\"time\":\"2021-03-02T10:11:12Z\"}\n"), ==, 40);
	g_assert_cmpuint(probe("Record 1\n{\"Event\":{\"System\":{\"Channel\":\"x\"}}}"), ==, 90);
}

static void test_time(void)
{
	static const char *const times[][2] = {
		{ "\"2021-03-02T10:11:12.123456789+01:00\"", "2021-03-02T09:11:12.1234567Z" },
		{ "1614679872", "2021-03-02T10:11:12.0000000Z" },
		{ "1614679872.25", "2021-03-02T10:11:12.2500000Z" },
		{ "1614679872123", "2021-03-02T10:11:12.1230000Z" },
		{ "\"1614679872123456\"", "2021-03-02T10:11:12.1234560Z" },
		{ "1614679872123456789", "2021-03-02T10:11:12.1234567Z" },
		{ "\"\\/Date(1614679872123+0100)\\/\"", "2021-03-02T10:11:12.1230000Z" },
		{ "\"2021-03-02 10:11:12 UTC\"", "2021-03-02T10:11:12.0000000Z" },
		{ "0", " " },
		{ "\"yesterday\"", " " },
		{ "[1614679872]", " " },
		{ "99999999999999999999999999", " " },
	};

	for (guint i = 0; i < G_N_ELEMENTS(times); i++) {
		g_autofree char *text = g_strdup_printf("{\"ts\":%s}", times[i][0]);
		g_autoptr(TestRead) read = test_read_text(&json_reader, text, 0);

		g_assert_true(g_str_has_prefix(g_ptr_array_index(read->lines, 0), times[i][1]));
	}
}

int main(int argc, char **argv)
{
	text_warm_up();
	hash_warm_up();
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/json/values", test_values);
	g_test_add_func("/json/families", test_families);
	g_test_add_func("/json/layouts", test_layouts);
	g_test_add_func("/json/utf16", test_utf16);
	g_test_add_func("/json/offsets-in-lines", test_offsets_in_lines);
	g_test_add_func("/json/damage", test_damage);
	g_test_add_func("/json/envelopes", test_envelopes);
	g_test_add_func("/json/many-shapes", test_many_shapes);
	g_test_add_func("/json/constants", test_constants);
	g_test_add_func("/json/truncation", test_truncation);
	g_test_add_func("/json/limits", test_limits);
	g_test_add_func("/json/many-columns", test_many_columns);
	g_test_add_func("/json/split", test_split);
	g_test_add_func("/json/large", test_large);
	g_test_add_func("/json/probe", test_probe);
	g_test_add_func("/json/time", test_time);
	return g_test_run();
}
