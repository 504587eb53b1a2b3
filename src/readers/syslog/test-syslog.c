/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"
#include "base/text.h"
#include "readers/syslog/syslog.h"
#include "readers/test-read.h"

/* 2021-03-05T00:00:00Z: when the logs below were last changed. */
#define MODIFIED (1614902400 * INSTANT_SECOND)

static void check_line(const char *line, const char *time, const char *fields)
{
	g_autoptr(TestRead) read = test_read_text(&syslog_reader, line, MODIFIED);
	const char *whole;

	g_assert_cmpuint(read->lines->len, ==, 1);
	g_assert_cmpstr(test_read_fields(read, 0), ==, fields);
	whole = g_ptr_array_index(read->lines, 0);
	g_assert_true(g_str_has_prefix(whole, time));
	g_assert_cmpuint(read->n_losses, ==, 0);
	g_assert_cmpuint(syslog_reader.probe(slice_from_text(line), ""), >, 0);
}

#define PLAIN "{\"LogFormat\":\"syslog\",\"LogName\":\"syslog\","

static void test_rfc3164(void)
{
	check_line("Mar  2 10:11:12 web01 sshd[1234]: Failed password for root\n",
		"2021-03-02T10:11:12.0000000Z 1 0 ",
		PLAIN "\"timestamp\":\"Mar  2 10:11:12\",\"hostname\":\"web01\","
		      "\"appname\":\"sshd\",\"procid\":\"1234\","
		      "\"message\":\"Failed password for root\"}");
	check_line("<38>Dec 31 23:59:59 web01 su: session opened",
		"2020-12-31T23:59:59.0000000Z 1 0 ",
		PLAIN "\"timestamp\":\"Dec 31 23:59:59\",\"hostname\":\"web01\","
		      "\"facility\":\"auth\",\"severity\":\"info\",\"appname\":\"su\","
		      "\"message\":\"session opened\"}");
	check_line("2021-03-02T10:11:12.123456+01:00 db postfix/smtpd[7]: connect from x",
		"2021-03-02T09:11:12.1234560Z 1 0 ",
		PLAIN "\"timestamp\":\"2021-03-02T10:11:12.123456+01:00\",\"hostname\":\"db\","
		      "\"appname\":\"postfix/smtpd\",\"procid\":\"7\","
		      "\"message\":\"connect from x\"}");
	check_line("2021-03-02T10:11:12Z hostd[2099]: x", "2021-03-02T10:11:12.0000000Z",
		PLAIN "\"timestamp\":\"2021-03-02T10:11:12Z\",\"appname\":\"hostd\","
		      "\"procid\":\"2099\",\"message\":\"x\"}");
	check_line("Mar  2 10:11:12 mac com.apple.xpc.launchd[1] (com.apple.md[12]): exited",
		"2021-03-02T10:11:12.0000000Z",
		PLAIN "\"timestamp\":\"Mar  2 10:11:12\",\"hostname\":\"mac\","
		      "\"appname\":\"com.apple.xpc.launchd\",\"procid\":\"1\","
		      "\"message\":\"exited\"}");
}

static void test_rfc5424(void)
{
	check_line("<34>1 2021-03-02T10:11:12.003Z host su - ID47 "
		   "[a@1 x=\"1\" y=\"a \\\"b\\\" ]\"][b z=\"2\"] \xef\xbb\xbfwords\n",
		"2021-03-02T10:11:12.0030000Z 1 0 ",
		PLAIN "\"timestamp\":\"2021-03-02T10:11:12.003Z\",\"hostname\":\"host\","
		      "\"facility\":\"auth\",\"severity\":\"crit\",\"appname\":\"su\","
		      "\"msgid\":\"ID47\",\"message\":\"words\",\"sd.a@1.x\":\"1\","
		      "\"sd.a@1.y\":\"a \\\"b\\\" ]\",\"sd.b.z\":\"2\"}");
	/* What is not as it should be is not lost. */
	check_line("<165>1 - - - - - [a x=\"1\" evil y=\"2\"] w", " 1 0 ",
		PLAIN "\"facility\":\"local4\",\"severity\":\"notice\",\"message\":\"w\","
		      "\"sd\":\"evil y=\\\"2\\\"]\",\"sd.a.x\":\"1\"}");
	check_line("<165>1 - - - - - -", " 1 0 ",
		PLAIN "\"facility\":\"local4\",\"severity\":\"notice\",\"message\":\"\"}");
}

