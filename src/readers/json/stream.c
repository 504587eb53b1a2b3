/* SPDX-License-Identifier: Apache-2.0 */
#include "readers/json/stream.h"

#include "base/limits.h"
#include "readers/json/layout.h"
#include "readers/text/line-format.h"
#include "readers/text/scan.h"

#define READ_BYTES   (1u << 20)
#define KEPT_BYTES   (64u << 10) /* behind the window's start, before it is moved */
#define SALVAGE_MOST 16		 /* objects without end, behind which something is looked for */

typedef struct Window {
	GString *text;	/* UTF-8, or the bytes as they are */
	gsize at;	/* what comes before is done with */
	guint64 offset; /* in the evidence, of @at */
	guint64 read;	/* offset of what is not in the window yet */
	gboolean is_at_end;
} Window;

struct Stream {
	const Source *source;
	const ReaderReport *report;
	LineFormat format;
	guint8 *buffer;
	Window window;
	Finder finder;
	guint64 n_objects, n_broken, first_untold, untold_end;
	guint64 n_unread, first_unread; /* fields behind the events of envelopes */
	guint n_salvaged;
	/* Damage behind which the next event is looked for. */
	gboolean is_resuming;
	guint64 damage;
	const char *trouble;
};

static Slice window_text(const Stream *s)
{
	return slice_make(s->window.text->str, s->window.text->len);
}

/* ---- reading ---- */

/* The offset in the evidence of the place @to of the window, which is not before its start. */
static guint64 offset_of(const Stream *s, gsize to)
{
	Slice between = slice_sub(window_text(s), s->window.at, to - s->window.at);

	return s->window.offset +
		(s->format.encoding == TEXT_BYTES ? between.size : 2 * token_units(between));
}

static void move_to(Stream *s, gsize at)
{
	s->window.offset = offset_of(s, at);
	s->window.at = at;
	if (at < KEPT_BYTES || at < s->window.text->len / 2)
		return;
	g_string_erase(s->window.text, 0, (gssize)at);
	s->window.at = 0;
}

/* Bytes at the end of UTF-16 that may be half of something. */
static gsize half_bytes(const Stream *s, Slice bytes)
{
	gsize odd = bytes.size % 2;
	guint8 high;

	if (bytes.size < 2 + odd)
		return odd;
	high = bytes.data[bytes.size - odd - (s->format.encoding == TEXT_UTF16LE ? 1 : 2)];
	return high >= 0xD8 && high < 0xDC ? odd + 2 : odd;
}

/* Adds what comes next to the window; FALSE at the end of the evidence. */
static gboolean read_more(Stream *s)
{
	Window *w = &s->window;
	g_autoptr(GError) error = NULL;
	gssize size;
	Slice bytes;

	if (w->is_at_end)
		return FALSE;
	size = source_read(s->source, w->read, s->buffer, READ_BYTES, &error);
	bytes = slice_make(s->buffer, (gsize)MAX(size, 0));
	w->is_at_end = bytes.size < READ_BYTES;
	if (size < 0) {
		const Gap gap = {
			.kind = GAP_UNREADABLE, .offset = w->read, .note = error->message
		};

		s->report->gap(s->report->context, &gap);
	}
	if (s->format.encoding == TEXT_BYTES) {
		g_string_append_len(w->text, (const char *)bytes.data, (gssize)bytes.size);
	} else {
		if (!w->is_at_end)
			bytes.size -= half_bytes(s, bytes);
		line_format_append_utf16(
			&s->format, w->text, slice_sub(bytes, 0, bytes.size & ~(gsize)1));
	}
	w->read += bytes.size;
	return bytes.size > 0;
}

Stream *stream_new(const Source *source, const ReaderReport *report, GError **error)
{
	LineFormat format;

	if (!line_format_detect(source, &format, error))
		return NULL;

	Stream *s = g_new0(Stream, 1);

	s->source = source;
	s->report = report;
	s->format = format;
	s->buffer = g_malloc(READ_BYTES);
	s->window.text = g_string_sized_new(2 * READ_BYTES);
	s->window.offset = s->window.read = format.mark_bytes;
	return s;
}

