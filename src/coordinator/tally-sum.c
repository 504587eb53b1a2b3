/* SPDX-License-Identifier: Apache-2.0 */
#include "coordinator/tally-sum.h"

#include "base/hash.h"
#include "base/limits.h"

struct TallySum {
	GHashTable *rows;    /* Tally -> itself */
	GStringChunk *texts; /* hosts and logs, each once */
};

static guint row_hash(gconstpointer key)
{
	const Tally *row = key;

	return (guint)(slice_hash(slice_from_text(row->host)) ^
		slice_hash(slice_from_text(row->channel)) * 3 ^
		(guint64)(row->hour / (3600 * INSTANT_SECOND)) * 31);
}

static gboolean row_equal(gconstpointer a, gconstpointer b)
{
	const Tally *x = a, *y = b;

	return x->hour == y->hour && g_str_equal(x->host, y->host) &&
		g_str_equal(x->channel, y->channel);
}

TallySum *tally_sum_new(void)
{
	TallySum *sum = g_new0(TallySum, 1);

	sum->rows = g_hash_table_new_full(row_hash, row_equal, g_free, NULL);
	sum->texts = g_string_chunk_new(1024);
	return sum;
}

void tally_sum_free(TallySum *sum)
{
	if (!sum)
		return;
	g_hash_table_unref(sum->rows);
	g_string_chunk_free(sum->texts);
	g_free(sum);
}

void tally_sum_add(TallySum *sum, const Tally *tally)
{
	Tally *row = g_hash_table_lookup(sum->rows, tally);

	if (!row) {
		row = g_memdup2(tally, sizeof(*tally));
		row->host = g_string_chunk_insert_const(sum->texts, tally->host);
		row->channel = g_string_chunk_insert_const(sum->texts, tally->channel);
		(void)g_hash_table_add(sum->rows, row); /* it was not in there */
		return;
	}
	row->in_use += tally->in_use;
	row->recovered += tally->recovered;
}

gboolean tally_sum_is_full(const TallySum *sum)
{
	return g_hash_table_size(sum->rows) >= LIMIT_TALLY_ROWS;
}

static int compare_rows(gconstpointer a, gconstpointer b)
{
	const Tally *x = *(const Tally *const *)a, *y = *(const Tally *const *)b;
	int order = (x->hour > y->hour) - (x->hour < y->hour);

	if (!order)
		order = strcmp(x->host, y->host);
	return order ? order : strcmp(x->channel, y->channel);
}

gboolean tally_sum_take(TallySum *sum, TallyFunc each, void *context, GError **error)
{
	g_autoptr(GPtrArray) rows = g_ptr_array_new();
	GHashTableIter iter;
	gboolean fine = TRUE;
	gpointer row;

	g_hash_table_iter_init(&iter, sum->rows);
	while (g_hash_table_iter_next(&iter, &row, NULL))
		g_ptr_array_add(rows, row);
	g_ptr_array_sort(rows, compare_rows);
	for (guint i = 0; fine && i < rows->len; i++)
		fine = each(context, rows->pdata[i], error);
	g_hash_table_remove_all(sum->rows);
	g_string_chunk_clear(sum->texts);
	return fine;
}
