/* SPDX-License-Identifier: Apache-2.0 */
#include "coordinator/correlation/place.h"

#include "base/limits.h"

#define HEAD_BYTES 5 /* of a value that is there: model/correlation.c */

PlaceShape place_shape(const Correlation *correlation)
{
	return (PlaceShape){
		.n_group = g_strv_length(correlation->group_by),
		.n_fields = g_strv_length(correlation->fields),
		.n_values = correlation_n_values(correlation),
		.has_numbers = correlation->type >= CORRELATION_VALUE_SUM &&
			correlation->type <= CORRELATION_VALUE_PERCENTILE,
	};
}

gboolean place_split(Slice key, guint n, Slice *ret_pieces)
{
	Slice values[LIMIT_CORRELATION_VALUES];
	gsize at = 0;

	if (n > G_N_ELEMENTS(values) || !hit_key_read(key, n, values))
		return FALSE;
	for (guint i = 0; i < n; i++) {
		gsize size = values[i].data ? HEAD_BYTES + values[i].size : 1;

		ret_pieces[i] = slice_sub(key, at, size);
		at += size;
	}
	return TRUE;
}

/* The bytes of values @first to @first + @n - 1. */
static Slice join(const Slice *pieces, Slice key, guint first, guint n)
{
	gsize from, size = 0;

	if (n == 0)
		return SLICE_EMPTY;
	from = (gsize)(pieces[first].data - key.data);
	for (guint i = first; i < first + n; i++)
		size += pieces[i].size;
	return slice_sub(key, from, size);
}

static gboolean is_missing(Slice piece)
{
	return piece.size == 1;
}

static gboolean is_number(Slice piece)
{
	Decimal number;

	return decimal_parse(slice_sub(piece, HEAD_BYTES, piece.size), &number);
}

static HitProblem find_problem(const PlaceShape *shape, const Slice *pieces, Instant time)
{
	if (time == INSTANT_NONE)
		return HIT_NO_TIME;
	for (guint i = 0; i < shape->n_group; i++) {
		if (is_missing(pieces[i]))
			return HIT_NO_GROUP;
	}
	for (guint i = shape->n_group; i < shape->n_group + shape->n_fields; i++) {
		if (is_missing(pieces[i]) || (shape->has_numbers && !is_number(pieces[i])))
			return HIT_NO_VALUE;
	}
	return HIT_GOOD;
}

gboolean place_fill(
	const PlaceShape *shape, Slice key, Instant time, GByteArray *group, CaseHitPlace *ret)
{
	Slice pieces[LIMIT_CORRELATION_VALUES];

	if (!place_split(key, shape->n_values, pieces))
		return FALSE;
	g_byte_array_set_size(group, 0);
	hit_key_append_folded(group, join(pieces, key, 0, shape->n_group), shape->n_group);
	ret->key = key;
	ret->group_key = slice_make(group->data, group->len);
	ret->problem = find_problem(shape, pieces, time);
	return TRUE;
}

void place_append_values(const PlaceShape *shape, Slice key, GByteArray *ret)
{
	Slice pieces[LIMIT_CORRELATION_VALUES];

	if (place_split(key, shape->n_values, pieces))
		hit_key_append_folded(
			ret, join(pieces, key, shape->n_group, shape->n_fields), shape->n_fields);
}

Decimal place_number(const PlaceShape *shape, Slice key)
{
	Slice pieces[LIMIT_CORRELATION_VALUES], piece;
	Decimal number = 0;

	if (!shape->has_numbers || !place_split(key, shape->n_values, pieces))
		return 0;
	piece = pieces[shape->n_group];
	/* What is no number was not let through by place_fill(). */
	(void)decimal_parse(slice_sub(piece, HEAD_BYTES, piece.size), &number);
	return number;
}