/* ---- saying what is wrong ---- */

static void report_gap(Stream *s, GapKind kind, guint64 offset, guint64 size, const char *note)
{
	const Gap gap = {
		.kind = kind, .offset = offset, .size = size, .records = 1, .note = note
	};

	s->report->gap(s->report->context, &gap);
}

static void report_broken(Stream *s, guint64 offset, guint64 size, const char *why)
{
	g_autofree char *note = NULL;

	if (s->n_broken++ >= LIMIT_BROKEN_LINES_TOLD) {
		if (s->n_broken == LIMIT_BROKEN_LINES_TOLD + 1)
			s->first_untold = offset;
		s->untold_end = offset + size;
		return;
	}
	note = g_strdup_printf("behind object %" G_GUINT64_FORMAT ": %s", s->n_objects, why);
	report_gap(s, GAP_DAMAGED, offset, size, note);
}

void stream_free(Stream *s)
{
	if (!s)
		return;
	if (s->n_broken > LIMIT_BROKEN_LINES_TOLD) {
		guint64 n = s->n_broken - LIMIT_BROKEN_LINES_TOLD;
		g_autofree char *note = g_strdup_printf(
			"%" G_GUINT64_FORMAT " further place%s no JSON and %s passed over", n,
			n == 1 ? " is" : "s are", n == 1 ? "was" : "were");
		const Gap gap = { .kind = GAP_DAMAGED,
			.offset = s->first_untold,
			.size = s->untold_end - s->first_untold,
			.records = n,
			.note = note };

		s->report->gap(s->report->context, &gap);
	}
	layout_tell_unread(s->report, s->n_unread, s->first_unread);
	g_string_free(s->window.text, TRUE);
	g_free(s->buffer);
	g_free(s);
}

/* ---- going on behind trouble ---- */

static void start_resuming(Stream *s, guint64 damage, const char *trouble)
{
	s->is_resuming = TRUE;
	s->damage = damage;
	s->trouble = trouble;
}

/* Looks for the next event; what lies between is told. FALSE at the end of the evidence. */
static gboolean resume(Stream *s)
{
	for (;;) {
		gsize at = finder_resume(window_text(s), s->window.at);
		gboolean found = at < s->window.text->len;

		/* The last '{' may have its key in what is not read yet. */
		if (!found && at > s->window.at + KEPT_BYTES)
			at -= KEPT_BYTES;
		else if (!found)
			at = s->window.at;
		if (!found && !s->window.is_at_end) {
			move_to(s, at);
			(void)read_more(s);
			continue;
		}
		move_to(s, found ? at : s->window.text->len);
		s->is_resuming = FALSE;
		report_broken(s, s->damage, s->window.offset - s->damage, s->trouble);
		return found;
	}
}

/* Passes over the object at the window's start, which is too large to hold. */
static void pass_over_large(Stream *s)
{
	Skipping skipping = { 0 };
	guint64 start = s->window.offset;
	gboolean done = FALSE;

	for (;;) {
		gsize end = token_skip(window_text(s), s->window.at, &skipping, &done);

		move_to(s, end);
		if (done || !read_more(s))
			break;
	}
	s->n_objects++;
	report_gap(s, GAP_LIMIT, start, s->window.offset - start,
		"an object is larger than LIMIT_LINE_BYTES; it was not read");
}

/* What stands between objects and is neither separator nor object. */
static StreamResult pass_over_other(Stream *s)
{
	Slice text = window_text(s);
	gsize start = s->window.at, end = scan_byte(text, start, '{');
	guint64 offset = s->window.offset;
	gboolean is_harmless = layout_is_record_line(text, start, end);

	if (text.data[start] == '}')
		end = start + 1; /* left over from an object that was damaged */
	move_to(s, end);
	if (is_harmless)
		return STREAM_OBJECT;
	report_broken(s, offset, s->window.offset - offset, "this is no object");
	return STREAM_DAMAGED;
}

/* ---- objects ---- */

