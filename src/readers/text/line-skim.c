/* SPDX-License-Identifier: Apache-2.0 */
#include "readers/text/line-skim.h"

#include "base/limits.h"
#include "base/text.h"
#include "readers/text/scan.h"

#define SKIM_BYTES (256u << 10) /* stays in the processor's second cache */

typedef struct Skim {
	const Source *source;
	const LineFormat *format;
	const LineOptions *options;
	LinePlace *place;
	GString *header; /* scratch */
} Skim;

LinePlace line_place_start(const LineFormat *format)
{
	LinePlace place = { .offset = format->mark_bytes };

	for (guint kind = 0; kind < LINE_HEADER_KINDS; kind++)
		place.headers[kind] = LINE_PLACE_NO_HEADER;
	return place;
}

/* @text without the CRs before its end. */
static Slice without_cr(Slice text)
{
	while (text.size > 0 && text.data[text.size - 1] == '\r')
		text.size--;
	return text;
}

static void append_decoded(const LineFormat *format, GString *ret, Slice raw)
{
	gsize start = ret->len;

	if (format->encoding == TEXT_BYTES) {
		raw = without_cr(raw);
		g_string_append_len(ret, (const char *)raw.data, (gssize)raw.size);
		return;
	}
	line_format_append_utf16(format, ret, raw);
	while (ret->len > start && ret->str[ret->len - 1] == '\r')
		g_string_truncate(ret, ret->len - 1);
}

/* The bytes of the line at @offset, in @ret as they are or, from UTF-16, as UTF-8. */
static gboolean read_line_at(
	const Source *source, const LineFormat *format, guint64 offset, GString *ret)
{
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	gssize size;
	gsize after, end;

	g_byte_array_set_size(bytes, LIMIT_HEADER_LINE_BYTES + 2);
	size = source_read(source, offset, bytes->data, bytes->len, NULL);
	if (size < 0)
		return FALSE;

	Slice raw = slice_make(bytes->data, (gsize)size);

	end = line_format_find_end(format, raw, 0, &after);
	if (after > LIMIT_HEADER_LINE_BYTES)
		return FALSE;
	append_decoded(format, ret, slice_sub(raw, 0, end));
	return TRUE;
}

gboolean line_read_header(
	const Source *source, const LineFormat *format, guint64 offset, GString *ret)
{
	g_autoptr(GString) line = g_string_new(NULL);
	Slice text;

	if (!read_line_at(source, format, offset, line))
		return FALSE;
	text = slice_make(line->str, line->len);
	if (scan_is_utf8(text))
		g_string_append_len(ret, line->str, (gssize)line->len);
	else
		text_append_ansi(ret, text);
	return TRUE;
}

/* A line that may be a header starts at @start of @block, which lies at the place's offset. */
static void take_header(Skim *skim, Slice block, gsize start)
{
	guint64 offset = skim->place->offset + start;
	gsize after, end = line_format_find_end(skim->format, block, start, &after);
	int kind = -1;

	if (end < block.size && after - start > LIMIT_HEADER_LINE_BYTES)
		return;
	if (end < block.size && skim->format->unit == 1) {
		kind = skim->options->header_kind(
			without_cr(slice_make(&block.data[start], end - start)));
	} else {
		g_string_truncate(skim->header, 0);
		if (read_line_at(skim->source, skim->format, offset, skim->header))
			kind = skim->options->header_kind(
				slice_make(skim->header->str, skim->header->len));
	}
	if (kind >= 0 && kind < LINE_HEADER_KINDS)
		skim->place->headers[kind] = offset;
}

static gboolean is_header_start(const Skim *skim, Slice block, gsize at)
{
	guint low = skim->format->encoding == TEXT_UTF16BE ? 1 : 0;

	if (skim->options->header_start == 0 || block.size - at < skim->format->unit)
		return FALSE;
	if (block.data[at + low] != (guint8)skim->options->header_start)
		return FALSE;
	return skim->format->unit == 1 || block.data[at + 1 - low] == 0;
}

/* One block of whole units; @at_start: a line starts with it. Returns whether one ends with it. */
static gboolean skim_utf16(Skim *skim, Slice block, gboolean at_start)
{
	gsize at = 0, after = 0;

	if (at_start && is_header_start(skim, block, 0))
		take_header(skim, block, 0);
	while (line_format_find_end(skim->format, block, at, &after) < block.size) {
		skim->place->n_ends++;
		if (after < block.size && is_header_start(skim, block, after))
			take_header(skim, block, after);
		at = after;
	}
	return at == block.size;
}

static gboolean skim_bytes(Skim *skim, Slice block, gboolean at_start)
{
	guint8 end = skim->format->end, start = (guint8)skim->options->header_start;

	skim->place->n_ends += scan_count(block, end);
	if (start) {
		for (gsize at = scan_byte(block, 0, start); at < block.size;
			at = scan_byte(block, at + 1, start)) {
			if (at > 0 ? block.data[at - 1] == end : at_start)
				take_header(skim, block, at);
		}
	}
	return block.data[block.size - 1] == end;
}

/* Whether a line starts at the place: at the start, and behind a line end. */
static gboolean starts_line(const Skim *skim)
{
	guint8 before[2] = { 0, 0 };
	guint unit = skim->format->unit;
	guint64 offset = skim->place->offset;
	gsize after;

	if (offset <= skim->format->mark_bytes)
		return TRUE;
	if (source_read(skim->source, offset - unit, before, unit, NULL) != (gssize)unit)
		return FALSE;
	return line_format_find_end(skim->format, slice_make(before, unit), 0, &after) < unit;
}

gboolean line_skim(const Source *source, const LineFormat *format, const LineOptions *options,
	guint64 offset, LinePlace *place, GError **error)
{
	g_autoptr(GByteArray) buffer = g_byte_array_new();
	g_autoptr(GString) header = g_string_new(NULL);
	Skim skim = { source, format, options, place, header };
	gboolean at_start;

	if (place->offset >= offset)
		return TRUE;
	at_start = starts_line(&skim);
	g_byte_array_set_size(buffer, SKIM_BYTES);
	while (place->offset < offset) {
		gsize wanted = (gsize)MIN(SKIM_BYTES, offset - place->offset);
		gssize n = source_read(source, place->offset, buffer->data, wanted, error);

		if (n < 0)
			return FALSE;
		n -= n % format->unit;
		if (n == 0)
			break;

		Slice block = slice_make(buffer->data, (gsize)n);

		at_start = format->unit == 1 ? skim_bytes(&skim, block, at_start)
					     : skim_utf16(&skim, block, at_start);
		place->offset += (gsize)n;
	}
	return TRUE;
}
