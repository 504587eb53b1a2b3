/* SPDX-License-Identifier: Apache-2.0 */
#include "stix/judge.h"

#include "base/limits.h"
#include "stix/compare.h"

/* ---- one comparison -----------------------------------------------------------------------------
 */

typedef struct Judging {
	const StixPattern *pattern;
	const StixProvider *provider;
	guint objects[LIMIT_STIX_TYPES]; /* the choice at hand, by type; G_MAXUINT: there is none */
	guint n_objects[LIMIT_STIX_TYPES];
	guint choices; /* that were tried */
	StixRemarks remarks;
	GArray *reasons; /* or NULL */
} Judging;

typedef struct Asking {
	const StixNode *test;
	StixTruth truth;
	gboolean has_value;
	gboolean is_unreadable;
	guint tag;
} Asking;

static gboolean ask_value(void *context, const StixValue *value)
{
	Asking *asking = context;
	StixTruth truth;

	if (asking->test->operator== STIX_EXISTS) {
		asking->has_value = TRUE;
		asking->tag = value->tag;
		return FALSE;
	}
	truth = stix_compare(asking->test, value);
	asking->is_unreadable = asking->is_unreadable || truth == STIX_UNKNOWN;
	if (!asking->has_value || truth > asking->truth) {
		asking->truth = truth;
		asking->tag = value->tag;
	}
	asking->has_value = TRUE;
	return truth != STIX_TRUE;
}

static StixTruth judge_test(Judging *judging, const StixNode *test)
{
	Asking asking = { .test = test, .truth = STIX_UNKNOWN, .tag = G_MAXUINT };
	guint object = judging->objects[test->path->type_number];

	if (object == G_MAXUINT)
		return STIX_UNKNOWN;
	judging->provider->values(
		judging->provider->context, test->path->number, object, ask_value, &asking);
	judging->remarks.is_unreadable |= asking.is_unreadable;
	if (test->operator== STIX_EXISTS)
		asking.truth = asking.has_value != test->is_negated ? STIX_TRUE : STIX_FALSE;
	if (asking.truth == STIX_TRUE && judging->reasons) {
		StixReason reason = { test->number, asking.tag };

		g_array_append_val(judging->reasons, reason);
	}
	return asking.truth;
}

/* ---- expressions, for one choice of objects -----------------------------------------------------
 */

static void forget_reasons(Judging *judging, guint n)
{
	if (judging->reasons)
		g_array_set_size(judging->reasons, n);
}

static StixTruth judge_node(Judging *judging, const StixNode *node)
{
	gboolean is_and = node->kind == STIX_AND;
	StixTruth truth = is_and ? STIX_TRUE : STIX_FALSE;
	guint n_reasons = judging->reasons ? judging->reasons->len : 0;

	if (node->kind == STIX_TEST)
		return judge_test(judging, node);
	for (const StixNode *child = node->child; child; child = child->next) {
		StixTruth of_child = judge_node(judging, child);

		truth = is_and ? MIN(truth, of_child) : MAX(truth, of_child);
		if (truth == (is_and ? STIX_FALSE : STIX_TRUE))
			break;
	}
	if (truth != STIX_TRUE)
		forget_reasons(judging, n_reasons);
	return truth;
}

/* ---- choices of objects -------------------------------------------------------------------------
 */

static void collect_types(const StixNode *node, gboolean *ret)
{
	if (node->kind == STIX_TEST) {
		ret[node->path->type_number] = TRUE;
		return;
	}
	for (const StixNode *child = node->child; child; child = child->next)
		collect_types(child, ret);
}

/* The next choice, like an odometer; FALSE after the last. */
static gboolean next_choice(Judging *judging, const gboolean *types)
{
	for (guint type = 0; type < judging->pattern->types->len; type++) {
		if (!types[type] || judging->n_objects[type] == 0)
			continue;
		if (++judging->objects[type] < judging->n_objects[type])
			return TRUE;
		judging->objects[type] = 0;
	}
	return FALSE;
}

/*
 * An OR is true where one of its operands is, whatever is chosen for the others: choices are made
 * only for what AND holds together.
 */
static StixTruth judge_choices(Judging *judging, const StixNode *node)
{
	gboolean types[LIMIT_STIX_TYPES] = { FALSE };
	StixTruth truth = STIX_FALSE;

	if (node->kind == STIX_OR) {
		for (const StixNode *child = node->child; child && truth != STIX_TRUE;
			child = child->next) {
			StixTruth of_child = judge_choices(judging, child);

			truth = MAX(truth, of_child);
		}
		return truth;
	}
	collect_types(node, types);
	for (guint type = 0; type < judging->pattern->types->len; type++)
		judging->objects[type] = judging->n_objects[type] ? 0 : G_MAXUINT;
	do {
		StixTruth of_choice;

		if (judging->choices++ == LIMIT_STIX_CHOICES) {
			judging->remarks.is_bounded = TRUE;
			return MAX(truth, STIX_UNKNOWN);
		}
		of_choice = judge_node(judging, node);
		truth = MAX(truth, of_choice);
	} while (truth != STIX_TRUE && next_choice(judging, types));
	return truth;
}

