/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hits: what an event that a rule is true of is to the correlations that the rule is part of.
 *
 * Values are taken where the rule found its own fields: through the field map of the alternative
 * by which it reached the shape, derived fields included. A field with several values is several
 * hits, one for each combination, as if the event had been written once for each; equal values
 * (regardless of case) count once. An absent field, or one without value, is missing.
 */
#pragma once

#include "engines/engine.h"
#include "engines/sigma/bind.h"
#include "engines/sigma/texts.h"

/* Of @rule, which is true of the event that @texts has begun; @matches say why. */
typedef struct HitSource {
	Texts *texts;
	const Ruleset *ruleset;
	const BoundRule *rule;
	const Match *matches;
	guint n_matches;
} HitSource;

void hits_report(const HitSource *source, const EngineReport *report);
