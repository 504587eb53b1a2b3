/* SPDX-License-Identifier: Apache-2.0 */
#include "engines/sigma/bind.h"

#include "engines/sigma/fold.h"
#include "engines/sigma/scan-builder.h"

#define NO_NODE G_MAXUINT32

/* A rule that may apply to the shape, and by which alternative of its log source. */
typedef struct Applicant {
	guint32 rule, alternative;
} Applicant;

/* A child of an And or Or while its code is made: a node, or the bit of several literals. */
typedef struct Child {
	guint32 node; /* NO_NODE for a bit */
	guint32 bit;
	guint16 scan;
	float rank; /* how early it should be asked: the smaller the sooner it decides for its cost
		     */
} Child;

typedef struct Binder {
	Binding *binding;
	const Ruleset *ruleset;
	ScanBuilder scans;
	GArray *nodes;	  /* FoldNode: what is left of one rule */
	GArray *code;	  /* Instruction */
	GArray *rules;	  /* BoundRule */
	GArray *triggers; /* Trigger: of one rule */
	GArray *children; /* Child: a stack, for emit_many() */
	GArray *literals; /* guint32: nodes of one Or that are literals */
	GArray *n_sets;	  /* guint8 for each bound rule */
} Binder;

/* ---- which rules ---- */

static int compare_applicants(gconstpointer a, gconstpointer b)
{
	const Applicant *x = a, *y = b;

	if (x->rule != y->rule)
		return x->rule < y->rule ? -1 : 1;
	return (x->alternative > y->alternative) - (x->alternative < y->alternative);
}

/* Finds the log sources that the shape belongs to, and all their rules in order. */
static GArray *find_applicants(Binder *b)
{
	GArray *applicants = g_array_new(FALSE, FALSE, sizeof(Applicant));

	for (guint32 g = 0; g < b->ruleset->groups->len; g++) {
		const RulesetGroup *group = &g_array_index(b->ruleset->groups, RulesetGroup, g);
		gboolean applies = FALSE;

		for (guint32 i = 0; i < group->n_alternatives; i++) {
			Applicant applicant = { 0, group->first_alternative + i };

			g_array_set_size(b->nodes, 0);
			if (fold_conditions(&b->binding->fields, applicant.alternative, b->nodes) ==
				TRUTH_FALSE)
				continue;
			applies = TRUE;
			for (guint r = 0; r < group->rules->len; r++) {
				applicant.rule = g_array_index(group->rules, guint32, r);
				g_array_append_val(applicants, applicant);
			}
		}
		if (applies)
			g_array_append_val(b->binding->groups, g);
	}
	g_array_sort(applicants, compare_applicants);
	return applicants;
}

/* ---- code ---- */

static const FoldNode *node_at(const Binder *b, guint32 number)
{
	return &g_array_index(b->nodes, FoldNode, number);
}

static guint32 append_instruction(Binder *b, Instruction instruction)
{
	g_array_append_val(b->code, instruction);
	return b->code->len - 1;
}

static guint32 emit_bit(Binder *b, guint32 bit, guint16 scan, guint32 on_true, guint32 on_false)
{
	return append_instruction(b,
		(Instruction){ .kind = ASK_BIT,
			.bit = bit,
			.scan = scan,
			.on_true = on_true,
			.on_false = on_false });
}

static guint32 emit_test(Binder *b, const FoldNode *node, guint32 on_true, guint32 on_false)
{
	const RulesetTest *test = ruleset_test(b->ruleset, node->test);
	Instruction made = { .kind = MAKE_TEST,
		.test = node->test,
		.column = node->column,
		.other = node->other,
		.on_true = on_true,
		.on_false = on_false };

	if (test->literal != LITERAL_NONE) {
		made.kind = test->is_literal ? ASK_BIT : ASK_AND_TEST;
		made.bit = scan_builder_literal(&b->scans, test->literal, node->column, &made.scan);
	}
	return append_instruction(b, made);
}

static void push_node(Binder *b, guint32 number, NodeKind parent)
{
	const FoldNode *node = node_at(b, number);
	float decides = parent == NODE_AND ? 1 - node->probability : node->probability;
	Child child = { .node = number, .rank = node->cost / MAX(decides, 1e-6f) };

	g_array_append_val(b->children, child);
}

