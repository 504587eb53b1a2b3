/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Place: what a hit's values make of it in a correlation. Which group it belongs to, and whether it
 * can be correlated at all.
 */
#pragma once

#include "base/decimal.h"
#include "case/hits.h"
#include "model/correlation.h"

/* How many values of each kind a correlation has, in the order of its keys. */
typedef struct PlaceShape {
	guint n_group, n_fields, n_values;
	gboolean has_numbers; /* its field is summed up */
} PlaceShape;

PlaceShape place_shape(const Correlation *correlation);

/*
 * Fills key, group_key and problem of @ret from the key @key of a hit at @time. @group gets the
 * bytes of the group's key, which @ret borrows, as it does @key. FALSE where @key is none.
 */
gboolean place_fill(
	const PlaceShape *shape, Slice key, Instant time, GByteArray *group, CaseHitPlace *ret);

/* The values to count of @key, folded, appended to @ret. */
void place_append_values(const PlaceShape *shape, Slice key, GByteArray *ret);

/* The number to sum up of @key; 0 where the correlation sums up none. */
Decimal place_number(const PlaceShape *shape, Slice key);

/* Splits @key into the bytes of its @n values, which stand for themselves in any other key. */
gboolean place_split(Slice key, guint n, Slice *ret_pieces);
