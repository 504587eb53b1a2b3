/* SPDX-License-Identifier: Apache-2.0 */
#include "assessment/assessment.h"

#include <string.h>

#include "assessment/exposure.h"
#include "assessment/servers.h"
#include "assessment/stages.h"

const char *exposure_state_name(ExposureState state)
{
	static const char *const names[EXPOSURE_N] = {
		[EXPOSURE_UNKNOWN] = "unknown",
		[EXPOSURE_EXPOSED] = "exposed",
		[EXPOSURE_CLOSED] = "closed",
		[EXPOSURE_NOT_APPLICABLE] = "not applicable",
	};

	return names[state];
}

/* ---- builds ---- */

static void build_span_free(gpointer data)
{
	BuildSpan *span = data;

	g_free(span->build);
	g_free(span->name);
	g_free(span->release_date);
	g_free(span->source);
	g_free(span->first.path);
	g_free(span->first.locator);
	g_free(span->last.path);
	g_free(span->last.locator);
	g_free(span);
}

static BuildSpan *make_span(const BuildTable *builds, const BuildProof *proof)
{
	BuildSpan *span = g_new0(BuildSpan, 1);
	char text[BUILD_TEXT_BYTES];

	build_format(&proof->build, text);
	span->build = g_strdup(proof->update ? proof->update->name : text);
	span->name = proof->update ? g_strdup(proof->update->text)
				   : build_table_name(builds, &proof->build);
	span->release_date =
		g_strdup(proof->update ? proof->update->released
				       : build_table_released_text(builds, &proof->build));
	span->source = g_strdup(proof->source);
	span->first = (Proof){ INSTANT_NONE, g_strdup(""), g_strdup("") };
	span->last = (Proof){ INSTANT_NONE, g_strdup(""), g_strdup("") };
	return span;
}

static void set_proof(Proof *ret, Instant time, const char *path, const char *locator)
{
	g_free(ret->path);
	g_free(ret->locator);
	*ret = (Proof){ time, g_strdup(path), g_strdup(locator) };
}

static void widen_span(BuildSpan *span, const BuildProof *proof)
{
	gboolean is_first = span->n == 0;
	gboolean is_dated = proof->first != INSTANT_NONE;

	span->n += proof->n;
	if (is_first ||
		(is_dated && (span->first.time == INSTANT_NONE || proof->first < span->first.time)))
		set_proof(&span->first, proof->first, proof->path, proof->first_locator);
	if (is_first || (is_dated && proof->last > span->last.time))
		set_proof(&span->last, proof->last, proof->path, proof->last_locator);
}

/* Those with a time first. */
static int compare_instants(Instant a, Instant b)
{
	if ((a == INSTANT_NONE) != (b == INSTANT_NONE))
		return a == INSTANT_NONE ? 1 : -1;
	return (a > b) - (a < b);
}

static int compare_built(gconstpointer a, gconstpointer b)
{
	const BuildSpan *x = *(BuildSpan *const *)a, *y = *(BuildSpan *const *)b;
	Build p = { 0 }, q = { 0 };
	int order = compare_instants(x->first.time, y->first.time);

	if (order)
		return order;
	(void)build_parse(x->build, &p); /* an update's number is no build: before all */
	(void)build_parse(y->build, &q);
	order = build_compare(&p, &q);
	order = order ? order : strcmp(x->build, y->build);
	return order ? order : strcmp(x->source, y->source);
}

static GPtrArray *list_builds(const Server *server, const BuildTable *builds)
{
	GPtrArray *list = g_ptr_array_new_with_free_func(build_span_free);
	g_autoptr(GHashTable) spans = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (guint i = 0; i < server->proofs->len; i++) {
		const BuildProof *proof = server->proofs->pdata[i];
		char text[BUILD_TEXT_BYTES];
		g_autofree char *key = NULL;
		BuildSpan *span;

		build_format(&proof->build, text);
		key = g_strconcat(
			proof->update ? proof->update->name : text, "\n", proof->source, NULL);
		span = g_hash_table_lookup(spans, key);
		if (!span) {
			span = make_span(builds, proof);
			g_ptr_array_add(list, span);
			(void)g_hash_table_insert(spans, g_steal_pointer(&key), span);
		}
		widen_span(span, proof);
	}
	g_ptr_array_sort(list, compare_built);
	return list;
}

/* ---- exposures and logs ---- */

static GPtrArray *list_exposures(Server *server, const BuildTable *builds)
{
	const GPtrArray *flaws = build_table_flaws(builds);
	GPtrArray *list = g_ptr_array_new_with_free_func(exposure_free);

	for (guint i = 0; i < flaws->len; i++) {
		const Flaw *flaw = flaws->pdata[i];
		const PatchWindow *window = server_window(server, builds, flaw->set);
		Exposure *exposure =
			exposure_new(builds, flaw, window, server->seen, server->seen_last);
		FlawCounts counts = stages_count_flaw(server, flaw);

		exposure->n_inside = counts.n[WINDOW_INSIDE];
		exposure->n_outside = counts.n[WINDOW_OUTSIDE];
		exposure->n_undecided = counts.n[WINDOW_UNDECIDED];
		g_ptr_array_add(list, exposure);
	}
	return list;
}

static void log_free(gpointer data)
{
	LogWindow *log = data;

	g_free(log->log);
	g_free(log->text);
	g_free(log);
}

static int compare_logs(gconstpointer a, gconstpointer b)
{
	const LogWindow *x = *(LogWindow *const *)a, *y = *(LogWindow *const *)b;

	return strcmp(x->log, y->log);
}

