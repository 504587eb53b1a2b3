/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the first lines of a table say about it: how its fields are separated and called, and which
 * column is the time.
 */
#pragma once

#include "readers/text/lines.h"

typedef struct CsvDialect {
	guint8 separator;
	guint n_names;
	GString *header;      /* the line with the names, as UTF-8 */
	guint64 header_line;  /* its number */
	guint64 header_end;   /* offset behind it */
	gboolean may_span;    /* quotes in what follows: a record may have several lines */
	gboolean is_exchange; /* one of Exchange's logs (readers/exchange/logs.h): it may not */
} CsvDialect;

/* From lines that @next gives; FALSE where they are no table's. */
typedef gboolean (*CsvNextLine)(void *context, Slice *ret);
gboolean csv_dialect_find(CsvDialect *dialect, CsvNextLine next, void *context);
void csv_dialect_clear(CsvDialect *dialect);

/* The same for evidence; FALSE with @error where it can not be read or is no table. */
gboolean csv_dialect_read(CsvDialect *dialect, const Source *source, GError **error);

/* Takes @line, another line of names further down. FALSE where it makes no table. */
gboolean csv_dialect_take(CsvDialect *dialect, Slice line);

/* A shape with the columns of the header, behind constant ones: LogFormat, and LogType where the
 * columns tell it. */
Shape *csv_dialect_shape(const CsvDialect *dialect);

/* The column with the time of an event, or -1; *@ret_clock where it holds the date alone. */
int csv_time_column(const Shape *shape, int *ret_clock);
