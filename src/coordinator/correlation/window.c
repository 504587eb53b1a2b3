/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hits are in a ring whose size is a power of two. What is measured beside them:
 *
 *	events	    event -> Event, while any of its hits is in the window
 *	values	    folded key -> Value, likewise
 *	sorted	    the numbers of the events in order, for percentiles: a balanced tree
 *	parts	    hits of each part
 *	latest	    for temporal_ordered, see settle_order()
 */
#include "coordinator/correlation/window.h"

#include <string.h>

#include "base/hash.h"

typedef struct Event {
	gint64 id; /* also the key in the table */
	Decimal number;
	GSequenceIter *place; /* in sorted */
	guint n_hits;
} Event;

typedef struct Value {
	Slice key; /* its bytes are behind the struct */
	guint n_hits;
} Value;

typedef struct Kept {
	WindowHit hit;
	gpointer counted; /* Event or Value */
} Kept;

struct Window {
	const Correlation *correlation;
	GDestroyNotify free_row;
	Kept *ring;
	guint64 first, end, settled, size; /* size: of the ring */
	GHashTable *events, *values;
	GSequence *sorted;
	Decimal sum;
	guint64 bytes;
	guint *parts, n_parts_there;
	Instant *latest; /* of part and length: settle_order() */
	gboolean *touched;
};

#define RING_START 64

/* ---- the keys of the tables ---- */

static guint hash_value(gconstpointer value)
{
	return (guint)slice_hash(((const Value *)value)->key);
}

static gboolean equal_values(gconstpointer a, gconstpointer b)
{
	return slice_equal(((const Value *)a)->key, ((const Value *)b)->key);
}

static int compare_numbers(gconstpointer a, gconstpointer b, gpointer unused)
{
	Decimal x = ((const Event *)a)->number, y = ((const Event *)b)->number;

	return (x > y) - (x < y);
}

static gboolean sums(const Window *w)
{
	return w->correlation->type >= CORRELATION_VALUE_SUM;
}

/* ---- making ---- */

static Kept *at(const Window *w, guint64 index)
{
	return &w->ring[index & (w->size - 1)];
}

static void free_rows(const Window *w)
{
	for (guint64 i = w->first; w->free_row && i < w->end; i++)
		w->free_row(at(w, i)->hit.row);
}

Window *window_new(const Correlation *correlation, GDestroyNotify free_row)
{
	Window *w = g_new0(Window, 1);
	guint n = correlation->n_parts;

	w->correlation = correlation;
	w->free_row = free_row;
	w->size = RING_START;
	w->ring = g_new(Kept, w->size);
	w->events = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free);
	w->values = g_hash_table_new_full(hash_value, equal_values, NULL, g_free);
	w->sorted = g_sequence_new(NULL);
	w->parts = g_new0(guint, n);
	w->touched = g_new0(gboolean, n);
	if (correlation->type == CORRELATION_TEMPORAL_ORDERED)
		w->latest = g_new(Instant, (gsize)n * n);
	window_reset(w);
	return w;
}

void window_free(Window *w)
{
	if (!w)
		return;
	free_rows(w);
	g_sequence_free(w->sorted);
	g_hash_table_unref(w->events);
	g_hash_table_unref(w->values);
	g_free(w->ring);
	g_free(w->parts);
	g_free(w->touched);
	g_free(w->latest);
	g_free(w);
}

void window_reset(Window *w)
{
	guint n = w->correlation->n_parts;

	free_rows(w);
	g_sequence_remove_range(
		g_sequence_get_begin_iter(w->sorted), g_sequence_get_end_iter(w->sorted));
	g_hash_table_remove_all(w->events);
	g_hash_table_remove_all(w->values);
	memset(w->parts, 0, n * sizeof(*w->parts));
	memset(w->touched, 0, n * sizeof(*w->touched));
	for (gsize i = 0; w->latest && i < (gsize)n * n; i++)
		w->latest[i] = INSTANT_NONE;
	w->first = w->end = w->settled = 0;
	w->n_parts_there = 0;
	w->sum = 0;
	w->bytes = 0;
}

