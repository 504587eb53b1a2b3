/* SPDX-License-Identifier: Apache-2.0 */
#include "readers/format-list/format-list.h"

#include "base/limits.h"
#include "base/text.h"
#include "readers/text/lines.h"
#include "readers/text/scan.h"
#include "readers/text/shape-store.h"
#include "readers/text/text-time.h"

#define SURE		 70
#define LEAST_LINE	 79 /* that is broken: what a console of 80 columns shows */
#define PROBE_PROPERTIES 3  /* of one object, in the start of the evidence */
#define PROBE_SHARE	 75 /* of its lines that objects have, in percent */

struct ReaderLibrary {
	ShapeStore *shapes;
};

/* A piece of the object's text. */
typedef struct Piece {
	gsize at, size;
} Piece;

typedef struct ListState {
	ReaderLibrary *library;
	const Source *source;
	const ReaderReport *report;
	LineReader *lines;
	gsize column;	      /* of the colons; 0: no object was begun */
	Line first;	      /* of the object; its text is not kept */
	GString *names;	      /* each with a line feed behind: the shape's key */
	GString *text;	      /* all values, each with a line feed behind */
	GArray *properties;   /* Piece of @text, for each name */
	GString *value;	      /* the lines of the property at hand, one behind the other */
	GArray *pieces;	      /* Piece of @value, for each of its lines */
	gboolean is_left_out; /* that property has no place */
	gsize n_dropped;      /* bytes of the object beyond LIMIT_LIST_OBJECT_BYTES */
	GArray *values;	      /* Value, by column */
	guint assumed;
	guint64 n_assumed, first_assumed;
	guint64 n_cut, first_cut;
	guint64 n_loose, first_loose;
} ListState;

/* ---- lines ---- */

/* Where the colon of "Name   : value" stands; 0: it is no such line. */
static gsize find_colon(Slice line)
{
	gsize at = scan_byte(line, 0, ':');

	if (at == line.size || at < 2 || g_ascii_isspace(line.data[0]) || line.data[at - 1] != ' ')
		return 0;
	return at + 1 == line.size || line.data[at + 1] == ' ' ? at : 0;
}

static gboolean is_property(Slice line, gsize column)
{
	return column > 0 && find_colon(line) == column;
}

/* A property's name as PowerShell's own commands have them: one word. */
static gboolean is_word(Slice name)
{
	if (name.size == 0 || !(g_ascii_isalpha(name.data[0]) || name.data[0] == '_'))
		return FALSE;
	for (gsize i = 1; i < name.size; i++) {
		if (!g_ascii_isalnum(name.data[i]) && name.data[i] != '_' && name.data[i] != '.')
			return FALSE;
	}
	return TRUE;
}

/* Blanks up to where values begin, and perhaps something behind. */
static gboolean goes_on(Slice line, gsize column)
{
	gsize n = 0;

	while (n < line.size && line.data[n] == ' ')
		n++;
	return column > 0 && n >= column + 2;
}

/* ---- the probe ---- */

static guint list_probe(Slice bytes, const char *name)
{
	guint n = 0, n_good = 0, n_run = 0, n_best = 0;
	gsize column = 0;
	TextHead head;
	Slice line;

	text_head_init(&head, bytes);
	for (guint i = 0; head.is_text && text_head_line(&head, i, &line); i++) {
		gsize colon = find_colon(line);

		n += line.size > 0;
		if (colon && is_word(scan_trim(slice_sub(line, 0, colon)))) {
			n_run = colon == column ? n_run + 1 : 1;
			n_best = MAX(n_best, n_run);
			column = colon;
			n_good++;
		} else if (line.size == 0) {
			n_run = 0;
			column = 0;
		} else {
			n_good += goes_on(line, column);
		}
	}
	text_head_clear(&head);
	return n_best >= PROBE_PROPERTIES && n_good * 100 >= n * PROBE_SHARE ? SURE : 0;
}

/* ---- values ---- */

static Slice piece_of(const GString *text, const GArray *pieces, guint index)
{
	const Piece *piece = &g_array_index(pieces, Piece, index);

	return slice_sub(slice_make(text->str, text->len), piece->at, piece->size);
}