static void test_cisco(void)
{
	const char *fields = "{\"LogFormat\":\"syslog\",\"LogName\":\"cisco\","
			     "\"timestamp\":\"Mar  2 10:11:12.345 UTC\",\"facility\":\"local7\","
			     "\"severity\":\"notice\",\"msgid\":\"SYS-5-CONFIG_I\","
			     "\"message\":\"%SYS-5-CONFIG_I: Configured from console\"}";

	check_line("<189>77: *Mar  2 10:11:12.345 UTC: %SYS-5-CONFIG_I: Configured from console",
		"2021-03-02T10:11:12.3450000Z", fields);
	check_line("<166>Mar 02 2021 10:11:12 fw01 : %ASA-6-302013: Built outbound TCP",
		"2021-03-02T10:11:12.0000000Z",
		"{\"LogFormat\":\"syslog\",\"LogName\":\"cisco\","
		"\"timestamp\":\"Mar 02 2021 10:11:12\",\"hostname\":\"fw01\","
		"\"facility\":\"local4\",\"severity\":\"info\",\"msgid\":\"ASA-6-302013\","
		"\"message\":\"%ASA-6-302013: Built outbound TCP\"}");
	check_line("Mar  2 10:11:13 10.0.0.1 77: *Mar  2 10:11:12.345: %SYS-5-CONFIG_I: Configured",
		"2021-03-02T10:11:13.0000000Z",
		"{\"LogFormat\":\"syslog\",\"LogName\":\"cisco\","
		"\"timestamp\":\"Mar  2 10:11:13\",\"hostname\":\"10.0.0.1\","
		"\"severity\":\"notice\",\"msgid\":\"SYS-5-CONFIG_I\","
		"\"message\":\"%SYS-5-CONFIG_I: Configured\"}");
}

static void test_payloads(void)
{
	check_line("<189>date=2021-03-02 time=10:11:12 devname=\"fw 1\" devid=\"F1\" "
		   "logid=\"0100\" action=\"Add\" msg=\"a \\\"b\\\"\" hostname=\"h\" tz=\"+0100\"",
		"2021-03-02T09:11:12.0000000Z",
		"{\"LogFormat\":\"syslog\",\"LogName\":\"fortigate\",\"facility\":\"local7\","
		"\"severity\":\"notice\",\"message\":\"date=2021-03-02 time=10:11:12 "
		"devname=\\\"fw 1\\\" devid=\\\"F1\\\" logid=\\\"0100\\\" action=\\\"Add\\\" "
		"msg=\\\"a \\\\\\\"b\\\\\\\"\\\" hostname=\\\"h\\\" tz=\\\"+0100\\\"\","
		"\"action\":\"Add\",\"date\":\"2021-03-02\",\"devid\":\"F1\",\"devname\":\"fw 1\","
		"\"logid\":\"0100\",\"msg\":\"a \\\"b\\\"\",\"payload.hostname\":\"h\","
		"\"time\":\"10:11:12\",\"tz\":\"+0100\"}");
	check_line("Mar  2 10:11:12 h CEF:0|V|P\\|x|1|9|A name|5|src=1.2.3.4 msg=some more "
		   "words act=a\\=b",
		"2021-03-02T10:11:12.0000000Z",
		"{\"LogFormat\":\"syslog\",\"LogName\":\"cef\",\"timestamp\":\"Mar  2 10:11:12\","
		"\"hostname\":\"h\",\"message\":\"CEF:0|V|P\\\\|x|1|9|A name|5|src=1.2.3.4 "
		"msg=some more words act=a\\\\=b\",\"CEFVersion\":\"0\","
		"\"DeviceEventClassID\":\"9\",\"DeviceProduct\":\"P|x\",\"DeviceVendor\":\"V\","
		"\"DeviceVersion\":\"1\",\"Name\":\"A name\",\"Severity\":\"5\",\"act\":\"a=b\","
		"\"msg\":\"some more words\",\"src\":\"1.2.3.4\"}");
	check_line("Mar  2 10:11:12 h LEEF:2.0|V|P|1|9|^|src=1.2.3.4^usrName=a b",
		"2021-03-02T10:11:12.0000000Z",
		"{\"LogFormat\":\"syslog\",\"LogName\":\"leef\","
		"\"timestamp\":\"Mar  2 10:11:12\",\"hostname\":\"h\","
		"\"message\":\"LEEF:2.0|V|P|1|9|^|src=1.2.3.4^usrName=a b\","
		"\"DeviceProduct\":\"P\",\"DeviceVendor\":\"V\",\"DeviceVersion\":\"1\","
		"\"EventID\":\"9\",\"LEEFVersion\":\"2.0\",\"src\":\"1.2.3.4\","
		"\"usrName\":\"a b\"}");
	check_line("Mar  2 10:11:12 h sudo:  alice : TTY=pts/0 ; PWD=/ ; USER=#-1 ; COMMAND=/a ; b",
		"2021-03-02T10:11:12.0000000Z",
		PLAIN "\"timestamp\":\"Mar  2 10:11:12\",\"hostname\":\"h\",\"appname\":\"sudo\","
		      "\"message\":\" alice : TTY=pts/0 ; PWD=/ ; USER=#-1 ; COMMAND=/a ; b\","
		      "\"COMMAND\":\"/a ; b\",\"PWD\":\"/\",\"TTY\":\"pts/0\",\"USER\":\"#-1\"}");
}

