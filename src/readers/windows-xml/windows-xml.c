/* SPDX-License-Identifier: Apache-2.0 */
#include "readers/windows-xml/windows-xml.h"

#include "base/limits.h"
#include "readers/text/lines.h"
#include "readers/text/scan.h"
#include "readers/windows-xml/event.h"
#include "readers/windows-xml/window.h"

/* UTF-16 has two bytes for a character. Even, so that ranges begin at a character. */
#define EVENT_BYTES (2 * LIMIT_XML_EVENT_BYTES)
#define TAG_BYTES   (2 * LIMIT_XML_TAG_BYTES)

struct ReaderLibrary {
	XmlEvents *events;
};

typedef struct XmlState {
	ReaderLibrary *library;
	const ReaderReport *report;
	Window *window;
	guint64 at;  /* where to look on */
	guint64 end; /* of the range */
	GString *text;
	gboolean is_first;     /* what lies before the range's first event is another's */
	guint64 no_end_before; /* no end tag begins from @at up to there */
	guint64 n_ansi, first_ansi;
} XmlState;

/* ---- probe and library ---- */

/* XML begins with a tag. Behind words an event can begin a line (evtxexport says what it is), but
 * not stand in one: that is a text about events, or another log that holds some. */
static guint score_at(Slice text, gsize event)
{
	gsize at = 0;

	while (at < event && g_ascii_isspace(text.data[at]))
		at++;
	if (text.data[at] == '<' && (at == event || !g_ascii_isdigit(text.data[at + 1])))
		return 96;
	for (at = event; at > 0 && text.data[at - 1] != '\n'; at--) {
		if (!g_ascii_isspace(text.data[at - 1]))
			return 0;
	}
	return 30;
}

static guint xml_probe(Slice head, const char *name)
{
	TextHead text;
	guint score = 0;
	Slice rest;

	text_head_init(&text, head);
	rest = slice_make(text.text->str, text.text->len);
	for (gsize at = 0; at < rest.size && score == 0; at++) {
		Slice tail = slice_sub(rest, at, rest.size);
		const guint8 *found = memmem(tail.data, tail.size, "<Event", 6);

		if (!found)
			break;
		at += (gsize)(found - tail.data);
		if (xml_event_starts(slice_sub(rest, at, rest.size)))
			score = score_at(rest, at);
	}
	text_head_clear(&text);
	return score;
}

static ReaderLibrary *xml_library_new(void)
{
	ReaderLibrary *library = g_new0(ReaderLibrary, 1);

	library->events = xml_events_new();
	return library;
}

static void xml_library_free(ReaderLibrary *library)
{
	if (!library)
		return;
	xml_events_free(library->events);
	g_free(library);
}

/* ---- the task ---- */

static gboolean xml_plan(
	const Source *source, Plan *ret_plan, const ReaderReport *report, GError **error)
{
	lines_plan(source, ret_plan); /* the same units */
	return TRUE;
}

static void *xml_open(const Source *source, ReaderLibrary *library, const ReadTask *task,
	const ReaderReport *report, GError **error)
{
	XmlState *state = g_new0(XmlState, 1);

	*state = (XmlState){
		.library = library,
		.report = report,
		.window = window_new(source),
		.at = task->first_unit * LINES_UNIT_BYTES,
		.end = (task->first_unit + task->n_units) * LINES_UNIT_BYTES,
		.text = g_string_new(NULL),
		.is_first = TRUE,
	};
	state->end = MIN(state->end, source->size);
	return state;
}

static void tell(const XmlState *state, GapKind kind, guint64 offset, guint64 size, guint64 records,
	const char *note)
{
	Gap gap = {
		.kind = kind, .offset = offset, .size = size, .records = records, .note = note
	};

	state->report->gap(state->report->context, &gap);
}