static gsize last_word(Slice text)
{
	gsize n = 0;

	while (n < text.size && text.data[text.size - 1 - n] != ' ')
		n++;
	return n;
}

/* Was a word broken between lines @index - 1 and @index of the value, whose lines hold @width? */
static gboolean is_broken(const ListState *state, guint index, gsize width)
{
	Slice before = piece_of(state->value, state->pieces, index - 1);
	Slice behind = piece_of(state->value, state->pieces, index);

	return before.size == width && state->column + 2 + width >= LEAST_LINE && behind.size > 0 &&
		behind.data[0] != ' ' && last_word(before) + scan_byte(behind, 0, ' ') > width;
}

/* The lines of the property at hand become its value. */
static void finish_property(ListState *state)
{
	Piece value = { .at = state->text->len };
	gsize width = 0;

	if (state->properties->len == 0 || state->pieces->len == 0)
		return;
	for (guint i = 0; i < state->pieces->len; i++)
		width = MAX(width, g_array_index(state->pieces, Piece, i).size);
	for (guint i = 0; i < state->pieces->len; i++) {
		Slice line = piece_of(state->value, state->pieces, i);

		if (line.size == 0)
			continue;
		if (state->text->len > value.at && !is_broken(state, i, width))
			g_string_append_c(state->text, ' ');
		g_string_append_len(state->text, (const char *)line.data, (gssize)line.size);
	}
	value.size = state->text->len - value.at;
	g_array_index(state->properties, Piece, state->properties->len - 1) = value;
	g_string_append_c(state->text, '\n');
	g_string_truncate(state->value, 0);
	g_array_set_size(state->pieces, 0);
}

/* Without blanks at the end, which consoles fill lines with. */
static Slice trim_end(Slice text)
{
	while (text.size > 0 &&
		(text.data[text.size - 1] == ' ' || text.data[text.size - 1] == '\t'))
		text.size--;
	return text;
}

static void append_text(GString *ret, const Line *line, Slice part)
{
	if (line->type == VALUE_ANSI)
		text_append_ansi(ret, part);
	else
		g_string_append_len(ret, (const char *)part.data, (gssize)part.size);
}

/* A line of the property at hand, from @at on. */
static void take_value(ListState *state, const Line *line, gsize at)
{
	Piece piece = { .at = state->value->len };
	Slice text = trim_end(slice_sub(line->text, at, line->text.size));

	if (state->is_left_out ||
		state->text->len + state->value->len + text.size > LIMIT_LIST_OBJECT_BYTES ||
		state->pieces->len >= LIMIT_RECORD_LINES) {
		state->n_dropped += text.size + 1;
		return;
	}
	append_text(state->value, line, text);
	piece.size = state->value->len - piece.at;
	g_array_append_val(state->pieces, piece);
}

static void take_property(ListState *state, const Line *line)
{
	Slice name = scan_trim(slice_sub(line->text, 0, state->column));
	const Piece none = { 0 };

	finish_property(state);
	state->is_left_out = state->properties->len + 1 >= LIMIT_EVENT_COLUMNS ||
		name.size > LIMIT_COLUMN_NAME_BYTES;
	if (state->is_left_out) {
		state->n_dropped += line->text.size + 1;
		return;
	}
	append_text(state->names, line, name);
	g_string_append_c(state->names, '\n');
	g_array_append_val(state->properties, none);
	take_value(state, line, state->column + 2);
}

/* ---- objects ---- */

static void begin_object(ListState *state, const Line *line, gsize column)
{
	state->column = column;
	state->first = *line;
	state->n_dropped = 0;
	g_string_truncate(state->names, 0);
	g_string_truncate(state->text, 0);
	g_string_truncate(state->value, 0);
	g_array_set_size(state->properties, 0);
	g_array_set_size(state->pieces, 0);
	take_property(state, line);
}

