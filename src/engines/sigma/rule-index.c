/* SPDX-License-Identifier: Apache-2.0 */
#include "engines/sigma/rule-index.h"

typedef struct Entry {
	GPtrArray *rules;    /* SigmaRule */
	SigmaRule *one;	     /* the first that was loaded */
	SigmaRule *other;    /* the first that was loaded and is another document */
	SigmaRule *rejected; /* the first that was not */
} Entry;

struct RuleIndex {
	GHashTable *by_id, *by_name; /* Entry; ids in lower case */
};

static void entry_free(void *data)
{
	Entry *entry = data;

	g_ptr_array_unref(entry->rules);
	g_free(entry);
}

RuleIndex *rule_index_new(void)
{
	RuleIndex *index = g_new0(RuleIndex, 1);

	index->by_id = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, entry_free);
	index->by_name = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, entry_free);
	return index;
}

void rule_index_free(RuleIndex *index)
{
	if (!index)
		return;
	g_hash_table_unref(index->by_id);
	g_hash_table_unref(index->by_name);
	g_free(index);
}

static void note_rule(Entry *entry, SigmaRule *rule)
{
	g_ptr_array_add(entry->rules, rule);
	if (rule->info->status == RULE_REJECTED)
		entry->rejected = entry->rejected ? entry->rejected : rule;
	else if (!entry->one)
		entry->one = rule;
	else if (!entry->other && strcmp(entry->one->info->sha256, rule->info->sha256) != 0)
		entry->other = rule;
}

/* Takes over @key. */
static void add_by(GHashTable *table, char *key, SigmaRule *rule)
{
	Entry *entry = g_hash_table_lookup(table, key);

	if (!entry) {
		entry = g_new0(Entry, 1);
		entry->rules = g_ptr_array_new();
		g_hash_table_insert(table, key, entry);
	} else {
		g_free(key);
	}
	note_rule(entry, rule);
}

void rule_index_add(RuleIndex *index, SigmaRule *rule)
{
	if (rule->info->id[0])
		add_by(index->by_id, g_ascii_strdown(rule->info->id, -1), rule);
	if (rule->info->name[0])
		add_by(index->by_name, g_strdup(rule->info->name), rule);
}

static void find_entries(const RuleIndex *index, const char *name, const Entry *ret[2])
{
	g_autofree char *id = g_ascii_strdown(name, -1);

	ret[0] = g_hash_table_lookup(index->by_id, id);
	ret[1] = g_hash_table_lookup(index->by_name, name);
}

SigmaRule *rule_index_find_one(const RuleIndex *index, const char *name, char **ret_reason)
{
	const Entry *found[2];
	g_autoptr(GPtrArray) no_rules = g_ptr_array_new();
	Entry both = { .rules = no_rules };

	find_entries(index, name, found);
	for (guint i = 0; i < G_N_ELEMENTS(found); i++) {
		SigmaRule *const rules[] = { found[i] ? found[i]->one : NULL,
			found[i] ? found[i]->other : NULL, found[i] ? found[i]->rejected : NULL };

		for (guint r = 0; r < G_N_ELEMENTS(rules); r++) {
			if (rules[r])
				note_rule(&both, rules[r]);
		}
	}
	if (both.one && !both.other)
		return both.one;
	if (both.other)
		*ret_reason =
			g_strdup_printf("\"%s\" is more than one rule: %s line %u and %s line %u",
				name, both.one->info->path, both.one->info->line,
				both.other->info->path, both.other->info->line);
	else if (both.rejected)
		*ret_reason = g_strdup_printf("the rule \"%s\" was rejected: %s line %u", name,
			both.rejected->info->path, both.rejected->info->line);
	else
		*ret_reason = g_strdup_printf(
			"there is no rule with the id or name \"%s\" among those loaded", name);
	return NULL;
}

void rule_index_foreach(const RuleIndex *index, const char *name, RuleIndexFunc each, void *context)
{
	const Entry *found[2];

	find_entries(index, name, found);
	for (guint i = 0; i < G_N_ELEMENTS(found); i++) {
		for (guint r = 0; found[i] && r < found[i]->rules->len; r++) {
			if (!each(context, found[i]->rules->pdata[r]))
				return;
		}
	}
}
