/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shapes: kept from task to task, so that rules are bound to each only once in a process. Equal
 * columns, same pointer.
 */
#pragma once

#include <glib.h>

#include "model/event.h"

typedef struct Shapes Shapes;

Shapes *shapes_new(void);
void shapes_free(Shapes *shapes); /* accepts NULL */

/* TRUE once there are LIMIT_SHAPES, or they take LIMIT_JSON_MAP_BYTES. */
gboolean shapes_are_full(const Shapes *shapes);

/* Frees all shapes; pointers to them are void. */
void shapes_reset(Shapes *shapes);

/* The shape of these columns; constants may be NULL each. Owned by @shapes. */
Shape *shapes_intern(
	Shapes *shapes, const char *const *names, const char *const *constants, guint n_columns);
