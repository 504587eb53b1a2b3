/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The descriptor of the reader for Zeek's tab-separated logs, and the state of one task.
 *
 * Unset fields are absent, empty ones empty, sets and vectors lists. \x5c and other escapes that
 * Zeek writes for what could break its lines are read, so that rules see a path as it was.
 */
#include "readers/zeek/zeek.h"

#include "base/limits.h"
#include "base/text.h"
#include "readers/text/scan.h"
#include "readers/text/text-time.h"
#include "readers/zeek/header.h"

#define PROBE_LINES 10

struct ReaderLibrary {
	ShapeStore *shapes;
	LineMemo *memo;
};

typedef struct ZeekState {
	const ReaderReport *report;
	ReaderLibrary *library;
	LineReader *lines;
	ZeekTable table;
	GString *scratch; /* unescaped texts: never longer than the line */
	GArray *items;	  /* Value: of all lists of the line */
} ZeekState;

static guint zeek_probe(Slice bytes, const char *name)
{
	gboolean has_fields = FALSE, has_other = FALSE;
	TextHead head;
	Slice line;

	text_head_init(&head, bytes);
	for (guint i = 0; i < PROBE_LINES && text_head_line(&head, i, &line); i++) {
		int kind = zeek_header_kind(line);

		has_fields |= kind == ZEEK_FIELDS;
		has_other |= kind == ZEEK_SEPARATOR || kind == ZEEK_PATH || kind == ZEEK_TYPES;
	}
	text_head_clear(&head);
	return has_fields && has_other ? 97 : 0;
}

static ReaderLibrary *zeek_library_new(void)
{
	ReaderLibrary *library = g_new0(ReaderLibrary, 1);

	library->shapes = shape_store_new();
	library->memo = line_memo_new();
	return library;
}

static void zeek_library_free(ReaderLibrary *library)
{
	if (!library)
		return;
	shape_store_free(library->shapes);
	line_memo_free(library->memo);
	g_free(library);
}

static gboolean zeek_plan(
	const Source *source, Plan *ret_plan, const ReaderReport *report, GError **error)
{
	lines_plan(source, ret_plan);
	return TRUE;
}

static void zeek_close(void *data)
{
	ZeekState *state = data;

	if (!state)
		return;
	line_reader_free(state->lines);
	zeek_table_clear(&state->table);
	(void)g_string_free(state->scratch, TRUE);
	g_array_unref(state->items);
	g_free(state);
}

static void *zeek_open(const Source *source, ReaderLibrary *library, const ReadTask *task,
	const ReaderReport *report, GError **error)
{
	LineOptions options = {
		.header_start = '#', .header_kind = zeek_header_kind, .memo = library->memo
	};
	ZeekState *state = g_new0(ZeekState, 1);
	Slice header;

	state->report = report;
	state->library = library;
	state->scratch = g_string_new(NULL);
	state->items = g_array_new(FALSE, FALSE, sizeof(Value));
	zeek_table_init(&state->table);
	state->lines = line_reader_new(source, task, &options, report, error);
	if (!state->lines) {
		zeek_close(state);
		return NULL;
	}
	for (guint kind = 0; kind < ZEEK_N_KINDS; kind++) {
		if (line_reader_header(state->lines, kind, &header))
			zeek_table_take(&state->table, (ZeekHeaderKind)kind, header);
	}
	return state;
}

/* ---- values ---- */

/* What an escape at @at stands for, and how many bytes it takes; 0 for none. */
static gsize read_escape(Slice s, gsize at, guint8 *ret)
{
	if (at + 1 < s.size && s.data[at + 1] == '\\') {
		*ret = '\\';
		return 2;
	}
	if (at + 3 >= s.size || s.data[at + 1] != 'x' || !g_ascii_isxdigit((char)s.data[at + 2]) ||
		!g_ascii_isxdigit((char)s.data[at + 3]))
		return 0;
	*ret = (guint8)(g_ascii_xdigit_value((char)s.data[at + 2]) << 4 |
		g_ascii_xdigit_value((char)s.data[at + 3]));
	return *ret >= ' ' && *ret != 0x7f ? 4 : 0;
}

/* Reads the escapes of @value, unless that would make it no UTF-8. */
static void unescape(ZeekState *state, Value *value)
{
	Slice s = value->bytes;
	gsize start = state->scratch->len;
	Slice read;

	if (scan_byte(s, 0, '\\') == s.size)
		return;
	for (gsize i = 0; i < s.size;) {
		guint8 c = s.data[i];
		gsize size = c == '\\' ? read_escape(s, i, &c) : 1;

		g_string_append_c(state->scratch, (char)(size ? c : s.data[i]));
		i += MAX(size, 1);
	}
	read = slice_make(&state->scratch->str[start], state->scratch->len - start);
	if (value->type != VALUE_UTF8 || scan_is_utf8(read))
		value->bytes = read;
	else
		g_string_truncate(state->scratch, start);
}

/* TRUE where @value is a list to be taken apart: too long ones stay one text. */
static gboolean is_list(const ZeekTable *table, guint field, const Value *value, guint *ret_n)
{
	if (!table->is_list[field] || value->type == VALUE_ABSENT ||
		slice_equal(value->bytes, table->empty))
		return FALSE;
	*ret_n = (guint)scan_count(value->bytes, table->set_separator) + 1;
	return *ret_n <= LIMIT_LIST_ITEMS;
}

