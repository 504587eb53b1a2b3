/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What needs workers but no case: printing events, saying what evidence is, listing rules.
 */
#include <errno.h>
#include <unistd.h>

#include "base/error.h"
#include "base/limits.h"
#include "coordinator/pipeline.h"
#include "coordinator/scan.h"

#define OUT_BYTES 65536 /* written at once */

typedef struct Listing {
	const ScanHooks *hooks;
	Pipeline *pipeline;
	gboolean lossless;
	/* printing events */
	int out_fd;
	GString *out;
	/* listing evidence */
	ScanEvidenceFunc each;
	void *each_context;
	GHashTable *problems; /* Evidence -> Problems */
} Listing;

static gboolean warn_gap(void *context, const Evidence *evidence, const Gap *gap, GError **error)
{
	Listing *listing = context;
	g_autofree char *text = NULL;

	if (gap_kind_is_loss(gap->kind))
		listing->lossless = FALSE;
	if (!listing->hooks || !listing->hooks->warning)
		return TRUE;
	text = g_strdup_printf("%s: %s at 0x%" G_GINT64_MODIFIER "x: %s", evidence_called(evidence),
		gap_kind_name(gap->kind), gap->offset, gap->note);
	listing->hooks->warning(listing->hooks->context, text);
	return TRUE;
}

/* ---- events ---- */

static gboolean write_out(Listing *listing, GError **error)
{
	gsize written = 0;

	while (written < listing->out->len) {
		ssize_t n = write(
			listing->out_fd, listing->out->str + written, listing->out->len - written);

		if (n < 0 && errno != EINTR)
			return spoor_error_from_errno(error, "events could not be written");
		if (n > 0)
			written += (gsize)n;
	}
	g_string_truncate(listing->out, 0);
	return TRUE;
}

static gboolean print_event(
	void *context, Evidence *evidence, const Message *message, GError **error)
{
	Listing *listing = context;
	Slice line = message->fields[0].bytes;

	if (message->type != MESSAGE_EVENT)
		return TRUE;
	g_string_append_len(listing->out, (const char *)line.data, (gssize)line.size);
	return listing->out->len < OUT_BYTES || write_out(listing, error);
}

static gboolean flush_events(void *context, GError **error)
{
	return write_out(context, error);
}

static gboolean run_pipeline(Listing *listing, const ScanOptions *options,
	const PipelineOptions *how, const Sink *sink, const ScanHooks *hooks, GError **error)
{
	const ContentOptions no_rules = { .tables = options->content.tables };
	g_autoptr(Loader) loader = loader_new(
		&no_rules, &options->times, options->worker_path, options->sandbox, error);
	g_autoptr(Pipeline) pipeline = NULL;

	if (!loader)
		return FALSE;
	pipeline = pipeline_new(
		loader, options->n_workers, options->evidence, how, sink, hooks, error);
	listing->pipeline = pipeline;
	if (!pipeline || !pipeline_run(pipeline, error))
		return FALSE;
	if (pipeline_is_interrupted(pipeline))
		listing->lossless = FALSE;
	return TRUE;
}

gboolean scan_print_events(const ScanOptions *options, int out_fd, const ScanHooks *hooks,
	gboolean *ret_complete, GError **error)
{
	g_autoptr(GString) out = g_string_sized_new(2 * OUT_BYTES);
	Listing listing = { .hooks = hooks, .lossless = TRUE, .out_fd = out_fd, .out = out };
	const PipelineOptions how = {
		.flags = READ_EVENTS | (options->recovered ? READ_RECOVERED_TOO : 0),
		.recover = options->recovered && !options->files,
		.plan_only = options->files,
		.files = options->files,
		.limits = { LIMIT_TASK_SECONDS, LIMIT_TASK_TOTAL_SECONDS },
	};
	const Sink sink = {
		.gap = warn_gap,
		.result = print_event,
		.tick = flush_events,
		.context = &listing,
	};

	if (!run_pipeline(&listing, options, &how, &sink, hooks, error) ||
		!write_out(&listing, error))
		return FALSE;
	*ret_complete = listing.lossless;
	return TRUE;
}

/* ---- evidence ---- */

/* What can not be read of one piece of evidence. */
typedef struct Problems {
	guint64 n;
	char *first;
} Problems;

static void problems_free(gpointer data)
{
	Problems *problems = data;

	g_free(problems->first);
	g_free(problems);
}

static void tell_evidence(Listing *listing, const Evidence *evidence)
{
	const Problems *problems = g_hash_table_lookup(listing->problems, evidence);
	const EvidenceKind kind = {
		.path = evidence->file->shown,
		.size = evidence->file->size,
		.reader = evidence->reader ? evidence->reader : "",
		.score = evidence->score,
		.is_unknown = evidence->reader && !*evidence->reader && !evidence->failed,
		.n_events = evidence->in_use,
		.first = evidence->first,
		.last = evidence->last,
		.problem = problems ? problems->first : NULL,
		.n_problems = problems ? problems->n : 0,
	};

	listing->each(listing->each_context, &kind);
	(void)g_hash_table_remove(listing->problems, evidence); /* it may not be there */
}

/* Facts about what was read are a scan's to tell. */
static gboolean keep_problem(
	void *context, const Evidence *evidence, const Gap *gap, GError **error)
{
	Listing *listing = context;
	Problems *problems = g_hash_table_lookup(listing->problems, evidence);

	if (!gap_kind_is_loss(gap->kind) && gap->kind != GAP_UNSUPPORTED)
		return TRUE;
	if (!problems) {
		problems = g_new0(Problems, 1);
		problems->first = g_strdup(gap->note);
		g_hash_table_insert(listing->problems, (gpointer)evidence, problems);
	}
	problems->n++;
	/* It is not even opened: that is all there is to come of it. */
	if (evidence->problem)
		tell_evidence(listing, evidence);
	return TRUE;
}

static gboolean list_evidence(void *context, Evidence *evidence, GError **error)
{
	tell_evidence(context, evidence);
	return TRUE;
}

gboolean scan_list_evidence(const ScanOptions *options, gboolean read, const ScanHooks *hooks,
	ScanEvidenceFunc each, void *context, GError **error)
{
	g_autoptr(GHashTable) problems = g_hash_table_new_full(NULL, NULL, NULL, problems_free);
	Listing listing = {
		.hooks = hooks,
		.lossless = TRUE,
		.each = each,
		.each_context = context,
		.problems = problems,
	};
	const PipelineOptions how = {
		.plan_only = !read,
		.limits = { LIMIT_TASK_SECONDS, LIMIT_TASK_TOTAL_SECONDS },
	};
	const Sink sink = { .gap = keep_problem, .end = list_evidence, .context = &listing };

	return run_pipeline(&listing, options, &how, &sink, hooks, error);
}

/* ---- rules ---- */

gboolean scan_list_rules(const ScanOptions *options, const ScanHooks *hooks, ScanRuleFunc each,
	void *context, GError **error)
{
	g_autoptr(Loader) loader = loader_new(
		&options->content, &options->times, options->worker_path, options->sandbox, error);

	if (!loader)
		return FALSE;
	for (guint i = 0; i < loader->rules->len; i++)
		each(context, loader->rules->pdata[i]);
	return TRUE;
}
