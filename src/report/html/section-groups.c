/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The techniques of the case beside what ATT&CK documents: who is known to use them, how many are,
 * and what would prevent them. An overlap, never an attribution.
 */
#include <string.h>

#include "report/attack-groups.h"
#include "report/html/html-text.h"
#include "report/html/sections.h"

#define TECHNIQUES_SHOWN  40
#define GROUPS_SHOWN	  6
#define NAMES_SHOWN	  12
#define MITIGATIONS_SHOWN 4

typedef struct Seen {
	const AttackTechnique *technique; /* borrowed from the table */
	guint64 n_findings;
	RuleLevel level;
} Seen;

static int compare_seen(gconstpointer a, gconstpointer b)
{
	const Seen *x = *(Seen *const *)a, *y = *(Seen *const *)b;

	if (x->level != y->level)
		return x->level > y->level ? -1 : 1;
	return strcmp(x->technique->id, y->technique->id);
}

static void note_technique(
	GHashTable *seen, const AttackTechnique *technique, const ModelRule *rule)
{
	Seen *entry = g_hash_table_lookup(seen, technique->id);

	if (!entry) {
		entry = g_new0(Seen, 1);
		entry->technique = technique;
		(void)g_hash_table_insert(seen, (gpointer)technique->id, entry);
	}
	entry->n_findings += rule->n_findings;
	entry->level = MAX(entry->level, rule->worst);
}

/* Techniques of rules of level medium and above: what is lower happens everywhere. */
static GPtrArray *collect_seen(const ReportModel *model, GHashTable *seen)
{
	GPtrArray *list = g_ptr_array_new();
	GHashTableIter iter;
	gpointer value;

	for (guint i = 0; i < model->rules->len; i++) {
		const ModelRule *rule = model->rules->pdata[i];
		g_auto(GStrv) tags = g_strsplit(rule->info->tags, " ", -1);

		for (guint t = 0; rule->worst >= LEVEL_MEDIUM && tags[t]; t++) {
			const AttackTechnique *technique =
				attack_table_technique(model->attack, tags[t]);

			if (technique)
				note_technique(seen, technique, rule);
		}
	}
	g_hash_table_iter_init(&iter, seen);
	while (g_hash_table_iter_next(&iter, NULL, &value))
		g_ptr_array_add(list, value);
	g_ptr_array_sort(list, compare_seen);
	return list;
}

/* ---- whom rules and indicators name -------------------------------------------------------------
 */

typedef struct Named {
	const char *name; /* borrowed from the table */
	guint n_rules;
} Named;

static int compare_named(gconstpointer a, gconstpointer b)
{
	const Named *x = a, *y = b;

	if (x->n_rules != y->n_rules)
		return x->n_rules > y->n_rules ? -1 : 1;
	return strcmp(x->name, y->name);
}

static void note_name(GArray *named, const char *name)
{
	const Named first = { name, 1 };

	for (guint i = 0; i < named->len; i++) {
		if (g_str_equal(g_array_index(named, Named, i).name, name)) {
			g_array_index(named, Named, i).n_rules++;
			return;
		}
	}
	g_array_append_val(named, first);
}

static GArray *collect_named(const ReportModel *model)
{
	GArray *named = g_array_new(FALSE, FALSE, sizeof(Named));

	for (guint i = 0; i < model->rules->len; i++) {
		const ModelRule *rule = model->rules->pdata[i];
		g_auto(GStrv) tags = g_strsplit(rule->info->tags, " ", -1);

		for (guint t = 0; rule->worst >= LEVEL_MEDIUM && tags[t]; t++) {
			const char *name = attack_groups_name(model->groups, tags[t]);

			if (name)
				note_name(named, name);
		}
	}
	g_array_sort(named, compare_named);
	return named;
}

static void append_named(GString *out, const ReportModel *model)
{
	g_autoptr(GArray) named = collect_named(model);

	if (named->len == 0)
		return;
	g_string_append(out,
		"<p class=\"note\">Written with these groups and tools in mind, among the rules "
		"and "
		"indicators that fired: ");
	for (guint i = 0; i < MIN(named->len, NAMES_SHOWN); i++) {
		const Named *entry = &g_array_index(named, Named, i);

		if (i)
			g_string_append(out, ", ");
		html_append_text(out, entry->name);
		g_string_append_printf(out, " (%u)", entry->n_rules);
	}
	g_string_append(out, ".</p>");
}

static void append_mitigations(GString *out, const AttackGroups *groups, const char *id)
{
	const GPtrArray *names = attack_groups_mitigations(groups, id);

	if (!names) {
		g_string_append(out, "<span class=\"note\">none prevents it: detect</span>");
		return;
	}
	for (guint i = 0; i < MIN(names->len, MITIGATIONS_SHOWN); i++) {
		if (i)
			g_string_append(out, ", ");
		html_append_text(out, names->pdata[i]);
	}
	if (names->len > MITIGATIONS_SHOWN)
		g_string_append_printf(
			out, " <span class=\"more\">+%u</span>", names->len - MITIGATIONS_SHOWN);
}

