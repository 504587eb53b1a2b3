/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/tally.h"

#include "base/hash.h"
#include "base/limits.h"
#include "worker/worker.h"

#define HOUR	   (3600 * INSTANT_SECOND)
#define NAME_BYTES 256 /* of a host or log in a tally; longer ones are cut */
#define MEMO_BYTES 128 /* of a raw host or log that a shape remembers */
#define CANDIDATES 8   /* columns of a shape that may name its host or log */

struct TallyTable {
	const Reader *reader;
	guint64 generation; /* of the memos that point into this table */
	GHashTable *rows;   /* Tally -> itself */
	GStringChunk *names;
	GString *host, *channel; /* scratch */
	Tally rest;		 /* counts what LIMIT_TALLY_ROWS has no row for */
	gboolean full;
};

typedef struct Memo {
	guint n_columns;	   /* those of the reader's that the shape has: events may */
	guint columns[CANDIDATES]; /* lack some of them, and the first that is there tells */
	int column;		   /* of the event that is remembered; -1: none told */
	ValueType type;
	gsize size;
	guint8 bytes[MEMO_BYTES];
} Memo;

typedef struct ShapeMemo {
	guint64 generation;
	Instant hour;
	Memo host, channel;
	Tally *row; /* of the table of this generation */
} ShapeMemo;

static guint row_hash(gconstpointer key)
{
	const Tally *row = key;

	return (guint)(slice_hash(slice_from_text(row->host)) ^
		slice_hash(slice_from_text(row->channel)) * 3 ^ (guint64)(row->hour / HOUR) * 31);
}

static gboolean row_equal(gconstpointer a, gconstpointer b)
{
	const Tally *x = a, *y = b;

	return x->hour == y->hour && strcmp(x->host, y->host) == 0 &&
		strcmp(x->channel, y->channel) == 0;
}

TallyTable *tally_table_new(const Reader *reader)
{
	static guint64 generations; /* numbers tables within the process */
	TallyTable *table = g_new0(TallyTable, 1);

	table->reader = reader;
	table->generation = ++generations;
	table->rows = g_hash_table_new_full(row_hash, row_equal, g_free, NULL);
	table->names = g_string_chunk_new(1024);
	table->host = g_string_new(NULL);
	table->channel = g_string_new(NULL);
	table->rest = (Tally){ .host = "", .channel = "", .hour = INSTANT_NONE };
	return table;
}

void tally_table_free(TallyTable *table)
{
	if (!table)
		return;
	g_hash_table_unref(table->rows);
	g_string_chunk_free(table->names);
	g_string_free(table->host, TRUE);
	g_string_free(table->channel, TRUE);
	g_free(table);
}

/* ---- what a shape remembers ---- */

/* Versions of a log write its columns in different cases: the exact name counts first. */
static int find_column(const Shape *shape, const char *name)
{
	int column = shape_find_column(shape, name);

	for (guint i = 0; column < 0 && i < shape->n_columns; i++) {
		if (g_ascii_strcasecmp(shape->columns[i].name, name) == 0)
			column = (int)i;
	}
	return column;
}

static gboolean has_column(const Memo *memo, guint column)
{
	for (guint i = 0; i < memo->n_columns; i++) {
		if (memo->columns[i] == column)
			return TRUE;
	}
	return FALSE;
}

static void find_columns(Memo *memo, const Shape *shape, const char *const *names)
{
	for (; names && *names && memo->n_columns < CANDIDATES; names++) {
		int column = find_column(shape, *names);

		if (column < 0 || has_column(memo, (guint)column))
			continue;
		memo->columns[memo->n_columns++] = (guint)column;
		if (shape->columns[column].constant)
			return; /* no event lacks it */
	}
}

/* The column that tells in this event; -1 where none does. */
static int telling_column(const Memo *memo, const Event *event)
{
	for (guint i = 0; i < memo->n_columns; i++) {
		guint column = memo->columns[i];

		if (event->shape->columns[column].constant ||
			(event->values[column].type != VALUE_ABSENT &&
				event->values[column].type != VALUE_NULL))
			return (int)column;
	}
	return -1;
}

static ShapeMemo *shape_memo(const TallyTable *table, Shape *shape)
{
	ShapeBinding *binding = &shape->bindings[TALLY_SLOT];

	if (!binding->data) {
		ShapeMemo *memo = g_new0(ShapeMemo, 1);

		find_columns(&memo->host, shape, table->reader->host_columns);
		find_columns(&memo->channel, shape, table->reader->channel_columns);
		*binding = (ShapeBinding){ memo, g_free };
	}
	return binding->data;
}

