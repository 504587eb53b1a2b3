/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The part of Coverage that is about intelligence: which sources, what of each was found, and what
 * could not have been, since no evidence holds such things. Else "no indicator was found" would
 * pass for "none is there".
 */
#include "report/html/html-text.h"
#include "report/html/sections.h"

#define SOURCES_SHOWN 200

static void append_found(GString *out, const ModelSet *set)
{
	html_append_text(out, set->title);
	if (set->found) {
		g_string_append(out, ": <b>");
		html_append_number(out, set->found);
		g_string_append(out, "</b> in ");
		html_append_plural(out, set->findings, "finding", "findings");
	}
}

/* Of the source at @path, those with a status. */
static void append_sets(
	GString *out, const ReportModel *model, const char *path, const char *status)
{
	gboolean any = FALSE;

	for (guint i = 0; i < model->sets->len; i++) {
		const ModelSet *set = g_ptr_array_index(model->sets, i);

		if (strcmp(set->path, path) != 0 || strcmp(set->status, status) != 0)
			continue;
		g_string_append(out, any ? "<br>" : "");
		append_found(out, set);
		any = TRUE;
	}
	if (!any)
		g_string_append(out, "\xE2\x80\x93");
}

static void append_notes(GString *out, const ModelIntel *intel)
{
	gboolean any = FALSE;

	for (guint i = 0; i < INTEL_N_NOTE_KINDS; i++) {
		if (!intel->notes[i])
			continue;
		g_string_append(out, any ? ", " : "");
		html_append_number(out, intel->notes[i]);
		g_string_append_printf(out, " %s", intel_note_kind_name((IntelNoteKind)i));
		any = TRUE;
	}
	if (!any)
		g_string_append(out, "\xE2\x80\x93");
}

static void append_source(GString *out, const ReportModel *model, const ModelIntel *intel)
{
	g_string_append(out, "<tr><th scope=\"row\">");
	html_append_text(out, *intel->name ? intel->name : intel->path);
	g_string_append(out, "<br><span class=\"path\">");
	html_append_text(out, intel->path);
	g_string_append(out, "</span></th>");
	if (!*intel->format) {
		g_string_append(
			out, "<td colspan=\"4\">was not read: of no format that spoor knows</td>");
	} else {
		g_string_append(out, "<td>");
		append_sets(out, model, intel->path, "found");
		g_string_append(out, "</td><td>");
		append_sets(out, model, intel->path, "not found");
		g_string_append(out, "</td><td>");
		append_sets(out, model, intel->path, "not assessed");
		g_string_append(out, "</td><td>");
		append_notes(out, intel);
		g_string_append(out, "</td>");
	}
	g_string_append(out, "</tr>\n");
}

void section_append_intel(GString *out, const ReportModel *model)
{
	if (!model->intel->len)
		return;
	g_string_append(out,
		"<h3>Intelligence</h3><p class=\"note\">What was looked for beside rules. Not "
		"assessed: there was no evidence that could hold such things, so nothing is known "
		"of them.</p><div class=\"scroll\"><table class=\"intel\"><thead><tr><th>Source"
		"</th><th>Found</th><th>Not found</th><th>Not assessed</th><th>When it was read"
		"</th></tr></thead><tbody>\n");
	for (guint i = 0; i < MIN(model->intel->len, SOURCES_SHOWN); i++)
		append_source(out, model, g_ptr_array_index(model->intel, i));
	g_string_append(out, "</tbody></table></div>");
	if (model->intel->len > SOURCES_SHOWN)
		g_string_append_printf(out, "<p class=\"note\">And %u more: spoor show intel</p>",
			model->intel->len - SOURCES_SHOWN);
}
