/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How builds are read, and that the shipped tables classify every one of them as the facts say
 * (../shared/facts, where they are).
 */
#include <string.h>

#include "assessment/build-table.h"

static char *source_path(const char *name)
{
	return g_build_filename(g_getenv("SPOOR_TEST_SOURCE"), name, NULL);
}

static BuildTable *load_shipped(void)
{
	g_autofree char *tables = source_path("content/tables");
	g_autoptr(GError) error = NULL;
	BuildTable *table = build_table_load(tables, &error);

	g_assert_no_error(error);
	return table;
}

static CveSet find_set(const BuildTable *table, const char *name)
{
	CveSet set;

	g_assert_nonnull(build_table_flaw(table, name, &set));
	return set;
}

static void test_parse(void)
{
	static const struct {
		const char *text, *expected; /* NULL: no build */
	} cases[] = {
		{ "15.1.2176.2", "15.1.2176.2" },
		{ "15.1.2176.2.", "15.1.2176.2" },
		{ "15.01.2176.002", "15.1.2176.2" },
		{ "15.02.0986.005", "15.2.986.5" },
		{ "Setup version: 15.1.2176.2.", "15.1.2176.2" },
		{ "The locally installed version is 15.1.1531.3.", "15.1.1531.3" },
		{ "ExchangeServicesClient/15.01.2375.007", "15.1.2375.7" },
		{ "Version 15.1 (Build 2375.7)", "15.1.2375.7 or later" },
		{ "Version 15.1 (Build 32375.7)", "15.1.2375.7 or later" },
		{ "Version 15.0 (Build 1497.2)", "15.0.1497.2 or later" },
		{ "15.1.2176", "15.1.2176" },
		{ "15.01.2176.000", "15.1.2176" },
		{ "C:\\Exchange\\V15\\FrontEnd\\HttpProxy\\owa\\auth\\15.1.2176\\x.css",
			"15.1.2176" },
		{ "/owa/auth/15.2.858/scripts/a.js", "15.2.858" },
		{ "/ecp/15.1.2176.9/x", "15.1.2176.9" },
		{ "14.3.513.0", "14.3.513.0" },
		{ "15.1.2176.0", "15.1.2176.0" },
		{ "", NULL },
		{ "-", NULL },
		{ "15.1", NULL },
		{ "15.1.2176.2.5", NULL },
		{ "15.1.2176.99999", NULL },
		{ "15.1.2176.99999999999999999999", NULL },
		{ "15.1..2", NULL },
		{ "10.0.14393.0", NULL },
		{ "192.168.0.1", NULL },
		{ "0.0.0.0", NULL },
		{ "x15.1.2176.2", NULL },
		{ "15.1.2176b", NULL },
		{ "Version 15.1 (Build 2375", NULL },
		{ "Version 15.1 (Build .7)", NULL },
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		Build build;
		char text[BUILD_TEXT_BYTES];

		if (!build_parse(cases[i].text, &build)) {
			g_assert_null(cases[i].expected);
			continue;
		}
		build_format(&build, text);
		g_assert_cmpstr(text, ==, cases[i].expected);
	}
}

/* Every beginning of a text, and long ones, are read without harm. */
static void test_parse_pieces(void)
{
	const char *text = "Version 15.1 (Build 32375.7) 15.01.2375.007";
	g_autofree char *many = g_strnfill(100000, '1');
	Build build;

	for (gsize size = 0; size <= strlen(text); size++) {
		g_autofree char *piece = g_strndup(text, size);

		(void)build_parse(piece, &build);
	}
	g_assert_false(build_parse(many, &build));
	for (gsize i = 1; i < 100000; i += 2)
		many[i] = '.';
	g_assert_false(build_parse(many, &build));
}

static void test_order(void)
{
	Build a, b;

	g_assert_true(build_parse("15.1.2176.9", &a));
	g_assert_true(build_parse("15.1.2176.14", &b));
	g_assert_cmpint(build_compare(&a, &b), <, 0);
	g_assert_cmpint(build_compare_update(&a, &b), ==, 0);
	g_assert_true(build_parse("15.01.2176.009", &b));
	g_assert_cmpint(build_compare(&a, &b), ==, 0);
	g_assert_true(build_parse("15.0.1497.99", &b));
	g_assert_cmpint(build_compare(&a, &b), >, 0);
}

