/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/error.h"
#include "cli/arguments.h"
#include "cli/help.h"

#define MAX_WORDS 16

/* Parses @line (words split at spaces) as the arguments of @command. */
static Arguments *parse(const char *command, const char *line, GError **error)
{
	g_auto(GStrv) words = g_strsplit(line, " ", MAX_WORDS);
	char *kept[MAX_WORDS];
	guint n = line[0] == '\0' ? 0 : g_strv_length(words);
	const Command *found = command_find(command);

	g_assert_nonnull(found);
	for (guint i = 0; i < n; i++)
		kept[i] = (char *)g_intern_string(words[i]); /* the arguments borrow from them */
	return arguments_parse(found, (int)n, kept, error);
}

static void assert_fails(const char *command, const char *line, const char *part)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Arguments) arguments = parse(command, line, &error);

	g_assert_null(arguments);
	g_assert_error(error, SPOOR_ERROR, SPOOR_ERROR_USAGE);
	g_test_message("%s", error->message);
	g_assert_nonnull(strstr(error->message, part));
}

static void test_forms(void)
{
	static const char *const lines[] = {
		"logs --output a.case --json",
		"--json --output=a.case logs",
		"-oa.case --json logs",
		"-o a.case --json -- logs",
		"-o first.case logs --json -o a.case",
		"-qo a.case --json logs",
	};

	for (guint i = 0; i < G_N_ELEMENTS(lines); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(Arguments) a = parse("scan", lines[i], &error);

		g_assert_no_error(error);
		g_assert_cmpstr(arguments_value(a, "output"), ==, "a.case");
		g_assert_true(arguments_has(a, "json"));
		g_assert_false(arguments_has(a, "recovered"));
		g_assert_null(arguments_value(a, "fail-on"));
		g_assert_cmpuint(arguments_n_operands(a), ==, 1);
		g_assert_cmpstr(arguments_operands(a)[0], ==, "logs");
		g_assert_null(arguments_operands(a)[1]);
	}
}

static void test_repeated(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Arguments) a = parse("scan", "-r one a --rules=two -r three b - -- -r", &error);
	const char *const *rules;

	g_assert_no_error(error);
	rules = arguments_values(a, "rules");
	g_assert_cmpstr(rules[0], ==, "one");
	g_assert_cmpstr(rules[1], ==, "two");
	g_assert_cmpstr(rules[2], ==, "three");
	g_assert_null(rules[3]);
	g_assert_cmpuint(arguments_n_operands(a), ==, 4);
	g_assert_cmpstr(arguments_operand(a, 2, NULL), ==, "-");
	g_assert_cmpstr(arguments_operand(a, 3, NULL), ==, "-r");
	g_assert_cmpstr(arguments_operand(a, 4, "none"), ==, "none");
}

static void test_failures(void)
{
	assert_fails("scan", "logs --ouptut x", "did you mean --output?");
	assert_fails("scan", "logs --recover", "did you mean --recovered?");
	assert_fails("scan", "logs --wholly-unlike", "unknown option --wholly-unlike");
	assert_fails("scan", "logs -z", "unknown option -z");
	assert_fails("scan", "logs -o", "--output needs a value");
	assert_fails("scan", "logs --json=yes", "takes no value");
	assert_fails("scan", "logs --fail-on huge", "--fail-on is one of informational");
	assert_fails("scan", "", "missing");
	assert_fails("show", "findngs", "did you mean findings?");
	assert_fails("show", "nonsense", "it is one of findings");
	assert_fails("explain", "a b c", "too many");
}

static void test_help_wins(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Arguments) a = parse("explain", "--help", &error);

	g_assert_no_error(error); /* though the operand is missing */
	g_assert_true(arguments_has(a, "help"));
}

/* Every option stands in the help, the man page and the completions. */
static void test_one_table(void)
{
	static const char *const shells[] = { "bash", "zsh", "fish" };
	g_autoptr(GString) completions = g_string_new(NULL);

	for (guint i = 0; i < G_N_ELEMENTS(shells); i++)
		g_assert_true(help_append_completion(completions, shells[i]));
	g_assert_false(help_append_completion(completions, "csh"));
	for (guint i = 0; commands[i]; i++) {
		g_autoptr(GString) text = g_string_new(NULL);
		g_autoptr(GString) man = g_string_new(NULL);

		help_append_command(text, commands[i]);
		help_append_man(man, commands[i]);
		for (const Option *o = commands[i]->options; o->name; o++) {
			g_autofree char *option = g_strconcat("--", o->name, NULL);
			g_autofree char *fish = g_strdup_printf("-l %s", o->name);
			g_auto(GStrv) parts = g_strsplit(o->name, "-", -1);
			g_autofree char *joined = g_strjoinv("\\-", parts);
			g_autofree char *roff = g_strconcat("\\-\\-", joined, NULL);

			g_assert_nonnull(strstr(text->str, option));
			g_assert_nonnull(strstr(man->str, roff));
			g_assert_nonnull(strstr(completions->str, option));
			g_assert_nonnull(strstr(completions->str, fish));
		}
	}
}

/* Help is read on terminals of 80 columns. */
static void test_help_width(void)
{
	for (guint i = 0; commands[i]; i++) {
		g_autoptr(GString) text = g_string_new(NULL);
		g_auto(GStrv) lines = NULL;

		help_append_command(text, commands[i]);
		lines = g_strsplit(text->str, "\n", -1);
		for (char **line = lines; *line; line++)
			if (!g_str_has_prefix(*line, "  spoor ")) /* examples are copied whole */
				g_assert_cmpuint(strlen(*line), <=, 80);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/arguments/forms", test_forms);
	g_test_add_func("/arguments/repeated", test_repeated);
	g_test_add_func("/arguments/failures", test_failures);
	g_test_add_func("/arguments/help-wins", test_help_wins);
	g_test_add_func("/help/one-table", test_one_table);
	g_test_add_func("/help/width", test_help_width);
	return g_test_run();
}
