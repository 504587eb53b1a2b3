/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The program itself, run on a small case made here that holds hostile text: what it prints where,
 * and with which exit status. What needs a worker is tested end to end in tests/.
 */
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "base/hash.h"
#include "case/case.h"

#define SHA_SET	      "2222222222222222222222222222222222222222222222222222222222222222"
#define SHA_INDICATOR "3333333333333333333333333333333333333333333333333333333333333333"
#define SHA_RULE      "1111111111111111111111111111111111111111111111111111111111111111"
#define SHA_EVIDENCE  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define TEXT(text)    ((char *)(text)) /* RuleInfo owns its texts; here they are borrowed */

typedef struct Fixture {
	char *folder, *file, *spoor;
	char *out, *err; /* of the last run */
	int status;
} Fixture;

/* Of somebody, with times, and of nobody, without. */
static void add_observations(Case *c, const RuleInfo *rule)
{
	const Observation known = { "exchange-build", "EX\033[2J01", "15.1.2176.9", 1200,
		{ 10 * INSTANT_SECOND, "record 1 at 0x0" },
		{ 90 * INSTANT_SECOND, "record 1200 at 0x960" } };
	const Observation unknown = { "exchange-build", "", "15.1.\342\200\256", 1,
		{ INSTANT_NONE, "record 2" }, { INSTANT_NONE, "record 2" } };
	guint room = 2;
	gboolean left_out;

	g_assert_true(
		case_add_observation(c, rule, SHA_EVIDENCE, NULL, &known, &room, &left_out, NULL));
	g_assert_true(case_add_observation(
		c, rule, SHA_EVIDENCE, NULL, &unknown, &room, &left_out, NULL));
}

static void add_findings(Case *c)
{
	RuleInfo rule = { .status = RULE_LOADED,
		.level = LEVEL_HIGH,
		.engine = TEXT("sigma"),
		.sha256 = TEXT(SHA_RULE),
		.id = TEXT("id-1"),
		.title = TEXT("A \033[31mtitle"),
		.path = TEXT("a.yml"),
		.line = 1,
		.reason = TEXT(""),
		.logsource = TEXT("windows/-/-"),
		.tags = TEXT("attack.t1059.001 attack.execution"),
		.author = TEXT("A. Nother"),
		.description = TEXT("Detects it."),
		.falsepositives = TEXT("Admins\nUnknown"),
		.references = TEXT("https://example.org"),
		.source = TEXT("title: A title\n") };
	g_autoptr(GError) error = NULL;

	g_assert_true(case_add_rule(c, &rule, &error));
	for (guint i = 1; i <= 40; i++) {
		g_autofree char *locator = g_strdup_printf("record %u at 0x%x", i, i * 512);
		const CaseFinding finding = { .rule = &rule,
			.level = rule.level,
			.evidence_sha256 = SHA_EVIDENCE,
			.locator = locator,
			.record = i,
			.offset = i * 512,
			.time = i == 40 ? INSTANT_NONE : (Instant)(50 - i) * INSTANT_SECOND,
			.recovered = i == 7,
			.host = i % 2 ? "WS01" : "WS02",
			.channel = "Security",
			.matched_json =
				"[{\"field\":\"Image\",\"source\":\"NewProcessName\","
				"\"test\":\"endswith exe\",\"value\":\"gpj.\342\200\256exe\","
				"\"selection\":\"sel\"}]",
			.event_json = "{\"Computer\":\"WS01\",\"NewProcessName\":"
				      "\"gpj.\342\200\256exe\",\"Note\":\"\\u001b[2J\"}" };

		g_assert_true(case_add_finding(c, &finding, &error));
	}
	add_observations(c, &rule);
	g_assert_no_error(error);
}

