/* SPDX-License-Identifier: Apache-2.0 */
/* The model's rules: those with findings in full, the others as counts. */
#include "report/html/model.h"

/* ---- tactics ---- */

static gint tactic_number(const ReportModel *model, const char *short_name)
{
	guint n;
	const AttackTactic *tactics = attack_table_tactics(model->attack, &n);

	for (guint i = 0; i < n; i++) {
		if (strcmp(tactics[i].short_name, short_name) == 0)
			return (gint)i;
	}
	return -1;
}

/*
 * A rule is coloured by the first tactic that its author names; where only techniques are tagged,
 * by the first technique's first tactic.
 */
static void set_tactics(const ReportModel *model, ModelRule *rule)
{
	g_auto(GStrv) tags = g_strsplit(rule->info->tags, " ", -1);
	gint of_technique = -1;

	rule->tactic = -1;
	for (guint i = 0; tags[i]; i++) {
		const AttackTactic *tactic = attack_table_tactic(model->attack, tags[i]);
		const AttackTechnique *technique = attack_table_technique(model->attack, tags[i]);
		gint number = tactic ? tactic_number(model, tactic->short_name) : -1;

		if (rule->tactic < 0)
			rule->tactic = number;
		if (number >= 0 && number < 32)
			rule->tactics |= 1u << number;
		if (technique && technique->tactics[0] && of_technique < 0)
			of_technique = tactic_number(model, technique->tactics[0]);
	}
	if (rule->tactic < 0 && of_technique >= 0 && of_technique < 32) {
		rule->tactic = of_technique;
		rule->tactics |= 1u << of_technique;
	}
}

/* ---- rules with findings ---- */

enum {
	SHA256,
	ENGINE,
	PATH,
	LINE,
	ID,
	TITLE,
	LEVEL,
	LOGSOURCE,
	TAGS,
	AUTHOR,
	DESCRIPTION,
	FALSEPOSITIVES,
	REFS,
	SOURCE,
	N,
	N_RECOVERED,
	FIRST,
	LAST,
	WORST,
	KIND,
};

static gboolean read_fired(void *context, guint n_columns, const char *const *columns)
{
	ReportModel *model = context;
	ModelRule *rule = g_new0(ModelRule, 1);
	RuleInfo *info = g_new0(RuleInfo, 1);

	rule->info = info;
	info->sha256 = g_strdup(columns[SHA256]);
	info->engine = g_strdup(columns[ENGINE]);
	info->path = g_strdup(columns[PATH]);
	info->line = (guint)model_number(columns[LINE]);
	info->id = g_strdup(columns[ID]);
	info->title = g_strdup(columns[TITLE]);
	info->level = (RuleLevel)MIN(model_number(columns[LEVEL]), LEVEL_N - 1);
	info->kind = g_str_equal(columns[KIND], rule_kind_name(RULE_INDICATOR)) ? RULE_INDICATOR
										: RULE_DETECTION;
	info->logsource = g_strdup(columns[LOGSOURCE]);
	info->tags = g_strdup(columns[TAGS]);
	info->author = g_strdup(columns[AUTHOR]);
	info->description = g_strdup(columns[DESCRIPTION]);
	info->falsepositives = g_strdup(columns[FALSEPOSITIVES]);
	info->references = g_strdup(columns[REFS]);
	info->source = g_strdup(columns[SOURCE]);
	rule->worst = (RuleLevel)MIN(model_number(columns[WORST]), LEVEL_N - 1);
	rule->n_findings = model_number(columns[N]);
	rule->n_recovered = model_number(columns[N_RECOVERED]);
	rule->first = g_strdup(columns[FIRST] ? columns[FIRST] : "");
	rule->last = g_strdup(columns[LAST] ? columns[LAST] : "");
	rule->hosts = g_ptr_array_new_with_free_func(g_free);
	rule->days = g_new0(guint, MODEL_RULE_BINS);
	set_tactics(model, rule);
	g_ptr_array_add(model->rules, rule);
	g_hash_table_insert(model->rule_index, info->sha256, GUINT_TO_POINTER(model->rules->len));

	model->n_findings += rule->n_findings;
	model->n_recovered_findings += rule->n_recovered;
	if (*rule->first &&
		(!model->first_finding || strcmp(rule->first, model->first_finding) < 0)) {
		g_free(model->first_finding);
		model->first_finding = g_strdup(rule->first);
	}
	if (*rule->last && (!model->last_finding || strcmp(rule->last, model->last_finding) > 0)) {
		g_free(model->last_finding);
		model->last_finding = g_strdup(rule->last);
	}
	return TRUE;
}

