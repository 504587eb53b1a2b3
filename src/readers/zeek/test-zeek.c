/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"
#include "base/text.h"
#include "readers/text/test-reading.h"
#include "readers/zeek/zeek.h"

#define HEAD                                                                                       \
	"#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n"            \
	"#path\thttp\n#open\t2021-03-02-10-11-12\n"                                                \
	"#fields\tts\tuid\tid.orig_h\turi\ttags\tproxied\n"                                        \
	"#types\ttime\tstring\taddr\tstring\tset[enum]\tvector[string]\n"
#define LINE "1614679872.345678\tCx1\t10.0.0.2\t/a\\x5cb\t(empty)\tx,y\\x2cz\n"

static void test_lines(void)
{
	g_autoptr(TextReading) reading = text_reading_of(&zeek_reader,
		HEAD LINE "1614679873.000000\tCx2\t-\t(empty)\t-\tone\n"
			  "1614679874.000000\tCx3\t::1\t\\xc3\\xbc\\x01\t\\xff\t-\n"
			  "#close\t2021-03-02-11-00-00\n");

	g_assert_cmpuint(reading->notes->len, ==, 0);
	text_reading_expect(reading, 0,
		"{\"LogFormat\":\"zeek\",\"LogName\":\"http\",\"ts\":\"1614679872.345678\","
		"\"uid\":\"Cx1\",\"id.orig_h\":\"10.0.0.2\",\"uri\":\"/a\\\\b\",\"tags\":\"\","
		"\"proxied\":[\"x\",\"y,z\"]}",
		"2021-03-02T10:11:12.3456780Z");
	text_reading_expect(reading, 1,
		"{\"LogFormat\":\"zeek\",\"LogName\":\"http\",\"ts\":\"1614679873.000000\","
		"\"uid\":\"Cx2\",\"uri\":\"\",\"proxied\":[\"one\"]}",
		"2021-03-02T10:11:13.0000000Z");
	text_reading_expect(reading, 2,
		"{\"LogFormat\":\"zeek\",\"LogName\":\"http\",\"ts\":\"1614679874.000000\","
		"\"uid\":\"Cx3\",\"id.orig_h\":\"::1\",\"uri\":\"\xc3\xbc\\\\x01\","
		"\"tags\":[\"\\\\xff\"]}",
		"2021-03-02T10:11:14.0000000Z");
}

/* Another log behind the first, with other separators; times as Zeek can write them, too. */
static void test_headers_change(void)
{
	g_autoptr(TextReading) reading = text_reading_of(&zeek_reader,
		HEAD LINE "#separator |\n#set_separator|;\n#unset_field|?\n#path|dns\n"
			  "#fields|ts|answers|-\n#types|time|set[string]|string\n"
			  "2021-03-02T10:11:12.5Z|a;b|?\n");

	g_assert_cmpuint(reading->notes->len, ==, 0);
	text_reading_expect(reading, 1,
		"{\"LogFormat\":\"zeek\",\"LogName\":\"dns\",\"ts\":\"2021-03-02T10:11:12.5Z\","
		"\"answers\":[\"a\",\"b\"]}",
		"2021-03-02T10:11:12.5000000Z");
}

static void test_broken(void)
{
	g_autoptr(TextReading) reading = text_reading_of(&zeek_reader,
		"1614679872.0\tearly\n" HEAD "1614679872.0\tCx1\n\ngarbage\n"
		"1614679872.0\tCx1\t1\t2\t3\t4\t5\n" LINE);

	g_assert_cmpuint(reading->events->len, ==, 3);
	g_assert_cmpuint(reading->gap_records[GAP_DAMAGED], ==, 4);
	text_reading_expect(reading, 0,
		"{\"LogFormat\":\"zeek\",\"LogName\":\"http\",\"ts\":\"1614679872.0\","
		"\"uid\":\"Cx1\"}",
		"2021-03-02T10:11:12.0000000Z");
}

/* A list longer than any that makes sense stays one text; columns end at their limit. */
static void test_limits(void)
{
	g_autoptr(GString) text = g_string_new("#fields\tts\ta");
	g_autoptr(TextReading) reading = NULL;

	for (guint i = 0; i < LIMIT_EVENT_COLUMNS; i++)
		g_string_append(text, "\ta");
	g_string_append(text, "\n#types\ttime\tset[string]\n1614679872.0\t");
	for (guint i = 0; i <= LIMIT_LIST_ITEMS; i++)
		g_string_append(text, "x,");
	for (guint i = 0; i < LIMIT_EVENT_COLUMNS; i++)
		g_string_append(text, "\t-");
	reading = text_reading_of(&zeek_reader, text->str);
	g_assert_cmpuint(reading->events->len, ==, 1);
	g_assert_cmpuint(reading->gaps[GAP_LIMIT], ==, 1);
	g_assert_cmpuint(reading->gaps[GAP_DAMAGED], ==, 0);
	g_assert_nonnull(strstr(g_ptr_array_index(reading->fields, 0), "\"a\":\"x,x,"));
}

static void test_splits(void)
{
	text_reading_check_splits(&zeek_reader, HEAD, LINE, 1);
	text_reading_check_splits(
		&zeek_reader, HEAD, LINE "#path\tx\n#fields\tts\tb\n1614679872.0\t\xfc\n" HEAD, 2);
}

static void test_damage(void)
{
	text_reading_check_damage(&zeek_reader, HEAD LINE);
}

static void test_probe(void)
{
	g_assert_cmpuint(text_probe(&zeek_reader, HEAD), >=, 90);
	g_assert_cmpuint(text_probe(&zeek_reader, "#Fields: date time\n"), ==, 0);
	g_assert_cmpuint(text_probe(&zeek_reader, "#fieldset\n#pathology\n"), ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	text_warm_up();
	g_test_add_func("/zeek/lines", test_lines);
	g_test_add_func("/zeek/headers-change", test_headers_change);
	g_test_add_func("/zeek/broken", test_broken);
	g_test_add_func("/zeek/limits", test_limits);
	g_test_add_func("/zeek/splits", test_splits);
	g_test_add_func("/zeek/damage", test_damage);
	g_test_add_func("/zeek/probe", test_probe);
	return g_test_run();
}
