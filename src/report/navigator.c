/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The navigator report: a layer for MITRE's ATT&CK Navigator (layer format 4.5). A technique's
 * score is the number of findings, in use and recovered, whose rule has its tag; its colour is that
 * of the worst of them. The comment says which rules they were.
 */
#include <string.h>

#include "base/json.h"
#include "report/attack.h"
#include "report/report.h"

#define COMMENT_RULES_MAX 10

typedef struct LayerTechnique {
	const AttackTechnique *technique; /* borrowed from the table; NULL where it knows none */
	char *id;
	guint64 findings;
	RuleLevel level;
	GString *comment;
	guint n_rules;
} LayerTechnique;

typedef struct Layer {
	const AttackTable *table;
	GTree *techniques; /* id -> LayerTechnique, in order of id */
	guint64 most;
} Layer;

/* The colours of the HTML report's levels, light enough for the Navigator's black text. */
static const char *const level_colors[LEVEL_N] = { "#cfd8dc", "#a5d6f7", "#ffe08a", "#ffab70",
	"#ff8080" };

static void layer_technique_free(gpointer data)
{
	LayerTechnique *t = data;

	g_free(t->id);
	g_string_free(t->comment, TRUE);
	g_free(t);
}

static int compare_ids(gconstpointer a, gconstpointer b, gpointer unused)
{
	return strcmp(a, b);
}

/* "attack.t1059.001" is one; "attack.ta0002", "attack.g0016" and "attack.execution" are not. */
static gboolean is_technique_tag(const char *tag)
{
	return g_ascii_strncasecmp(tag, "attack.t", 8) == 0 && g_ascii_isdigit(tag[8]);
}

static LayerTechnique *get_technique(Layer *layer, const char *tag)
{
	g_autofree char *id = g_ascii_strup(tag + strlen("attack."), -1);
	LayerTechnique *t = g_tree_lookup(layer->techniques, id);

	if (t)
		return t;
	t = g_new0(LayerTechnique, 1);
	t->technique = attack_table_technique(layer->table, tag);
	t->comment = g_string_new(NULL);
	t->id = g_steal_pointer(&id);
	g_tree_insert(layer->techniques, t->id, t);
	return t;
}

/* One row of v_rule_summary: tags, findings, level of the worst, title. */
static gboolean add_rule(void *context, guint n_columns, const char *const *columns)
{
	Layer *layer = context;
	g_auto(GStrv) tags = g_strsplit(columns[0], " ", -1);
	guint64 findings = 0;
	guint64 worst = LEVEL_INFORMATIONAL;

	/* Both come from the case; where they are odd the zero values stand. */
	(void)g_ascii_string_to_unsigned(columns[1], 10, 0, G_MAXINT64, &findings, NULL);
	(void)g_ascii_string_to_unsigned(columns[2], 10, 0, LEVEL_N - 1, &worst, NULL);
	for (char **tag = tags; *tag; tag++) {
		LayerTechnique *t;

		if (!is_technique_tag(*tag))
			continue;
		t = get_technique(layer, *tag);
		t->findings += findings;
		t->level = MAX(t->level, (RuleLevel)worst);
		layer->most = MAX(layer->most, t->findings);
		if (t->n_rules++ < COMMENT_RULES_MAX)
			g_string_append_printf(t->comment, "%s%s (%s)", t->comment->len ? "; " : "",
				columns[3], columns[1]);
	}
	return TRUE;
}

static void append_technique(Json *j, const LayerTechnique *t, const char *tactic)
{
	json_object_begin(j);
	json_member_text(j, "techniqueID", t->id);
	if (tactic)
		json_member_text(j, "tactic", tactic);
	json_member_int(j, "score", (gint64)MIN(t->findings, (guint64)G_MAXINT32));
	json_member_text(j, "color", level_colors[t->level]);
	json_member_text(j, "comment", t->comment->str);
	json_member_bool(j, "enabled", TRUE);
	json_member_bool(j, "showSubtechniques", strchr(t->id, '.') != NULL);
	json_object_end(j);
}

static gboolean append_each(gpointer key, gpointer value, gpointer context)
{
	append_technique(
		context, value, NULL); /* without a tactic: wherever the technique stands */
	return FALSE;
}

static void append_versions(Json *j, const AttackTable *table)
{
	const char *version = attack_table_version(table);
	g_autofree char *major = g_strndup(version, strcspn(version, "."));

	json_key(j, "versions");
	json_object_begin(j);
	json_member_text(j, "attack", major);
	json_member_text(j, "navigator", "5.1.0");
	json_member_text(j, "layer", "4.5");
	json_object_end(j);
}

static void append_gradient(Json *j, guint64 most)
{
	json_key(j, "gradient");
	json_object_begin(j);
	json_key(j, "colors");
	json_array_begin(j);
	json_text(j, "#ffffff");
	json_text(j, "#ff8080");
	json_array_end(j);
	json_member_int(j, "minValue", 0);
	json_member_int(j, "maxValue", (gint64)CLAMP(most, 1, (guint64)G_MAXINT32));
	json_object_end(j);
}

static gboolean write_navigator(Case *c, const ReportOptions *options, FILE *out, GError **error)
{
	g_autoptr(AttackTable) table = attack_table_load(options->tables, error);
	g_autoptr(GTree) techniques =
		g_tree_new_full(compare_ids, NULL, NULL, layer_technique_free);
	g_autoptr(GString) text = g_string_new(NULL);
	Layer layer = { table, techniques, 0 };
	Json j = json_begin(text);

	if (!table)
		return FALSE;
	if (!case_query(c,
		    "SELECT tags, findings, worst_rank, title FROM v_rule_summary WHERE findings > "
		    "0 "
		    "GROUP BY sha256 ORDER BY worst_rank DESC, findings DESC, title, sha256",
		    NULL, add_rule, &layer, error))
		return FALSE;
	json_object_begin(&j);
	json_member_text(&j, "name", options->title);
	append_versions(&j, table);
	json_member_text(&j, "domain", "enterprise-attack");
	json_member_text(&j, "description", "Techniques named by the rules that fired, by spoor");
	json_member_int(&j, "sorting", 3);
	json_key(&j, "techniques");
	json_array_begin(&j);
	g_tree_foreach(techniques, append_each, &j);
	json_array_end(&j);
	append_gradient(&j, layer.most);
	json_object_end(&j);
	g_string_append_c(text, '\n');
	(void)fwrite(text->str, 1, text->len, out); /* report.h: the caller checks ferror() */
	return TRUE;
}

extern const ReportFormat navigator_report;
const ReportFormat navigator_report = {
	.name = "navigator",
	.description = "a layer for MITRE's ATT&CK Navigator",
	.media_type = "application/json",
	.suffix = "",
	.write = write_navigator,
};
