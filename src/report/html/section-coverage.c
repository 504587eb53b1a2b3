/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Coverage: what was judged and what was not. Without it "nothing found" means nothing, so it
 * stands before all that can be clicked, and is static.
 */
#include "report/html/html-text.h"
#include "report/html/sections.h"

#define HOSTS_SHOWN  12
#define HOSTS_MOST   300 /* the others, folded away */
#define GAPS_SHOWN   12	 /* of one kind */
#define COUNTS_SHOWN 400 /* rejected rules, log sources without evidence */
#define STRIP_WIDTH  480u

/* ---- figures ---- */

static void append_figure_head(GString *out, const char *label)
{
	g_string_append_printf(out, "<div><dt>%s</dt><dd>", label);
}

static void append_figure_note(GString *out)
{
	g_string_append(out, "</dd><dd class=\"note\">");
}

static void append_evidence_figure(GString *out, const ReportModel *model)
{
	guint64 bytes = 0, n_unjudged = 0, n_as_files = 0;

	for (guint i = 0; i < model->evidence->len; i++) {
		const ModelEvidence *evidence = g_ptr_array_index(model->evidence, i);

		bytes += evidence->size;
		n_unjudged += !evidence->done || (!*evidence->reader && !evidence->as_file);
		n_as_files += evidence->done && !*evidence->reader && evidence->as_file;
	}
	append_figure_head(out, "Evidence");
	html_append_plural(out, model->evidence->len, "file", "files");
	append_figure_note(out);
	html_append_bytes(out, bytes);
	if (n_unjudged) {
		g_string_append(out, ", ");
		html_append_number(out, n_unjudged);
		g_string_append(out, " not judged");
	}
	if (n_as_files) {
		g_string_append(out, ", ");
		html_append_number(out, n_as_files);
		g_string_append(out, " judged as files alone");
	}
	g_string_append(out, "</dd></div>");
}

/* Indicators are counted apart. */
static guint64 count_fired(const ReportModel *model)
{
	guint64 n = 0;

	for (guint i = 0; i < model->rules->len; i++) {
		const ModelRule *rule = g_ptr_array_index(model->rules, i);

		n += rule->info->kind != RULE_INDICATOR;
	}
	return n;
}

static void append_indicators_figure(GString *out, const ReportModel *model)
{
	guint64 n = 0;

	if (!model->intel->len)
		return;
	for (guint i = 0; i < model->intel->len; i++)
		n += ((const ModelIntel *)g_ptr_array_index(model->intel, i))->accepted;
	append_figure_head(out, "Indicators found");
	html_append_number(out, model->rules->len - count_fired(model));
	g_string_append(out, " of ");
	html_append_number(out, n);
	append_figure_note(out);
	html_append_plural(out, model->intel->len, "source", "sources");
	g_string_append(out, " of intelligence</dd></div>");
}

static void append_rules_figure(GString *out, const ReportModel *model)
{
	append_figure_head(out, "Rules that could fire");
	html_append_number(out, model->n_applicable);
	g_string_append(out, " of ");
	html_append_number(out, model->n_loaded);
	append_figure_note(out);
	html_append_number(out, count_fired(model));
	g_string_append(out, " fired, ");
	html_append_number(out, model->n_rejected);
	g_string_append(out, " could not be used</dd></div>");
}

static void append_hour(GString *out, gint64 hour)
{
	char text[INSTANT_TEXT_BYTES];

	instant_format(hour * 3600 * INSTANT_SECOND, text);
	g_string_append_printf(out, "%.10s %.5s", text, text + 11);
}

static void append_time_figure(GString *out, const ReportModel *model)
{
	append_figure_head(out, "Time covered");
	if (model->n_hours) {
		append_hour(out, model->first_hour);
		append_figure_note(out);
		g_string_append(out, "to ");
		append_hour(out, model->first_hour + model->n_hours);
		g_string_append(out, " UTC");
	} else {
		g_string_append(out, "none");
		append_figure_note(out);
		g_string_append(out, "no event has a time");
	}
	g_string_append(out, "</dd></div>");
}

