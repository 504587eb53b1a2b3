/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Condition: from "selection and not 1 of filter_*" to a tree.
 *
 *	condition  = and-list *( "or" and-list )
 *	and-list   = negation *( "and" negation )
 *	negation   = *"not" operand
 *	operand    = "(" condition ")" / quantifier "of" ( "them" / pattern ) / identifier
 *	quantifier = "1" / "any" / "all"
 *
 * Words are separated by spaces and parentheses; keywords may be in either case, identifiers may
 *not. A pattern is an identifier in which * stands for any characters. Identifiers that start with
 *an underscore are left out of "them" and of patterns that do not start with one themselves (so
 * pySigma: whoever writes the underscore means it).
 */
#pragma once

#include "engines/sigma/draft.h"

typedef struct Selections {
	GPtrArray *names; /* const char *, in the order of the rule */
	GPtrArray *nodes; /* Node, one for each name */
} Selections;

/*
 * What the conditions of a rule have used up: the limits are on all of them together. Zero at
 * first.
 */
typedef struct ConditionUse {
	guint n_words, n_steps; /* steps: names and characters compared */
	guint n_nodes;		/* of the tree, selections counted wherever they are named */
} ConditionUse;

/*
 * The tree of one condition, NULL where the draft was rejected. A selection that is named more than
 * once stands in the tree more than once, as the same node.
 */
Node *condition_read(Draft *draft, const char *text, guint line, const Selections *selections,
	ConditionUse *use);
