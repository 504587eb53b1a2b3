/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Explain: why a rule is true of an event, as Matches.
 *
 * Walks the rule's own tree: of an And every child counts, of an Or those that are true, and what
 * stands under a Not contributes nothing, since it is about what is not there. At most
 * LIMIT_FINDING_MATCHES matches are given, with values cut at LIMIT_MATCH_VALUE_BYTES (an ellipsis
 * shows it); the whole record is kept with the finding anyway.
 */
#pragma once

#include <glib.h>

#include "base/limits.h"
#include "engines/sigma/bind.h"
#include "engines/sigma/texts.h"

typedef struct Explanation {
	guint n_matches;
	Match matches[LIMIT_FINDING_MATCHES];
	GStringChunk *values; /* owns the values' texts */
} Explanation;

void explanation_init(Explanation *explanation);
void explanation_clear(Explanation *explanation);

/*
 * Explains @rule, which is true of the event that @texts has begun. What it says is valid until the
 * next explanation.
 */
void explanation_make(
	Explanation *explanation, Texts *texts, const Ruleset *ruleset, const BoundRule *rule);
