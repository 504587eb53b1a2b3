/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which column of a table means what: by its name, and by what stands in it.
 *
 * A heading alone does not do: CERT-FR's names a column for values that is empty in every row, and
 * has them in another. So what names and contents say is compared over the first rows.
 */
#pragma once

#include <glib.h>

#include "intel/csv-record.h"
#include "model/indicator.h"

typedef enum CsvRole {
	CSV_NONE,
	CSV_VALUE, /* with the kind of the column, or that of the row's type */
	CSV_TYPE,
	CSV_TITLE,
	CSV_DESCRIPTION,
	CSV_SOURCE,
	CSV_REFERENCE,
	CSV_CONFIDENCE,
	CSV_FROM,
	CSV_UNTIL,
	CSV_TAGS,
	CSV_ID,
	CSV_TO_IDS,
	CSV_N_ROLES,
} CsvRole;

typedef struct CsvColumn {
	CsvRole role;
	IndicatorKind kind;				/* of a value: what its name says, or ANY */
	gboolean is_named;				/* by the heading, not by its contents */
	guint n_filled, n_kinds[INDICATOR_N_KINDS + 1]; /* of the rows that were looked at */
} CsvColumn;

typedef struct CsvColumns {
	CsvColumn columns[64];
	guint n_columns;
	gboolean has_heading;
	guint heading_line; /* from 1, or 0 */
	char *heading;	    /* as it stands, or NULL */
	guint n_rows;	    /* that were looked at */
	guint8 separator;
} CsvColumns;

/* FALSE where @text is no table. */
gboolean csv_columns_find(Slice text, CsvColumns *ret);
void csv_columns_clear(CsvColumns *columns);

/* Why no column is taken for values; NULL where one is. g_free(). */
char *csv_columns_problem(const CsvColumns *columns);
