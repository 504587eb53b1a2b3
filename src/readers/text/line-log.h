/* SPDX-License-Identifier: Apache-2.0 */
/*
 * LineLog: what readers of logs have in common whose every line is an event with the same columns.
 */
#pragma once

#include "readers/text/lines.h"

typedef struct LineLogFormat {
	const char *name;	    /* the reader's, and the constant column LogFormat, number 0 */
	const char *const *columns; /* behind it, from 1; NULL-terminated */
	guint n_columns;	    /* with LogFormat */

	/*
	 * Fills @values (all ABSENT but the first) with the parts of @line, and @ret_time.
	 * @scratch is empty and has room for the line without moving. NULL, or why the line is
	 * broken.
	 */
	const char *(*parse)(const Line *line, Value *values, GString *scratch, Instant *ret_time);
} LineLogFormat;

/* The members of a Reader. */
ReaderLibrary *line_log_library_new(const LineLogFormat *format);
void line_log_library_free(ReaderLibrary *library);
gboolean line_log_plan(
	const Source *source, Plan *ret_plan, const ReaderReport *report, GError **error);
void *line_log_open(const Source *source, ReaderLibrary *library, const ReadTask *task,
	const ReaderReport *report, GError **error);
NextResult line_log_next(void *state, Event *ret_event);
void line_log_close(void *state);

/* How many of the first lines of @head, up to 20, are as the format asks, in percent. */
guint line_log_share(const LineLogFormat *format, Slice head);
