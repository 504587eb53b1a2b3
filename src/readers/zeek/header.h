/* SPDX-License-Identifier: Apache-2.0 */
/* The header lines of a Zeek log, and the table that they make of the lines behind them. */
#pragma once

#include "readers/text/lines.h"
#include "readers/text/shape-store.h"

typedef enum ZeekHeaderKind {
	ZEEK_SEPARATOR,	    /* "#separator \x09" */
	ZEEK_SET_SEPARATOR, /* "#set_separator\t," */
	ZEEK_EMPTY,	    /* "#empty_field\t(empty)" */
	ZEEK_UNSET,	    /* "#unset_field\t-" */
	ZEEK_PATH,	    /* "#path\tconn" */
	ZEEK_FIELDS,	    /* "#fields\tts\tuid" */
	ZEEK_TYPES,	    /* "#types\ttime\tstring" */
	ZEEK_N_KINDS,
} ZeekHeaderKind;

/* Which of them @line is, or -1; for LineOptions. */
int zeek_header_kind(Slice line);

typedef struct ZeekTable {
	GString *texts[ZEEK_N_KINDS]; /* behind the name and the separator */
	gboolean is_set[ZEEK_N_KINDS];
	Shape *shape;	   /* borrowed; NULL: to be looked for */
	Value *values;	   /* of the shape, those of constants set */
	gboolean *is_list; /* of the fields */
	guint n_constants, n_fields, n_names;
	guint8 separator, set_separator;
	Slice empty, unset; /* borrowed from texts */
	int time;	    /* the column, or -1 */
} ZeekTable;

void zeek_table_init(ZeekTable *table);
void zeek_table_clear(ZeekTable *table);

/* Takes @line, a header line of @kind; what was there of that kind is replaced. */
void zeek_table_take(ZeekTable *table, ZeekHeaderKind kind, Slice line);

/* Makes the table ready for lines; FALSE where no field line was taken. */
gboolean zeek_table_prepare(ZeekTable *table, ShapeStore *store);
