/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The plain report formats, on a small case made here.
 */
#include <string.h>

#include <glib/gstdio.h>

#include "report/attack.h"
#include "report/csv.h"
#include "report/report.h"

#define SHA_RULE     "1111111111111111111111111111111111111111111111111111111111111111"
#define SHA_EVIDENCE "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const char test_table[] = "# a "
				 "comment\nversion\t19.1\nalias\tdoing-"
				 "things\texecution\ntactic\tTA0002\tExecution\texecution\n"
				 "technique\tT1059.001\tPowerShell\texecution\n"
				 "technique\tT1053\tScheduled Task/Job\texecution,persistence\n";

static void assert_cell(const char *text, const char *expected)
{
	g_autoptr(GString) ret = g_string_new(NULL);

	csv_append_cell(ret, text);
	g_assert_cmpstr(ret->str, ==, expected);
}

static void test_csv_cell(void)
{
	assert_cell("", "");
	assert_cell("plain; text = 1 - 1", "plain; text = 1 - 1");
	assert_cell("a,b", "\"a,b\"");
	assert_cell("say \"no\"", "\"say \"\"no\"\"\"");
	assert_cell("two\nlines", "\"two\nlines\"");
	assert_cell("=HYPERLINK(\"http://x\")", "\"'=HYPERLINK(\"\"http://x\"\")\"");
	assert_cell("+1", "\"'+1\"");
	assert_cell("-1", "\"'-1\"");
	assert_cell("@SUM(A1)", "\"'@SUM(A1)\"");
	assert_cell("\t=1", "\"'\t=1\"");
	assert_cell("\r=1", "\"'\r=1\"");
}

typedef struct Fixture {
	char *folder, *file, *table;
	Case *c;
} Fixture;

/* RuleInfo owns its texts; here they are borrowed, and never freed. */
#define TEXT(text) ((char *)(text))

static void add_finding(Case *c, guint number, const char *host, const char *event)
{
	RuleInfo rule = { .status = RULE_LOADED,
		.level = LEVEL_HIGH,
		.engine = TEXT("sigma"),
		.sha256 = TEXT(SHA_RULE),
		.id = TEXT("id-1"),
		.title = TEXT("=A title, quoted"),
		.path = TEXT("a.yml"),
		.line = 1,
		.reason = TEXT(""),
		.logsource = TEXT("windows/-/-"),
		.tags = TEXT(
			"attack.t1059.001 attack.execution attack.t9999 attack.g0016 cve.2021.1"),
		.author = TEXT(""),
		.description = TEXT(""),
		.falsepositives = TEXT(""),
		.references = TEXT(""),
		.source = TEXT("") };
	g_autofree char *locator = g_strdup_printf("record %u at 0x0", number);
	const CaseFinding finding = { .rule = &rule,
		.level = rule.level,
		.evidence_sha256 = SHA_EVIDENCE,
		.locator = locator,
		.record = number,
		.time = (Instant)number * INSTANT_SECOND,
		.host = host,
		.channel = "Security",
		.matched_json = "[]",
		.event_json = event };
	g_autoptr(GError) error = NULL;

	g_assert_true(case_add_rule(c, &rule, &error));
	g_assert_true(case_add_finding(c, &finding, &error));
	g_assert_no_error(error);
}

static void setup(Fixture *f, gconstpointer unused)
{
	const CaseRun run = { "0.1.0", "rules", "", "", "", "", "", TRUE, 1 };
	const CaseEvidence evidence = { SHA_EVIDENCE, "logs/a.evtx", 1, 0 };
	EvidenceState state;
	g_autoptr(GError) error = NULL;

	f->folder = g_dir_make_tmp("spoor-report-XXXXXX", &error);
	g_assert_no_error(error);
	f->file = g_build_filename(f->folder, "a.case", NULL);
	f->table = g_build_filename(f->folder, "attack.tsv", NULL);
	g_assert_true(g_file_set_contents(f->table, test_table, -1, &error));
	f->c = case_open(f->file, CASE_WRITE, &error);
	g_assert_no_error(error);
	g_assert_true(case_begin_run(f->c, &run, &error));
	g_assert_true(case_add_evidence(f->c, &evidence, &state, &error));
	add_finding(f->c, 2, "WS02", "{\"Computer\":\"WS01\"}");
	add_finding(f->c, 1, "WS01", "{\"Computer\":\"WS01\"}");
}

static void teardown(Fixture *f, gconstpointer unused)
{
	case_close(f->c);
	(void)g_remove(f->file);
	(void)g_remove(f->table);
	(void)g_rmdir(f->folder);
	g_free(f->file);
	g_free(f->table);
	g_free(f->folder);
}

static char *write_report(Fixture *f, const char *format)
{
	const ReportOptions options = { f->folder, "a", "0.1.0" };
	const ReportFormat *found = report_find(format);
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	g_autoptr(GError) error = NULL;

	g_assert_nonnull(found);
	g_assert_true(found->write(f->c, &options, out, &error));
	g_assert_no_error(error);
	g_assert_cmpint(fclose(out), ==, 0);
	return text; /* malloc()ed; GLib 2.46 and later g_free() it */
}

static void test_csv(Fixture *f, gconstpointer unused)
{
	g_autofree char *text = write_report(f, "csv");
	g_auto(GStrv) lines = g_strsplit(text, "\r\n", -1);

	g_assert_cmpuint(g_strv_length(lines), ==, 4); /* the last is empty */
	g_assert_true(g_str_has_prefix(lines[0], "time,level,title,host"));
	g_assert_true(g_str_has_prefix(lines[1],
		"1970-01-01T00:00:01.0000000Z,high,\"'=A title, quoted\",WS01,Security,id-1,"));
	g_assert_nonnull(strstr(lines[2], ",WS02,"));
}

