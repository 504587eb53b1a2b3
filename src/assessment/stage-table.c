/* SPDX-License-Identifier: Apache-2.0 */
#include "assessment/stage-table.h"

#include <string.h>

#include "assessment/table.h"
#include "base/error.h"
#include "base/text.h"

#define FILE_NAME "exchange-stages.tsv"

typedef struct Loading {
	StageTable *table;
	const BuildTable *builds;
} Loading;

void stage_info_free(gpointer data)
{
	StageInfo *stage = data;

	g_free(stage->slug);
	g_free(stage->title);
	g_free(stage->text);
	g_free(stage);
}

static gboolean find_stage(const StageTable *table, const char *slug, guint *ret)
{
	for (guint i = 0; i < table->stages->len; i++) {
		if (strcmp(((StageInfo *)table->stages->pdata[i])->slug, slug) == 0) {
			*ret = i;
			return TRUE;
		}
	}
	return FALSE;
}

/* stage <TAB> slug <TAB> title <TAB> level <TAB> text */
static gboolean take_stage(StageTable *table, char *const *cells, const char **ret_reason)
{
	StageInfo *stage;
	RuleLevel level;

	*ret_reason = "the level is none of informational, low, medium, high and critical";
	if (!rule_level_parse(cells[3], &level))
		return FALSE;
	stage = g_new0(StageInfo, 1);
	*stage = (StageInfo){ g_strdup(cells[1]), g_strdup(cells[2]), g_strdup(cells[4]), level };
	g_ptr_array_add(table->stages, stage);
	return TRUE;
}

/* rule, general, after, page or tag <TAB> id or tag <TAB> stage <TAB> flaw, CVE or - <TAB> why */
static gboolean take_rule(Loading *loading, char *const *cells, const char **ret_reason)
{
	StageTable *table = loading->table;
	gboolean is_tag = strcmp(cells[0], "tag") == 0;
	GHashTable *rules = is_tag ? table->tags : table->rules;
	g_autofree char *key = NULL;
	StageRule *rule;

	*ret_reason = "this id or tag has a row already";
	key = g_ascii_strdown(cells[1], -1);
	if (g_hash_table_contains(rules, key))
		return FALSE;
	rule = g_new0(StageRule, 1);
	(void)g_hash_table_insert(rules, g_steal_pointer(&key), rule);
	rule->is_page = strcmp(cells[0], "page") == 0;
	rule->reach = strcmp(cells[0], "after") == 0	     ? REACH_AFTER
		: is_tag || strcmp(cells[0], "general") == 0 ? REACH_EXCHANGE
							     : REACH_ANY;
	*ret_reason = "names no stage of the rows above";
	if (!find_stage(table, cells[2], &rule->stage))
		return FALSE;
	*ret_reason = "names no flaw or CVE of exchange-flaws.tsv, and is not -";
	if (strcmp(cells[3], "-") != 0)
		rule->flaw = build_table_flaw(loading->builds, cells[3], &rule->set);
	return rule->flaw || strcmp(cells[3], "-") == 0;
}

/* field <TAB> what <TAB> name */
static gboolean take_field(StageTable *table, char *const *cells, const char **ret_reason)
{
	static const char *const names[] = {
		[FACT_ADDRESS] = "address",
		[FACT_USER_AGENT] = "user-agent",
		[FACT_FILE] = "file",
		[FACT_PAGE] = "page",
		[FACT_ACCOUNT] = "account",
	};

	*ret_reason = "a field is an address, user-agent, file, page or account";
	for (guint kind = FACT_ADDRESS; kind < G_N_ELEMENTS(names); kind++) {
		if (strcmp(names[kind], cells[1]) == 0) {
			(void)g_hash_table_insert(
				table->fields, text_fold(cells[2]), GUINT_TO_POINTER(kind));
			return TRUE;
		}
	}
	return FALSE;
}

static gboolean take_row(void *context, guint n, char *const *cells, const char **ret_reason)
{
	Loading *loading = context;

	if (n == 5 && strcmp(cells[0], "stage") == 0)
		return take_stage(loading->table, cells, ret_reason);
	if (n == 5 &&
		(strcmp(cells[0], "rule") == 0 || strcmp(cells[0], "general") == 0 ||
			strcmp(cells[0], "after") == 0 || strcmp(cells[0], "page") == 0 ||
			strcmp(cells[0], "tag") == 0))
		return take_rule(loading, cells, ret_reason);
	if (n == 5 && strcmp(cells[0], "none") == 0)
		return TRUE; /* for people, and the checker */
	if (n == 3 && strcmp(cells[0], "field") == 0)
		return take_field(loading->table, cells, ret_reason);
	*ret_reason =
		"neither a stage, rule, general, after, page, tag, none nor field with its columns";
	return FALSE;
}

StageTable *stage_table_load(const BuildTable *builds, const char *tables, GError **error)
{
	g_autoptr(StageTable) table = g_new0(StageTable, 1);
	Loading loading = { table, builds };

	table->stages = g_ptr_array_new_with_free_func(stage_info_free);
	table->rules = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	table->tags = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	table->fields = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	if (!table_read(tables, FILE_NAME, take_row, &loading, error))
		return NULL;
	if (!find_stage(table, STAGE_ENTERED, &table->entered) ||
		!find_stage(table, STAGE_WRITTEN, &table->written)) {
		g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_INPUT,
			"%s/" FILE_NAME ": needs the stages " STAGE_ENTERED " and " STAGE_WRITTEN,
			tables);
		return NULL;
	}
	return g_steal_pointer(&table);
}

void stage_table_free(StageTable *table)
{
	if (!table)
		return;
	g_ptr_array_unref(table->stages);
	g_hash_table_unref(table->rules);
	g_hash_table_unref(table->tags);
	g_hash_table_unref(table->fields);
	g_free(table);
}

const StageRule *stage_table_find(const StageTable *table, const char *id, const char *tags)
{
	g_autofree char *folded = g_ascii_strdown(id, -1);
	g_autofree char *folded_tags = g_ascii_strdown(tags, -1);
	const StageRule *best = g_hash_table_lookup(table->rules, folded);
	g_auto(GStrv) words = NULL;

	if (best)
		return best;
	words = g_strsplit(folded_tags, " ", -1);
	for (guint i = 0; words[i]; i++) {
		const StageRule *rule = g_hash_table_lookup(table->tags, words[i]);

		if (rule && (!best || rule->stage > best->stage))
			best = rule;
	}
	return best;
}

FactKind stage_table_field(const StageTable *table, const char *name)
{
	g_autofree char *folded = text_fold(name);

	return (FactKind)GPOINTER_TO_UINT(g_hash_table_lookup(table->fields, folded));
}
