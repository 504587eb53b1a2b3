/* SPDX-License-Identifier: Apache-2.0 */
#include "model/correlation-set.h"

#include "base/error.h"
#include "base/limits.h"

const Correlation *correlation_set_find(const GPtrArray *set, guint rule)
{
	guint low = 0, high = set->len;

	while (low < high) {
		guint middle = low + (high - low) / 2;
		const Correlation *correlation = set->pdata[middle];

		if (correlation->rule == rule)
			return correlation;
		if (correlation->rule < rule)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* TRUE where all correlations that @correlation refers to are @placed already. */
static gboolean is_ready(const GPtrArray *set, const Correlation *correlation, GHashTable *placed)
{
	for (guint i = 0; i < correlation->n_parts; i++) {
		gpointer part = (gpointer)correlation_set_find(set, correlation->parts[i].rule);

		if (part && !g_hash_table_contains(placed, part))
			return FALSE;
	}
	return TRUE;
}

gboolean correlation_set_order(const GPtrArray *set, GPtrArray *ret)
{
	g_autoptr(GHashTable) placed = g_hash_table_new(NULL, NULL);
	g_autoptr(GPtrArray) level = g_ptr_array_new();
	guint n_placed = 0;

	/* A round places what stands on earlier rounds alone, so rounds are as many as the height.
	 */
	for (guint round = 0; round < LIMIT_CORRELATION_DEPTH && n_placed < set->len; round++) {
		g_ptr_array_set_size(level, 0);
		for (guint i = 0; i < set->len; i++) {
			if (!g_hash_table_contains(placed, set->pdata[i]) &&
				is_ready(set, set->pdata[i], placed))
				g_ptr_array_add(level, set->pdata[i]);
		}
		for (guint i = 0; i < level->len; i++) {
			g_hash_table_add(placed, level->pdata[i]);
			g_ptr_array_add(ret, level->pdata[i]);
		}
		n_placed += level->len;
	}
	return n_placed == set->len;
}

static gboolean is_among(char *const *names, const char *name)
{
	return g_strv_contains((const char *const *)names, name);
}

/* TRUE where hits of @part have a value for each of @names. */
static gboolean has_names(const Correlation *part, char *const *names)
{
	for (; *names; names++) {
		if (!is_among(part->group_by, *names) && !is_among(part->fields, *names) &&
			!is_among(part->carried, *names))
			return FALSE;
	}
	return TRUE;
}

static gboolean check_part(
	const GPtrArray *set, const GPtrArray *rules, const CorrelationPart *part)
{
	const RuleInfo *rule;
	const Correlation *inner;

	if (part->rule >= rules->len)
		return FALSE;
	rule = rules->pdata[part->rule];
	if (rule->status != RULE_LOADED || rule->kind == RULE_FILTER ||
		rule->kind == RULE_OBSERVATION)
		return FALSE;
	if (rule->kind == RULE_DETECTION)
		return TRUE;
	inner = correlation_set_find(set, part->rule);
	return inner && has_names(inner, part->group_by) && has_names(inner, part->fields) &&
		has_names(inner, part->carried);
}

static gboolean check_one(
	const GPtrArray *set, const GPtrArray *rules, const Correlation *correlation)
{
	const RuleInfo *rule;

	if (correlation->rule >= rules->len)
		return FALSE;
	rule = rules->pdata[correlation->rule];
	if (rule->status != RULE_LOADED || rule->kind != RULE_CORRELATION)
		return FALSE;
	for (guint i = 0; i < correlation->n_parts; i++) {
		if (!check_part(set, rules, &correlation->parts[i]))
			return FALSE;
	}
	return TRUE;
}

gboolean correlation_set_check(const GPtrArray *set, const GPtrArray *rules, GError **error)
{
	g_autoptr(GPtrArray) ordered = g_ptr_array_new();

	for (guint i = 0; i < set->len; i++) {
		const Correlation *correlation = set->pdata[i];
		const Correlation *before = i > 0 ? set->pdata[i - 1] : NULL;

		if ((!before || before->rule < correlation->rule) &&
			check_one(set, rules, correlation))
			continue;
		g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_PROTOCOL,
			"the correlation that is rule %u does not fit the rules",
			correlation->rule);
		return FALSE;
	}
	if (correlation_set_order(set, ordered))
		return TRUE;
	g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_PROTOCOL,
		"correlations refer to each other in a circle");
	return FALSE;
}

void correlation_set_mark_silent(const GPtrArray *set, GPtrArray *rules)
{
	g_autoptr(GHashTable) generated = g_hash_table_new(NULL, NULL);

	for (guint i = 0; i < set->len; i++) {
		const Correlation *correlation = set->pdata[i];

		for (guint p = 0; p < correlation->n_parts; p++) {
			RuleInfo *rule = rules->pdata[correlation->parts[p].rule];

			rule->is_silent = TRUE;
			if (correlation->generate)
				g_hash_table_add(generated, rule);
		}
	}

	GHashTableIter iter;
	gpointer rule;

	g_hash_table_iter_init(&iter, generated);
	while (g_hash_table_iter_next(&iter, &rule, NULL))
		((RuleInfo *)rule)->is_silent = FALSE;
}