static void append_seal_figure(GString *out, const ReportModel *model)
{
	gboolean sealed = TRUE;

	for (guint i = 0; i < model->runs->len; i++)
		sealed &= ((const ModelRun *)g_ptr_array_index(model->runs, i))->sealed;
	append_figure_head(out, "Readers");
	g_string_append(out, sealed ? "sealed" : "NOT SEALED");
	append_figure_note(out);
	g_string_append(out,
		sealed ? "evidence was parsed in a sandbox"
		       : "a run used --no-sandbox: evidence could have tampered with it");
	g_string_append(out, "</dd></div>");
}

static void append_figures(GString *out, const ReportModel *model)
{
	g_string_append(out, "<dl class=\"figures wide\">");
	append_evidence_figure(out, model);
	append_figure_head(out, "Events judged");
	html_append_number(out, model->n_events);
	append_figure_note(out);
	html_append_number(out, model->n_recovered_events);
	g_string_append(out, " more recovered from freed space</dd></div>");
	append_rules_figure(out, model);
	append_indicators_figure(out, model);
	append_time_figure(out, model);
	append_seal_figure(out, model);
	g_string_append(out, "</dl>");
}

/* ---- hosts: when they have logs ---- */

static gint32 longest_silence(const ReportModel *model, const ModelHost *host, gint32 *ret_start)
{
	gint32 longest = 0, end = 0;

	for (guint i = 0; i <= host->hours->len; i++) {
		const ModelHours *run =
			i < host->hours->len ? &g_array_index(host->hours, ModelHours, i) : NULL;
		gint32 next = run ? run->first : (gint32)MIN(model->n_hours, G_MAXINT32);

		if (next - end > longest) {
			longest = next - end;
			*ret_start = end;
		}
		end = run ? run->first + run->n : next;
	}
	return longest;
}

static guint strip_x(const ReportModel *model, gint64 hour)
{
	return (guint)(hour * STRIP_WIDTH / MAX(model->n_hours, 1));
}

/* Light where there are events, hatched where a day or more is silent. */
static void append_strip(GString *out, const ReportModel *model, const ModelHost *host)
{
	guint drawn = 0, silent_from = 0;
	gint64 end = 0;

	g_string_append_printf(out,
		"<svg class=\"strip\" viewBox=\"0 0 %u 12\" preserveAspectRatio=\"none\" "
		"aria-hidden=\"true\">",
		STRIP_WIDTH);
	for (guint i = 0; i <= host->hours->len; i++) {
		const ModelHours *run =
			i < host->hours->len ? &g_array_index(host->hours, ModelHours, i) : NULL;
		gint64 next = run ? run->first : model->n_hours;

		if (next - end >= MODEL_SILENCE_HOURS) {
			silent_from = strip_x(model, end);
			g_string_append_printf(out,
				"<rect class=\"silent\" x=\"%u\" width=\"%u\" height=\"12\"/>",
				silent_from, MAX(strip_x(model, next) - silent_from, 1));
		}
		if (run) {
			guint x = strip_x(model, run->first);
			guint x_end = MAX(strip_x(model, run->first + run->n), x + 1);

			end = run->first + run->n;
			if (x_end <= drawn) /* nothing new at this width */
				continue;
			x = MAX(x, drawn);
			g_string_append_printf(
				out, "<rect x=\"%u\" width=\"%u\" height=\"12\"/>", x, x_end - x);
			drawn = x_end;
		}
	}
	g_string_append(out, "</svg>");
}

