/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The report as a whole: whatever a case holds, the page has exactly the elements that spoor wrote;
 * the same case gives the same bytes; the budget of bytes is kept.
 */
#include <string.h>

#include <glib/gstdio.h>

#include "base/json.h"
#include "report/html/assets.h"
#include "report/html/data.h"
#include "report/report.h"

extern const ReportFormat html_report;

#define SHA_RULE      "1111111111111111111111111111111111111111111111111111111111111111"
#define SHA_EVIDENCE  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define MARCH	      (INT64_C(1614643200) * INSTANT_SECOND)
#define JS_BYTES      (60u << 10) /* the budgets of docs/report.md */
#define CSS_BYTES     (23u << 10)
#define FINDING_BYTES 80u /* 8 MiB at 100,000 findings */

static const char attack_groups[] = "version\t18.1\n"
				    "group\tG0001\tFirst\tOther\tT1053 T1003.001\tS0001\n"
				    "mitigation\tM1001\tCode Signing\tT1003.001\n";

static const char attack_table[] = "version\t19.1\n"
				   "tactic\tTA0002\tExecution\texecution\n"
				   "tactic\tTA0006\tCredential Access\tcredential-access\n"
				   "technique\tT1003.001\tLSASS Memory\tcredential-access\n"
				   "technique\tT1059.001\tPowerShell\texecution\n";

static const char *const hostile[] = {
	"</script><script>pwned()</script>",
	"<!--<script>pwned()",
	"\"><img src=x onerror=pwned()>",
	"'><svg onload=pwned()>",
	"javascript:pwned()",
	"\xE2\x80\xAEgnp.exe\xE2\x80\xAC\xE2\x81\xA6",
	"a\x01\x1B[31m\x7F\xC2\x85\xE2\x80\xA8",
	"]]></style></title></textarea>{{run}}{{script}}",
};

typedef struct Fixture {
	char *folder, *tables;
	Case *c;
} Fixture;

static void write_file(const char *folder, const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);

	g_assert_cmpint(g_mkdir_with_parents(folder, 0700), ==, 0);
	g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

/* Copies what the report reads of content/@from: the tests run the real tables where they can. */
static void copy_content(const char *folder, const char *from, const char *name)
{
	const char *source = g_getenv("SPOOR_TEST_SOURCE");
	g_autofree char *path =
		g_build_filename(source ? source : ".", "content", from, name, NULL);
	g_autofree char *text = NULL;

	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	write_file(folder, name, text);
}

static void fixture_setup(Fixture *f, gconstpointer unused)
{
	const CaseRun run = { "0.1.0", SHA_RULE, "recovered=1", "spoor scan </script>", "<b>host",
		"user", "2026-01-01T00:00:00.0000000Z", TRUE, 2 };
	static const char *const tables[] = { "exchange-builds.tsv", "exchange-cu-builds.tsv",
		"exchange-evidence.tsv", "exchange-flaws.tsv", "exchange-proofs.tsv",
		"exchange-stages.tsv", "exchange-updates.tsv" };
	g_autofree char *folder = NULL, *path = NULL;

	f->folder = g_dir_make_tmp("spoor-html-XXXXXX", NULL);
	f->tables = g_build_filename(f->folder, "tables", NULL);
	folder = g_build_filename(f->folder, "guidance", NULL);
	path = g_build_filename(f->folder, "a.case", NULL);
	write_file(f->tables, "attack.tsv", attack_table);
	write_file(f->tables, "attack-groups.tsv", attack_groups);
	for (guint i = 0; i < G_N_ELEMENTS(tables); i++)
		copy_content(f->tables, "tables", tables[i]);
	copy_content(folder, "guidance", "first-steps.tsv");
	copy_content(folder, "guidance", "exchange.tsv");
	f->c = case_open(path, CASE_WRITE, NULL);
	g_assert_nonnull(f->c);
	g_assert_true(case_begin_run(f->c, &run, NULL));
}

static void remove_all(const char *path)
{
	g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *below = g_build_filename(path, name, NULL);

		remove_all(below);
	}
	(void)g_remove(path);
}

static void fixture_teardown(Fixture *f, gconstpointer unused)
{
	case_close(f->c);
	remove_all(f->folder);
	g_free(f->folder);
	g_free(f->tables);
}

