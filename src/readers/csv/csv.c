/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The descriptor of the reader for tables, and the state of one task.
 *
 * Where no quote stands near the start, a line is a record and the evidence splits like other text;
 * else quoted fields may go on over lines, and it is read from its start to its end by one task.
 * Exchange's logs have quotes, and never fields that go on: they always split, and lines of names
 * further down (where logs of several builds were put one behind the other) count for what follows.
 */
#include "readers/csv/csv.h"

#include "base/limits.h"
#include "readers/csv/dialect.h"
#include "readers/csv/records.h"
#include "readers/exchange/ecp-rows.h"
#include "readers/exchange/logs.h"
#include "readers/text/quoted.h"
#include "readers/text/scan.h"
#include "readers/text/shape-store.h"
#include "readers/text/text-time.h"

#define PROBE_RECORDS 20

struct ReaderLibrary {
	ShapeStore *shapes;
	LineMemo *memo;
	EcpRows *ecp;
};

typedef struct CsvState {
	const Source *source;
	const ReaderReport *report;
	ReaderLibrary *library;
	CsvDialect dialect;
	LineReader *lines;
	CsvRecords *records; /* NULL: a line is a record */
	Shape *shape;
	Value *values;
	guint n_constants, n_fields; /* columns */
	int time, clock;
	int event_data; /* what ecp-rows.h makes columns of, or -1 */
	GString *scratch, *time_text;
	guint assumed; /* TextTimeAssumed */
	guint64 n_assumed, first_assumed;
} CsvState;

/* ---- the probe ---- */

typedef struct HeadLines {
	const TextHead *head;
	guint next;
} HeadLines;

static gboolean next_head_line(void *context, Slice *ret)
{
	HeadLines *lines = context;

	return text_head_line(lines->head, lines->next++, ret);
}

/* Of the records behind the names, those that have as many fields. */
static void count_records(
	const CsvDialect *dialect, HeadLines *lines, guint *ret_n, guint *ret_n_good)
{
	g_autofree Value *fields = g_new0(Value, dialect->n_names);
	g_autoptr(GString) scratch = g_string_new(NULL);
	g_autoptr(GString) record = g_string_new(NULL);
	gboolean is_open = FALSE;
	Slice line;

	*ret_n = *ret_n_good = 0;
	while (*ret_n < PROBE_RECORDS && next_head_line(lines, &line)) {
		if (line.size == 0 && !is_open)
			continue;
		if (dialect->is_exchange && line.size > 0 && line.data[0] == '#')
			continue;
		is_open = quoted_goes_on(line, dialect->separator, is_open);
		g_string_append_len(record, (const char *)line.data, (gssize)line.size);
		if (is_open)
			continue;
		*ret_n += 1;
		*ret_n_good += quoted_split(slice_make(record->str, record->len),
				       dialect->separator, VALUE_UTF8, fields, dialect->n_names,
				       scratch, &is_open) == dialect->n_names;
		is_open = FALSE;
		g_string_truncate(record, 0);
	}
}

static gboolean is_called_a_table(const char *name)
{
	g_autofree char *small = g_ascii_strdown(name, -1);

	return g_str_has_suffix(small, ".csv") || g_str_has_suffix(small, ".tsv");
}

static guint csv_probe(Slice bytes, const char *name)
{
	guint n = 0, n_good = 0, score = 0;
	HeadLines lines = { 0 };
	CsvDialect dialect;
	TextHead head;

	text_head_init(&head, bytes);
	lines.head = &head;
	if (head.is_text && csv_dialect_find(&dialect, next_head_line, &lines)) {
		gboolean is_called = is_called_a_table(name);

		count_records(&dialect, &lines, &n, &n_good);
		/* Prose has commas, too: few columns are believed if the name says so. */
		if (dialect.is_exchange && n_good * 2 >= n)
			score = 70; /* names that nothing else has */
		else if (dialect.n_names >= 3 || is_called)
			score = n >= 2 && n_good * 10 >= n * 9 ? 60 : is_called ? 30 : 0;
		csv_dialect_clear(&dialect);
	}
	text_head_clear(&head);
	return score;
}

/* ---- opening ---- */

static ReaderLibrary *csv_library_new(void)
{
	ReaderLibrary *library = g_new0(ReaderLibrary, 1);

	library->shapes = shape_store_new();
	library->memo = line_memo_new();
	library->ecp = ecp_rows_new("csv");
	return library;
}

static void csv_library_free(ReaderLibrary *library)
{
	if (!library)
		return;
	shape_store_free(library->shapes);
	line_memo_free(library->memo);
	ecp_rows_free(library->ecp);
	g_free(library);
}

static gboolean csv_plan(
	const Source *source, Plan *ret_plan, const ReaderReport *report, GError **error)
{
	CsvDialect dialect;

	if (!csv_dialect_read(&dialect, source, error))
		return FALSE;
	if (dialect.may_span)
		(void)lines_plan_whole(source, ret_plan, report, error); /* never fails */
	else
		lines_plan(source, ret_plan);
	csv_dialect_clear(&dialect);
	return TRUE;
}

