/* SPDX-License-Identifier: Apache-2.0 */
#include <unistd.h>

#include "base/error.h"
#include "cli/session.h"
#include "cli/show.h"

typedef struct ShowKind {
	const char *name;
	gboolean (*show)(
		const Arguments *arguments, Case *c, const Terminal *terminal, GError **error);
} ShowKind;

static const ShowKind kinds[] = {
	{ "findings", show_findings },
	{ "coverage", show_coverage },
	{ "rules", show_rules },
	{ "intel", show_intel },
	{ "entities", show_entities },
	{ "timeline", show_timeline },
	{ "gaps", show_gaps },
	{ "observations", show_observations },
	{ "servers", show_servers },
	{ "patches", show_patches },
	{ "runs", show_runs },
};

/* spoor show events FILE...: read by a worker, not from a case. */
static ExitStatus show_events(const Arguments *arguments)
{
	const char *const *files = arguments_operands(arguments) + 1;
	ScanHooks hooks = { NULL, session_warning, NULL, NULL };
	g_autoptr(Session) session = NULL;
	GError *error = NULL;
	gboolean complete = FALSE;

	if (!files[0]) {
		g_set_error(&error, SPOOR_ERROR, SPOOR_ERROR_USAGE,
			"show events needs files or folders of evidence");
		return session_fail(error);
	}
	if (!session_check_paths(files, &error))
		return session_fail(error);
	session = session_new(arguments, FALSE, TRUE, &error);
	if (!session)
		return session_fail(error);
	session->options.evidence = files;
	session->options.recovered = arguments_has(arguments, "recovered");
	session->options.files = arguments_has(arguments, "files");
	hooks.interrupted = session_catch_signals();
	if (!scan_print_events(&session->options, STDOUT_FILENO, &hooks, &complete, &error)) {
		if (!session_reader_left())
			return session_fail(error);
		g_error_free(error);
		return STATUS_READER_LEFT;
	}
	if (*hooks.interrupted)
		return STATUS_INTERRUPTED;
	return complete ? STATUS_GOOD : STATUS_INCOMPLETE;
}

static ExitStatus run_show(const Arguments *arguments)
{
	const char *name = arguments_operand(arguments, 0, "");
	Terminal terminal = terminal_make(stdout, arguments_value(arguments, "color"));
	gboolean json = arguments_has(arguments, "json");
	g_autoptr(Case) c = NULL;
	GError *error = NULL;

	if (g_str_equal(name, "events"))
		return show_events(arguments);
	if (arguments_n_operands(arguments) > 2) {
		g_set_error(&error, SPOOR_ERROR, SPOOR_ERROR_USAGE, "show %s takes one case", name);
		return session_fail(error);
	}
	c = session_open_case(arguments_operand(arguments, 1, CASE_DEFAULT));
	if (!c)
		return STATUS_USAGE;
	for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
		if (!g_str_equal(kinds[i].name, name))
			continue;
		if (!kinds[i].show(arguments, c, json ? NULL : &terminal, &error))
			return session_fail(error);
	}
	return session_finish(STATUS_GOOD);
}

static const Option show_options[] = {
	{ 0, "json", NULL, NULL, FALSE, "print a JSON object a line (events: always)" },
	{ 0, "level", "LEVEL", "informational low medium high critical", FALSE,
		"findings, rules: of this level and above" },
	{ 0, "rule", "RULE", NULL, FALSE,
		"findings, rules: of the rule with this id, title or SHA-256" },
	{ 0, "host", "HOST", NULL, FALSE, "findings, timeline: on this host" },
	{ 0, "status", "STATUS", "fired correlated quiet not-applicable filter observed rejected",
		FALSE, "rules: of which this became" },
	{ 0, "kind", "KIND", "host account process file hash address domain", FALSE,
		"entities: of this kind" },
	{ 0, "recovered", NULL, NULL, FALSE,
		"findings: only those in recovered records; events: recovered ones too" },
	{ 0, "files", NULL, NULL, FALSE,
		"events: one for each file, and for each member of archives, instead of their "
		"records" },
	SESSION_WORKER_OPTIONS,
	{ 0 },
};

extern const Command command_show;
const Command command_show = {
	.name = "show",
	.summary = "List what a case holds, or the events of a file",
	.operands = "WHAT [CASE | FILE...]",
	.words = "findings events coverage rules intel entities timeline gaps observations servers "
		 "patches runs",
	.min_operands = 1,
	.max_operands = G_MAXUINT,
	.description =
		"WHAT is findings (in order of time), coverage (what was judged and what was not), "
		"rules (what became of each), intel (sources of intelligence, and which of their "
		"indicators were found or could not have been), entities (hosts, accounts, "
		"processes, files, hashes, "
		"addresses and domains that findings name), timeline (findings by hour and host), "
		"gaps, observations (what evidence says of systems without judging it, such as the "
		"build a server ran), servers (how far an intrusion got on each Exchange server, "
		"and which of its logs are there), patches (which builds each ran when, and which "
		"flaws it was exposed to), runs (who scanned what and when), or events.\n\n"
		"The case is " CASE_DEFAULT
		" if none is named. show events reads files or folders of "
		"evidence instead and prints every event as a JSON object.\n\n"
		"Text from evidence is hostile: control characters and characters that hide or "
		"turn "
		"around text are shown as what they are.",
	.examples = "spoor show findings acme.case --level high\twhat matters most\n"
		    "spoor show findings acme.case --json | jq .rule.title\tfor programs\n"
		    "spoor show coverage acme.case\twhat could not be assessed\n"
		    "spoor show patches acme.case\twas the mail server vulnerable when?\n"
		    "spoor show events Security.evtx\tevery event of a log\n"
		    "spoor show events --files /mnt/c/Users\tnames, hashes and types of files",
	.options = show_options,
	.run = run_show,
};
