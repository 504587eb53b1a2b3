/* SPDX-License-Identifier: Apache-2.0 */
#include "readers/lines/lines-reader.h"

#include "base/limits.h"
#include "base/text.h"
#include "readers/lines/start.h"
#include "readers/text/lines.h"
#include "readers/wide.h"

#define PROBE_LINES 200
#define SCORE	    20 /* any reader that knows more goes first */

enum {
	COLUMN_FORMAT,
	COLUMN_TIMESTAMP,
	COLUMN_MESSAGE,
};

static const WideColumn columns[] = {
	[COLUMN_FORMAT] = { "LogFormat", "lines" },
	[COLUMN_TIMESTAMP] = { "timestamp", NULL },
	[COLUMN_MESSAGE] = { "message", NULL },
};

struct ReaderLibrary {
	Wide *wide;
	LineMemo *memo;
};

typedef struct LinesState {
	ReaderLibrary *library;
	const ReaderReport *report;
	LineReader *lines;
	guint64 start, end; /* of the range */
	StampClock clock;
	MonthOrder order;    /* of dates like 03/02/2021 */
	gboolean has_last;   /* a line with a time was seen: */
	guint64 last_offset; /* its first byte, */
	guint64 last_number; /* and line number */
	GString *text;	     /* of the event at hand */
	guint64 n_loose, first_loose;
	guint64 n_months; /* that were taken for what stands before the day */
} LinesState;

/* ---- probe and library ---- */

/* Lines that go on with the one before, in most logs: they say nothing about the file. */
static gboolean goes_on(Slice line)
{
	static const char *const starts[] = { "Caused by:", "Traceback ", "at ", "... ", "}" };

	if (line.size == 0 || g_ascii_isspace(line.data[0]))
		return TRUE;
	for (guint i = 0; i < G_N_ELEMENTS(starts); i++) {
		Slice start = slice_from_text(starts[i]);

		if (slice_equal(slice_sub(line, 0, start.size), start))
			return TRUE;
	}
	return FALSE;
}

static guint lines_probe(Slice head, const char *name)
{
	guint n_lines = 0, n_good = 0;
	LineStart start;
	TextHead text;
	Slice rest;

	text_head_init(&text, head);
	rest = slice_make(text.text->str, text.text->len);
	for (guint i = 0; text.is_text && i < PROBE_LINES && rest.size > 0; i++) {
		const guint8 *end = memchr(rest.data, '\n', rest.size);
		gsize size = end ? (gsize)(end - rest.data) : rest.size;
		Slice line = slice_sub(rest, 0, size);
		gboolean is_good = line_start_read(line, &start);

		rest = slice_sub(rest, size + 1, rest.size);
		n_good += is_good;
		n_lines += is_good || !goes_on(line);
	}
	text_head_clear(&text);
	return n_good * 2 > n_lines ? SCORE : 0;
}

static ReaderLibrary *lines_library_new(void)
{
	ReaderLibrary *library = g_new0(ReaderLibrary, 1);

	library->wide = wide_new("lines", columns, G_N_ELEMENTS(columns));
	library->memo = line_memo_new();
	return library;
}

static void lines_library_free(ReaderLibrary *library)
{
	if (!library)
		return;
	wide_free(library->wide);
	line_memo_free(library->memo);
	g_free(library);
}

/* ---- the task ---- */

static gboolean lines_reader_plan(
	const Source *source, Plan *ret_plan, const ReaderReport *report, GError **error)
{
	lines_plan(source, ret_plan);
	return TRUE;
}

/*
 * Which of 03/02/2021 is the month, where the start of the evidence has a date that can only be
 * read in one way.
 */
static MonthOrder read_order(const Source *source)
{
	g_autofree guint8 *bytes = g_malloc(LINES_HEAD_BYTES);
	gssize n = source_read(source, 0, bytes, LINES_HEAD_BYTES, NULL);
	Slice rest = slice_make(bytes, (gsize)MAX(n, 0));

	while (rest.size > 0) {
		const guint8 *end = memchr(rest.data, '\n', rest.size);
		gsize size = end ? (gsize)(end - rest.data) : rest.size;
		LineStart start;

		if (line_start_read(slice_sub(rest, 0, size), &start) &&
			(start.order == MONTH_FIRST || start.order == DAY_FIRST))
			return start.order;
		rest = slice_sub(rest, size + 1, rest.size);
	}
	return MONTH_UNKNOWN;
}

static void lines_close(void *data);

static void *lines_open(const Source *source, ReaderLibrary *library, const ReadTask *task,
	const ReaderReport *report, GError **error)
{
	const guint64 from = task->first_unit * LINES_UNIT_BYTES;
	const guint64 to = from + task->n_units * LINES_UNIT_BYTES;
	const LineOptions options = { .memo = library->memo, .told_from = from, .told_to = to };
	LinesState *state = g_new0(LinesState, 1);
	ReadTask wider = *task;

	*state = (LinesState){
		.library = library,
		.report = report,
		.start = from,
		.end = to,
		.text = g_string_new(NULL),
	};
	if (task->first_unit > 0) {
		wider.first_unit--;
		wider.n_units++;
	}
	stamp_clock_init(&state->clock, source);
	state->order = read_order(source);
	state->lines = line_reader_new(source, &wider, &options, report, error);
	if (!state->lines) {
		lines_close(state);
		return NULL;
	}
	return state;
}

