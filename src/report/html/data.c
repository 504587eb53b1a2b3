/* SPDX-License-Identifier: Apache-2.0 */
#include "report/html/data.h"

#include "base/json.h"
#include "report/html/deflate.h"
#include "report/indicator-text.h"

/* Text of a case as JSON; made valid first, since a meddled-with case may hold anything. */
static void add_text(Json *j, const char *text)
{
	g_autofree char *valid = g_utf8_make_valid(text ? text : "", -1);

	json_text(j, valid);
}

static void member(Json *j, const char *key, const char *text)
{
	json_key(j, key);
	add_text(j, text);
}

static void add_lines(Json *j, const char *key, const char *text, const char *separator)
{
	g_auto(GStrv) parts = g_strsplit(text, separator, -1);

	json_key(j, key);
	json_array_begin(j);
	for (guint i = 0; parts[i]; i++) {
		if (*parts[i])
			add_text(j, parts[i]);
	}
	json_array_end(j);
}

/* ---- tables ---- */

/* The document of a rule; of an indicator as lines for people. */
static void add_source(Json *j, const RuleInfo *rule)
{
	g_autoptr(GString) text = g_string_new(NULL);

	if (rule->kind == RULE_INDICATOR && *rule->source)
		indicator_append_text(text, rule->source, "");
	member(j, "source", text->len ? text->str : rule->source);
}

static void add_rule(Json *j, const ModelRule *rule)
{
	const RuleInfo *info = rule->info;

	json_object_begin(j);
	member(j, "title", info->title);
	json_member_int(j, "level", rule->worst);
	member(j, "id", info->id);
	member(j, "sha256", info->sha256);
	member(j, "engine", info->engine);
	member(j, "path", info->path);
	json_member_int(j, "line", info->line);
	member(j, "logsource", info->logsource);
	member(j, "author", info->author);
	member(j, "description", info->description);
	add_lines(j, "falsepositives", info->falsepositives, "\n");
	add_lines(j, "references", info->references, "\n");
	add_lines(j, "tags", info->tags, " ");
	json_member_int(j, "tactic", rule->tactic);
	json_member_int(j, "tactics", rule->tactics);
	add_source(j, info);
	json_member_int(j, "n", (gint64)rule->n_findings);
	json_object_end(j);
}

static void add_rules(Json *j, const ReportModel *model)
{
	json_key(j, "rules");
	json_array_begin(j);
	for (guint i = 0; i < model->rules->len; i++)
		add_rule(j, g_ptr_array_index(model->rules, i));
	json_array_end(j);
}

/* Each host with the hours in which it has events: gap before a run, length of the run, … */
static void add_hosts(Json *j, const ReportModel *model)
{
	json_key(j, "hosts");
	json_array_begin(j);
	for (guint i = 0; i < model->hosts->len; i++) {
		const ModelHost *host = g_ptr_array_index(model->hosts, i);
		gint32 end = 0;

		json_array_begin(j);
		add_text(j, host->name);
		json_array_begin(j);
		for (guint k = 0; k < host->hours->len; k++) {
			ModelHours run = g_array_index(host->hours, ModelHours, k);

			json_int(j, run.first - end);
			json_int(j, run.n);
			end = run.first + run.n;
		}
		json_array_end(j);
		json_array_end(j);
	}
	json_array_end(j);
	json_member_int(j, "firstHour", model->first_hour);
	json_member_int(j, "hours", model->n_hours);
	json_member_int(j, "silenceHours", MODEL_SILENCE_HOURS);
}

static void add_evidence(Json *j, const ReportModel *model)
{
	json_key(j, "evidence");
	json_array_begin(j);
	for (guint i = 0; i < model->evidence->len; i++) {
		const ModelEvidence *evidence = g_ptr_array_index(model->evidence, i);

		json_array_begin(j);
		add_text(j, evidence->sha256);
		add_text(j, evidence->paths->len ? g_ptr_array_index(evidence->paths, 0) : "");
		json_uint(j, evidence->size);
		json_array_end(j);
	}
	json_array_end(j);
}