/* What had to be assumed about times is said once for the task. */
static void tell_assumed(CsvState *state)
{
	gboolean zone = (state->assumed & TEXT_TIME_ZONE) && !state->source->times.zone;
	gboolean order = state->assumed & TEXT_TIME_MONTH_DAY;
	g_autofree char *note = NULL;

	if (state->n_assumed == 0 || (!zone && !order))
		return;
	note = g_strdup_printf("times in \"%s\"%s%s%s", state->shape->columns[state->time].name,
		zone ? " name no zone and were taken for UTC" : "", zone && order ? ", and" : "",
		order ? " were read as month/day where they could be day/month" : "");

	Gap gap = {
		.kind = GAP_TIME_ASSUMED,
		.offset = state->first_assumed,
		.records = state->n_assumed,
		.note = note,
	};

	state->report->gap(state->report->context, &gap);
}

static void csv_close(void *data)
{
	CsvState *state = data;

	if (!state)
		return;
	if (state->shape)
		tell_assumed(state);
	ecp_rows_report(state->library->ecp, state->report);
	csv_records_free(state->records);
	line_reader_free(state->lines);
	csv_dialect_clear(&state->dialect);
	g_free(state->values);
	(void)g_string_free(state->scratch, TRUE);
	(void)g_string_free(state->time_text, TRUE);
	g_free(state);
}

static void take_shape(CsvState *state)
{
	const CsvDialect *dialect = &state->dialect;
	g_autofree char *key =
		g_strdup_printf("%c%s", (char)dialect->separator, dialect->header->str);
	Slice bytes = slice_from_text(key);

	state->shape = shape_store_find(state->library->shapes, bytes);
	if (!state->shape)
		state->shape =
			shape_store_add(state->library->shapes, bytes, csv_dialect_shape(dialect));
	g_free(state->values);
	state->values = g_new0(Value, state->shape->n_columns);
	state->n_constants = 0;
	for (guint i = 0; i < state->shape->n_columns && state->shape->columns[i].constant; i++) {
		state->values[i] = (Value){ .type = VALUE_UTF8,
			.bytes = slice_from_text(state->shape->columns[i].constant) };
		state->n_constants++;
	}
	state->n_fields = state->shape->n_columns - state->n_constants;
	state->time = csv_time_column(state->shape, &state->clock);
	state->event_data = state->dialect.is_exchange ? ecp_rows_find_column(state->shape) : -1;
}

/* Names that stand further down, in Exchange's logs. */
static gboolean take_names(CsvState *state, Slice line)
{
	return state->dialect.is_exchange && exchange_header_kind(line) >= 0 &&
		csv_dialect_take(&state->dialect, line);
}

static void *csv_open(const Source *source, ReaderLibrary *library, const ReadTask *task,
	const ReaderReport *report, GError **error)
{
	LineOptions options = { .memo = library->memo };
	CsvState *state = g_new0(CsvState, 1);
	ReadTask whole = { .n_units = G_MAXUINT64 };
	Slice names;

	state->source = source;
	state->report = report;
	state->library = library;
	state->scratch = g_string_new(NULL);
	state->time_text = g_string_new(NULL);
	ecp_rows_begin_task(library->ecp);
	if (csv_dialect_read(&state->dialect, source, error)) {
		if (state->dialect.is_exchange) {
			options.header_start = state->dialect.header->str[0];
			options.header_kind = exchange_header_kind;
		}
		state->lines = line_reader_new(
			source, state->dialect.may_span ? &whole : task, &options, report, error);
	}
	if (!state->lines) {
		csv_close(state);
		return NULL;
	}
	if (line_reader_header(state->lines, 0, &names))
		(void)take_names(state, names);
	(void)shape_store_forget_if_full(library->shapes);
	take_shape(state);
	if (state->dialect.may_span)
		state->records = csv_records_new(
			state->lines, state->dialect.separator, state->dialect.n_names);
	return state;
}

/* ---- records ---- */

static Instant read_time(CsvState *state, guint n, guint *assumed)
{
	Slice date, clock;
	Instant time;

	n += state->n_constants;
	if (state->time < 0 || (guint)state->time >= n)
		return INSTANT_NONE;
	date = state->values[state->time].bytes;
	if (state->clock < 0 || (guint)state->clock >= n)
		return text_time_any(date, state->source->times.zone, assumed);
	clock = state->values[state->clock].bytes;
	g_string_truncate(state->time_text, 0);
	g_string_append_len(state->time_text, (const char *)date.data, (gssize)date.size);
	g_string_append_c(state->time_text, ' ');
	g_string_append_len(state->time_text, (const char *)clock.data, (gssize)clock.size);
	time = text_time_any(slice_make(state->time_text->str, state->time_text->len),
		state->source->times.zone, assumed);
	if (time == INSTANT_NONE)
		time = text_time_any(clock, state->source->times.zone, assumed);
	return time;
}

