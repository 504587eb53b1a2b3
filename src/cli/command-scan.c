/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/error.h"
#include "cli/progress.h"
#include "cli/scan-summary.h"
#include "cli/session.h"
#include "cli/show.h"

/* The command line as one would type it again, for the run record. */
static char *quote_command_line(void)
{
	g_autofree char *bytes = NULL;
	g_autoptr(GString) text = g_string_new(NULL);
	gsize size = 0;

	if (!g_file_get_contents("/proc/self/cmdline", &bytes, &size, NULL))
		return g_strdup("spoor scan"); /* without /proc: better than nothing */
	for (gsize at = 0; at < size; at += strlen(bytes + at) + 1) {
		g_autofree char *valid = g_utf8_make_valid(bytes + at, -1);
		g_autofree char *quoted = g_shell_quote(valid);
		gboolean plain = strspn(valid,
					 "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
					 "0123456789_-+=./:,@%") == strlen(valid);

		g_string_append_printf(text, "%s%s", at ? " " : "", plain ? valid : quoted);
	}
	return g_string_free(g_steal_pointer(&text), FALSE);
}

/* The levels that make the exit status 1; LEVEL_N: none. */
static RuleLevel read_fail_on(const Arguments *arguments)
{
	const char *text = arguments_value(arguments, "fail-on");
	RuleLevel level = LEVEL_HIGH;

	if (g_strcmp0(text, "never") == 0)
		return LEVEL_N;
	if (text)
		(void)rule_level_parse(text, &level); /* the option's choices are its words */
	return level;
}

static gboolean can_judge(const ScanOutcome *outcome)
{
	return outcome->rules_loaded + outcome->n_indicators > 0;
}

static ExitStatus judge_outcome(
	const ScanOutcome *outcome, const ScanSummary *summary, RuleLevel fail_on)
{
	const StageFacts *reached = assessment_reached(summary->assessment);

	if (outcome->interrupted)
		return STATUS_INTERRUPTED;
	for (guint level = fail_on; level < LEVEL_N; level++)
		if (summary->findings[level] > 0)
			return STATUS_FINDINGS;
	if (reached && reached->stage->level >= fail_on)
		return STATUS_FINDINGS;
	return outcome->complete && can_judge(outcome) ? STATUS_GOOD : STATUS_INCOMPLETE;
}

static ExitStatus tell_outcome(const Arguments *arguments, Case *c, const char *case_path,
	const char *tables, const ScanOutcome *outcome)
{
	Terminal terminal = terminal_make(stdout, arguments_value(arguments, "color"));
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(ScanSummary) summary = NULL;
	GError *error = NULL;

	summary = scan_summary_new(c, tables, &error);
	if (!summary)
		return session_fail(error);
	if (arguments_has(arguments, "json"))
		scan_summary_append_json(text, summary, outcome, case_path);
	else if (!arguments_has(arguments, "quiet"))
		scan_summary_append_text(text, &terminal, summary, outcome, case_path);
	session_print(text);
	return session_finish(judge_outcome(outcome, summary, read_fail_on(arguments)));
}

/* What can be told before anything is created or started. */
static gboolean check_arguments(const Arguments *arguments, const char *case_path, GError **error)
{
	g_autofree char *folder = g_path_get_dirname(case_path);

	if (!session_check_paths(arguments_operands(arguments), error))
		return FALSE;
	if (g_file_test(folder, G_FILE_TEST_IS_DIR))
		return TRUE;
	g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_USAGE, "%s: there is no folder %s", case_path,
		folder);
	return FALSE;
}

/* The options of the scan, or NULL with @error where there is something to be said first. */
static Session *prepare_scan(
	const Arguments *arguments, const char *case_path, const char *command_line, GError **error)
{
	g_autoptr(Session) session = NULL;

	if (!check_arguments(arguments, case_path, error))
		return NULL;
	session = session_new(arguments, TRUE, TRUE, error);
	if (!session || !session_take_intel(session, arguments, error))
		return NULL;
	if (!session->options.content.rules[0] && !session->options.content.intel[0]) {
		g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_USAGE,
			"there is nothing to judge with: name rules with -r, or intelligence with "
			"-i");
		return NULL;
	}
	session->options.evidence = arguments_operands(arguments);
	session->options.recovered = arguments_has(arguments, "recovered");
	session->options.command_line = command_line;
	return g_steal_pointer(&session);
}

