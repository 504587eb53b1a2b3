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
} Listing;

static gboolean warn_gap(void *context, const Evidence *evidence, const Gap *gap, GError **error)
{
	Listing *listing = context;
	g_autofree char *text = NULL;

	if (gap_kind_is_loss(gap->kind))
		listing->lossless = FALSE;
	if (!listing->hooks || !listing->hooks->warning)
		return TRUE;
	text = g_strdup_printf("%s: %s at 0x%" G_GINT64_MODIFIER "x: %s", evidence->file->shown,
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
		.recover = options->recovered,
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

/* That no reader knows a file is what the listing itself says. */
static gboolean warn_trouble(
	void *context, const Evidence *evidence, const Gap *gap, GError **error)
{
	if (evidence->reader && !*evidence->reader && !evidence->failed)
		return TRUE;
	return warn_gap(context, evidence, gap, error);
}

static gboolean list_evidence(void *context, Evidence *evidence, GError **error)
{
	Listing *listing = context;

	listing->each(listing->each_context, evidence->file->shown, evidence->size,
		evidence->reader ? evidence->reader : "", evidence->score);
	return TRUE;
}

gboolean scan_list_evidence(const ScanOptions *options, const ScanHooks *hooks,
	ScanEvidenceFunc each, void *context, GError **error)
{
	Listing listing = {
		.hooks = hooks,
		.lossless = TRUE,
		.each = each,
		.each_context = context,
	};
	const PipelineOptions how = {
		.plan_only = TRUE,
		.limits = { LIMIT_TASK_SECONDS, LIMIT_TASK_TOTAL_SECONDS },
	};
	const Sink sink = { .gap = warn_trouble, .end = list_evidence, .context = &listing };

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