/* Sorts out an Or's children, and those of Ors right below it: literals here, all others there. */
static void sort_out(Binder *b, guint32 number)
{
	guint32 end = node_at(b, number)->end;

	for (guint32 i = number + 1; i < end; i = node_at(b, i)->end) {
		const FoldNode *node = node_at(b, i);

		if (node->kind == NODE_OR)
			sort_out(b, i);
		else if (node->kind == NODE_TEST &&
			ruleset_test(b->ruleset, node->test)->is_literal)
			g_array_append_val(b->literals, i);
		else
			push_node(b, i, NODE_OR);
	}
}

/* Makes the literals that @column may have one bit, and takes them off the list. */
static void push_alternatives(Binder *b, guint16 column)
{
	guint32 bit = scan_builder_new_bit(&b->scans), kept = 0;
	float probability = 0;
	guint16 scan = 0;

	for (guint i = 0; i < b->literals->len; i++) {
		guint32 number = g_array_index(b->literals, guint32, i);
		const FoldNode *node = node_at(b, number);
		guint32 literal = ruleset_test(b->ruleset, node->test)->literal;

		if (node->column != column) {
			g_array_index(b->literals, guint32, kept++) = number;
			continue;
		}
		scan_builder_add(&b->scans, literal, column, BIT_OF_LITERAL, bit);
		(void)scan_builder_literal(&b->scans, literal, column, &scan);
		probability += node->probability;
	}
	g_array_set_size(b->literals, kept);

	Child child = { NO_NODE, bit, scan, 1 / CLAMP(probability, 1e-6f, 1) };

	g_array_append_val(b->children, child);
}

/* An Or's children: one bit for the literals of each column, and the rest. */
static void push_or(Binder *b, guint32 number)
{
	g_array_set_size(b->literals, 0);
	sort_out(b, number);
	while (b->literals->len > 0) {
		guint16 column = node_at(b, g_array_index(b->literals, guint32, 0))->column;
		gboolean alone = TRUE;

		for (guint i = 1; i < b->literals->len && alone; i++)
			alone = node_at(b, g_array_index(b->literals, guint32, i))->column !=
				column;
		if (!alone) {
			push_alternatives(b, column);
			continue;
		}
		push_node(b, g_array_index(b->literals, guint32, 0), NODE_OR);
		g_array_remove_index(b->literals, 0);
	}
}

static int compare_ranks(gconstpointer a, gconstpointer b)
{
	const Child *x = a, *y = b;

	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	if (x->node != y->node)
		return x->node < y->node ? -1 : 1;
	return (x->bit > y->bit) - (x->bit < y->bit);
}

static guint32 emit(Binder *b, guint32 number, guint32 on_true, guint32 on_false);

static guint32 emit_many(Binder *b, guint32 number, guint32 on_true, guint32 on_false)
{
	NodeKind kind = node_at(b, number)->kind;
	guint32 next = kind == NODE_AND ? on_true : on_false;
	guint bottom = b->children->len;

	if (kind == NODE_OR) {
		push_or(b, number);
	} else {
		guint32 end = node_at(b, number)->end;

		for (guint32 i = number + 1; i < end; i = node_at(b, i)->end)
			push_node(b, i, NODE_AND);
	}
	qsort(&g_array_index(b->children, Child, bottom), b->children->len - bottom, sizeof(Child),
		compare_ranks);
	while (b->children->len > bottom) {
		Child child = g_array_index(b->children, Child, b->children->len - 1);
		guint32 if_true = kind == NODE_AND ? next : on_true;
		guint32 if_false = kind == NODE_AND ? on_false : next;

		g_array_set_size(b->children, b->children->len - 1);
		next = child.node == NO_NODE ? emit_bit(b, child.bit, child.scan, if_true, if_false)
					     : emit(b, child.node, if_true, if_false);
	}
	return next;
}

/*
 * Emits a node's code, from the last test to the first since jumps lead to what is already there.
 * Returns its first instruction. Recursion is as deep as rules are, which load() limits.
 */
