/* SPDX-License-Identifier: Apache-2.0 */
#include "readers/csv/records.h"

#include "base/limits.h"
#include "readers/text/quoted.h"
#include "readers/text/scan.h"

#define VAIN_FACTOR 16		/* bytes that may be looked at in vain for each that was read, */
#define VAIN_BYTES  (64u << 20) /* and these to begin with */

typedef struct Ahead {
	Line line;   /* but for its text, which is */
	gsize start; /* here in the text of all */
} Ahead;

struct CsvRecords {
	LineReader *lines;
	guint8 separator;
	guint n_fields;
	Value *fields; /* scratch */
	GString *scratch;

	GString *text;		/* of the lines below, joined by line feeds */
	GArray *ahead;		/* Ahead: lines that were looked at */
	guint next;		/* the first of them that is not taken yet */
	guint64 n_read, n_vain; /* bytes */
};

CsvRecords *csv_records_new(LineReader *lines, guint8 separator, guint n_fields)
{
	CsvRecords *records = g_new0(CsvRecords, 1);

	records->lines = lines;
	records->separator = separator;
	records->n_fields = n_fields;
	records->fields = g_new0(Value, n_fields);
	records->scratch = g_string_new(NULL);
	records->text = g_string_new(NULL);
	records->ahead = g_array_new(FALSE, FALSE, sizeof(Ahead));
	return records;
}

void csv_records_free(CsvRecords *records)
{
	if (!records)
		return;
	g_free(records->fields);
	(void)g_string_free(records->scratch, TRUE);
	(void)g_string_free(records->text, TRUE);
	g_array_unref(records->ahead);
	g_free(records);
}

/* Forgets lines that are taken, now and then all at once. */
static void forget_taken(CsvRecords *records)
{
	gsize start;

	if (records->next == records->ahead->len) {
		g_array_set_size(records->ahead, 0);
		g_string_truncate(records->text, 0);
		records->next = 0;
	}
	if (records->next < LIMIT_RECORD_LINES)
		return;
	start = g_array_index(records->ahead, Ahead, records->next).start;
	g_string_erase(records->text, 0, (gssize)start);
	g_array_remove_range(records->ahead, 0, records->next);
	records->next = 0;
	for (guint i = 0; i < records->ahead->len; i++)
		g_array_index(records->ahead, Ahead, i).start -= start;
}

static void keep(CsvRecords *records, const Line *line)
{
	Ahead ahead = { *line, 0 };

	if (records->ahead->len > 0)
		g_string_append_c(records->text, '\n');
	ahead.start = records->text->len;
	g_string_append_len(records->text, (const char *)line->text.data, (gssize)line->text.size);
	g_array_append_val(records->ahead, ahead);
}

/* Line number @index of those ahead, read where it is not there yet. */
static gboolean look_at(CsvRecords *records, guint index, Line *ret)
{
	const Ahead *ahead;
	Line line;

	if (index == records->ahead->len) {
		if (!line_reader_next_beyond(records->lines, &line))
			return FALSE;
		keep(records, &line);
	}
	ahead = &g_array_index(records->ahead, Ahead, index);
	*ret = ahead->line;
	ret->text = slice_make(&records->text->str[ahead->start], ahead->line.text.size);
	return TRUE;
}

/* The lines from @first to @last as one. */
static Line join(const CsvRecords *records, guint first, guint last)
{
	const Ahead *start = &g_array_index(records->ahead, Ahead, first);
	const Ahead *end = &g_array_index(records->ahead, Ahead, last);
	Line line = start->line;

	line.text = slice_make(
		&records->text->str[start->start], end->start + end->line.text.size - start->start);
	line.size = end->line.offset + end->line.size - line.offset;
	for (guint i = first; i <= last; i++) {
		const Line *part = &g_array_index(records->ahead, Ahead, i).line;

		if (part->type == VALUE_ANSI)
			line.type = VALUE_ANSI;
		line.is_cut |= part->is_cut;
	}
	return line;
}

static gboolean has_right_number(CsvRecords *records, const Line *record)
{
	gboolean is_open;

	return quoted_split(record->text, records->separator, record->type, records->fields,
		       records->n_fields, records->scratch, &is_open) == records->n_fields;
}

/*
 * A whole record by itself: of the right number of fields, of which at least one is quoted as it
 * should be and none otherwise, and which begins with a quote if the one before it did.
 */
static gboolean is_whole(const CsvRecords *records, Slice text, gboolean begins_quoted)
{
	gboolean has_quoted;
	guint n;

	if (text.size == 0 || (text.data[0] == '"') != begins_quoted)
		return FALSE;
	return quoted_is_strict(text, records->separator, &n, &has_quoted) && has_quoted &&
		n == records->n_fields;
}

/* Line @records->next is open at its end: finds the end of the record. */
static CsvRecordResult take_open(CsvRecords *records, Line *ret)
{
	guint first = records->next, last;
	Line line;
	gboolean is_open = look_at(records, first, &line), begins_quoted;
	guint64 size = 0;

	*ret = line;
	begins_quoted = line.text.size > 0 && line.text.data[0] == '"';
	records->next++;
	records->n_read += line.size;
	for (last = first + 1;
		is_open && last - first < LIMIT_RECORD_LINES && size < LIMIT_LINE_BYTES &&
		records->n_vain + size < VAIN_BYTES + records->n_read * VAIN_FACTOR;
		last++) {
		if (!look_at(records, last, &line) || is_whole(records, line.text, begins_quoted))
			break;
		size += line.size;
		is_open = quoted_goes_on(line.text, records->separator, TRUE);
	}
	if (!is_open) {
		Line record = join(records, first, last - 1);

		if (has_right_number(records, &record)) {
			records->next = last;
			records->n_read += size;
			*ret = record;
			return CSV_RECORD;
		}
	}
	records->n_vain += size;
	*ret = join(records, first, first);
	return CSV_BROKEN;
}

CsvRecordResult csv_records_next(CsvRecords *records, Line *ret)
{
	forget_taken(records);
	if (records->next < records->ahead->len)
		(void)look_at(records, records->next, ret);
	else if (!line_reader_next_beyond(records->lines, ret))
		return CSV_END;
	if (scan_byte(ret->text, 0, '"') < ret->text.size &&
		quoted_goes_on(ret->text, records->separator, FALSE)) {
		if (records->next == records->ahead->len)
			keep(records, ret);
		return take_open(records, ret);
	}
	records->n_read += ret->size;
	if (records->next < records->ahead->len)
		records->next++;
	return CSV_RECORD;
}
