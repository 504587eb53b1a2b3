/* SPDX-License-Identifier: Apache-2.0 */
/*
 * msert.log of the Microsoft Safety Scanner, and mrt.log of the Malicious Software Removal Tool:
 * runs, one behind the other.
 *
 *	Microsoft Safety Scanner v1.405, (build 1.405.445.0)
 *	Started On Thu Feb 22 13:33:34 2024
 *
 *	Engine: 1.1.24010.10
 *	Run Mode: Scan Run in Quiet Mode
 *
 *	Quick Scan Results:
 *	-------------------
 *	Threat Detected: Virus:DOS/EICAR_Test_File, not removed.
 *	    Action: NoAction, Result: 0x00000000
 *	        file://C:\Windows\eicar.com
 *	            SigSeq: 0x00000555DC2DDDB0
 *	        containerfile://C:\Windows\eicarcom2.zip
 *
 *	Results Summary:
 *	----------------
 *	Found Virus:DOS/EICAR_Test_File, not removed.
 *	Microsoft Safety Scanner Finished On Thu Feb 22 13:35:58 2024
 *
 *	Return code: 7 (0x7)
 *
 * Each threat is an event, at the time when the run started (the log tells no other), and so is
 *each run, at its end. Times are local ones, without zone.
 */
#include "base/limits.h"
#include "readers/exchange/exchange.h"
#include "readers/syslog/stamp.h"
#include "readers/text/lines.h"
#include "readers/text/scan.h"
#include "readers/wide.h"

#define SURE	    95
#define PROBE_LINES 12

enum {
	COLUMN_FORMAT,
	COLUMN_EVENT,
	COLUMN_PRODUCT,
	COLUMN_VERSION,
	COLUMN_STARTED,
	COLUMN_FINISHED,
	COLUMN_MODE,
	COLUMN_SCAN,
	COLUMN_THREAT,
	COLUMN_STATUS,
	COLUMN_ACTION,
	COLUMN_RESULT,
	COLUMN_RESOURCE,
	COLUMN_OUTCOME,
	COLUMN_CODE,
};

static const WideColumn columns[] = {
	[COLUMN_FORMAT] = { "LogFormat", "msert" },
	[COLUMN_EVENT] = { "EventType", NULL }, /* "threat", "run" */
	[COLUMN_PRODUCT] = { "Product", NULL },
	[COLUMN_VERSION] = { "ScannerVersion", NULL },
	[COLUMN_STARTED] = { "StartedOn", NULL },
	[COLUMN_FINISHED] = { "FinishedOn", NULL },
	[COLUMN_MODE] = { "RunMode", NULL },
	[COLUMN_SCAN] = { "Scan", NULL },
	[COLUMN_THREAT] = { "Threat", NULL },
	[COLUMN_STATUS] = { "Status", NULL },
	[COLUMN_ACTION] = { "Action", NULL },
	[COLUMN_RESULT] = { "Result", NULL },
	[COLUMN_RESOURCE] = { "Resource", NULL },
	[COLUMN_OUTCOME] = { "Outcome", NULL },
	[COLUMN_CODE] = { "ReturnCode", NULL },
};

struct ReaderLibrary {
	Wide *wide;
};

/* A run, as far as it was read; texts are owned. */
typedef struct Run {
	gboolean is_open;
	guint64 offset, number; /* of its first line */
	Instant started, finished;
	GString *product, *version, *started_text, *finished_text, *mode, *scan, *code;
	GPtrArray *outcomes; /* char * */
	gboolean in_summary, is_cut;
} Run;

typedef struct MsertState {
	ReaderLibrary *library;
	const ReaderReport *report;
	LineReader *lines;
	StampClock clock;
	Run run;
	guint64 n_cut, first_cut;
} MsertState;

/* ---- lines ---- */

typedef enum LineKind {
	LINE_OTHER,
	LINE_TITLE,  /* "Microsoft Safety Scanner v1.405, (build 1.405.445.0)" */
	LINE_THREAT, /* "Threat Detected: …" */
	LINE_ACTION, /* "Action: NoAction, Result: 0x00000000" */
	LINE_RESOURCE,
} LineKind;

