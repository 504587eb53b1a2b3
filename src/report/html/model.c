/* SPDX-License-Identifier: Apache-2.0 */
#include "report/html/model.h"

/* ---- texts ---- */

guint text_table_add(TextTable *table, const char *text)
{
	gpointer known;
	char *copy;

	if (!table->index) {
		table->index = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
		table->texts = g_ptr_array_new();
	}
	known = g_hash_table_lookup(table->index, text);
	if (known)
		return GPOINTER_TO_UINT(known) - 1;
	copy = g_strdup(text);
	g_ptr_array_add(table->texts, copy);
	g_hash_table_insert(table->index, copy, GUINT_TO_POINTER(table->texts->len));
	return table->texts->len - 1;
}

const char *text_table_get(const TextTable *table, guint number)
{
	return g_ptr_array_index(table->texts, number);
}

static void text_table_clear(TextTable *table)
{
	if (!table->index)
		return;
	g_ptr_array_unref(table->texts);
	g_hash_table_unref(table->index);
}

guint model_next_member(const char **set)
{
	guint number = 0;

	while (g_ascii_isdigit(**set))
		number = number * 10 + (guint)g_ascii_digit_value(*(*set)++);
	if (**set == ',')
		(*set)++;
	return number;
}

guint64 model_number(const char *text)
{
	guint64 number = 0;

	if (!text || !g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT64, &number, NULL))
		return 0;
	return number;
}

gboolean model_is_interrupted(const ReportModel *model)
{
	const ModelRun *last =
		model->runs->len ? g_ptr_array_index(model->runs, model->runs->len - 1) : NULL;

	return last && strcmp(last->outcome, "complete") != 0 &&
		strcmp(last->outcome, "incomplete") != 0;
}

/* ---- the parts' ends ---- */

static void free_rule(gpointer data)
{
	ModelRule *rule = data;

	rule_info_free(rule->info);
	g_ptr_array_unref(rule->hosts);
	g_free(rule->first);
	g_free(rule->last);
	g_free(rule->days);
	g_free(rule);
}

static void free_host(gpointer data)
{
	ModelHost *host = data;

	g_free(host->name);
	g_array_unref(host->hours);
	g_free(host);
}

static void free_evidence(gpointer data)
{
	ModelEvidence *evidence = data;

	g_free(evidence->sha256);
	g_free(evidence->reader);
	g_free(evidence->first);
	g_free(evidence->last);
	g_ptr_array_unref(evidence->paths);
	g_free(evidence);
}

static void free_gap(gpointer data)
{
	ModelGap *gap = data;

	g_free(gap->sha256);
	g_free(gap->path);
	g_free(gap->kind);
	g_free(gap->note);
	g_free(gap);
}

static void free_run(gpointer data)
{
	ModelRun *run = data;

	g_free(run->started);
	g_free(run->ended);
	g_free(run->outcome);
	g_free(run->command_line);
	g_free(run->host);
	g_free(run->user);
	g_free(run);
}

static void free_intel(gpointer data)
{
	ModelIntel *intel = data;

	g_free(intel->path);
	g_free(intel->name);
	g_free(intel->format);
	g_free(intel);
}

static void free_set(gpointer data)
{
	ModelSet *set = data;

	g_free(set->path);
	g_free(set->title);
	g_free(set->status);
	g_free(set);
}

static void free_count(gpointer data)
{
	ModelCount *count = data;

	g_free(count->name);
	g_free(count->detail);
	g_free(count);
}

/* ---- the whole ---- */

static gboolean read_judgement(void *context, guint n_columns, const char *const *columns)
{
	ReportModel *model = context;

	g_free(model->tool_version);
	g_free(model->rules_sha256);
	g_free(model->judged_with);
	model->tool_version = g_strdup(columns[0]);
	model->rules_sha256 = g_strdup(columns[1]);
	model->judged_with = g_strdup(columns[2]);
	return TRUE;
}

