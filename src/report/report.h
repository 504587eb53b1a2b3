/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Report formats: each turns a case into one document, and is a const descriptor in its own file.
 *
 * A format reads the case by case_query() alone, never evidence. Evidence text in a case is
 * hostile: the format is responsible for writing it so that the program that opens the document
 * takes it as text (HTML escapes, a CSV cell that is no formula). The same case gives the same
 * bytes.
 */
#pragma once

#include <stdio.h>

#include <glib.h>

#include "case/case.h"

typedef struct ReportOptions {
	const char *tables; /* folder of content/tables: attack.tsv is there (report/attack.h) */
	const char *title;  /* what to call the case: its file name without ".case" */
	const char *tool_version; /* "0.1.0": of the program that writes the report */
	GString *summary; /* a format that comes to a verdict puts it here, as one line; may be
			   * NULL */
} ReportOptions;

typedef struct ReportFormat {
	const char *name;	 /* "html": the value of --format */
	const char *description; /* one line for --help */
	const char *media_type;	 /* "text/html" */
	const char *suffix; /* ".html": of the default file name <case>.html, or "" for stdout */

	/*
	 * Writes the whole report to @out, which stays open; the caller flushes it and checks
	 * ferror(), so that write errors need not be looked for here. FALSE with @error where the
	 * case or a table could not be read.
	 */
	gboolean (*write)(Case *c, const ReportOptions *options, FILE *out, GError **error);
} ReportFormat;

/* All formats, NULL-terminated, in order of name. */
extern const ReportFormat *const report_registry[];

/* The format called @name, or NULL. */
const ReportFormat *report_find(const char *name);
