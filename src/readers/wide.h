/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Wide: the one row of a reader whose events have some columns always and others now and then.
 *
 * The fixed columns come first, in their own order. Behind them stand, sorted by name, all other
 * columns that turned up; those that an event lacks are ABSENT. The shape grows when a new name
 * turns up and is the same pointer else. So a shape is bound a few times for a whole log and not
 * once for each combination of fields, and what is printed of an event (its own columns, fixed ones
 * first, then by name) does not depend on which events came before.
 *
 * A name that an event has more than once makes a LIST, in the order in which it was added.
 *
 *	wide_begin_task(wide);                   when a range is opened
 *	wide_start(wide);                        at the beginning of next(): frees outgrown shapes
 *	wide_set(wide, COLUMN_HOST, value);      a fixed column
 *	wide_add(wide, slice_from_text("k"), v); any column, by name
 *	wide_finish(wide, &event);               fills event.shape and event.values
 *
 * Memory for decoded texts is in wide_arena(): valid until the next wide_start().
 */
#pragma once

#include <glib.h>

#include "model/event.h"
#include "readers/evtx/arena.h"
#include "readers/reader.h"

typedef struct WideColumn {
	const char *name;
	const char *constant; /* NULL: changes from event to event */
} WideColumn;

typedef struct Wide Wide;

/* @fixed is borrowed for good; @format is static. */
Wide *wide_new(const char *format, const WideColumn *fixed, guint n_fixed);
void wide_free(Wide *wide); /* accepts NULL */

/*
 * To be called when a range is opened. A task has LIMIT_TASK_COLUMNS columns beside the fixed ones:
 * each new one costs a binding, and evidence decides how they are called. What further fields hold
 * is in one column, as name=value. Which those are depends on the task's own events alone.
 */
void wide_begin_task(Wide *wide);

/* Tells of events that have such a column. To be called when the range is closed. */
void wide_report(const Wide *wide, const ReaderReport *report);

/* Forgets the event before. */
void wide_start(Wide *wide);

/* Adds a value to fixed column @column. FALSE where LIMIT_EVENT_VALUES is reached. */
gboolean wide_set(Wide *wide, guint column, Value value);

/*
 * Adds a value to the column called @name, fixed or not; @name is copied where it is new. FALSE
 * where the event has LIMIT_EVENT_VALUES already, or @name is empty or
 * longer than LIMIT_COLUMN_NAME_BYTES: the value is left out.
 */
gboolean wide_add(Wide *wide, Slice name, Value value);

/* TRUE where fixed column @column has a value already. */
gboolean wide_has(const Wide *wide, guint column);

/* Sets shape, values and raw of the event, whose offset is set. */
void wide_finish(Wide *wide, Event *ret_event);

Arena *wide_arena(Wide *wide);

/* Text as a value: ABSENT for a slice without data, else UTF8 or @type. */
Value wide_text(Slice text, ValueType type);