static gboolean read_run(void *context, guint n_columns, const char *const *columns)
{
	ReportModel *model = context;
	ModelRun *run = g_new0(ModelRun, 1);

	run->started = g_strdup(columns[0]);
	run->ended = g_strdup(columns[1]);
	run->outcome = g_strdup(columns[2]);
	run->command_line = g_strdup(columns[3]);
	run->host = g_strdup(columns[4]);
	run->user = g_strdup(columns[5]);
	run->sealed = model_number(columns[6]) != 0;
	run->workers = (guint)model_number(columns[7]);
	g_ptr_array_add(model->runs, run);
	return TRUE;
}

static gboolean load_runs(ReportModel *model, Case *c, GError **error)
{
	return case_query(c, "SELECT tool_version, rules_sha256, options FROM judgement", NULL,
		       read_judgement, model, error) &&
		case_query(c,
			"SELECT started, ended, outcome, command_line, host, user, sealed, workers "
			"FROM run ORDER BY id",
			NULL, read_run, model, error);
}

ReportModel *report_model_load(
	Case *c, const ReportOptions *options, guint max_rows, GError **error)
{
	g_autoptr(ReportModel) model = g_new0(ReportModel, 1);

	model->options = options;
	model->runs = g_ptr_array_new_with_free_func(free_run);
	model->evidence = g_ptr_array_new_with_free_func(free_evidence);
	model->gaps = g_ptr_array_new_with_free_func(free_gap);
	model->rules = g_ptr_array_new_with_free_func(free_rule);
	model->hosts = g_ptr_array_new_with_free_func(free_host);
	model->rejected = g_ptr_array_new_with_free_func(free_count);
	model->inapplicable = g_ptr_array_new_with_free_func(free_count);
	model->intel = g_ptr_array_new_with_free_func(free_intel);
	model->sets = g_ptr_array_new_with_free_func(free_set);
	model->seeable = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	model->rule_index = g_hash_table_new(g_str_hash, g_str_equal);
	model->host_index = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	model->rows = g_array_new(FALSE, TRUE, sizeof(ModelFinding));
	model->locator_numbers = g_array_new(FALSE, FALSE, sizeof(guint64));
	model->events = g_ptr_array_new_with_free_func(g_free);
	model->event_rows = g_array_new(FALSE, TRUE, sizeof(guint32));
	model->own_ids = g_ptr_array_new_with_free_func(g_free);
	model->own_id_rows = g_array_new(FALSE, TRUE, sizeof(guint32));
	model->attack = attack_table_load(options->tables, error);
	model->groups = model->attack ? attack_groups_load(options->tables, error) : NULL;
	if (!model->groups || !load_runs(model, c, error) ||
		!model_load_coverage(model, c, error) || !model_load_rules(model, c, error) ||
		!model_load_intel(model, c, error) ||
		!model_load_findings(model, c, max_rows, error) ||
		!model_load_exchange(model, c, error))
		return NULL;
	return g_steal_pointer(&model);
}

void report_model_free(ReportModel *model)
{
	if (!model)
		return;
	assessment_free(model->assessment);
	if (model->hits)
		g_array_unref(model->hits);
	attack_table_free(model->attack);
	attack_groups_free(model->groups);
	g_free(model->tool_version);
	g_free(model->rules_sha256);
	g_free(model->judged_with);
	g_free(model->first_finding);
	g_free(model->last_finding);
	g_hash_table_unref(model->rule_index);
	g_hash_table_unref(model->host_index);
	g_ptr_array_unref(model->runs);
	g_ptr_array_unref(model->evidence);
	g_ptr_array_unref(model->gaps);
	g_ptr_array_unref(model->rules);
	g_ptr_array_unref(model->hosts);
	g_ptr_array_unref(model->rejected);
	g_ptr_array_unref(model->inapplicable);
	g_ptr_array_unref(model->intel);
	g_ptr_array_unref(model->sets);
	g_ptr_array_unref(model->events);
	g_ptr_array_unref(model->own_ids);
	g_array_unref(model->own_id_rows);
	g_hash_table_unref(model->seeable);
	g_array_unref(model->rows);
	g_array_unref(model->locator_numbers);
	g_array_unref(model->event_rows);
	text_table_clear(&model->channels);
	text_table_clear(&model->locators);
	text_table_clear(&model->values);
	text_table_clear(&model->tests);
	text_table_clear(&model->entities);
	text_table_clear(&model->match_sets);
	text_table_clear(&model->entity_sets);
	g_free(model);
}
