/* SPDX-License-Identifier: Apache-2.0 */
#include "intel/csv-record.h"

#include "base/limits.h"
#include "intel/words.h"

void csv_reader_init(CsvReader *reader, Slice text, guint8 separator)
{
	*reader = (CsvReader){
		.rest = text,
		.separator = separator,
		.next_line = 1,
		.fields = g_new0(Slice, LIMIT_CSV_FIELDS),
		.scratch = g_string_new(NULL),
	};
}

void csv_reader_clear(CsvReader *reader)
{
	g_free(reader->fields);
	(void)g_string_free(reader->scratch, TRUE);
}

static gsize skip_blanks(Slice text, gsize at)
{
	while (at < text.size && text.data[at] == ' ')
		at++;
	return at;
}

/* Whether the quote at @at ends its field; *ret_next is then behind the separator, or the end. */
static gboolean is_closing(Slice text, gsize at, guint8 separator, gsize *ret_next)
{
	gsize behind = skip_blanks(text, at + 1);

	if (behind < text.size && text.data[behind] != separator)
		return FALSE;
	*ret_next = MIN(behind + 1, text.size);
	return TRUE;
}

typedef struct QuoteScan {
	gsize at;
	gboolean is_open; /* a quoted field */
} QuoteScan;

/* Goes on to the end of @text, which may have grown since the last call. */
static void scan_quotes(QuoteScan *scan, Slice text, guint8 separator)
{
	while (scan->at < text.size) {
		gsize at = scan->at;

		if (!scan->is_open) {
			at = skip_blanks(text, at);
			scan->is_open = at < text.size && text.data[at] == '"';
			scan->at = (scan->is_open ? at : words_find(text, at, separator)) + 1;
			continue;
		}
		at = words_find(text, at, '"');
		if (at < text.size && at + 1 < text.size && text.data[at + 1] == '"')
			scan->at = at + 2;
		else if (at < text.size && is_closing(text, at, separator, &scan->at))
			scan->is_open = FALSE;
		else
			scan->at = at + 1;
	}
	scan->at = text.size;
}

/* Takes the lines of the next record. */
static gboolean take_lines(CsvReader *reader)
{
	Slice start = reader->rest, rest = start, line;
	QuoteScan scan = { 0 };
	guint n_lines = 1;

	if (!words_next_line(&rest, &line))
		return FALSE;
	reader->line = reader->next_line;
	reader->text = line;
	reader->rest = rest;
	scan_quotes(&scan, reader->text, reader->separator);
	while (scan.is_open && n_lines < LIMIT_CSV_RECORD_LINES &&
		reader->text.size < LIMIT_CSV_RECORD_BYTES && words_next_line(&rest, &line)) {
		n_lines++;
		reader->text = slice_sub(start, 0, (gsize)(line.data - start.data) + line.size);
		scan_quotes(&scan, reader->text, reader->separator);
	}
	if (scan.is_open) { /* nothing closes it: the first line stands alone */
		rest = reader->rest;
		n_lines = 1;
		reader->text = slice_sub(start, 0, words_find(start, 0, '\n'));
	}
	reader->rest = rest;
	reader->next_line += n_lines;
	return TRUE;
}

static void add_field(CsvReader *reader, Slice field)
{
	if (reader->n_fields < LIMIT_CSV_FIELDS)
		reader->fields[reader->n_fields++] = field;
}

/* What stands between the quotes, doubled ones as one. The scratch never moves: it is as large as
 * the record from the start. */
static Slice unquoted(CsvReader *reader, Slice inner)
{
	gsize start = reader->scratch->len;

	if (words_find(inner, 0, '"') == inner.size)
		return inner;
	for (gsize i = 0; i < inner.size; i++) {
		g_string_append_c(reader->scratch, (char)inner.data[i]);
		if (inner.data[i] == '"' && i + 1 < inner.size && inner.data[i + 1] == '"')
			i++;
	}
	return slice_make(&reader->scratch->str[start], reader->scratch->len - start);
}

/* Where the quoted field whose quote is at @at ends, its closing quote; 0 where it does not. */
static gsize find_closing(Slice text, gsize at, guint8 separator, gsize *ret_next)
{
	for (at = words_find(text, at + 1, '"'); at < text.size;
		at = words_find(text, at + 1, '"')) {
		if (at + 1 < text.size && text.data[at + 1] == '"')
			at++;
		else if (is_closing(text, at, separator, ret_next))
			return at;
	}
	return 0;
}

static void split(CsvReader *reader)
{
	Slice text = reader->text;
	gboolean may_quote = TRUE;
	gsize at = 0;

	reader->n_fields = 0;
	g_string_set_size(reader->scratch, text.size + 1);
	g_string_truncate(reader->scratch, 0);
	for (gboolean is_last = FALSE; !is_last && reader->n_fields < LIMIT_CSV_FIELDS;) {
		gsize start = skip_blanks(text, at), end = 0, next = 0;

		if (may_quote && start < text.size && text.data[start] == '"') {
			end = find_closing(text, start, reader->separator, &next);
			may_quote = end > 0; /* what closes nothing here closes nothing later */
		}
		if (end > 0) {
			add_field(reader, unquoted(reader, words_range(text, start + 1, end)));
			is_last = next == text.size && text.data[next - 1] != reader->separator;
			is_last |= next == text.size && end == text.size - 1;
		} else {
			next = words_find(text, at, reader->separator);
			add_field(reader, words_range(text, at, next));
			is_last = next++ >= text.size;
		}
		at = next;
	}
}

gboolean csv_reader_next(CsvReader *reader)
{
	do {
		if (!take_lines(reader))
			return FALSE;
	} while (words_trim(reader->text).size == 0);
	split(reader);
	return TRUE;
}

Slice csv_reader_field(const CsvReader *reader, guint index)
{
	return index < reader->n_fields ? words_trim(reader->fields[index]) : SLICE_EMPTY;
}
