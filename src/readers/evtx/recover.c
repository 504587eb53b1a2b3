/* SPDX-License-Identifier: Apache-2.0 */
#include "readers/evtx/recover.h"

void slack_init(Slack *slack)
{
	slack->position = 0;
	slack->in_use = g_array_new(FALSE, FALSE, sizeof(RecordPlace));
	slack->lost = g_array_new(FALSE, FALSE, sizeof(RecordPlace));
}

void slack_clear(Slack *slack)
{
	g_clear_pointer(&slack->in_use, g_array_unref);
	g_clear_pointer(&slack->lost, g_array_unref);
}

static int compare_ids(gconstpointer a, gconstpointer b)
{
	const RecordPlace *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

void slack_start(Slack *slack, Chunk *chunk, RecordReader *records)
{
	RecordPlace place;

	g_array_set_size(slack->in_use, 0);
	g_array_set_size(slack->lost, 0);
	slack->n_lost_given = 0;
	while (chunk_next_record(chunk, NULL, &place)) {
		g_array_append_val(slack->in_use, place);
		if (record_reader_lacks_template(records, place.offset, place.size))
			g_array_append_val(slack->lost, place);
	}
	g_array_sort(slack->in_use, compare_ids);
	slack->position = chunk_slack_start(chunk);
}

/* The same number, written at the same moment: the same record. */
static gboolean is_in_use(const Slack *slack, const RecordPlace *place)
{
	guint low = 0, high = slack->in_use->len;

	while (low < high) {
		guint middle = low + (high - low) / 2;
		const RecordPlace *other = &g_array_index(slack->in_use, RecordPlace, middle);

		if (other->id == place->id)
			return other->written == place->written;
		if (other->id < place->id)
			low = middle + 1;
		else
			high = middle;
	}
	return FALSE;
}

gboolean slack_next_lost(Slack *slack, RecordPlace *ret_place)
{
	if (slack->n_lost_given >= slack->lost->len)
		return FALSE;
	*ret_place = g_array_index(slack->lost, RecordPlace, slack->n_lost_given++);
	return TRUE;
}

gboolean slack_next(Slack *slack, const Chunk *chunk, RecordPlace *ret_place)
{
	if (chunk->kind == CHUNK_EMPTY)
		return FALSE;
	while (chunk_find_record(chunk, slack->position, chunk->available, ret_place)) {
		slack->position = ret_place->offset + ret_place->size;
		if (!is_in_use(slack, ret_place))
			return TRUE;
	}
	return FALSE;
}
