/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SpanList: strings the spans of one file together and finds what lies between them.
 *
 * Spans come from whichever child read the range. In the order of their offsets, the spans of one
 *log continue each other: record numbers go on, times do not go back. Two things are no sign of
 *anything:
 *
 *	- A log of fixed size begins anew at its start when it is full. Then the numbers run on from
 *	  the last span of the file to its first, and fall once in between: the place of writing.
 *The spans are compared as they were written, from that place round to it again.
 *	- Clocks are set; a step back of up to COVERAGE_TIME_TOLERANCE is nothing to talk about.
 */
#pragma once

#include <glib.h>

#include "model/coverage.h"

/* How far a record may lie before the one in front of it. */
#define COVERAGE_TIME_TOLERANCE (60 * INSTANT_SECOND)

typedef struct SpanList SpanList;

/* Holds @max_bytes at most, texts and all (LIMIT_SPAN_BYTES; tests have less). */
SpanList *span_list_new(gsize max_bytes);
void span_list_free(SpanList *list); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SpanList, span_list_free)

/* Adds a span, copying its text; passes it over where there is no room. */
void span_list_add(SpanList *list, const Span *span);

/* TRUE where a span was passed over. */
gboolean span_list_is_cut(const SpanList *list);

/*
 * Calls @each for every gap between spans, in order of log and number; until it returns FALSE,
 * which is what is returned then.
 */
typedef gboolean (*SpanGapFunc)(void *context, const Gap *gap, GError **error);
gboolean span_list_check(SpanList *list, SpanGapFunc each, void *context, GError **error);
