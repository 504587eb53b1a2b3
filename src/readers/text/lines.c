/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The range is read block by block into a buffer in which lines lie whole: what is left of the last
 * line moves to the start before the next block comes behind it. Blocks end where the range ends,
 * so that hardly anything behind it is read.
 *
 * Most logs are ASCII: how far the buffer is that was found out in wide steps, and only lines that
 * reach beyond are looked at one by one.
 */
#include "readers/text/lines.h"

#include "base/limits.h"
#include "base/text.h"
#include "readers/text/line-skim.h"
#include "readers/text/scan.h"

#define READ_BYTES   (256u << 10) /* stays in the processor's second cache */
#define BEYOND_BYTES (16u << 10)  /* where only the range's last line is still wanted */

struct LineReader {
	const Source *source;
	const ReaderReport *report;
	LineOptions options;
	LineFormat format;
	guint64 range_start, range_end;

	GByteArray *buffer;
	guint64 buffer_offset; /* of its first byte in the evidence */
	gsize start;	       /* of the next line in it */
	gsize searched;	       /* there is no line end before this */
	gsize ascii;	       /* from start to here all is ASCII */
	gboolean is_drained;   /* nothing comes behind the buffer */
	guint64 passed_over;   /* bytes behind the buffer that belong to a cut line */

	GString *text; /* the line, where it is not as in the buffer */
	Line line;
	guint64 n_lines;    /* before the next line */
	LinePlace place;    /* the last header lines before the next line */
	gboolean is_unread; /* the last line comes again */
	GString *headers[LINE_HEADER_KINDS];

	guint64 n_ansi, first_ansi;
	guint64 n_broken, first_untold, untold_end;
};

/* ---- the plan ---- */

void lines_plan(const Source *source, Plan *ret_plan)
{
	guint64 n_units = (source->size + LINES_UNIT_BYTES - 1) / LINES_UNIT_BYTES;

	*ret_plan = (Plan){
		.n_units = MAX(n_units, 1),
		.units_per_task = LINES_UNITS_PER_TASK,
		.unit_bytes = LINES_UNIT_BYTES,
	};
	/* Hundreds of gigabytes are split into larger tasks. */
	while (ret_plan->n_units / ret_plan->units_per_task >= LIMIT_TASKS)
		ret_plan->units_per_task *= 2;
}

gboolean lines_plan_whole(
	const Source *source, Plan *ret_plan, const ReaderReport *report, GError **error)
{
	*ret_plan = (Plan){
		.n_units = 1,
		.units_per_task = 1,
		.unit_bytes = source->size,
	};
	return TRUE;
}

/* ---- gaps ---- */

static void report(const LineReader *reader, GapKind kind, guint64 offset, guint64 size,
	guint64 records, const char *note)
{
	Gap gap = {
		.kind = kind, .offset = offset, .size = size, .records = records, .note = note
	};

	reader->report->gap(reader->report->context, &gap);
}

void line_reader_broken(LineReader *reader, const Line *line, const char *why)
{
	if (reader->n_broken++ < LIMIT_BROKEN_LINES_TOLD) {
		g_autofree char *note =
			g_strdup_printf("line %" G_GUINT64_FORMAT ": %s", line->number, why);

		report(reader, GAP_DAMAGED, line->offset, line->size, 1, note);
		return;
	}
	if (reader->n_broken == LIMIT_BROKEN_LINES_TOLD + 1)
		reader->first_untold = line->offset;
	reader->untold_end = line->offset + line->size;
}

static void report_task(LineReader *reader)
{
	if (reader->n_broken > LIMIT_BROKEN_LINES_TOLD) {
		guint64 n = reader->n_broken - LIMIT_BROKEN_LINES_TOLD;
		g_autofree char *note =
			g_strdup_printf("%" G_GUINT64_FORMAT " further line%s not as the "
					"format asks and %s passed over",
				n, n == 1 ? " is" : "s are", n == 1 ? "was" : "were");

		report(reader, GAP_DAMAGED, reader->first_untold,
			reader->untold_end - reader->first_untold, n, note);
	}
	if (reader->n_ansi > 0) {
		g_autofree char *note =
			g_strdup_printf("%" G_GUINT64_FORMAT " line%s no UTF-8 and %s read as "
					"Windows-1252",
				reader->n_ansi, reader->n_ansi == 1 ? " is" : "s are",
				reader->n_ansi == 1 ? "was" : "were");

		report(reader, GAP_ENCODING, reader->first_ansi, 0, reader->n_ansi, note);
	}
}

