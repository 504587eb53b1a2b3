/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"
#include "base/text.h"
#include "readers/exchange/exchange.h"
#include "readers/test-read.h"

static const char text[] =
	"2021-03-15 10:11:12 Info: Starting EOMT.ps1 version 21.03.15.1738 on EX01\r\n"
	"2021-03-15 10:11:13 Info: Mitigation complete on EX01 :: Default Web Site\r\n"
	"2021-03-15 10:12:00 Error: MSERT download failed on EX01, due to lack of space on C:\r\n"
	"   at System.Net\r\n"
	"2021-03-15 10:31:40 Notice: Threats detected! Please review \"C:\\x\" on Server 2012\r\n";

static void test_fields(void)
{
	g_autoptr(TestRead) read = test_read_text(&eomt_reader, text, 0);

	g_assert_cmpuint(read->lines->len, ==, 4);
	g_assert_cmpstr(test_read_fields(read, 1), ==,
		"{\"LogFormat\":\"eomt\",\"timestamp\":\"2021-03-15 10:11:13\",\"level\":\"Info\","
		"\"Computer\":\"EX01\","
		"\"message\":\"Mitigation complete on EX01 :: Default Web Site\"}");
	g_assert_cmpstr(test_read_fields(read, 2), ==,
		"{\"LogFormat\":\"eomt\",\"timestamp\":\"2021-03-15 10:12:00\","
		"\"level\":\"Error\",\"Computer\":\"EX01\",\"message\":\"MSERT download failed on "
		"EX01, due to lack of space on C:\\n   at System.Net\"}");
	g_assert_null(strstr(test_read_fields(read, 3), "Computer"));
	g_assert_true(g_str_has_prefix(read->lines->pdata[3], "2021-03-15T10:31:40.0000000Z "));
	g_assert_cmpuint(read->notes->len, ==, 1);
	g_assert_true(g_str_has_prefix(read->notes->pdata[0], "time-assumed"));
}

static void test_summary(void)
{
	static const char summary[] =
		"Microsoft Safety Scanner and CVE-2021-26855 mitigation summary\r\n"
		"Message: Microsoft attempted to mitigate and protect your Exchange server.\r\n"
		"    a - msert.exe\r\n";
	g_autoptr(TestRead) read = test_read_text(&eomt_reader, summary, 0);

	g_assert_cmpuint(eomt_reader.probe(slice_from_text(summary), ""), ==, 90);
	g_assert_cmpuint(read->lines->len, ==, 1);
	g_assert_cmpuint(read->notes->len, ==, 0);
	g_assert_true(g_str_has_prefix(test_read_fields(read, 0),
		"{\"LogFormat\":\"eomt\",\"message\":\"Microsoft Safety Scanner and CVE-"));
	g_assert_true(g_str_has_suffix(test_read_fields(read, 0), "a - msert.exe\"}"));
}

static void test_probe(void)
{
	static const char *const others[] = { "", "2021-03-15 10:11:12 Info: started\n",
		"2021-03-15 10:11:12 INFO: EOMT\n", "2021-03-15 10:11:12,123 Info: EOMT\n",
		"EOMT\nMSERT\n2021-03-15 10:11:12 Info: EOMT\n" };

	g_assert_cmpuint(eomt_reader.probe(slice_from_text(text), ""), ==, 90);
	for (guint i = 0; i < G_N_ELEMENTS(others); i++)
		g_assert_cmpuint(eomt_reader.probe(slice_from_text(others[i]), "EOMT.log"), ==, 0);
}

static void test_damage(void)
{
	for (gsize size = 0; size < sizeof(text); size++) {
		g_autoptr(TestRead) cut = test_read_make(&eomt_reader, text, size, 0, 0);

		g_assert_cmpuint(cut->n_losses, ==, 0);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	text_warm_up();
	hash_warm_up();
	g_test_add_func("/eomt/fields", test_fields);
	g_test_add_func("/eomt/summary", test_summary);
	g_test_add_func("/eomt/probe", test_probe);
	g_test_add_func("/eomt/damage", test_damage);
	return g_test_run();
}
