/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fold: partial evaluation of a rule for the events of one shape.
 *
 * Tests of constant or missing columns have the same outcome for every event of the shape, so they
 * are decided here, and And, Or and Not over them with them. What is left of a tree is only what an
 * event can still decide: of 177 rules on the Security log, those with another EventID vanish
 * altogether.
 */
#pragma once

#include <glib.h>

#include "engines/sigma/field-map.h"

typedef enum Truth {
	TRUTH_FALSE, /* for every event of the shape */
	TRUTH_TRUE,  /* for every event of the shape */
	TRUTH_OPEN,  /* each event decides */
} Truth;

/* What is left of a node; in prefix order like RulesetNode. No TRUE and FALSE, no empty And and Or.
 */
typedef struct FoldNode {
	NodeKind kind;
	guint32 end;
	guint32 test;	       /* TEST: number in the ruleset, */
	guint16 column, other; /* and its columns */
	float probability;     /* guess: how often it is true */
	float cost;	       /* guess: nanoseconds to find out */
} FoldNode;

/*
 * Folds the tree at @root for rules that reach the shape by @alternative, and appends what is left
 * to
 * @ret_nodes (FoldNode): nothing unless the result is OPEN.
 */
Truth fold_rule(FieldMap *fields, guint32 alternative, guint32 root, GArray *ret_nodes);

/* The same for the conditions of an alternative. */
Truth fold_conditions(FieldMap *fields, guint32 alternative, GArray *ret_nodes);

/*
 * The conditions, which must not fold to FALSE, and the rule together: an event has to satisfy
 * both.
 * @ret_nodes is emptied first; it is left empty unless the result is OPEN.
 */
Truth fold_both(FieldMap *fields, guint32 alternative, guint32 root, GArray *ret_nodes);
