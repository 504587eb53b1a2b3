/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"
#include "base/text.h"
#include "readers/text/test-reading.h"
#include "readers/w3c/w3c.h"

#define IIS                                                                                        \
	"#Software: Microsoft Internet Information Services 10.0\r\n"                              \
	"#Version: 1.0\r\n"                                                                        \
	"#Date: 2021-03-02 10:00:00\r\n"                                                           \
	"#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query cs(User-Agent) sc-status\r\n"

#define IIS_LINE "2021-03-02 10:11:12 10.0.0.1 GET /owa/ a=b Mozilla/5.0+(compatible;+\"x) 200\r\n"

static void test_iis(void)
{
	g_autoptr(TextReading) reading =
		text_reading_of(&w3c_reader, IIS IIS_LINE "\r\n# a remark\r\n" IIS_LINE);

	g_assert_cmpuint(reading->events->len, ==, 2);
	text_reading_expect(reading, 0,
		"{\"LogFormat\":\"w3c\",\"LogName\":\"Microsoft Internet Information Services "
		"10.0\",\"date\":\"2021-03-02\",\"time\":\"10:11:12\",\"s-ip\":\"10.0.0.1\","
		"\"cs-method\":\"GET\",\"cs-uri-stem\":\"/owa/\",\"cs-uri-query\":\"a=b\","
		"\"cs(User-Agent)\":\"Mozilla/5.0+(compatible;+\\\"x)\",\"sc-status\":\"200\"}",
		"2021-03-02T10:11:12.0000000Z");
	g_assert_cmpuint(reading->notes->len, ==, 0);
	g_assert_nonnull(strstr(g_ptr_array_index(reading->events, 1), "record 8 at"));
}

/* Columns go by name, and change with #Fields. */
static void test_fields_change(void)
{
	g_autoptr(TextReading) reading = text_reading_of(&w3c_reader,
		"#Fields: date time c-ip\n2021-03-02 10:11:12 10.0.0.2\n"
		"#Fields: c-ip  time date -\n10.0.0.3 10:11:13 2021-03-02 -\n"
		"#Fields: date time c-ip\n2021-03-02 10:11:14 -\n");

	g_assert_cmpuint(reading->notes->len, ==, 0);
	text_reading_expect(reading, 0,
		"{\"LogFormat\":\"w3c\",\"date\":\"2021-03-02\",\"time\":\"10:11:12\","
		"\"c-ip\":\"10.0.0.2\"}",
		"2021-03-02T10:11:12.0000000Z");
	text_reading_expect(reading, 1,
		"{\"LogFormat\":\"w3c\",\"c-ip\":\"10.0.0.3\",\"time\":\"10:11:13\","
		"\"date\":\"2021-03-02\",\"-\":\"-\"}",
		"2021-03-02T10:11:13.0000000Z");
	text_reading_expect(reading, 2,
		"{\"LogFormat\":\"w3c\",\"date\":\"2021-03-02\",\"time\":\"10:11:14\","
		"\"c-ip\":\"-\"}",
		"2021-03-02T10:11:14.0000000Z");
}

static void test_date_above(void)
{
	g_autoptr(TextReading) reading = text_reading_of(&w3c_reader,
		"#Date: 2021-03-02 10:00:00\n#Fields: time c-ip\n10:11:12 10.0.0.2\n"
		"#Date: 2021-03-03 00:00:00\n00:00:01 10.0.0.2\n");

	text_reading_expect(reading, 0,
		"{\"LogFormat\":\"w3c\",\"time\":\"10:11:12\",\"c-ip\":\"10.0.0.2\"}",
		"2021-03-02T10:11:12.0000000Z");
	text_reading_expect(reading, 1,
		"{\"LogFormat\":\"w3c\",\"time\":\"00:00:01\",\"c-ip\":\"10.0.0.2\"}",
		"2021-03-03T00:00:01.0000000Z");
}

