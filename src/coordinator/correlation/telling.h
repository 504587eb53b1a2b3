/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a correlation reads: its timespan, its condition, and what of it is true of a finding.
 */
#pragma once

#include "base/decimal.h"
#include "case/hits.h"
#include "model/correlation.h"

/* "90s", "10m", "1d": in the largest unit that is exact. */
char *telling_timespan(const Correlation *correlation);

/* "gte 10 and lt 20"; of a temporal one without a condition "all of 3 rules". */
char *telling_condition(const Correlation *correlation);

/* "153", "12.5" */
char *telling_measure(Decimal measure);

/* {"User":"alice"} of the first @n of the @n_in_key values of @key, with their names. */
char *telling_values(const Correlation *correlation, Slice key, guint n_in_key, guint n);

/* What explains the finding as a match explains others (CaseFinding.matched_json). */
char *telling_matched(const Correlation *correlation, Decimal measure);