static RuleInfo make_rule(const char *text, RuleLevel level)
{
	char *t = (char *)text;

	return (RuleInfo){ .status = RULE_LOADED,
		.level = level,
		.engine = (char *)"sigma",
		.sha256 = (char *)SHA_RULE,
		.id = t,
		.title = t,
		.path = t,
		.line = 1,
		.reason = (char *)"",
		.logsource = t,
		.tags = (char *)"attack.t1003.001 attack.credential-access attack.g0001",
		.author = t,
		.description = t,
		.falsepositives = t,
		.references = t,
		.source = t };
}

static void add_rule(Fixture *f, const char *text, RuleLevel level)
{
	RuleInfo rule = make_rule(text, level);

	g_assert_true(case_add_rule(f->c, &rule, NULL));
	g_assert_true(case_add_applicable(f->c, rule.sha256, NULL));
}

static void add_evidence(Fixture *f, const char *path)
{
	const CaseEvidence evidence = { SHA_EVIDENCE, path, 4096, MARCH };
	const CaseEvidenceResult result = { "evtx", 100, 10, 1, MARCH, MARCH };
	const Tally tally = { path, path, MARCH, 10, 1 };
	EvidenceState state;

	g_assert_true(case_add_evidence(f->c, &evidence, &state, NULL));
	g_assert_true(case_add_tally(f->c, SHA_EVIDENCE, &tally, NULL));
	g_assert_true(case_evidence_done(f->c, SHA_EVIDENCE, &result, NULL));
}

static char *json_of(const char *text, gboolean matched)
{
	GString *out = g_string_new(NULL);
	Json j = json_begin(out);

	if (matched)
		json_array_begin(&j);
	json_object_begin(&j);
	json_member_text(&j, matched ? "field" : "Computer", text);
	json_member_text(&j, matched ? "source" : "User", text);
	json_member_text(&j, matched ? "test" : text, text);
	json_member_text(&j, matched ? "value" : "Image", text);
	json_member_text(&j, matched ? "selection" : "QueryName", text);
	json_object_end(&j);
	if (matched)
		json_array_end(&j);
	return g_string_free(out, FALSE);
}

static void add_finding(Fixture *f, const char *text, guint number, RuleLevel level)
{
	g_autofree char *matched = json_of(text, TRUE), *event = json_of(text, FALSE);
	g_autofree char *locator = g_strdup_printf("evtx:%u/%s", number, text);
	RuleInfo rule = make_rule(text, level);
	const CaseFinding finding = { &rule, rule.level, SHA_EVIDENCE, locator, number,
		number * 512u, FALSE, MARCH + number * INSTANT_SECOND, text, text, matched, event };

	g_assert_true(case_add_finding(f->c, &finding, NULL));
}

static char *render(Fixture *f)
{
	const ReportOptions options = { f->tables, "acme <b>", "0.1.0" };
	g_autoptr(GError) error = NULL;
	char *text = NULL;
	gsize size = 0;
	FILE *out = open_memstream(&text, &size);

	g_assert_true(html_report.write(f->c, &options, out, &error));
	g_assert_no_error(error);
	g_assert_cmpint(fclose(out), ==, 0);
	return text;
}

static guint count_of(const char *text, const char *needle)
{
	guint n = 0;

	for (const char *at = text; (at = strstr(at, needle)); at += strlen(needle))
		n++;
	return n;
}

/* ---- tests ---- */

static void test_empty(Fixture *f, gconstpointer unused)
{
	g_autofree char *page = render(f);

	g_assert_nonnull(strstr(page, "<h1 id=\"verdict-words\">Could not be assessed</h1>"));
	g_assert_null(strstr(page, "{{"));
}

/* A source whose texts are @text, of which nothing could be assessed. */
static void add_intel(Fixture *f, const char *text, const char *path)
{
	RuleInfo set = make_rule(text, LEVEL_INFORMATIONAL);
	IntelSource source = { .path = path,
		.format = "stix",
		.name = text,
		.sha256 = SHA_EVIDENCE,
		.accepted = 1234 };

	set.kind = RULE_INDICATORS;
	set.sha256 = (char *)SHA_EVIDENCE;
	set.path = (char *)path;
	set.logsource = (char *)"indicator/md5/-";
	source.notes[INTEL_SUSPICIOUS] = 7;
	g_assert_true(case_add_intel(f->c, &source, NULL, 0, NULL));
	g_assert_true(case_add_rule(f->c, &set, NULL));
}

