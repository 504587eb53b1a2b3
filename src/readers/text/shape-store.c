/* SPDX-License-Identifier: Apache-2.0 */
#include "readers/text/shape-store.h"

#include "base/limits.h"
#include "base/text.h"

struct ShapeStore {
	GHashTable *shapes; /* GBytes to Shape */
};

static void free_shape(gpointer shape)
{
	shape_free(shape);
}

static void free_bytes(gpointer bytes)
{
	g_bytes_unref(bytes);
}

ShapeStore *shape_store_new(void)
{
	ShapeStore *store = g_new0(ShapeStore, 1);

	store->shapes = g_hash_table_new_full(g_bytes_hash, g_bytes_equal, free_bytes, free_shape);
	return store;
}

void shape_store_free(ShapeStore *store)
{
	if (!store)
		return;
	g_hash_table_unref(store->shapes);
	g_free(store);
}

Shape *shape_store_find(ShapeStore *store, Slice key)
{
	g_autoptr(GBytes) bytes = g_bytes_new_static(key.data, key.size);

	return g_hash_table_lookup(store->shapes, bytes);
}

Shape *shape_store_add(ShapeStore *store, Slice key, Shape *shape)
{
	g_hash_table_replace(store->shapes, g_bytes_new(key.data, key.size), shape);
	return shape;
}

gboolean shape_store_forget_if_full(ShapeStore *store)
{
	if (g_hash_table_size(store->shapes) <= LIMIT_SHAPES)
		return FALSE;
	g_hash_table_remove_all(store->shapes);
	return TRUE;
}

void column_names_init(ColumnNames *names, Shape *shape)
{
	names->shape = shape;
	names->used = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	for (guint i = 0; i < shape->n_columns; i++)
		g_hash_table_insert(
			names->used, g_strdup(shape->columns[i].name), GUINT_TO_POINTER(2));
}

void column_names_clear(ColumnNames *names)
{
	g_clear_pointer(&names->used, g_hash_table_unref);
}

int column_names_add(ColumnNames *names, Slice name)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autofree char *base = NULL;
	guint n;

	if (names->shape->n_columns >= LIMIT_EVENT_COLUMNS)
		return -1;
	text_append_utf8(text, name);
	g_string_truncate(text, strlen(text->str)); /* a name ends at NUL */
	if (text->len == 0)
		g_string_append(text, "column");
	base = g_strdup(text->str);
	n = GPOINTER_TO_UINT(g_hash_table_lookup(names->used, base));
	/* The number goes on where it stopped, so that a thousand equal names cost no more. */
	for (; n && g_hash_table_contains(names->used, text->str); n++)
		g_string_printf(text, "%s_%u", base, n);
	if (n)
		g_hash_table_insert(names->used, g_strdup(base), GUINT_TO_POINTER(n));
	g_hash_table_insert(names->used, g_strdup(text->str), GUINT_TO_POINTER(2));
	return (int)shape_add_column(names->shape, text->str, NULL);
}