static guint32 emit(Binder *b, guint32 number, guint32 on_true, guint32 on_false)
{
	const FoldNode *node = node_at(b, number);

	switch (node->kind) {
	case NODE_TEST:
		return emit_test(b, node, on_true, on_false);
	case NODE_NOT:
		return emit(b, number + 1, on_false, on_true);
	default:
		return emit_many(b, number, on_true, on_false);
	}
}

/* ---- rules ---- */

/* Explanations look at tests that folding may have passed over, and hits at fields of no test: all
 * columns are settled now. */
static void resolve_all(Binder *b, const Applicant *applicant)
{
	const RulesetRule *rule = ruleset_rule(b->ruleset, applicant->rule);
	guint32 root = rule->root, end = ruleset_node(b->ruleset, root)->end;
	FieldMap *fields = &b->binding->fields;

	for (guint32 i = root; i < end; i++) {
		const RulesetNode *node = ruleset_node(b->ruleset, i);

		if (node->kind != NODE_TEST)
			continue;

		const RulesetTest *test = ruleset_test(b->ruleset, node->test);

		(void)field_map_resolve(fields, applicant->alternative, test->field);
		if (test->other != RULESET_NO_FIELD)
			(void)field_map_resolve(fields, applicant->alternative, test->other);
		if (test->field == RULESET_NO_FIELD)
			(void)field_map_keywords(fields, applicant->alternative);
	}
	for (guint32 h = rule->first_hit; h < rule->first_hit + rule->n_hits; h++) {
		const RulesetHit *hit = &g_array_index(b->ruleset->hits, RulesetHit, h);

		for (guint32 i = 0; i < hit->n_fields; i++)
			(void)field_map_resolve(fields, applicant->alternative,
				g_array_index(
					b->ruleset->hit_fields, guint32, hit->first_field + i));
	}
	for (guint32 i = 0; i < rule->observes.n_fields; i++)
		(void)field_map_resolve(fields, applicant->alternative,
			g_array_index(
				b->ruleset->hit_fields, guint32, rule->observes.first_field + i));
}

static guint8 add_triggers(Binder *b)
{
	guint8 n_sets;

	g_array_set_size(b->triggers, 0);
	n_sets = (guint8)trigger_choose(&b->binding->fields, b->nodes, b->triggers);
	for (guint i = 0; i < b->triggers->len; i++) {
		const Trigger *trigger = &g_array_index(b->triggers, Trigger, i);

		scan_builder_add(&b->scans, trigger->literal, trigger->column, BIT_OF_RULE,
			b->rules->len * TRIGGER_SETS + trigger->set);
	}
	return n_sets;
}

static void bind_rule(Binder *b, const Applicant *applicant)
{
	const RulesetRule *rule = ruleset_rule(b->ruleset, applicant->rule);
	Truth truth = fold_both(&b->binding->fields, applicant->alternative, rule->root, b->nodes);
	BoundRule bound = { .index = rule->index,
		.rule = applicant->rule,
		.entry = CODE_TRUE,
		.root = rule->root,
		.alternative = applicant->alternative };
	guint8 n_sets = 0;

	if (truth == TRUTH_FALSE)
		return;
	if (truth == TRUTH_OPEN) {
		bound.entry = emit(b, 0, CODE_TRUE, CODE_FALSE);
		n_sets = add_triggers(b);
	}
	resolve_all(b, applicant);
	g_array_append_val(b->rules, bound);
	g_array_append_val(b->n_sets, n_sets);
}

/* ---- the whole ---- */

/* Trigger sets that a rule does not have count as hit. */
static void make_start(Binder *b)
{
	Binding *binding = b->binding;

	binding->start = g_new0(guint64, binding->n_words * TRIGGER_SETS);
	for (guint32 i = 0; i < binding->n_rules; i++) {
		for (guint set = g_array_index(b->n_sets, guint8, i); set < TRIGGER_SETS; set++)
			binding->start[set * binding->n_words + i / 64] |= G_GUINT64_CONSTANT(1)
				<< (i % 64);
	}
}

