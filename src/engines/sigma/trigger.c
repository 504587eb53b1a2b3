/* SPDX-License-Identifier: Apache-2.0 */
#include "engines/sigma/trigger.h"

#include <math.h>

#define KEYWORD_COLUMNS 8     /* so much likelier is a literal where all columns count */
#define RARE		2e-4f /* a set this rare needs no second one beside it */
#define FACT_COST	0.02f /* to make a fact of each event costs as much as so many candidates */

typedef struct Chooser {
	const FieldMap *fields;
	const GArray *nodes;
} Chooser;

typedef struct Choice {
	guint32 node;
	gboolean positive;
	float probability;
} Choice;

static const FoldNode *node_at(const Chooser *c, guint32 number)
{
	return &g_array_index(c->nodes, FoldNode, number);
}

/* TRUE where all children must hold: an And, or an Or under a Not. */
static gboolean is_conjunction(const FoldNode *node, gboolean positive)
{
	return (node->kind == NODE_AND) == positive;
}

/* Those that keep what they are made of cost little, and line filters need not even ask them. */
static gboolean is_dear(const FieldFact *fact)
{
	return fact && fact->field && !fact->field->analyser->keeps_runs;
}

/* TRUE where a dear analyser has to be asked, or may have to be. */
static gboolean is_made(const Chooser *c, guint16 column)
{
	const FieldFact *fact;

	if (column == COLUMN_KEYWORD)
		return FALSE;
	fact = field_map_fact(c->fields, column);
	if (!fact || fact->field)
		return is_dear(fact);
	for (guint i = 0; i < fact->n_inputs; i++) {
		guint16 input = field_map_inputs(c->fields, fact)[i];

		if (input != COLUMN_ABSENT && is_dear(field_map_fact(c->fields, input)))
			return TRUE;
	}
	return FALSE;
}

static float weigh_test(const Chooser *c, const FoldNode *node)
{
	const RulesetTest *test = ruleset_test(c->fields->ruleset, node->test);

	if (test->literal == LITERAL_NONE)
		return INFINITY;
	if (node->column == COLUMN_KEYWORD)
		return test->probability * KEYWORD_COLUMNS;
	return test->probability + (is_made(c, node->column) ? FACT_COST : 0);
}

/* TRUE where a test of the node asks for a fact. */
static gboolean needs_facts(const Chooser *c, guint32 number)
{
	for (guint32 i = number; i < node_at(c, number)->end; i++) {
		if (node_at(c, i)->kind == NODE_TEST && is_made(c, node_at(c, i)->column))
			return TRUE;
	}
	return FALSE;
}

/* The probability of the best set of a node, or INFINITY where it has none. */
static float weigh(const Chooser *c, guint32 number, gboolean positive)
{
	const FoldNode *node = node_at(c, number);
	float best = INFINITY, sum = 0;

	if (node->kind == NODE_TEST)
		return positive ? weigh_test(c, node) : INFINITY;
	if (node->kind == NODE_NOT)
		return weigh(c, number + 1, !positive);
	for (guint32 i = number + 1; i < node->end; i = node_at(c, i)->end) {
		float weight = weigh(c, i, positive);

		best = MIN(best, weight);
		sum += weight;
	}
	return is_conjunction(node, positive) ? best : sum;
}

/* Keeps the best TRIGGER_SETS of the sets of all parts that must hold, best first. */
static void keep_best(const Chooser *c, guint32 number, gboolean positive, Choice *best)
{
	const FoldNode *node = node_at(c, number);

	if (node->kind == NODE_NOT) {
		keep_best(c, number + 1, !positive, best);
		return;
	}
	if (node->kind != NODE_TEST && is_conjunction(node, positive)) {
		for (guint32 i = number + 1; i < node->end; i = node_at(c, i)->end)
			keep_best(c, i, positive, best);
		return;
	}

	Choice choice = { number, positive, weigh(c, number, positive) };

	for (guint i = 0; i < TRIGGER_SETS; i++) {
		if (choice.probability < best[i].probability) {
			Choice worse = best[i];

			best[i] = choice;
			choice = worse;
		}
	}
}

/* Appends the triggers of the set that weigh() weighed. */
static void collect(
	const Chooser *c, guint32 number, gboolean positive, Trigger trigger, GArray *ret_triggers)
{
	const FoldNode *node = node_at(c, number);
	guint32 best = number + 1;
	float best_weight = INFINITY;

	if (node->kind == NODE_TEST) {
		trigger.column = node->column;
		trigger.literal = ruleset_test(c->fields->ruleset, node->test)->literal;
		g_array_append_val(ret_triggers, trigger);
		return;
	}
	if (node->kind == NODE_NOT) {
		collect(c, number + 1, !positive, trigger, ret_triggers);
		return;
	}
	for (guint32 i = number + 1; i < node->end; i = node_at(c, i)->end) {
		if (!is_conjunction(node, positive)) {
			collect(c, i, positive, trigger, ret_triggers);
			continue;
		}

		float weight = weigh(c, i, positive);

		if (weight < best_weight) {
			best = i;
			best_weight = weight;
		}
	}
	if (is_conjunction(node, positive))
		collect(c, best, positive, trigger, ret_triggers);
}

guint trigger_choose(const FieldMap *fields, const GArray *nodes, GArray *ret_triggers)
{
	Chooser c = { fields, nodes };
	Choice best[TRIGGER_SETS];
	guint n = 0;

	for (guint i = 0; i < TRIGGER_SETS; i++)
		best[i] = (Choice){ .probability = INFINITY };
	keep_best(&c, 0, TRUE, best);
	for (; n < TRIGGER_SETS && isfinite(best[n].probability); n++) {
		if (n > 0 && best[n - 1].probability < RARE)
			break;
		/* What is in the event itself tells it apart well enough. */
		if (n > 0 && needs_facts(&c, best[n].node) && !needs_facts(&c, best[0].node))
			break;
		collect(&c, best[n].node, best[n].positive, (Trigger){ .set = n }, ret_triggers);
	}
	return n;
}
