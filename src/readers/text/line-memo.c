/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Places by evidence, sorted by offset. What does not fit is forgotten: every second place of one
 * evidence, the evidence that was remembered first of many. That costs time, nothing else.
 */
#include "base/limits.h"
#include "readers/text/line-skim.h"

typedef struct Known {
	guint64 number; /* of the evidence */
	GArray *places; /* LinePlace, by offset */
} Known;

struct LineMemo {
	GPtrArray *known; /* Known, oldest first */
};

static void known_free(gpointer data)
{
	Known *known = data;

	g_array_unref(known->places);
	g_free(known);
}

LineMemo *line_memo_new(void)
{
	LineMemo *memo = g_new0(LineMemo, 1);

	memo->known = g_ptr_array_new_with_free_func(known_free);
	return memo;
}

void line_memo_free(LineMemo *memo)
{
	if (!memo)
		return;
	g_ptr_array_unref(memo->known);
	g_free(memo);
}

static Known *find_known(const LineMemo *memo, guint64 number)
{
	for (guint i = 0; i < memo->known->len; i++) {
		Known *known = g_ptr_array_index(memo->known, i);

		if (known->number == number)
			return known;
	}
	return NULL;
}

/* How many places lie at or before @offset. */
static guint count_before(const GArray *places, guint64 offset)
{
	guint low = 0, high = places->len;

	while (low < high) {
		guint middle = low + (high - low) / 2;

		if (g_array_index(places, LinePlace, middle).offset <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

gboolean line_memo_find(const LineMemo *memo, guint64 number, guint64 offset, LinePlace *ret_place)
{
	const Known *known = memo && number ? find_known(memo, number) : NULL;
	guint n = known ? count_before(known->places, offset) : 0;

	if (n == 0)
		return FALSE;
	*ret_place = g_array_index(known->places, LinePlace, n - 1);
	return TRUE;
}

static void forget_every_second(GArray *places)
{
	guint kept = 0;

	for (guint i = 1; i < places->len; i += 2)
		g_array_index(places, LinePlace, kept++) = g_array_index(places, LinePlace, i);
	g_array_set_size(places, kept);
}

void line_memo_add(LineMemo *memo, guint64 number, const LinePlace *place)
{
	Known *known;
	guint n;

	if (!memo || number == 0)
		return;
	known = find_known(memo, number);
	if (!known) {
		known = g_new0(Known, 1);
		known->number = number;
		known->places = g_array_new(FALSE, FALSE, sizeof(LinePlace));
		if (memo->known->len >= LIMIT_LINE_MEMOS)
			g_ptr_array_remove_index(memo->known, 0);
		g_ptr_array_add(memo->known, known);
	}
	if (known->places->len >= LIMIT_LINE_PLACES)
		forget_every_second(known->places);
	n = count_before(known->places, place->offset);
	if (n == 0 || g_array_index(known->places, LinePlace, n - 1).offset != place->offset)
		g_array_insert_vals(known->places, n, place, 1);
}
