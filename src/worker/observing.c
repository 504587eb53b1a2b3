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
	Slice subject,
		value; /* the table's own, NUL-terminated; or of the key that is looked for */
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

static Slice cut(Slice text)
{
	gsize size = LIMIT_OBSERVATION_BYTES;

	if (text.size <= size)
		return text;
	while (size && (text.data[size] & 0xC0) == 0x80)
		size--;
	return slice_sub(text, 0, size);
}

static Slice keep(ObservationTable *table, Slice text)
{
	const char *kept = text.size ? g_string_chunk_insert_len(table->texts,
					       (const char *)text.data, (gssize)text.size)
				     : "";

	return slice_make(kept, text.size);
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
	const Row wanted = { .rule = rule, .subject = cut(subject), .value = cut(value) };
	Row *row = g_hash_table_lookup(table->rows, &wanted);

	if (row) {
		row->n_events++;
		widen(row, &place);
		return;
	}
	if (g_hash_table_size(table->rows) >= LIMIT_OBSERVATIONS) {
		table->is_full = TRUE;
		return;
	}
	row = g_new(Row, 1);
	*row = (Row){
		.rule = rule,
		.subject = keep(table, wanted.subject),
		.value = keep(table, wanted.value),
		.kind = kind,
		.n_events = 1,
		.first = place,
		.last = place,
	};
	(void)g_hash_table_add(table->rows, row); /* it was not in there */
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

/* A text of the protocol has no NUL. */
static char *dup_text(Slice text)
{
	return g_utf8_make_valid((const char *)text.data, (gssize)text.size);
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
		g_autofree char *subject = dup_text(row->subject), *value = dup_text(row->value);

		set_locator(first, &row->first, place);
		set_locator(last, &row->last, place);

		const Observation observation = {
			.kind = row->kind,
			.subject = subject,
			.value = value,
			.n_events = row->n_events,
			.first = { row->first.time, first->str },
			.last = { row->last.time, last->str },
		};

		each(context, row->rule, &observation);
	}
}
