/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pipeline: takes evidence through intake, queue and pool, and hands results on in their order.
 *
 *	intake ──▶ BEGIN, PLAN, END ──▶ READ tasks in between ──▶ children ──▶ results, in order ──▶
 *sink
 *
 * First all evidence is read for what is in use; then, with what readers learnt from all of it,
 *once more for what can be recovered. What is done with the results is the sink's: a case, a
 *listing.
 */
#pragma once

#include <glib.h>

#include "coordinator/content.h"
#include "coordinator/evidence.h"
#include "coordinator/library-set.h"
#include "coordinator/scan.h"
#include "coordinator/worker-pool.h"

/* What is to be done with evidence that comes in. */
typedef enum Want {
	WANT_ALL,
	WANT_RECOVERY, /* it was read for what is in use before: ask again() when recovery begins */
	WANT_NOTHING,  /* it is there already */
} Want;

/* All return FALSE with @error where the pipeline has to end. */
typedef struct Sink {
	/*
	 * TRUE where evidence of @size bytes may turn out to be known when it is hashed, be it from
	 * before or from other evidence of the run that this function was asked about: then it is
	 * not read before. NULL: it may not.
	 */
	gboolean (*may_be_known)(void *context, guint64 size);
	/*
	 * Hashed evidence comes in; evidence->judges_file may be cleared. NULL: WANT_ALL, and
	 * nothing is hashed but what is judged as a file.
	 */
	gboolean (*begin)(void *context, Evidence *evidence, Want *ret_want, GError **error);
	/* Recovery comes to WANT_RECOVERY evidence: fills in what is known of it. */
	gboolean (*again)(void *context, Evidence *evidence, gboolean *ret_wanted, GError **error);
	/* Evidence without a hash (evidence->problem is set) has a gap too. */
	gboolean (*gap)(void *context, const Evidence *evidence, const Gap *gap, GError **error);
	/* A RULE, FINDING, HIT, EVENT, TALLY, LIBRARY or DONE. */
	gboolean (*result)(
		void *context, Evidence *evidence, const Message *message, GError **error);
	/* The file as a whole was judged under its path, and of an archive all members. May be
	 * NULL. */
	gboolean (*judged_file)(void *context, Evidence *evidence, GError **error);
	/* What is in use was taken over; recovery is left. */
	gboolean (*half_done)(void *context, Evidence *evidence, GError **error);
	/* All of the evidence was taken over. */
	gboolean (*end)(void *context, Evidence *evidence, GError **error);
	/* Now and then. */
	gboolean (*tick)(void *context, GError **error);
	void *context;
} Sink;

typedef struct PipelineOptions {
	guint flags;		 /* ReadFlags of both passes */
	gboolean plan_only;	 /* find out what evidence is, read no records */
	gboolean files;		 /* judge files as wholes, too */
	gboolean recover;	 /* make the second pass */
	const GArray *own_files; /* OwnFile: files that are no evidence; may be NULL */
	guint64 hash_later;	 /* see intake_new(); 0: from PIPELINE_HASH_LATER_BYTES on */
	PoolLimits limits;
} PipelineOptions;

#define PIPELINE_HASH_LATER_BYTES (4u << 20)

typedef struct Pipeline Pipeline;

/* All are borrowed and outlive the pipeline. */
Pipeline *pipeline_new(Loader *loader, guint n_workers, const char *const *paths,
	const PipelineOptions *options, const Sink *sink, const ScanHooks *hooks, GError **error);
void pipeline_free(Pipeline *pipeline); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Pipeline, pipeline_free)

/* What readers learnt; entries of earlier runs may be added before pipeline_run(). */
LibrarySet *pipeline_library(Pipeline *pipeline);

/* For the sink to add to; shown to hooks->progress. */
ScanProgress *pipeline_progress(Pipeline *pipeline);

/* TRUE where the operator's interrupt ended it early. */
gboolean pipeline_is_interrupted(const Pipeline *pipeline);

/* Reads everything. An interrupt is no failure. */
gboolean pipeline_run(Pipeline *pipeline, GError **error);
