/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ShapeStore: the shapes of a reader whose evidence says in header lines which columns it has.
 * Equal headers, same shape. Lives in the reader's library.
 */
#pragma once

#include <glib.h>

#include "model/event.h"

typedef struct ShapeStore ShapeStore;

ShapeStore *shape_store_new(void);
void shape_store_free(ShapeStore *store); /* accepts NULL */

/* The shape made for @key, or NULL: then make it and add it. */
Shape *shape_store_find(ShapeStore *store, Slice key);

/* Takes @shape, which was made for @key, and gives it back, borrowed. */
Shape *shape_store_add(ShapeStore *store, Slice key, Shape *shape);

/*
 * Where there are more than LIMIT_SHAPES, frees them all and returns TRUE: whoever holds one has
 * to look for it again. Only at the beginning of next().
 */
gboolean shape_store_forget_if_full(ShapeStore *store);

/* The names of a shape's columns, where they come from evidence and may be anything. */
typedef struct ColumnNames {
	Shape *shape;	  /* borrowed */
	GHashTable *used; /* name to the number that the next column of that name gets */
} ColumnNames;

/* Takes note of the columns that @shape has. */
void column_names_init(ColumnNames *names, Shape *shape);
void column_names_clear(ColumnNames *names);

/*
 * Adds a column called @name: where there is one already, "_2", "_3" … comes behind it; an empty
 * name is "column". Returns its number, or -1 where the shape has LIMIT_EVENT_COLUMNS.
 */
int column_names_add(ColumnNames *names, Slice name);