static void test_jsonl(Fixture *f, gconstpointer unused)
{
	g_autofree char *text = write_report(f, "jsonl");
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	g_assert_cmpuint(g_strv_length(lines), ==, 3);
	g_assert_true(g_str_has_prefix(lines[0], "{\"schema\":\"spoor.finding/1\",\"id\":\""));
	g_assert_nonnull(strstr(lines[0],
		"\"evidence\":{\"path\":\"logs/a.evtx\",\"paths\":[\"logs/"
		"a.evtx\"],\"sha256\":\"" SHA_EVIDENCE "\"}"));
	g_assert_nonnull(strstr(lines[0], "\"matched\":[],\"event\":{\"Computer\":\"WS01\"}}"));
	g_assert_nonnull(strstr(lines[1], "\"time\":\"1970-01-01T00:00:02.0000000Z\""));
}

/* A case may come from a stranger: an object stays on its line and is one. */
static void test_meddled(Fixture *f, gconstpointer unused)
{
	g_autofree char *text = NULL;
	g_autofree char *csv = NULL;

	add_finding(f->c, 3, "WS\033[2J", "{\n\"a\": \"\342\200\256\"\n}");
	add_finding(f->c, 4, "WS04", "}, \"not\": \"json\"\n");
	text = write_report(f, "jsonl");
	g_assert_nonnull(strstr(text, "\"event\":{\"a\":\"\\u202e\"}}\n"));
	g_assert_nonnull(strstr(text, "\"event\":{}}\n"));
	csv = write_report(f, "csv");
	g_assert_nonnull(strstr(csv, ",WS\342\220\233[2J,"));
	g_assert_null(strchr(csv, '\033'));
}

static void test_navigator(Fixture *f, gconstpointer unused)
{
	g_autofree char *text = write_report(f, "navigator");

	g_assert_cmpstr(text, ==,
		"{\"name\":\"a\",\"versions\":{\"attack\":\"19\",\"navigator\":\"5.1.0\","
		"\"layer\":\"4.5\"},\"domain\":\"enterprise-attack\","
		"\"description\":\"Techniques named by the rules that fired, by spoor\","
		"\"sorting\":3,\"techniques\":["
		"{\"techniqueID\":\"T1059.001\",\"score\":2,\"color\":\"#ffab70\","
		"\"comment\":\"=A title, quoted (2)\",\"enabled\":true,\"showSubtechniques\":true},"
		"{\"techniqueID\":\"T9999\",\"score\":2,\"color\":\"#ffab70\","
		"\"comment\":\"=A title, quoted "
		"(2)\",\"enabled\":true,\"showSubtechniques\":false}],"
		"\"gradient\":{\"colors\":[\"#ffffff\",\"#ff8080\"],\"minValue\":0,\"maxValue\":2}}"
		"\n");
}

static void test_attack(Fixture *f, gconstpointer unused)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(AttackTable) table = attack_table_load(f->folder, &error);
	guint n = 0;

	g_assert_no_error(error);
	g_assert_cmpstr(attack_table_version(table), ==, "19.1");
	g_assert_cmpstr(attack_table_tactics(table, &n)[0].name, ==, "Execution");
	g_assert_cmpuint(n, ==, 1);
	g_assert_cmpstr(
		attack_table_technique(table, "attack.T1053")->tactics[1], ==, "persistence");
	g_assert_null(attack_table_technique(table, "attack.t9999"));
	g_assert_null(attack_table_technique(table, "cve.2021.1"));
	g_assert_cmpstr(attack_table_tactic(table, "attack.execution")->id, ==, "TA0002");
	g_assert_cmpstr(attack_table_tactic(table, "attack.doing_things")->id, ==, "TA0002");
	g_assert_null(attack_table_tactic(table, "attack.impact"));

	g_assert_true(g_file_set_contents(f->table, "technique\tT1\n", -1, NULL));
	g_assert_null(attack_table_load(f->folder, &error));
	g_assert_nonnull(strstr(error->message, "attack.tsv:1:"));
}

/* The shipped table: every technique's tactics are in it, and it names the ones rules use most. */
static void test_shipped_table(void)
{
	const char *source = g_getenv("SPOOR_TEST_SOURCE");
	g_autofree char *folder =
		g_build_filename(source ? source : ".", "content", "tables", NULL);
	g_autoptr(GError) error = NULL;
	g_autoptr(AttackTable) table = attack_table_load(folder, &error);
	static const char *const tags[] = { "attack.t1059.001", "attack.t1112", "attack.t1685",
		"attack.t1003.001", "attack.t1505.003" };
	guint n = 0;

	g_assert_no_error(error);
	(void)attack_table_tactics(table, &n);
	g_assert_cmpuint(n, >=, 14);
	for (guint i = 0; i < G_N_ELEMENTS(tags); i++) {
		const AttackTechnique *technique = attack_table_technique(table, tags[i]);

		g_assert_nonnull(technique);
		for (const char *const *tactic = technique->tactics; *tactic; tactic++) {
			g_autofree char *tag = g_strconcat("attack.", *tactic, NULL);

			g_assert_nonnull(attack_table_tactic(table, tag));
		}
	}
}

static void add_test(const char *name, void (*run)(Fixture *, gconstpointer))
{
	g_test_add(name, Fixture, NULL, setup, run, teardown);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/report/csv-cell", test_csv_cell);
	add_test("/report/csv", test_csv);
	add_test("/report/jsonl", test_jsonl);
	add_test("/report/meddled", test_meddled);
	add_test("/report/navigator", test_navigator);
	add_test("/report/attack", test_attack);
	g_test_add_func("/report/shipped-table", test_shipped_table);
	return g_test_run();
}
