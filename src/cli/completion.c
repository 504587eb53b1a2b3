/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Completions for shells, from the option tables. What takes a path is left to the shell's own file
 * completion.
 */
#include "cli/help.h"

static void append_command_names(GString *ret)
{
	for (guint i = 0; commands[i]; i++)
		g_string_append_printf(ret, "%s%s", i ? " " : "", commands[i]->name);
}

/* ---- bash ---- */

static void append_bash_command(GString *ret, const Command *command)
{
	const Option *const tables[] = { command->options, common_options };
	g_autoptr(GString) names = g_string_new(NULL);
	g_autoptr(GString) values = g_string_new(NULL);

	for (guint t = 0; t < G_N_ELEMENTS(tables); t++)
		for (const Option *o = tables[t]; o->name; o++) {
			g_autofree char *letter = g_strdup_printf("-%c", o->letter);

			g_string_append_printf(names, " --%s%s%s", o->name, o->letter ? " " : "",
				o->letter ? letter : "");
			if (o->choices)
				g_string_append_printf(values, "\t\t--%s%s%s) words='%s' ;;\n",
					o->name, o->letter ? "|" : "", o->letter ? letter : "",
					o->choices);
		}
	g_string_append_printf(ret, "\t%s)\n\t\tcase $previous in\n%s", command->name, values->str);
	if (command->words)
		g_string_append_printf(
			ret, "\t\t%s) words='%s' ;;\n", command->name, command->words);
	g_string_append_printf(
		ret, "\t\tesac\n\t\t[[ $current == -* ]] && words='%s'\n\t\t;;\n", names->str + 1);
}

static void append_bash(GString *ret)
{
	g_string_append(ret,
		"# bash completion for spoor; made from its option tables\n"
		"_spoor()\n{\n\tlocal current=${COMP_WORDS[COMP_CWORD]}"
		" previous=${COMP_WORDS[COMP_CWORD-1]} words=''\n"
		"\tif ((COMP_CWORD == 1)); then\n\t\twords='");
	append_command_names(ret);
	g_string_append(ret, "'\n\telse\n\tcase ${COMP_WORDS[1]} in\n");
	for (guint i = 0; commands[i]; i++)
		append_bash_command(ret, commands[i]);
	g_string_append(ret,
		"\tesac\n\tfi\n"
		"\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n"
		"}\ncomplete -o default -F _spoor spoor\n");
}

/* ---- zsh ---- */

/* Inside '…' and _arguments' [..]: brackets, colons and quotes need escapes. */
static void append_zsh_text(GString *ret, const char *text)
{
	for (; *text; text++) {
		if (*text == '\'')
			g_string_append(ret, "'\\'");
		else if (*text == '[' || *text == ']' || *text == ':')
			g_string_append_c(ret, '\\');
		g_string_append_c(ret, *text);
	}
}

static void append_zsh_option(GString *ret, const Option *o)
{
	g_string_append(ret, " \\\n\t\t\t'");
	if (o->repeated)
		g_string_append_c(ret, '*');
	g_string_append_printf(ret, "--%s%s[", o->name, o->argument ? "=" : "");
	append_zsh_text(ret, o->help);
	g_string_append_c(ret, ']');
	if (o->choices)
		g_string_append_printf(ret, ":%s:(%s)", o->argument, o->choices);
	else if (o->argument)
		g_string_append_printf(ret, ":%s:_files", o->argument);
	g_string_append_c(ret, '\'');
}

static void append_zsh(GString *ret)
{
	g_string_append(ret,
		"#compdef spoor\n# made from spoor's option tables\n"
		"_spoor()\n{\n\tif ((CURRENT == 2)); then\n"
		"\t\tlocal -a names=(\n");
	for (guint i = 0; commands[i]; i++) {
		g_string_append_printf(ret, "\t\t\t'%s:", commands[i]->name);
		append_zsh_text(ret, commands[i]->summary);
		g_string_append(ret, "'\n");
	}
	g_string_append(ret,
		"\t\t)\n\t\t_describe command names\n\t\treturn\n\tfi\n"
		"\tlocal name=$words[2]\n\tshift words\n\t((CURRENT--))\n"
		"\tcase $name in\n");
	for (guint i = 0; commands[i]; i++) {
		const Command *c = commands[i];

		g_string_append_printf(ret, "\t%s)\n\t\t_arguments", c->name);
		for (const Option *o = c->options; o->name; o++)
			append_zsh_option(ret, o);
		for (const Option *o = common_options; o->name; o++)
			append_zsh_option(ret, o);
		if (c->words)
			g_string_append_printf(ret, " \\\n\t\t\t'1:what:(%s)'", c->words);
		g_string_append(ret, " \\\n\t\t\t'*:file:_files'\n\t\t;;\n");
	}
	g_string_append(ret, "\tesac\n}\n_spoor \"$@\"\n");
}

/* ---- fish ---- */

static void append_fish_text(GString *ret, const char *text)
{
	for (; *text; text++) {
		if (*text == '\'' || *text == '\\')
			g_string_append_c(ret, '\\');
		g_string_append_c(ret, *text);
	}
}

static void append_fish_option(GString *ret, const Command *command, const Option *o)
{
	g_string_append_printf(ret, "complete -c spoor -n '__fish_seen_subcommand_from %s' -l %s",
		command->name, o->name);
	if (o->letter)
		g_string_append_printf(ret, " -s %c", o->letter);
	if (o->choices)
		g_string_append_printf(ret, " -x -a '%s'", o->choices);
	else if (o->argument)
		g_string_append(ret, " -r");
	g_string_append(ret, " -d '");
	append_fish_text(ret, o->help);
	g_string_append(ret, "'\n");
}

static void append_fish(GString *ret)
{
	g_string_append(ret, "# fish completion for spoor; made from its option tables\n");
	for (guint i = 0; commands[i]; i++) {
		const Command *c = commands[i];

		g_string_append_printf(
			ret, "complete -c spoor -f -n __fish_use_subcommand -a %s -d '", c->name);
		append_fish_text(ret, c->summary);
		g_string_append(ret, "'\n");
		if (c->words)
			g_string_append_printf(ret,
				"complete -c spoor -n '__fish_seen_subcommand_from %s; and not "
				"__fish_seen_subcommand_from %s' -a '%s'\n",
				c->name, c->words, c->words);
		for (const Option *o = c->options; o->name; o++)
			append_fish_option(ret, c, o);
		for (const Option *o = common_options; o->name; o++)
			append_fish_option(ret, c, o);
	}
}

gboolean help_append_completion(GString *ret, const char *shell)
{
	if (g_str_equal(shell, "bash"))
		append_bash(ret);
	else if (g_str_equal(shell, "zsh"))
		append_zsh(ret);
	else if (g_str_equal(shell, "fish"))
		append_fish(ret);
	else
		return FALSE;
	return TRUE;
}