/* *@ret_rest is what says something: behind "Threat Detected: ", the resource, … */
static LineKind line_kind(Slice text, Slice *ret_rest)
{
	const guint8 *colon;

	if (scan_skip_prefix(text, "Microsoft Safety Scanner v", ret_rest) ||
		scan_skip_prefix(
			text, "Microsoft Windows Malicious Software Removal Tool v", ret_rest))
		return LINE_TITLE;
	if (scan_skip_prefix(text, "Threat Detected: ", ret_rest))
		return LINE_THREAT;
	if (scan_skip_prefix(text, "Action: ", ret_rest))
		return LINE_ACTION;
	*ret_rest = text;
	/* file://…, containerfile://…, regkey://…, process://… */
	colon = text.size ? memmem(text.data, text.size, "://", 3) : NULL;
	for (gsize i = 0; colon && &text.data[i] < colon; i++) {
		if (!g_ascii_isalnum(text.data[i]))
			return LINE_OTHER;
	}
	return colon && colon > text.data ? LINE_RESOURCE : LINE_OTHER;
}

static guint msert_probe(Slice bytes, const char *name)
{
	guint score = 0;
	TextHead head;
	Slice line, rest;

	text_head_init(&head, bytes);
	for (guint i = 0; head.is_text && i < PROBE_LINES && text_head_line(&head, i, &line); i++) {
		if (line_kind(line, &rest) == LINE_TITLE && rest.size > 0 &&
			g_ascii_isdigit(rest.data[0]))
			score = SURE;
	}
	text_head_clear(&head);
	return score;
}

/* ---- the run ---- */

static void set_text(GString *string, Slice text)
{
	g_string_truncate(string, 0);
	g_string_append_len(string, (const char *)text.data, (gssize)text.size);
}

static Instant read_time(MsertState *state, Slice text)
{
	Stamp stamp;
	gsize size;

	return stamp_read(text, &stamp, &size) ? stamp_clock_instant(&state->clock, &stamp)
					       : INSTANT_NONE;
}

static void run_start(Run *run, const Line *line, Slice text, Slice rest)
{
	GString *const texts[] = { run->version, run->started_text, run->finished_text, run->mode,
		run->scan, run->code };

	for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
		g_string_truncate(texts[i], 0);
	g_ptr_array_set_size(run->outcomes, 0);
	run->is_open = TRUE;
	run->in_summary = run->is_cut = FALSE;
	run->offset = line->offset;
	run->number = line->number;
	run->started = run->finished = INSTANT_NONE;
	set_text(run->product, slice_sub(text, 0, text.size - rest.size - strlen(" v")));
	set_text(run->version, slice_sub(rest, 0, scan_byte(rest, 0, ',')));
}

/* "Microsoft Safety Scanner Finished On Thu Feb 22 13:35:58 2024" */
static gboolean skip_to_finished(Slice text, Slice *ret)
{
	static const char words[] = " Finished On ";
	const guint8 *found = text.size ? memmem(text.data, text.size, words, strlen(words)) : NULL;

	if (!found)
		return FALSE;
	*ret = slice_sub(text, (gsize)(found - text.data) + strlen(words), text.size);
	return TRUE;
}

static void add_outcome(Run *run, Slice text)
{
	if (run->outcomes->len < LIMIT_LIST_ITEMS)
		g_ptr_array_add(run->outcomes, g_strndup((const char *)text.data, text.size));
	else
		run->is_cut = TRUE;
}

/* A line of the run that tells of no threat. */
static void run_take(MsertState *state, Slice text)
{
	static const char scan[] = " Scan Results:";
	Run *run = &state->run;
	Slice rest;

	if (scan_skip_prefix(text, "Started On ", &rest)) {
		run->started = read_time(state, rest);
		set_text(run->started_text, rest);
	} else if (skip_to_finished(text, &rest)) {
		run->finished = read_time(state, rest);
		set_text(run->finished_text, rest);
		run->in_summary = FALSE;
	} else if (scan_skip_prefix(text, "Run Mode: ", &rest)) {
		set_text(run->mode, rest);
	} else if (scan_skip_prefix(text, "Return code: ", &rest)) {
		set_text(run->code, slice_sub(rest, 0, scan_byte(rest, 0, ' ')));
	} else if (scan_skip_prefix(text, "Results Summary:", &rest)) {
		run->in_summary = TRUE;
	} else if (text.size > strlen(scan) &&
		slice_equal(slice_sub(text, text.size - strlen(scan), strlen(scan)),
			slice_from_text(scan))) {
		set_text(run->scan, slice_sub(text, 0, text.size - strlen(scan)));
	} else if (run->in_summary && text.size > 0 && text.data[0] != '-' &&
		!scan_skip_prefix(text, "Successfully Submitted", &rest)) {
		add_outcome(run, text);
	}
}

