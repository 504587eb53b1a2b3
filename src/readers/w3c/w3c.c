/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The descriptor of the reader for W3C extended logs, and the state of one task.
 *
 * A line is cut at each separator, in place. What a line says is kept as it stands: "-" where there
 * is no value, "+" where IIS writes a blank of a user agent.
 */
#include "readers/w3c/w3c.h"

#include "base/limits.h"
#include "base/text.h"
#include "readers/exchange/ecp-rows.h"
#include "readers/text/quoted.h"
#include "readers/text/scan.h"
#include "readers/text/text-time.h"
#include "readers/w3c/header.h"

#define PROBE_LINES 20

struct ReaderLibrary {
	ShapeStore *shapes;
	LineMemo *memo;
	EcpRows *ecp;
};

typedef struct W3cState {
	const ReaderReport *report;
	ReaderLibrary *library;
	LineReader *lines;
	W3cTable table;
	TextDay day;
	GString *scratch;
} W3cState;

static guint w3c_probe(Slice bytes, const char *name)
{
	gboolean has_fields = FALSE, has_other = FALSE;
	TextHead head;
	Slice line;

	text_head_init(&head, bytes);
	for (guint i = 0; i < PROBE_LINES && text_head_line(&head, i, &line); i++) {
		int kind = w3c_header_kind(line);

		has_fields |= kind == W3C_FIELDS;
		has_other |= kind >= 0 && kind != W3C_FIELDS;
		has_other |= scan_skip_prefix(line, "#Version:", &line);
	}
	text_head_clear(&head);
	return has_fields && has_other ? 97 : has_fields ? 90 : 0;
}

static ReaderLibrary *w3c_library_new(void)
{
	ReaderLibrary *library = g_new0(ReaderLibrary, 1);

	library->shapes = shape_store_new();
	library->memo = line_memo_new();
	library->ecp = ecp_rows_new("w3c");
	return library;
}

static void w3c_library_free(ReaderLibrary *library)
{
	if (!library)
		return;
	shape_store_free(library->shapes);
	line_memo_free(library->memo);
	ecp_rows_free(library->ecp);
	g_free(library);
}

static gboolean w3c_plan(
	const Source *source, Plan *ret_plan, const ReaderReport *report, GError **error)
{
	lines_plan(source, ret_plan);
	return TRUE;
}

static void w3c_close(void *data)
{
	W3cState *state = data;

	if (!state)
		return;
	ecp_rows_report(state->library->ecp, state->report);
	line_reader_free(state->lines);
	w3c_table_clear(&state->table);
	(void)g_string_free(state->scratch, TRUE);
	g_free(state);
}

static void *w3c_open(const Source *source, ReaderLibrary *library, const ReadTask *task,
	const ReaderReport *report, GError **error)
{
	LineOptions options = {
		.header_start = '#', .header_kind = w3c_header_kind, .memo = library->memo
	};
	W3cState *state = g_new0(W3cState, 1);
	Slice header;

	state->report = report;
	state->library = library;
	state->scratch = g_string_new(NULL);
	ecp_rows_begin_task(library->ecp);
	w3c_table_init(&state->table);
	state->lines = line_reader_new(source, task, &options, report, error);
	if (!state->lines) {
		w3c_close(state);
		return NULL;
	}
	for (guint kind = 0; kind < W3C_N_KINDS; kind++) {
		if (line_reader_header(state->lines, kind, &header))
			w3c_table_take(&state->table, (W3cHeaderKind)kind, header);
	}
	return state;
}

/* ---- lines ---- */

/*
 * The fields of the line, cut as the table says; returns how many it has. *@ret_is_open where the
 * last one is in quotes that nobody closes.
 */
static guint split(W3cState *state, const Line *line, Slice text, gboolean *ret_is_open)
{
	const W3cTable *table = &state->table;
	Value *values = &table->values[table->n_constants];
	guint n;

	*ret_is_open = FALSE;
	g_string_truncate(state->scratch, 0);
	if (table->is_quoted && scan_byte(text, 0, '"') < text.size) {
		n = quoted_split(text, table->separator, line->type, values, table->n_fields,
			state->scratch, ret_is_open);
		/* A row of Exchange's that is cut off in its last field. */
		if (n == table->n_fields && (!*ret_is_open || table->separator == ','))
			return n;
		*ret_is_open = FALSE;
	}
	n = scan_split(text, table->separator, line->type, values, table->n_fields);
	if (n == table->n_fields || table->separator != ' ')
		return n;
	/* CloudFront has blanks between the names and tabs between the values. */
	if (scan_byte(text, 0, '\t') < text.size)
		return scan_split(text, '\t', line->type, values, table->n_fields);
	return n;
}

static Instant line_time(W3cState *state)
{
	const W3cTable *table = &state->table;
	Slice date;
	guint assumed = 0;

	if (table->date_time >= 0) {
		Slice text = table->values[table->date_time].bytes;

		/* Blue Coat's gmttime stands in brackets. */
		if (text.size > 2 && text.data[0] == '[')
			text = slice_sub(text, 1, text.size - 2);
		return text_time_any(text, NULL, &assumed);
	}
	if (table->time < 0 || table->values[table->time].type == VALUE_ABSENT)
		return INSTANT_NONE;
	if (table->date >= 0)
		date = table->values[table->date].bytes;
	else /* older logs say the date once, above */
		date = slice_sub(
			slice_make(table->texts[W3C_DATE]->str, table->texts[W3C_DATE]->len), 0,
			strlen("2021-03-02"));
	return text_day_time(&state->day, date, table->values[table->time].bytes);
}

