/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What several commands need: the options of a scan made from arguments, a place for warnings,
 * interruption, and saying what went wrong.
 */
#pragma once

#include <glib.h>

#include "base/zone.h"
#include "cli/arguments.h"
#include "cli/paths.h"
#include "cli/terminal.h"
#include "coordinator/scan.h"

/* Prints "spoor: <message>" to stderr, made visible. */
void session_complain(const char *message);

/* Prints @error and gives the exit status that fits its code. Frees @error. */
ExitStatus session_fail(GError *error);

/* Writes @text to stdout; trouble is told by session_finish(). */
void session_print(const GString *text);

/*
 * Flushes stdout. Where it could not be written complains and returns STATUS_ERROR, or, quietly,
 * STATUS_READER_LEFT; else returns @status.
 */
ExitStatus session_finish(ExitStatus status);

/* Did who reads stdout go away, as `head` does? Then there is nothing to complain about. */
gboolean session_reader_left(void);

/* Opens a case for reading, or complains and returns NULL. */
Case *session_open_case(const char *path);

/* The worker and content part of a scan's options; texts are borrowed from it and the arguments. */
typedef struct Session {
	Paths *paths;
	Zone *zone;	  /* of --timezone, or NULL */
	GPtrArray *rules; /* NULL-terminated */
	GPtrArray *intel; /* likewise */
	ScanOptions options;
} Session;

/* Options that sets up a Session; put them into a command's table. */
#define SESSION_RULE_OPTIONS                                                                       \
	{ 'r', "rules", "PATH", NULL, TRUE,                                                        \
		"add the Sigma and YARA rules of a file or folder to the shipped ones; may be "    \
		"repeated" },                                                                      \
		{ 0, "no-content", NULL, NULL, FALSE,                                              \
			"leave out the shipped rules and intelligence" },                          \
	{                                                                                          \
		0, "placeholders", "FILE", NULL, TRUE,                                             \
			"take values for the expand modifier from a YAML file; may be repeated"    \
	}
#define SESSION_INTEL_OPTION                                                                       \
	{                                                                                          \
		'i', "intel", "SOURCE", NULL, TRUE,                                                \
			"add the intelligence of a file or folder to the shipped one (STIX, "      \
			"MISP, OpenIOC, Loki, lists, CSV, advisories as text, HTML or PDF); may "  \
			"be repeated"                                                              \
	}
#define SESSION_WORKER_OPTIONS                                                                     \
	{                                                                                          \
		0, "timezone", "ZONE", NULL, FALSE,                                                \
		"the zone of times that name none, such as Europe/Berlin or +02:00; default: UTC"  \
	},                                                                                         \
		{ 0, "year", "YEAR", NULL, FALSE,                                                  \
			"the year in which logs without years begin; default: by the time of a "   \
			"file's last change" },                                                    \
		{ 0, "workers", "N", NULL, FALSE,                                                  \
			"how many sealed workers read at once; default: one for each core" },      \
	{                                                                                          \
		0, "no-sandbox", NULL, NULL, FALSE, "run workers unsealed; the report says so"     \
	}

/*
 * Fills in what the arguments say; which of the two option groups the command has is told. NULL
 * where a path that was named is not there: @error says which (USAGE).
 */
Session *session_new(
	const Arguments *arguments, gboolean has_rules, gboolean has_workers, GError **error);
/* Takes what -i names (SESSION_INTEL_OPTION), and unless --no-content the shipped intelligence. */
gboolean session_take_intel(Session *session, const Arguments *arguments, GError **error);
void session_free(Session *session); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Session, session_free)

/* FALSE with @error (USAGE) naming the first of @paths that does not exist. */
gboolean session_check_paths(const char *const *paths, GError **error);

/*
 * From now on SIGINT and SIGTERM set the flag that is returned (a second one ends the program at
 * once), and a peer that goes away is an error of write() instead of a signal.
 */
const volatile gint *session_catch_signals(void);

/* ScanHooks.warning: a line on stderr, made visible. */
void session_warning(void *context, const char *text);
