/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SeenValues: what a search found in values that come again and again.
 *
 * A log of a web server has a few thousand user agents and referrers, a third of its bytes. What
 * was found in one is kept with all its bytes, in a table of fixed size in which a later value
 * takes an earlier one's place; so a hit is never wrong, and evidence that fills the table with
 * values that do not come again costs time and nothing else.
 */
#pragma once

#include <glib.h>

#include "base/slice.h"

#define SEEN_MIN_BYTES 24  /* shorter values are searched as fast */
#define SEEN_MAX_BYTES 220 /* longer ones are rare */
#define SEEN_FINDS     6

typedef struct SeenValue {
	guint32 owner; /* 0: nothing is seen here */
	guint16 size;
	guint16 n_finds;
	guint32 finds[SEEN_FINDS]; /* what the owner found, by its own numbers */
	guint8 bytes[SEEN_MAX_BYTES];
} SeenValue;

typedef struct SeenValues SeenValues;

SeenValues *seen_values_new(void);
void seen_values_free(SeenValues *seen); /* accepts NULL */

/* The place of @value, of SEEN_MIN_BYTES to SEEN_MAX_BYTES, for @owner, which is not 0. */
SeenValue *seen_values_place(SeenValues *seen, guint32 owner, Slice value);

static inline gboolean seen_value_is(const SeenValue *place, guint32 owner, Slice value)
{
	return place->owner == owner && place->size == value.size &&
		memcmp(place->bytes, value.data, value.size) == 0;
}

/* Puts @value there. @finds are @n_finds numbers, at most SEEN_FINDS. */
void seen_value_set(
	SeenValue *place, guint32 owner, Slice value, const guint32 *finds, guint n_finds);
