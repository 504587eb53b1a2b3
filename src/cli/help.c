/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/help.h"

#include <string.h>

#include "cli/terminal.h"

#define HELP_WIDTH  80
#define HELP_COLUMN 26 /* where the explanations of options begin */

static const char *const exit_statuses[][2] = {
	{ "0", "Assessed, and nothing found at or above --fail-on." },
	{ "1", "Findings at or above --fail-on (default: high)." },
	{ "2", "The command line is not as it should be, or names what is not there." },
	{ "3", "Something could not be assessed: see spoor show coverage." },
	{ "4", "It could not be done." },
	{ "130", "Interrupted; the case is kept, the same command goes on with it." },
	{ "141", "Who read standard output went away, as head does." },
};

static const char synopsis[] =
	"spoor reads logs and files of any system, judges them with Sigma rules, YARA rules and "
	"intelligence, keeps findings and coverage in a case and writes reports. It answers: were "
	"we hit, by what, and what could not be assessed?";

/* ---- text ---- */

static void append_paragraphs(GString *ret, const char *text)
{
	g_auto(GStrv) paragraphs = g_strsplit(text, "\n\n", -1);

	for (char **p = paragraphs; *p; p++) {
		terminal_append_wrapped(ret, *p, HELP_WIDTH, "");
		g_string_append_c(ret, '\n');
	}
}

/* "left" and behind it the wrapped explanation, on the next line where left is long. */
static void append_entry(GString *ret, const char *left, const char *text)
{
	g_autofree char *indent = g_strnfill(HELP_COLUMN, ' ');
	g_autoptr(GString) wrapped = g_string_new(NULL);
	gsize size = strlen(left);

	terminal_append_wrapped(wrapped, text, HELP_WIDTH, indent);
	g_string_append(ret, left);
	if (size + 2 > HELP_COLUMN) {
		g_string_append_c(ret, '\n');
		g_string_append(ret, wrapped->str);
		return;
	}
	g_string_append(ret, indent + size);
	g_string_append(ret, wrapped->str + HELP_COLUMN);
}

static void append_option(GString *ret, const Option *option)
{
	g_autoptr(GString) left = g_string_new("  ");
	g_autoptr(GString) text = g_string_new(option->help);

	if (option->letter)
		g_string_append_printf(left, "-%c, ", option->letter);
	else
		g_string_append(left, "    ");
	g_string_append_printf(left, "--%s%s%s", option->name, option->argument ? " " : "",
		option->argument ? option->argument : "");
	if (option->choices) {
		g_auto(GStrv) words = g_strsplit(option->choices, " ", -1);
		g_autofree char *list = g_strjoinv(", ", words);

		g_string_append_printf(text, " (one of: %s)", list);
	}
	append_entry(ret, left->str, text->str);
}

static void append_options(GString *ret, const Option *options)
{
	for (const Option *o = options; o->name; o++)
		append_option(ret, o);
}

void help_append_overview(GString *ret)
{
	g_string_append(ret, "Usage: spoor COMMAND [OPTION...] [ARGUMENT...]\n\n");
	append_paragraphs(ret, synopsis);
	g_string_append(ret, "Commands:\n");
	for (guint i = 0; commands[i]; i++) {
		g_autofree char *left = g_strconcat("  ", commands[i]->name, NULL);

		append_entry(ret, left, commands[i]->summary);
	}
	g_string_append(ret,
		"\nspoor COMMAND --help tells more about one. A first run:\n\n"
		"  spoor scan /mnt/evidence -o acme.case\n"
		"  spoor report acme.case\n");
}

static void append_examples(GString *ret, const char *examples)
{
	g_auto(GStrv) lines = g_strsplit(examples, "\n", -1);

	g_string_append(ret, "\nExamples:\n");
	for (char **line = lines; *line; line++) {
		g_auto(GStrv) parts = g_strsplit(*line, "\t", 2);

		g_string_append_printf(ret, "  %s\n", parts[0]);
		if (parts[1])
			terminal_append_wrapped(ret, parts[1], HELP_WIDTH, "      ");
	}
}

void help_append_command(GString *ret, const Command *command)
{
	g_string_append_printf(
		ret, "Usage: spoor %s [OPTION...] %s\n\n", command->name, command->operands);
	append_paragraphs(ret, command->description);
	g_string_append(ret, "Options:\n");
	append_options(ret, command->options);
	append_options(ret, common_options);
	if (command->examples[0] != '\0')
		append_examples(ret, command->examples);
	g_string_append(ret, "\nExit status:\n");
	for (guint i = 0; i < G_N_ELEMENTS(exit_statuses); i++) {
		g_autofree char *left = g_strconcat("  ", exit_statuses[i][0], NULL);

		append_entry(ret, left, exit_statuses[i][1]);
	}
}

/* ---- man pages ---- */