static Shape *make_shape(Slice names)
{
	Shape *shape = shape_new("format-list");
	ColumnNames taken;

	(void)shape_add_column(shape, "LogFormat", "format-list");
	column_names_init(&taken, shape);
	while (names.size > 0) {
		gsize end = scan_byte(names, 0, '\n');

		(void)column_names_add(&taken, slice_sub(names, 0, end));
		names = slice_sub(names, end + 1, names.size);
	}
	column_names_clear(&taken);
	return shape;
}

static Shape *take_shape(ListState *state)
{
	Slice key = slice_make(state->names->str, state->names->len);
	Shape *shape = shape_store_find(state->library->shapes, key);

	return shape ? shape : shape_store_add(state->library->shapes, key, make_shape(key));
}

/* Of records of event logs; when an object was changed is not when what it says came to be. */
static Instant time_of(ListState *state, const Shape *shape, guint64 offset)
{
	int column = shape_find_column(shape, "TimeCreated");
	guint assumed = 0;
	Instant time;

	if (column < 0 || g_array_index(state->values, Value, column).type != VALUE_UTF8)
		return INSTANT_NONE;
	time = text_time_any(g_array_index(state->values, Value, column).bytes,
		state->source->times.zone, &assumed);
	if (assumed && state->n_assumed++ == 0)
		state->first_assumed = offset;
	state->assumed |= assumed;
	return time;
}

static void finish_object(ListState *state, Event *ret_event)
{
	Shape *shape;

	finish_property(state);
	(void)shape_store_forget_if_full(state->library->shapes);
	shape = take_shape(state);
	g_array_set_size(state->values, 0);
	g_array_set_size(state->values, shape->n_columns); /* zeroed: ABSENT */
	g_array_index(state->values, Value, 0) =
		(Value){ .type = VALUE_UTF8, .bytes = slice_from_text("format-list") };
	for (guint i = 0; i < state->properties->len && i + 1 < shape->n_columns; i++) {
		Slice text = piece_of(state->text, state->properties, i);

		g_array_index(state->values, Value, i + 1) = (Value){
			.type = text.size > 0 ? VALUE_UTF8 : VALUE_NULL,
			.bytes = text,
		};
	}
	if (state->n_dropped > 0 && state->n_cut++ == 0)
		state->first_cut = state->first.offset;
	*ret_event = (Event){
		.shape = shape,
		.values = &g_array_index(state->values, Value, 0),
		.time = time_of(state, shape, state->first.offset),
		.raw = slice_make(state->text->str, state->text->len),
		.raw_in_order = TRUE,
		.record = state->first.number,
		.offset = state->first.offset,
	};
	state->column = 0;
}

/* A property called like the object's first one begins the next: consoles' blank lines get lost. */
static gboolean begins_again(const ListState *state, const Line *line)
{
	Slice names = slice_make(state->names->str, state->names->len);
	Slice name = scan_trim(slice_sub(line->text, 0, state->column));

	return slice_equal(name, slice_sub(names, 0, scan_byte(names, 0, '\n')));
}

/* Nothing, or fewer blanks than stand before what goes on with a value. */
static gboolean is_blank(const ListState *state, Slice line)
{
	return line.size == 0 || (line.size < state->column + 2 && trim_end(line).size == 0);
}

/* Blank lines part objects, unless what stands behind them goes on with the value. */
static gboolean ends_object(ListState *state)
{
	gsize n_blank = 1;
	Line line;

	while (line_reader_next(state->lines, &line)) {
		if (is_blank(state, line.text)) {
			n_blank++;
			continue;
		}
		line_reader_unread(state->lines);
		return n_blank > 1 || !goes_on(line.text, state->column) ||
			trim_end(line.text).size == 0;
	}
	return TRUE;
}

