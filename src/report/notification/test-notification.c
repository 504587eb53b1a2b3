/* SPDX-License-Identifier: Apache-2.0 */
/* Notifications on a small case, with the tables that ship. */
#include <string.h>

#include <glib/gstdio.h>

#include "base/json.h"
#include "report/report.h"

#define SHA_LOG	  "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define SHA_RULE  "1111111111111111111111111111111111111111111111111111111111111111"
#define MARCH	  (INT64_C(1614643200) * INSTANT_SECOND)
#define RULE_USED "1d959db1-a005-4d46-a109-c5fa28b0d9ab" /* content/tables/exchange-stages.tsv */

typedef struct Fixture {
	char *folder, *path;
	Case *c;
} Fixture;

static void setup(Fixture *f, gconstpointer unused)
{
	const CaseRun run = { "0.1.0", SHA_RULE, "", "", "", "", "2026-01-01T00:00:00.0000000Z",
		TRUE, 1 };

	f->folder = g_dir_make_tmp("spoor-notification-XXXXXX", NULL);
	f->path = g_build_filename(f->folder, "a.case", NULL);
	f->c = case_open(f->path, CASE_WRITE, NULL);
	g_assert_nonnull(f->c);
	g_assert_true(case_begin_run(f->c, &run, NULL));
}

static void teardown(Fixture *f, gconstpointer unused)
{
	case_close(f->c);
	(void)g_remove(f->path);
	(void)g_rmdir(f->folder);
	g_free(f->path);
	g_free(f->folder);
}

#define TEXT(text) ((char *)(text))

static void add_finding(Fixture *f, const char *host, const char *agent)
{
	const CaseEvidence evidence = { SHA_LOG, "EX/Logging/HttpProxy/HttpProxy_1.LOG", 4096,
		MARCH };
	const CaseEvidenceResult result = { "w3c", 100, 10, 0, MARCH, MARCH };
	const Tally tally = { host, "HttpProxy", MARCH, 10, 0 };
	RuleInfo rule = { .status = RULE_LOADED,
		.level = LEVEL_CRITICAL,
		.engine = TEXT("sigma"),
		.sha256 = TEXT(SHA_RULE),
		.id = TEXT(RULE_USED),
		.title = TEXT("Shell *used*"),
		.path = TEXT("a.yml"),
		.line = 1,
		.reason = TEXT(""),
		.logsource = TEXT("exchange/-/httpproxy"),
		.tags = TEXT("attack.t1505.003 attack.persistence cve.2021-26855"),
		.author = TEXT(""),
		.description = TEXT(""),
		.falsepositives = TEXT(""),
		.references = TEXT(""),
		.source = TEXT("") };
	g_autofree char *locator = g_strdup_printf("line 7 of %s", host);
	g_autoptr(GString) event = g_string_new(NULL);
	Json j = json_begin(event);
	EvidenceState state;
	CaseFinding finding = { &rule, rule.level, SHA_LOG, locator, 7, 7, FALSE,
		MARCH + 7 * INSTANT_SECOND, host, "HttpProxy", "[]", NULL };

	json_object_begin(&j);
	json_member_text(&j, "ServerHostName", host);
	json_member_text(&j, "ClientIpAddress", "192.0.2.77");
	json_member_text(&j, "UserAgent", agent);
	json_object_end(&j);
	finding.event_json = event->str;
	g_assert_true(case_add_rule(f->c, &rule, NULL));
	g_assert_true(case_add_evidence(f->c, &evidence, &state, NULL));
	g_assert_true(case_add_tally(f->c, SHA_LOG, &tally, NULL));
	g_assert_true(case_evidence_done(f->c, SHA_LOG, &result, NULL));
	g_assert_true(case_add_finding(f->c, &finding, NULL));
}

static char *render(Fixture *f, const char *format)
{
	const char *source = g_getenv("SPOOR_TEST_SOURCE");
	g_autofree char *tables =
		g_build_filename(source ? source : ".", "content", "tables", NULL);
	const ReportOptions options = { tables, "acme", "0.1.0" };
	g_autoptr(GError) error = NULL;
	char *text = NULL;
	gsize size = 0;
	FILE *out = open_memstream(&text, &size);

	g_assert_true(report_find(format)->write(f->c, &options, out, &error));
	g_assert_no_error(error);
	g_assert_cmpint(fclose(out), ==, 0);
	return text;
}

static void test_filled(Fixture *f, gconstpointer unused)
{
	static const char *const told[] = { "- Signs of compromise: ",
		"EX01: shell used on 2021-03-02", "2021-03-02T00:00:07Z", "`192[.]0[.]2[.]77`",
		"`curl/7`", "- T1505.003", "- CVE-2021-26855", SHA_LOG,
		"`Shell *used* (" RULE_USED "): 1 finding`", "ASK: Who are you",
		"- [ ] Not recoverable", "EX01: IIS was not given." };
	g_autofree char *text = NULL, *again = NULL, *json = NULL;

	add_finding(f, "EX01", "curl/7");
	text = render(f, "notification");
	g_test_message("%s", text);
	for (guint i = 0; i < G_N_ELEMENTS(told); i++) {
		g_test_message("%s", told[i]);
		g_assert_nonnull(strstr(text, told[i]));
	}
	again = render(f, "notification");
	g_assert_cmpstr(text, ==, again);
	json = render(f, "notification-json");
	g_assert_true(g_str_has_prefix(json, "{\"schema\":\"spoor.notification/1\""));
	g_assert_nonnull(strstr(json, "\"values\":[\"192.0.2.77\"]"));
	g_assert_nonnull(strstr(json,
		"\"id\":\"contact\",\"label\":\"Contact\","
		"\"asked_by\":[\"NCSC\",\"CISA\"],\"status\":\"ask\""));
}

/* Without anything found, and without Exchange, the same questions are asked. */
static void test_empty(Fixture *f, gconstpointer unused)
{
	g_autofree char *text = render(f, "notification");

	g_assert_nonnull(strstr(text, "- Could not be assessed: "));
	g_assert_nonnull(strstr(text, "**How far it got**\n\nNothing of this is in the evidence."));
	g_assert_nonnull(strstr(text, "ASK: What are your next steps?"));
}

static void test_hostile(Fixture *f, gconstpointer unused)
{
	g_autofree char *text = NULL, *json = NULL;

	add_finding(f, "[EX](http://evil.example)`", "<%eval(Request[\"x\"])%>");
	add_finding(f, "<script>\n# heading", "\xE2\x80\xAEgnp.exe");
	text = render(f, "notification");
	g_assert_null(strstr(text, "eval(Request"));
	g_assert_null(strstr(text, "[EX]("));
	g_assert_null(strstr(text, "\n# heading"));
	g_assert_null(strstr(text, "\n<script"));
	g_assert_null(strstr(text, "\xE2\x80\xAE"));
	g_assert_nonnull(strstr(text, "left out, since it may be code"));
	json = render(f, "notification-json");
	g_assert_null(strstr(json, "eval(Request"));
	g_assert_null(strstr(json, "\xE2\x80\xAE"));
}

#define ADD(name, function)                                                                        \
	g_test_add("/report/notification/" name, Fixture, NULL, setup, function, teardown)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("filled", test_filled);
	ADD("empty", test_empty);
	ADD("hostile", test_hostile);
	return g_test_run();
}