/* ---- events ---- */

static void put_text(Wide *wide, guint column, const GString *text)
{
	if (text->len > 0)
		(void)wide_set(
			wide, column, wide_text(slice_make(text->str, text->len), VALUE_UTF8));
}

static void put_run(Wide *wide, const Run *run, const char *type)
{
	(void)wide_set(wide, COLUMN_EVENT, wide_text(slice_from_text(type), VALUE_UTF8));
	put_text(wide, COLUMN_PRODUCT, run->product);
	put_text(wide, COLUMN_VERSION, run->version);
	put_text(wide, COLUMN_STARTED, run->started_text);
	put_text(wide, COLUMN_FINISHED, run->finished_text);
	put_text(wide, COLUMN_MODE, run->mode);
	put_text(wide, COLUMN_SCAN, run->scan);
}

static void note_cut(MsertState *state, guint64 offset)
{
	if (state->n_cut++ == 0)
		state->first_cut = offset;
}

/* The run is at its end, and is an event. */
static void finish_run(MsertState *state, Event *ret_event)
{
	Run *run = &state->run;
	Wide *wide = state->library->wide;

	*ret_event = (Event){
		.time = run->finished != INSTANT_NONE ? run->finished : run->started,
		.record = run->number,
		.offset = run->offset,
	};
	put_run(wide, run, "run");
	for (guint i = 0; i < run->outcomes->len; i++)
		(void)wide_set(wide, COLUMN_OUTCOME,
			wide_text(slice_from_text(run->outcomes->pdata[i]), VALUE_UTF8));
	put_text(wide, COLUMN_CODE, run->code);
	if (run->is_cut)
		note_cut(state, run->offset);
	run->is_open = FALSE;
	wide_finish(wide, ret_event);
}

static void put_part(MsertState *state, guint column, const Line *line, Slice text)
{
	Wide *wide = state->library->wide;

	(void)wide_set(wide, column, wide_text(arena_copy(wide_arena(wide), text), line->type));
}

/* "Virus:DOS/EICAR_Test_File, not removed.", "Exploit:ASP/X and Removed!" */
static void put_threat(MsertState *state, const Line *line, Slice rest)
{
	gsize end = MIN(scan_byte(rest, 0, ','), scan_byte(rest, 0, ' '));
	Slice status = scan_trim(slice_sub(rest, end, rest.size));

	put_part(state, COLUMN_THREAT, line, slice_sub(rest, 0, end));
	if (status.size > 0 && status.data[0] == ',')
		status = scan_trim(slice_sub(status, 1, status.size));
	if (status.size > 0)
		put_part(state, COLUMN_STATUS, line, status);
}

static void put_action(MsertState *state, const Line *line, Slice rest)
{
	gsize end = scan_byte(rest, 0, ',');
	Slice result;

	put_part(state, COLUMN_ACTION, line, slice_sub(rest, 0, end));
	if (scan_skip_prefix(slice_sub(rest, end, rest.size), ", Result: ", &result))
		put_part(state, COLUMN_RESULT, line, result);
}

/* The threat in @line and what stands below it: up to a blank line, or one that has no sense in it.
 */