static void test_sysmon(void)
{
	check_line("Mar  2 10:11:12 h sysmon: <Event><System><Provider Name=\"Linux-Sysmon\"/>"
		   "<EventID>1</EventID><TimeCreated SystemTime=\"2021-03-02T10:11:11.5Z\"/>"
		   "<Channel>Linux-Sysmon/Operational</Channel><Computer>h</Computer></System>"
		   "<EventData><Data Name=\"Image\">/bin/ls</Data></EventData></Event>",
		"2021-03-02T10:11:11.5000000Z 1 0 ",
		"{\"LogFormat\":\"windows-xml\",\"Provider_Name\":\"Linux-Sysmon\",\"EventID\":1,"
		"\"TimeCreated_SystemTime\":\"2021-03-02T10:11:11.5Z\","
		"\"Channel\":\"Linux-Sysmon/Operational\",\"Computer\":\"h\","
		"\"Image\":\"/bin/ls\"}");
}

/* The year of a line is the latest that is not after the file's last change, but for a day. */
static void test_years(void)
{
	static const char text[] = "Mar  5 12:00:00 h a: x\nMar  6 12:00:00 h a: x\n"
				   "Feb 29 12:00:00 h a: x\n";
	g_autoptr(TestRead) read = test_read_text(&syslog_reader, text, MODIFIED);
	g_autoptr(TestRead) unknown = test_read_text(&syslog_reader, text, 0);

	g_assert_cmpuint(read->lines->len, ==, 3);
	g_assert_true(g_str_has_prefix(read->lines->pdata[0], "2021-03-05T12"));
	g_assert_true(g_str_has_prefix(read->lines->pdata[1], "2020-03-06T12"));
	g_assert_true(g_str_has_prefix(read->lines->pdata[2], "2020-02-29T12"));
	g_assert_cmpuint(read->notes->len, ==, 2);
	g_assert_true(g_str_has_prefix(read->notes->pdata[0],
		"time-assumed 0 Times are written "
		"without year: the latest"));
	g_assert_true(g_str_has_prefix(unknown->lines->pdata[0], " 1 0 "));
	g_assert_cmpuint(unknown->notes->len, ==, 1);
}

/* What the user says goes before what is worked out, and nothing was assumed then. */
static void test_given_times(void)
{
	static const char text[] = "junk\n<13>Nov 30 12:00:00 h a: x\nNov 29 13:00:00 h a: x\n"
				   "Jan  2 12:00:00 h a: x\nFeb 29 12:00:00 h a: x\n";
	g_autoptr(Zone) zone = zone_new("+02:00", NULL);
	const Source like = { .modified = MODIFIED, .times = { .zone = zone, .year = 2015 } };
	g_autoptr(TestRead) read = test_read_like(&syslog_reader, text, sizeof text - 1, &like, 0);

	g_assert_cmpuint(read->lines->len, ==, 5);
	g_assert_true(g_str_has_prefix(read->lines->pdata[1], "2015-11-30T10"));
	g_assert_true(g_str_has_prefix(read->lines->pdata[2], "2015-11-29T11"));
	g_assert_true(g_str_has_prefix(read->lines->pdata[3], "2016-01-02T10"));
	g_assert_true(g_str_has_prefix(read->lines->pdata[4], "2016-02-29T10"));
	g_assert_cmpuint(read->notes->len, ==, 1); /* the line without header */
}

