/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Window: the hits of one group within one timespan, and what a correlation measures of them.
 *
 * Hits come in order of time and leave in that order; what is measured is kept up to date by what
 * comes and goes, so that a hit costs the same however many are in the window:
 *
 *	event_count		events, each once however many rules are true of it
 *	value_count		distinct values
 *	temporal		distinct rules
 *	temporal_ordered	the most rules that hits are in order of
 *	value_sum, _avg, _percentile	of the events' numbers, exactly (base/decimal.h)
 */
#pragma once

#include "base/decimal.h"
#include "model/correlation.h"

typedef struct WindowHit {
	Instant time;
	gpointer row; /* the caller's */
	gint64 event; /* equal for hits of the same event */
	guint part;   /* of the correlation */
	gsize size;   /* bytes that are held for it */
} WindowHit;

typedef struct Window Window;

/* @correlation is borrowed. The rows of hits that leave the window are given to @free_row. */
Window *window_new(const Correlation *correlation, GDestroyNotify free_row);
void window_free(Window *window); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Window, window_free)

/* Empties it, for another group. */
void window_reset(Window *window);

/*
 * Adds a hit, which must not be earlier than those before. @values is what is counted, a folded key
 * of the correlation's fields; @number is what is summed up. Each is used by the types that need
 * it. Hits of the same time count together once window_settle() is called.
 */
void window_add(Window *window, const WindowHit *hit, Slice values, Decimal number);
void window_settle(Window *window);

/* Lets hits that are earlier than @from go. */
void window_expire(Window *window, Instant from);
/* Lets the earliest one go. */
void window_shift(Window *window);

/*
 * The hits in it are numbered by how many came before them: window_first() is the earliest,
 * window_end() one more than the latest.
 */
guint64 window_first(const Window *window);
guint64 window_end(const Window *window);
const WindowHit *window_hit(const Window *window, guint64 index);

/* The sizes of all of them. */
guint64 window_size(const Window *window);

/* Do all conditions hold? *ret_measure: what was measured, an average rounded towards zero. */
gboolean window_holds(const Window *window, Decimal *ret_measure);
