/* SPDX-License-Identifier: Apache-2.0 */
#include "readers/exchange/entries.h"

#include "base/limits.h"
#include "base/text.h"

#define PROBE_LINES 200

struct EntryReader {
	const EntryFormat *format;
	const ReaderReport *report;
	LineReader *lines;
	guint64 start;	     /* of the range */
	gboolean has_last;   /* a line that begins an entry was seen: */
	guint64 last_offset; /* its first byte, */
	guint64 last_number; /* and line number */
	GString *text;	     /* of the entry at hand */
	guint64 n_loose, first_loose;
};

EntryReader *entry_reader_new(const Source *source, const ReadTask *task, const EntryFormat *format,
	LineMemo *memo, const ReaderReport *report, GError **error)
{
	const guint64 from = task->first_unit * LINES_UNIT_BYTES;
	const LineOptions options = {
		.header_start = format->header_start,
		.header_kind = format->header_kind,
		.memo = memo,
		.told_from = from,
		.told_to = from + task->n_units * LINES_UNIT_BYTES,
	};
	EntryReader *reader = g_new0(EntryReader, 1);
	ReadTask wider = *task;

	*reader = (EntryReader){
		.format = format,
		.report = report,
		.start = from,
		.text = g_string_new(NULL),
	};
	/* Whether its first lines go on with an entry is seen in the unit before. */
	if (task->first_unit > 0) {
		wider.first_unit--;
		wider.n_units++;
	}
	reader->lines = line_reader_new(source, &wider, &options, report, error);
	if (!reader->lines) {
		entry_reader_free(reader);
		return NULL;
	}
	return reader;
}

void entry_reader_free(EntryReader *reader)
{
	Gap gap = { .kind = GAP_HEADER,
		.note = "Lines that no line with a time comes before are events that have a "
			"message and no time." };

	if (!reader)
		return;
	line_reader_free(reader->lines);
	gap.offset = reader->first_loose;
	gap.records = reader->n_loose;
	if (reader->n_loose)
		reader->report->gap(reader->report->context, &gap);
	g_string_free(reader->text, TRUE);
	g_free(reader);
}

/* TRUE where a line that begins no entry, at @line, belongs to the last one that does. */
static gboolean continues(const EntryReader *reader, const Line *line)
{
	return reader->has_last && line->offset - reader->last_offset < LIMIT_RECORD_BYTES &&
		line->number - reader->last_number < LIMIT_RECORD_LINES;
}

static void append_line(EntryReader *reader, const Line *line)
{
	if (line->type == VALUE_ANSI)
		text_append_ansi(reader->text, line->text);
	else
		g_string_append_len(
			reader->text, (const char *)line->text.data, (gssize)line->text.size);
}

/* Further lines of the entry, wherever the range ends; gives back the first that is not. */
static void read_on(EntryReader *reader, Entry *ret)
{
	EntryStart start;
	Line line;

	while (line_reader_next_beyond(reader->lines, &line)) {
		if (reader->format->read_start(line.text, &start) || !continues(reader, &line)) {
			line_reader_unread(reader->lines);
			ret->has_next = TRUE;
			ret->next = line.text;
			ret->next_offset = line.offset;
			return;
		}
		g_string_append_c(reader->text, '\n');
		append_line(reader, &line);
	}
}

/* The next line of the range that begins an entry, or belongs to none. */
static gboolean next_first(EntryReader *reader, Line *ret, gboolean *ret_has_start)
{
	EntryStart start;

	while (line_reader_next(reader->lines, ret)) {
		*ret_has_start = reader->format->read_start(ret->text, &start);
		if (*ret_has_start) {
			reader->has_last = TRUE;
			reader->last_offset = ret->offset;
			reader->last_number = ret->number;
		}
		if (ret->offset < reader->start || (!*ret_has_start && continues(reader, ret)) ||
			ret->text.size == 0)
			continue;
		return TRUE;
	}
	return FALSE;
}

gboolean entry_reader_next(EntryReader *reader, Entry *ret)
{
	gboolean has_start;
	Slice whole;
	Line line;

	if (!next_first(reader, &line, &has_start))
		return FALSE;
	*ret = (Entry){ .offset = line.offset, .number = line.number, .header = G_MAXUINT64 };
	(void)line_reader_header_offset(reader->lines, 0, &ret->header);
	g_string_truncate(reader->text, 0);
	append_line(reader, &line);
	if (has_start)
		read_on(reader, ret);
	else if (reader->n_loose++ == 0)
		reader->first_loose = line.offset;
	while (reader->text->len > 0 && reader->text->str[reader->text->len - 1] == '\n')
		g_string_truncate(reader->text, reader->text->len - 1);
	whole = slice_make(reader->text->str, reader->text->len);
	/* Once more, now that the text does not move any more. */
	ret->has_start = has_start && reader->format->read_start(whole, &ret->start);
	ret->message = slice_sub(whole, ret->has_start ? ret->start.message : 0, whole.size);
	return TRUE;
}

guint entry_format_share(const EntryFormat *format, const TextHead *head)
{
	guint n = 0, n_good = 0;
	EntryStart start;
	Slice line;

	for (guint i = 0; i < PROBE_LINES && text_head_line(head, i, &line); i++) {
		gboolean is_good = format->read_start(line, &start);

		n_good += is_good;
		n += is_good || (line.size > 0 && !g_ascii_isspace(line.data[0]));
	}
	return n ? n_good * 100 / n : 0;
}