/* Proxies quote what has blanks; what looks like quotes elsewhere is data. */
static void test_quoted(void)
{
	g_autoptr(TextReading) reading = text_reading_of(&w3c_reader,
		"#Software: SGOS 6.5\n#Fields: date time cs(User-Agent) cs-categories\n"
		"2021-03-02 10:11:12 \"Mozilla/4.0 (compatible; \"\"x\"\")\" \"Web Ads\"\n"
		"2021-03-02 10:11:13 \"curl \"none\"\n");

	text_reading_expect(reading, 0,
		"{\"LogFormat\":\"w3c\",\"LogName\":\"SGOS 6.5\",\"date\":\"2021-03-02\","
		"\"time\":\"10:11:12\",\"cs(User-Agent)\":\"Mozilla/4.0 (compatible; \\\"x\\\")\","
		"\"cs-categories\":\"Web Ads\"}",
		"2021-03-02T10:11:12.0000000Z");
	text_reading_expect(reading, 1,
		"{\"LogFormat\":\"w3c\",\"LogName\":\"SGOS 6.5\",\"date\":\"2021-03-02\","
		"\"time\":\"10:11:13\",\"cs(User-Agent)\":\"\\\"curl\",\"cs-categories\":"
		"\"\\\"none\\\"\"}",
		"2021-03-02T10:11:13.0000000Z");
}

/* Tabs: ISA names its columns with tabs, CloudFront with blanks. */
static void test_tabs(void)
{
	g_autoptr(TextReading) reading = text_reading_of(&w3c_reader,
		"#Fields: c-ip\tdate\ttime\tc-agent\n1.2.3.4\t2021-03-02\t10:11:12\ta b\n"
		"#Fields: date time x-edge-location cs(User-Agent)\n"
		"2021-03-02\t10:11:13\tFRA2\tcurl\n");

	text_reading_expect(reading, 0,
		"{\"LogFormat\":\"w3c\",\"c-ip\":\"1.2.3.4\",\"date\":\"2021-03-02\","
		"\"time\":\"10:11:12\",\"c-agent\":\"a b\"}",
		"2021-03-02T10:11:12.0000000Z");
	text_reading_expect(reading, 1,
		"{\"LogFormat\":\"w3c\",\"date\":\"2021-03-02\",\"time\":\"10:11:13\","
		"\"x-edge-location\":\"FRA2\",\"cs(User-Agent)\":\"curl\"}",
		"2021-03-02T10:11:13.0000000Z");
}

static void test_exchange(void)
{
	static const char text[] =
		"DateTime,RequestId,UrlStem,UserAgent\r\n"
		"#Software: Microsoft Exchange Server\r\n#Version: 15.01.2106.002\r\n"
		"#Log-type: HttpProxy Logs\r\n#Date: 2021-03-02T10:00:00.000Z\r\n"
		"#Fields: DateTime,RequestId,UrlStem,UserAgent\r\n"
		"2021-03-02T10:11:12.345Z,1,/ecp/x.js,\"Mozilla/5.0 (a, b)\"\r\n";
	g_autoptr(TextReading) reading = text_reading_of(&w3c_reader, text);

	g_assert_cmpuint(text_probe(&w3c_reader, text), >, 90);
	g_assert_cmpuint(reading->notes->len, ==, 0);
	text_reading_expect(reading, 0,
		"{\"LogFormat\":\"w3c\",\"LogName\":\"Microsoft Exchange Server\","
		"\"LogType\":\"HttpProxy Logs\",\"DateTime\":\"2021-03-02T10:11:12.345Z\","
		"\"RequestId\":\"1\",\"UrlStem\":\"/ecp/x.js\",\"UserAgent\":\"Mozilla/5.0 (a, "
		"b)\"}",
		"2021-03-02T10:11:12.3450000Z");
}

