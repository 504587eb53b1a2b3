/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The jsonl report: every finding as one line, in order of time.
 */
#include "report/finding-json.h"
#include "report/report.h"

static gboolean write_finding(void *context, guint n_columns, const char *const *columns)
{
	g_autoptr(GString) line = g_string_new(NULL);
	FILE *out = context;

	finding_append_json(line, columns);
	g_string_append_c(line, '\n');
	return fwrite(line->str, 1, line->len, out) == line->len;
}

static gboolean write_jsonl(Case *c, const ReportOptions *options, FILE *out, GError **error)
{
	return case_query(c, "SELECT " FINDING_COLUMNS " FROM v_finding ORDER BY time, id", NULL,
		write_finding, out, error);
}

extern const ReportFormat jsonl_report;
const ReportFormat jsonl_report = {
	.name = "jsonl",
	.description = "every finding as a JSON object a line, for programs",
	.media_type = "application/x-ndjson",
	.suffix = "",
	.write = write_jsonl,
};
