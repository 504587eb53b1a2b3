/* SPDX-License-Identifier: Apache-2.0 */
#include "coordinator/pipeline.h"

#include <unistd.h>

#include "base/error.h"
#include "base/limits.h"
#include "coordinator/intake.h"
#include "coordinator/queue.h"
#include "coordinator/taking.h"

#define STEP_MS	    100
#define PROGRESS_US (G_USEC_PER_SEC / 10)

struct Pipeline {
	PipelineOptions options;
	const ScanHooks *hooks;
	Taking taking;
	Intake *intake;
	TaskQueue *queue;
	WorkerPool *pool;
	PoolHandler handler;
	GPtrArray *evidence; /* what the second pass is for, in order */
	guint next_recovery; /* index in @evidence */
	guint64 n_evidence;  /* fed so far */
	ReadPass pass;
	gboolean fed;	  /* the pass has no further evidence */
	gboolean waiting; /* the intake has nothing ready just now */
	gboolean moved;	  /* the queue, since it was last asked what may run */
	gint64 last_progress;
};

/* ---- what the pool tells ---- */

static void keep_plan(Evidence *evidence, const Message *planned)
{
	g_free(evidence->reader);
	evidence->reader = message_dup_text(planned, 0);
	evidence->score = (guint)planned->fields[1].number;
	evidence->n_units = *evidence->reader ? planned->fields[2].number : 0;
	evidence->units_per_task = planned->fields[3].number;
	evidence->unit_bytes = planned->fields[4].number;
	evidence->first_offset = planned->fields[5].number;
	evidence->recovers = planned->fields[6].number & READER_RECOVERS;
}

static void task_finished(void *context, Task *task, const Message *last)
{
	Pipeline *pipeline = context;

	task->state = TASK_FINISHED;
	if (last->type != MESSAGE_PLANNED)
		return;
	keep_plan(task->evidence, last);
	if (task->pass == READ_RECOVERED) {
		if (task->evidence->recovers)
			queue_add_reads(pipeline->queue, task, task->evidence, READ_RECOVERED,
				pipeline->options.flags);
	} else if (!pipeline->options.plan_only)
		queue_add_reads(pipeline->queue, task, task->evidence, READ_IN_USE,
			pipeline->options.flags | READ_SHARE_LIBRARY);
}

static void task_lost(void *context, Task *task, const char *reason, gboolean timed_out)
{
	Pipeline *pipeline = context;

	queue_lose(pipeline->queue, task, reason, timed_out);
}

/* ---- feeding the queue ---- */

/*
 * Evidence that is hashed while it is read. Its results wait behind BEGIN until it is, so nothing
 * that counts comes from bytes without a name.
 */
static void feed_unhashed(Pipeline *pipeline, Evidence *evidence)
{
	const Sink *sink = pipeline->taking.sink;

	g_ptr_array_add(pipeline->evidence, evidence);
	evidence->spans = span_list_new(LIMIT_SPAN_BYTES);
	queue_add(pipeline->queue, task_new(TASK_BEGIN, evidence, READ_IN_USE));
	if (!sink->may_be_known || !sink->may_be_known(sink->context, evidence->size))
		queue_add(pipeline->queue, task_new(TASK_PLAN, evidence, READ_IN_USE));
	else
		evidence->unwanted = TRUE; /* until begin() wants it */
	queue_add(pipeline->queue, task_new(TASK_END, evidence, READ_IN_USE));
}

/* The evidence at the front is hashed: what becomes of it? */
static gboolean begin_hashed(Pipeline *pipeline, Evidence *evidence, GError **error)
{
	const Sink *sink = pipeline->taking.sink;
	gboolean is_read = !evidence->unwanted;
	Want want = WANT_ALL;

	evidence->unwanted = FALSE;
	if (evidence->problem)
		return TRUE; /* told at its end */
	if (!sink->begin(sink->context, evidence, &want, error))
		return FALSE;
	evidence->unwanted = want != WANT_ALL;
	evidence->read_before = want == WANT_RECOVERY;
	if (want == WANT_NOTHING)
		taking_skip(&pipeline->taking, evidence);
	if (want == WANT_ALL && !is_read)
		queue_add_front(pipeline->queue, task_new(TASK_PLAN, evidence, READ_IN_USE));
	return TRUE;
}

/* FALSE with @error only; BEGIN leaves the queue where it is finished. */
static gboolean check_begin(Pipeline *pipeline, GError **error)
{
	Task *task = queue_peek_front(pipeline->queue);
	Evidence *evidence = task ? task->evidence : NULL;

	if (!task || task->kind != TASK_BEGIN || !intake_is_hashed(pipeline->intake, evidence))
		return TRUE;
	task->state = TASK_FINISHED;
	task_free(queue_pop_finished(pipeline->queue));
	return begin_hashed(pipeline, evidence, error);
}

