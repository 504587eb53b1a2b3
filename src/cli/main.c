/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spoor: finds the command, parses its arguments, runs it.
 */
#include <stdio.h>

#include "base/hash.h"
#include "base/text.h"
#include "cli/arguments.h"
#include "cli/help.h"
#include "cli/session.h"

static ExitStatus complain_usage(const char *message, const char *command)
{
	session_complain(message);
	(void)fprintf(stderr, "Try: spoor %s%s--help\n", command, command[0] ? " " : "");
	return STATUS_USAGE;
}

static ExitStatus unknown_command(const char *name)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	g_autofree char *message = NULL;
	const char *near;

	for (guint i = 0; commands[i]; i++)
		g_ptr_array_add(names, (gpointer)commands[i]->name);
	g_ptr_array_add(names, NULL);
	near = arguments_suggest(name, (const char *const *)names->pdata);
	message = near ? g_strdup_printf("unknown command \"%s\"; did you mean %s?", name, near)
		       : g_strdup_printf("unknown command \"%s\"", name);
	return complain_usage(message, "");
}

static ExitStatus run_command(const Command *command, int argc, char *const *argv)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Arguments) arguments = arguments_parse(command, argc, argv, &error);
	g_autoptr(GString) text = g_string_new(NULL);

	if (!arguments)
		return complain_usage(error->message, command->name);
	if (!arguments_has(arguments, "help"))
		return command->run(arguments);
	help_append_command(text, command);
	session_print(text);
	return session_finish(STATUS_GOOD);
}

int main(int argc, char **argv)
{
	g_autoptr(GString) text = g_string_new(NULL);
	const Command *command;
	const char *name = argc > 1 ? argv[1] : "";

	hash_warm_up();
	text_warm_up();
	if (argc < 2) {
		help_append_overview(text);
		(void)fputs(text->str, stderr); /* there is nowhere left to complain to */
		return STATUS_USAGE;
	}
	if (g_str_equal(name, "--help") || g_str_equal(name, "-h"))
		name = "help";
	if (g_str_equal(name, "--version") || g_str_equal(name, "-V"))
		name = "version";
	command = command_find(name);
	if (!command)
		return (int)unknown_command(name);
	return (int)run_command(command, argc - 2, argv + 2);
}