/* Coverage tells of intelligence what could not be assessed; rules are counted without it. */
static void test_intel(Fixture *f, gconstpointer unused)
{
	RuleInfo indicator = make_rule("evil.example", LEVEL_LOW);
	const CaseFinding finding = { .rule = &indicator,
		.level = LEVEL_HIGH,
		.evidence_sha256 = SHA_EVIDENCE,
		.locator = "record 1",
		.time = MARCH,
		.host = "a.evtx",
		.channel = "c",
		.matched_json = "[]",
		.event_json = "{}" };
	g_autofree char *page = NULL;

	add_intel(f, "3 hashes", "feed.csv");
	add_evidence(f, "a.evtx");
	page = render(f);
	g_assert_nonnull(strstr(page, "<dt>Indicators found</dt><dd>0 of 1,234<"));
	g_assert_nonnull(strstr(page, "<dt>Rules that could fire</dt><dd>0 of 0<"));
	g_assert_nonnull(strstr(page, "<td>3 hashes</td><td>7 suspicious</td>"));
	g_assert_nonnull(strstr(page, "Could not be assessed"));
	g_clear_pointer(&page, g_free);

	indicator.kind = RULE_INDICATOR;
	indicator.source = (char *)"{\"kind\":\"host\",\"sources\":[{\"file\":\"feed.csv\"}]}";
	indicator.logsource = (char *)"indicator/md5/-";
	g_assert_true(case_add_found_rule(f->c, &indicator, NULL));
	g_assert_true(case_add_finding(f->c, &finding, NULL));
	page = render(f);
	g_assert_nonnull(strstr(page, "<dt>Indicators found</dt><dd>1 of 1,234<"));
	g_assert_nonnull(strstr(page, "<td>3 hashes: <b>1</b> in 1 finding</td>"));
	g_assert_nonnull(strstr(page, "level-high\">high<")); /* the finding's, not the rule's */
}

static void test_hostile(Fixture *f, gconstpointer unused)
{
	for (guint i = 0; i < G_N_ELEMENTS(hostile); i++) {
		Gap gap = { GAP_DAMAGED, i, 10, 0, hostile[i] };
		g_autofree char *page = NULL;

		add_rule(f, hostile[i], LEVEL_CRITICAL);
		add_intel(f, hostile[i], hostile[i]);
		add_evidence(f, hostile[i]);
		add_finding(f, hostile[i], i, LEVEL_CRITICAL);
		g_assert_true(case_add_gap(f->c, SHA_EVIDENCE, NULL, &gap, NULL));
		page = render(f);

		/* What is in the script itself is ours; of elements there are as many as ever. */
		g_assert_cmpuint(count_of(page, "<script"), ==, 3);
		g_assert_cmpuint(count_of(page, "</script"), ==, 3);
		g_assert_cmpuint(count_of(page, "<style"), ==, 1);
		g_assert_cmpuint(count_of(page, "<img"), ==, 0);
		g_assert_cmpuint(count_of(page, "<svg onload"), ==, 0);
		g_assert_cmpuint(count_of(page, "href=\"javascript"), ==, 0);
		g_assert_cmpuint(count_of(page, "\xE2\x80\xAE"), ==, 0);
		g_assert_cmpuint(count_of(page, "\x1B"), ==, 0);
		g_assert_cmpuint(count_of(page, "<!--"), ==, 2); /* around the run record */
		g_assert_nonnull(strstr(page, "Signs of compromise"));
		g_assert_nonnull(strstr(page, "acme &lt;b&gt;"));
	}
}

/* Every link leads into the page: there is none that evidence or a rule could have made. */
static void test_links(Fixture *f, gconstpointer unused)
{
	g_autofree char *page = NULL;

	add_rule(f, "https://evil.example/", LEVEL_HIGH);
	add_evidence(f, "https://evil.example/");
	add_finding(f, "https://evil.example/", 1, LEVEL_HIGH);
	page = render(f);
	g_assert_cmpuint(count_of(page, "href="), ==, count_of(page, "href=\"#"));
	g_assert_cmpuint(count_of(page, " src="), ==, 0);
}