/* ---- opening ---- */

/* Finds out what lies before the range, and moves to its first line. */
static gboolean find_start(LineReader *reader, GError **error)
{
	LinePlace *place = &reader->place;

	*place = line_place_start(&reader->format);
	reader->buffer_offset = place->offset;
	if (reader->range_start <= place->offset)
		return TRUE;
	(void)line_memo_find(
		reader->options.memo, reader->source->number, reader->range_start, place);
	if (!line_skim(reader->source, &reader->format, &reader->options, reader->range_start,
		    place, error))
		return FALSE;
	line_memo_add(reader->options.memo, reader->source->number, place);
	/* The line end that lies directly before the range makes a line start with it. */
	reader->buffer_offset = reader->range_start - reader->format.unit;
	reader->n_lines = place->n_ends;
	return TRUE;
}

static gboolean fill(LineReader *reader);
static gsize find_end(LineReader *reader, gsize *ret_after, gsize max);

/* The range starts in the middle of a line, most times: that belongs to the range before. */
static void pass_first_part(LineReader *reader)
{
	gsize after, end;

	if (reader->range_start <= reader->format.mark_bytes)
		return;
	for (;;) {
		end = find_end(reader, &after, 0);
		if (end < reader->buffer->len)
			break;
		/* Nothing of it is needed, and behind the range nobody asks. */
		reader->start = reader->searched = reader->buffer->len;
		if (reader->is_drained ||
			reader->buffer_offset + reader->start >= reader->range_end)
			return;
	}
	if (reader->buffer_offset + after > reader->range_start)
		reader->n_lines++;
	reader->start = reader->searched = reader->ascii = after;
}

static void read_headers(LineReader *reader)
{
	for (guint kind = 0; kind < LINE_HEADER_KINDS; kind++) {
		guint64 offset = reader->place.headers[kind];

		if (offset == LINE_PLACE_NO_HEADER)
			continue;
		reader->headers[kind] = g_string_new(NULL);
		if (!line_read_header(
			    reader->source, &reader->format, offset, reader->headers[kind])) {
			(void)g_string_free(reader->headers[kind], TRUE);
			reader->headers[kind] = NULL;
		}
	}
}

LineReader *line_reader_new(const Source *source, const ReadTask *task, const LineOptions *options,
	const ReaderReport *task_report, GError **error)
{
	guint64 unit = options->unit_bytes ? options->unit_bytes : LINES_UNIT_BYTES;
	guint64 n_units = source->size / unit + 1;
	LineReader *reader = g_new0(LineReader, 1);

	reader->source = source;
	reader->report = task_report;
	reader->options = *options;
	reader->buffer = g_byte_array_sized_new(READ_BYTES * 2);
	reader->text = g_string_new(NULL);
	reader->range_start = MIN(task->first_unit, n_units) * unit;
	reader->range_end =
		MIN(reader->range_start + MIN(task->n_units, n_units) * unit, source->size);
	if (!line_format_detect(source, &reader->format, error) || !find_start(reader, error)) {
		reader->report = NULL;
		line_reader_free(reader);
		return NULL;
	}
	read_headers(reader);
	pass_first_part(reader);
	return reader;
}

void line_reader_free(LineReader *reader)
{
	if (!reader)
		return;
	if (reader->report)
		report_task(reader);
	for (guint kind = 0; kind < LINE_HEADER_KINDS; kind++) {
		if (reader->headers[kind])
			(void)g_string_free(reader->headers[kind], TRUE);
	}
	g_byte_array_unref(reader->buffer);
	(void)g_string_free(reader->text, TRUE);
	g_free(reader);
}

gboolean line_reader_header(const LineReader *reader, guint kind, Slice *ret)
{
	if (kind >= LINE_HEADER_KINDS || !reader->headers[kind])
		return FALSE;
	*ret = slice_make(reader->headers[kind]->str, reader->headers[kind]->len);
	return TRUE;
}

gboolean line_reader_header_offset(const LineReader *reader, guint kind, guint64 *ret)
{
	if (kind >= LINE_HEADER_KINDS || reader->place.headers[kind] == LINE_PLACE_NO_HEADER)
		return FALSE;
	*ret = reader->place.headers[kind];
	return TRUE;
}

TextEncoding line_reader_encoding(const LineReader *reader)
{
	return reader->format.encoding;
}

/* ---- the buffer ---- */