/* One that was found, in the last finding, and a kind of which there could be none. */
static void add_indicator(Case *c)
{
	RuleInfo rule = { .status = RULE_LOADED,
		.level = LEVEL_INFORMATIONAL,
		.kind = RULE_INDICATORS,
		.engine = TEXT("indicators"),
		.sha256 = TEXT(SHA_SET),
		.id = TEXT(""),
		.title = TEXT("3 MD5 hashes of AA21"),
		.path = TEXT("aa21.json"),
		.reason = TEXT(""),
		.logsource = TEXT("indicator/md5/-"),
		.tags = TEXT(""),
		.author = TEXT(""),
		.description = TEXT(""),
		.falsepositives = TEXT(""),
		.references = TEXT(""),
		.source = TEXT("{}") };
	const CaseFinding finding = { .rule = &rule,
		.level = LEVEL_MEDIUM,
		.evidence_sha256 = SHA_EVIDENCE,
		.locator = "record 41",
		.time = INSTANT_NONE,
		.host = "WS01",
		.channel = "",
		.matched_json = "[]",
		.event_json = "{}" };
	const IntelNote note = { INTEL_REJECTED, 12, "b\033[2Jad", "It is bad." };
	IntelSource source = { .path = "aa21.json",
		.format = "stix",
		.name = "AA21",
		.sha256 = SHA_EVIDENCE,
		.accepted = 5 };

	source.notes[INTEL_REJECTED] = 1;
	g_assert_true(case_add_intel(c, &source, &note, 1, NULL));
	g_assert_true(case_add_rule(c, &rule, NULL));
	rule.kind = RULE_INDICATOR;
	rule.sha256 = TEXT(SHA_INDICATOR);
	rule.title = TEXT("evil.example (host of AA21)");
	rule.logsource = TEXT("indicator/host/-");
	rule.source =
		TEXT("{\"kind\":\"host\",\"value\":\"evil.example\",\"sources\":[{\"source\":"
		     "\"AA\\u001b[2J21\",\"warning_lists\":[\"a, [b\",\"c\"],\"confidence\":80}]}");
	g_assert_true(case_add_found_rule(c, &rule, NULL));
	g_assert_true(case_add_finding(c, &finding, NULL));
}

static gboolean begin_run(Case *c)
{
	const CaseRun run = { "0.1.0", "rules", "", "spoor scan x", "h", "u",
		"2026-01-01T00:00:00.0000000Z", FALSE, 1 };

	return case_begin_run(c, &run, NULL);
}

static void setup(Fixture *f, gconstpointer unused)
{
	const CaseEvidence evidence = { SHA_EVIDENCE, "logs/\033]0;evil\007.evtx", 1, 0 };
	const CaseEvidenceResult result = { "evtx", 100, 40, 0, 0, 0 };
	const Gap gap = { GAP_DAMAGED, 512, 1, 1, "record 3 is damaged" };
	const Tally tally = { "WS01", "Security", 0, 40, 0 };
	const Tally later = { "WS01", "Security", 48 * 3600 * INSTANT_SECOND, 1, 0 };
	EvidenceState state;
	g_autoptr(GError) error = NULL;
	g_autoptr(Case) c = NULL;

	f->spoor = g_build_filename(g_getenv("SPOOR_TEST_BUILD"), "src", "cli", "spoor", NULL);
	f->folder = g_dir_make_tmp("spoor-show-XXXXXX", &error);
	f->file = g_build_filename(f->folder, "a.case", NULL);
	c = case_open(f->file, CASE_WRITE, &error);
	g_assert_no_error(error);
	g_assert_true(begin_run(c));
	g_assert_true(case_add_evidence(c, &evidence, &state, &error));
	add_findings(c);
	g_assert_true(case_add_gap(c, SHA_EVIDENCE, NULL, &gap, &error));
	g_assert_true(case_add_tally(c, SHA_EVIDENCE, &tally, &error));
	g_assert_true(case_add_tally(c, SHA_EVIDENCE, &later, &error));
	g_assert_true(case_evidence_done(c, SHA_EVIDENCE, &result, &error));
	g_assert_true(case_end_run(c, "", "incomplete", &error));
	g_assert_true(case_commit(c, &error));
}