static void append_host(GString *out, const ReportModel *model, const ModelHost *host)
{
	gint32 start = 0, longest = longest_silence(model, host, &start);

	g_string_append(out, "<tr><th scope=\"row\">");
	if (*host->name)
		html_append_text(out, host->name);
	else
		g_string_append(out, "<i>no host named</i>");
	g_string_append(out, "</th><td class=\"strip-cell\">");
	append_strip(out, model, host);
	g_string_append(out, "</td><td class=\"number\">");
	html_append_number(out, host->events);
	g_string_append(out, "</td><td class=\"time\">");
	if (longest < MODEL_SILENCE_HOURS) {
		g_string_append(out, "\xE2\x80\x93");
	} else if (longest < 72) {
		g_string_append_printf(out, "%d hours from ", longest);
		append_hour(out, model->first_hour + start);
	} else {
		html_append_number(out, (guint64)longest / 24);
		g_string_append(out, " days from ");
		append_hour(out, model->first_hour + start);
		g_string_truncate(out, out->len - strlen(" 00:00"));
	}
	g_string_append(out, "</td></tr>\n");
}

static void append_host_table(
	GString *out, const ReportModel *model, guint first, guint end, gboolean with_head)
{
	g_string_append(out, "<div class=\"scroll\"><table class=\"strips\">");
	if (with_head) {
		g_string_append(out, "<thead><tr><th>Host</th><th class=\"strip-cell\"><span>");
		append_hour(out, model->first_hour);
		g_string_append(out, "</span><span>");
		append_hour(out, model->first_hour + model->n_hours);
		g_string_append(out,
			"</span></th><th class=\"number\">Events</th>"
			"<th>Longest silence</th></tr></thead>");
	}
	g_string_append(out, "<tbody>\n");
	for (guint i = first; i < end; i++)
		append_host(out, model, g_ptr_array_index(model->hosts, i));
	g_string_append(out, "</tbody></table></div>");
}

static void append_hosts(GString *out, const ReportModel *model)
{
	guint shown = MIN(model->hosts->len, HOSTS_SHOWN);
	guint folded = MIN(model->hosts->len, HOSTS_MOST);

	if (!model->n_hours)
		return;
	g_string_append(out,
		"<h3>When hosts have logs</h3>"
		"<p class=\"note\">Filled: hours with events. Hatched: silent for a day or more; "
		"what happened then can not be known from this evidence. Hosts with the worst "
		"findings first.</p>"
		"<svg class=\"defs\" aria-hidden=\"true\"><pattern id=\"hatch\" width=\"5\" "
		"height=\"5\" "
		"patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">"
		"<path class=\"hatch-line\" d=\"M0 0v5\"/></pattern></svg>");
	append_host_table(out, model, 0, shown, TRUE);
	if (shown == model->hosts->len)
		return;
	g_string_append(out, "<details class=\"more-hosts\"><summary><b>");
	html_append_number(out, model->hosts->len - shown);
	g_string_append(out, " more hosts</b> with fewer or less severe findings</summary>");
	append_host_table(out, model, shown, folded, FALSE);
	if (folded < model->hosts->len)
		g_string_append_printf(out,
			"<p class=\"note\">And %u more: spoor show coverage</p>",
			model->hosts->len - folded);
	g_string_append(out, "</details>");
}

/* ---- gaps ---- */

static const char *meaning_of(const char *kind)
{
	for (guint i = 0; i < GAP_N_KINDS; i++) {
		if (strcmp(gap_kind_name(i), kind) == 0)
			return gap_kind_meaning(i);
	}
	return "";
}

static void append_gap(GString *out, const ModelGap *gap)
{
	g_string_append(out, "<li><span class=\"path\">");
	html_append_text(out, *gap->path ? gap->path : gap->sha256);
	g_string_append(out, "</span> ");
	html_append_text(out, gap->note);
	if (gap->size) {
		g_string_append(out, " <span class=\"more\">(");
		html_append_bytes(out, gap->size);
		g_string_append_printf(out, " at %" G_GUINT64_FORMAT ")</span>", gap->offset);
	} else if (gap->offset) {
		g_string_append_printf(out,
			" <span class=\"more\">(at byte %" G_GUINT64_FORMAT ")</span>",
			gap->offset);
	}
	g_string_append(out, "</li>");
}