static void test_broken(void)
{
	g_autoptr(TextReading) reading = text_reading_of(&w3c_reader,
		"2021-03-02 10:11:11 early\n"
		"#Fields: date time c-ip\n"
		"2021-03-02 10:11:12\n"	      /* too few: kept */
		"2021-03-02 10:11:13 x y z\n" /* too many: the first are kept */
		"garbage of four words\n"     /* no time: nothing is */
		"garbage\n"
		"\n"
		"2021-03-02 10:11:14 10.0.0.2\n"
		"2021-03-02 25:11:14 10.0.0.3\n"); /* not broken, has no time */

	g_assert_cmpuint(reading->events->len, ==, 4);
	g_assert_cmpuint(reading->gap_records[GAP_DAMAGED], ==, 5);
	text_reading_expect(reading, 0,
		"{\"LogFormat\":\"w3c\",\"date\":\"2021-03-02\",\"time\":\"10:11:12\"}",
		"2021-03-02T10:11:12.0000000Z");
	text_reading_expect(reading, 1,
		"{\"LogFormat\":\"w3c\",\"date\":\"2021-03-02\",\"time\":\"10:11:13\","
		"\"c-ip\":\"x\"}",
		"2021-03-02T10:11:13.0000000Z");
	g_assert_cmpstr(g_ptr_array_index(reading->notes, 1), ==,
		"damaged@50: line 3: it has 2 fields where #Fields names 3; the first ones were "
		"read");
	text_reading_expect(reading, 3,
		"{\"LogFormat\":\"w3c\",\"date\":\"2021-03-02\",\"time\":\"25:11:14\","
		"\"c-ip\":\"10.0.0.3\"}",
		"");
}

/* What a crash leaves: a run of NULs, and the next start of the server right behind it. */
static void test_nuls(void)
{
	static const char text[] = "#Fields: date time c-ip\n2021-03-02 10:11:12 a\n\0\0\0\0"
				   "2021-03-02 10:11:13 b\n\0\0\0\n2021-03-02 10:11:14 c\n";
	ReaderLibrary *library = w3c_reader.library_new();
	g_autoptr(TextReading) reading =
		text_reading_new(&w3c_reader, text, sizeof(text) - 1, FALSE, library);

	g_assert_cmpuint(reading->events->len, ==, 3);
	g_assert_cmpuint(reading->notes->len, ==, 0);
	w3c_reader.library_free(library);
}

/* A long run of NULs near the start does not make it something else. */
static void test_many_nuls(void)
{
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	g_autoptr(TextReading) reading = NULL;
	ReaderLibrary *library = w3c_reader.library_new();
	static const char head[] = "#Fields: date time c-ip\n2021-03-02 10:11:12 a\n";
	static const char tail[] = "2021-03-02 10:11:13 b\n";
	guint8 nuls[READER_PROBE_BYTES] = { 0 };

	g_byte_array_append(bytes, (const guint8 *)head, sizeof(head) - 1);
	g_byte_array_append(bytes, nuls, sizeof(nuls) / 2);
	g_byte_array_append(bytes, (const guint8 *)tail, sizeof(tail) - 1);
	g_assert_cmpuint(w3c_reader.probe(slice_make(bytes->data, bytes->len), ""), >, 80);
	g_byte_array_append(bytes, nuls, sizeof(nuls));
	g_byte_array_append(bytes, (const guint8 *)tail, sizeof(tail) - 1);
	g_assert_cmpuint(w3c_reader.probe(slice_make(bytes->data, READER_PROBE_BYTES), ""), >, 80);
	reading = text_reading_new(&w3c_reader, bytes->data, bytes->len, FALSE, library);
	g_assert_cmpuint(reading->events->len, ==, 3);
	g_assert_cmpuint(reading->notes->len, ==, 0);
	w3c_reader.library_free(library);
}

static void test_encodings(void)
{
	g_autoptr(TextReading) reading = text_reading_of(&w3c_reader,
		"#Software: Gr\xfc\xdf\n#Fields: date time c-ip\n2021-03-02 10:11:12 \xe4\n"
		"2021-03-02 10:11:13 \xc3\xa4\n");

	text_reading_expect(reading, 0,
		"{\"LogFormat\":\"w3c\",\"LogName\":\"Gr\xc3\xbc\xc3\x9f\",\"date\":\"2021-03-02\","
		"\"time\":\"10:11:12\",\"c-ip\":\"\xc3\xa4\"}",
		"2021-03-02T10:11:12.0000000Z");
	text_reading_expect(reading, 1,
		"{\"LogFormat\":\"w3c\",\"LogName\":\"Gr\xc3\xbc\xc3\x9f\",\"date\":\"2021-03-02\","
		"\"time\":\"10:11:13\",\"c-ip\":\"\xc3\xa4\"}",
		"2021-03-02T10:11:13.0000000Z");
	g_assert_cmpuint(reading->gap_records[GAP_ENCODING], ==, 2);
}