/* Where the next line starts, or the evidence ends. */
static guint64 position(const LineReader *reader)
{
	return reader->buffer_offset + reader->start + reader->passed_over;
}

static guint64 buffer_end(const LineReader *reader)
{
	return reader->buffer_offset + reader->buffer->len;
}

static void drop_before_start(LineReader *reader)
{
	gsize n = reader->start;

	if (n > 0)
		g_byte_array_remove_range(reader->buffer, 0, (guint)n);
	reader->buffer_offset += n;
	reader->searched -= n;
	reader->ascii = reader->ascii > n ? reader->ascii - n : 0;
	reader->start = 0;
	if (reader->passed_over > 0) {
		reader->buffer_offset += reader->passed_over;
		reader->passed_over = 0;
	}
}

/* Reads the next block behind what is left. FALSE where there is nothing more. */
static gboolean fill(LineReader *reader)
{
	g_autoptr(GError) error = NULL;
	gsize kept, wanted = READ_BYTES;
	guint64 at;
	gssize n;

	if (reader->is_drained)
		return FALSE;
	drop_before_start(reader);
	kept = reader->buffer->len;
	at = buffer_end(reader);
	if (at < reader->range_end)
		wanted = (gsize)MIN(wanted, reader->range_end - at);
	else if (kept < READ_BYTES)
		wanted = BEYOND_BYTES;
	g_byte_array_set_size(reader->buffer, (guint)(kept + wanted));
	n = source_read(reader->source, at, &reader->buffer->data[kept], wanted, &error);
	g_byte_array_set_size(reader->buffer, (guint)(kept + (gsize)MAX(n, 0)));
	if (n < 0)
		report(reader, GAP_UNREADABLE, at, 0, 0, error->message);
	else if ((gsize)n < wanted && at + (gsize)n < reader->source->size)
		report(reader, GAP_CHANGED, at + (gsize)n, reader->source->size - at - (gsize)n, 0,
			"the evidence became shorter while it was read");
	if (n < 0 || (gsize)n < wanted)
		reader->is_drained = TRUE;
	return n > 0;
}

/*
 * Where the line at the start ends, reading on until more than @max bytes of it are there; else the
 * end of the buffer.
 */
static gsize find_end(LineReader *reader, gsize *ret_after, gsize max)
{
	for (;;) {
		Slice bytes = slice_make(reader->buffer->data, reader->buffer->len);
		gsize end =
			line_format_find_end(&reader->format, bytes, reader->searched, ret_after);

		if (end < bytes.size)
			return end;
		reader->searched = bytes.size & ~((gsize)reader->format.unit - 1);
		if (bytes.size - reader->start > max || !fill(reader))
			break;
	}
	*ret_after = reader->buffer->len;
	return reader->buffer->len;
}

/* Passes over the rest of a line too long, which begins behind the buffer; returns its size. */
static guint64 pass_over(LineReader *reader)
{
	g_autoptr(GByteArray) block = g_byte_array_new();
	guint64 start = buffer_end(reader), at = start;
	gsize end, after;
	gssize n;

	g_byte_array_set_size(block, READ_BYTES);
	for (;;) {
		n = source_read(reader->source, at, block->data, READ_BYTES, NULL);
		if (n <= 0)
			return at - start;

		Slice bytes = slice_make(block->data, (gsize)n);

		end = line_format_find_end(&reader->format, bytes, 0, &after);
		at += after;
		if (end < bytes.size)
			return at - start;
	}
}

/* ---- lines ---- */

/* @text up to the last whole character. */
static Slice without_cut_character(Slice text)
{
	for (guint i = 0; i < 3 && text.size > 0; i++) {
		guint8 last = text.data[text.size - 1];

		if (last < 0x80)
			break;
		text.size--;
		if (last >= 0xc0)
			break;
	}
	return text;
}

/* TRUE where the line is another range's, which tells what is odd about it. */
static gboolean is_others(const LineReader *reader)
{
	const LineOptions *options = &reader->options;
	guint64 offset = reader->line.offset;

	return options->told_to > 0 && (offset < options->told_from || offset >= options->told_to);
}