/* ---- coming and going ---- */

static void grow(Window *w)
{
	Kept *wider = g_new(Kept, w->size * 2);

	for (guint64 i = w->first; i < w->end; i++)
		wider[i & (w->size * 2 - 1)] = *at(w, i);
	g_free(w->ring);
	w->ring = wider;
	w->size *= 2;
}

static Event *count_event(Window *w, gint64 id, Decimal number)
{
	Event *event = g_hash_table_lookup(w->events, &id);

	if (event) {
		event->n_hits++;
		return event;
	}
	event = g_new0(Event, 1);
	event->id = id;
	event->number = number;
	event->n_hits = 1;
	(void)g_hash_table_insert(w->events, &event->id, event); /* it was not in there */
	w->sum += number;
	if (w->correlation->type == CORRELATION_VALUE_PERCENTILE)
		event->place = g_sequence_insert_sorted(w->sorted, event, compare_numbers, NULL);
	return event;
}

static void forget_event(Window *w, Event *event)
{
	if (--event->n_hits)
		return;
	w->sum -= event->number;
	if (event->place)
		g_sequence_remove(event->place);
	(void)g_hash_table_remove(w->events, &event->id); /* it is in there */
}

static Value *count_value(Window *w, Slice key)
{
	Value probe = { .key = key };
	Value *value = g_hash_table_lookup(w->values, &probe);

	if (value) {
		value->n_hits++;
		return value;
	}
	value = g_malloc(sizeof(*value) + key.size);
	if (key.size)
		memcpy(value + 1, key.data, key.size);
	value->key = slice_make(value + 1, key.size);
	value->n_hits = 1;
	(void)g_hash_table_insert(w->values, value, value); /* it was not in there */
	return value;
}

static gpointer count(Window *w, const WindowHit *hit, Slice values, Decimal number)
{
	if (w->correlation->type == CORRELATION_EVENT_COUNT)
		return count_event(w, hit->event, 0);
	if (w->correlation->type == CORRELATION_VALUE_COUNT)
		return count_value(w, values);
	return sums(w) ? count_event(w, hit->event, number) : NULL;
}

void window_add(Window *w, const WindowHit *hit, Slice values, Decimal number)
{
	Kept kept = { *hit, count(w, hit, values, number) };

	if (w->end - w->first == w->size)
		grow(w);
	*at(w, w->end++) = kept;
	w->bytes += hit->size;
	if (w->parts[hit->part]++ == 0)
		w->n_parts_there++;
	w->touched[hit->part] = TRUE;
}

void window_shift(Window *w)
{
	Kept *kept = at(w, w->first++);
	Value *value = kept->counted;

	w->bytes -= kept->hit.size;
	if (w->correlation->type == CORRELATION_VALUE_COUNT) {
		if (--value->n_hits == 0)
			(void)g_hash_table_remove(w->values, value); /* it is in there */
	} else if (kept->counted) {
		forget_event(w, kept->counted);
	}
	if (--w->parts[kept->hit.part] == 0)
		w->n_parts_there--;
	if (w->free_row)
		w->free_row(kept->hit.row);
}

void window_expire(Window *w, Instant from)
{
	while (w->first < w->end && at(w, w->first)->hit.time < from)
		window_shift(w);
}

/* ---- order ---- */

/*
 * A chain is a row of hits that are in order of time and of different parts in the order of the
 * rule. latest[part][n - 1] is the latest time at which a chain of n hits starts that ends with
 * part; a chain lies in the window if it starts in it. Hits of one time are taken in the order of
 * their parts: at equal times every order is possible.
 */
static void settle_order(Window *w)
{
	guint n_parts = w->correlation->n_parts;
	Instant now = at(w, w->end - 1)->hit.time;

	for (guint part = 0; part < n_parts; part++) {
		Instant *latest = &w->latest[(gsize)part * n_parts];

		if (!w->touched[part])
			continue;
		latest[0] = now;
		for (guint before = 0; before < part; before++) {
			const Instant *shorter = &w->latest[(gsize)before * n_parts];

			for (guint n = 1; n <= before + 1; n++)
				latest[n] = MAX(latest[n], shorter[n - 1]);
		}
	}
}

