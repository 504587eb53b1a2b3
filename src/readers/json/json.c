/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The descriptor of the reader for JSON, and the state of one task.
 *
 *	layout     lines, or a stream of objects
 *	stream     the window on the latter
 *	parse      one object to leaves: name and value
 *	names      the names met so far
 *	dialects   what is known of products: times, other names, wrappers
 *	families   leaves to an event of a shape
 */
#include "readers/json/json.h"

#include "base/limits.h"
#include "base/text.h"
#include "readers/json/families.h"
#include "readers/json/layout.h"
#include "readers/json/stream.h"

struct ReaderLibrary {
	Families *families;
	LineMemo *memo;
};

/* A limit that cut something off some events. */
typedef struct Cut {
	const char *limit;
	guint64 first, n;
} Cut;

#define N_CUTS 5

typedef struct JsonState {
	const Source *source;
	const ReaderReport *report;
	ReaderLibrary *library;
	Parser parser;
	Cut cuts[N_CUTS];
	Stream *stream; /* or */
	LineReader *lines;
	Line line;
	Slice text;	    /* of the line, as UTF-8 */
	GString *converted; /* where it was not */
	gsize at;	    /* in it */
	Finder finder;
	guint64 n_unread, first_unread; /* fields behind the events of envelopes */
} JsonState;

static ReaderLibrary *json_library_new(void)
{
	ReaderLibrary *library = g_new0(ReaderLibrary, 1);

	library->families = families_new();
	library->memo = line_memo_new();
	return library;
}

static void json_library_free(ReaderLibrary *library)
{
	if (!library)
		return;
	families_free(library->families);
	line_memo_free(library->memo);
	g_free(library);
}

static gboolean json_plan(
	const Source *source, Plan *ret_plan, const ReaderReport *report, GError **error)
{
	JsonLayout layout;

	if (!layout_find(source, &layout, error))
		return FALSE;
	if (layout != LAYOUT_LINES)
		return lines_plan_whole(source, ret_plan, report, error);
	lines_plan(source, ret_plan);
	return TRUE;
}

static void json_close(void *data);

static void *json_open(const Source *source, ReaderLibrary *library, const ReadTask *task,
	const ReaderReport *report, GError **error)
{
	const LineOptions options = { .memo = library->memo };
	JsonState *state;
	JsonLayout layout;

	if (!layout_find(source, &layout, error))
		return NULL;
	state = g_new0(JsonState, 1);
	state->source = source;
	state->report = report;
	state->library = library;
	state->converted = g_string_new(NULL);
	parser_init(&state->parser);
	families_begin(library->families, source->times.zone);
	if (layout == LAYOUT_LINES)
		state->lines = line_reader_new(source, task, &options, report, error);
	else
		state->stream = stream_new(source, report, error);
	if (state->lines || state->stream)
		return state;
	json_close(state);
	return NULL;
}

static void note_cut(JsonState *state, const char *limit, guint64 offset)
{
	for (guint i = 0; i < N_CUTS; i++) {
		Cut *cut = &state->cuts[i];

		if (cut->limit && strcmp(cut->limit, limit) != 0)
			continue;
		if (!cut->limit)
			*cut = (Cut){ limit, offset, 0 };
		cut->n++;
		return;
	}
}

static void make_event(JsonState *state, guint64 offset, guint64 number, Event *ret_event)
{
	const char *limit;

	families_make_event(state->library->families, &state->parser, ret_event, &limit);
	ret_event->record = number;
	ret_event->offset = offset;
	if (G_UNLIKELY(limit))
		note_cut(state, limit, offset);
}

/* ---- streams ---- */

static NextResult next_in_stream(JsonState *state, Event *ret_event)
{
	guint64 offset, number;
	Names *names = families_names(state->library->families);

	switch (stream_next(state->stream, &state->parser, names, &offset, &number)) {
	case STREAM_OBJECT:
		make_event(state, offset, number, ret_event);
		return NEXT_EVENT;
	case STREAM_DAMAGED:
		return NEXT_DAMAGED;
	default:
		return NEXT_END;
	}
}

/* ---- lines ---- */

static gboolean next_line(JsonState *state)
{
	if (!line_reader_next(state->lines, &state->line))
		return FALSE;
	state->text = state->line.text;
	if (state->line.type == VALUE_ANSI) {
		g_string_truncate(state->converted, 0);
		text_append_ansi(state->converted, state->line.text);
		state->text = slice_make(state->converted->str, state->converted->len);
	}
	state->at = 0;
	state->finder = (Finder){ .is_last = TRUE };
	return TRUE;
}

/* The rest of the line is no JSON. */
static NextResult give_up_line(JsonState *state, ParseResult result, const char *trouble)
{
	const Line *line = &state->line;

	state->at = state->text.size;
	if (line->is_cut)
		return NEXT_DAMAGED; /* was said */
	if (result == PARSE_SHORT && line->offset + line->size >= state->source->size) {
		const Gap gap = { .kind = GAP_TRUNCATED,
			.offset = line->offset,
			.size = line->size,
			.records = 1,
			.note = "the evidence ends inside of an object" };

		state->report->gap(state->report->context, &gap);
		return NEXT_DAMAGED;
	}
	line_reader_broken(state->lines, line,
		result == PARSE_SHORT ? "the object does not end within the line" : trouble);
	return NEXT_DAMAGED;
}

