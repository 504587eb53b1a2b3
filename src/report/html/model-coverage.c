/* SPDX-License-Identifier: Apache-2.0 */
/* The model's hosts and its ledger: evidence, gaps, and the hours in which hosts have events. */
#include "report/html/model.h"

guint model_host_number(const ReportModel *model, const char *name)
{
	g_autofree char *key = g_ascii_strdown(name, -1);

	return GPOINTER_TO_UINT(g_hash_table_lookup(model->host_index, key));
}

static void index_host(ReportModel *model, guint number)
{
	ModelHost *host = g_ptr_array_index(model->hosts, number);

	g_hash_table_insert(
		model->host_index, g_ascii_strdown(host->name, -1), GUINT_TO_POINTER(number + 1));
}

static ModelHost *find_host(ReportModel *model, const char *name)
{
	guint number = model_host_number(model, name);
	ModelHost *host;

	if (number)
		return g_ptr_array_index(model->hosts, number - 1);
	host = g_new0(ModelHost, 1);
	host->name = g_strdup(name);
	host->hours = g_array_new(FALSE, TRUE, sizeof(ModelHours));
	g_ptr_array_add(model->hosts, host);
	index_host(model, model->hosts->len - 1);
	return host;
}

static gboolean parse_hour(const char *text, gint64 *ret)
{
	Instant instant;

	if (!instant_parse(slice_from_text(text), &instant))
		return FALSE;
	*ret = instant / INSTANT_SECOND / 3600;
	return TRUE;
}

static gboolean read_time_range(void *context, guint n_columns, const char *const *columns)
{
	ReportModel *model = context;
	gint64 first, last;

	if (columns[0] && columns[1] && parse_hour(columns[0], &first) &&
		parse_hour(columns[1], &last)) {
		model->first_hour = first;
		model->n_hours = last - first + 1;
	}
	return TRUE;
}

/* host, hour, events, recovered events: rows in order of host and hour. */
static gboolean read_hour(void *context, guint n_columns, const char *const *columns)
{
	ReportModel *model = context;
	ModelHost *host = find_host(model, columns[0]);
	guint64 in_use = model_number(columns[2]);
	ModelHours *last;
	gint64 hour;

	host->events += in_use;
	model->n_events += in_use;
	model->n_recovered_events += model_number(columns[3]);
	if (in_use == 0 || !parse_hour(columns[1], &hour))
		return TRUE;
	hour -= model->first_hour;
	if (hour < 0 || hour >= G_MAXINT32)
		return TRUE;
	last = host->hours->len ? &g_array_index(host->hours, ModelHours, host->hours->len - 1)
				: NULL;
	if (last && last->first + last->n == hour) {
		last->n++;
	} else {
		ModelHours run = { (gint32)hour, 1 };

		g_array_append_val(host->hours, run);
	}
	return TRUE;
}

static gboolean read_host_findings(void *context, guint n_columns, const char *const *columns)
{
	ReportModel *model = context;
	guint64 rank = model_number(columns[1]), n = model_number(columns[2]);

	if (rank < LEVEL_N) {
		find_host(model, columns[0])->findings[rank] += n;
		model->findings[rank] += n;
	}
	return TRUE;
}

/* The worst first: by critical findings, then high ones, and so on; then by name. */
static int compare_hosts(const void *a, const void *b)
{
	const ModelHost *x = *(ModelHost *const *)a, *y = *(ModelHost *const *)b;

	for (guint level = LEVEL_N; level-- > 0;) {
		if (x->findings[level] != y->findings[level])
			return x->findings[level] > y->findings[level] ? -1 : 1;
	}
	return strcmp(x->name, y->name);
}

static gboolean load_hosts(ReportModel *model, Case *c, GError **error)
{
	if (!case_query(c, "SELECT min(hour), max(hour) FROM tally WHERE hour <> '' AND in_use > 0",
		    NULL, read_time_range, model, error))
		return FALSE;
	if (!case_query(c,
		    "SELECT min(host), hour, sum(in_use), sum(recovered) FROM tally "
		    "GROUP BY host COLLATE NOCASE, hour ORDER BY host COLLATE NOCASE, hour",
		    NULL, read_hour, model, error))
		return FALSE;
	if (!case_query(c,
		    "SELECT host, level_rank, count(*) FROM finding "
		    "WHERE rule_sha256 IN (SELECT sha256 FROM rule) GROUP BY 1, 2 ORDER BY 1, 2",
		    NULL, read_host_findings, model, error))
		return FALSE;
	g_ptr_array_sort(model->hosts, compare_hosts);
	for (guint i = 0; i < model->hosts->len; i++)
		index_host(model, i);
	return TRUE;
}

