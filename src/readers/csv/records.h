/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The records of a table whose quoted fields may go on over several lines.
 *
 * A quote that nobody closes would swallow all that follows. So where a record is open at the end
 * of its line, the lines behind it are looked at before it is believed: if one of them is a whole
 * record by itself, with quotes as they should be, or if no record of the right number of fields
 * ends within LIMIT_RECORD_LINES, then the first line is broken, alone, and reading goes on with
 * the second. How much is looked at in vain is bounded by what was read.
 */
#pragma once

#include "readers/text/lines.h"

typedef struct CsvRecords CsvRecords;

/* Lines of @lines, borrowed; records have @n_fields. */
CsvRecords *csv_records_new(LineReader *lines, guint8 separator, guint n_fields);
void csv_records_free(CsvRecords *records); /* accepts NULL */

typedef enum CsvRecordResult {
	CSV_RECORD,
	CSV_BROKEN, /* a line with a quote that nobody closes */
	CSV_END,
} CsvRecordResult;

/* @ret is the record as if it were one line, with line feeds; borrowed until the next call. */
CsvRecordResult csv_records_next(CsvRecords *records, Line *ret);