/* Escapes for roff: backslashes, dashes (they are to be copied), dots and quotes at line starts. */
static void append_roff(GString *ret, const char *text)
{
	gboolean line_start = TRUE;

	for (; *text; text++) {
		if (line_start && (*text == '.' || *text == '\''))
			g_string_append(ret, "\\&");
		line_start = *text == '\n';
		if (*text == '\\')
			g_string_append(ret, "\\e");
		else if (*text == '-')
			g_string_append(ret, "\\-");
		else
			g_string_append_c(ret, *text);
	}
}

static void append_roff_paragraphs(GString *ret, const char *text)
{
	g_auto(GStrv) paragraphs = g_strsplit(text, "\n\n", -1);

	for (char **p = paragraphs; *p; p++) {
		g_string_append(ret, p == paragraphs ? "" : ".PP\n");
		append_roff(ret, *p);
		g_string_append_c(ret, '\n');
	}
}

static void append_man_options(GString *ret, const Option *options)
{
	for (const Option *o = options; o->name; o++) {
		g_string_append(ret, ".TP\n");
		if (o->letter)
			g_string_append_printf(ret, "\\fB\\-%c\\fR, ", o->letter);
		g_string_append(ret, "\\fB\\-\\-");
		append_roff(ret, o->name);
		g_string_append(ret, "\\fR");
		if (o->argument)
			g_string_append_printf(ret, " \\fI%s\\fR", o->argument);
		g_string_append_c(ret, '\n');
		append_roff(ret, o->help);
		if (o->choices) {
			g_auto(GStrv) words = g_strsplit(o->choices, " ", -1);
			g_autofree char *list = g_strjoinv(", ", words);

			g_string_append(ret, " (one of: ");
			append_roff(ret, list);
			g_string_append_c(ret, ')');
		}
		g_string_append(ret, ".\n");
	}
}

static void append_man_statuses(GString *ret)
{
	g_string_append(ret, ".SH EXIT STATUS\n");
	for (guint i = 0; i < G_N_ELEMENTS(exit_statuses); i++) {
		g_string_append_printf(ret, ".TP\n\\fB%s\\fR\n", exit_statuses[i][0]);
		append_roff(ret, exit_statuses[i][1]);
		g_string_append_c(ret, '\n');
	}
}

static void append_man_head(GString *ret, const char *name, const char *summary)
{
	g_autofree char *upper = g_ascii_strup(name, -1);

	g_string_append(ret, ".TH \"");
	append_roff(ret, upper);
	g_string_append(ret, "\" 1 \"\" \"spoor " SPOOR_VERSION "\" \"spoor\"\n.SH NAME\n");
	append_roff(ret, name);
	g_string_append(ret, " \\- ");
	append_roff(ret, summary);
	g_string_append(ret, "\n.SH SYNOPSIS\n");
}

static void append_main_man(GString *ret)
{
	append_man_head(ret, "spoor", "find the traces of an intrusion");
	g_string_append(ret,
		"\\fBspoor\\fR \\fICOMMAND\\fR [\\fIOPTION\\fR...] "
		"[\\fIARGUMENT\\fR...]\n.SH DESCRIPTION\n");
	append_roff_paragraphs(ret, synopsis);
	g_string_append(ret, ".SH COMMANDS\n");
	for (guint i = 0; commands[i]; i++) {
		g_string_append_printf(ret, ".TP\n\\fBspoor\\-%s\\fR(1)\n", commands[i]->name);
		append_roff(ret, commands[i]->summary);
		g_string_append_c(ret, '\n');
	}
	append_man_statuses(ret);
	g_string_append(ret,
		".SH ENVIRONMENT\n.TP\n\\fBNO_COLOR\\fR\n"
		"If set, nothing is coloured unless \\fB\\-\\-color\\fR asks for it.\n");
}

void help_append_man(GString *ret, const Command *command)
{
	g_autofree char *name = NULL;

	if (!command) {
		append_main_man(ret);
		return;
	}
	name = g_strconcat("spoor-", command->name, NULL);
	append_man_head(ret, name, command->summary);
	g_string_append_printf(ret, "\\fBspoor %s\\fR [\\fIOPTION\\fR...] ", command->name);
	append_roff(ret, command->operands);
	g_string_append(ret, "\n.SH DESCRIPTION\n");
	append_roff_paragraphs(ret, command->description);
	g_string_append(ret, ".SH OPTIONS\n");
	append_man_options(ret, command->options);
	append_man_options(ret, common_options);
	if (command->examples[0] != '\0') {
		g_auto(GStrv) lines = g_strsplit(command->examples, "\n", -1);

		g_string_append(ret, ".SH EXAMPLES\n");
		for (char **line = lines; *line; line++) {
			g_auto(GStrv) parts = g_strsplit(*line, "\t", 2);

			g_string_append(ret, ".TP\n\\fB");
			append_roff(ret, parts[0]);
			g_string_append(ret, "\\fR\n");
			append_roff(ret, parts[1] ? parts[1] : "");
			g_string_append_c(ret, '\n');
		}
	}
	append_man_statuses(ret);
	g_string_append(ret, ".SH SEE ALSO\n\\fBspoor\\fR(1)\n");
}