/* The bytes at @offset. An error of reading is told, and ends the range. */
static Slice bytes_at(XmlState *state, guint64 offset, gsize size)
{
	g_autoptr(GError) error = NULL;
	Slice bytes = window_at(state->window, offset, size, &error);

	if (error) {
		tell(state, GAP_UNREADABLE, offset, 0, 0, error->message);
		state->end = offset;
		return SLICE_EMPTY;
	}
	return bytes;
}

/* ---- finding events ---- */

static gboolean starts_at(XmlState *state, Slice bytes, gsize at)
{
	Slice tag = slice_sub(bytes, at, TAG_BYTES);
	gsize next;

	if (window_encoding(state->window) == WINDOW_BYTES)
		return xml_event_starts(tag);
	/* No more than it takes is decoded: up to the next tag, and that one's name. */
	next = window_find(state->window, tag, 2, "<");
	tag = slice_sub(tag, 0, next + 2 * strlen("<System"));
	g_string_truncate(state->text, 0);
	window_append_text(state->window, state->text, slice_sub(tag, 0, tag.size & ~(gsize)1));
	return xml_event_starts(slice_make(state->text->str, state->text->len));
}

/* Where the next event begins in @bytes, from @from on; bytes.size: nowhere. */
static gsize find_start(XmlState *state, Slice bytes, gsize from)
{
	for (;;) {
		from = window_find(state->window, bytes, from, "<Event");
		if (from == bytes.size || starts_at(state, bytes, from))
			return from;
		from += 2;
	}
}

/* What lies between events and is not theirs: blanks, a root element, and remains of damage. */
static void look_between(XmlState *state, Slice bytes, gsize size)
{
	Slice between = slice_sub(bytes, 0, size);
	gsize found = window_find(state->window, between, 0, "</Event>");

	if (state->is_first && found < between.size) /* the one that began before the range */
		found = window_find(state->window, between, found + 2, "</Event>");
	if (found < between.size)
		tell(state, GAP_DAMAGED, state->at, size, 0,
			"What ends an event here has no beginning; it was passed over.");
}

/* Moves to the next event of the range. */
static gboolean next_start(XmlState *state)
{
	while (state->at < state->end) {
		Slice bytes = bytes_at(state, state->at, EVENT_BYTES + TAG_BYTES);
		gsize found = find_start(state, bytes, 0);

		if (found < bytes.size) {
			look_between(state, bytes, found);
			state->at += found;
			state->is_first = FALSE;
			return state->at < state->end;
		}
		if (bytes.size < EVENT_BYTES + TAG_BYTES) { /* the end of the evidence */
			look_between(state, bytes, bytes.size);
			state->at = state->end;
			return FALSE;
		}
		/* A start tag can begin in what is left to look at again. */
		look_between(state, bytes, bytes.size - TAG_BYTES);
		state->at += bytes.size - TAG_BYTES;
		state->is_first = FALSE;
	}
	return FALSE;
}

typedef enum EventEnd {
	END_TAG,
	END_NEXT, /* the next event begins before this one ends */
	END_EVIDENCE,
	END_LIMIT,
} EventEnd;

/* Where the next end tag begins in @whole, which stands at state->at; whole.size: nowhere. */
static gsize find_end_tag(XmlState *state, Slice whole)
{
	gsize known = state->no_end_before > state->at
		? (gsize)MIN(state->no_end_before - state->at, whole.size)
		: 0;
	gsize found = window_find(state->window, whole, known, "</Event>");
	gsize tag = 2 * strlen("</Event>"); /* half of one can stand at the end */

	/* Beginnings without end, one behind the other, do not have it sought for each of them. */
	if (found < whole.size || whole.size > tag)
		state->no_end_before = state->at + (found < whole.size ? found : found - tag);
	return found;
}

