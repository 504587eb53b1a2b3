/* SPDX-License-Identifier: Apache-2.0 */
/* The model's intelligence: sources, and what became of the indicators of each kind in them. */
#include "report/html/model.h"

enum { PATH, NAME, FORMAT, ACCEPTED, RULES, NOTES };

static gboolean read_source(void *context, guint n_columns, const char *const *columns)
{
	ReportModel *model = context;
	ModelIntel *intel = g_new0(ModelIntel, 1);

	intel->path = g_strdup(columns[PATH]);
	intel->name = g_strdup(columns[NAME]);
	intel->format = g_strdup(columns[FORMAT]);
	intel->accepted = model_number(columns[ACCEPTED]);
	intel->rules = model_number(columns[RULES]);
	for (guint i = 0; i < INTEL_N_NOTE_KINDS; i++)
		intel->notes[i] = model_number(columns[NOTES + i]);
	g_ptr_array_add(model->intel, intel);
	return TRUE;
}

static gboolean read_set(void *context, guint n_columns, const char *const *columns)
{
	ReportModel *model = context;
	ModelSet *set = g_new0(ModelSet, 1);

	set->path = g_strdup(columns[0]);
	set->title = g_strdup(columns[1]);
	set->status = g_strdup(columns[2]);
	set->found = model_number(columns[3]);
	set->findings = model_number(columns[4]);
	g_ptr_array_add(model->sets, set);
	return TRUE;
}

gboolean model_load_intel(ReportModel *model, Case *c, GError **error)
{
	return case_query(c,
		       "SELECT path, name, format, accepted, rules, rejected, duplicate, "
		       "contradictory, over_broad, suspicious, silent, unsupported "
		       "FROM intel_source ORDER BY number",
		       NULL, read_source, model, error) &&
		case_query(c,
			"SELECT path, title, status, found, findings FROM v_indicators "
			"ORDER BY path, CASE status WHEN 'found' THEN 0 WHEN 'not found' THEN 1 "
			"ELSE 2 END, kind, title",
			NULL, read_set, model, error);
}
