/* SPDX-License-Identifier: Apache-2.0 */
/* The assessment of Exchange servers, and when each of its findings was. */
#include "report/html/model.h"

#include "base/slice.h"

static gboolean read_time(void *context, guint n_columns, const char *const *columns)
{
	Instant *time = context;

	if (columns[0])
		(void)instant_parse(slice_from_text(columns[0]), time); /* else it stays unknown */
	return TRUE;
}

static gboolean load_hits(
	ReportModel *model, Case *c, guint server, const StageFacts *facts, GError **error)
{
	for (guint i = 0; i < facts->findings->len; i++) {
		const char *const bind[] = { g_ptr_array_index(facts->findings, i), NULL };
		ModelHit hit = { server, facts, INSTANT_NONE };

		/* A file's time is often that of its copy: it says nothing of when. */
		if (!case_query(c,
			    "SELECT time FROM finding WHERE id = ? AND locator NOT LIKE 'file %'",
			    bind, read_time, &hit.time, error))
			return FALSE;
		g_array_append_val(model->hits, hit);
	}
	return TRUE;
}

gboolean model_load_exchange(ReportModel *model, Case *c, GError **error)
{
	model->hits = g_array_new(FALSE, FALSE, sizeof(ModelHit));
	model->assessment = assessment_new(c, model->options->tables, error);
	if (!model->assessment)
		return FALSE;
	for (guint i = 0; i < model->assessment->servers->len; i++) {
		const AssessedServer *server = g_ptr_array_index(model->assessment->servers, i);

		for (guint k = 0; k < server->stages->len; k++) {
			if (!load_hits(model, c, i, g_ptr_array_index(server->stages, k), error))
				return FALSE;
		}
	}
	return TRUE;
}

guint model_stage_number(const ReportModel *model, const StageInfo *stage)
{
	guint number = 0;

	(void)g_ptr_array_find(model->assessment->stages, stage, &number); /* it is one of them */
	return number;
}

const char *model_server_name(const AssessedServer *server)
{
	return *server->name ? server->name : "Evidence that names no server";
}
