/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The csv report: a row for each finding, for spreadsheets (RFC 4180, UTF-8, CR LF).
 *
 * A spreadsheet takes a cell that starts with = + - or @ for a formula, and evidence may hold one
 * that was put there for whoever opens the report. Such a cell gets an apostrophe in front, which
 * spreadsheets show as text (OWASP, "CSV Injection"). A tab or line break at the start counts too,
 * since importing programs strip them.
 */
#include "report/csv.h"

#include <string.h>

#include "report/finding-json.h"
#include "report/report.h"
#include "report/visible.h"

static const FindingColumn csv_columns[] = { FINDING_TIME, FINDING_LEVEL, FINDING_TITLE,
	FINDING_HOST, FINDING_CHANNEL, FINDING_RULE_ID, FINDING_TAGS, FINDING_PATH,
	FINDING_EVIDENCE_SHA256, FINDING_LOCATOR, FINDING_RECOVERED, FINDING_MATCHED, FINDING_EVENT,
	FINDING_ID };

static const char csv_header[] = "time,level,title,host,channel,rule_id,tags,evidence_path,"
				 "evidence_sha256,locator,recovered,matched,event,id\r\n";

void csv_append_cell(GString *ret, const char *text)
{
	gboolean guard = text[0] != '\0' && strchr("=+-@\t\r\n", text[0]) != NULL;

	if (!guard && !strpbrk(text, "\",\r\n")) {
		g_string_append(ret, text);
		return;
	}
	g_string_append(ret, guard ? "\"'" : "\"");
	for (; *text; text++) {
		if (*text == '"')
			g_string_append_c(ret, '"');
		g_string_append_c(ret, *text);
	}
	g_string_append_c(ret, '"');
}

static gboolean write_row(void *context, guint n_columns, const char *const *columns)
{
	g_autoptr(GString) line = g_string_new(NULL);
	g_autoptr(GString) cell = g_string_new(NULL);
	FILE *out = context;

	for (guint i = 0; i < G_N_ELEMENTS(csv_columns); i++) {
		FindingColumn column = csv_columns[i];
		gboolean is_json = column == FINDING_MATCHED || column == FINDING_EVENT;

		g_string_truncate(cell, 0);
		(is_json ? visible_append_json : visible_append_text)(cell, columns[column]);
		if (i > 0)
			g_string_append_c(line, ',');
		csv_append_cell(line, cell->str);
	}
	g_string_append(line, "\r\n");
	return fwrite(line->str, 1, line->len, out) == line->len;
}

static gboolean write_csv(Case *c, const ReportOptions *options, FILE *out, GError **error)
{
	(void)fputs(csv_header, out); /* report.h: the caller checks ferror() */
	return case_query(c, "SELECT " FINDING_COLUMNS " FROM v_finding ORDER BY time, id", NULL,
		write_row, out, error);
}

extern const ReportFormat csv_report;
const ReportFormat csv_report = {
	.name = "csv",
	.description = "a row for each finding, for spreadsheets",
	.media_type = "text/csv",
	.suffix = "",
	.write = write_csv,
};
