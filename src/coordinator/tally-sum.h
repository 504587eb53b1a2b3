/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TallySum: adds up the tallies of one piece of evidence before they go to the case.
 *
 * Every task tells its own, mostly of the same hosts and logs. To add each to the case's row took a
 * fifth of what the coordinator had to do for a large file.
 */
#pragma once

#include <glib.h>

#include "model/coverage.h"

typedef struct TallySum TallySum;

TallySum *tally_sum_new(void);
void tally_sum_free(TallySum *sum); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TallySum, tally_sum_free)

/* Adds @tally, copying its texts. */
void tally_sum_add(TallySum *sum, const Tally *tally);

/* TRUE where there are so many rows that they should be taken now. */
gboolean tally_sum_is_full(const TallySum *sum);

/* Calls @each for every sum, by hour, host and log, until it returns FALSE, which is returned then;
 * and forgets them. */
typedef gboolean (*TallyFunc)(void *context, const Tally *tally, GError **error);
gboolean tally_sum_take(TallySum *sum, TallyFunc each, void *context, GError **error);