/* The policy names the script and the style that are there, and nothing else. */
static void test_policy(Fixture *f, gconstpointer unused)
{
	g_autofree char *page = render(f);
	g_autofree char *digest = NULL, *expected = NULL;
	g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
	const char *script = strstr(page, "<script>") + strlen("<script>");
	const char *end = strstr(script, "</script>");
	guint8 bytes[32];
	gsize size = sizeof bytes;

	g_checksum_update(checksum, (const guchar *)script, end - script);
	g_checksum_get_digest(checksum, bytes, &size);
	digest = g_base64_encode(bytes, size);
	expected = g_strdup_printf(
		"content=\"default-src 'none'; script-src 'sha256-%s'; style-src", digest);
	g_assert_nonnull(strstr(page, expected));
	g_assert_null(strstr(page, "unsafe"));
	g_assert_null(strstr(page, " style=\""));
}

static void test_same_bytes(Fixture *f, gconstpointer unused)
{
	g_autofree char *one = NULL, *two = NULL;

	add_rule(f, "A rule", LEVEL_HIGH);
	add_evidence(f, "a.evtx");
	for (guint i = 0; i < 300; i++)
		add_finding(f, i % 2 ? "even" : "odd", i * 7 % 300, LEVEL_HIGH);
	one = render(f);
	two = render(f);
	g_assert_cmpstr(one, ==, two);
}

/* 10,000 findings of one rule are one line of the summary, below the critical one. */
static void test_noise(Fixture *f, gconstpointer unused)
{
	RuleInfo noisy = make_rule("Noisy rule", LEVEL_MEDIUM);
	g_autofree char *page = NULL;

	noisy.sha256 = (char *)SHA_EVIDENCE;
	g_assert_true(case_add_rule(f->c, &noisy, NULL));
	add_rule(f, "Critical rule", LEVEL_CRITICAL);
	add_evidence(f, "a.evtx");
	for (guint i = 0; i < 10000; i++) {
		g_autofree char *locator = g_strdup_printf("evtx:%u", i);
		g_autofree char *event = g_strdup_printf(
			"{\"User\":\"u%u\",\"CommandLine\":\"cmd /c %u %u\"}", i % 50, i, i * 7919);
		g_autofree char *matched = g_strdup_printf(
			"[{\"field\":\"CommandLine\",\"source\":\"\",\"test\":\"contains cmd\","
			"\"value\":\"cmd /c %u %u\",\"selection\":\"selection\"}]",
			i, i * 7919);
		const CaseFinding finding = { &noisy, noisy.level, SHA_EVIDENCE, locator, i,
			i * 997u, FALSE, MARCH + i * INSTANT_SECOND * 61 + i * 7919, "host",
			"Security", matched, event };

		g_assert_true(case_add_finding(f->c, &finding, NULL));
	}
	add_finding(f, "Critical rule", 5, LEVEL_CRITICAL);
	page = render(f);
	g_assert_cmpuint(count_of(page, "<tr data-rule="), ==, 2);
	g_assert_true(strstr(page, "<span class=\"rule-title\">Critical rule") <
		strstr(page, "<span class=\"rule-title\">Noisy rule"));
	g_assert_cmpuint(strlen(page), <, JS_BYTES + CSS_BYTES + 100000 + 10000 * FINDING_BYTES);
}

static void test_assets(void)
{
	g_assert_cmpuint(strlen(asset_report_js), <=, JS_BYTES);
	g_assert_cmpuint(strlen(asset_report_css), <=, CSS_BYTES);
	/* Ways to make markup or code of text, or to reach out; the policy forbids them besides. */
	g_assert_null(strstr(asset_report_js, "innerHTML"));
	g_assert_null(strstr(asset_report_js, "insertAdjacentHTML"));
	g_assert_null(strstr(asset_report_js, "document.write"));
	g_assert_null(strstr(asset_report_js, "eval("));
	g_assert_null(strstr(asset_report_js, "fetch("));
	g_assert_null(strstr(asset_report_js, "XMLHttpRequest"));
	g_assert_null(strstr(asset_report_js, "</script"));
	g_assert_null(strstr(asset_report_js, "<!--"));
}