static NextResult list_next(void *data, Event *ret_event)
{
	ListState *state = data;
	Line line;

	while (line_reader_next(state->lines, &line)) {
		gsize colon = find_colon(line.text);

		if (is_blank(state, line.text)) {
			if (state->column > 0 && ends_object(state)) {
				finish_object(state, ret_event);
				return NEXT_EVENT;
			}
		} else if (is_property(line.text, state->column)) {
			if (begins_again(state, &line)) {
				line_reader_unread(state->lines);
				finish_object(state, ret_event);
				return NEXT_EVENT;
			}
			take_property(state, &line);
		} else if (goes_on(line.text, state->column)) {
			take_value(state, &line, state->column + 2);
		} else if (colon && state->column == 0) {
			begin_object(state, &line, colon);
		} else if (state->column > 0) {
			/* A value with line feeds that were not indented. */
			take_value(state, &line, 0);
		} else if (trim_end(line.text).size > 0 && state->n_loose++ == 0) {
			state->first_loose = line.offset;
		}
	}
	if (state->column == 0)
		return NEXT_END;
	finish_object(state, ret_event);
	return NEXT_EVENT;
}

/* ---- the reader ---- */

static ReaderLibrary *list_library_new(void)
{
	ReaderLibrary *library = g_new0(ReaderLibrary, 1);

	library->shapes = shape_store_new();
	return library;
}

static void list_library_free(ReaderLibrary *library)
{
	if (!library)
		return;
	shape_store_free(library->shapes);
	g_free(library);
}

static void tell(const ListState *state, GapKind kind, guint64 offset, guint64 n, const char *note)
{
	Gap gap = { .kind = kind, .offset = offset, .records = n, .note = note };

	if (n > 0)
		state->report->gap(state->report->context, &gap);
}

static void list_close(void *data)
{
	ListState *state = data;
	gboolean zone;

	if (!state)
		return;
	zone = (state->assumed & TEXT_TIME_ZONE) && !state->source->times.zone;
	tell(state, GAP_HEADER, state->first_loose, state->n_loose,
		"Lines that are part of no object were passed over.");
	tell(state, GAP_LIMIT, state->first_cut, state->n_cut,
		"Objects have more properties than LIMIT_EVENT_COLUMNS, more text than "
		"LIMIT_LIST_OBJECT_BYTES or a value of more lines than LIMIT_RECORD_LINES; the "
		"rest is not in the event.");
	tell(state, GAP_TIME_ASSUMED, state->first_assumed, zone ? state->n_assumed : 0,
		"TimeCreated names no zone and was taken for UTC.");
	tell(state, GAP_TIME_ASSUMED, state->first_assumed,
		state->assumed & TEXT_TIME_MONTH_DAY ? state->n_assumed : 0,
		"TimeCreated was read as month/day where it could be day/month.");
	line_reader_free(state->lines);
	(void)g_string_free(state->names, TRUE);
	(void)g_string_free(state->text, TRUE);
	(void)g_string_free(state->value, TRUE);
	g_array_unref(state->properties);
	g_array_unref(state->pieces);
	g_array_unref(state->values);
	g_free(state);
}

static void *list_open(const Source *source, ReaderLibrary *library, const ReadTask *task,
	const ReaderReport *report, GError **error)
{
	const ReadTask whole = { .n_units = G_MAXUINT64 };
	const LineOptions options = { 0 };
	ListState *state = g_new0(ListState, 1);

	*state = (ListState){
		.library = library,
		.source = source,
		.report = report,
		.names = g_string_new(NULL),
		.text = g_string_new(NULL),
		.value = g_string_new(NULL),
		.properties = g_array_new(FALSE, FALSE, sizeof(Piece)),
		.pieces = g_array_new(FALSE, FALSE, sizeof(Piece)),
		.values = g_array_new(FALSE, TRUE, sizeof(Value)),
	};
	state->lines = line_reader_new(source, &whole, &options, report, error);
	if (!state->lines) {
		list_close(state);
		return NULL;
	}
	return state;
}

static const char *const host_columns[] = { "Computer", "MachineName", "Server", "ServerName",
	"Fqdn", "PSComputerName", NULL };
static const char *const channel_columns[] = { "LogName", "LogFormat", NULL };

const Reader format_list_reader = {
	.name = "format-list",
	.description = "objects that PowerShell printed with Format-List",
	.docs = "docs/evidence-exchange.md",
	.probe = list_probe,
	.library_new = list_library_new,
	.library_free = list_library_free,
	.plan = lines_plan_whole,
	.open = list_open,
	.next = list_next,
	.close = list_close,
	.host_columns = host_columns,
	.channel_columns = channel_columns,
};
