/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Triggers: the literals without which a rule can not be true.
 *
 * A trigger set is a set of tests of which at least one is true whenever the rule is. A test with a
 * literal is its own set; of an And, each child's set will do; an Or needs the sets of all its
 * children; under a Not, And and Or change places, and no test has a set. A rule with two
 * independent sets, one from each of two parts of an And, needs a hit in both; so a rule gets up to
 * TRIGGER_SETS of them, the rarest first. Facts have to be made to be looked at: a set of the
 * event's own columns goes before one of them, unless it is much commoner, and needs none beside
 * it.
 */
#pragma once

#include <glib.h>

#include "engines/sigma/fold.h"

#define TRIGGER_SETS 2

/* One literal in one column that makes the rule a candidate. */
typedef struct Trigger {
	guint16 column;
	guint32 literal;
	guint32 set; /* which of the rule's sets */
} Trigger;

/*
 * Appends the triggers of folded tree @nodes, of the shape that @fields describes, to @ret_triggers
 * (Trigger). Returns how many sets the rule has: 0 where every event has to be looked at.
 */
guint trigger_choose(const FieldMap *fields, const GArray *nodes, GArray *ret_triggers);
