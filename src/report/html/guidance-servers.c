/* SPDX-License-Identifier: Apache-2.0 */
/* Circumstances and names of guidance that speak of Exchange servers. */
#include <string.h>

#include "report/html/guidance.h"

/* ---- circumstances ---- */

static guint number_of_stage(const ReportModel *model, const char *slug)
{
	const GPtrArray *stages = model->assessment->stages;

	for (guint i = 0; i < stages->len; i++) {
		if (strcmp(((const StageInfo *)g_ptr_array_index(stages, i))->slug, slug) == 0)
			return i;
	}
	return G_MAXUINT; /* no server gets there */
}

/* 0: none; 1: the first. */
static guint rank_of(const ReportModel *model, const AssessedServer *server)
{
	const StageFacts *reached = assessed_server_reached(server);

	return reached ? model_stage_number(model, reached->stage) + 1 : 0;
}

static gboolean has_state(const AssessedServer *server, const char *word)
{
	gboolean was = strcmp(word, "was-exposed") == 0;

	for (guint i = 0; i < server->exposures->len; i++) {
		const Exposure *exposure = g_ptr_array_index(server->exposures, i);

		if (was ? exposure->state != EXPOSURE_EXPOSED && exposure->from != INSTANT_NONE
			: strcmp(exposure_state_name(exposure->state), word) == 0)
			return TRUE;
	}
	return FALSE;
}

static gboolean misses_logs(const AssessedServer *server)
{
	for (guint i = 0; i < server->logs->len; i++) {
		if (((const LogWindow *)g_ptr_array_index(server->logs, i))->missing)
			return TRUE;
	}
	return FALSE;
}

/* A circumstance that a server is looked at for, by itself. */
static gboolean is_true_of(
	const ReportModel *model, const AssessedServer *server, const char *circumstance)
{
	if (strcmp(circumstance, "exchange") == 0)
		return server->is_exchange;
	if (g_str_has_prefix(circumstance, "stage:")) {
		guint stage = number_of_stage(model, circumstance + strlen("stage:"));

		return stage != G_MAXUINT && rank_of(model, server) > stage;
	}
	if (strcmp(circumstance, "no-shell") == 0)
		return server->is_exchange &&
			rank_of(model, server) <= number_of_stage(model, "shell-written");
	if (g_str_has_prefix(circumstance, "flaw:"))
		return has_state(server, circumstance + strlen("flaw:"));
	if (strcmp(circumstance, "evidence:missing") == 0)
		return server->is_exchange && misses_logs(server);
	if (strcmp(circumstance, "page:unverified") == 0)
		return server->pages->len > 0;
	return FALSE;
}

gboolean guidance_servers_apply(
	const ReportModel *model, const char *circumstance, GuidanceServers *servers)
{
	const GPtrArray *all = model->assessment->servers;
	gboolean any = FALSE;

	if (g_str_has_prefix(circumstance, "only:")) {
		const StageFacts *most = assessment_reached(model->assessment);

		return most && strcmp(most->stage->slug, circumstance + strlen("only:")) == 0;
	}
	for (guint i = 0; i < all->len; i++) {
		if (is_true_of(model, g_ptr_array_index(all, i), circumstance))
			any = servers->marked[i] = TRUE;
	}
	if (any && g_str_has_prefix(circumstance, "stage:"))
		servers->least_stage = MIN(servers->least_stage,
			number_of_stage(model, circumstance + strlen("stage:")));
	return any;
}

/* ---- names ---- */

/* Names gathered over servers and stages, each once, in the order in which they come. */
typedef struct Gathering {
	GPtrArray *names; /* borrowed */
	GHashTable *seen;
	guint64 more; /* that the assessment counts but does not list */
} Gathering;

static void gather(Gathering *gathering, const GPtrArray *names, guint64 n)
{
	for (guint i = 0; i < names->len; i++) {
		char *name = g_ptr_array_index(names, i);

		if (*name && g_hash_table_add(gathering->seen, name))
			g_ptr_array_add(gathering->names, name);
	}
	gathering->more += n > names->len ? n - names->len : 0;
}

static void gather_stages(Gathering *gathering, const ReportModel *model,
	const AssessedServer *server, const char *word, guint least)
{
	for (guint i = 0; i < server->stages->len; i++) {
		const StageFacts *facts = g_ptr_array_index(server->stages, i);

		if (model_stage_number(model, facts->stage) < least)
			continue;
		if (strcmp(word, "server-files") == 0)
			gather(gathering, facts->files, facts->n_files);
		else if (strcmp(word, "server-accounts") == 0)
			gather(gathering, facts->accounts, facts->n_accounts);
		else if (strcmp(word, "server-addresses") == 0)
			gather(gathering, facts->addresses, facts->n_addresses);
	}
}

static void gather_name(Gathering *gathering, const char *name)
{
	if (*name && g_hash_table_add(gathering->seen, (gpointer)name))
		g_ptr_array_add(gathering->names, (gpointer)name);
}

static void gather_server(Gathering *gathering, const ReportModel *model,
	const AssessedServer *server, const char *word, guint least)
{
	if (strcmp(word, "servers") == 0)
		gather_name(gathering, server->name);
	for (guint i = 0; strcmp(word, "server-logs") == 0 && i < server->logs->len; i++) {
		const LogWindow *window = g_ptr_array_index(server->logs, i);

		if (window->missing)
			gather_name(gathering, window->log);
	}
	for (guint i = 0; strcmp(word, "server-pages") == 0 && i < server->pages->len; i++)
		gather_name(gathering,
			((const UnverifiedPage *)g_ptr_array_index(server->pages, i))->path);
	for (guint i = 0; strcmp(word, "server-builds") == 0 && i < server->builds->len; i++)
		gather_name(gathering,
			((const BuildSpan *)g_ptr_array_index(server->builds, i))->build);
	gather_stages(gathering, model, server, word, least);
}

static const struct {
	const char *word, *label;
	gboolean defang;
} words[] = {
	{ "servers", "Servers", FALSE },
	{ "server-files", "Files", FALSE },
	{ "server-accounts", "Accounts", FALSE },
	{ "server-addresses", "Addresses", TRUE },
	{ "server-logs", "Not given", FALSE },
	{ "server-pages", "Pages", FALSE },
	{ "server-builds", "Builds", FALSE },
};

GuidanceNames *guidance_servers_names(
	const ReportModel *model, const char *word, const GuidanceServers *servers)
{
	const GPtrArray *all = model->assessment->servers;
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
	Gathering gathering = { names, seen, 0 };

	for (guint i = 0; i < all->len; i++) {
		if (servers->marked[i])
			gather_server(&gathering, model, g_ptr_array_index(all, i), word,
				servers->least_stage);
	}
	for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
		guint n = names->len + (guint)MIN(gathering.more, G_MAXINT);

		if (strcmp(word, words[i].word) == 0)
			return guidance_names_new(names, n, words[i].label, words[i].defang);
	}
	return NULL;
}