static gboolean waits_for_hash(Pipeline *pipeline)
{
	const Task *task = queue_peek_front(pipeline->queue);

	return task && task->kind == TASK_BEGIN;
}

static gboolean feed_new(Pipeline *pipeline, Evidence *evidence, GError **error)
{
	const Sink *sink = pipeline->taking.sink;
	Want want = WANT_ALL;

	evidence->number = ++pipeline->n_evidence;
	if (sink->begin && !intake_is_hashed(pipeline->intake, evidence)) {
		feed_unhashed(pipeline, evidence);
		return TRUE;
	}
	if (evidence->problem) {
		/* Told when its turn comes. */
		g_ptr_array_add(pipeline->evidence, evidence);
		queue_add(pipeline->queue, task_new(TASK_END, evidence, READ_IN_USE));
		return TRUE;
	}
	if (sink->begin && !sink->begin(sink->context, evidence, &want, error)) {
		evidence_free(evidence);
		return FALSE;
	}
	if (want == WANT_NOTHING) {
		taking_skip(&pipeline->taking, evidence);
		evidence_free(evidence);
		return TRUE;
	}
	g_ptr_array_add(pipeline->evidence, evidence);
	if (want == WANT_RECOVERY) {
		evidence->read_before = TRUE;
		evidence_close(evidence);
		return TRUE;
	}
	evidence->spans = span_list_new(LIMIT_SPAN_BYTES);
	queue_add(pipeline->queue, task_new(TASK_PLAN, evidence, READ_IN_USE));
	queue_add(pipeline->queue, task_new(TASK_END, evidence, READ_IN_USE));
	return TRUE;
}

static gboolean feed_from_intake(Pipeline *pipeline, GError **error)
{
	while (!pipeline->fed && queue_has_room(pipeline->queue)) {
		Evidence *evidence = intake_next(pipeline->intake, &pipeline->fed);

		pipeline->waiting = !evidence;
		if (!evidence)
			return TRUE;
		if (!feed_new(pipeline, evidence, error))
			return FALSE;
	}
	return TRUE;
}

/* Evidence of an earlier run has no plan yet in this one. */
static void add_recovery(Pipeline *pipeline, Evidence *evidence)
{
	if (evidence->read_before)
		queue_add(pipeline->queue, task_new(TASK_PLAN, evidence, READ_RECOVERED));
	else
		queue_add_reads(
			pipeline->queue, NULL, evidence, READ_RECOVERED, pipeline->options.flags);
}

static gboolean wants_recovery(
	Pipeline *pipeline, Evidence *evidence, gboolean *ret_wanted, GError **error)
{
	const Sink *sink = pipeline->taking.sink;

	*ret_wanted = taking_wants_recovery(evidence);
	if (!evidence->read_before)
		return TRUE;
	if (!sink->again(sink->context, evidence, ret_wanted, error))
		return FALSE;
	if (!*ret_wanted)
		taking_skip(&pipeline->taking, evidence);
	return TRUE;
}

static gboolean feed_recovery(Pipeline *pipeline, GError **error)
{
	while (queue_has_room(pipeline->queue) &&
		pipeline->next_recovery < pipeline->evidence->len) {
		Evidence *evidence = pipeline->evidence->pdata[pipeline->next_recovery++];
		g_autoptr(GError) trouble = NULL;
		gboolean wanted;

		if (!wants_recovery(pipeline, evidence, &wanted, error))
			return FALSE;
		if (!wanted)
			continue;
		if (intake_reopen(evidence, &trouble))
			add_recovery(pipeline, evidence);
		else
			evidence->problem = g_strdup(trouble->message);
		queue_add(pipeline->queue, task_new(TASK_END, evidence, READ_RECOVERED));
	}
	pipeline->fed = pipeline->next_recovery == pipeline->evidence->len;
	return TRUE;
}

static gboolean feed(Pipeline *pipeline, GError **error)
{
	return pipeline->pass == READ_IN_USE ? feed_from_intake(pipeline, error)
					     : feed_recovery(pipeline, error);
}

/* ---- the loop ---- */

static void dispatch(Pipeline *pipeline)
{
	Task *task;

	while (pool_has_idle(pipeline->pool) && (task = queue_take_waiting(pipeline->queue)))
		pool_give(pipeline->pool, task);
}

static gboolean take_over(Pipeline *pipeline, GError **error)
{
	Task *task;

	if (!check_begin(pipeline, error))
		return FALSE;
	pipeline->moved = FALSE;
	while ((task = queue_pop_finished(pipeline->queue))) {
		gboolean fine = taking_task(&pipeline->taking, task, error);

		task_free(task);
		pipeline->moved = TRUE;
		if (!fine || !check_begin(pipeline, error))
			return FALSE;
	}
	return TRUE;
}

