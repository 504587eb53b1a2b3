/* SPDX-License-Identifier: Apache-2.0 */
#include "engines/sigma/fold.h"

#include "engines/sigma/match.h"

#define CONDITIONS G_MAXUINT32 /* in place of an alternative: fields are column names */

typedef struct Folder {
	FieldMap *fields;
	guint32 alternative;
	GArray *nodes;
} Folder;

/* ---- tests ---- */

static gboolean is_constant_true(const Test *test, const FieldConstant *constant)
{
	return match_text(
		test, match_form(test) == TEXT_FOLDED ? constant->folded : constant->plain);
}

static Truth decide_keyword(const FieldMap *fields, const RulesetTest *asked)
{
	gboolean open = FALSE;

	if (asked->kind == TEST_NULL || asked->kind == TEST_EXISTS)
		return TRUTH_FALSE; /* no field that they could ask for */
	for (guint i = 0; i < fields->shape->n_columns; i++) {
		if (i == fields->no_keyword)
			continue;
		if (!fields->constants[i].is_set)
			open = TRUE;
		else if (is_constant_true(asked->test, &fields->constants[i]))
			return TRUTH_TRUE;
	}
	return open ? TRUTH_OPEN : TRUTH_FALSE;
}

static Truth decide_fields(
	const FieldMap *fields, const RulesetTest *asked, guint16 column, guint16 other)
{
	const FieldConstant *one = field_map_constant(fields, column);
	const FieldConstant *two = field_map_constant(fields, other);

	if (column >= COLUMN_KEYWORD || other >= COLUMN_KEYWORD)
		return TRUTH_FALSE;
	if (!one || !two)
		return TRUTH_OPEN;

	gboolean folded = match_form(asked->test) == TEXT_FOLDED;

	return match_texts((TestKind)asked->kind, folded ? one->folded : one->plain,
		       folded ? two->folded : two->plain)
		? TRUTH_TRUE
		: TRUTH_FALSE;
}

static Truth decide_test(
	const FieldMap *fields, const RulesetTest *asked, guint16 column, guint16 other)
{
	const FieldConstant *constant = field_map_constant(fields, column);

	if (asked->kind >= TEST_FIELD_EXACT)
		return decide_fields(fields, asked, column, other);
	if (column == COLUMN_KEYWORD)
		return decide_keyword(fields, asked);
	if (column == COLUMN_ABSENT)
		return asked->kind == TEST_NULL ? TRUTH_TRUE : TRUTH_FALSE;
	if (!constant)
		return TRUTH_OPEN;
	switch (asked->kind) {
	case TEST_NULL:
		return TRUTH_FALSE;
	case TEST_EXISTS:
		return TRUTH_TRUE;
	default:
		return is_constant_true(asked->test, constant) ? TRUTH_TRUE : TRUTH_FALSE;
	}
}

/* What a test costs, roughly, once its column was scanned. */
static float guess_cost(const RulesetTest *asked, const FoldNode *node, const FieldMap *fields)
{
	static const float costs[] = {
		[TEST_EXACT] = 30,
		[TEST_PREFIX] = 30,
		[TEST_SUFFIX] = 30,
		[TEST_CONTAINS] = 50,
		[TEST_GLOB] = 40,
		[TEST_REGEX] = 300,
		[TEST_CIDR] = 40,
		[TEST_LESS] = 50,
		[TEST_LESS_EQUAL] = 50,
		[TEST_GREATER] = 50,
		[TEST_GREATER_EQUAL] = 50,
		[TEST_TIME_PART] = 50,
		[TEST_NULL] = 2,
		[TEST_EXISTS] = 2,
		[TEST_FIELD_EXACT] = 10,
		[TEST_FIELD_PREFIX] = 10,
		[TEST_FIELD_SUFFIX] = 10,
		[TEST_FIELD_CONTAINS] = 30,
	};
	float cost = costs[asked->kind];

	if (asked->is_literal)
		return 1; /* a bit */
	if (node->column == COLUMN_KEYWORD)
		cost *= (float)fields->shape->n_columns;
	else if (node->column >= fields->shape->n_columns)
		cost += 200; /* a fact has to be computed first */
	return asked->literal == LITERAL_NONE ? cost : 1 + cost * asked->probability;
}

static float guess_probability(const RulesetTest *asked)
{
	switch (asked->kind) {
	case TEST_NULL:
	case TEST_LESS:
	case TEST_LESS_EQUAL:
	case TEST_GREATER:
	case TEST_GREATER_EQUAL:
		return 0.5f;
	case TEST_EXISTS:
		return 0.9f;
	default:
		return MIN(asked->probability, 0.1f);
	}
}

static void add_test(Folder *f, const RulesetTest *test, FoldNode left)
{
	left.cost = guess_cost(test, &left, f->fields);
	left.probability = guess_probability(test);
	left.end = f->nodes->len + 1;
	g_array_append_val(f->nodes, left);
}

static void sum_up(GArray *nodes, guint32 mark);

/* A keyword that stands in a column, or in the fact that the log source names for that. */
static Truth fold_keyword(Folder *f, const RulesetTest *test, FoldNode left)
{
	Truth truth = decide_keyword(f->fields, test);
	guint16 fact = COLUMN_ABSENT;
	guint32 mark = f->nodes->len;
	FoldNode any = { .kind = NODE_OR };

	if (truth == TRUTH_TRUE)
		return truth;
	if (test->kind < TEST_NULL)
		fact = field_map_keywords(f->fields, f->alternative);
	if (fact == COLUMN_ABSENT) {
		if (truth == TRUTH_OPEN)
			add_test(f, test, left);
		return truth;
	}
	g_array_append_val(f->nodes, any);
	if (truth == TRUTH_OPEN)
		add_test(f, test, left);
	left.column = fact;
	add_test(f, test, left);
	sum_up(f->nodes, mark);
	return TRUTH_OPEN;
}