static void teardown(Fixture *f, gconstpointer unused)
{
	g_autoptr(GDir) dir = g_dir_open(f->folder, 0, NULL);
	const char *name;

	while ((name = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename(f->folder, name, NULL);

		(void)g_remove(path);
	}
	(void)g_rmdir(f->folder);
	g_free(f->folder);
	g_free(f->file);
	g_free(f->spoor);
	g_free(f->out);
	g_free(f->err);
}

/* Runs spoor with the words of @line; "@" stands for the case. In the fixture's folder. */
static void run(Fixture *f, const char *line)
{
	g_auto(GStrv) words = g_strsplit(line, " ", -1);
	g_autoptr(GPtrArray) argv = g_ptr_array_new();
	g_autoptr(GError) error = NULL;
	int status = 0;

	g_ptr_array_add(argv, f->spoor);
	for (char **word = words; *word; word++)
		g_ptr_array_add(argv, g_str_equal(*word, "@") ? f->file : *word);
	g_ptr_array_add(argv, NULL);
	g_clear_pointer(&f->out, g_free);
	g_clear_pointer(&f->err, g_free);
	g_assert_true(g_spawn_sync(f->folder, (char **)argv->pdata, NULL, G_SPAWN_DEFAULT, NULL,
		NULL, &f->out, &f->err, &status, &error));
	g_assert_no_error(error);
	g_assert_true(WIFEXITED(status));
	f->status = WEXITSTATUS(status);
}

static void assert_fails(Fixture *f, const char *line, int status, const char *part)
{
	run(f, line);
	g_test_message("spoor %s: %s", line, f->err);
	g_assert_cmpint(f->status, ==, status);
	g_assert_cmpstr(f->out, ==, "");
	g_assert_nonnull(strstr(f->err, part));
}

static guint count_lines(const char *text)
{
	guint n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

/* Nothing that a terminal would act upon, nothing that hides text. */
static void assert_harmless(const char *text)
{
	for (const char *at = text; *at; at++)
		g_assert_true((guchar)*at >= 0x20 || *at == '\n');
	g_assert_null(strstr(text, "\342\200\256"));
	g_assert_null(strstr(text, "\177"));
}

static void test_findings(Fixture *f, gconstpointer unused)
{
	run(f, "show findings @ --json");
	g_assert_cmpint(f->status, ==, 0);
	g_assert_cmpstr(f->err, ==, "");
	g_assert_cmpuint(count_lines(f->out), ==, 40);
	assert_harmless(f->out);
	/* In order of time: the one without comes first, then the last record. */
	g_assert_nonnull(strstr(f->out, "\"time\":null,"));
	g_assert_true(strstr(f->out, "\"record\":40,") < strstr(f->out, "\"record\":39,"));
	g_assert_true(strstr(f->out, "\"record\":39,") < strstr(f->out, "\"record\":1,"));
	g_assert_nonnull(strstr(f->out, "\"value\":\"gpj.\\u202eexe\""));

	run(f, "show findings @ --json --recovered");
	g_assert_cmpuint(count_lines(f->out), ==, 1);
	g_assert_nonnull(strstr(f->out, "\"recovered\":true"));
	run(f, "show findings @ --json --host ws02");
	g_assert_cmpuint(count_lines(f->out), ==, 20);
	run(f, "show findings @ --json --rule ID-1 --level high");
	g_assert_cmpuint(count_lines(f->out), ==, 40);
	run(f, "show findings @ --json --level critical");
	g_assert_cmpuint(count_lines(f->out), ==, 0);
	run(f, "show findings @ --level critical");
	g_assert_cmpstr(f->out, ==, "No findings.\n");
}

static void test_every_kind(Fixture *f, gconstpointer unused)
{
	static const char *const kinds[][2] = {
		{ "findings", "spoor.finding/1" },
		{ "coverage", "spoor.silence/1" },
		{ "rules", "spoor.rule/1" },
		{ "entities", "spoor.entity/1" },
		{ "timeline", "spoor.timeline/1" },
		{ "gaps", "spoor.gap/1" },
		{ "observations", "spoor.observation/1" },
		{ "runs", "spoor.run/1" },
	};

	for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
		g_autofree char *text = g_strdup_printf("show %s @", kinds[i][0]);
		g_autofree char *json = g_strdup_printf("show %s @ --json", kinds[i][0]);

		run(f, text);
		g_assert_cmpint(f->status, ==, 0);
		assert_harmless(f->out);
		run(f, json);
		g_assert_cmpint(f->status, ==, 0);
		g_assert_nonnull(strstr(f->out, kinds[i][1]));
		assert_harmless(f->out);
	}
}

static void test_observations(Fixture *f, gconstpointer unused)
{
	run(f, "show observations @ --json");
	g_assert_cmpuint(count_lines(f->out), ==, 2);
	g_assert_nonnull(strstr(f->out, "\"subject\":null,\"value\":\"15.1."));
	g_assert_nonnull(strstr(f->out,
		"\"value\":\"15.1.2176.9\",\"events\":1200,\"first\":"
		"\"1970-01-01T00:00:10.0000000Z\",\"first_locator\":\"record 1 at 0x0\",\"last\":"
		"\"1970-01-01T00:01:30.0000000Z\",\"last_locator\":\"record 1200 at 0x960\","
		"\"rule\":\"id-1\""));
	run(f, "show observations @");
	g_assert_nonnull(strstr(f->out,
		"15.1.2176.9\n    1970-01-01 00:00:10 to 1970-01-01 "
		"00:01:30, 1,200 events\n    A "));
	g_assert_nonnull(strstr(f->out, "exchange-build (nobody named) 15.1."));
	g_assert_nonnull(strstr(f->out, "\n    without a time, 1 event\n"));
}

static void test_explain(Fixture *f, gconstpointer unused)
{
	char id[CASE_FINDING_ID_BYTES];
	g_autofree char *line = NULL;
	g_autofree char *rule = NULL;

	case_finding_id(SHA_RULE, SHA_EVIDENCE, "record 7 at 0xe00", id);
	line = g_strdup_printf("explain %.10s @", id);
	run(f, line);
	g_assert_cmpint(f->status, ==, 0);
	assert_harmless(f->out);
	g_assert_nonnull(strstr(f->out, "gpj.<U+202E>exe"));
	g_assert_nonnull(strstr(f->out, "(recorded as NewProcessName)"));
	g_assert_nonnull(strstr(f->out, "record 7 at 0xe00"));
	g_assert_nonnull(strstr(f->out, SHA_EVIDENCE));
	rule = g_strdup_printf("explain --rule %s @", id);
	run(f, rule);
	g_assert_cmpstr(f->out, ==, "title: A title\n");

	assert_fails(f, "explain zz @", 2, "not the start of a finding's id");
	assert_fails(f, "explain ffffffffffffffff @", 2, "no finding starts with ffffffffffffffff");
	/* 40 findings, 16 first digits: some digit starts several. */
	for (guint digit = 0; digit < 16; digit++) {
		g_autofree char *short_line = g_strdup_printf("explain %x @", digit);

		run(f, short_line);
		if (f->err[0] != '\0' && strstr(f->err, "several findings"))
			return;
	}
	g_test_fail_printf("no digit is ambiguous");
}

static void with_indicator(Fixture *f)
{
	g_autoptr(Case) c = case_open(f->file, CASE_WRITE, NULL);

	g_assert_true(begin_run(c));
	add_indicator(c);
	g_assert_true(case_end_run(c, "2026-01-01T00:00:02.0000000Z", "failed", NULL));
	g_assert_true(case_commit(c, NULL));
}

/* Its parts can be read, and how to find it again. */
static void test_explain_indicator(Fixture *f, gconstpointer unused)
{
	char id[CASE_FINDING_ID_BYTES];
	g_autofree char *line = NULL;

	with_indicator(f);
	case_finding_id(SHA_INDICATOR, SHA_EVIDENCE, "record 41", id);
	line = g_strdup_printf("explain %.10s @", id);
	run(f, line);
	g_assert_cmpint(f->status, ==, 0);
	assert_harmless(f->out);
	g_assert_nonnull(strstr(f->out, "\nIndicator\n"));
	g_assert_nonnull(strstr(f->out, "level            medium\n")); /* the finding's own */
	g_assert_nonnull(strstr(f->out, "  value           evil.example\n  sources\n"));
	g_assert_nonnull(strstr(f->out, "      warning_lists   a, [b\n      warning_lists   c\n"));
	g_assert_nonnull(strstr(f->out, "      confidence      80\n"));
	g_assert_nonnull(strstr(f->out, "spoor scan --no-content -i 'aa21.json'"));
}

/* Sets and indicators are no rules to be listed; what could not be assessed is said. */
static void test_intel(Fixture *f, gconstpointer unused)
{
	with_indicator(f);
	run(f, "show rules @");
	g_assert_null(strstr(f->out, "AA21"));
	run(f, "show intel @ --json");
	assert_harmless(f->out);
	g_assert_nonnull(strstr(f->out, "spoor.intel-note/1"));
	run(f, "show intel @");
	g_assert_nonnull(strstr(f->out, "aa21.json: 5 indicators of AA21; 1 rejected\n"));
	g_assert_nonnull(strstr(f->out, "  not assessed  3 MD5 hashes of AA21: no evidence"));
	run(f, "show coverage @");
	g_assert_nonnull(strstr(f->out, "Indicators: 1 found of 5 in 1 source of intelligence"));
	run(f, "show coverage @ --json");
	g_assert_nonnull(strstr(f->out, "\"rules_fired\":1,"));
	g_assert_nonnull(strstr(f->out, "\"indicators_found\":1"));
	g_assert_nonnull(
		strstr(f->out, "{\"schema\":\"spoor.indicators/1\",\"path\":\"aa21.json\","));
	g_assert_nonnull(strstr(f->out, "\"reason\":\"It is bad.\""));
	assert_harmless(f->out);
	run(f, "show findings @ --level medium --json");
	g_assert_nonnull(
		strstr(f->out, "\"title\":\"evil.example (host of AA21)\",\"level\":\"medium\""));
}

static void test_report(Fixture *f, gconstpointer unused)
{
	g_autofree char *html = g_build_filename(f->folder, "a.html", NULL);
	g_autofree char *expected = g_strconcat(html, "\nVerdict    Suspicious: ", NULL);
	g_autofree char *listed = NULL;

	run(f, "report @");
	g_assert_cmpint(f->status, ==, 0);
	g_assert_true(g_str_has_prefix(f->out, expected));
	g_assert_cmpuint(count_lines(f->out), ==, 2);
	g_assert_true(g_file_test(html, G_FILE_TEST_IS_REGULAR));
	run(f, "report @ --format csv");
	g_assert_cmpuint(count_lines(f->out), ==, 41);
	g_strdelimit(f->out, "\r", ' ');
	assert_harmless(f->out);
	run(f, "show findings @ --json");
	listed = g_strdup(f->out);
	run(f, "report @ --format jsonl");
	g_assert_cmpstr(f->out, ==, listed);
	run(f, "report @ --format=jsonl -o out.jsonl");
	g_assert_cmpstr(f->out, ==, "out.jsonl\n");
	assert_fails(f, "report @ -o nowhere/out.html", 4, "nowhere/out.html: No such file");
	assert_fails(f, "report @ -o /dev/full -f csv", 4, "/dev/full");
	assert_fails(f, "report @ --format pdf", 2, "--format is one of html");
	assert_fails(f, "report @ -o @", 2, "is the case itself");
	run(f, "show findings @");
	g_assert_cmpint(f->status, ==, 0);
}

static void ignore_pipe_signal(gpointer unused)
{
	const struct sigaction ignore = { .sa_handler = SIG_IGN };

	(void)sigaction(SIGPIPE, &ignore, NULL); /* fails only for numbers that are no signals */
}

/*
 * `spoor … | head` where SIGPIPE is ignored, as commands that have a worker do: no complaint, and
 * the status that SIGPIPE gives.
 */
static void test_reader_leaves(Fixture *f, gconstpointer unused)
{
	const char *argv[] = { f->spoor, "show", "findings", f->file, NULL };
	g_autoptr(GError) error = NULL;
	int ends[2], status = 0, err_fd = -1;
	char complaint[64];
	GPid pid;

	g_assert_cmpint(pipe(ends), ==, 0);
	(void)close(ends[0]); /* the reader, gone already */
	g_assert_true(g_spawn_async_with_pipes_and_fds(f->folder, argv, NULL,
		G_SPAWN_DO_NOT_REAP_CHILD, ignore_pipe_signal, NULL, -1, ends[1], -1, NULL, NULL, 0,
		&pid, NULL, NULL, &err_fd, &error));
	g_assert_no_error(error);
	(void)close(ends[1]); /* the child has its own */
	g_assert_cmpint(read(err_fd, complaint, sizeof complaint), ==, 0);
	(void)close(err_fd); /* was only read */
	g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
	g_assert_true(WIFEXITED(status));
	g_assert_cmpint(WEXITSTATUS(status), ==, 141);
	g_spawn_close_pid(pid);
}

static void test_mistakes(Fixture *f, gconstpointer unused)
{
	g_autofree char *path = g_build_filename(f->folder, "text", NULL);

	g_assert_true(g_file_set_contents(path, "no case\n", -1, NULL));
	assert_fails(f, "show findings nothing.case", 2, "there is no such case");
	assert_fails(f, "show findings text", 2, "not a case");
	assert_fails(f, "show findings .", 2, "folder");
	assert_fails(f, "scan nothing", 2, "nothing: No such file");
	assert_fails(f, "scan text -r nothing", 2, "nothing: No such file");
	assert_fails(f, "scan text -o nowhere/x.case", 2, "no folder nowhere");
	assert_fails(f, "scan text --workers 0", 2, "--workers is a number");
	assert_fails(f, "scan text --no-content", 2, "there is nothing to judge with");
	assert_fails(f, "scan", 2, "something is missing");
	assert_fails(f, "scna", 2, "did you mean scan?");
	assert_fails(f, "show findings @ --jsno", 2, "did you mean --json?");
	g_assert_cmpuint(count_lines(f->err), ==, 2); /* what is wrong, and where help is */
	run(f, "--version");
	g_assert_true(g_str_has_prefix(f->out, "spoor "));
}

static void add_test(const char *name, void (*test)(Fixture *, gconstpointer))
{
	g_test_add(name, Fixture, NULL, setup, test, teardown);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	hash_warm_up();
	if (!g_getenv("SPOOR_TEST_BUILD")) {
		g_test_message("SPOOR_TEST_BUILD is not set: run it by meson test");
		return 77;
	}
	add_test("/show/findings", test_findings);
	add_test("/show/every-kind", test_every_kind);
	add_test("/show/observations", test_observations);
	add_test("/show/explain", test_explain);
	add_test("/show/explain-indicator", test_explain_indicator);
	add_test("/show/intel", test_intel);
	add_test("/show/report", test_report);
	add_test("/show/reader-leaves", test_reader_leaves);
	add_test("/show/mistakes", test_mistakes);
	return g_test_run();
}