static Instant record_time(CsvState *state, const Line *record, guint n)
{
	guint assumed = 0;
	Instant time = read_time(state, n, &assumed);

	if (assumed && state->n_assumed++ == 0)
		state->first_assumed = record->offset;
	state->assumed |= assumed;
	return time;
}

/* The fields of the record; *@ret_is_open where the last one is in quotes that nobody closes. */
static guint split(CsvState *state, const Line *record, gboolean *ret_is_open)
{
	guint8 separator = state->dialect.separator;
	Value *fields = &state->values[state->n_constants];

	*ret_is_open = FALSE;
	g_string_truncate(state->scratch, 0);
	if (scan_byte(record->text, 0, '"') < record->text.size)
		return quoted_split(record->text, separator, record->type, fields, state->n_fields,
			state->scratch, ret_is_open);
	return scan_split(record->text, separator, record->type, fields, state->n_fields);
}

static NextResult take_record(CsvState *state, const Line *record, Event *ret_event)
{
	const CsvDialect *dialect = &state->dialect;
	Value *fields = &state->values[state->n_constants];
	gboolean is_open;
	guint n = split(state, record, &is_open);
	Instant time;

	if (is_open && !dialect->is_exchange) {
		line_reader_broken(state->lines, record, "a quote in it has no end");
		return NEXT_DAMAGED;
	}
	for (guint i = n; i < state->n_fields; i++)
		fields[i] = (Value){ .type = VALUE_ABSENT };
	time = record_time(state, record, MIN(n, state->n_fields));
	if (n != dialect->n_names) {
		gboolean usable = n > 1 && (state->time < 0 || time != INSTANT_NONE);
		g_autofree char *why =
			g_strdup_printf("it has %u fields where the header names %u%s", n,
				dialect->n_names, usable ? "; the first ones were read" : "");

		line_reader_broken(state->lines, record, why);
		if (!usable)
			return NEXT_DAMAGED;
	} else if (is_open) {
		line_reader_broken(state->lines, record,
			"a quote in it has no end; what stands behind it was read");
	}
	*ret_event = (Event){
		.shape = state->shape,
		.values = state->values,
		.time = time,
		.raw = state->scratch->len == 0 ? record->text : SLICE_EMPTY,
		.record = record->number,
		.offset = record->offset,
	};
	if (state->event_data >= 0)
		ecp_rows_expand(state->library->ecp, ret_event, (guint)state->event_data);
	return NEXT_EVENT;
}

static CsvRecordResult next_record(CsvState *state, Line *ret)
{
	if (state->records)
		return csv_records_next(state->records, ret);
	return line_reader_next(state->lines, ret) ? CSV_RECORD : CSV_END;
}

/* Remarks, and names: only those that line_reader_header() gives to tasks behind them, too. */
static gboolean is_no_row(CsvState *state, const Line *line)
{
	if (line->text.data[0] == '#')
		return TRUE;
	if (line->size > LIMIT_HEADER_LINE_BYTES || exchange_header_kind(line->text) < 0)
		return FALSE;
	if (take_names(state, line->text))
		take_shape(state);
	return TRUE;
}

static NextResult csv_next(void *data, Event *ret_event)
{
	CsvState *state = data;
	Line record;

	ecp_rows_start(state->library->ecp);
	if (shape_store_forget_if_full(state->library->shapes))
		take_shape(state);
	for (;;) {
		switch (next_record(state, &record)) {
		case CSV_END:
			return NEXT_END;
		case CSV_BROKEN:
			line_reader_broken(state->lines, &record, "a quote in it has no end");
			return NEXT_DAMAGED;
		case CSV_RECORD:
			break;
		}
		/* The names, and what stands above them. */
		if (record.text.size == 0 || record.offset < state->dialect.header_end)
			continue;
		if (state->dialect.is_exchange && is_no_row(state, &record))
			continue;
		return take_record(state, &record, ret_event);
	}
}

static const char *const host_columns[] = { "Computer", "MachineName", "Hostname", "HostName",
	"hostname", "host", "DeviceName", "ServerHostName", "ServerName", "server-hostname",
	"Server", NULL };
static const char *const channel_columns[] = { "Channel", "LogName", "LogType", "LogFormat", NULL };

const Reader csv_reader = {
	.name = "csv",
	.description = "tables with a header: CSV, TSV (exports of Windows events, too)",
	.docs = "docs/evidence-text.md",
	.probe = csv_probe,
	.library_new = csv_library_new,
	.library_free = csv_library_free,
	.plan = csv_plan,
	.open = csv_open,
	.next = csv_next,
	.close = csv_close,
	.host_columns = host_columns,
	.channel_columns = channel_columns,
};