static void assert_verdict(
	const BuildTable *table, const char *text, const char *flaw, const char *expected)
{
	Build build;
	BuildVerdict verdict;

	g_assert_true(build_parse(text, &build));
	verdict = build_table_classify(table, &build, find_set(table, flaw), NULL);
	if (strcmp(build_verdict_name(verdict), expected) != 0)
		g_error("%s, %s: %s, not %s", text, flaw, build_verdict_name(verdict), expected);
}

/* Builds that the table does not have: nothing is concluded that does not follow. */
static void test_unknown(void)
{
	static const struct {
		const char *build, *flaw, *expected;
	} cases[] = {
		{ "15.1.2176.3", "ProxyLogon", "exposed" },  /* .4 has it still */
		{ "15.1.2176.7", "ProxyLogon", "unknown" },  /* between .4 and .9 */
		{ "15.1.2176.10", "ProxyLogon", "closed" },  /* behind .9 */
		{ "15.1.2176.13", "ProxyShell", "unknown" }, /* between .12 and .14 */
		{ "15.1.2176.13", "CVE-2021-34473", "closed" },
		{ "15.1.2176.99", "ProxyShell", "closed" },
		{ "15.1.2106.99", "ProxyShell", "unknown" }, /* no revision of CU18 closes it */
		{ "15.1.2106.99", "ProxyLogon", "closed" },
		{ "15.1.1261.99", "ProxyLogon", "unknown" },
		{ "15.1.2176.1", "ProxyLogon", "exposed" },
		{ "15.1.2308.1", "ProxyLogon", "unknown" }, /* before the first release of CU21 */
		{ "15.1.2600.1", "ProxyLogon", "closed" },  /* behind the last cumulative update */
		{ "15.1.2300.1", "ProxyLogon", "closed" },  /* between CU20 and CU21 */
		{ "15.1.2300.1", "ProxyShell", "unknown" },
		{ "15.1.2150.1", "ProxyLogon", "unknown" }, /* between CU18 and CU19 */
		{ "15.1.100.1", "ProxyLogon", "unknown" },
		{ "15.3.1.1", "ProxyLogon", "unknown" },
		{ "16.0.1.1", "ProxyLogon", "unknown" },
		{ "8.3.485.1", "ProxyLogon", "unknown" },
		{ "14.3.600.1", "ProxyLogon", "not applicable" },
		{ "14.3.123.99", "ProxyShell", "not applicable" },
		{ "15.1.2176", "ProxyLogon", "unknown" },
		{ "15.1.2176.0", "ProxyLogon", "unknown" },
		{ "15.1.2176.000", "ProxyLogon", "unknown" },
		{ "15.1.2242", "ProxyLogon", "closed" },
		{ "15.1.2242", "ProxyShell", "unknown" },
		{ "15.1.1261", "ProxyLogon", "exposed" },
		{ "14.3.123", "ProxyLogon", "not applicable" },
		/* What setup wrote into the directory is the least that it can be. */
		{ "Version 15.1 (Build 2176.2)", "ProxyLogon", "unknown" },
		{ "Version 15.1 (Build 2176.9)", "ProxyLogon", "closed" },
		{ "Version 15.1 (Build 2242.4)", "ProxyLogon", "closed" },
		{ "Version 15.1 (Build 1261.35)", "ProxyLogon", "exposed" },
		/* Single CVEs. */
		{ "15.2.858.10", "ProxyShell", "exposed" },
		{ "15.2.858.10", "CVE-2021-34473", "closed" },
		{ "15.2.858.10", "CVE-2021-31207", "exposed" },
		{ "14.3.509.0", "CVE-2021-26857", "exposed" },
		{ "14.3.513.0", "CVE-2021-26857", "closed" },
	};
	g_autoptr(BuildTable) table = load_shipped();

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
		assert_verdict(table, cases[i].build, cases[i].flaw, cases[i].expected);
}