void window_settle(Window *w)
{
	if (w->latest && w->settled < w->end)
		settle_order(w);
	w->settled = w->end;
	memset(w->touched, 0, w->correlation->n_parts * sizeof(*w->touched));
}

static guint longest_chain(const Window *w)
{
	guint n_parts = w->correlation->n_parts;
	Instant from;

	if (w->first == w->end)
		return 0;
	from = at(w, w->first)->hit.time;
	for (guint n = n_parts; n > 1; n--) {
		for (guint part = n - 1; part < n_parts; part++) {
			if (w->latest[(gsize)part * n_parts + n - 1] >= from)
				return n;
		}
	}
	return 1;
}

/* ---- measuring ---- */

/* The smallest of the numbers that is not below @percentile of a hundred of them. */
static Decimal find_percentile(const Window *w)
{
	Decimal n = g_sequence_get_length(w->sorted);
	Decimal hundred = 100 * DECIMAL_ONE;
	Decimal rank =
		(decimal_from_double(w->correlation->percentile) * n + hundred - 1) / hundred;
	GSequenceIter *iter =
		g_sequence_get_iter_at_pos(w->sorted, (int)CLAMP(rank - 1, 0, MAX(n - 1, 0)));

	return g_sequence_iter_is_end(iter) ? 0 : ((const Event *)g_sequence_get(iter))->number;
}

/* What is measured, as *ret / the returned number. */
static guint measure(const Window *w, Decimal *ret)
{
	switch (w->correlation->type) {
	case CORRELATION_EVENT_COUNT:
		*ret = g_hash_table_size(w->events) * DECIMAL_ONE;
		return 1;
	case CORRELATION_VALUE_COUNT:
		*ret = g_hash_table_size(w->values) * DECIMAL_ONE;
		return 1;
	case CORRELATION_TEMPORAL_ORDERED:
		*ret = longest_chain(w) * DECIMAL_ONE;
		return 1;
	case CORRELATION_VALUE_SUM:
		*ret = w->sum;
		return 1;
	case CORRELATION_VALUE_AVG:
		*ret = w->sum;
		return MAX(g_hash_table_size(w->events), 1);
	case CORRELATION_VALUE_PERCENTILE:
		*ret = find_percentile(w);
		return 1;
	case CORRELATION_TEMPORAL:
	case CORRELATION_STIX_PATTERN: /* is not measured by windows: pattern.h */
	case CORRELATION_N_TYPES:
		break;
	}
	*ret = w->n_parts_there * DECIMAL_ONE;
	return 1;
}

static gboolean compare(CorrelationOperator operator, Decimal a, Decimal b)
{
	switch (operator) {
	case CORRELATION_GT:
		return a > b;
	case CORRELATION_GTE:
		return a >= b;
	case CORRELATION_LT:
		return a < b;
	case CORRELATION_LTE:
		return a <= b;
	case CORRELATION_EQ:
		return a == b;
	case CORRELATION_NEQ:
		return a != b;
	case CORRELATION_N_OPERATORS:
		break;
	}
	return FALSE;
}

gboolean window_holds(const Window *w, Decimal *ret_measure)
{
	const Correlation *correlation = w->correlation;
	Decimal measured;
	guint divisor = measure(w, &measured);

	*ret_measure = measured / divisor;
	for (guint i = 0; i < correlation->n_conditions; i++) {
		const CorrelationCondition *condition = &correlation->conditions[i];

		/* Compared without dividing, so exactly. */
		if (!compare(condition->operator, measured,
			    decimal_from_double(condition->number) * divisor))
			return FALSE;
	}
	return correlation->n_conditions || measured >= (Decimal)correlation->n_parts * DECIMAL_ONE;
}

guint64 window_first(const Window *w)
{
	return w->first;
}

guint64 window_end(const Window *w)
{
	return w->end;
}

guint64 window_size(const Window *w)
{
	return w->bytes;
}

const WindowHit *window_hit(const Window *w, guint64 index)
{
	return &at(w, index)->hit;
}