static Truth fold_test(Folder *f, const RulesetNode *node)
{
	const RulesetTest *test = ruleset_test(f->fields->ruleset, node->test);
	FoldNode left = { .kind = NODE_TEST, .test = node->test, .other = COLUMN_ABSENT };
	Truth truth;

	if (f->alternative == CONDITIONS) {
		left.column = field_map_resolve_column(f->fields, test->field);
	} else {
		left.column = field_map_resolve(f->fields, f->alternative, test->field);
		if (test->other != RULESET_NO_FIELD)
			left.other = field_map_resolve(f->fields, f->alternative, test->other);
	}
	if (left.column == COLUMN_KEYWORD && f->alternative != CONDITIONS)
		return fold_keyword(f, test, left);
	truth = decide_test(f->fields, test, left.column, left.other);
	if (truth == TRUTH_OPEN)
		add_test(f, test, left);
	return truth;
}

/* ---- trees; recursion is as deep as rules are, which load() limits ---- */

static Truth fold_node(Folder *f, guint32 number);

static Truth fold_not(Folder *f, guint32 number)
{
	guint32 mark = f->nodes->len;
	FoldNode left = { .kind = NODE_NOT };

	g_array_append_val(f->nodes, left);

	Truth truth = fold_node(f, number + 1);

	if (truth != TRUTH_OPEN) {
		g_array_set_size(f->nodes, mark);
		return truth == TRUTH_TRUE ? TRUTH_FALSE : TRUTH_TRUE;
	}

	FoldNode *self = &g_array_index(f->nodes, FoldNode, mark);

	self->end = f->nodes->len;
	self->probability = 1 - self[1].probability;
	self->cost = self[1].cost;
	return TRUTH_OPEN;
}

/* Sets what an And or Or is guessed at from its children. */
static void sum_up(GArray *nodes, guint32 mark)
{
	FoldNode *self = &g_array_index(nodes, FoldNode, mark);
	float none = 1, all = 1, cost = 0;

	self->end = nodes->len;
	for (guint32 i = mark + 1; i < self->end; i = g_array_index(nodes, FoldNode, i).end) {
		const FoldNode *child = &g_array_index(nodes, FoldNode, i);

		all *= child->probability;
		none *= 1 - child->probability;
		cost += child->cost;
	}
	self->probability = self->kind == NODE_AND ? all : 1 - none;
	self->cost = cost;
}

/* And ends at the first false child, Or at the first true one; each leaves the others' opposite
 * out. */
static Truth fold_many(Folder *f, guint32 number)
{
	const Ruleset *ruleset = f->fields->ruleset;
	NodeKind kind = ruleset_node(ruleset, number)->kind;
	guint32 end = ruleset_node(ruleset, number)->end, mark = f->nodes->len;
	Truth final = kind == NODE_AND ? TRUTH_FALSE : TRUTH_TRUE;
	FoldNode left = { .kind = kind };

	g_array_append_val(f->nodes, left);
	for (guint32 i = number + 1; i < end; i = ruleset_node(ruleset, i)->end) {
		if (fold_node(f, i) == final) {
			g_array_set_size(f->nodes, mark);
			return final;
		}
	}
	if (f->nodes->len == mark + 1) {
		g_array_set_size(f->nodes, mark);
		return kind == NODE_AND ? TRUTH_TRUE : TRUTH_FALSE;
	}
	sum_up(f->nodes, mark);
	return TRUTH_OPEN;
}

static Truth fold_node(Folder *f, guint32 number)
{
	const RulesetNode *node = ruleset_node(f->fields->ruleset, number);

	switch (node->kind) {
	case NODE_TEST:
		return fold_test(f, node);
	case NODE_NOT:
		return fold_not(f, number);
	case NODE_TRUE:
		return TRUTH_TRUE;
	case NODE_FALSE:
		return TRUTH_FALSE;
	default:
		return fold_many(f, number);
	}
}

Truth fold_rule(FieldMap *fields, guint32 alternative, guint32 root, GArray *ret_nodes)
{
	Folder f = { fields, alternative, ret_nodes };

	return fold_node(&f, root);
}

Truth fold_conditions(FieldMap *fields, guint32 alternative, GArray *ret_nodes)
{
	Folder f = { fields, CONDITIONS, ret_nodes };

	return fold_node(&f,
		g_array_index(fields->ruleset->alternatives, RulesetAlternative, alternative)
			.conditions);
}

Truth fold_both(FieldMap *fields, guint32 alternative, guint32 root, GArray *ret_nodes)
{
	FoldNode both = { .kind = NODE_AND };

	g_array_set_size(ret_nodes, 0);
	g_array_append_val(ret_nodes, both);

	Truth conditions = fold_conditions(fields, alternative, ret_nodes);
	Truth rule = fold_rule(fields, alternative, root, ret_nodes);

	if (rule == TRUTH_FALSE || conditions == TRUTH_FALSE || ret_nodes->len == 1) {
		g_array_set_size(ret_nodes, 0);
		return rule == TRUTH_TRUE && conditions == TRUTH_TRUE ? TRUTH_TRUE : TRUTH_FALSE;
	}
	sum_up(ret_nodes, 0);
	return TRUTH_OPEN;
}
