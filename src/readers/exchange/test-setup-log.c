/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"
#include "base/text.h"
#include "base/zone.h"
#include "readers/exchange/exchange.h"
#include "readers/test-read.h"
#include "readers/text/lines.h"

#define STARS "**********************************************"

/* A run in Central Time and one in Berlin's, in summer. */
static const char two_runs[] =
	"[03/07/2021 18:53:15.0468] [0] " STARS "\r\n"
	"[03/07/2021 18:53:15.0476] [0] Starting Microsoft Exchange Server 2016 Setup\r\n"
	"[03/07/2021 18:53:15.0476] [0] " STARS "\r\n"
	"[03/07/2021 18:53:15.0477] [0] Local time zone: (UTC-06:00) Central Time (US & "
	"Canada).\r\n"
	"[03/07/2021 18:53:15.0477] [0] Setup version: 15.1.2176.2.\r\n"
	"[03/07/2021 18:53:15.0493] [0] Command Line Parameter Name='mode', Value='Upgrade'.\r\n"
	"[03/07/2021 18:53:20.0001] [0] Setup will search for an Exchange Server object for the "
	"local machine with name 'EX01'.\r\n"
	"[03/07/2021 18:53:22.0382] [0] The locally installed version is 15.1.1531.3.\r\n"
	"[03/07/2021 18:53:23.0000] [1] Executing: \r\n"
	"\tif ($x)\r\n"
	"\t{ }\r\n"
	"\r\n"
	"[03/07/2021 19:53:23.0000] [0] The Exchange Server setup operation completed "
	"successfully.\r\n"
	"[03/07/2021 19:53:23.0001] [0] End of Setup\r\n"
	"[03/07/2021 19:53:23.0001] [0] " STARS "\r\n"
	"[07/01/2021 12:00:00.0001] [0] " STARS "\r\n"
	"[07/01/2021 12:00:00.0002] [0] Starting Microsoft Exchange Server 2016 Setup\r\n"
	"[07/01/2021 12:00:00.0002] [0] " STARS "\r\n"
	"[07/01/2021 12:00:00.0003] [0] Local time zone: (UTC+01:00) Amsterdam, Berlin, Bern, "
	"Rome, "
	"Stockholm, Vienna.\r\n"
	"[07/01/2021 12:00:00.0004] [0] Setup version: 15.1.2308.8.\r\n"
	"[07/01/2021 12:00:00.0005] [0] Command Line Parameter Name='preparead', Value=''.\r\n";

static void check(const TestRead *read, guint index, const char *time, const char *fields)
{
	g_autofree char *wanted = g_strdup_printf(
		"{\"LogFormat\":\"exchange-setup\",\"LogName\":\"ExchangeSetup\",%s}", fields);

	g_assert_cmpstr(test_read_fields(read, index), ==, wanted);
	g_assert_true(g_str_has_prefix(read->lines->pdata[index], time));
}

static void test_fields(void)
{
	g_autoptr(TestRead) read = test_read_text(&exchange_setup_reader, two_runs, 0);

	g_assert_cmpuint(read->lines->len, ==, 18);
	g_assert_cmpuint(read->notes->len, ==, 0);
	/* The asterisks above a run are its own already, and those below it still. */
	check(read, 0, "2021-03-08T00:53:15.4680000Z ",
		"\"timestamp\":\"03/07/2021 18:53:15.0468\",\"level\":\"0\",\"Computer\":\"EX01\","
		"\"Mode\":\"Upgrade\",\"SetupVersion\":\"15.1.2176.2\",\"message\":\"" STARS "\"");
	check(read, 7, "2021-03-08T00:53:22.3820000Z ",
		"\"timestamp\":\"03/07/2021 18:53:22.0382\",\"level\":\"0\",\"Computer\":\"EX01\","
		"\"Mode\":\"Upgrade\",\"SetupVersion\":\"15.1.2176.2\","
		"\"InstalledVersion\":\"15.1.1531.3\",\"InstalledUpdate\":\"15.1.1531\","
		"\"message\":\"The locally installed version is 15.1.1531.3.\"");
	check(read, 8, "2021-03-08T00:53:23.0000000Z ",
		"\"timestamp\":\"03/07/2021 18:53:23.0000\",\"level\":\"1\",\"Computer\":\"EX01\","
		"\"Mode\":\"Upgrade\",\"SetupVersion\":\"15.1.2176.2\","
		"\"message\":\"Executing: \\n\\tif ($x)\\n\\t{ }\"");
	g_assert_true(g_str_has_prefix(read->lines->pdata[11], "2021-03-08T01:53:23.0010000Z "));
	check(read, 12, "2021-07-01T10:00:00.0010000Z ",
		"\"timestamp\":\"07/01/2021 12:00:00.0001\",\"level\":\"0\",\"Mode\":\"preparead\","
		"\"SetupVersion\":\"15.1.2308.8\",\"message\":\"" STARS "\"");
}

