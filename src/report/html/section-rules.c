/* SPDX-License-Identifier: Apache-2.0 */
/* What was found, by rule: one line however often a rule fired, so that noise buries nothing. */
#include "report/html/html-text.h"
#include "report/html/sections.h"

#define RULES_SHOWN 20
#define RULES_MOST  400 /* the others, folded away; the table of findings has all */

/* Findings over the time of all findings, as a row of small bars. */
static void append_spark(GString *out, const ModelRule *rule)
{
	guint most = 1;

	for (guint i = 0; i < MODEL_RULE_BINS; i++)
		most = MAX(most, rule->days[i]);
	g_string_append_printf(out,
		"<svg class=\"spark\" viewBox=\"0 0 %u 18\" width=\"%u\" height=\"18\" "
		"aria-hidden=\"true\"><path class=\"base\" d=\"M0 17.5h%u\"/>",
		MODEL_RULE_BINS * 3, MODEL_RULE_BINS * 3, MODEL_RULE_BINS * 3);
	for (guint i = 0; i < MODEL_RULE_BINS; i++) {
		guint height = rule->days[i] ? 3 + rule->days[i] * 14 / most : 0;

		if (height)
			g_string_append_printf(out,
				"<rect x=\"%u\" y=\"%u\" width=\"2\" height=\"%u\"/>", i * 3,
				17 - height, height);
	}
	g_string_append(out, "</svg>");
}

static void append_hosts(GString *out, const ModelRule *rule)
{
	guint shown = MIN(rule->hosts->len, 2);

	for (guint i = 0; i < shown; i++) {
		if (i)
			g_string_append(out, ", ");
		html_append_text(out, g_ptr_array_index(rule->hosts, i));
	}
	if (rule->n_hosts > shown)
		g_string_append_printf(
			out, " <span class=\"more\">+%u</span>", rule->n_hosts - shown);
}

static void append_rule(GString *out, const ReportModel *model, const ModelRule *rule)
{
	guint n;
	const AttackTactic *tactics = attack_table_tactics(model->attack, &n);

	g_string_append_printf(out, "<tr data-rule=\"%s\"><td>", rule->info->sha256);
	section_append_level(out, rule->worst);
	g_string_append(out, "</td><th scope=\"row\"><span class=\"rule-title\">");
	html_append_text(out, rule->info->title);
	g_string_append(out, "</span>");
	if (rule->tactic >= 0) {
		g_string_append(out, "<span class=\"tactic\">");
		html_append_text(out, tactics[rule->tactic].name);
		g_string_append(out, "</span>");
	}
	g_string_append(out, "</th><td class=\"number\">");
	html_append_number(out, rule->n_findings);
	g_string_append(out, "</td><td class=\"spark-cell\">");
	append_spark(out, rule);
	g_string_append(out, "</td><td class=\"time\">");
	html_append_time(out, rule->first);
	g_string_append(out, "</td><td class=\"time\">");
	html_append_time(out, rule->last);
	g_string_append(out, "</td><td class=\"hosts\">");
	append_hosts(out, rule);
	g_string_append(out, "</td></tr>\n");
}

static void append_table(
	GString *out, const ReportModel *model, guint first, guint end, gboolean with_head)
{
	g_string_append(out, "<div class=\"scroll\"><table class=\"rules\">");
	if (with_head)
		g_string_append(out,
			"<thead><tr><th>Level</th><th>Rule</th><th class=\"number\">Findings</th>"
			"<th class=\"spark-cell\">When</th><th>First (UTC)</th><th>Last (UTC)</th>"
			"<th>Hosts</th></tr></thead>");
	g_string_append(out, "<tbody>\n");
	for (guint i = first; i < end; i++)
		append_rule(out, model, g_ptr_array_index(model->rules, i));
	g_string_append(out, "</tbody></table></div>");
}

void section_append_rules(GString *out, const ReportModel *model)
{
	guint shown = MIN(model->rules->len, RULES_SHOWN);
	guint folded = MIN(model->rules->len, RULES_MOST);

	if (shown == 0) {
		g_string_append(out, "<p class=\"empty\">No rule fired on what was judged.</p>");
		return;
	}
	append_table(out, model, 0, shown, TRUE);
	if (shown == model->rules->len)
		return;
	g_string_append(out, "<details class=\"more-rules\"><summary><b>");
	html_append_plural(out, model->rules->len - shown, "more rule", "more rules");
	g_string_append(out, "</b> of lower levels or with fewer findings</summary>");
	append_table(out, model, shown, folded, FALSE);
	if (folded < model->rules->len)
		g_string_append(out, "<p class=\"note\">And more: see Findings.</p>");
	g_string_append(out, "</details>");
}
