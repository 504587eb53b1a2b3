/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/intel-fetch.h"

#include <unistd.h>

#include "base/error.h"
#include "cli/session.h"

static const char *const with_value[] = { "collection", "added-after", "user", "password-file",
	"token-file", "ca" };

gboolean intel_fetch_is_asked(const Arguments *arguments)
{
	for (guint i = 0; i < G_N_ELEMENTS(with_value); i++)
		if (arguments_value(arguments, with_value[i]))
			return TRUE;
	return arguments_has(arguments, "allow-http");
}

static void add_option(GPtrArray *line, const Arguments *arguments, const char *name)
{
	const char *value = arguments_value(arguments, name);

	if (value)
		g_ptr_array_add(line, g_strdup_printf("--%s=%s", name, value));
}

/* What spoor-fetch is called with; options it does not know are left out. */
static GPtrArray *make_line(const Arguments *arguments, const char *program)
{
	GPtrArray *line = g_ptr_array_new_with_free_func(g_free);

	g_ptr_array_add(line, g_strdup(program));
	for (guint i = 0; i < G_N_ELEMENTS(with_value); i++)
		add_option(line, arguments, with_value[i]);
	add_option(line, arguments, "output");
	if (arguments_has(arguments, "allow-http"))
		g_ptr_array_add(line, g_strdup("--allow-http"));
	if (arguments_has(arguments, "json"))
		g_ptr_array_add(line, g_strdup("--json"));
	g_ptr_array_add(line, g_strdup("--"));
	g_ptr_array_add(line, g_strdup(arguments_operand(arguments, 1, "")));
	g_ptr_array_add(line, NULL);
	return line;
}

ExitStatus intel_fetch(const Arguments *arguments)
{
	g_autoptr(GPtrArray) line = NULL;
	g_autoptr(Paths) paths = NULL;
	GError *error = NULL;

	if (arguments_n_operands(arguments) != 2 || !arguments_value(arguments, "output"))
		return session_fail(g_error_new_literal(SPOOR_ERROR, SPOOR_ERROR_USAGE,
			"fetch takes one URL, and the file to write with -o"));
	paths = paths_find(&error);
	if (!paths)
		return session_fail(error);
	line = make_line(arguments, paths->fetch);
	(void)execv(paths->fetch, (char **)line->pdata); /* returns only where it failed */
	(void)spoor_error_from_errno(&error, "%s can not be run", paths->fetch);
	return session_fail(error);
}
