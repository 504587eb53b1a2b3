/* SPDX-License-Identifier: Apache-2.0 */
#include "readers/xml/xml-row.h"

#include "base/hash.h"
#include "base/limits.h"
#include "readers/text/scan.h"

#define MAX_COLUMNS	 (LIMIT_EVENT_COLUMNS - 2) /* beside LogFormat and OTHERS */
#define CONSTANT_BYTES	 1024
#define EVENTS_PER_SHAPE 256 /* that allow for one more than LIMIT_MARKUP_SHAPES */
#define OTHERS		 "other_fields"

typedef struct Name {
	Slice text; /* owned; first: the key of the table */
	guint column;
	guint64 event; /* in which it is column number @column */
	gboolean is_own;
} Name;

typedef struct Column {
	Name *name;
	Value value; /* the first */
	guint n_values, first_item;
	gboolean is_known;    /* to the reader, not from evidence */
	gboolean is_constant; /* and short enough */
} Column;

typedef struct Further {
	guint column;
	Value value;
} Further;

typedef struct ShapeEntry {
	Slice key; /* owned; first: the key of the table */
	Shape *shape;
	guint64 task; /* the last that had it */
} ShapeEntry;

struct ReaderLibrary {
	const char *format;
	const char *const *own;
	GHashTable *names;  /* Name */
	GHashTable *shapes; /* ShapeEntry */
	GHashTable *seen;   /* keys of the task's shapes, which outlast the shapes: GBytes */
	GArray *columns, *further, *row, *others;
	GByteArray *key;
	GString *scratch;
	Arena arena;
	guint64 number, task;
	guint64 n_events; /* of the task */
	guint64 n_values; /* of the event */
	gboolean is_cut;
	guint64 n_cut, n_full, n_ansi;
};

/* ---- construction ---- */

static void name_free(gpointer data)
{
	Name *name = data;

	g_free((void *)name->text.data);
	g_free(name);
}

static void shape_entry_free(gpointer data)
{
	ShapeEntry *entry = data;

	g_free((void *)entry->key.data);
	shape_free(entry->shape);
	g_free(entry);
}

XmlRow *xml_row_new(const char *format, const char *const *own)
{
	XmlRow *row = g_new0(XmlRow, 1);

	row->format = format;
	row->own = own;
	row->names = g_hash_table_new_full(slice_hash_key, slice_equal_key, NULL, name_free);
	row->shapes =
		g_hash_table_new_full(slice_hash_key, slice_equal_key, NULL, shape_entry_free);
	row->seen = g_hash_table_new_full(
		g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);
	row->columns = g_array_new(FALSE, FALSE, sizeof(Column));
	row->further = g_array_new(FALSE, FALSE, sizeof(Further));
	row->others = g_array_new(FALSE, FALSE, sizeof(Value));
	row->row = g_array_new(FALSE, TRUE, sizeof(Value));
	row->key = g_byte_array_new();
	row->scratch = g_string_new(NULL);
	arena_init(&row->arena);
	return row;
}

void xml_row_free(XmlRow *row)
{
	if (!row)
		return;
	g_hash_table_unref(row->names);
	g_hash_table_unref(row->shapes);
	g_hash_table_unref(row->seen);
	g_array_unref(row->columns);
	g_array_unref(row->further);
	g_array_unref(row->others);
	g_array_unref(row->row);
	g_byte_array_unref(row->key);
	(void)g_string_free(row->scratch, TRUE);
	arena_clear(&row->arena);
	g_free(row);
}

Arena *xml_row_arena(XmlRow *row)
{
	return &row->arena;
}

void xml_row_begin_task(XmlRow *row)
{
	row->task++;
	g_hash_table_remove_all(row->seen);
	row->n_events = 0;
	row->n_cut = row->n_full = row->n_ansi = 0;
	xml_row_start(row);
}

static void tell(const ReaderReport *report, GapKind kind, guint64 records, const char *note)
{
	Gap gap = { .kind = kind, .records = records, .note = note };

	report->gap(report->context, &gap);
}

void xml_row_report(const XmlRow *row, const ReaderReport *report)
{
	if (row->n_cut)
		tell(report, GAP_LIMIT, row->n_cut,
			"Events have more fields than LIMIT_EVENT_COLUMNS or LIMIT_EVENT_VALUES "
			"allow; further ones are in " OTHERS ", or left out.");
	if (row->n_full)
		tell(report, GAP_LIMIT, row->n_full,
			"Of more different sets of fields than LIMIT_MARKUP_SHAPES, the later ones "
			"are in " OTHERS ".");
	if (row->n_ansi)
		tell(report, GAP_ENCODING, 0, "Text that is not UTF-8 was read as Windows-1252.");
}

void xml_row_start(XmlRow *row)
{
	if (g_hash_table_size(row->shapes) >= LIMIT_SHAPES ||
		g_hash_table_size(row->names) >= LIMIT_XML_NAMES) {
		g_hash_table_remove_all(row->shapes);
		g_hash_table_remove_all(row->names);
	}
	g_array_set_size(row->columns, 0);
	g_array_set_size(row->further, 0);
	g_array_set_size(row->others, 0);
	arena_reset(&row->arena);
	row->number++;
	row->n_values = 0;
	row->is_cut = FALSE;
}