/* Bits were numbered from 0; in the bitmap they stand behind those of rules. */
static void place_bits(Binder *b)
{
	for (guint32 i = CODE_FALSE + 1; i < b->code->len; i++) {
		Instruction *instruction = &g_array_index(b->code, Instruction, i);

		if (instruction->kind != MAKE_TEST)
			instruction->bit = scan_builder_position(b->binding, instruction->bit);
	}
}

static void binder_init(Binder *b, Binding *binding, const Ruleset *ruleset)
{
	Instruction outcome = { 0 };

	*b = (Binder){ .binding = binding, .ruleset = ruleset };
	scan_builder_init(&b->scans, ruleset);
	b->nodes = g_array_new(FALSE, FALSE, sizeof(FoldNode));
	b->code = g_array_new(FALSE, FALSE, sizeof(Instruction));
	b->rules = g_array_new(FALSE, FALSE, sizeof(BoundRule));
	b->triggers = g_array_new(FALSE, FALSE, sizeof(Trigger));
	b->children = g_array_new(FALSE, FALSE, sizeof(Child));
	b->literals = g_array_new(FALSE, FALSE, sizeof(guint32));
	b->n_sets = g_array_new(FALSE, FALSE, sizeof(guint8));
	g_array_append_val(b->code, outcome); /* CODE_TRUE */
	g_array_append_val(b->code, outcome); /* CODE_FALSE */
}

static void binder_clear(Binder *b)
{
	scan_builder_clear(&b->scans);
	g_array_unref(b->nodes);
	g_array_unref(b->code);
	g_array_unref(b->rules);
	g_array_unref(b->triggers);
	g_array_unref(b->children);
	g_array_unref(b->literals);
	g_array_unref(b->n_sets);
}

Binding *binding_new(const Ruleset *ruleset, const Shape *shape, gboolean has_raw)
{
	Binding *binding = g_new0(Binding, 1);
	Binder b;

	binder_init(&b, binding, ruleset);
	field_map_init(&binding->fields, ruleset, shape);
	binding->groups = g_array_new(FALSE, FALSE, sizeof(guint32));

	g_autoptr(GArray) applicants = find_applicants(&b);

	for (guint i = 0; i < applicants->len; i++)
		bind_rule(&b, &g_array_index(applicants, Applicant, i));
	field_map_settle(&binding->fields);
	binding->n_rules = b.rules->len;
	binding->n_words = (binding->n_rules + 63) / 64;
	scan_builder_finish(&b.scans, binding);
	make_start(&b);
	binding->has_raw = has_raw;
	if (has_raw)
		scan_builder_finish_lines(&b.scans, binding);
	place_bits(&b);
	binding->n_code = b.code->len;
	binding->code = g_memdup2(b.code->data, b.code->len * sizeof(Instruction));
	binding->rules = g_memdup2(b.rules->data, b.rules->len * sizeof(BoundRule));
	binder_clear(&b);
	return binding;
}

void binding_free(Binding *binding)
{
	if (!binding)
		return;
	for (guint i = 0; i < binding->n_scans; i++) {
		prefilter_free(binding->scans[i].prefilter);
		g_free(binding->scans[i].first);
		g_free(binding->scans[i].bits);
	}
	g_free(binding->scans);
	line_filter_free(binding->lines);
	g_free(binding->start);
	g_free(binding->code);
	g_free(binding->rules);
	g_clear_pointer(&binding->groups, g_array_unref);
	field_map_clear(&binding->fields);
	g_free(binding);
}

gsize binding_size(const Binding *binding)
{
	gsize size = sizeof(*binding) + binding->n_code * sizeof(Instruction) +
		binding->n_rules * sizeof(BoundRule) +
		binding->n_words * sizeof(guint64) * TRIGGER_SETS +
		line_filter_size(binding->lines);

	for (guint i = 0; i < binding->n_scans; i++) {
		const Scan *scan = &binding->scans[i];

		size += sizeof(*scan) + prefilter_size(scan->prefilter) +
			(scan->n_literals + 1 + scan->first[scan->n_literals]) * sizeof(guint32);
	}
	for (guint i = 0; i < binding->fields.maps->len; i++) {
		if (g_ptr_array_index(binding->fields.maps, i))
			size += binding->fields.ruleset->fields->len * sizeof(guint16);
	}
	return size;
}