StixTruth stix_part_judge(const StixPattern *pattern, guint part, const StixProvider *provider,
	GArray *reasons, StixRemarks *ret)
{
	const StixObservation *observation = pattern->parts->pdata[part];
	Judging judging = { .pattern = pattern, .provider = provider, .reasons = reasons };
	StixTruth truth;

	for (guint type = 0; type < pattern->types->len; type++)
		judging.n_objects[type] =
			provider->n_objects(provider->context, pattern->types->pdata[type]);
	truth = judge_choices(&judging, observation->test);
	if (ret)
		*ret = judging.remarks;
	return truth;
}

/* ---- what must be so ----------------------------------------------------------------------------
 */

/* A piece is rarely as telling as a whole value. */
#define PIECE_COST 1000

/* How much looking for an anchor made of @node costs; 0: it makes none. */
static guint anchor_cost(const StixNode *node)
{
	guint cost = 0;

	if (node->kind == STIX_TEST) {
		if (node->is_negated)
			return 0;
		if (node->operator== STIX_LIKE || node->operator== STIX_MATCHES)
			return node->piece ? PIECE_COST : 0;
		return (node->operator== STIX_EQ || node->operator== STIX_IN) && node->literals &&
				node->literals->kind <= STIX_STRING
			? node->n_literals
			: 0;
	}
	for (const StixNode *child = node->child; child; child = child->next) {
		guint of_child = anchor_cost(child);

		if (node->kind == STIX_OR) {
			if (of_child == 0)
				return 0;
			cost += of_child;
		} else if (of_child && (cost == 0 || of_child < cost)) {
			cost = of_child;
		}
	}
	return cost;
}

static void tell_test_anchors(const StixNode *node, StixAnchorFunc each, void *context)
{
	StixAnchor anchor = { STIX_ANCHOR_PIECE, node->path->number, node->piece, 0 };

	if (node->operator== STIX_LIKE || node->operator== STIX_MATCHES) {
		each(context, &anchor);
		return;
	}
	for (const StixLiteral *value = node->literals; value; value = value->next) {
		anchor.kind = value->kind == STIX_STRING ? STIX_ANCHOR_TEXT : STIX_ANCHOR_NUMBER;
		anchor.text = value->text;
		anchor.number = value->number;
		each(context, &anchor);
	}
}

/* Those of all operands of an OR, of the cheapest one of an AND. */
static void tell_anchors(const StixNode *node, StixAnchorFunc each, void *context)
{
	guint cost = node->kind == STIX_AND ? anchor_cost(node) : 0;

	if (node->kind == STIX_TEST) {
		tell_test_anchors(node, each, context);
		return;
	}
	for (const StixNode *child = node->child; child; child = child->next) {
		if (cost && anchor_cost(child) != cost)
			continue;
		tell_anchors(child, each, context);
		if (cost)
			return;
	}
}

gboolean stix_part_anchors(
	const StixPattern *pattern, guint part, StixAnchorFunc each, void *context)
{
	const StixObservation *observation = pattern->parts->pdata[part];

	if (anchor_cost(observation->test) == 0)
		return FALSE;
	tell_anchors(observation->test, each, context);
	return TRUE;
}

static gboolean node_possible(
	const StixNode *node, const gboolean *has_path, const gboolean *has_type)
{
	if (node->kind == STIX_TEST)
		return has_path[node->path->number] ||
			(node->operator== STIX_EXISTS && node->is_negated &&
				has_type[node->path->number]);
	for (const StixNode *child = node->child; child; child = child->next) {
		gboolean is = node_possible(child, has_path, has_type);

		if (is != (node->kind == STIX_AND))
			return is;
	}
	return node->kind == STIX_AND;
}

gboolean stix_part_possible(
	const StixPattern *pattern, guint part, const gboolean *has_path, const gboolean *has_type)
{
	const StixObservation *observation = pattern->parts->pdata[part];

	return node_possible(observation->test, has_path, has_type);
}

guint stix_pattern_n_paths(const StixPattern *pattern)
{
	return pattern->paths->len;
}

const char *stix_path_text(const StixPattern *pattern, guint path)
{
	const StixPath *p = pattern->paths->pdata[path];

	return p->text;
}

const char *stix_path_type(const StixPattern *pattern, guint path)
{
	const StixPath *p = pattern->paths->pdata[path];

	return p->type;
}