/* Three high rules of two tactics on one host are more than the same on three hosts. */
static void test_one_host(Fixture *f, gconstpointer unused)
{
	static const char *const shas[] = {
		"2111111111111111111111111111111111111111111111111111111111111111",
		"2222222222222222222222222222222222222222222222222222222222222222",
		"2333333333333333333333333333333333333333333333333333333333333333",
	};
	static const char *const hosts[] = { "WS1", "WS2", "WS3", "ws1", "Ws1", "wS1" };

	add_evidence(f, "a.evtx");
	for (guint i = 0; i < G_N_ELEMENTS(hosts); i++) {
		RuleInfo rule = make_rule("A rule", LEVEL_HIGH);
		g_autofree char *locator = g_strdup_printf("record %u at 0x%x", i, i * 512);
		const CaseFinding finding = { &rule, rule.level, SHA_EVIDENCE, locator, i, i * 512u,
			FALSE, MARCH, hosts[i], "Security", "[]", "{}" };
		g_autofree char *page = NULL;

		rule.sha256 = (char *)shas[i % 3];
		rule.tags = (char *)(i % 3 ? "attack.execution" : "attack.credential-access");
		g_assert_true(case_add_rule(f->c, &rule, NULL));
		g_assert_true(case_add_applicable(f->c, rule.sha256, NULL));
		g_assert_true(case_add_finding(f->c, &finding, NULL));
		page = render(f);
		g_assert_cmpuint(count_of(page, "\"verdict-words\">Suspicious<"), ==, i < 5);
		g_assert_cmpuint(
			count_of(page, "\"verdict-words\">Signs of compromise<"), ==, i == 5);
	}
}

/* Logs that do not say whose they are, and files, are no host and have no name among hosts. */
static void test_no_host(Fixture *f, gconstpointer unused)
{
	static const char *const hosts[] = { "", "WS1" };
	RuleInfo rule = make_rule("A rule", LEVEL_HIGH);
	g_autofree char *page = NULL;

	add_evidence(f, "a.evtx");
	g_assert_true(case_add_rule(f->c, &rule, NULL));
	for (guint i = 0; i < G_N_ELEMENTS(hosts); i++) {
		g_autofree char *locator = g_strdup_printf("record %u at 0x%x", i, i * 512);
		const CaseFinding finding = { &rule, rule.level, SHA_EVIDENCE, locator, i, i * 512u,
			FALSE, MARCH, hosts[i], "Security", "[]", "{}" };

		g_assert_true(case_add_finding(f->c, &finding, NULL));
	}
	page = render(f);
	g_assert_cmpuint(
		count_of(page, "<dd class=\"note\">1 with any; others name no host<"), ==, 1);
	g_assert_cmpuint(count_of(page, "<td class=\"hosts\">WS1<"), ==, 1);
}

/* More findings than fit: the severe ones all, of the others some, and the page says so. */
static void test_sampled(Fixture *f, gconstpointer unused)
{
	const ReportOptions options = { f->tables, "acme", "0.1.0" };
	g_autoptr(ReportModel) model = NULL;
	RuleInfo low = make_rule("Low rule", LEVEL_LOW);
	guint n_high = 0;

	low.sha256 = (char *)SHA_EVIDENCE;
	g_assert_true(case_add_rule(f->c, &low, NULL));
	add_rule(f, "High rule", LEVEL_HIGH);
	add_evidence(f, "a.evtx");
	for (guint i = 0; i < 40; i++)
		add_finding(f, "High rule", i, LEVEL_HIGH);
	for (guint i = 0; i < 400; i++) {
		g_autofree char *locator = g_strdup_printf("evtx:%u", i);
		const CaseFinding finding = { &low, low.level, SHA_EVIDENCE, locator, i, i, FALSE,
			MARCH + i * INSTANT_SECOND, "host", "Security", "[]", "{}" };

		g_assert_true(case_add_finding(f->c, &finding, NULL));
	}
	model = report_model_load(f->c, &options, 100, NULL);
	g_assert_nonnull(model);
	g_assert_true(model->sampled);
	g_assert_cmpuint(model->rows->len, ==, 100);
	g_assert_cmpuint(model->n_findings, ==, 440);
	for (guint i = 0; i < model->rows->len; i++) {
		const ModelFinding *row = &g_array_index(model->rows, ModelFinding, i);

		n_high += ((ModelRule *)g_ptr_array_index(model->rules, row->rule))->info->level ==
			LEVEL_HIGH;
	}
	g_assert_cmpuint(n_high, ==, 40);
}

