/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/error.h"
#include "cli/intel-fetch.h"
#include "cli/intel-text.h"
#include "cli/session.h"

typedef struct Printing {
	Terminal terminal;
	gboolean json, all; /* all: every note */
	gboolean is_import; /* else the sources are only listed, or not even that */
	const char *const *values;
	guint n_found; /* of the value at hand */
	guint value;   /* at hand, + 1 */
	guint64 n_accepted, n_rejected;
	guint n_sources, n_unknown;
} Printing;

/* ---- sources ---- */

static void print_source(void *context, const IntelSource *source, const IntelNote *notes, guint n)
{
	Printing *p = context;
	g_autoptr(GString) text = g_string_new(NULL);

	p->n_sources++;
	p->n_unknown += !*source->format;
	p->n_accepted += source->accepted;
	p->n_rejected += source->notes[INTEL_REJECTED];
	if (p->json) {
		intel_append_source_json(text, source);
		for (guint i = 0; p->is_import && i < n; i++)
			intel_append_note_json(text, source, &notes[i]);
	} else {
		intel_append_source(text, &p->terminal, source);
		if (p->is_import)
			intel_append_notes(text, &p->terminal, source, notes, n, p->all);
	}
	session_print(text);
}

/* A Sigma or YARA rule that stands in a source. */
static void print_rule(void *context, const RuleInfo *rule)
{
	Printing *p = context;
	g_autoptr(GString) text = g_string_new(NULL);

	if (rule->kind == RULE_INDICATORS || rule->status != RULE_REJECTED)
		return;
	p->n_rejected++;
	if (p->json)
		intel_append_rule_json(text, rule);
	else
		intel_append_rule(text, &p->terminal, rule);
	session_print(text);
}

static void print_sum(const Printing *p)
{
	g_autoptr(GString) text = g_string_new(NULL);

	if (p->json)
		return;
	intel_append_count(text, p->n_accepted, "indicator", "indicators");
	g_string_append(text, " in ");
	intel_append_count(text, p->n_sources, "source", "sources");
	if (p->is_import) {
		g_string_append(text, ", ");
		intel_append_count(text, p->n_rejected, "entry rejected", "entries rejected");
	}
	g_string_append_c(text, '\n');
	session_print(text);
}

/* ---- values ---- */

/* Answers come value by value; a value may have none. */
static void finish_values(Printing *p, guint up_to)
{
	for (; p->value < up_to; p->value++) {
		g_autoptr(GString) text = g_string_new(NULL);
		const char *value = p->values[p->value];

		if (p->n_found == 0 && p->json)
			intel_append_unknown_json(text, value);
		else if (p->n_found == 0)
			intel_append_unknown(text, value);
		p->n_found = 0;
		session_print(text);
	}
}

static void print_indicator(void *context, guint value, const RuleInfo *indicator)
{
	Printing *p = context;
	g_autoptr(GString) text = g_string_new(NULL);

	finish_values(p, value);
	p->n_found++;
	if (p->json)
		intel_append_indicator_json(text, p->values[value], indicator);
	else
		intel_append_indicator(text, &p->terminal, p->values[value], indicator);
	session_print(text);
}

/* ---- the command ---- */

static ExitStatus fail_usage(const char *text)
{
	return session_fail(g_error_new_literal(SPOOR_ERROR, SPOOR_ERROR_USAGE, text));
}

static ExitStatus ask(Session *session, const IntelQuestion *question, Printing *p)
{
	const IntelAnswers answers = {
		.source = question->values ? NULL : print_source,
		.rule = p->is_import ? print_rule : NULL,
		.indicator = print_indicator,
		.context = p,
	};
	GError *error = NULL;

	if (!scan_ask_intel(&session->options, question, &answers, &error))
		return session_fail(error);
	return STATUS_GOOD;
}

static ExitStatus run_import(const Arguments *arguments, Session *session, Printing *p)
{
	const char *const *sources = arguments_operands(arguments) + 1;
	const IntelQuestion question = { .store = arguments_value(arguments, "output") };
	GError *error = NULL;
	ExitStatus status;

	if (!sources[0])
		return fail_usage("name the files or folders to import");
	if (!session_check_paths(sources, &error))
		return session_fail(error);
	p->is_import = TRUE;
	session->options.content.intel = sources;
	status = ask(session, &question, p);
	if (status != STATUS_GOOD)
		return status;
	print_sum(p);
	return session_finish(p->n_rejected || p->n_unknown ? STATUS_INCOMPLETE : STATUS_GOOD);
}

