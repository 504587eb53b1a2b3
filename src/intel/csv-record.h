/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records of separated values: fields may be quoted, quotes in them doubled, and reach over lines.
 * A quote that nothing closes is a character like others.
 */
#pragma once

#include <glib.h>

#include "base/slice.h"

typedef struct CsvReader {
	Slice rest;
	guint8 separator;
	guint next_line;
	guint line;	  /* of the record at hand, from 1 */
	Slice text;	  /* the record as it stands */
	Slice *fields;	  /* LIMIT_CSV_FIELDS; borrowed until the next record */
	guint n_fields;	  /* at most that many; more are passed over */
	GString *scratch; /* fields with doubled quotes */
} CsvReader;

void csv_reader_init(CsvReader *reader, Slice text, guint8 separator);
void csv_reader_clear(CsvReader *reader);

/* The next record that is not blank; FALSE at the end. */
gboolean csv_reader_next(CsvReader *reader);

/* The field at @index, without blanks at its ends; empty where there is none. */
Slice csv_reader_field(const CsvReader *reader, guint index);