static void append_technique(GString *out, const AttackGroups *groups, const Seen *seen)
{
	const char *id = seen->technique->id;
	guint n = attack_groups_using(groups, id);

	g_string_append(out, "<tr><td>");
	section_append_level(out, seen->level);
	g_string_append(out, "</td><th scope=\"row\">");
	html_append_text(out, seen->technique->name);
	g_string_append(out, " <span class=\"tactic\">");
	html_append_text(out, id);
	g_string_append(out, "</span></th><td class=\"number\">");
	html_append_number(out, seen->n_findings);
	g_string_append(out, "</td><td>");
	if (n)
		g_string_append_printf(out, "%u of %u%s", n, attack_groups_count(groups),
			attack_groups_is_rare(groups, id) ? ", <b>rare</b>" : "");
	else
		g_string_append(out, "none");
	g_string_append(out, "</td><td>");
	append_mitigations(out, groups, id);
	g_string_append(out, "</td></tr>\n");
}

static void append_techniques(GString *out, const AttackGroups *groups, const GPtrArray *seen)
{
	g_string_append(out, "<details><summary><b>");
	html_append_plural(out, seen->len, "technique", "techniques");
	g_string_append(out,
		"</b>, how many groups use each, and what prevents it</summary>"
		"<div class=\"scroll\"><table><thead><tr><th>Level</th><th>Technique</th>"
		"<th class=\"number\">Findings</th><th>Documented groups that use it</th>"
		"<th>What prevents it</th></tr></thead><tbody>\n");
	for (guint i = 0; i < MIN(seen->len, TECHNIQUES_SHOWN); i++)
		append_technique(out, groups, seen->pdata[i]);
	g_string_append(out, "</tbody></table></div>");
	if (seen->len > TECHNIQUES_SHOWN)
		g_string_append_printf(
			out, "<p class=\"note\">And %u more.</p>", seen->len - TECHNIQUES_SHOWN);
	g_string_append(out, "</details>");
}

static void append_group(GString *out, const AttackGroups *groups, const AttackOverlap *overlap)
{
	const AttackGroup *group = overlap->group;

	g_string_append(out, "<tr><th scope=\"row\">");
	html_append_text(out, group->name);
	g_string_append(out, " <span class=\"tactic\">");
	html_append_text(out, group->id);
	g_string_append(out, "</span></th><td>");
	for (guint i = 0; group->aliases[i]; i++) {
		if (i)
			g_string_append(out, ", ");
		html_append_text(out, group->aliases[i]);
	}
	g_string_append_printf(out, "</td><td class=\"number\">%u of %u</td>", overlap->shared->len,
		g_strv_length((GStrv)group->techniques));
	g_string_append_printf(out, "<td class=\"number\">%u</td><td>", overlap->n_rare);
	for (guint i = 0; i < overlap->shared->len; i++) {
		const char *id = overlap->shared->pdata[i];
		const char *mark = attack_groups_is_rare(groups, id) ? "b" : "span";

		if (i)
			g_string_append(out, ", ");
		g_string_append_printf(out, "<%s>", mark);
		html_append_text(out, id);
		g_string_append_printf(out, "</%s>", mark);
	}
	g_string_append(out, "</td></tr>\n");
}

static void append_groups(GString *out, const AttackGroups *groups, const GPtrArray *overlaps)
{
	g_string_append(out, "<details><summary><b>Overlap with documented groups</b>");
	g_string_append_printf(out,
		", the most telling first</summary><p class=\"note\">What a tenth of the %u groups "
		"of ATT&amp;CK %s or fewer use is rare, and printed bold.</p><div class=\"scroll\">"
		"<table><thead><tr><th>Group</th><th>Also called</th>"
		"<th class=\"number\">Shared</th><th class=\"number\">Rare</th>"
		"<th>Which</th></tr></thead><tbody>\n",
		attack_groups_count(groups), attack_groups_version(groups));
	for (guint i = 0; i < MIN(overlaps->len, GROUPS_SHOWN); i++)
		append_group(out, groups, overlaps->pdata[i]);
	g_string_append(out, "</tbody></table></div></details>");
}

static GPtrArray *find_overlaps(const AttackGroups *groups, const GPtrArray *seen)
{
	g_autoptr(GPtrArray) ids = g_ptr_array_new();

	for (guint i = 0; i < seen->len; i++)
		g_ptr_array_add(ids, (gpointer)((const Seen *)seen->pdata[i])->technique->id);
	return attack_groups_overlap(groups, ids);
}

void section_append_groups(GString *out, const ReportModel *model)
{
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
	g_autoptr(GPtrArray) list = collect_seen(model, seen);
	g_autoptr(GPtrArray) overlaps = NULL;

	if (list->len == 0) {
		g_string_append(out,
			"<p class=\"empty\">No rule of level medium or above that names a "
			"technique fired.</p>");
		return;
	}
	overlaps = find_overlaps(model->groups, list);
	g_string_append_printf(out,
		"<p class=\"lead\">%u of %u documented groups share some of these techniques. "
		"That is no attribution: tools and techniques are copied, sold and shared.</p>",
		overlaps->len, attack_groups_count(model->groups));
	append_named(out, model);
	append_techniques(out, model->groups, list);
	if (overlaps->len > 0)
		append_groups(out, model->groups, overlaps);
}
