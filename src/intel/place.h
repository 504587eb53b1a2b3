/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Place: in which line of a source something stands. Counting goes on from where it was asked last,
 * in either direction, so asking in the order of the text costs one pass over it.
 */
#pragma once

#include <glib.h>

#include "base/slice.h"

typedef struct Place {
	Slice text;
	gsize at;
	guint line; /* of @at, from 0 */
} Place;

static inline Place place_make(Slice text)
{
	return (Place){ text, 0, 0 };
}

/* From 1. Offsets behind the end give the last line. */
guint place_line(Place *place, gsize offset);

/* Of the beginning of @part, which has to be of the text. */
static inline guint place_line_of(Place *place, Slice part)
{
	return place_line(place, (gsize)(part.data - place->text.data));
}
