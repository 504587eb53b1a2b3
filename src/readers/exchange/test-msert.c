/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"
#include "base/text.h"
#include "readers/exchange/exchange.h"
#include "readers/test-read.h"

static const char two_runs[] =
	"\n---------------------------------------------------------------------------------------"
	"\n"
	"Microsoft Safety Scanner v1.333, (build 1.333.160.0)\n"
	"Started On Mon Mar 15 10:12:34 2021\n"
	"\n"
	"Engine: 1.1.17900.7\n"
	"Signatures: 1.333.160.0\n"
	"Run Mode: Scan Run in Quiet Mode\n"
	"\n"
	"Quick Scan Results:\n"
	"-------------------\n"
	"Threat Detected: Backdoor:JS/Made.Up, not removed.\n"
	"    Action: NoAction, Result: 0x00000000\n"
	"        file://C:\\inetpub\\a.aspx->(UTF-8)\n"
	"            SigSeq: 0x00000555DC2DDDB0\n"
	"        containerfile://C:\\inetpub\\a.aspx\n"
	"Threat Detected: Exploit:ASP/Made.Up and Removed!\n"
	"    Action: Remove, Result: 0x00000000\n"
	"        file://C:\\inetpub\\b.aspx\n"
	"\n"
	"Results Summary:\n"
	"----------------\n"
	"Found Backdoor:JS/Made.Up, not removed.\n"
	"Found Exploit:ASP/Made.Up and Removed!\n"
	"Successfully Submitted MAPS Report\n"
	"Successfully Submitted Heartbeat Report\n"
	"Microsoft Safety Scanner Finished On Mon Mar 15 10:31:35 2021\n"
	"\n"
	"\n"
	"Return code: 7 (0x7)\n"
	"\n"
	"---------------------------------------------------------------------------------------\n"
	"Microsoft Safety Scanner v1.333, (build 1.333.200.0)\n"
	"Started On Tue Mar 16 10:12:34 2021\n"
	"\n"
	"Results Summary:\n"
	"----------------\n"
	"No infection found.\n"
	"Microsoft Safety Scanner Finished On Tue Mar 16 10:31:35 2021\n"
	"Return code: 0 (0x0)\n";

#define RUN                                                                                        \
	"\"Product\":\"Microsoft Safety Scanner\",\"ScannerVersion\":\"1.333\","                   \
	"\"StartedOn\":\"Mon Mar 15 10:12:34 2021\","

static void check_events(const TestRead *read)
{
	g_assert_cmpuint(read->lines->len, ==, 4);
	g_assert_cmpstr(test_read_fields(read, 0), ==,
		"{\"LogFormat\":\"msert\",\"EventType\":\"threat\"," RUN
		"\"RunMode\":\"Scan Run in Quiet Mode\",\"Scan\":\"Quick\","
		"\"Threat\":\"Backdoor:JS/Made.Up\",\"Status\":\"not removed.\","
		"\"Action\":\"NoAction\",\"Result\":\"0x00000000\","
		"\"Resource\":[\"file://C:\\\\inetpub\\\\a.aspx->(UTF-8)\","
		"\"containerfile://C:\\\\inetpub\\\\a.aspx\"]}");
	g_assert_cmpstr(test_read_fields(read, 1), ==,
		"{\"LogFormat\":\"msert\",\"EventType\":\"threat\"," RUN
		"\"RunMode\":\"Scan Run in Quiet Mode\",\"Scan\":\"Quick\","
		"\"Threat\":\"Exploit:ASP/Made.Up\",\"Status\":\"and Removed!\","
		"\"Action\":\"Remove\",\"Result\":\"0x00000000\","
		"\"Resource\":\"file://C:\\\\inetpub\\\\b.aspx\"}");
	g_assert_cmpstr(test_read_fields(read, 2), ==,
		"{\"LogFormat\":\"msert\",\"EventType\":\"run\"," RUN
		"\"FinishedOn\":\"Mon Mar 15 10:31:35 2021\","
		"\"RunMode\":\"Scan Run in Quiet Mode\",\"Scan\":\"Quick\","
		"\"Outcome\":[\"Found Backdoor:JS/Made.Up, not removed.\","
		"\"Found Exploit:ASP/Made.Up and Removed!\"],\"ReturnCode\":\"7\"}");
	g_assert_cmpstr(test_read_fields(read, 3), ==,
		"{\"LogFormat\":\"msert\",\"EventType\":\"run\","
		"\"Product\":\"Microsoft Safety Scanner\",\"ScannerVersion\":\"1.333\","
		"\"StartedOn\":\"Tue Mar 16 10:12:34 2021\","
		"\"FinishedOn\":\"Tue Mar 16 10:31:35 2021\","
		"\"Outcome\":\"No infection found.\",\"ReturnCode\":\"0\"}");
	g_assert_true(g_str_has_prefix(read->lines->pdata[1], "2021-03-15T10:12:34.0000000Z "));
	g_assert_true(g_str_has_prefix(read->lines->pdata[2], "2021-03-15T10:31:35.0000000Z "));
	g_assert_cmpuint(read->notes->len, ==, 1);
	g_assert_true(g_str_has_prefix(read->notes->pdata[0], "time-assumed"));
}

