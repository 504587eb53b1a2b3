/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"
#include "readers/text/shape-store.h"

static void test_store(void)
{
	ShapeStore *store = shape_store_new();
	Slice key = slice_from_text("a b");
	Shape *shape = shape_store_add(store, key, shape_new("x"));

	g_assert_true(shape_store_find(store, slice_from_text("a b")) == shape);
	g_assert_null(shape_store_find(store, slice_from_text("a")));
	g_assert_false(shape_store_forget_if_full(store));
	for (guint i = 0; i < LIMIT_SHAPES; i++)
		(void)shape_store_add(store, slice_make(&i, sizeof(i)), shape_new("x"));
	g_assert_true(shape_store_find(store, key) == shape);
	g_assert_true(shape_store_forget_if_full(store));
	g_assert_null(shape_store_find(store, key));
	shape_store_free(store);
}

static void test_names(void)
{
	g_autoptr(Shape) shape = shape_new("x");
	static const char *const wanted[] = { "LogFormat", "a", "a_2", "a_3", "a_3_2", "column",
		"column_2", "LogFormat_2", "b", NULL };
	static const char *const names[] = { "a", "a", "a", "a_3", "", "", "LogFormat", NULL };
	ColumnNames columns;

	(void)shape_add_column(shape, "LogFormat", "x");
	column_names_init(&columns, shape);
	for (guint i = 0; names[i]; i++)
		g_assert_cmpint(
			column_names_add(&columns, slice_from_text(names[i])), ==, (int)i + 1);
	(void)column_names_add(&columns, slice_make("b\0c", 3));
	for (guint i = 0; wanted[i]; i++)
		g_assert_cmpstr(shape->columns[i].name, ==, wanted[i]);
	while (shape->n_columns < LIMIT_EVENT_COLUMNS)
		(void)column_names_add(&columns, slice_from_text("a"));
	g_assert_cmpint(column_names_add(&columns, slice_from_text("a")), ==, -1);
	column_names_clear(&columns);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/text/shape-store/store", test_store);
	g_test_add_func("/text/shape-store/names", test_names);
	return g_test_run();
}
