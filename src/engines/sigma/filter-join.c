/* SPDX-License-Identifier: Apache-2.0 */
#include "engines/sigma/filter-join.h"

#include "base/limits.h"

#define NAMES_SHOWN 3

/* How many steps and nodes all filters have cost, and what is known of the one at hand. */
typedef struct Joining {
	const SigmaRule *filter;
	GHashTable *chosen;  /* SigmaRule: those it is for */
	GHashTable *filters; /* SigmaRule -> GPtrArray of Node: conditions to be joined */
	guint64 n_steps, n_nodes;
	/* Of one target: */
	gboolean is_loaded, is_fitting;
	const char *other; /* what one of another kind is; NULL: there is none */
} Joining;

static void reject(SigmaRule *rule, guint line, char *reason)
{
	g_free(rule->info->reason);
	rule->info->reason = reason;
	rule->info->line = line;
	rule->info->status = RULE_REJECTED;
	rule->condition = NULL;
}

static gboolean part_fits(const char *filter, const char *rule)
{
	return !filter || g_strcmp0(filter, rule) == 0;
}

static gboolean logsource_fits(const SigmaRule *filter, const SigmaRule *rule)
{
	return part_fits(filter->product, rule->product) &&
		part_fits(filter->category, rule->category) &&
		part_fits(filter->service, rule->service);
}

static gboolean choose(void *context, SigmaRule *rule)
{
	Joining *joining = context;

	if (++joining->n_steps > LIMIT_FILTER_STEPS)
		return FALSE;
	if (rule->info->status != RULE_LOADED)
		return TRUE;
	joining->is_loaded = TRUE;
	if (rule->info->kind != RULE_DETECTION) {
		joining->other = rule->info->kind == RULE_OBSERVATION
			? "is an observation, which tells facts: there is nothing to be taken away"
			: "is a correlation: name the rules it refers to";
		return TRUE;
	}
	if (logsource_fits(joining->filter, rule)) {
		joining->is_fitting = TRUE;
		g_hash_table_add(joining->chosen, rule);
	}
	return TRUE;
}

/* ---- what a filter is not for ---- */

static void append_missed(GString *ret, const Joining *joining, const char *name)
{
	g_string_append_printf(ret, "%s\"%s\" ", ret->len ? ", " : "", name);
	if (!joining->is_loaded)
		g_string_append(ret, "is not the id or name of a loaded rule");
	else if (joining->other)
		g_string_append(ret, joining->other);
	else
		g_string_append(ret, "has another log source");
}

/* Chooses the rules that the filter names. Returns what there is to say of others. */
static char *choose_named(Joining *joining, const SigmaRule *filter, const RuleIndex *index)
{
	GString *missed = g_string_new(NULL);
	guint n_missed = 0;

	for (guint i = 0; i < filter->filter_targets->len; i++) {
		const FilterTarget *target =
			&g_array_index(filter->filter_targets, FilterTarget, i);

		joining->is_loaded = joining->is_fitting = FALSE;
		joining->other = NULL;
		joining->n_steps++;
		rule_index_foreach(index, target->name, choose, joining);
		if (!joining->is_fitting && n_missed++ < NAMES_SHOWN)
			append_missed(missed, joining, target->name);
	}
	if (n_missed > NAMES_SHOWN)
		g_string_append_printf(missed, ", and %u more", n_missed - NAMES_SHOWN);
	return g_string_free(missed, FALSE);
}

static char *choose_any(Joining *joining, const GPtrArray *detections)
{
	for (guint i = 0; i < detections->len; i++) {
		if (!choose(joining, detections->pdata[i]))
			break;
	}
	return g_strdup(g_hash_table_size(joining->chosen) ? "" : "no rule has its log source");
}

/* ---- joining ---- */

/* As condition.c counts: a selection counts wherever it is named, and the tree is limited so. */
static guint64 count_nodes(const Node *node)
{
	guint64 n = 1;

	for (guint i = 0; i < node->n_children; i++)
		n += count_nodes(node->children[i]);
	return n;
}

static void note_filter(Joining *joining, SigmaRule *rule, Node *condition)
{
	GPtrArray *conditions = g_hash_table_lookup(joining->filters, rule);

	if (!conditions) {
		conditions = g_ptr_array_new();
		g_hash_table_insert(joining->filters, rule, conditions);
	}
	g_ptr_array_add(conditions, condition);
}

static void join_one(
	Joining *joining, SigmaRule *filter, const GPtrArray *detections, const RuleIndex *index)
{
	g_autofree char *missed = NULL;
	guint n_chosen;

	joining->filter = filter;
	g_hash_table_remove_all(joining->chosen);
	missed = filter->filters_any ? choose_any(joining, detections)
				     : choose_named(joining, filter, index);
	n_chosen = g_hash_table_size(joining->chosen);
	if (n_chosen > 0)
		joining->n_nodes += n_chosen * count_nodes(filter->condition);
	if (joining->n_steps > LIMIT_FILTER_STEPS || joining->n_nodes > LIMIT_FILTER_NODES) {
		reject(filter, filter->info->line,
			g_strdup("all filters together are for more rules than LIMIT_FILTER_NODES "
				 "and "
				 "LIMIT_FILTER_STEPS allow"));
		return;
	}
	if (n_chosen == 0) {
		guint line = filter->filters_any
			? filter->info->line
			: g_array_index(filter->filter_targets, FilterTarget, 0).line;

		reject(filter, line, g_strdup_printf("the filter is for no rule: %s", missed));
		return;
	}

	GHashTableIter iter;
	gpointer rule;

	g_hash_table_iter_init(&iter, joining->chosen);
	while (g_hash_table_iter_next(&iter, &rule, NULL))
		note_filter(joining, rule, filter->condition);
	if (*missed) {
		g_free(filter->info->reason);
		filter->info->reason = g_strdup_printf("the filter is for %u rule%s, but %s",
			n_chosen, n_chosen == 1 ? "" : "s", missed);
	}
}

/* All conditions of one rule under one And, so that trees grow by one level however many they are.
 */
static void grow_tree(SigmaRule *rule, const GPtrArray *conditions)
{
	Node *all = g_new0(Node, 1);

	all->kind = NODE_AND;
	all->n_children = conditions->len + 1;
	all->children = g_new0(Node *, all->n_children);
	all->children[0] = rule->condition;
	for (guint i = 0; i < conditions->len; i++)
		all->children[i + 1] = conditions->pdata[i];
	g_ptr_array_add(rule->blocks, all->children);
	g_ptr_array_add(rule->blocks, all);
	rule->condition = all;
}

void filters_join(const GPtrArray *filters, const GPtrArray *detections, const RuleIndex *index)
{
	Joining joining = { .chosen = g_hash_table_new(NULL, NULL),
		.filters = g_hash_table_new_full(
			NULL, NULL, NULL, (GDestroyNotify)g_ptr_array_unref) };

	for (guint i = 0; i < filters->len; i++)
		join_one(&joining, filters->pdata[i], detections, index);
	for (guint i = 0; i < detections->len; i++) {
		const GPtrArray *conditions =
			g_hash_table_lookup(joining.filters, detections->pdata[i]);

		if (conditions)
			grow_tree(detections->pdata[i], conditions);
	}
	g_hash_table_unref(joining.chosen);
	g_hash_table_unref(joining.filters);
}