static ExitStatus run_list(const Arguments *arguments, Session *session, Printing *p)
{
	const IntelQuestion question = { 0 };
	ExitStatus status;

	if (arguments_n_operands(arguments) > 1)
		return fail_usage("list takes no files: name further intelligence with -i");
	status = ask(session, &question, p);
	if (status != STATUS_GOOD)
		return status;
	print_sum(p);
	return session_finish(STATUS_GOOD);
}

static ExitStatus run_check(const Arguments *arguments, Session *session, Printing *p)
{
	const IntelQuestion question = { .values = arguments_operands(arguments) + 1 };
	ExitStatus status;

	if (!question.values[0])
		return fail_usage("name the values to look up");
	p->values = question.values;
	status = ask(session, &question, p);
	if (status != STATUS_GOOD)
		return status;
	finish_values(p, g_strv_length((char **)p->values));
	return session_finish(STATUS_GOOD);
}

static ExitStatus run_intel(const Arguments *arguments)
{
	const char *word = arguments_operand(arguments, 0, "");
	Printing printing = {
		.terminal = terminal_make(stdout, arguments_value(arguments, "color")),
		.json = arguments_has(arguments, "json"),
		.all = arguments_has(arguments, "all"),
	};
	g_autoptr(Session) session = NULL;
	GError *error = NULL;

	if (g_str_equal(word, "fetch"))
		return intel_fetch(arguments);
	if (arguments_value(arguments, "output") && !g_str_equal(word, "import"))
		return fail_usage("only import and fetch write a file (-o)");
	if (intel_fetch_is_asked(arguments))
		return fail_usage("--collection, --added-after, --user, --password-file, "
				  "--token-file, --ca and --allow-http are for fetch");
	session = session_new(arguments, FALSE, FALSE, &error);
	if (!session || !session_take_intel(session, arguments, &error))
		return session_fail(error);
	session->options.sandbox = !arguments_has(arguments, "no-sandbox");
	(void)session_catch_signals(); /* there is nothing to be ended in good order */
	if (g_str_equal(word, "import"))
		return run_import(arguments, session, &printing);
	return (g_str_equal(word, "list") ? run_list : run_check)(arguments, session, &printing);
}

static const Option intel_options[] = {
	SESSION_INTEL_OPTION,
	{ 0, "no-content", NULL, NULL, FALSE, "leave out the shipped intelligence" },
	{ 'o', "output", "STORE", NULL, FALSE,
		"import: write a compiled store of all of it, which loads at once; it is named as "
		"intelligence itself (*.spoor-intel). fetch: write what is fetched" },
	{ 0, "all", NULL, NULL, FALSE, "import: show every note, not the first of each kind" },
	INTEL_FETCH_OPTIONS,
	{ 0, "json", NULL, NULL, FALSE, "print JSON objects, a line each" },
	{ 0, "no-sandbox", NULL, NULL, FALSE, "read the intelligence in an unsealed worker" },
	{ 0 },
};

extern const Command command_intel;
const Command command_intel = {
	.name = "intel",
	.summary = "Import intelligence, list it, or look values up in it",
	.operands = "import|list|check|fetch [SOURCE|VALUE|URL...]",
	.words = "import list check fetch",
	.min_operands = 1,
	.max_operands = G_MAXUINT,
	.description =
		"intel import reads files and folders of intelligence as a scan would (STIX, MISP, "
		"OpenIOC, Loki, lists, CSV, advisories as text, HTML or PDF) and tells what "
		"becomes of "
		"every entry: accepted, rejected and why, duplicate, contradictory, over-broad, "
		"suspicious, silent or unsupported. The exit status is 3 where something was "
		"rejected or a file is of no format that spoor reads. With -o it makes a compiled "
		"store of it, which a scan maps instead of reading it anew.\n\n"
		"intel list tells the sources that a scan would use: the shipped ones, and what -i "
		"adds. intel check tells whether values are indicators of these, of which source, "
		"and how much finding them would mean.\n\n"
		"intel fetch gets the objects of a TAXII 2.1 server's collections into one file "
		"(-o), "
		"which is then imported or scanned with like any other. The URL is that of the "
		"server, of an API root or of a collection. It prints what to give to "
		"--added-after "
		"the next time. It is the only command that uses the network.\n\n"
		"What is read here is hostile: it is read by a sealed worker.",
	.examples = "spoor intel fetch https://taxii.example/taxii2/ -o feed.json\tget a feed\n"
		    "spoor intel import advisory.json feed.csv\twhat of it can be used\n"
		    "spoor intel import feeds/ -o feeds.spoor-intel\tcompiled, for many scans\n"
		    "spoor scan logs -i feeds.spoor-intel\tlook for it\n"
		    "spoor intel check 203.0.113.7 evil.example\tis it known?",
	.options = intel_options,
	.run = run_intel,
};