static void test_bare_lines(void)
{
	g_autoptr(TestRead) read = test_read_text(&syslog_reader,
		"Mar  2 10:11:12 h a: x\n\n  at some.java(1)\nMar  2 10:11:12 h a: y\n", MODIFIED);

	g_assert_cmpuint(read->lines->len, ==, 3);
	g_assert_cmpstr(test_read_fields(read, 1), ==, PLAIN "\"message\":\"  at some.java(1)\"}");
	g_assert_true(g_str_has_prefix(read->lines->pdata[1], " 3 24 "));
	g_assert_true(g_str_has_prefix(read->notes->pdata[0], "header 1 Lines without"));
	g_assert_cmpuint(read->n_losses, ==, 0);
}

static void test_split(void)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(TestRead) whole = NULL, split = NULL;

	for (guint i = 0; text->len < 3 << 20; i++)
		g_string_append_printf(text,
			"<%u>1 2021-03-02T10:11:12Z host%u app%u %u - [x@%u k%u=\"%u\"] some\n",
			i % 190, i % 7, i % 5, i, i % 3, i % 50, i);
	whole = test_read_make(&syslog_reader, text->str, text->len, MODIFIED, 100);
	split = test_read_make(&syslog_reader, text->str, text->len, MODIFIED, 1);
	test_read_same(whole, split);
	g_assert_cmpuint(whole->lines->len, >, 30000);
}

static void test_probe(void)
{
	static const char *const others[] = { "", "hello\n", "2021-03-02 10:11:12 GET /x\n",
		"{\"a\":1}\n", "a,b,c\n1,2,3\n", "2021-03-02 10:11:12,123 INFO main: started\n",
		"<Event><System/></Event>\n", "type=SYSCALL msg=audit(1.2:3): a=b\n",
		"a=1 b=2 c=3\n" };

	for (guint i = 0; i < G_N_ELEMENTS(others); i++)
		g_assert_cmpuint(syslog_reader.probe(slice_from_text(others[i]), "syslog"), ==, 0);
}

/* Sysmon's events that are not whole are messages, which is said. */
static void test_odd_sysmon(void)
{
	g_autoptr(TestRead) read = test_read_text(&syslog_reader,
		"Mar  2 10:11:12 h sysmon: <Event><System><EventID>1"
		"</EventID><x y='></System></Event>\n",
		MODIFIED);

	g_assert_cmpuint(read->lines->len, ==, 1);
	g_assert_nonnull(strstr(test_read_fields(read, 0), "\"message\":\"<Event>"));
	g_assert_true(g_str_has_prefix(read->notes->pdata[0], "damaged 1 Events of Sysmon"));
}

/* A log that makes up names has so many columns and no more. */
static void test_many_names(void)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(TestRead) read = NULL;

	for (guint i = 0; i < 5000; i++)
		g_string_append_printf(text, "<13>1 - h a - - [i k%u=\"v\"] m\n", i);
	read = test_read_text(&syslog_reader, text->str, MODIFIED);
	g_assert_cmpuint(read->lines->len, ==, 5000);
	g_assert_nonnull(strstr(test_read_fields(read, 255), "\"sd.i.k255\":\"v\""));
	g_assert_nonnull(strstr(test_read_fields(read, 256), "\"other_fields\":\"sd.i.k256=v\""));
	g_assert_cmpuint(read->notes->len, ==, 1);
	g_assert_true(g_str_has_prefix(read->notes->pdata[0], "limit 4744 Of more"));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	text_warm_up();
	hash_warm_up();
	g_test_add_func("/syslog/rfc3164", test_rfc3164);
	g_test_add_func("/syslog/rfc5424", test_rfc5424);
	g_test_add_func("/syslog/cisco", test_cisco);
	g_test_add_func("/syslog/payloads", test_payloads);
	g_test_add_func("/syslog/sysmon-for-linux", test_sysmon);
	g_test_add_func("/syslog/odd-sysmon", test_odd_sysmon);
	g_test_add_func("/syslog/many-names", test_many_names);
	g_test_add_func("/syslog/missing-years", test_years);
	g_test_add_func("/syslog/given-year-and-zone", test_given_times);
	g_test_add_func("/syslog/lines-without-header", test_bare_lines);
	g_test_add_func("/syslog/split-as-whole", test_split);
	g_test_add_func("/syslog/probe", test_probe);
	return g_test_run();
}