/* ---- events ---- */

/* TRUE where a line without time, at @line, belongs to the last one that has a time. */
static gboolean continues(const LinesState *state, const Line *line)
{
	return state->has_last && line->offset - state->last_offset < LIMIT_RECORD_BYTES &&
		line->number - state->last_number < LIMIT_RECORD_LINES;
}

static void append_line(LinesState *state, const Line *line)
{
	if (line->type == VALUE_ANSI)
		text_append_ansi(state->text, line->text);
	else
		g_string_append_len(
			state->text, (const char *)line->text.data, (gssize)line->text.size);
}

static void note_last(LinesState *state, const Line *line)
{
	state->has_last = TRUE;
	state->last_offset = line->offset;
	state->last_number = line->number;
}

/* Further lines of the event, wherever the range ends; gives the first that is not back. */
static void read_on(LinesState *state)
{
	LineStart start;
	Line line;

	while (line_reader_next_beyond(state->lines, &line)) {
		if (line_start_read(line.text, &start) || !continues(state, &line)) {
			line_reader_unread(state->lines);
			return;
		}
		g_string_append_c(state->text, '\n');
		append_line(state, &line);
	}
}

/* The next line that begins an event of the range. */
static gboolean next_first(
	LinesState *state, Line *ret, LineStart *ret_start, gboolean *ret_stamped)
{
	while (line_reader_next(state->lines, ret)) {
		*ret_stamped = line_start_read(ret->text, ret_start);
		if (*ret_stamped)
			note_last(state, ret);
		if (ret->offset < state->start || (!*ret_stamped && continues(state, ret)) ||
			ret->text.size == 0)
			continue;
		return TRUE;
	}
	return FALSE;
}

static NextResult lines_next(void *data, Event *ret_event)
{
	LinesState *state = data;
	Wide *wide = state->library->wide;
	gboolean is_stamped;
	LineStart start;
	Line line;

	wide_start(wide);
	if (!next_first(state, &line, &start, &is_stamped))
		return NEXT_END;
	*ret_event = (Event){ .time = INSTANT_NONE, .record = line.number, .offset = line.offset };
	g_string_truncate(state->text, 0);
	append_line(state, &line);
	if (is_stamped) {
		if (start.order == MONTH_ASSUMED && state->order == DAY_FIRST) {
			int month = start.stamp.month;

			start.stamp.month = start.stamp.day;
			start.stamp.day = month;
		}
		state->n_months += start.order == MONTH_ASSUMED && state->order == MONTH_UNKNOWN;
		ret_event->time = start.instant != INSTANT_NONE
			? start.instant
			: stamp_clock_instant(&state->clock, &start.stamp);
		(void)wide_set(wide, COLUMN_TIMESTAMP,
			wide_text(arena_copy(wide_arena(wide), start.timestamp), line.type));
		read_on(state);
	} else if (state->n_loose++ == 0) {
		state->first_loose = line.offset;
	}
	while (state->text->len > 0 && state->text->str[state->text->len - 1] == '\n')
		g_string_truncate(state->text, state->text->len - 1);
	(void)wide_set(wide, COLUMN_MESSAGE,
		wide_text(slice_make(state->text->str, state->text->len), VALUE_UTF8));
	wide_finish(wide, ret_event);
	return NEXT_EVENT;
}

static void lines_close(void *data)
{
	LinesState *state = data;
	Gap gap = { .kind = GAP_HEADER,
		.note = "Lines that no line with a time comes before are events that have a "
			"message and no time." };

	if (!state)
		return;
	line_reader_free(state->lines);
	gap.offset = state->first_loose;
	gap.records = state->n_loose;
	if (state->n_loose)
		state->report->gap(state->report->context, &gap);
	gap = (Gap){ .kind = GAP_TIME_ASSUMED,
		.note = "Dates like 03/02/2021 were taken for month, day and year." };
	if (state->n_months)
		state->report->gap(state->report->context, &gap);
	stamp_clock_report(&state->clock, state->report);
	g_string_free(state->text, TRUE);
	g_free(state);
}

static const char *const host_columns[] = { NULL };
static const char *const channel_columns[] = { "LogFormat", NULL };

const Reader lines_reader = {
	.name = "lines",
	.description = "other logs whose lines begin with a time",
	.docs = "docs/evidence-unix.md",
	.probe = lines_probe,
	.library_new = lines_library_new,
	.library_free = lines_library_free,
	.plan = lines_reader_plan,
	.open = lines_open,
	.next = lines_next,
	.close = lines_close,
	.host_columns = host_columns,
	.channel_columns = channel_columns,
};