static ExitStatus run_scan(const Arguments *arguments)
{
	const char *output = arguments_value(arguments, "output");
	const char *case_path = output ? output : CASE_DEFAULT;
	const char *progress = arguments_has(arguments, "quiet")
		? "never"
		: arguments_value(arguments, "progress");
	g_autofree char *command_line = quote_command_line();
	g_autoptr(Session) session = NULL;
	g_autoptr(Case) c = NULL;
	ProgressLine line = progress_make(progress, arguments_value(arguments, "color"));
	ScanHooks hooks = { progress_show, progress_warn, &line, NULL };
	ScanOutcome outcome = { 0 };
	GError *error = NULL;
	gboolean done;

	session = prepare_scan(arguments, case_path, command_line, &error);
	if (!session)
		return session_fail(error);
	c = case_open(case_path, CASE_WRITE, &error);
	if (!c)
		return session_fail(error);
	hooks.interrupted = session_catch_signals();
	done = scan_run(&session->options, c, &hooks, &outcome, &error) && case_commit(c, &error);
	progress_end(&line);
	if (!done && g_atomic_int_get(hooks.interrupted)) {
		/* The worker may have got the signal too, and ended first. */
		g_error_free(error);
		session_complain("interrupted; the same command goes on with the case");
		return STATUS_INTERRUPTED;
	}
	if (!done)
		return session_fail(error);
	if (!can_judge(&outcome))
		session_complain("no rule or indicator could be loaded: nothing was judged");
	return tell_outcome(arguments, c, case_path, session->paths->tables, &outcome);
}

static const Option scan_options[] = {
	{ 'o', "output", "CASE", NULL, FALSE,
		"the case to write; one that exists is gone on with; default: " CASE_DEFAULT },
	SESSION_RULE_OPTIONS,
	SESSION_INTEL_OPTION,
	{ 0, "recovered", NULL, NULL, FALSE,
		"judge records recovered from slack and freed space too; their findings are "
		"marked" },
	{ 0, "fail-on", "LEVEL", "informational low medium high critical never", FALSE,
		"the level from which findings make the exit status 1; default: high, which "
		"an Exchange server that somebody entered is too (spoor show servers)" },
	SESSION_WORKER_OPTIONS,
	{ 0, "progress", "WHEN", "auto plain never", FALSE,
		"show progress on standard error; auto: where it is a terminal" },
	{ 0, "json", NULL, NULL, FALSE, "print the summary as a JSON object" },
	{ 'q', "quiet", NULL, NULL, FALSE, "print no summary and no progress" },
	{ 0 },
};

extern const Command command_scan;
const Command command_scan = {
	.name = "scan",
	.summary = "Judge evidence and keep the findings in a case",
	.operands = "EVIDENCE...",
	.min_operands = 1,
	.max_operands = G_MAXUINT,
	.description =
		"Reads files and folders of evidence, judges every event in them with every rule, "
		"and "
		"keeps findings and coverage in a case. Evidence is only ever read. Archives and "
		"packed files are judged by what lies in them. EVIDENCE may be - for standard "
		"input.\n\n"
		"A scan that was interrupted or killed is gone on with by the same command: what "
		"was "
		"judged is not read again. Evidence that has been added since is added. With other "
		"rules, another version of spoor or other options that shape the result, the case "
		"is "
		"emptied and begun anew: a case never mixes two judgements.\n\n"
		"Workers that read evidence are sealed: they can open no file, no socket and no "
		"program. Where the kernel does not allow that the scan does not run, unless "
		"--no-sandbox is given.",
	.examples =
		"spoor scan /mnt/evidence -o acme.case\tall logs and files below a folder, with "
		"the "
		"shipped content\n"
		"spoor scan Security.evtx -r sigma/rules --no-content\tone log, with other rules\n"
		"spoor scan logs -i advisory.json -i feed.csv\twith more intelligence\n"
		"spoor scan logs --fail-on medium --json\tfor scripts",
	.options = scan_options,
	.run = run_scan,
};