/* Makes lists of the values that are some; their items lie in one array, which must not move. */
static void take_lists(ZeekState *state, Value *values, guint n)
{
	const ZeekTable *table = &state->table;
	guint n_items = 0, at = 0, n_own;

	for (guint i = 0; i < n; i++) {
		if (is_list(table, i, &values[i], &n_own))
			n_items += n_own;
	}
	g_array_set_size(state->items, n_items);
	for (guint i = 0; i < n; i++) {
		Value *items;

		if (!is_list(table, i, &values[i], &n_own))
			continue;
		items = &g_array_index(state->items, Value, at);
		(void)scan_split(
			values[i].bytes, table->set_separator, values[i].type, items, n_own);
		values[i] = (Value){ .type = VALUE_LIST, .n_items = n_own, .items = items };
		at += n_own;
	}
}

static void finish_values(ZeekState *state, Slice text, guint n)
{
	const ZeekTable *table = &state->table;
	Value *values = &table->values[table->n_constants];

	for (guint i = 0; i < n; i++) {
		if (slice_equal(values[i].bytes, table->unset))
			values[i].type = VALUE_ABSENT;
	}
	for (guint i = n; i < table->n_fields; i++)
		values[i].type = VALUE_ABSENT;
	take_lists(state, values, n);
	for (guint i = 0; i < n; i++) {
		if (values[i].type != VALUE_LIST && slice_equal(values[i].bytes, table->empty))
			values[i].bytes = slice_from_text("");
	}
	if (scan_byte(text, 0, '\\') == text.size)
		return;
	g_string_set_size(state->scratch, text.size);
	g_string_truncate(state->scratch, 0);
	for (guint i = 0; i < n; i++) {
		if (values[i].type != VALUE_LIST && values[i].type != VALUE_ABSENT)
			unescape(state, &values[i]);
	}
	for (guint i = 0; i < state->items->len; i++)
		unescape(state, &g_array_index(state->items, Value, i));
}

/* ---- lines ---- */

static NextResult take_line(ZeekState *state, const Line *line, Event *ret_event)
{
	ZeekTable *table = &state->table;
	Value *values = &table->values[table->n_constants];
	guint n = scan_split(line->text, table->separator, line->type, values, table->n_fields);
	guint assumed = 0;
	Instant time = INSTANT_NONE;

	if (table->time >= 0 && (guint)table->time < table->n_constants + n)
		time = text_time_any(table->values[table->time].bytes, NULL, &assumed);
	if (n != table->n_names) {
		gboolean usable = n > 1 && (table->time < 0 || time != INSTANT_NONE);
		g_autofree char *why = g_strdup_printf("it has %u fields where #fields names %u%s",
			n, table->n_names, usable ? "; the first ones were read" : "");

		line_reader_broken(state->lines, line, why);
		if (!usable)
			return NEXT_DAMAGED;
	}
	g_string_truncate(state->scratch, 0);
	finish_values(state, line->text, MIN(n, table->n_fields));
	*ret_event = (Event){
		.shape = table->shape,
		.values = table->values,
		.time = time,
		.raw = state->scratch->len == 0 ? line->text : SLICE_EMPTY,
		.record = line->number,
		.offset = line->offset,
	};
	return NEXT_EVENT;
}

static void take_header(ZeekState *state, const Line *line)
{
	Slice text = line->text;
	int kind = zeek_header_kind(text);

	/* Only what line_reader_header() gives to tasks that begin behind it, too. */
	if (kind < 0 || line->size > LIMIT_HEADER_LINE_BYTES)
		return;
	if (line->type == VALUE_ANSI) {
		g_string_truncate(state->scratch, 0);
		text_append_ansi(state->scratch, text);
		text = slice_make(state->scratch->str, state->scratch->len);
	}
	zeek_table_take(&state->table, (ZeekHeaderKind)kind, text);
}

static void tell_limit(ZeekState *state, const Line *line)
{
	Gap gap = {
		.kind = GAP_LIMIT,
		.offset = line->offset,
		.note = "#fields names more columns than LIMIT_EVENT_COLUMNS; further ones are "
			"not read",
	};

	state->report->gap(state->report->context, &gap);
}

static NextResult zeek_next(void *data, Event *ret_event)
{
	ZeekState *state = data;
	Line line;

	if (shape_store_forget_if_full(state->library->shapes))
		state->table.shape = NULL;
	while (line_reader_next(state->lines, &line)) {
		if (line.text.size == 0)
			continue;
		if (line.text.data[0] == '#') {
			take_header(state, &line);
			continue;
		}
		if (!state->table.shape) {
			if (!zeek_table_prepare(&state->table, state->library->shapes)) {
				line_reader_broken(state->lines, &line,
					"no #fields line before it says what it holds");
				return NEXT_DAMAGED;
			}
			if (state->table.n_names > state->table.n_fields)
				tell_limit(state, &line);
		}
		return take_line(state, &line, ret_event);
	}
	return NEXT_END;
}

static const char *const host_columns[] = { NULL };
static const char *const channel_columns[] = { "LogName", NULL };

const Reader zeek_reader = {
	.name = "zeek",
	.description = "Zeek logs (tab-separated)",
	.docs = "docs/evidence-text.md",
	.probe = zeek_probe,
	.library_new = zeek_library_new,
	.library_free = zeek_library_free,
	.plan = zeek_plan,
	.open = zeek_open,
	.next = zeek_next,
	.close = zeek_close,
	.host_columns = host_columns,
	.channel_columns = channel_columns,
};
