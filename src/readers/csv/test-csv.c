/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"
#include "base/text.h"
#include "readers/csv/csv.h"
#include "readers/text/test-reading.h"

static void test_separators(void)
{
	static const char separators[] = ",;\t|";

	for (guint i = 0; separators[i]; i++) {
		g_autoptr(GString) text = g_string_new("Timestamp,Host Name,x\n"
						       "2021-03-02T10:11:12Z,web 1,\n"
						       "2021-03-02T10:11:13Z,,y\n");
		g_autoptr(TextReading) reading = NULL;

		g_string_replace(text, ",", (char[]){ separators[i], '\0' }, 0);
		g_assert_cmpuint(text_probe(&csv_reader, text->str), ==, 60);
		reading = text_reading_of(&csv_reader, text->str);
		g_assert_cmpuint(reading->notes->len, ==, 0);
		text_reading_expect(reading, 0,
			"{\"LogFormat\":\"csv\",\"Timestamp\":\"2021-03-02T10:11:12Z\","
			"\"Host Name\":\"web 1\",\"x\":\"\"}",
			"2021-03-02T10:11:12.0000000Z");
		text_reading_expect(reading, 1,
			"{\"LogFormat\":\"csv\",\"Timestamp\":\"2021-03-02T10:11:13Z\","
			"\"Host Name\":\"\",\"x\":\"y\"}",
			"2021-03-02T10:11:13.0000000Z");
	}
}

/* What Get-WinEvent | Export-Csv writes: columns called as on other ways from the same log. */
static void test_windows(void)
{
	g_autoptr(TextReading) reading = text_reading_of(&csv_reader,
		"#TYPE System.Diagnostics.Eventing.Reader.EventLogRecord\r\n"
		"\"Message\",\"Id\",\"ProviderName\",\"LogName\",\"MachineName\","
		"\"TimeCreated\"\r\n"
		"\"A new process.\r\n\r\nCreator:\t\"\"x\"\", y\r\n\",\"4688\",\"P\",\"Security\","
		"\"DC01\",\"3/2/2021 10:11:12 AM\"\r\n");

	g_assert_cmpuint(reading->gaps[GAP_TIME_ASSUMED], ==, 1);
	g_assert_cmpuint(reading->notes->len, ==, 1);
	text_reading_expect(reading, 0,
		"{\"LogFormat\":\"csv\",\"Message\":\"A new process.\\n\\nCreator:\\t\\\"x\\\", "
		"y\\n\","
		"\"EventID\":\"4688\",\"Provider_Name\":\"P\",\"Channel\":\"Security\","
		"\"Computer\":\"DC01\",\"TimeCreated_SystemTime\":\"3/2/2021 10:11:12 AM\"}",
		"2021-03-02T10:11:12.0000000Z");
}

static void test_date_and_time(void)
{
	g_autoptr(TextReading) reading = text_reading_of(
		&csv_reader, "sep=;\nDate;Time;a\n02.03.2021;10:11:12;x\n;1614679872;y\n");

	text_reading_expect(reading, 0,
		"{\"LogFormat\":\"csv\",\"Date\":\"02.03.2021\",\"Time\":\"10:11:12\",\"a\":\"x\"}",
		"2021-03-02T10:11:12.0000000Z");
	text_reading_expect(reading, 1,
		"{\"LogFormat\":\"csv\",\"Date\":\"\",\"Time\":\"1614679872\",\"a\":\"y\"}",
		"2021-03-02T10:11:12.0000000Z");
}

static void test_field_counts(void)
{
	g_autoptr(TextReading) reading =
		text_reading_of(&csv_reader, "a,b,c\n1,2,3\n1,2\n1\n\n1,2,3,4\n");

	g_assert_cmpuint(reading->events->len, ==, 3);
	g_assert_cmpuint(reading->gap_records[GAP_DAMAGED], ==, 3);
	g_assert_cmpstr(g_ptr_array_index(reading->fields, 1), ==,
		"{\"LogFormat\":\"csv\",\"a\":\"1\",\"b\":\"2\"}");
}

/* Which of the records come out of @text, as the first letters of each: a column of its own. */
static void expect_records(const char *text, const char *wanted, guint n_broken)
{
	g_autoptr(TextReading) reading = text_reading_of(&csv_reader, text);
	g_autoptr(GString) got = g_string_new(NULL);

	for (guint i = 0; i < reading->fields->len; i++) {
		const char *field = strstr(g_ptr_array_index(reading->fields, i), "\"id\":\"");

		g_string_append_c(got, field ? field[strlen("\"id\":\"")] : '?');
	}
	g_assert_cmpstr(got->str, ==, wanted);
	g_assert_cmpuint(reading->gap_records[GAP_DAMAGED], ==, n_broken);
}