/* The offset in the evidence of the place @at of the line. */
static guint64 offset_in_line(const JsonState *state, gsize at)
{
	Slice before = slice_sub(state->text, 0, at);

	if (line_reader_encoding(state->lines) != TEXT_BYTES)
		return state->line.offset + 2 * token_units(before);
	return state->line.offset +
		(state->line.type == VALUE_ANSI ? token_units(before) : before.size);
}

static FindResult look(JsonState *state)
{
	FindResult found;

	state->finder.n_unread = 0;
	found = finder_next(&state->finder, state->text, &state->at);
	if (state->finder.n_unread > 0 && state->n_unread == 0)
		state->first_unread = offset_in_line(state, state->finder.unread_at);
	state->n_unread += state->finder.n_unread;
	return found;
}

static NextResult next_in_lines(JsonState *state, Event *ret_event)
{
	Names *names = families_names(state->library->families);
	FindResult found;
	ParseResult result;
	gsize start;

	while ((found = look(state)) == FIND_END) {
		gboolean is_open = state->finder.n_levels > 0;

		state->finder.n_levels = 0;
		if (is_open)
			return give_up_line(state, PARSE_SHORT, NULL);
		if (!next_line(state))
			return NEXT_END;
	}
	if (found == FIND_OTHER)
		return give_up_line(state, PARSE_BAD, "this is no object");
	start = state->at;
	result = parser_read(&state->parser, names, state->text, start, &state->at);
	if (result != PARSE_WHOLE)
		return give_up_line(state, result, state->parser.trouble);
	make_event(state, offset_in_line(state, start), state->line.number, ret_event);
	return NEXT_EVENT;
}

static NextResult json_next(void *data, Event *ret_event)
{
	JsonState *state = data;

	families_trim(state->library->families);
	return state->lines ? next_in_lines(state, ret_event) : next_in_stream(state, ret_event);
}

/* What became of that which was too much. */
static char *cut_note(const Cut *cut)
{
	const char *objects = cut->n == 1 ? "object" : "objects";

	if (strcmp(cut->limit, "LIMIT_JSON_SHAPES") == 0)
		return g_strdup_printf("%" G_GUINT64_FORMAT
				       " %s behind the first %u shapes: fields that none of these "
				       "has have no column (%s), their values are in "
				       "further_fields",
			cut->n, objects, LIMIT_JSON_SHAPES, cut->limit);
	return g_strdup_printf("%" G_GUINT64_FORMAT " %s %s more than %s allows; the rest was not "
			       "read",
		cut->n, objects, cut->n == 1 ? "holds" : "hold", cut->limit);
}

static void report_cuts(JsonState *state)
{
	for (guint i = 0; i < N_CUTS && state->cuts[i].limit; i++) {
		const Cut *cut = &state->cuts[i];
		g_autofree char *note = cut_note(cut);
		const Gap gap = {
			.kind = GAP_LIMIT, .offset = cut->first, .records = cut->n, .note = note
		};

		state->report->gap(state->report->context, &gap);
	}
}

static void report_times(JsonState *state)
{
	guint64 n = families_n_local(state->library->families);
	g_autofree char *note = g_strdup_printf("the times of %" G_GUINT64_FORMAT
						" object%s name no zone and were taken for UTC",
		n, n == 1 ? "" : "s");
	const Gap gap = { .kind = GAP_TIME_ASSUMED, .records = n, .note = note };

	if (n > 0)
		state->report->gap(state->report->context, &gap);
}

static void json_close(void *data)
{
	JsonState *state = data;

	if (!state)
		return;
	if (state->lines || state->stream) {
		layout_tell_unread(state->report, state->n_unread, state->first_unread);
		report_cuts(state);
		report_times(state);
	}
	line_reader_free(state->lines);
	stream_free(state->stream);
	parser_clear(&state->parser);
	g_string_free(state->converted, TRUE);
	g_free(state);
}

static const char *const host_columns[] = { "Computer", "_HOSTNAME", "host.name", "host.hostname",
	"hostname", "Hostname", "@system", "agent.hostname", "agent.name", "DeviceName", "host",
	"node_id", "recipientAccountId", "tenantId", "OrganizationId", NULL };
static const char *const channel_columns[] = { "Channel", "LogName", "Provider_Name", "event_type",
	"eventSource", "Workload", "category", "logName", "eventType", "LogFormat", NULL };

const Reader json_reader = {
	.name = "json",
	.description = "JSON: lines, arrays, one object behind the other, envelopes",
	.docs = "docs/evidence-json.md",
	.probe = layout_probe,
	.library_new = json_library_new,
	.library_free = json_library_free,
	.plan = json_plan,
	.open = json_open,
	.next = json_next,
	.close = json_close,
	.host_columns = host_columns,
	.channel_columns = channel_columns,
};