static guint append_gap_kind(GString *out, const ReportModel *model, guint first)
{
	const ModelGap *head = g_ptr_array_index(model->gaps, first);
	guint end = first;

	while (end < model->gaps->len) {
		const ModelGap *gap = g_ptr_array_index(model->gaps, end);

		if (gap->loss != head->loss || strcmp(gap->kind, head->kind) != 0)
			break;
		end++;
	}
	g_string_append_printf(out, "<details class=\"gap %s\"%s><summary><b>",
		head->loss		 ? "loss"
			: head->unjudged ? "other"
					 : "oddity",
		head->loss ? " open" : "");
	html_append_text(out, head->kind);
	g_string_append(out, "</b> <span class=\"count\">");
	html_append_number(out, end - first);
	g_string_append(out, "</span> <span class=\"meaning\">");
	html_append_text(out, meaning_of(head->kind));
	g_string_append(out, "</span></summary><ul>");
	for (guint i = first; i < MIN(end, first + GAPS_SHOWN); i++)
		append_gap(out, g_ptr_array_index(model->gaps, i));
	if (end - first > GAPS_SHOWN) {
		g_string_append(out, "<li class=\"more\">and ");
		html_append_number(out, end - first - GAPS_SHOWN);
		g_string_append(out, " more: spoor show coverage</li>");
	}
	g_string_append(out, "</ul></details>");
	return end;
}

static void append_gaps(GString *out, const ReportModel *model)
{
	const ModelGap *first = model->gaps->len ? g_ptr_array_index(model->gaps, 0) : NULL;
	gboolean oddities = FALSE;

	g_string_append(out, "<h3>Not judged</h3>");
	if (!first || !first->unjudged)
		g_string_append(out, "<p class=\"note\">Nothing of the evidence was left out.</p>");
	for (guint i = 0; i < model->gaps->len;) {
		const ModelGap *gap = g_ptr_array_index(model->gaps, i);

		if (!gap->unjudged && !oddities)
			g_string_append(out, "<h3 class=\"oddity\">Judged, but odd</h3>");
		oddities |= !gap->unjudged;
		i = append_gap_kind(out, model, i);
	}
}

/* ---- rules ---- */

static void append_counts(GString *out, const GPtrArray *counts, const char *heading)
{
	guint64 total = 0;

	for (guint i = 0; i < counts->len; i++)
		total += ((const ModelCount *)g_ptr_array_index(counts, i))->n;
	if (total == 0)
		return;
	g_string_append(out, "<details class=\"counts\"><summary><b>");
	html_append_plural(out, total, "rule", "rules");
	g_string_append_printf(out, "</b> %s</summary><ul>", heading);
	for (guint i = 0; i < MIN(counts->len, COUNTS_SHOWN); i++) {
		const ModelCount *count = g_ptr_array_index(counts, i);

		g_string_append(out, "<li><span class=\"path\">");
		html_append_text(out, count->name);
		g_string_append(out, "</span> ");
		html_append_text(out, count->detail);
		if (count->n > 1 || !*count->detail) {
			g_string_append(out, "<span class=\"count\">");
			html_append_number(out, count->n);
			g_string_append(out, "</span>");
		}
		g_string_append(out, "</li>");
	}
	if (counts->len > COUNTS_SHOWN)
		g_string_append_printf(
			out, "<li class=\"more\">and %u more</li>", counts->len - COUNTS_SHOWN);
	g_string_append(out, "</ul></details>");
}

void section_append_coverage(GString *out, const ReportModel *model)
{
	append_figures(out, model);
	append_gaps(out, model);
	append_hosts(out, model);
	section_append_intel(out, model);
	g_string_append(out, "<h3>Rules</h3>");
	append_counts(out, model->inapplicable,
		"had nothing to judge: no evidence of their kind of log "
		"(product/category/service)");
	append_counts(out, model->rejected, "could not be used, and judged nothing");
}
