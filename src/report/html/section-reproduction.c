/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How to get the same result again: tool, rules, options and evidence by hash. The run record,
 * which is the one part of a report that depends on who made it when, stands apart from it.
 */
#include "report/html/html-text.h"
#include "report/html/sections.h"

#define EVIDENCE_SHOWN 2000
#define PATHS_SHOWN    8 /* of the same bytes */

static void append_pair(GString *out, const char *label, const char *text)
{
	g_string_append_printf(out, "<div><dt>%s</dt><dd><code>", label);
	html_append_text(out, text && *text ? text : "\xE2\x80\x93");
	g_string_append(out, "</code></dd></div>");
}

static void append_evidence(GString *out, const ModelEvidence *evidence)
{
	g_string_append(out, "<tr><td class=\"path\">");
	for (guint i = 0; i < MIN(evidence->paths->len, PATHS_SHOWN); i++) {
		if (i)
			g_string_append(out, "<br>");
		html_append_text(out, g_ptr_array_index(evidence->paths, i));
	}
	if (evidence->paths->len > PATHS_SHOWN)
		g_string_append_printf(out, "<br>and %u more", evidence->paths->len - PATHS_SHOWN);
	g_string_append(out, "</td><td class=\"number\">");
	html_append_bytes(out, evidence->size);
	g_string_append(out, "</td><td>");
	html_append_text(out,
		!evidence->done		    ? "interrupted"
			: *evidence->reader ? evidence->reader
			: evidence->as_file ? "as a file"
					    : "not judged");
	g_string_append(out, "</td><td class=\"number\">");
	if (g_str_equal(evidence->reader, "archive"))
		g_string_append(out, "see its members");
	else
		html_append_number(out, evidence->in_use);
	g_string_append(out, "</td><td class=\"hash\">");
	html_append_text(out, evidence->sha256);
	g_string_append(out, "</td></tr>\n");
}

void section_append_reproduction(GString *out, const ReportModel *model)
{
	g_string_append(out, "<dl class=\"pairs\">");
	append_pair(out, "Judged by spoor", model->tool_version);
	append_pair(out, "Report written by spoor", model->options->tool_version);
	append_pair(out, "Rules and tables (SHA-256)", model->rules_sha256);
	append_pair(out, "Options", model->judged_with);
	append_pair(out, "ATT&amp;CK version", attack_table_version(model->attack));
	g_string_append(out, "</dl><details class=\"evidence-list\"><summary><b>");
	html_append_plural(out, model->evidence->len, "file", "files");
	g_string_append(out,
		"</b> of evidence, with hashes</summary><div class=\"scroll\">"
		"<table><thead><tr><th>Path</th><th class=\"number\">Size</th>"
		"<th>Read as</th><th class=\"number\">Events</th><th>SHA-256</th></tr>"
		"</thead><tbody>\n");
	for (guint i = 0; i < MIN(model->evidence->len, EVIDENCE_SHOWN); i++)
		append_evidence(out, g_ptr_array_index(model->evidence, i));
	g_string_append(out, "</tbody></table></div>");
	if (model->evidence->len > EVIDENCE_SHOWN)
		g_string_append_printf(out,
			"<p class=\"note\">And %u more: spoor show coverage</p>",
			model->evidence->len - EVIDENCE_SHOWN);
	g_string_append(out, "</details>");
}

void section_append_run(GString *out, const ReportModel *model)
{
	for (guint i = 0; i < model->runs->len; i++) {
		const ModelRun *run = g_ptr_array_index(model->runs, i);

		g_string_append(out, "<dl class=\"pairs\">");
		append_pair(out, "Command", run->command_line);
		append_pair(out, "Started", run->started);
		append_pair(out, "Ended", run->ended);
		append_pair(out, "Outcome", run->outcome);
		append_pair(out, "On host", run->host);
		append_pair(out, "By user", run->user);
		append_pair(out, "Sandbox", run->sealed ? "sealed" : "none (--no-sandbox)");
		g_string_append_printf(
			out, "<div><dt>Workers</dt><dd>%u</dd></div></dl>", run->workers);
	}
}