static StreamResult take_short(Stream *s)
{
	if (!s->window.is_at_end && s->window.text->len - s->window.at < LIMIT_LINE_BYTES) {
		/* Doubled, so that a long object is not parsed as often as it has pieces. */
		gsize wanted = MIN(2 * (s->window.text->len - s->window.at), LIMIT_LINE_BYTES);

		while (s->window.text->len - s->window.at < wanted && read_more(s))
			;
		return STREAM_OBJECT;
	}
	if (s->window.text->len - s->window.at >= LIMIT_LINE_BYTES) {
		pass_over_large(s);
		return STREAM_DAMAGED;
	}
	s->n_objects++;
	report_gap(s, GAP_TRUNCATED, s->window.offset,
		offset_of(s, s->window.text->len) - s->window.offset,
		"the evidence ends inside of an object");

	gsize next = s->n_salvaged++ < SALVAGE_MOST
		? finder_resume(window_text(s), s->window.at + 1)
		: s->window.text->len;

	move_to(s, next);
	return STREAM_DAMAGED;
}

static StreamResult take_bad(Stream *s, const Parser *parser)
{
	guint64 offset = offset_of(s, parser->bad_at);

	s->n_objects++;
	if (window_text(s).data[parser->bad_at] == '{') {
		report_broken(s, s->window.offset, offset - s->window.offset, parser->trouble);
		move_to(s, parser->bad_at);
	} else {
		start_resuming(s, s->window.offset, parser->trouble);
		move_to(s, parser->bad_at);
	}
	return STREAM_DAMAGED;
}

/* What the finder says of the window from its start on, which is moved to where it got. */
static FindResult look(Stream *s)
{
	gsize at = s->window.at;
	FindResult found;

	s->finder.is_last = s->window.is_at_end;
	s->finder.n_unread = 0;
	found = finder_next(&s->finder, window_text(s), &at);
	if (s->finder.n_unread > 0 && s->n_unread == 0)
		s->first_unread = offset_of(s, s->finder.unread_at);
	s->n_unread += s->finder.n_unread;
	move_to(s, MIN(at, s->window.text->len));
	return found;
}

/* Brackets that are still open say that something was cut off, though no event was. */
static StreamResult end(Stream *s)
{
	gboolean is_open = s->finder.n_arrays > 0 || s->finder.n_levels > 0;

	s->finder = (Finder){ 0 };
	if (!is_open || s->n_broken > 0)
		return STREAM_END;
	report_gap(s, GAP_TRUNCATED, s->window.offset, 0,
		"the evidence ends inside of a list of events; there may have been more");
	return STREAM_DAMAGED;
}

/* At an object, or what is left to say of damage; STREAM_OBJECT where the window is at a '{'. */
static StreamResult find(Stream *s)
{
	for (;;) {
		if (s->is_resuming)
			return resume(s) ? STREAM_DAMAGED : STREAM_END;
		switch (look(s)) {
		case FIND_OBJECT:
			return STREAM_OBJECT;
		case FIND_END:
			if (!read_more(s))
				return end(s);
			break;
		case FIND_MORE:
			(void)read_more(s); /* where there is nothing, it need not wait for more */
			break;
		case FIND_OTHER:
			if (pass_over_other(s) == STREAM_DAMAGED)
				return STREAM_DAMAGED;
		}
	}
}

StreamResult stream_next(
	Stream *s, Parser *parser, Names *names, guint64 *ret_offset, guint64 *ret_number)
{
	for (;;) {
		StreamResult result = find(s);
		gsize end;

		if (result != STREAM_OBJECT)
			return result;
		switch (parser_read(parser, names, window_text(s), s->window.at, &end)) {
		case PARSE_WHOLE:
			if (end - s->window.at > LIMIT_LINE_BYTES) {
				pass_over_large(s);
				return STREAM_DAMAGED;
			}
			*ret_offset = s->window.offset;
			*ret_number = ++s->n_objects;
			/* The leaves lie in the window, which must not move before the next call.
			 */
			s->window.offset = offset_of(s, end);
			s->window.at = end;
			return STREAM_OBJECT;
		case PARSE_BAD:
			return take_bad(s, parser);
		default:
			if (take_short(s) == STREAM_DAMAGED)
				return STREAM_DAMAGED;
		}
	}
}