/* Makes @line->text, which holds the bytes of the buffer up to @end, into text. */
static void decode(LineReader *reader, gsize end)
{
	Line *line = &reader->line;

	line->type = VALUE_UTF8;
	if (reader->format.encoding != TEXT_BYTES) {
		g_string_truncate(reader->text, 0);
		line_format_append_utf16(&reader->format, reader->text, line->text);
		line->text = slice_make(reader->text->str, reader->text->len);
		return;
	}
	if (end <= reader->ascii)
		return;
	reader->ascii = scan_beyond_ascii(slice_make(reader->buffer->data, reader->buffer->len),
		MAX(reader->ascii, reader->start));
	if (end <= reader->ascii)
		return;
	reader->ascii = end;
	if (scan_is_utf8(line->text))
		return;
	if (line->is_cut && scan_is_utf8(without_cut_character(line->text))) {
		line->text = without_cut_character(line->text);
		return;
	}
	line->type = VALUE_ANSI;
	if (!is_others(reader) && reader->n_ansi++ == 0)
		reader->first_ansi = line->offset;
}

static void strip_cr(Slice *text)
{
	while (text->size > 0 && text->data[text->size - 1] == '\r')
		text->size--;
}

/* Says that the line is too long, and finds its end where the buffer does not hold it. */
static void cut_line(LineReader *reader, gboolean goes_on)
{
	Line *line = &reader->line;
	g_autofree char *note = NULL;

	line->is_cut = TRUE;
	reader->passed_over = goes_on ? pass_over(reader) : 0;
	line->size += reader->passed_over;
	if (is_others(reader))
		return;
	note = g_strdup_printf("line %" G_GUINT64_FORMAT " has %" G_GUINT64_FORMAT
			       " bytes: only the first %u were read (LIMIT_LINE_BYTES)",
		line->number, line->size, LIMIT_LINE_BYTES);
	report(reader, GAP_LIMIT, line->offset + LIMIT_LINE_BYTES, line->size - LIMIT_LINE_BYTES, 1,
		note);
}

static void note_header(LineReader *reader)
{
	const Line *line = &reader->line;
	int kind;

	if (line->text.size == 0 || line->text.data[0] != (guint8)reader->options.header_start ||
		line->size > LIMIT_HEADER_LINE_BYTES)
		return;
	kind = reader->options.header_kind(line->text);
	if (kind >= 0 && kind < LINE_HEADER_KINDS)
		reader->place.headers[kind] = line->offset;
}

/* All lines of the range are read: what is known there helps the task that comes next. */
static void remember_end(LineReader *reader)
{
	if (!reader->options.memo || reader->range_end >= reader->source->size ||
		reader->range_start >= reader->range_end)
		return;
	reader->place.offset = reader->range_end;
	/* The last line's end counts only where it lies wholly before. */
	reader->place.n_ends = reader->n_lines;
	if (position(reader) > reader->range_end)
		reader->place.n_ends--;
	line_memo_add(reader->options.memo, reader->source->number, &reader->place);
	reader->options.memo = NULL;
}

static gboolean read_line(LineReader *reader, Line *ret)
{
	Line *line = &reader->line;
	gboolean is_inside = position(reader) < reader->range_end;
	gsize after, end, size;

	if (!is_inside)
		remember_end(reader);
	end = find_end(reader, &after, LIMIT_LINE_BYTES);
	size = end - reader->start;
	if (after == reader->start)
		return FALSE;
	*line = (Line){
		.offset = reader->buffer_offset + reader->start,
		.size = after - reader->start,
		.number = ++reader->n_lines,
		.text = slice_make(
			&reader->buffer->data[reader->start], MIN(size, LIMIT_LINE_BYTES)),
	};
	if (size > LIMIT_LINE_BYTES)
		cut_line(reader, end == reader->buffer->len);
	decode(reader, reader->start + line->text.size);
	if (!line->is_cut)
		strip_cr(&line->text);
	if (is_inside && reader->options.header_start)
		note_header(reader);
	reader->start = reader->searched = after;
	*ret = *line;
	return TRUE;
}

static gboolean take_unread(LineReader *reader, Line *ret)
{
	reader->is_unread = FALSE;
	*ret = reader->line;
	return TRUE;
}

gboolean line_reader_next(LineReader *reader, Line *ret)
{
	if (reader->is_unread)
		return reader->line.offset < reader->range_end && take_unread(reader, ret);
	if (position(reader) < reader->range_end)
		return read_line(reader, ret);
	remember_end(reader);
	return FALSE;
}

gboolean line_reader_next_beyond(LineReader *reader, Line *ret)
{
	return reader->is_unread ? take_unread(reader, ret) : read_line(reader, ret);
}

void line_reader_unread(LineReader *reader)
{
	reader->is_unread = TRUE;
}