/* Evidence that an interrupted scan did not come to is not even listed, so the page has to say it.
 */
static void test_interrupted(Fixture *f, gconstpointer unused)
{
	g_autofree char *before = NULL;
	g_autofree char *after = NULL;

	add_rule(f, "quiet", LEVEL_HIGH);
	add_evidence(f, "a.evtx");
	before = render(f);
	g_assert_nonnull(strstr(before, "Could not be assessed</h1>"));
	g_assert_nonnull(strstr(before, "the last scan was interrupted"));
	g_assert_nonnull(strstr(before, "Finish the scan"));
	g_assert_true(case_end_run(f->c, "", "complete", NULL));
	after = render(f);
	g_assert_nonnull(strstr(after, "Nothing found in what was assessed</h1>"));
	g_assert_nonnull(strstr(after, "Coverage is complete"));
	g_assert_null(strstr(after, "Finish the scan"));
}

/* The addresses to block: not those of the machine itself. */
static void test_ignored(Fixture *f, gconstpointer unused)
{
	g_autofree char *page = NULL;

	add_rule(f, "192.0.2.7", LEVEL_CRITICAL);
	add_evidence(f, "a.evtx");
	add_finding(f, "192.0.2.7", 1, LEVEL_CRITICAL);
	add_finding(f, "127.8.9.1", 2, LEVEL_CRITICAL);
	page = render(f);
	g_assert_nonnull(strstr(page, "192[.]0[.]2[.]7"));
	g_assert_null(strstr(page, "127[.]8[.]9[.]1"));
}

/* What others are documented to do likewise, and what prevents it. */
static void test_groups(Fixture *f, gconstpointer unused)
{
	g_autofree char *nothing = render(f), *page = NULL;

	g_assert_nonnull(strstr(nothing, "No rule of level medium or above"));
	add_rule(f, "rule", LEVEL_HIGH);
	add_evidence(f, "a.evtx");
	add_finding(f, "rule", 1, LEVEL_HIGH);
	page = render(f);
	g_assert_nonnull(strstr(page, "1 of 1</td><td>Code Signing"));
	g_assert_nonnull(strstr(page, "1 of 1 documented groups share"));
	g_assert_nonnull(strstr(page, "that fired: First (1)."));
	g_assert_nonnull(strstr(page, "First <span class=\"tactic\">G0001</span>"));
}

/* ---- Exchange servers ---- */

#define SHA_HTTPPROXY "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define RULE_TRIED    "b2546ee8-d4f0-4b38-bc1e-4c69a3d7123c"
#define RULE_USED     "1d959db1-a005-4d46-a109-c5fa28b0d9ab"

/* A finding on mail server @host of the rule of ours with that id, from address and page @text. */
static void add_exchange(Fixture *f, const char *host, const char *id, const char *text)
{
	const CaseEvidence evidence = { SHA_HTTPPROXY, "EX/Logging/HttpProxy/HttpProxy_1.LOG", 4096,
		MARCH };
	const CaseEvidenceResult result = { "w3c", 100, 10, 0, MARCH, MARCH + 90 * INSTANT_SECOND };
	const Tally tally = { host, "HttpProxy", MARCH, 10, 0 };
	RuleInfo rule = make_rule(id, LEVEL_CRITICAL);
	g_autofree char *locator = g_strdup_printf("line 7 of %s", host);
	g_autofree char *sha256 = g_compute_checksum_for_string(G_CHECKSUM_SHA256, id, -1);
	g_autoptr(GString) event = g_string_new(NULL);
	Json j = json_begin(event);
	EvidenceState state;
	CaseFinding finding = { &rule, rule.level, SHA_HTTPPROXY, locator, 7, 7, FALSE,
		MARCH + INSTANT_SECOND, host, "HttpProxy", "[]", NULL };

	json_object_begin(&j);
	json_member_text(&j, "ServerHostName", host);
	json_member_text(&j, "ClientIpAddress", text);
	json_member_text(&j, "UserAgent", text);
	json_member_text(&j, "UrlStem", text);
	json_object_end(&j);
	rule.sha256 = sha256;
	finding.event_json = event->str;
	g_assert_true(case_add_rule(f->c, &rule, NULL));
	g_assert_true(case_add_applicable(f->c, sha256, NULL));
	g_assert_true(case_add_evidence(f->c, &evidence, &state, NULL));
	g_assert_true(case_add_tally(f->c, SHA_HTTPPROXY, &tally, NULL));
	g_assert_true(case_evidence_done(f->c, SHA_HTTPPROXY, &result, NULL));
	g_assert_true(case_add_finding(f->c, &finding, NULL));
}