static GPtrArray *list_logs(const Server *server, const GPtrArray *kinds)
{
	GPtrArray *list = g_ptr_array_new_with_free_func(log_free);

	for (guint i = 0; i < kinds->len; i++) {
		const EvidenceKind *kind = kinds->pdata[i];
		const LogWindow *log = g_hash_table_lookup(server->logs, kind);
		LogWindow *copy;

		if (!log && !(kind->is_asked && server->is_exchange))
			continue;
		copy = g_new0(LogWindow, 1);
		copy->first = log ? log->first : INSTANT_NONE;
		copy->last = log ? log->last : INSTANT_NONE;
		copy->n_events = log ? log->n_events : 0;
		copy->n_files = log ? log->n_files : 0;
		copy->missing = log == NULL;
		copy->log = g_strdup(kind->name);
		copy->text = g_strdup(kind->text);
		g_ptr_array_add(list, copy);
	}
	g_ptr_array_sort(list, compare_logs);
	return list;
}

/* ---- servers ---- */

static void assessed_server_free(gpointer data)
{
	AssessedServer *server = data;

	g_free(server->name);
	g_ptr_array_unref(server->builds);
	g_ptr_array_unref(server->exposures);
	g_ptr_array_unref(server->stages);
	g_ptr_array_unref(server->pages);
	g_ptr_array_unref(server->logs);
	g_free(server);
}

static int compare_pages(gconstpointer a, gconstpointer b)
{
	const UnverifiedPage *x = *(UnverifiedPage *const *)a, *y = *(UnverifiedPage *const *)b;
	int order = strcmp(x->path, y->path);

	return order ? order : strcmp(x->finding, y->finding);
}

static int compare_servers(gconstpointer a, gconstpointer b)
{
	const AssessedServer *x = *(AssessedServer *const *)a, *y = *(AssessedServer *const *)b;
	int order = g_ascii_strcasecmp(x->name, y->name);

	return order ? order : strcmp(x->name, y->name);
}

typedef struct Tables {
	BuildTable *builds;
	StageTable *stages;
	GPtrArray *kinds;
} Tables;

static AssessedServer *finish_server(Server *server, const Tables *tables)
{
	AssessedServer *ret = g_new0(AssessedServer, 1);

	ret->name = g_strdup(server_name(server));
	ret->is_exchange = server->is_exchange;
	ret->builds = list_builds(server, tables->builds);
	ret->exposures = list_exposures(server, tables->builds);
	ret->stages = stages_finish(server, tables->stages);
	ret->logs = list_logs(server, tables->kinds);
	ret->pages = g_steal_pointer(&server->pages);
	server->pages = g_ptr_array_new();
	g_ptr_array_set_free_func(ret->pages, unverified_page_free);
	g_ptr_array_sort(ret->pages, compare_pages);
	return ret;
}

static Assessment *assess(Case *c, Tables *tables, GError **error)
{
	g_autoptr(Servers) servers = servers_load(c, tables->builds, tables->kinds, error);
	Assessment *assessment;
	GHashTableIter iter;
	gpointer data;

	if (!servers || !stages_gather(c, servers, tables->builds, tables->stages, error))
		return NULL;
	assessment = g_new0(Assessment, 1);
	assessment->stages = g_ptr_array_ref(tables->stages->stages);
	assessment->servers = g_ptr_array_new_with_free_func(assessed_server_free);
	g_hash_table_iter_init(&iter, servers_all(servers));
	while (g_hash_table_iter_next(&iter, NULL, &data)) {
		Server *server = data;

		if (server->is_exchange || server->stages->len > 0 || server->pages->len > 0)
			g_ptr_array_add(assessment->servers, finish_server(server, tables));
	}
	g_ptr_array_sort(assessment->servers, compare_servers);
	return assessment;
}

Assessment *assessment_new(Case *c, const char *tables, GError **error)
{
	g_autoptr(BuildTable) builds = build_table_load(tables, error);
	g_autoptr(StageTable) stages = builds ? stage_table_load(builds, tables, error) : NULL;
	g_autoptr(GPtrArray) kinds = stages ? evidence_table_load(tables, error) : NULL;
	Tables all = { builds, stages, kinds };

	return kinds ? assess(c, &all, error) : NULL;
}

void assessment_free(Assessment *assessment)
{
	if (!assessment)
		return;
	g_ptr_array_unref(assessment->stages);
	g_ptr_array_unref(assessment->servers);
	g_free(assessment);
}

Instant assessed_server_entered(const AssessedServer *server)
{
	Instant first = INSTANT_NONE;

	for (guint i = 0; i < server->stages->len; i++) {
		const StageFacts *facts = server->stages->pdata[i];

		if (facts->number > 0 && !facts->is_file_time && facts->first != INSTANT_NONE &&
			(first == INSTANT_NONE || facts->first < first))
			first = facts->first;
	}
	return first;
}

const StageFacts *assessed_server_reached(const AssessedServer *server)
{
	return server->stages->len ? server->stages->pdata[server->stages->len - 1] : NULL;
}

const StageFacts *assessment_reached(const Assessment *assessment)
{
	const StageFacts *best = NULL;
	guint best_number = 0;

	for (guint i = 0; i < assessment->servers->len; i++) {
		const StageFacts *reached = assessed_server_reached(assessment->servers->pdata[i]);
		guint number = 0;

		if (reached && g_ptr_array_find(assessment->stages, reached->stage, &number) &&
			(!best || number > best_number)) {
			best = reached;
			best_number = number;
		}
	}
	return best;
}
