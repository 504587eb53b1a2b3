/* SPDX-License-Identifier: Apache-2.0 */
#include "intel/place.h"

static guint count_lines(Slice part)
{
	guint n = 0;

	for (gsize i = 0; i < part.size; i++)
		n += part.data[i] == '\n';
	return n;
}

guint place_line(Place *place, gsize offset)
{
	offset = MIN(offset, place->text.size);
	if (offset >= place->at)
		place->line += count_lines(slice_sub(place->text, place->at, offset - place->at));
	else
		place->line -= count_lines(slice_sub(place->text, offset, place->at - offset));
	place->at = offset;
	return place->line + 1;
}
