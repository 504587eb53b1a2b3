/* SPDX-License-Identifier: Apache-2.0 */
#include "readers/json/shapes.h"

#include "base/hash.h"
#include "base/limits.h"

typedef struct Entry {
	Slice key; /* owned */
	Shape *shape;
} Entry;

struct Shapes {
	GHashTable *table; /* Slice -> Entry */
	GString *key;
	gsize n_bytes;
};

static void entry_free(gpointer data)
{
	Entry *entry = data;

	g_free((void *)entry->key.data);
	shape_free(entry->shape);
	g_free(entry);
}

Shapes *shapes_new(void)
{
	Shapes *shapes = g_new0(Shapes, 1);

	shapes->table = g_hash_table_new_full(slice_hash_key, slice_equal_key, NULL, entry_free);
	shapes->key = g_string_new(NULL);
	return shapes;
}

void shapes_free(Shapes *shapes)
{
	if (!shapes)
		return;
	g_hash_table_unref(shapes->table);
	g_string_free(shapes->key, TRUE);
	g_free(shapes);
}

gboolean shapes_are_full(const Shapes *shapes)
{
	return g_hash_table_size(shapes->table) >= LIMIT_SHAPES ||
		shapes->n_bytes >= LIMIT_JSON_MAP_BYTES;
}

void shapes_reset(Shapes *shapes)
{
	g_hash_table_remove_all(shapes->table);
	shapes->n_bytes = 0;
}

Shape *shapes_intern(
	Shapes *shapes, const char *const *names, const char *const *constants, guint n_columns)
{
	GString *text = g_string_truncate(shapes->key, 0);
	Entry *entry;

	for (guint i = 0; i < n_columns; i++) {
		g_string_append_len(text, names[i], (gssize)strlen(names[i]) + 1);
		if (constants[i])
			g_string_append_printf(text, "=%s", constants[i]);
		g_string_append_c(text, '\0');
	}

	Slice key = slice_make(text->str, text->len);

	entry = g_hash_table_lookup(shapes->table, &key);
	if (entry)
		return entry->shape;
	entry = g_new0(Entry, 1);
	entry->key = slice_make(g_memdup2(key.data, key.size), key.size);
	entry->shape = shape_new("json");
	for (guint i = 0; i < n_columns; i++)
		(void)shape_add_column(entry->shape, names[i], constants[i]);
	(void)g_hash_table_insert(shapes->table, &entry->key, entry);
	shapes->n_bytes += 2 * key.size + n_columns * sizeof(ShapeColumn);
	return entry->shape;
}