static int compare_texts(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The techniques that any loaded rule could see: [id, name, [tactic…], rules]. */
static void add_techniques(Json *j, const ReportModel *model)
{
	g_autoptr(GPtrArray) ids = g_ptr_array_new();
	GHashTableIter iter;
	gpointer id;

	g_hash_table_iter_init(&iter, model->seeable);
	while (g_hash_table_iter_next(&iter, &id, NULL))
		g_ptr_array_add(ids, id);
	g_ptr_array_sort(ids, compare_texts);

	json_key(j, "techniques");
	json_array_begin(j);
	for (guint i = 0; i < ids->len; i++) {
		g_autofree char *tag = g_strconcat("attack.", g_ptr_array_index(ids, i), NULL);
		const AttackTechnique *technique = attack_table_technique(model->attack, tag);
		gpointer n = g_hash_table_lookup(model->seeable, g_ptr_array_index(ids, i));

		json_array_begin(j);
		json_text(j, technique->id);
		json_text(j, technique->name);
		json_array_begin(j);
		for (guint k = 0; technique->tactics[k]; k++)
			json_text(j, technique->tactics[k]);
		json_array_end(j);
		json_uint(j, GPOINTER_TO_UINT(n));
		json_array_end(j);
	}
	json_array_end(j);
}

static void add_tactics(Json *j, const ReportModel *model)
{
	guint n;
	const AttackTactic *tactics = attack_table_tactics(model->attack, &n);

	json_key(j, "tactics");
	json_array_begin(j);
	for (guint i = 0; i < n; i++) {
		json_array_begin(j);
		json_text(j, tactics[i].id);
		json_text(j, tactics[i].name);
		json_text(j, tactics[i].short_name);
		json_array_end(j);
	}
	json_array_end(j);
	json_member_text(j, "attackVersion", attack_table_version(model->attack));
}

static void add_texts(Json *j, const char *key, const TextTable *table)
{
	guint n = table->texts ? table->texts->len : 0;

	json_key(j, key);
	json_array_begin(j);
	for (guint i = 0; i < n; i++)
		add_text(j, text_table_get(table, i));
	json_array_end(j);
}

/* ---- columns ---- */

#define COLUMN(field) G_STRUCT_OFFSET(ModelFinding, field)

static void add_column(Json *j, const char *key, const ReportModel *model, gsize offset)
{
	json_key(j, key);
	json_array_begin(j);
	for (guint i = 0; i < model->rows->len; i++) {
		ModelFinding *row = &g_array_index(model->rows, ModelFinding, i);

		json_uint(j, G_STRUCT_MEMBER(guint32, row, offset));
	}
	json_array_end(j);
}

/* As differences, which are small where findings follow each other in one log. */
static void add_wide_column(Json *j, const char *key, const ReportModel *model, gsize offset)
{
	guint64 before = 0;

	json_key(j, key);
	json_array_begin(j);
	for (guint i = 0; i < model->rows->len; i++) {
		ModelFinding *row = &g_array_index(model->rows, ModelFinding, i);
		guint64 value = G_STRUCT_MEMBER(guint64, row, offset);

		json_int(j, (gint64)(value - before));
		before = value;
	}
	json_array_end(j);
}

static void add_times(Json *j, const ReportModel *model)
{
	gint64 before = 0;

	json_key(j, "time");
	json_array_begin(j);
	for (guint i = 0; i < model->rows->len; i++) {
		gint64 time = g_array_index(model->rows, ModelFinding, i).time_ms;

		json_int(j, time == MODEL_NO_TIME ? 0 : time - before);
		before = time == MODEL_NO_TIME ? before : time;
	}
	json_array_end(j);
}

/* The rows for which something holds, as differences. */
static void add_row_list(Json *j, const char *key, const ReportModel *model,
	gboolean (*holds)(const ModelFinding *row))
{
	guint before = 0;

	json_key(j, key);
	json_array_begin(j);
	for (guint i = 0; i < model->rows->len; i++) {
		if (!holds(&g_array_index(model->rows, ModelFinding, i)))
			continue;
		json_uint(j, i - before);
		before = i;
	}
	json_array_end(j);
}

static gboolean is_timeless(const ModelFinding *row)
{
	return row->time_ms == MODEL_NO_TIME;
}

static gboolean is_recovered(const ModelFinding *row)
{
	return row->recovered;
}

static gboolean has_event(const ModelFinding *row)
{
	return row->event >= 0;
}

static void add_numbers(Json *j, const char *key, const GArray *numbers)
{
	json_key(j, key);
	json_array_begin(j);
	for (guint i = 0; i < numbers->len; i++)
		json_uint(j, g_array_index(numbers, guint64, i));
	json_array_end(j);
}

static void add_rows(Json *j, const ReportModel *model)
{
	json_key(j, "rows");
	json_object_begin(j);
	json_member_int(j, "n", model->rows->len);
	add_column(j, "rule", model, COLUMN(rule));
	add_column(j, "level", model, COLUMN(level));
	add_column(j, "host", model, COLUMN(host));
	add_column(j, "channel", model, COLUMN(channel));
	add_column(j, "evidence", model, COLUMN(evidence));
	add_column(j, "locator", model, COLUMN(locator));
	add_column(j, "matches", model, COLUMN(matches));
	add_column(j, "entities", model, COLUMN(entities));
	add_wide_column(j, "record", model, COLUMN(record));
	add_wide_column(j, "offset", model, COLUMN(offset));
	add_numbers(j, "locatorNumbers", model->locator_numbers);
	add_times(j, model);
	add_row_list(j, "timeless", model, is_timeless);
	add_row_list(j, "recovered", model, is_recovered);
	add_row_list(j, "events", model, has_event);
	json_object_end(j);
}

/* Row to id, where the page can not compute it. */
static void add_own_ids(Json *j, const ReportModel *model)
{
	json_key(j, "ids");
	json_object_begin(j);
	for (guint i = 0; i < model->own_ids->len; i++) {
		char row[16];

		(void)g_snprintf(row, sizeof row, "%u",
			g_array_index(model->own_id_rows, guint32, i)); /* there is room */
		json_member_text(j, row, g_ptr_array_index(model->own_ids, i));
	}
	json_object_end(j);
}

/* ---- the documents ---- */

GString *data_findings_json(const ReportModel *model)
{
	GString *out = g_string_new(NULL);
	Json j = json_begin(out);

	json_object_begin(&j);
	json_member_int(&j, "version", 2);
	member(&j, "title", model->options->title);
	json_member_int(&j, "total", (gint64)model->n_findings);
	json_member_bool(&j, "sampled", model->sampled);
	json_member_int(&j, "blockRecords", DATA_BLOCK_RECORDS);
	add_tactics(&j, model);
	add_techniques(&j, model);
	add_rules(&j, model);
	add_hosts(&j, model);
	add_evidence(&j, model);
	add_texts(&j, "channels", &model->channels);
	add_texts(&j, "locators", &model->locators);
	add_texts(&j, "tests", &model->tests);
	add_texts(&j, "values", &model->values);
	add_texts(&j, "matchSets", &model->match_sets);
	add_texts(&j, "entities", &model->entities);
	add_texts(&j, "entitySets", &model->entity_sets);
	add_rows(&j, model);
	add_own_ids(&j, model);
	json_object_end(&j);
	return out;
}

static void append_packed(GString *out, const GString *json)
{
	g_autoptr(GByteArray) packed = g_byte_array_new();
	g_autofree char *base64 = NULL;

	deflate_append_gzip(packed, slice_make(json->str, json->len));
	base64 = g_base64_encode(packed->data, packed->len);
	g_string_append(out, base64);
}

void data_append_findings(GString *out, const ReportModel *model)
{
	GString *json = data_findings_json(model);

	append_packed(out, json);
	g_string_free(json, TRUE);
}

void data_append_records(GString *out, const ReportModel *model)
{
	g_string_append_c(out, '[');
	for (guint first = 0; first < model->events->len; first += DATA_BLOCK_RECORDS) {
		guint end = MIN(first + DATA_BLOCK_RECORDS, model->events->len);
		GString *block = g_string_new(NULL);
		Json j = json_begin(block);

		/* Records as texts: one that is no JSON spoils nothing but itself. */
		json_array_begin(&j);
		for (guint i = first; i < end; i++)
			add_text(&j, g_ptr_array_index(model->events, i));
		json_array_end(&j);
		g_string_append(out, first ? ",\n\"" : "\"");
		append_packed(out, block);
		g_string_append_c(out, '"');
		g_string_free(block, TRUE);
	}
	g_string_append_c(out, ']');
}
