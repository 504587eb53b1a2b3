/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the rows of a query to JSON lines and to text: what the listings of `spoor show` share.
 */
#pragma once

#include <glib.h>

#include "case/case.h"
#include "cli/terminal.h"

typedef enum RowKind {
	ROW_TEXT,  /* a string */
	ROW_MAYBE, /* a string, or null where it is empty */
	ROW_NUMBER,
	ROW_TRUTH, /* 1 is true */
	ROW_WORDS, /* joined by spaces: an array */
	ROW_LINES, /* joined by line feeds: an array */
	ROW_JSON,  /* JSON already */
} RowKind;

typedef struct RowField {
	const char *name;
	RowKind kind;
} RowField;

/* A listing: where its rows come from and how they read. */
typedef struct Listing {
	const char *schema; /* "spoor.gap/1": what each object is called */
	const char *sql;
	const RowField *fields; /* one for each column */
	guint n_fields;

	/* Appends a row for people; called with NULL columns once before the first, for a heading.
	 */
	void (*append)(const Terminal *terminal, GString *ret, const char *const *columns);
} Listing;

/* Appends one row as a JSON object and a line feed. */
void row_append_json(GString *ret, const char *schema, const RowField *fields, guint n_fields,
	const char *const *columns);

/*
 * Prints all rows: as JSON lines where @terminal is NULL, else for people. Stops quietly where
 * stdout can not take more. *ret_n gets how many rows there were; it may be NULL.
 */
gboolean listing_print(const Listing *listing, Case *c, const char *const *bind,
	const Terminal *terminal, guint64 *ret_n, GError **error);

/* "1,234,567" */
void append_number(GString *ret, const char *digits);

/* "2021-03-02 10:11:12" of a time in a case; "no time" of "". */
void append_time(GString *ret, const char *time);
