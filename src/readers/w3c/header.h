/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The header lines of a W3C extended log, and what they make of the lines behind them: a table with
 * named columns.
 */
#pragma once

#include "readers/text/lines.h"
#include "readers/text/shape-store.h"

typedef enum W3cHeaderKind {
	W3C_SOFTWARE, /* "#Software: Microsoft Internet Information Services 10.0" */
	W3C_LOG_TYPE, /* "#Log-type: HttpProxy Logs": Exchange */
	W3C_DATE,     /* "#Date: 2021-03-02 00:00:00" */
	W3C_FIELDS,   /* "#Fields: date time s-ip" */
	W3C_N_KINDS,
} W3cHeaderKind;

/* Which of them @line is, or -1; for LineOptions. */
int w3c_header_kind(Slice line);

typedef struct W3cTable {
	GString *texts[W3C_N_KINDS]; /* behind the colon */
	gboolean is_set[W3C_N_KINDS];
	Shape *shape;  /* borrowed; NULL: to be looked for */
	Value *values; /* of the shape, those of constants set */
	guint n_constants, n_fields;
	gboolean has_more_fields; /* than a shape has columns */
	guint8 separator;
	gboolean is_quoted; /* fields may be in quotes */
	int date, time;	    /* columns with date and time of day, or -1 */
	int date_time;	    /* the column with both, or -1 */
	int event_data;	    /* what ecp-rows.h makes columns of, or -1 */
} W3cTable;

void w3c_table_init(W3cTable *table);
void w3c_table_clear(W3cTable *table);

/* Takes @line, a header line of @kind; what was there of that kind is replaced. */
void w3c_table_take(W3cTable *table, W3cHeaderKind kind, Slice line);

/* Makes the table ready for lines; FALSE where no field line was taken. */
gboolean w3c_table_prepare(W3cTable *table, ShapeStore *store);