/* A case without Exchange says nothing of it; one with it has verdict, ladder and steps. */
static void test_exchange(Fixture *f, gconstpointer unused)
{
	g_autofree char *before = render(f), *page = NULL;

	g_assert_null(strstr(before, "id=\"exchange\""));
	g_assert_null(strstr(before, "href=\"#exchange\""));
	add_exchange(f, "EX01", RULE_USED, "192.0.2.77");
	page = render(f);
	g_assert_nonnull(strstr(page, "Signs of compromise</h1>"));
	g_assert_nonnull(
		strstr(page, "Somebody got into a server. <b>EX01: shell used on 2021-03-02"));
	g_assert_nonnull(strstr(page, "<h4>Shell used</h4><p><b>1 finding</b>"));
	g_assert_nonnull(strstr(page, "<h4>Hands on keyboard</h4><p>Not seen."));
	g_assert_nonnull(strstr(page, "<dt>Not given</dt> <dd><b>Security"));
	g_assert_nonnull(strstr(page, "192[.]0[.]2[.]77"));
	g_assert_nonnull(strstr(page, "<a href=\"#rule="));
	g_assert_nonnull(strstr(page, "<label><input type=\"checkbox\"> Copy the evidence"));
	g_assert_null(strstr(page, "Keep the evidence before you clean")); /* said better */
	g_assert_cmpuint(count_of(page, "Reinstall the server"), ==, 1);
}

/* A critical finding that is an attempt makes no compromise of it. */
static void test_attacked(Fixture *f, gconstpointer unused)
{
	g_autofree char *page = NULL;

	add_exchange(f, "EX01", RULE_TRIED, "192.0.2.77");
	page = render(f);
	g_assert_nonnull(strstr(page, "Attacked; no sign that it succeeded</h1>"));
	g_assert_nonnull(strstr(page, "Not assessed, since it was not given:"));
	g_assert_nonnull(strstr(page, "<body class=\"is-attacked\">"));
	g_assert_nonnull(strstr(page, "Check that the attempts really failed"));
	g_assert_nonnull(strstr(page, "Do not take &quot;no shell found&quot;"));
	g_assert_null(strstr(page, "Reinstall the server"));
}

static void test_exchange_hostile(Fixture *f, gconstpointer unused)
{
	for (guint i = 0; i < G_N_ELEMENTS(hostile); i++) {
		g_autofree char *page = NULL;

		add_exchange(f, hostile[i], RULE_USED, hostile[i]);
		page = render(f);
		g_assert_nonnull(strstr(page, "id=\"exchange\""));
		g_assert_cmpuint(count_of(page, "<script"), ==, 3);
		g_assert_cmpuint(count_of(page, "<img"), ==, 0);
		g_assert_cmpuint(count_of(page, "<svg onload"), ==, 0);
		g_assert_cmpuint(count_of(page, "\xE2\x80\xAE"), ==, 0);
		g_assert_cmpuint(count_of(page, "\x1B"), ==, 0);
		g_assert_cmpuint(count_of(page, " style=\""), ==, 0);
		g_assert_cmpuint(count_of(page, "href="), ==, count_of(page, "href=\"#"));
	}
}

#define ADD(name, function)                                                                        \
	g_test_add("/report/html/" name, Fixture, NULL, fixture_setup, function, fixture_teardown)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("empty", test_empty);
	ADD("hostile", test_hostile);
	ADD("intel", test_intel);
	ADD("links", test_links);
	ADD("policy", test_policy);
	ADD("same-bytes", test_same_bytes);
	ADD("noise", test_noise);
	ADD("one-host", test_one_host);
	ADD("no-host", test_no_host);
	ADD("sampled", test_sampled);
	ADD("interrupted", test_interrupted);
	ADD("ignored", test_ignored);
	ADD("groups", test_groups);
	ADD("exchange", test_exchange);
	ADD("attacked", test_attacked);
	ADD("exchange-hostile", test_exchange_hostile);
	g_test_add_func("/report/html/assets", test_assets);
	return g_test_run();
}