static void show_progress(Pipeline *pipeline)
{
	gint64 now = g_get_monotonic_time();

	if (!pipeline->hooks || !pipeline->hooks->progress ||
		now - pipeline->last_progress < PROGRESS_US)
		return;
	pipeline->last_progress = now;
	pipeline->hooks->progress(pipeline->hooks->context, &pipeline->taking.progress);
}

gboolean pipeline_is_interrupted(const Pipeline *pipeline)
{
	return pipeline->hooks && pipeline->hooks->interrupted &&
		g_atomic_int_get(pipeline->hooks->interrupted);
}

/* Waits for what the pass can go on with. */
static gboolean wait(Pipeline *pipeline, GError **error)
{
	gboolean hungry = !pipeline->fed && queue_has_room(pipeline->queue);
	gboolean at_once = (hungry && !pipeline->waiting) ||
		(pipeline->moved && pool_has_idle(pipeline->pool) &&
			!queue_is_empty(pipeline->queue));
	gboolean asleep = (hungry && pipeline->waiting) || waits_for_hash(pipeline);
	int wake_fd = asleep ? intake_wake_fd(pipeline->intake) : -1;

	return pool_step(pipeline->pool, wake_fd, at_once ? 0 : STEP_MS, error);
}

static gboolean run_pass(Pipeline *pipeline, ReadPass pass, GError **error)
{
	const Sink *sink = pipeline->taking.sink;

	pipeline->pass = pass;
	pipeline->fed = pipeline->waiting = FALSE;
	while (!pipeline_is_interrupted(pipeline)) {
		if (!feed(pipeline, error))
			return FALSE;
		dispatch(pipeline);
		if (!take_over(pipeline, error) ||
			(sink->tick && !sink->tick(sink->context, error)))
			return FALSE;
		show_progress(pipeline);
		if (pipeline->fed && queue_is_empty(pipeline->queue))
			return TRUE;
		if (!wait(pipeline, error))
			return FALSE;
	}
	return TRUE;
}

gboolean pipeline_run(Pipeline *pipeline, GError **error)
{
	intake_start(pipeline->intake);
	if (!run_pass(pipeline, READ_IN_USE, error))
		return FALSE;
	if (pipeline_is_interrupted(pipeline) || !pipeline->options.recover)
		return TRUE;
	pool_share_library(pipeline->pool, library_set_frames(pipeline->taking.library));
	return run_pass(pipeline, READ_RECOVERED, error);
}

/* ---- life ---- */

Pipeline *pipeline_new(Loader *loader, guint n_workers, const char *const *paths,
	const PipelineOptions *options, const Sink *sink, const ScanHooks *hooks, GError **error)
{
	g_autoptr(Pipeline) pipeline = g_new0(Pipeline, 1);
	guint64 hash_later = !sink->begin ? INTAKE_NO_HASH
		: options->hash_later	  ? options->hash_later
					  : PIPELINE_HASH_LATER_BYTES;

	pipeline->options = *options;
	pipeline->hooks = hooks;
	pipeline->queue = queue_new();
	pipeline->evidence = g_ptr_array_new_with_free_func((GDestroyNotify)evidence_free);
	pipeline->taking = (Taking){
		.sink = sink,
		.library = library_set_new(LIMIT_LIBRARY_BYTES),
		.recover = options->recover && !options->plan_only,
	};
	pipeline->handler = (PoolHandler){ task_finished, task_lost, pipeline };
	pipeline->intake = intake_new(
		paths, options->own_files, hash_later, hooks ? hooks->interrupted : NULL, error);
	if (!pipeline->intake)
		return NULL;
	pipeline->taking.progress.n_evidence = intake_count(pipeline->intake);
	pipeline->taking.progress.bytes_total = intake_total_bytes(pipeline->intake);
	if (!n_workers)
		n_workers = g_get_num_processors();
	pipeline->pool = pool_new(loader, n_workers, &options->limits, &pipeline->handler, error);
	return pipeline->pool ? g_steal_pointer(&pipeline) : NULL;
}

void pipeline_free(Pipeline *pipeline)
{
	if (!pipeline)
		return;
	pool_free(pipeline->pool);
	if (pipeline->intake)
		intake_stop(pipeline->intake); /* it may be hashing what is freed now */
	queue_free(pipeline->queue);
	if (pipeline->evidence)
		g_ptr_array_unref(pipeline->evidence);
	intake_free(pipeline->intake);
	library_set_free(pipeline->taking.library);
	g_free(pipeline);
}

LibrarySet *pipeline_library(Pipeline *pipeline)
{
	return pipeline->taking.library;
}

ScanProgress *pipeline_progress(Pipeline *pipeline)
{
	return &pipeline->taking.progress;
}