/* More columns than a shape may have: said, and the first ones are read. */
static void test_many_columns(void)
{
	g_autoptr(GString) text = g_string_new("#Fields:");
	g_autoptr(TextReading) reading = NULL;

	for (guint i = 0; i < LIMIT_EVENT_COLUMNS + 10; i++)
		g_string_append_printf(text, " f%u", i);
	for (guint i = 0; i < LIMIT_EVENT_COLUMNS + 10; i++)
		g_string_append(text, i ? " x" : "\nx");
	reading = text_reading_of(&w3c_reader, text->str);
	g_assert_cmpuint(reading->events->len, ==, 1);
	g_assert_cmpuint(reading->gaps[GAP_LIMIT], ==, 1);
	g_assert_cmpuint(reading->gaps[GAP_DAMAGED], ==, 0);
}

/* A new shape on every line, and many names that are equal: neither costs much. */
static void test_many_shapes(void)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(TextReading) reading = NULL;

	for (guint i = 0; i < LIMIT_SHAPES * 2; i++)
		g_string_append_printf(text, "#Fields: date time c%u\n2021-03-02 10:11:12 x\n", i);
	g_string_append(text, "#Fields:");
	for (guint i = 0; i < LIMIT_EVENT_COLUMNS; i++)
		g_string_append(text, " a");
	reading = text_reading_of(&w3c_reader, text->str);
	g_assert_cmpuint(reading->events->len, ==, LIMIT_SHAPES * 2);
	g_assert_nonnull(strstr(g_ptr_array_index(reading->fields, 8000), "\"c8000\":\"x\""));
}

static void test_splits(void)
{
	text_reading_check_splits(&w3c_reader, IIS, IIS_LINE, 1);
	text_reading_check_splits(&w3c_reader, "#Fields: date time a\n",
		"2021-03-02 10:11:12 \xfc\n#Software: \xfc\n#Fields: date time b c\n"
		"2021-03-02 10:11:12 x y\n2021-03-02 10:11:12\n#Software: y\n#Fields: date time "
		"a\n",
		3);
}

static void test_damage(void)
{
	text_reading_check_damage(&w3c_reader, IIS IIS_LINE IIS_LINE);
	text_reading_check_damage(
		&w3c_reader, "#Software: x\n#Fields: DateTime,b\n2021-03-02T10:11:12,\"x\"\"y\"\n");
}

static void test_probe(void)
{
	g_assert_cmpuint(text_probe(&w3c_reader, IIS), >=, 90);
	g_assert_cmpuint(text_probe(&w3c_reader, "#Fields: date time c-ip\n"), >=, 80);
	g_assert_cmpuint(text_probe(&w3c_reader, "#fields\tts\tuid\n"), ==, 0);
	g_assert_cmpuint(text_probe(&w3c_reader, "# a script\necho Fields:\n"), ==, 0);
	g_assert_cmpuint(text_probe(&w3c_reader, ""), ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	text_warm_up();
	g_test_add_func("/w3c/iis", test_iis);
	g_test_add_func("/w3c/fields-change", test_fields_change);
	g_test_add_func("/w3c/date-above", test_date_above);
	g_test_add_func("/w3c/quoted", test_quoted);
	g_test_add_func("/w3c/tabs", test_tabs);
	g_test_add_func("/w3c/exchange", test_exchange);
	g_test_add_func("/w3c/broken", test_broken);
	g_test_add_func("/w3c/nuls", test_nuls);
	g_test_add_func("/w3c/many-nuls", test_many_nuls);
	g_test_add_func("/w3c/encodings", test_encodings);
	g_test_add_func("/w3c/many-columns", test_many_columns);
	g_test_add_func("/w3c/many-shapes", test_many_shapes);
	g_test_add_func("/w3c/splits", test_splits);
	g_test_add_func("/w3c/damage", test_damage);
	g_test_add_func("/w3c/probe", test_probe);
	return g_test_run();
}