static void test_fields(void)
{
	g_autoptr(TestRead) read = test_read_text(&msert_reader, two_runs, 0);
	g_autoptr(GByteArray) wide = g_byte_array_new();
	g_autoptr(TestRead) utf16 = NULL;

	check_events(read);
	g_byte_array_append(wide, (const guint8 *)"\xff\xfe", 2);
	for (gsize i = 0; two_runs[i]; i++) {
		const guint8 unit[] = { (guint8)two_runs[i], 0 };

		g_byte_array_append(wide, unit, 2);
	}
	g_assert_cmpuint(msert_reader.probe(slice_make(wide->data, wide->len), ""), ==, 95);
	utf16 = test_read_make(&msert_reader, wide->data, wide->len, 0, 0);
	check_events(utf16);
}

/* More resources than a value has items: said, and the threat is told. */
static void test_limit(void)
{
	g_autoptr(GString) text = g_string_new("Microsoft Safety Scanner v1.0, (build 1)\n"
					       "Threat Detected: A:B/C\n");
	g_autoptr(TestRead) read = NULL;

	for (guint i = 0; i < 5000; i++)
		g_string_append_printf(text, "\tfile://C:\\%u\n", i);
	read = test_read_text(&msert_reader, text->str, 0);
	g_assert_cmpuint(read->lines->len, ==, 2);
	g_assert_cmpuint(read->n_losses, ==, 1);
	g_assert_nonnull(strstr(test_read_fields(read, 0), "\"Threat\":\"A:B/C\""));
}

static void test_probe(void)
{
	static const char *const others[] = { "", "Microsoft Safety Scanner\n",
		"Microsoft Safety Scanner and CVE-2021-26855 mitigation summary\n",
		"Threat Detected: x\n" };

	g_assert_cmpuint(msert_reader.probe(slice_from_text(two_runs), ""), ==, 95);
	for (guint i = 0; i < G_N_ELEMENTS(others); i++)
		g_assert_cmpuint(
			msert_reader.probe(slice_from_text(others[i]), "msert.log"), ==, 0);
}

static void test_damage(void)
{
	for (gsize size = 0; size < sizeof(two_runs); size++) {
		g_autoptr(TestRead) cut = test_read_make(&msert_reader, two_runs, size, 0, 0);

		g_assert_cmpuint(cut->n_losses, ==, 0);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	text_warm_up();
	hash_warm_up();
	g_test_add_func("/msert/fields", test_fields);
	g_test_add_func("/msert/limit", test_limit);
	g_test_add_func("/msert/probe", test_probe);
	g_test_add_func("/msert/damage", test_damage);
	return g_test_run();
}