/* A quote that nobody closes takes its own record with it, and no other. */
static void test_broken_quote(void)
{
	expect_records("id,t,u\n1,\"a\",b\n2,\"a,b\n3,\"a\",b\n4,\"a\",b\n", "134", 1);
	expect_records("id,t,u\n1,\"a\",b\n2,\"a,b\n3,a,b\n4,a,b\n", "134", 1);
	expect_records("id,t,u\n1,\"a\",b\n2,\"a,b\n3,a,b\n4,\"a, a\",b\n5,a,b\n", "1345", 1);
	/* Its end is in its line, but not its columns: what is there is read. */
	expect_records("\"id\",\"t\",\"u\"\n\"1\",\"a\",\"b\"\n\"2\",\"a,\"b\"\n"
		       "\"3\",\"a\",\"b\"\n\"4\",\"a\",\"b\"\n",
		"1234", 1);
	expect_records("id,t,u\n1,\"a\",b\n2,\"a,b", "1", 1);
	/* Whole records of several lines are none of that. */
	expect_records("id,t,u\n1,\"a\nx,y\n\"\"c\"\",d\",b\n2,\"a\n\",b\n3,a,b\n", "123", 0);
	expect_records("\"t\",\"id\"\n\"a\nb, c\nd\",\"1\"\n\"e\",\"2\"\n", "12", 0);
}

/* Nothing but quotes without end: every line is lost, in time that grows with their number. */
static void test_many_broken(void)
{
	g_autoptr(GString) text = g_string_new("id,t,u\n1,\"a\",b\n");
	g_autoptr(TextReading) reading = NULL;

	for (guint i = 0; i < 100000; i++)
		g_string_append(text, "2,\"a,b\n");
	reading = text_reading_of(&csv_reader, text->str);
	g_assert_cmpuint(reading->events->len, ==, 1);
	g_assert_cmpuint(reading->gap_records[GAP_DAMAGED], ==, 100000);
}

static void test_splits(void)
{
	g_autofree char *head = g_strdup_printf("time,a,b\n%*s\n", 70000, "x");

	text_reading_check_splits(
		&csv_reader, "time,a,b\n", "2021-03-02T10:11:12Z,first,second\n", 1);
	/* Quotes first behind where they are looked for: what lies in one line is still read. */
	text_reading_check_splits(&csv_reader, head, "2021-03-02T10:11:12Z,\"fi,rst\",second\n", 1);
	/* And in front: one task. */
	text_reading_check_splits(
		&csv_reader, "time,a,b\n", "2021-03-02T10:11:12Z,\"fi\nrst\",second\n", 1);
}

static void test_encoding(void)
{
	g_autoptr(TextReading) reading =
		text_reading_of(&csv_reader, "gr\xfc\xdf,b,c\n\xe4,\"\xc3\xbc\n\xc3\xbc\",3\n");

	g_assert_cmpstr(g_ptr_array_index(reading->fields, 0), ==,
		"{\"LogFormat\":\"csv\",\"gr\xc3\xbc\xc3\x9f\":\"\xc3\xa4\","
		"\"b\":\"\xc3\x83\xc2\xbc\\n\xc3\x83\xc2\xbc\",\"c\":\"3\"}");
}

static void test_damage(void)
{
	text_reading_check_damage(
		&csv_reader, "time,a,b\n2021-03-02T10:11:12Z,\"a\"\"b\nc\",x\n1,2,3\n");
}

#define PROXY	  "DateTime,RequestId,UrlStem,AnchorMailbox,HttpStatus,ServerHostName,UserAgent\n"
#define PROXY_ROW "2021-03-03T05:11:31.123Z,1,/ecp/y.js,ServerInfo~a]@x/,241,EX1,\"a, \"\"b\"\"\"\n"

#define PROXY_JSON                                                                                 \
	"{\"LogFormat\":\"csv\",\"LogType\":\"HttpProxy "                                          \
	"Logs\",\"DateTime\":\"2021-03-03T05:11:31.123Z\",\"RequestId\":\"1\",\"UrlStem\":\"/ecp/" \
	"y.js\",\"AnchorMailbox\":\"ServerInfo~a]@x/"                                              \
	"\",\"HttpStatus\":\"241\",\"ServerHostName\":\"EX1\",\"UserAgent\":\"a, \\\"b\\\"\"}"