/* ---- evidence and gaps ---- */

static gboolean read_evidence(void *context, guint n_columns, const char *const *columns)
{
	ReportModel *model = context;
	ModelEvidence *evidence = model->evidence->len
		? g_ptr_array_index(model->evidence, model->evidence->len - 1)
		: NULL;

	/* One row for each path; those of one file follow each other. */
	if (!evidence || strcmp(evidence->sha256, columns[0]) != 0) {
		evidence = g_new0(ModelEvidence, 1);
		evidence->sha256 = g_strdup(columns[0]);
		evidence->size = model_number(columns[1]);
		evidence->done = g_strcmp0(columns[2], "done") == 0;
		evidence->reader = g_strdup(columns[3]);
		evidence->in_use = model_number(columns[4]);
		evidence->recovered = model_number(columns[5]);
		evidence->first = g_strdup(columns[6]);
		evidence->last = g_strdup(columns[7]);
		evidence->paths = g_ptr_array_new_with_free_func(g_free);
		g_ptr_array_add(model->evidence, evidence);
	}
	evidence->as_file |= model_number(columns[9]) != 0;
	if (columns[8])
		g_ptr_array_add(evidence->paths, g_strdup(columns[8]));
	return TRUE;
}

/* Logs first: of a whole disk there are many files beside them. */
static int compare_evidence(const void *a, const void *b)
{
	const ModelEvidence *x = *(ModelEvidence *const *)a, *y = *(ModelEvidence *const *)b;
	const char *x_path = x->paths->len ? g_ptr_array_index(x->paths, 0) : "";
	const char *y_path = y->paths->len ? g_ptr_array_index(y->paths, 0) : "";
	int order = (*x->reader == '\0') - (*y->reader == '\0');

	order = order ? order : strcmp(x_path, y_path);
	return order ? order : strcmp(x->sha256, y->sha256);
}

static gboolean read_gap(void *context, guint n_columns, const char *const *columns)
{
	ReportModel *model = context;
	ModelGap *gap = g_new0(ModelGap, 1);

	gap->sha256 = g_strdup(columns[0]);
	gap->path = g_strdup(columns[1] ? columns[1] : "");
	gap->kind = g_strdup(columns[2]);
	gap->loss = model_number(columns[3]) != 0;
	gap->unjudged = gap->loss || g_str_equal(gap->kind, gap_kind_name(GAP_UNSUPPORTED));
	gap->offset = model_number(columns[4]);
	gap->size = model_number(columns[5]);
	gap->records = model_number(columns[6]);
	gap->note = g_strdup(columns[7]);
	g_ptr_array_add(model->gaps, gap);
	return TRUE;
}

gboolean model_load_coverage(ReportModel *model, Case *c, GError **error)
{
	if (!case_query(c,
		    "SELECT e.sha256, size, state, reader, in_use, recovered, first, last, path, "
		    "coalesce(judged, 0) "
		    "FROM evidence e LEFT JOIN evidence_path p ON p.sha256 = e.sha256 "
		    "ORDER BY e.sha256, path",
		    NULL, read_evidence, model, error))
		return FALSE;
	g_ptr_array_sort(model->evidence, compare_evidence);
	/* Losses first, then what only looks wrong; alike ones together. */
	if (!case_query(c,
		    "SELECT evidence_sha256, CASE WHEN path <> '' THEN path ELSE (SELECT "
		    "min(p.path) "
		    "FROM evidence_path p WHERE p.sha256 = evidence_sha256) END AS place, kind, "
		    "loss, offset, size, records, note FROM gap "
		    "ORDER BY loss DESC, kind <> 'unsupported', kind, place, evidence_sha256, "
		    "offset, note",
		    NULL, read_gap, model, error))
		return FALSE;
	return load_hosts(model, c, error);
}
