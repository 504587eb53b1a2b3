/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The jsonl report: every finding as one line, in order of time.
 */
#include "report/finding-json.h"
#include "report/report.h"

typedef struct Writing {
	Case *c;
	FILE *out;
	GError *error;
} Writing;

static gboolean write_finding(void *context, guint n_columns, const char *const *columns)
{
	g_autoptr(GString) line = g_string_new(NULL);
	Writing *w = context;

	if (!finding_append_json(line, w->c, columns, &w->error))
		return FALSE;
	g_string_append_c(line, '\n');
	return fwrite(line->str, 1, line->len, w->out) == line->len;
}

static gboolean write_jsonl(Case *c, const ReportOptions *options, FILE *out, GError **error)
{
	Writing w = { c, out, NULL };

	if (!case_query(c, "SELECT " FINDING_COLUMNS " FROM v_finding ORDER BY time, id", NULL,
		    write_finding, &w, error))
		return FALSE;
	if (w.error)
		g_propagate_error(error, w.error);
	return !w.error;
}

extern const ReportFormat jsonl_report;
const ReportFormat jsonl_report = {
	.name = "jsonl",
	.description = "every finding as a JSON object a line, for programs",
	.media_type = "application/x-ndjson",
	.suffix = "",
	.write = write_jsonl,
};
