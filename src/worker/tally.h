/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counting events by hour, host and log, at a few nanoseconds an event.
 *
 * An event usually comes from the same host, log and hour as the one of its shape before. Each
 * shape therefore remembers (in its binding slot TALLY_SLOT) the row it was counted in last and the
 * bytes that led there; only where they differ, texts are made and the row is looked up.
 */
#pragma once

#include <glib.h>

#include "model/coverage.h"
#include "model/event.h"
#include "readers/reader.h"

typedef struct TallyTable TallyTable;

/* For the events of one task by @reader, which is borrowed. */
TallyTable *tally_table_new(const Reader *reader);
void tally_table_free(TallyTable *table); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TallyTable, tally_table_free)

/* Counts @event and returns its row, valid until the table is freed: whose host and log it is. */
const Tally *tally_table_count(TallyTable *table, const Event *event);

/* TRUE where LIMIT_TALLY_ROWS was reached and events were counted together in one row. */
gboolean tally_table_is_full(const TallyTable *table);

/* Calls @each for all rows, in order of hour, host and channel. */
void tally_table_foreach(
	TallyTable *table, void (*each)(void *context, const Tally *tally), void *context);