/* The event at state->at, and how it ends. */
static Slice take_event(XmlState *state, EventEnd *ret)
{
	Slice bytes = bytes_at(state, state->at, EVENT_BYTES + TAG_BYTES);
	gsize unit = window_encoding(state->window) == WINDOW_BYTES ? 1 : 2;
	gsize limit = MIN(bytes.size, unit * LIMIT_XML_EVENT_BYTES);
	Slice whole = slice_sub(bytes, 0, limit);
	gsize end = find_end_tag(state, whole);
	gsize next = find_start(state, slice_sub(bytes, 0, end), 2);

	*ret = END_TAG;
	if (end < limit && next >= end)
		return slice_sub(bytes, 0, end + unit * strlen("</Event>"));
	if (next < end) {
		*ret = END_NEXT;
		return slice_sub(bytes, 0, next);
	}
	*ret = limit == bytes.size ? END_EVIDENCE : END_LIMIT;
	return whole;
}

/* ---- events ---- */

static Slice text_of(XmlState *state, Slice bytes, ValueType *ret_type)
{
	*ret_type = VALUE_UTF8;
	if (window_encoding(state->window) != WINDOW_BYTES) {
		g_string_truncate(state->text, 0);
		window_append_text(state->window, state->text, bytes);
		return slice_make(state->text->str, state->text->len);
	}
	if (!scan_is_utf8(bytes)) {
		*ret_type = VALUE_ANSI;
		if (state->n_ansi++ == 0)
			state->first_ansi = state->at;
	}
	return bytes;
}

static GapKind tell_end(XmlState *state, EventEnd end, XmlEventResult result, const char **trouble)
{
	switch (end) {
	case END_NEXT:
		*trouble = "the next one begins before it ends";
		return GAP_DAMAGED;
	case END_EVIDENCE:
		*trouble = "the evidence ends before it does";
		return GAP_TRUNCATED;
	case END_LIMIT:
		*trouble = "it is longer than LIMIT_XML_EVENT_BYTES";
		return GAP_LIMIT;
	default:
		return result == XML_EVENT_CUT ? GAP_LIMIT : GAP_DAMAGED;
	}
}

static NextResult read_event(XmlState *state, Event *ret_event)
{
	EventEnd end;
	Slice bytes = take_event(state, &end), text;
	XmlEventResult result;
	const char *trouble = NULL;
	ValueType type;

	if (bytes.size == 0)
		return NEXT_DAMAGED; /* told by bytes_at() */
	text = text_of(state, bytes, &type);
	result = xml_events_read(state->library->events, text, type, ret_event, &trouble);
	if (result != XML_EVENT_WHOLE || end != END_TAG) {
		GapKind kind = tell_end(state, end, result, &trouble);
		g_autofree char *note = g_strdup_printf("An event was read %s: %s.",
			result == XML_EVENT_NONE ? "not at all" : "only in part", trouble);

		tell(state, kind, state->at, bytes.size, 1, note);
	}
	ret_event->offset = state->at;
	state->at += bytes.size;
	return result == XML_EVENT_NONE ? NEXT_DAMAGED : NEXT_EVENT;
}

static NextResult xml_next(void *data, Event *ret_event)
{
	XmlState *state = data;

	xml_events_start(state->library->events);
	if (!next_start(state))
		return NEXT_END;
	return read_event(state, ret_event);
}

static void xml_close(void *data)
{
	XmlState *state = data;

	if (!state)
		return;
	if (state->n_ansi)
		tell(state, GAP_ENCODING, state->first_ansi, 0, state->n_ansi,
			"Events that are not UTF-8 were read as Windows-1252.");
	window_free(state->window);
	g_string_free(state->text, TRUE);
	g_free(state);
}

static const char *const host_columns[] = { "Computer", NULL };
static const char *const channel_columns[] = { "Channel", NULL };

const Reader windows_xml_reader = {
	.name = "windows-xml",
	.description = "Windows events as XML",
	.docs = "docs/evidence-windows-xml.md",
	.probe = xml_probe,
	.library_new = xml_library_new,
	.library_free = xml_library_free,
	.plan = xml_plan,
	.open = xml_open,
	.next = xml_next,
	.close = xml_close,
	.host_columns = host_columns,
	.channel_columns = channel_columns,
};
