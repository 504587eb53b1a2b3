/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Correlator: from the hits in a case to the findings of correlations in it.
 *
 * Runs once all evidence is judged. Each correlation takes its hits in order from the case; what it
 * comes to is written there as a finding, unless its rule is silent, and as hits of the
 * correlations over it, whose turn is later.
 */
#pragma once

#include "case/hits.h"
#include "model/correlation.h"

typedef struct CorrelatorInput {
	const GPtrArray *rules;		  /* RuleInfo, by index */
	const GPtrArray *correlations;	  /* Correlation, by ascending rule; they fit the rules */
	const volatile gint *interrupted; /* may be NULL; where it gets set all is left undone */
} CorrelatorInput;

/*
 * Does all of the above. @findings, by level, are counted up. An interrupt is no failure: the case
 * has no findings of correlations then, and the next run computes them.
 */
gboolean correlator_run(
	Case *c, const CorrelatorInput *input, guint64 findings[LEVEL_N], GError **error);
