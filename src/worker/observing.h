/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Observing: what the events of one task say of systems, condensed (model/observation.h).
 *
 * Nearly every event of a log may say the same of the same host: an event that says nothing new
 * costs a look into a hash table, and no memory.
 */
#pragma once

#include <glib.h>

#include "base/slice.h"
#include "model/event.h"
#include "model/observation.h"

typedef struct ObservationTable ObservationTable;

ObservationTable *observation_table_new(void);
void observation_table_free(ObservationTable *table); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ObservationTable, observation_table_free)

/*
 * Adds that rule @rule found @value of @subject in @event; events come in the order of the
 * evidence. Texts are copied, cut at LIMIT_OBSERVATION_BYTES; @kind outlives the table.
 */
void observation_table_add(ObservationTable *table, guint rule, const char *kind, Slice subject,
	Slice value, const Event *event);

/* TRUE where something was left out for LIMIT_OBSERVATIONS. */
gboolean observation_table_is_full(const ObservationTable *table);

/* Calls @each for all rows, in order of rule, subject and value. @place is that of the file whose
 * events these are, where it is judged as a whole, else NULL. */
typedef void (*ObservationFunc)(void *context, guint rule, const Observation *observation);
void observation_table_foreach(
	ObservationTable *table, const char *place, ObservationFunc each, void *context);