/* ---- columns ---- */

static Column *column_at(const XmlRow *row, guint index)
{
	return &g_array_index(row->columns, Column, index);
}

static gboolean is_same_word(Slice a, const char *b)
{
	return a.size == strlen(b) && g_ascii_strncasecmp((const char *)a.data, b, a.size) == 0;
}

static gboolean is_own(const XmlRow *row, Slice text)
{
	for (const char *const *own = row->own; *own; own++) {
		if (is_same_word(text, *own))
			return TRUE;
	}
	return is_same_word(text, "LogFormat") || is_same_word(text, OTHERS);
}

static Name *intern_name(XmlRow *row, Slice text)
{
	Name *name = g_hash_table_lookup(row->names, &text);

	if (name)
		return name;
	name = g_new0(Name, 1);
	name->text = slice_make(g_memdup2(text.data, text.size), text.size);
	name->is_own = is_own(row, text);
	g_hash_table_add(row->names, name);
	return name;
}

Value xml_row_text(XmlRow *row, Slice text)
{
	if (!text.data)
		text = slice_from_text("");
	if (scan_is_utf8(text))
		return (Value){ .type = VALUE_UTF8, .bytes = text };
	row->n_ansi++;
	return (Value){ .type = VALUE_ANSI, .bytes = text };
}

/* name=value in the column that is for all others. */
static void add_to_others(XmlRow *row, Slice name, const Value *value)
{
	Value other;

	row->is_cut = TRUE;
	if (row->others->len >= LIMIT_EVENT_VALUES)
		return;
	g_string_truncate(row->scratch, 0);
	name = slice_sub(name, 0, LIMIT_COLUMN_NAME_BYTES);
	g_string_append_len(row->scratch, (const char *)name.data, (gssize)name.size);
	g_string_append_c(row->scratch, '=');
	value_append_text(row->scratch, value);
	other = (Value){ .type = VALUE_UTF8,
		.bytes =
			arena_copy(&row->arena, slice_make(row->scratch->str, row->scratch->len)) };
	g_array_append_val(row->others, other);
}

static void add_further(XmlRow *row, guint index, Value value)
{
	Further further = { index, value };

	column_at(row, index)->n_values++;
	column_at(row, index)->is_constant = FALSE;
	g_array_append_val(row->further, further);
}

static void add_column(XmlRow *row, Name *name, Value value, gboolean is_known)
{
	gboolean is_there = name->event == row->number;
	Column column = { .name = name, .value = value, .n_values = 1, .is_known = is_known };

	if (row->n_values >= LIMIT_EVENT_VALUES ||
		(!is_there && row->columns->len >= MAX_COLUMNS)) {
		add_to_others(row, name->text, &value);
		return;
	}
	row->n_values++;
	if (is_there) {
		add_further(row, name->column, value);
		return;
	}
	column.is_constant = is_known && value.type == VALUE_UTF8 &&
		value.bytes.size <= CONSTANT_BYTES &&
		!(value.bytes.size > 0 && memchr(value.bytes.data, 0, value.bytes.size));
	g_array_append_val(row->columns, column);
	name->event = row->number;
	name->column = row->columns->len - 1;
}

void xml_row_add_constant(XmlRow *row, const char *name, Value value)
{
	add_column(row, intern_name(row, slice_from_text(name)), value, TRUE);
}

void xml_row_add(XmlRow *row, const char *prefix, Slice text, Value value)
{
	g_autofree char *longer = NULL;
	Name *name;

	if (text.size == 0)
		return;
	if (text.size > LIMIT_COLUMN_NAME_BYTES) {
		add_to_others(row, text, &value);
		return;
	}
	name = intern_name(row, text);
	if (prefix && name->is_own) {
		longer = g_strdup_printf("%s%.*s", prefix, (int)text.size, (const char *)text.data);
		name = intern_name(row, slice_from_text(longer));
	}
	add_column(row, name, value, FALSE);
}

/* ---- shapes ---- */

static void append_to_key(XmlRow *row, Slice text, guint8 mark)
{
	guint32 size = (guint32)text.size << 1 | mark;

	g_byte_array_append(row->key, (const guint8 *)&size, sizeof size);
	if (text.size > 0)
		g_byte_array_append(row->key, text.data, (guint)text.size);
}

/* Of texts with their sizes: no two sets of columns have the same, whatever is in names. */
static void make_key(XmlRow *row)
{
	g_byte_array_set_size(row->key, 0);
	for (guint i = 0; i < row->columns->len; i++) {
		const Column *column = column_at(row, i);

		append_to_key(row, column->name->text, column->is_constant);
		if (column->is_constant)
			append_to_key(row, column->value.bytes, 0);
	}
	if (row->others->len > 0)
		g_byte_array_append(row->key, (const guint8 *)"", 1);
}

