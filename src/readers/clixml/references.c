/* SPDX-License-Identifier: Apache-2.0 */
#include "readers/clixml/references.h"

#include "base/limits.h"

struct References {
	GHashTable *texts; /* number to GBytes */
	gsize bytes;
};

References *references_new(void)
{
	References *references = g_new0(References, 1);

	references->texts = g_hash_table_new_full(
		g_int64_hash, g_int64_equal, g_free, (GDestroyNotify)g_bytes_unref);
	return references;
}

void references_free(References *references)
{
	if (!references)
		return;
	g_hash_table_unref(references->texts);
	g_free(references);
}

static gboolean read_number(Slice text, gint64 *ret)
{
	gint64 number = 0;

	if (text.size == 0 || text.size > 18)
		return FALSE;
	for (gsize i = 0; i < text.size; i++) {
		if (!g_ascii_isdigit(text.data[i]))
			return FALSE;
		number = number * 10 + (text.data[i] - '0');
	}
	*ret = number;
	return TRUE;
}

void references_set(References *references, Slice number, Slice text)
{
	gint64 key;
	GBytes *before;

	if (!read_number(number, &key))
		return;
	before = g_hash_table_lookup(references->texts, &key);
	if (before)
		references->bytes -= g_bytes_get_size(before);
	else if (g_hash_table_size(references->texts) >= LIMIT_CLIXML_REFERENCES)
		return;
	if (references->bytes + text.size > LIMIT_CLIXML_REFERENCE_BYTES)
		text = SLICE_EMPTY;
	references->bytes += text.size;
	g_hash_table_insert(
		references->texts, g_memdup2(&key, sizeof key), g_bytes_new(text.data, text.size));
}

gboolean references_find(const References *references, Slice number, Slice *ret_text)
{
	GBytes *found;
	gint64 key;
	gsize size;
	const void *data;

	if (!read_number(number, &key))
		return FALSE;
	found = g_hash_table_lookup(references->texts, &key);
	if (!found)
		return FALSE;
	data = g_bytes_get_data(found, &size);
	*ret_text = data ? slice_make(data, size) : slice_from_text("");
	return TRUE;
}