static gboolean load_fired(ReportModel *model, Case *c, GError **error)
{
	/* The same document may lie at several paths: the first stands for it. */
	return case_query(c,
		"WITH fired AS (SELECT rule_sha256, count(*) AS n, sum(recovered) AS recovered, "
		"min(nullif(time, '')) AS first, max(nullif(time, '')) AS last, "
		"max(level_rank) AS worst FROM finding "
		"GROUP BY rule_sha256), "
		"ranked AS (SELECT *, row_number() OVER (PARTITION BY sha256 "
		"ORDER BY status, path, line) AS copy FROM rule) "
		"SELECT sha256, engine, path, line, id, title, level_rank, logsource, tags, "
		"author, "
		"description, falsepositives, refs, source, n, fired.recovered, first, last, "
		"worst, kind "
		"FROM fired JOIN ranked ON sha256 = rule_sha256 AND copy = 1 "
		"ORDER BY worst DESC, n DESC, title, sha256",
		NULL, read_fired, model, error);
}

/* Each pair of a rule and a host on which it fired, once; and whether with level high. */
static gboolean read_rule_host(void *context, guint n_columns, const char *const *columns)
{
	ReportModel *model = context;
	guint number = GPOINTER_TO_UINT(g_hash_table_lookup(model->rule_index, columns[0]));
	guint host_number = model_host_number(model, columns[1]);
	ModelRule *rule;
	ModelHost *host;

	if (!number || !host_number)
		return TRUE;
	rule = g_ptr_array_index(model->rules, number - 1);
	host = g_ptr_array_index(model->hosts, host_number - 1);
	if (*columns[1] && rule->n_hosts++ < MODEL_RULE_HOSTS)
		g_ptr_array_add(rule->hosts, g_strdup(columns[1]));
	if (model_number(columns[2])) {
		host->high_rules++;
		host->high_tactics |= rule->tactics;
	}
	return TRUE;
}

/* ---- the others, as counts ---- */

static gboolean read_totals(void *context, guint n_columns, const char *const *columns)
{
	ReportModel *model = context;

	model->n_loaded = model_number(columns[0]);
	model->n_rejected = model_number(columns[1]);
	model->n_applicable = model_number(columns[2]);
	return TRUE;
}

static void add_count(GPtrArray *counts, const char *const *columns)
{
	ModelCount *count = g_new0(ModelCount, 1);

	count->name = g_strdup(columns[0]);
	count->detail = g_strdup(columns[1]);
	count->n = model_number(columns[2]);
	g_ptr_array_add(counts, count);
}

static gboolean read_rejected(void *context, guint n_columns, const char *const *columns)
{
	add_count(((ReportModel *)context)->rejected, columns);
	return TRUE;
}

static gboolean read_inapplicable(void *context, guint n_columns, const char *const *columns)
{
	add_count(((ReportModel *)context)->inapplicable, columns);
	return TRUE;
}

static gboolean read_tags(void *context, guint n_columns, const char *const *columns)
{
	ReportModel *model = context;
	g_auto(GStrv) tags = g_strsplit(columns[0], " ", -1);
	guint64 n = model_number(columns[1]);

	for (guint i = 0; tags[i]; i++) {
		const AttackTechnique *technique = attack_table_technique(model->attack, tags[i]);
		guint64 before;

		if (!technique)
			continue;
		before = GPOINTER_TO_UINT(g_hash_table_lookup(model->seeable, technique->id));
		g_hash_table_replace(model->seeable, g_strdup(technique->id),
			GUINT_TO_POINTER((guint)MIN(before + n, G_MAXUINT)));
	}
	return TRUE;
}

gboolean model_load_rules(ReportModel *model, Case *c, GError **error)
{
	return load_fired(model, c, error) &&
		case_query(c,
			"SELECT rule_sha256, min(host), max(level_rank = 3) FROM finding "
			"GROUP BY rule_sha256, host COLLATE NOCASE ORDER BY 1, 2",
			NULL, read_rule_host, model, error) &&
		case_query(c,
			"SELECT count(*) FILTER (WHERE status = 'loaded'), "
			"count(*) FILTER (WHERE status = 'rejected'), "
			"count(*) FILTER (WHERE status = 'loaded' AND applicable) FROM rule "
			"WHERE kind NOT IN ('indicator', 'indicators', 'observation')",
			NULL, read_totals, model, error) &&
		case_query(c,
			"SELECT path || ':' || line, reason, 1 FROM rule WHERE status = 'rejected' "
			"ORDER BY path, line",
			NULL, read_rejected, model, error) &&
		case_query(c,
			"SELECT logsource, "
			"max(CASE WHEN reason LIKE 'needs %' THEN reason ELSE '' END), "
			"count(*) FROM rule WHERE status = 'loaded' AND NOT applicable AND "
			"kind = 'detection' GROUP BY logsource ORDER BY 3 DESC, 1",
			NULL, read_inapplicable, model, error) &&
		case_query(c,
			"SELECT tags, count(*) FROM rule WHERE status = 'loaded' AND tags <> '' "
			"AND kind NOT IN ('indicator', 'indicators', 'observation') "
			"GROUP BY tags ORDER BY tags",
			NULL, read_tags, model, error);
}
