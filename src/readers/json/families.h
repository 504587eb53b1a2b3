/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Families: events that share a shape, and how their leaves become its columns.
 *
 * The keys of JSON vary from event to event. A shape for each combination would be bound anew with
 * each, so a family's shape has all columns that its events had so far, sorted by name; what an
 * event lacks is ABSENT. A name not met before makes a larger shape. Families are told apart by
 * dialect and by the constants that decide which rules apply: for Windows events the channel,
 * provider and event id.
 *
 * Families begin anew with each task, so that what is reported depends on the task's bytes alone;
 * the shapes themselves are kept between tasks, with the rules bound to them.
 *
 * A shape has LIMIT_EVENT_COLUMNS at most. When a family would get more, it begins anew with the
 * columns of the event at hand; an event that has more by itself gets as many as it needs, up to
 * LIMIT_JSON_FIELDS.
 *
 * A task may ask for LIMIT_JSON_SHAPES, and for more as it has more events: since engines bind each
 * shape, objects of which each has a key of its own would keep them busy for hours. Then fields
 * that have no column share the column further_fields.
 */
#pragma once

#include <glib.h>

#include "base/zone.h"
#include "model/event.h"
#include "readers/json/parse.h"

typedef struct Families Families;

Families *families_new(void);
void families_free(Families *families); /* accepts NULL */

Names *families_names(Families *families);

/*
 * Begins a task: forgets what families learnt of earlier ones. @zone is that of times without one,
 * NULL where nobody said: then they are taken for UTC, and families_n_local() counts them.
 */
void families_begin(Families *families, const Zone *zone);
guint64 families_n_local(const Families *families);

/* To be called between two events: frees what has grown beyond its limit. */
void families_trim(Families *families);

/*
 * Makes an event of the parser's leaves: its shape, values and time. They are valid until the next
 * call. *ret_limit names a limit that cut something off, or is NULL.
 */
void families_make_event(
	Families *families, const Parser *parser, Event *ret, const char **ret_limit);