static gboolean memo_holds(const Memo *memo, const Event *event)
{
	if (telling_column(memo, event) != memo->column)
		return FALSE;
	if (memo->column < 0 || event->shape->columns[memo->column].constant)
		return TRUE; /* the same in every event of the shape */

	const Value *value = &event->values[memo->column];

	return value->type == memo->type &&
		slice_equal(value->bytes, slice_make(memo->bytes, memo->size));
}

static void memo_keep(Memo *memo, const Event *event)
{
	if (memo->column < 0)
		return;

	const Value *value = &event->values[memo->column];

	memo->type = VALUE_LIST; /* equal to nothing: lists have no bytes of their own */
	memo->size = 1;
	if (value->type == VALUE_LIST || value->bytes.size > MEMO_BYTES)
		return;
	memo->type = value->type;
	memo->size = value->bytes.size;
	if (memo->size)
		memcpy(memo->bytes, value->bytes.data, memo->size);
}

/* ---- counting ---- */

static void name_text(GString *ret, const Event *event, int column)
{
	gsize size = NAME_BYTES;

	g_string_truncate(ret, 0);
	if (column < 0)
		return;
	if (event->shape->columns[column].constant)
		g_string_append(ret, event->shape->columns[column].constant);
	else
		value_append_text(ret, &event->values[column]);
	if (ret->len <= NAME_BYTES)
		return;
	while (size && (ret->str[size] & 0xC0) == 0x80)
		size--;
	g_string_truncate(ret, size);
}

static Tally *find_row(TallyTable *table, Instant hour)
{
	Tally wanted = { .host = table->host->str, .channel = table->channel->str, .hour = hour };
	Tally *row = g_hash_table_lookup(table->rows, &wanted);

	if (row)
		return row;
	if (g_hash_table_size(table->rows) >= LIMIT_TALLY_ROWS) {
		table->full = TRUE;
		return &table->rest;
	}
	row = g_new(Tally, 1);
	*row = (Tally){
		.host = g_string_chunk_insert_const(table->names, wanted.host),
		.channel = g_string_chunk_insert_const(table->names, wanted.channel),
		.hour = hour,
	};
	g_hash_table_add(table->rows, row);
	return row;
}

static Instant hour_of(Instant time)
{
	Instant into;

	if (time == INSTANT_NONE)
		return INSTANT_NONE;
	into = time % HOUR;
	if (into < 0)
		into += HOUR;
	return time < INT64_MIN + 1 + HOUR ? INSTANT_NONE : time - into;
}

const Tally *tally_table_count(TallyTable *table, const Event *event)
{
	ShapeMemo *memo = shape_memo(table, event->shape);
	Instant hour = hour_of(event->time);
	gboolean known = memo->generation == table->generation && memo->hour == hour &&
		memo_holds(&memo->host, event) && memo_holds(&memo->channel, event);

	if (!known) {
		memo->host.column = telling_column(&memo->host, event);
		memo->channel.column = telling_column(&memo->channel, event);
		name_text(table->host, event, memo->host.column);
		name_text(table->channel, event, memo->channel.column);
		memo->row = find_row(table, hour);
		memo->hour = hour;
		memo->generation = table->generation;
		memo_keep(&memo->host, event);
		memo_keep(&memo->channel, event);
	}
	if (event->origin == EVENT_RECOVERED)
		memo->row->recovered++;
	else
		memo->row->in_use++;
	return memo->row;
}

gboolean tally_table_is_full(const TallyTable *table)
{
	return table->full;
}

/* ---- telling ---- */

static int compare_rows(gconstpointer a, gconstpointer b)
{
	const Tally *x = *(const Tally *const *)a, *y = *(const Tally *const *)b;
	int order = (x->hour > y->hour) - (x->hour < y->hour);

	if (!order)
		order = strcmp(x->host, y->host);
	return order ? order : strcmp(x->channel, y->channel);
}

void tally_table_foreach(
	TallyTable *table, void (*each)(void *context, const Tally *tally), void *context)
{
	g_autoptr(GPtrArray) rows = g_ptr_array_new();
	GHashTableIter iter;
	gpointer row;

	g_hash_table_iter_init(&iter, table->rows);
	while (g_hash_table_iter_next(&iter, &row, NULL))
		g_ptr_array_add(rows, row);
	g_ptr_array_sort(rows, compare_rows);
	for (guint i = 0; i < rows->len; i++)
		each(context, rows->pdata[i]);
	if (table->full)
		each(context, &table->rest);
}
