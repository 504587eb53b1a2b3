/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "readers/ncsa/ncsa.h"
#include "readers/text/test-reading.h"

#define COMMON	 "10.0.0.2 - - [02/Mar/2021:10:11:12 +0100] \"GET /a/b.php?x=1 HTTP/1.1\" 200 512"
#define COMBINED COMMON " \"https://x.example/\" \"Mozilla/5.0 (X11)\""

static void check(const char *line, const char *json)
{
	g_autoptr(TextReading) reading = text_reading_of(&ncsa_reader, line);

	g_assert_cmpuint(reading->notes->len, ==, 0);
	text_reading_expect(reading, 0, json, "2021-03-02T09:11:12.0000000Z");
}

#define TIME   "\"time\":\"02/Mar/2021:10:11:12 +0100\","
#define CLIENT "\"c-ip\":\"10.0.0.2\",\"cs-ident\":\"-\",\"cs-username\":\"-\"," TIME
#define REQUEST                                                                                    \
	"\"cs-method\":\"GET\",\"cs-uri\":\"/a/b.php?x=1\",\"cs-uri-stem\":\"/a/b.php\","          \
	"\"cs-uri-query\":\"x=1\",\"cs-version\":\"HTTP/1.1\","

static void test_formats(void)
{
	check(COMMON "\n",
		"{\"LogFormat\":\"ncsa\"," CLIENT REQUEST
		"\"sc-status\":\"200\",\"sc-bytes\":\"512\"}");
	check(COMBINED,
		"{\"LogFormat\":\"ncsa\"," CLIENT REQUEST
		"\"sc-status\":\"200\",\"sc-bytes\":\"512\",\"cs-referer\":\"https://x.example/\","
		"\"cs-user-agent\":\"Mozilla/5.0 (X11)\"}");
	check("www.x.example:443 " COMBINED " 0.005 \"-\"\r\n",
		"{\"LogFormat\":\"ncsa\",\"cs-host\":\"www.x.example\",\"s-port\":\"443\"," CLIENT
			REQUEST
		"\"sc-status\":\"200\",\"sc-bytes\":\"512\",\"cs-referer\":\"https://x.example/\","
		"\"cs-user-agent\":\"Mozilla/5.0 (X11)\",\"more\":\"0.005 \\\"-\\\"\"}");
	check("::1 - a b [c] [02/Mar/2021:10:11:12 +0100] \"PROPFIND http://h:1/x\" 401 -",
		"{\"LogFormat\":\"ncsa\",\"c-ip\":\"::1\",\"cs-ident\":\"-\","
		"\"cs-username\":\"a b [c]\"," TIME
		"\"cs-method\":\"PROPFIND\",\"cs-uri\":\"http://h:1/x\",\"cs-uri-stem\":\"/x\","
		"\"sc-status\":\"401\",\"sc-bytes\":\"-\"}");
}

#define LINE(request, more)                                                                        \
	"10.0.0.2 - - [02/Mar/2021:10:11:12 +0100] \"" request "\" 400 5 \"-\" \"" more "\"\n"
#define REST(more)                                                                                 \
	"\"sc-status\":\"400\",\"sc-bytes\":\"5\",\"cs-referer\":\"-\",\"cs-user-agent\":\"" more  \
	"\"}"

static void test_requests(void)
{
	/* No HTTP at all. */
	check(LINE("\\x16\\x03\\x01\\x02", "-"),
		"{\"LogFormat\":\"ncsa\"," CLIENT
		"\"request\":\"\\\\x16\\\\x03\\\\x01\\\\x02\"," REST("-"));
	check(LINE("-", ""), "{\"LogFormat\":\"ncsa\"," CLIENT "\"request\":\"-\"," REST(""));
	check(LINE("", "-"), "{\"LogFormat\":\"ncsa\"," CLIENT "\"request\":\"\"," REST("-"));
	/* Quotes as Apache, nginx and Tomcat write them. */
	check(LINE("GET /\\\"a\\\\\\xc3 HTTP/1.0", "a\\\"b"),
		"{\"LogFormat\":\"ncsa\"," CLIENT
		"\"cs-method\":\"GET\",\"cs-uri\":\"/\\\"a\\\\\\\\xc3\","
		"\"cs-uri-stem\":\"/\\\"a\\\\\\\\xc3\",\"cs-version\":\"HTTP/1.0\"," REST(
			"a\\\"b"));
	check(LINE("GET /\\x22a b?c HTTP/1.0", "\\x22"),
		"{\"LogFormat\":\"ncsa\"," CLIENT
		"\"cs-method\":\"GET\",\"cs-uri\":\"/\\\"a b?c\",\"cs-uri-stem\":\"/\\\"a b\","
		"\"cs-uri-query\":\"c\",\"cs-version\":\"HTTP/1.0\"," REST("\\\""));
	check(LINE("GET /\" x\" HTTP/1.0", "a\"b c"),
		"{\"LogFormat\":\"ncsa\"," CLIENT
		"\"cs-method\":\"GET\",\"cs-uri\":\"/\\\" x\\\"\",\"cs-uri-stem\":\"/\\\" x\\\"\","
		"\"cs-version\":\"HTTP/1.0\"," REST("a\\\"b c"));
	/* HTTP/0.9 has no version. */
	check(LINE("GET /", "x"),
		"{\"LogFormat\":\"ncsa\"," CLIENT
		"\"cs-method\":\"GET\",\"cs-uri\":\"/\",\"cs-uri-stem\":\"/\"," REST("x"));
}

static void test_broken(void)
{
	static const char text[] =
		COMMON "\n"
		       "garbage\n"
		       "10.0.0.2 - - [02/Mar/2021:10:11:12 +0100] GET 200 1\n"
		       "10.0.0.2 - - [02/Mar/2021:10:11:12 +0100] \"GET / HTT\n"
		       "10.0.0.2 - - [02/Foo/2021:10:11:12 +0100] \"GET /\" 200 1\n"
		       "[02/Mar/2021:10:11:12 +0100] \"GET /\" 200 1\n\n" COMMON;
	g_autoptr(TextReading) reading = text_reading_of(&ncsa_reader, text);

	g_assert_cmpuint(reading->events->len, ==, 2);
	g_assert_cmpuint(reading->gap_records[GAP_DAMAGED], ==, 5);
}

static void test_splits(void)
{
	text_reading_check_splits(&ncsa_reader, "", COMBINED "\r\n", 1);
}

static void test_damage(void)
{
	text_reading_check_damage(&ncsa_reader, "x:1 " COMBINED " 1\n" COMMON);
	text_reading_check_damage(&ncsa_reader, LINE("GET /\\x22\\\\", "\\\""));
}

static void test_probe(void)
{
	g_assert_cmpuint(text_probe(&ncsa_reader, COMMON "\n" COMBINED "\n"), >=, 80);
	g_assert_cmpuint(text_probe(&ncsa_reader, COMMON), >=, 80);
	g_assert_cmpuint(text_probe(&ncsa_reader, "a [b] \"c\" 200 1\n"), ==, 0);
	g_assert_cmpuint(text_probe(&ncsa_reader, ""), ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	text_warm_up();
	g_test_add_func("/ncsa/formats", test_formats);
	g_test_add_func("/ncsa/requests", test_requests);
	g_test_add_func("/ncsa/broken", test_broken);
	g_test_add_func("/ncsa/splits", test_splits);
	g_test_add_func("/ncsa/damage", test_damage);
	g_test_add_func("/ncsa/probe", test_probe);
	return g_test_run();
}
