/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/session.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "report/visible.h"

#define WORKERS_MAX 256
#define YEAR_MIN    1970
#define YEAR_MAX    2261

/* Set by the signal handler alone: the one thing that a handler can reach. */
static volatile gint interrupted;

void session_complain(const char *message)
{
	g_autoptr(GString) text = g_string_new("spoor: ");

	visible_append_text(text, message);
	g_string_append_c(text, '\n');
	(void)fputs(text->str, stderr); /* there is nowhere left to complain to */
}

ExitStatus session_fail(GError *error)
{
	gboolean usage = g_error_matches(error, SPOOR_ERROR, SPOOR_ERROR_USAGE);

	session_complain(error->message);
	g_error_free(error);
	return usage ? STATUS_USAGE : STATUS_ERROR;
}

void session_print(const GString *text)
{
	(void)fwrite(text->str, 1, text->len, stdout); /* session_finish() looks at ferror() */
}

gboolean session_reader_left(void)
{
	struct pollfd out = { .fd = STDOUT_FILENO, .events = POLLOUT };

	return poll(&out, 1, 0) == 1 && (out.revents & POLLERR) != 0;
}

ExitStatus session_finish(ExitStatus status)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	if (session_reader_left())
		return STATUS_READER_LEFT;
	session_complain("standard output could not be written");
	return STATUS_ERROR;
}

Case *session_open_case(const char *path)
{
	GError *error = NULL;
	Case *c = case_open(path, CASE_READ, &error);

	if (!c)
		(void)session_fail(error); /* the caller knows the status: STATUS_USAGE */
	return c;
}

gboolean session_check_paths(const char *const *paths, GError **error)
{
	for (guint i = 0; paths[i]; i++) {
		if (access(paths[i], F_OK) == 0 || g_str_equal(paths[i], "-"))
			continue;
		g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_USAGE, "%s: %s", paths[i],
			g_strerror(errno));
		return FALSE;
	}
	return TRUE;
}

/* A folder of content, if this spoor has it. */
static void add_folder(GPtrArray *ret, char *path)
{
	if (g_file_test(path, G_FILE_TEST_IS_DIR))
		g_ptr_array_add(ret, path);
}

static gboolean take_rules(Session *session, const Arguments *arguments, GError **error)
{
	const char *const *named = arguments_values(arguments, "rules");
	const char *const *placeholders = arguments_values(arguments, "placeholders");

	if (!session_check_paths(named, error) || !session_check_paths(placeholders, error))
		return FALSE;
	if (!arguments_has(arguments, "no-content")) {
		add_folder(session->rules, session->paths->rules);
		add_folder(session->rules, session->paths->yara);
	}
	for (guint i = 0; named[i]; i++)
		g_ptr_array_add(session->rules, (gpointer)named[i]);
	session->options.content.placeholders = placeholders;
	return TRUE;
}

gboolean session_take_intel(Session *session, const Arguments *arguments, GError **error)
{
	const char *const *named = arguments_values(arguments, "intel");

	if (!session_check_paths(named, error))
		return FALSE;
	if (!arguments_has(arguments, "no-content"))
		add_folder(session->intel, session->paths->intel);
	for (guint i = 0; named[i]; i++)
		g_ptr_array_add(session->intel, (gpointer)named[i]);
	g_ptr_array_add(session->intel, NULL);
	session->options.content.intel = (const char *const *)session->intel->pdata;
	return TRUE;
}

static gboolean take_workers(Session *session, const Arguments *arguments, GError **error)
{
	const char *text = arguments_value(arguments, "workers");
	guint64 number = 0;

	session->options.sandbox = !arguments_has(arguments, "no-sandbox");
	if (text && !g_ascii_string_to_unsigned(text, 10, 1, WORKERS_MAX, &number, NULL)) {
		g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_USAGE,
			"--workers is a number from 1 to %d, not \"%s\"", WORKERS_MAX, text);
		return FALSE;
	}
	session->options.n_workers = (guint)number;
	return TRUE;
}

static gboolean take_times(Session *session, const Arguments *arguments, GError **error)
{
	const char *zone = arguments_value(arguments, "timezone");
	const char *year = arguments_value(arguments, "year");
	guint64 number = 0;

	if (zone) {
		session->zone = zone_new(zone, error);
		if (!session->zone)
			return FALSE;
		session->options.times.timezone = zone_name(session->zone);
	}
	if (year && !g_ascii_string_to_unsigned(year, 10, YEAR_MIN, YEAR_MAX, &number, NULL)) {
		g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_USAGE,
			"--year is a year from %d to %d, not \"%s\"", YEAR_MIN, YEAR_MAX, year);
		return FALSE;
	}
	session->options.times.year = (guint)number;
	return TRUE;
}

Session *session_new(
	const Arguments *arguments, gboolean has_rules, gboolean has_workers, GError **error)
{
	static const char *const none[] = { NULL };
	g_autoptr(Session) session = g_new0(Session, 1);

	session->rules = g_ptr_array_new();
	session->intel = g_ptr_array_new();
	session->options.content.placeholders = none;
	session->options.evidence = none;
	session->options.sandbox = TRUE;
	session->options.tool_version = SPOOR_VERSION;
	session->options.command_line = "";
	session->paths = paths_find(error);
	if (!session->paths)
		return NULL;
	if ((has_rules && !take_rules(session, arguments, error)) ||
		(has_workers &&
			(!take_workers(session, arguments, error) ||
				!take_times(session, arguments, error))))
		return NULL;
	g_ptr_array_add(session->rules, NULL);
	session->options.content.rules = (const char *const *)session->rules->pdata;
	session->options.content.tables = session->paths->tables;
	session->options.worker_path = session->paths->worker;
	return g_steal_pointer(&session);
}

void session_free(Session *session)
{
	if (!session)
		return;
	paths_free(session->paths);
	zone_free(session->zone);
	g_ptr_array_unref(session->rules);
	g_ptr_array_unref(session->intel);
	g_free(session);
}

static void on_signal(int number)
{
	g_atomic_int_set(&interrupted, 1);
}

const volatile gint *session_catch_signals(void)
{
	struct sigaction act = { .sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND };
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	(void)sigemptyset(&act.sa_mask); /* these calls fail only for numbers that are no signals */
	(void)sigaction(SIGINT, &act, NULL);
	(void)sigaction(SIGTERM, &act, NULL);
	(void)sigaction(SIGPIPE, &ignore, NULL);
	return &interrupted;
}

void session_warning(void *context, const char *text)
{
	session_complain(text);
}
