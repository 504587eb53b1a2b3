/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/observing.h"

#include <string.h>

#include "base/hash.h"
#include "base/limits.h"

/* An event, as far as a locator needs it. */
typedef struct EventPlace {
	Instant time;
	EventOrigin origin;
	guint64 record, offset;
} EventPlace;

typedef struct Row {
	guint rule;
	Slice subject, value; /* the table's own texts; or of the key that is looked for */
	const char *kind;
	guint64 n_events;
	EventPlace first, last;
} Row;

struct ObservationTable {
	GHashTable *rows; /* Row -> itself */
	GStringChunk *texts;
	gboolean is_full;
};

static guint row_hash(gconstpointer key)
{
	const Row *row = key;

	return (guint)(slice_hash(row->value) ^ slice_hash(row->subject) * 3 ^
		(guint64)row->rule * 31);
}

static gboolean row_equal(gconstpointer a, gconstpointer b)
{
	const Row *x = a, *y = b;

	return x->rule == y->rule && slice_equal(x->value, y->value) &&
		slice_equal(x->subject, y->subject);
}

ObservationTable *observation_table_new(void)
{
	ObservationTable *table = g_new0(ObservationTable, 1);

	table->rows = g_hash_table_new_full(row_hash, row_equal, g_free, NULL);
	table->texts = g_string_chunk_new(1024);
	return table;
}

void observation_table_free(ObservationTable *table)
{
	if (!table)
		return;
	g_hash_table_unref(table->rows);
	g_string_chunk_free(table->texts);
	g_free(table);
}

gboolean observation_table_is_full(const ObservationTable *table)
{
	return table->is_full;
}

/* ---- adding ---- */

/* No more than there is room for; not within a character, where it is one. */
static Slice cut(Slice text)
{
	gsize size = LIMIT_OBSERVATION_BYTES;

	if (text.size <= size)
		return text;
	while (size > LIMIT_OBSERVATION_BYTES - 4 && (text.data[size] & 0xC0) == 0x80)
		size--;
	return slice_sub(text, 0, size);
}

/* As a message may have it, which is UTF-8 without NUL. Borrows from @text or *@ret_owned. */
static Slice clean(Slice text, char **ret_owned)
{
	if (!text.size || g_utf8_validate_len((const char *)text.data, text.size, NULL))
		return text;
	*ret_owned = g_utf8_make_valid((const char *)text.data, (gssize)text.size);
	return cut(slice_from_text(*ret_owned)); /* which may be longer than @text */
}

static Slice keep(ObservationTable *table, Slice text)
{
	const char *kept = text.size ? g_string_chunk_insert_len(table->texts,
					       (const char *)text.data, (gssize)text.size)
				     : "";

	return slice_make(kept, text.size);
}

static Row *add_row(ObservationTable *table, const Row *wanted)
{
	Row *row;

	if (g_hash_table_size(table->rows) >= LIMIT_OBSERVATIONS) {
		table->is_full = TRUE;
		return NULL;
	}
	row = g_new(Row, 1);
	*row = *wanted;
	row->subject = keep(table, wanted->subject);
	row->value = keep(table, wanted->value);
	(void)g_hash_table_add(table->rows, row); /* it was not in there */
	return row;
}

/* Of events that come in the order of the evidence: one with a time goes before those without. */
static void widen(Row *row, const EventPlace *place)
{
	gboolean was_timed = row->first.time != INSTANT_NONE;

	if (place->time == INSTANT_NONE) {
		if (!was_timed)
			row->last = *place;
		return;
	}
	if (!was_timed || place->time < row->first.time)
		row->first = *place;
	if (!was_timed || place->time >= row->last.time)
		row->last = *place;
}

void observation_table_add(ObservationTable *table, guint rule, const char *kind, Slice subject,
	Slice value, const Event *event)
{
	const EventPlace place = { event->time, event->origin, event->record, event->offset };
	g_autofree char *clean_subject = NULL, *clean_value = NULL;
	Row wanted = { .rule = rule,
		.subject = cut(subject),
		.value = cut(value),
		.kind = kind,
		.first = place,
		.last = place };
	Row *row = g_hash_table_lookup(table->rows, &wanted);

	if (!row) { /* Rows have clean texts, which nearly all are: they are only looked at here. */
		wanted.subject = clean(wanted.subject, &clean_subject);
		wanted.value = clean(wanted.value, &clean_value);
		row = clean_subject || clean_value ? g_hash_table_lookup(table->rows, &wanted)
						   : NULL;
	}
	row = row ? row : add_row(table, &wanted);
	if (!row)
		return;
	row->n_events++;
	widen(row, &place);
}

/* ---- telling ---- */

static int compare_slices(Slice a, Slice b)
{
	gsize size = MIN(a.size, b.size);
	int order = size ? memcmp(a.data, b.data, size) : 0;

	return order ? order : (a.size > b.size) - (a.size < b.size);
}

static int compare_rows(gconstpointer a, gconstpointer b)
{
	const Row *x = *(const Row *const *)a, *y = *(const Row *const *)b;
	int order = (x->rule > y->rule) - (x->rule < y->rule);

	if (!order)
		order = compare_slices(x->subject, y->subject);
	return order ? order : compare_slices(x->value, y->value);
}

static void set_locator(GString *ret, const EventPlace *place, const char *file)
{
	const Event event = {
		.time = place->time,
		.origin = place->origin,
		.record = place->record,
		.offset = place->offset,
		.place = file,
	};

	g_string_truncate(ret, 0);
	event_append_locator(ret, &event);
}

void observation_table_foreach(
	ObservationTable *table, const char *place, ObservationFunc each, void *context)
{
	g_autoptr(GPtrArray) rows = g_ptr_array_new();
	g_autoptr(GString) first = g_string_new(NULL), last = g_string_new(NULL);
	GHashTableIter iter;
	gpointer pointer;

	g_hash_table_iter_init(&iter, table->rows);
	while (g_hash_table_iter_next(&iter, &pointer, NULL))
		g_ptr_array_add(rows, pointer);
	g_ptr_array_sort(rows, compare_rows);
	for (guint i = 0; i < rows->len; i++) {
		const Row *row = rows->pdata[i];

		set_locator(first, &row->first, place);
		set_locator(last, &row->last, place);

		const Observation observation = {
			.kind = row->kind,
			.subject = (const char *)row->subject.data,
			.value = (const char *)row->value.data,
			.n_events = row->n_events,
			.first = { row->first.time, first->str },
			.last = { row->last.time, last->str },
		};

		each(context, row->rule, &observation);
	}
}