/* Without the zone, that of the user counts, or UTC. */
static void test_no_zone(void)
{
	static const char text[] =
		"[03/07/2021 18:53:15.0476] [0] Starting Microsoft Exchange Server 2019 Setup\n"
		"[03/07/2021 18:53:15.0477] [0] Setup version: 15.2.1544.4.\n"
		"[03/07/2021 18:53:15.0478] [ERROR] x\n"
		"[03/07/2021 18:53:15.0479] [0] RuntimeAssembly was started with the following "
		"command: '/sourcedir:D: /MODE:install'.\n";
	g_autoptr(TestRead) utc = test_read_text(&exchange_setup_reader, text, 0);
	g_autoptr(Zone) zone = zone_new("+02:00", NULL);
	const Source source = { .times.zone = zone };
	g_autoptr(TestRead) east =
		test_read_like(&exchange_setup_reader, text, strlen(text), &source, 0);

	check(utc, 2, "2021-03-07T18:53:15.4780000Z ",
		"\"timestamp\":\"03/07/2021 18:53:15.0478\",\"level\":\"ERROR\","
		"\"Mode\":\"install\",\"SetupVersion\":\"15.2.1544.4\",\"message\":\"x\"");
	g_assert_cmpuint(utc->notes->len, ==, 1);
	g_assert_true(g_str_has_prefix(utc->notes->pdata[0], "time-assumed"));
	g_assert_true(g_str_has_prefix(east->lines->pdata[2], "2021-03-07T16:53:15.4780000Z "));
	g_assert_cmpuint(east->notes->len, ==, 0);
}

static void test_unsure_zone(void)
{
	static const char text[] =
		"[03/07/2021 18:53:15.0476] [0] Starting Microsoft Exchange Server 2019 Setup\n"
		"[03/07/2021 18:53:15.0477] [0] Local time zone: (UTC+03:00) Somewhere.\n";
	g_autoptr(TestRead) read = test_read_text(&exchange_setup_reader, text, 0);

	g_assert_true(g_str_has_prefix(read->lines->pdata[0], "2021-03-07T15:53:15.4760000Z "));
	g_assert_cmpuint(read->notes->len, ==, 1);
	g_assert_nonnull(strstr(read->notes->pdata[0], "\"(UTC+03:00) Somewhere\""));
	g_assert_cmpuint(read->n_losses, ==, 0);
}

/* What a run says of itself is known in the middle of it, too; also where it says so late. */
static void test_split(gconstpointer data)
{
	gboolean is_wide = GPOINTER_TO_INT(data);
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	g_autoptr(TestRead) whole = NULL, split = NULL;

	for (guint i = 0; text->len < 3 << 20; i++) {
		g_string_append(text, two_runs);
		for (guint k = 0; k < (i * 7919) % 9001; k++)
			g_string_append_printf(text,
				"[07/01/2021 12:00:%02u.0004] [2] line %u\n\tmore\n", k % 60, k);
	}
	for (gsize i = 0; i < text->len; i++) {
		const guint8 unit[] = { (guint8)text->str[i], 0 };

		g_byte_array_append(bytes, unit, is_wide ? 2 : 1);
	}
	whole = test_read_make(&exchange_setup_reader, bytes->data, bytes->len, 0, 100);
	split = test_read_make(&exchange_setup_reader, bytes->data, bytes->len, 0, 1);
	test_read_same(whole, split);
	g_assert_cmpuint(whole->lines->len, >, 1000);
	g_assert_cmpuint(split->notes->len, ==, 0);
}

static void test_probe(void)
{
	static const char *const others[] = { "", "[03/07/2021 18:53:15.0476]\n",
		"[03/07/2021 18:53:15] [0] x\n",
		"[Tue Mar 02 10:11:12.123456 2021] [core:error] x\n",
		"[2021/03/07 18:53:15.0476] [0] x\n" };

	g_assert_cmpuint(exchange_setup_reader.probe(slice_from_text(two_runs), ""), ==, 95);
	for (guint i = 0; i < G_N_ELEMENTS(others); i++)
		g_assert_cmpuint(
			exchange_setup_reader.probe(slice_from_text(others[i]), "a.log"), ==, 0);
}

static void test_damage(void)
{
	for (gsize size = 0; size < sizeof(two_runs); size++) {
		g_autoptr(TestRead) cut =
			test_read_make(&exchange_setup_reader, two_runs, size, 0, 0);
		g_autofree char *changed = g_memdup2(two_runs, sizeof(two_runs) - 1);
		g_autoptr(TestRead) read = NULL;

		g_assert_cmpuint(cut->n_losses, ==, 0);
		if (size + 1 < sizeof(two_runs))
			changed[size] = (char)(changed[size] ^ 0x5a);
		read = test_read_make(&exchange_setup_reader, changed, sizeof(two_runs) - 1, 0, 0);
		g_assert_cmpuint(read->lines->len, >, 10);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	text_warm_up();
	hash_warm_up();
	g_test_add_func("/setup-log/fields", test_fields);
	g_test_add_func("/setup-log/no-zone", test_no_zone);
	g_test_add_func("/setup-log/unsure-zone", test_unsure_zone);
	g_test_add_data_func("/setup-log/split-as-whole", GINT_TO_POINTER(FALSE), test_split);
	g_test_add_data_func("/setup-log/split-as-whole-utf16", GINT_TO_POINTER(TRUE), test_split);
	g_test_add_func("/setup-log/probe", test_probe);
	g_test_add_func("/setup-log/damage", test_damage);
	return g_test_run();
}