static void test_names(void)
{
	g_autoptr(BuildTable) table = load_shipped();
	g_autofree char *name = NULL, *cu = NULL;
	Build build;

	g_assert_true(build_parse("15.1.2176.9", &build));
	name = build_table_name(table, &build);
	g_assert_cmpstr(name, ==, "Exchange 2016 CU19 Mar21SU");
	g_assert_cmpstr(build_table_released_text(table, &build), ==, "2021-03-02");
	g_assert_true(build_parse("15.1.2176", &build));
	cu = build_table_name(table, &build);
	g_assert_cmpstr(cu, ==, "Exchange 2016 CU19");
	g_assert_cmpstr(build_table_released_text(table, &build), ==, "2020-12-15");
	g_assert_cmpstr(
		build_table_update(table, "Update (KB5000871) installed")->name, ==, "KB5000871");
	g_assert_nonnull(build_table_update(table, "5003435"));
	g_assert_null(build_table_update(table, "KB50008710"));
	g_assert_null(build_table_update(table, "KB1234567"));
	g_assert_null(build_table_update(table, ""));
}

/* The rows of a table of facts, or NULL (and the test skipped) where it is not there. */
static GStrv read_facts(const char *name)
{
	g_autofree char *below = g_build_filename("../shared/facts", name, NULL);
	g_autofree char *path = source_path(below);
	g_autofree char *text = NULL;

	if (!g_file_get_contents(path, &text, NULL, NULL)) {
		g_autofree char *why = g_strdup_printf("%s is not here", path);

		g_test_skip(why);
		return NULL;
	}
	return g_strsplit(text, "\n", -1);
}

static const char *expect_full(const char *word)
{
	return strcmp(word, "yes") == 0	  ? "closed"
		: strcmp(word, "no") == 0 ? "exposed"
					  : "not applicable";
}

static void test_facts_builds(void)
{
	g_autoptr(BuildTable) table = load_shipped();
	g_auto(GStrv) lines = read_facts("exchange-builds.tsv");
	guint n = 0;

	for (guint i = 1; lines && lines[i] && lines[i][0]; i++) {
		g_auto(GStrv) cells = g_strsplit(lines[i], "\t", -1);

		g_assert_cmpuint(g_strv_length(cells), ==, 8);
		assert_verdict(table, cells[1], "ProxyLogon", expect_full(cells[4]));
		assert_verdict(table, cells[1], "ProxyShell", expect_full(cells[5]));
		if (strstr(cells[6], "34473+34523 fixed, 31207 not")) {
			assert_verdict(table, cells[1], "CVE-2021-34473", "closed");
			assert_verdict(table, cells[1], "CVE-2021-34523", "closed");
			assert_verdict(table, cells[1], "CVE-2021-31207", "exposed");
		}
		n++;
	}
	if (lines)
		g_assert_cmpuint(n, ==, 368);
}

static const char *expect_parts(const char *word)
{
	return strcmp(word, "always") == 0   ? "closed"
		: strcmp(word, "never") == 0 ? "exposed"
					     : "unknown";
}

static void test_facts_parts(void)
{
	g_autoptr(BuildTable) table = load_shipped();
	g_auto(GStrv) lines = read_facts("exchange-cu-3part.tsv");
	guint n = 0;

	for (guint i = 1; lines && lines[i] && lines[i][0]; i++) {
		g_auto(GStrv) cells = g_strsplit(lines[i], "\t", -1);
		g_autofree char *zeros = g_strconcat(cells[1], ".000", NULL);

		g_assert_cmpuint(g_strv_length(cells), ==, 8);
		assert_verdict(table, cells[1], "ProxyLogon", expect_parts(cells[3]));
		assert_verdict(table, cells[1], "ProxyShell", expect_parts(cells[5]));
		assert_verdict(table, zeros, "ProxyLogon", expect_parts(cells[3]));
		assert_verdict(table, zeros, "ProxyShell", expect_parts(cells[5]));
		n++;
	}
	if (lines)
		g_assert_cmpuint(n, ==, 66);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/assessment/build/parse", test_parse);
	g_test_add_func("/assessment/build/parse-pieces", test_parse_pieces);
	g_test_add_func("/assessment/build/order", test_order);
	g_test_add_func("/assessment/build/unknown", test_unknown);
	g_test_add_func("/assessment/build/names", test_names);
	g_test_add_func("/assessment/build/facts-builds", test_facts_builds);
	g_test_add_func("/assessment/build/facts-parts", test_facts_parts);
	return g_test_run();
}