/*
 * A line with another number of fields: what it has is kept where its time can be read, or where
 * there is no time to tell by.
 */
static gboolean is_usable(const W3cTable *table, guint n, Instant time)
{
	gboolean has_time = table->time >= 0 || table->date_time >= 0;

	return n > 1 && (!has_time || time != INSTANT_NONE);
}

static NextResult take_line(W3cState *state, const Line *line, Slice text, Event *ret_event)
{
	W3cTable *table = &state->table;
	gboolean is_open;
	guint n = split(state, line, text, &is_open);
	Instant time;

	for (guint i = n; i < table->n_fields; i++)
		table->values[table->n_constants + i] = (Value){ .type = VALUE_ABSENT };
	time = line_time(state);
	if (n != table->n_fields && !(n > table->n_fields && table->has_more_fields)) {
		gboolean usable = is_usable(table, n, time);
		g_autofree char *why = g_strdup_printf("it has %u fields where #Fields names %u%s",
			n, table->n_fields, usable ? "; the first ones were read" : "");

		line_reader_broken(state->lines, line, why);
		if (!usable)
			return NEXT_DAMAGED;
	} else if (is_open) {
		line_reader_broken(state->lines, line,
			"a quote in it has no end; what stands behind it was read");
	}
	*ret_event = (Event){
		.shape = table->shape,
		.values = table->values,
		.time = time,
		.raw = state->scratch->len == 0 ? text : SLICE_EMPTY,
		.raw_in_order = TRUE,
		.record = line->number,
		.offset = line->offset,
	};
	if (table->event_data >= 0)
		ecp_rows_expand(state->library->ecp, ret_event, (guint)table->event_data);
	return NEXT_EVENT;
}

/* A server that crashed leaves NULs where it had reserved room. */
static Slice without_leading_nuls(Slice text)
{
	gsize n = 0;

	while (n < text.size && text.data[n] == 0)
		n++;
	return slice_sub(text, n, text.size - n);
}

/* Exchange writes the names without "#Fields:", too, above everything else. */
static gboolean is_bare_header(const W3cState *state, const Line *line, Slice text)
{
	const GString *fields = state->table.texts[W3C_FIELDS];
	Slice rest;

	if (line->number == 1)
		return scan_skip_prefix(text, "DateTime,", &rest) ||
			scan_skip_prefix(text, "date-time,", &rest) ||
			scan_skip_prefix(text, "TimeStamp,", &rest);
	return slice_equal(text, slice_make(fields->str, fields->len));
}

/* One table for each set of header lines: a gap says what did not fit into it. */
static void tell_limit(W3cState *state, const Line *line)
{
	Gap gap = {
		.kind = GAP_LIMIT,
		.offset = line->offset,
		.note = "#Fields names more columns than LIMIT_EVENT_COLUMNS; further ones are "
			"not read",
	};

	state->report->gap(state->report->context, &gap);
}

static void take_header(W3cState *state, const Line *line, Slice text)
{
	int kind = w3c_header_kind(text);

	/* Only what line_reader_header() gives to tasks that begin behind it, too. */
	if (kind < 0 || line->size > LIMIT_HEADER_LINE_BYTES || line->text.data[0] != '#')
		return;
	if (line->type == VALUE_ANSI) {
		g_string_truncate(state->scratch, 0);
		text_append_ansi(state->scratch, text);
		text = slice_make(state->scratch->str, state->scratch->len);
	}
	w3c_table_take(&state->table, (W3cHeaderKind)kind, text);
}

static NextResult w3c_next(void *data, Event *ret_event)
{
	W3cState *state = data;
	W3cTable *table = &state->table;
	Line line;

	if (shape_store_forget_if_full(state->library->shapes))
		table->shape = NULL;
	ecp_rows_start(state->library->ecp);
	while (line_reader_next(state->lines, &line)) {
		Slice text = line.text.size && line.text.data[0] == 0
			? without_leading_nuls(line.text)
			: line.text;

		if (text.size == 0)
			continue;
		if (text.data[0] == '#') {
			take_header(state, &line, text);
			continue;
		}
		if (!table->shape) {
			if (is_bare_header(state, &line, text))
				continue;
			if (!w3c_table_prepare(table, state->library->shapes)) {
				line_reader_broken(state->lines, &line,
					"no #Fields line before it says what it holds");
				return NEXT_DAMAGED;
			}
			if (table->has_more_fields)
				tell_limit(state, &line);
		}
		return take_line(state, &line, text, ret_event);
	}
	return NEXT_END;
}

static const char *const host_columns[] = { "s-computername", "computer", "ServerHostName",
	"ServerName", "server-hostname", "server-name", "s-ip", "s-dns", NULL };
static const char *const channel_columns[] = { "LogType", "s-sitename", "LogName", NULL };

const Reader w3c_reader = {
	.name = "w3c",
	.description = "W3C extended logs (IIS, HTTP.sys, Exchange, proxies)",
	.docs = "docs/evidence-text.md",
	.probe = w3c_probe,
	.library_new = w3c_library_new,
	.library_free = w3c_library_free,
	.plan = w3c_plan,
	.open = w3c_open,
	.next = w3c_next,
	.close = w3c_close,
	.host_columns = host_columns,
	.channel_columns = channel_columns,
};
