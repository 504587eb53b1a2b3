/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/arguments.h"
#include "cli/help.h"
#include "cli/session.h"

static ExitStatus run_help(const Arguments *arguments)
{
	const char *name = arguments_operand(arguments, 0, NULL);
	const char *shell = arguments_value(arguments, "completion");
	const Command *command = name ? command_find(name) : NULL;
	g_autoptr(GString) text = g_string_new(NULL);

	if (name && !command) {
		g_autofree char *message = g_strdup_printf("unknown command \"%s\"", name);

		session_complain(message);
		return STATUS_USAGE;
	}
	if (shell)
		(void)help_append_completion(text, shell); /* the option's choices are its shells */
	else if (arguments_has(arguments, "man"))
		help_append_man(text, command);
	else if (command)
		help_append_command(text, command);
	else
		help_append_overview(text);
	session_print(text);
	return session_finish(STATUS_GOOD);
}

static const Option help_options[] = {
	{ 0, "man", NULL, NULL, FALSE, "print a man page instead" },
	{ 0, "completion", "SHELL", "bash zsh fish", FALSE,
		"print the completion for a shell instead" },
	{ 0 },
};

extern const Command command_help;
const Command command_help = {
	.name = "help",
	.summary = "Explain spoor or one of its commands",
	.operands = "[COMMAND]",
	.max_operands = 1,
	.description = "Without a command, an overview of all.",
	.examples =
		"spoor help scan\twhat scan does and takes\n"
		"spoor help --completion bash > ~/.local/share/bash-completion/completions/spoor\t"
		"complete spoor's options in bash",
	.options = help_options,
	.run = run_help,
};