/* Exchange's logs with names alone above the rows, after a byte order mark and before remarks. */
static void test_exchange(void)
{
	static const char text[] = "\xEF\xBB\xBF" PROXY "#Software: Microsoft\n" PROXY_ROW
				   "DateTime,RequestId,urlstem,AnchorMailbox,HttpStatus\n"
				   "2021-03-03T05:11:32.123Z,2,/owa/,,200\n" PROXY PROXY_ROW
				   "2021-03-03T05:11:33.123Z,3,/ecp/z.js,,200,EX1,\"cut, off";
	g_autoptr(TextReading) reading = text_reading_of(&csv_reader, text);

	g_assert_cmpuint(text_probe(&csv_reader, text), ==, 70);
	g_assert_cmpuint(text_probe(&csv_reader, PROXY PROXY_ROW), ==, 70);
	g_assert_cmpuint(text_probe(&csv_reader, PROXY), ==, 70);
	g_assert_cmpuint(reading->events->len, ==, 4);
	text_reading_expect(reading, 0, PROXY_JSON, "2021-03-03T05:11:31.1230000Z");
	text_reading_expect(reading, 1,
		"{\"LogFormat\":\"csv\",\"LogType\":\"HttpProxy "
		"Logs\",\"DateTime\":\"2021-03-03T05:11:32.123Z\",\"RequestId\":\"2\",\"urlstem\":"
		"\"/owa/\",\"AnchorMailbox\":\"\",\"HttpStatus\":\"200\"}",
		"2021-03-03T05:11:32.1230000Z");
	text_reading_expect(reading, 2, PROXY_JSON, "2021-03-03T05:11:31.1230000Z");
	g_assert_nonnull(strstr(g_ptr_array_index(reading->fields, 3), "\"cut, off\""));
	g_assert_cmpuint(reading->gap_records[GAP_DAMAGED], ==, 1);
}

static void test_exchange_splits(void)
{
	text_reading_check_splits(&csv_reader, PROXY, PROXY_ROW, 1);
	/* Other names further down count in the tasks behind them. */
	text_reading_check_splits(&csv_reader, "DateTime,RequestId,x\n" PROXY, PROXY_ROW, 1);
	text_reading_check_damage(&csv_reader, PROXY PROXY_ROW PROXY PROXY_ROW);
}

static void test_exchange_ecp(void)
{
	static const char text[] = "TimeStamp,ServerName,EventId,EventData\n"
				   "2021-03-03T05:11:31.123Z,EX1,ECP.Request,S:CMD=Set-X.A=1\n";
	g_autoptr(TextReading) reading = text_reading_of(&csv_reader, text);

	g_assert_cmpuint(reading->notes->len, ==, 0);
	text_reading_expect(reading, 0,
		"{\"LogFormat\":\"csv\",\"LogType\":\"ECP "
		"Log\",\"TimeStamp\":\"2021-03-03T05:11:31.123Z\",\"ServerName\":\"EX1\","
		"\"EventId\":\"ECP.Request\",\"EventData\":\"S:CMD=Set-X.A=1\",\"CMD\":\"Set-X.A="
		"1\","
		"\"Cmdlet\":\"Set-X\",\"Parameters.A\":\"1\"}",
		"2021-03-03T05:11:31.1230000Z");
}

static void test_probe(void)
{
	g_assert_cmpuint(text_probe(&csv_reader, "a,b,c\n1,2,3\n4,5,6\n"), ==, 60);
	g_assert_cmpuint(text_probe(&csv_reader, "a,b,c\n1,2,3\n4,5\n"), ==, 0);
	g_assert_cmpuint(text_probe(&csv_reader, "a,b\n1,2\n3,4\n"), ==, 0);
	g_assert_cmpuint(text_probe(&csv_reader, "Dear sir, well, yes.\nSo, I say, no.\n"), ==, 0);
	g_assert_cmpuint(text_probe(&csv_reader, "{\"a\": 1, \"b\": 2, \"c\": 3}\n"), ==, 0);
	g_assert_cmpuint(text_probe(&csv_reader, "a,b,a\n1,2,3\n4,5,6\n"), ==, 0);
	g_assert_cmpuint(text_probe(&csv_reader, "1,2,3\n1,2,3\n4,5,6\n"), ==, 0);
	g_assert_cmpuint(text_probe(&csv_reader, ""), ==, 0);
	g_assert_cmpuint(
		csv_reader.probe(slice_from_text("a,b\n1,2\n3,4\n"), "Export.CSV"), ==, 60);
	g_assert_cmpuint(csv_reader.probe(slice_from_text("a,b\n"), "x.csv"), ==, 30);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	text_warm_up();
	g_test_add_func("/csv/separators", test_separators);
	g_test_add_func("/csv/windows", test_windows);
	g_test_add_func("/csv/date-and-time", test_date_and_time);
	g_test_add_func("/csv/field-counts", test_field_counts);
	g_test_add_func("/csv/broken-quote", test_broken_quote);
	g_test_add_func("/csv/many-broken", test_many_broken);
	g_test_add_func("/csv/splits", test_splits);
	g_test_add_func("/csv/encoding", test_encoding);
	g_test_add_func("/csv/damage", test_damage);
	g_test_add_func("/csv/probe", test_probe);
	g_test_add_func("/csv/exchange", test_exchange);
	g_test_add_func("/csv/exchange-splits", test_exchange_splits);
	g_test_add_func("/csv/exchange-ecp", test_exchange_ecp);
	return g_test_run();
}