static void read_threat(MsertState *state, const Line *first, Slice rest, Event *ret_event)
{
	Wide *wide = state->library->wide;
	gboolean is_full = FALSE;
	guint n_resources = 0;
	Line line;

	*ret_event = (Event){
		.time = state->run.started, .record = first->number, .offset = first->offset
	};
	put_run(wide, &state->run, "threat");
	put_threat(state, first, rest);
	while (line_reader_next(state->lines, &line)) {
		Slice text = scan_trim(line.text);
		LineKind kind = line_kind(text, &rest);

		if (kind == LINE_ACTION && n_resources < LIMIT_LIST_ITEMS)
			put_action(state, &line, rest);
		else if (kind == LINE_RESOURCE && n_resources++ < LIMIT_LIST_ITEMS)
			put_part(state, COLUMN_RESOURCE, &line, rest);
		else if (kind == LINE_RESOURCE || kind == LINE_ACTION)
			is_full = TRUE;
		else if (!scan_skip_prefix(text, "SigSeq:", &rest)) {
			line_reader_unread(state->lines);
			break;
		}
	}
	if (is_full)
		note_cut(state, first->offset);
	wide_finish(wide, ret_event);
}

static NextResult msert_next(void *data, Event *ret_event)
{
	MsertState *state = data;
	Line line;

	wide_start(state->library->wide);
	while (line_reader_next(state->lines, &line)) {
		Slice text = scan_trim(line.text), rest;
		LineKind kind = line_kind(text, &rest);

		if (kind == LINE_TITLE && state->run.is_open) {
			line_reader_unread(state->lines);
			finish_run(state, ret_event);
			return NEXT_EVENT;
		}
		if (kind == LINE_TITLE) {
			run_start(&state->run, &line, text, rest);
		} else if (kind == LINE_THREAT) {
			read_threat(state, &line, rest, ret_event);
			return NEXT_EVENT;
		} else {
			run_take(state, text);
		}
	}
	if (!state->run.is_open)
		return NEXT_END;
	finish_run(state, ret_event);
	return NEXT_EVENT;
}

/* ---- the reader ---- */

static ReaderLibrary *msert_library_new(void)
{
	ReaderLibrary *library = g_new0(ReaderLibrary, 1);

	library->wide = wide_new("msert", columns, G_N_ELEMENTS(columns));
	return library;
}

static void msert_library_free(ReaderLibrary *library)
{
	if (!library)
		return;
	wide_free(library->wide);
	g_free(library);
}

static void msert_close(void *data)
{
	MsertState *state = data;
	Gap gap = { .kind = GAP_LIMIT,
		.note = "Of a threat or a run more is told than LIMIT_LIST_ITEMS; the rest is "
			"not in the event." };

	if (!state)
		return;

	Run *run = &state->run;
	GString *const texts[] = { run->product, run->version, run->started_text,
		run->finished_text, run->mode, run->scan, run->code };

	gap.offset = state->first_cut;
	gap.records = state->n_cut;
	if (state->n_cut)
		state->report->gap(state->report->context, &gap);
	stamp_clock_report(&state->clock, state->report);
	line_reader_free(state->lines);
	for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
		(void)g_string_free(texts[i], TRUE);
	g_ptr_array_unref(run->outcomes);
	g_free(state);
}

static void *msert_open(const Source *source, ReaderLibrary *library, const ReadTask *task,
	const ReaderReport *report, GError **error)
{
	const ReadTask whole = { .n_units = G_MAXUINT64 };
	const LineOptions options = { 0 };
	MsertState *state = g_new0(MsertState, 1);
	Run *run = &state->run;
	GString **const texts[] = { &run->product, &run->version, &run->started_text,
		&run->finished_text, &run->mode, &run->scan, &run->code };

	state->library = library;
	state->report = report;
	for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
		*texts[i] = g_string_new(NULL);
	run->outcomes = g_ptr_array_new_with_free_func(g_free);
	run->started = run->finished = INSTANT_NONE;
	stamp_clock_init(&state->clock, source);
	wide_begin_task(library->wide);
	state->lines = line_reader_new(source, &whole, &options, report, error);
	if (!state->lines) {
		msert_close(state);
		return NULL;
	}
	return state;
}

static const char *const host_columns[] = { NULL };
static const char *const channel_columns[] = { "LogFormat", NULL };

const Reader msert_reader = {
	.name = "msert",
	.description = "msert.log and mrt.log, what Microsoft's scanners found",
	.docs = "docs/evidence-exchange.md",
	.probe = msert_probe,
	.library_new = msert_library_new,
	.library_free = msert_library_free,
	.plan = lines_plan_whole,
	.open = msert_open,
	.next = msert_next,
	.close = msert_close,
	.host_columns = host_columns,
	.channel_columns = channel_columns,
};