static Shape *make_shape(const XmlRow *row)
{
	Shape *shape = shape_new(row->format);

	(void)shape_add_column(shape, "LogFormat", row->format);
	for (guint i = 0; i < row->columns->len; i++) {
		const Column *column = column_at(row, i);
		Slice name = column->name->text, bytes = column->value.bytes;
		g_autofree char *label = g_strndup((const char *)name.data, name.size);
		g_autofree char *constant = column->is_constant
			? g_strndup((const char *)bytes.data, bytes.size)
			: NULL;

		(void)shape_add_column(shape, label, constant);
	}
	if (row->others->len > 0)
		(void)shape_add_column(shape, OTHERS, NULL);
	return shape;
}

/*
 * May the task have the shape of this key? Of each it takes note for itself: which ones were made
 * for earlier evidence, and which were forgotten meanwhile, makes no difference.
 */
static gboolean may_have(XmlRow *row)
{
	g_autoptr(GBytes) key = g_bytes_new(row->key->data, row->key->len);

	if (g_hash_table_contains(row->seen, key))
		return TRUE;
	if (g_hash_table_size(row->seen) >= LIMIT_MARKUP_SHAPES + row->n_events / EVENTS_PER_SHAPE)
		return FALSE;
	return g_hash_table_add(row->seen, g_steal_pointer(&key));
}

/* The shape of the columns; NULL where the task has too many, unless it @must. */
static Shape *find_shape(XmlRow *row, gboolean must)
{
	ShapeEntry *entry;
	Slice key;

	make_key(row);
	key = slice_make(row->key->data, row->key->len);
	entry = g_hash_table_lookup(row->shapes, &key);
	if (entry && entry->task == row->task)
		return entry->shape;
	if (!must && !may_have(row))
		return NULL;
	if (!entry) {
		entry = g_new0(ShapeEntry, 1);
		entry->key = slice_make(g_memdup2(key.data, key.size), key.size);
		entry->shape = make_shape(row);
		g_hash_table_add(row->shapes, entry);
	}
	entry->task = must ? 0 : row->task;
	return entry->shape;
}

/* Only what the reader knows keeps its column, and none is constant. */
static void fold_columns(XmlRow *row)
{
	gboolean was_cut = row->is_cut;
	guint n_kept = 0;

	for (guint i = 0; i < row->columns->len; i++) {
		const Column *column = column_at(row, i);

		if (!column->is_known && column->value.type != VALUE_NULL)
			add_to_others(row, column->name->text, &column->value);
	}
	for (guint i = 0; i < row->further->len; i++) {
		const Further *further = &g_array_index(row->further, Further, i);

		add_to_others(row, column_at(row, further->column)->name->text, &further->value);
	}
	for (guint i = 0; i < row->columns->len; i++) {
		Column column = *column_at(row, i);

		if (!column.is_known)
			continue;
		column.is_constant = FALSE;
		column.n_values = 1;
		*column_at(row, n_kept++) = column;
	}
	row->is_cut = was_cut;
	g_array_set_size(row->columns, n_kept);
	g_array_set_size(row->further, 0);
}

/* ---- the row ---- */

static Value list_of(Value *items, guint n)
{
	if (n == 1)
		return items[0];
	return (Value){ .type = VALUE_LIST, .n_items = n, .items = items };
}

static void fill_row(XmlRow *row)
{
	GArray *values = row->row;
	guint n_items = 0;
	Value *items;

	g_array_set_size(values, 0);
	g_array_set_size(values, row->columns->len + 1 + (row->others->len > 0));
	g_array_index(values, Value, 0) =
		(Value){ .type = VALUE_UTF8, .bytes = slice_from_text(row->format) };
	for (guint i = 0; i < row->columns->len; i++) {
		column_at(row, i)->first_item = n_items;
		n_items += column_at(row, i)->n_values;
	}
	items = arena_alloc(&row->arena, (n_items + 1) * sizeof *items);
	for (guint i = 0; i < row->columns->len; i++)
		items[column_at(row, i)->first_item] = column_at(row, i)->value;
	for (guint i = 0; i < row->further->len; i++) {
		const Further *further = &g_array_index(row->further, Further, i);

		items[++column_at(row, further->column)->first_item] = further->value;
	}
	for (guint i = 0; i < row->columns->len; i++) {
		const Column *column = column_at(row, i);
		guint first = column->first_item + 1 - column->n_values;

		g_array_index(values, Value, i + 1) = list_of(&items[first], column->n_values);
	}
	if (row->others->len > 0)
		g_array_index(values, Value, values->len - 1) =
			list_of((Value *)(void *)row->others->data, row->others->len);
}

void xml_row_finish(XmlRow *row, Event *ret_event)
{
	Shape *shape = find_shape(row, FALSE);

	row->n_cut += row->is_cut;
	if (!shape) {
		fold_columns(row);
		row->n_full++;
		shape = find_shape(row, TRUE);
	}
	row->n_events++;
	fill_row(row);
	ret_event->shape = shape;
	ret_event->values = &g_array_index(row->row, Value, 0);
}
