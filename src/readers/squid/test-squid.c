/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "readers/squid/squid.h"
#include "readers/text/test-reading.h"

#define LINE                                                                                       \
	"1614679872.345    921 10.0.0.2 TCP_MISS/200 507 GET "                                     \
	"http://u@www.x.example:8080/a.b/c.exe?d=/e.f - HIER_DIRECT/192.0.2.1 text/html\n"

static void test_lines(void)
{
	g_autoptr(TextReading) reading = text_reading_of(&squid_reader,
		LINE "1614679873.000 1 ::1 TCP_TUNNEL/200 39 CONNECT [2001:db8::1]:443 jo "
		     "HIER_DIRECT/2001:db8::1 - [User-Agent: x] [y]\n"
		     "1614679874.000 1 ::1 TAG_NONE/400 39 NONE error:invalid-request - "
		     "HIER_NONE/- -\n");

	g_assert_cmpuint(reading->notes->len, ==, 0);
	text_reading_expect(reading, 0,
		"{\"LogFormat\":\"squid\",\"time\":\"1614679872.345\",\"time-taken\":\"921\","
		"\"c-ip\":\"10.0.0.2\",\"s-action\":\"TCP_MISS\",\"sc-status\":\"200\","
		"\"sc-bytes\":\"507\",\"cs-method\":\"GET\","
		"\"c-uri\":\"http://u@www.x.example:8080/a.b/c.exe?d=/e.f\","
		"\"c-uri-scheme\":\"http\",\"cs-host\":\"www.x.example\",\"c-uri-port\":\"8080\","
		"\"c-uri-stem\":\"/a.b/c.exe\",\"c-uri-query\":\"d=/e.f\","
		"\"c-uri-extension\":\"exe\",\"cs-username\":\"-\","
		"\"s-hierarchy\":\"HIER_DIRECT\",\"r-ip\":\"192.0.2.1\","
		"\"sc-content-type\":\"text/html\"}",
		"2021-03-02T10:11:12.3450000Z");
	text_reading_expect(reading, 1,
		"{\"LogFormat\":\"squid\",\"time\":\"1614679873.000\",\"time-taken\":\"1\","
		"\"c-ip\":\"::1\",\"s-action\":\"TCP_TUNNEL\",\"sc-status\":\"200\","
		"\"sc-bytes\":\"39\",\"cs-method\":\"CONNECT\",\"c-uri\":\"[2001:db8::1]:443\","
		"\"cs-host\":\"2001:db8::1\",\"c-uri-port\":\"443\",\"cs-username\":\"jo\","
		"\"s-hierarchy\":\"HIER_DIRECT\",\"r-ip\":\"2001:db8::1\","
		"\"sc-content-type\":\"-\",\"more\":\"[User-Agent: x] [y]\"}",
		"2021-03-02T10:11:13.0000000Z");
	text_reading_expect(reading, 2,
		"{\"LogFormat\":\"squid\",\"time\":\"1614679874.000\",\"time-taken\":\"1\","
		"\"c-ip\":\"::1\",\"s-action\":\"TAG_NONE\",\"sc-status\":\"400\","
		"\"sc-bytes\":\"39\",\"cs-method\":\"NONE\",\"c-uri\":\"error:invalid-request\","
		"\"c-uri-stem\":\"error:invalid-request\",\"cs-username\":\"-\","
		"\"s-hierarchy\":\"HIER_NONE\",\"r-ip\":\"-\",\"sc-content-type\":\"-\"}",
		"2021-03-02T10:11:14.0000000Z");
}

static void test_broken(void)
{
	g_autoptr(TextReading) reading = text_reading_of(&squid_reader,
		LINE "1614679873.000 1 ::1 TCP_TUNNEL/200 39 CONNECT\n\n"
		     "x 921 a TCP_MISS/200 507 GET / - HIER_DIRECT/1 text/html\n"
		     "1614679872.345 921 a TCP_MISS 507 GET / - HIER_DIRECT/1 text/html\n"
		     "1614679872.345 921 a TCP_MISS/200 507 GET / - HIER text/html\n");

	g_assert_cmpuint(reading->events->len, ==, 1);
	g_assert_cmpuint(reading->gap_records[GAP_DAMAGED], ==, 4);
}

static void test_splits(void)
{
	text_reading_check_splits(&squid_reader, "", LINE, 1);
}

static void test_damage(void)
{
	text_reading_check_damage(&squid_reader, LINE LINE);
}

static void test_probe(void)
{
	g_assert_cmpuint(text_probe(&squid_reader, LINE LINE), >=, 80);
	g_assert_cmpuint(text_probe(&squid_reader, "1614679872.345 a b c d e f g h i\n"), ==, 0);
	g_assert_cmpuint(text_probe(&squid_reader, ""), ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	text_warm_up();
	g_test_add_func("/squid/lines", test_lines);
	g_test_add_func("/squid/broken", test_broken);
	g_test_add_func("/squid/splits", test_splits);
	g_test_add_func("/squid/damage", test_damage);
	g_test_add_func("/squid/probe", test_probe);
	return g_test_run();
}
