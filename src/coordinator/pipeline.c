/* SPDX-License-Identifier: Apache-2.0 */
#include "coordinator/pipeline.h"

#include <sys/resource.h>
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
	GPtrArray *later;   /* Evidence that waits for the second pass, in order; then NULL */
	guint next_later;   /* index in @later */
	guint64 n_evidence; /* fed so far */
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
	evidence->expands = planned->fields[6].number & READER_EXPANDS;
}

/* What is to come of @evidence behind its plan. */
static void add_what_is_planned(Pipeline *pipeline, Task *plan)
{
	Evidence *evidence = plan->evidence;
	guint flags = pipeline->options.flags;

	/*
	 * What is known of an archive is known of its members, but their paths are others. Inside
	 * another archive it is not unpacked again: bombs are made of that.
	 */
	if (evidence->unwanted &&
		!(evidence->expands && evidence->judges_file && !evidence->parent))
		return;
	if (evidence->expands) {
		Task *expand = task_new(TASK_EXPAND, evidence, plan->pass);

		expand->expansion =
			expansion_new(pipeline->taking.sink->begin || pipeline->options.files);
		expand->flags = pipeline->options.files ? EXPAND_ALL : 0;
		queue_add_after(pipeline->queue, plan, expand);
		return;
	}
	if (pipeline->options.plan_only || (plan->pass == READ_RECOVERED && !evidence->recovers))
		return;
	/* When the second pass has begun what was learnt is settled. */
	if (pipeline->pass == READ_IN_USE)
		flags |= READ_SHARE_LIBRARY;
	queue_add_reads(pipeline->queue, plan, evidence, plan->pass, flags);
}

static void task_finished(void *context, Task *task, const Message *last)
{
	Pipeline *pipeline = context;

	task->state = TASK_FINISHED;
	if (task->kind == TASK_EXPAND)
		expansion_end(task->expansion, TRUE);
	if (last->type != MESSAGE_PLANNED)
		return;
	keep_plan(task->evidence, last);
	if (task->evidence->expands && task->evidence->depth >= LIMIT_ARCHIVE_DEPTH)
		return; /* told when its turn comes */
	add_what_is_planned(pipeline, task);
}

static void task_lost(void *context, Task *task, const char *reason, gboolean timed_out)
{
	Pipeline *pipeline = context;
	const char *problem = task->expansion ? expansion_problem(task->expansion) : NULL;

	if (problem) {
		/* A full disk is not mended by trying again. */
		task->lost = g_strdup(problem);
		task->state = TASK_FINISHED;
	} else {
		queue_lose(pipeline->queue, task, reason, timed_out);
	}
	if (!task->expansion)
		return;
	if (task->state == TASK_FINISHED)
		expansion_end(task->expansion, FALSE);
	else
		expansion_clear(task->expansion);
}

/* ---- evidence comes and goes ---- */

/* Keeps @evidence for the second pass. */
static void keep_for_later(Pipeline *pipeline, Evidence *evidence)
{
	evidence->waits = evidence->unwanted = FALSE;
	g_ptr_array_add(pipeline->later, evidence);
	if (evidence->parent && !evidence->is_waited_for) {
		evidence->is_waited_for = TRUE;
		evidence->parent->n_waiting++;
	}
}

/* Nothing more is to be done with @evidence. */
static void let_go(Evidence *evidence)
{
	if (evidence->is_waited_for)
		evidence->parent->n_waiting--;
	evidence_free(evidence);
}

static Task *new_file_task(const Pipeline *pipeline, Evidence *evidence)
{
	Task *task = task_new(TASK_FILE, evidence, READ_IN_USE);

	task->n_units = 1;
	task->flags = pipeline->options.flags;
	return task;
}

static void add_tasks(Pipeline *pipeline, Evidence *evidence, ReadPass pass, Task *before)
{
	if (pass == READ_IN_USE && !evidence->spans)
		evidence->spans = span_list_new(LIMIT_SPAN_BYTES);
	queue_add_before(pipeline->queue, before, task_new(TASK_PLAN, evidence, pass));
	if (pass == READ_IN_USE && evidence->judges_file)
		queue_add_before(pipeline->queue, before, new_file_task(pipeline, evidence));
	queue_add_before(pipeline->queue, before, task_new(TASK_END, evidence, pass));
}

/* Is there anything to recover from evidence that an earlier run has read? */
static gboolean ask_again(
	Pipeline *pipeline, Evidence *evidence, gboolean *ret_wanted, GError **error)
{
	const Sink *sink = pipeline->taking.sink;

	if (!sink->again(sink->context, evidence, ret_wanted, error))
		return FALSE;
	if (!*ret_wanted) {
		taking_skip(&pipeline->taking, evidence);
		let_go(evidence);
	}
	return TRUE;
}

static gboolean admit_known(Pipeline *pipeline, Evidence *evidence, Task *before, GError **error)
{
	gboolean wanted;

	evidence->read_before = TRUE;
	if (pipeline->pass == READ_IN_USE) {
		evidence_close(evidence);
		keep_for_later(pipeline, evidence);
		return TRUE;
	}
	if (!ask_again(pipeline, evidence, &wanted, error))
		return FALSE;
	if (wanted)
		add_tasks(pipeline, evidence, READ_RECOVERED, before);
	return TRUE;
}

/* Takes @evidence over; what is to be done with it stands in front of @before. */
static gboolean admit(Pipeline *pipeline, Evidence *evidence, Task *before, GError **error)
{
	const Sink *sink = pipeline->taking.sink;
	Want want = WANT_ALL;

	evidence->number = ++pipeline->n_evidence;
	evidence->judges_file = pipeline->options.files;
	if (evidence->own_file) /* nobody knew of it before */
		pipeline->taking.progress.bytes_total += evidence->size;
	if (evidence->problem) {
		/* Told when its turn comes. */
		queue_add_before(
			pipeline->queue, before, task_new(TASK_END, evidence, READ_IN_USE));
		return TRUE;
	}
	if (sink->begin && !sink->begin(sink->context, evidence, &want, error)) {
		evidence_free(evidence);
		return FALSE;
	}
	if (want == WANT_ALL ||
		(evidence->judges_file &&
			(want == WANT_NOTHING || pipeline->pass == READ_IN_USE))) {
		evidence->unwanted = want != WANT_ALL;
		evidence->read_before = want == WANT_RECOVERY;
		add_tasks(pipeline, evidence, READ_IN_USE, before);
		return TRUE;
	}
	if (want == WANT_RECOVERY)
		return admit_known(pipeline, evidence, before, error);
	taking_skip(&pipeline->taking, evidence);
	evidence_free(evidence);
	return TRUE;
}

/*
 * Evidence that is hashed while it is read. Its results wait behind BEGIN until it is, so nothing
 * that counts comes from bytes without a name.
 */
static void admit_unhashed(Pipeline *pipeline, Evidence *evidence)
{
	const Sink *sink = pipeline->taking.sink;

	evidence->spans = span_list_new(LIMIT_SPAN_BYTES);
	evidence->judges_file = pipeline->options.files;
	queue_add(pipeline->queue, task_new(TASK_BEGIN, evidence, READ_IN_USE));
	if (!sink->may_be_known || !sink->may_be_known(sink->context, evidence->size))
		queue_add(pipeline->queue, task_new(TASK_PLAN, evidence, READ_IN_USE));
	else
		evidence->unwanted = TRUE; /* until begin() wants it */
	if (evidence->judges_file)
		queue_add(pipeline->queue, new_file_task(pipeline, evidence));
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
	if (want == WANT_NOTHING && !evidence->judges_file)
		taking_skip(&pipeline->taking, evidence);
	if (!is_read && (want == WANT_ALL || evidence->judges_file))
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

/* ---- feeding the queue ---- */

static gboolean feed_from_intake(Pipeline *pipeline, GError **error)
{
	while (!pipeline->fed && queue_has_room(pipeline->queue)) {
		Evidence *evidence = intake_next(pipeline->intake, &pipeline->fed);

		pipeline->waiting = !evidence;
		if (!evidence)
			return TRUE;
		if (pipeline->taking.sink->begin && !intake_is_hashed(pipeline->intake, evidence)) {
			evidence->number = ++pipeline->n_evidence;
			admit_unhashed(pipeline, evidence);
		} else if (!admit(pipeline, evidence, NULL, error)) {
			return FALSE;
		}
	}
	return TRUE;
}

/* The second pass comes to @evidence, which has waited for it. */
static gboolean feed_again(Pipeline *pipeline, Evidence *evidence, GError **error)
{
	g_autoptr(GError) trouble = NULL;
	gboolean wanted = TRUE;

	if (evidence->read_before && !evidence->n_waiting &&
		!ask_again(pipeline, evidence, &wanted, error))
		return FALSE;
	if (!wanted)
		return TRUE;
	if (evidence->expands && (!evidence->read_before || evidence->n_waiting)) {
		/* Its members were read again, and that is all there was to do. */
	} else if (!intake_reopen(evidence, &trouble)) {
		evidence->problem = g_strdup(trouble->message);
	} else if (evidence->read_before) {
		add_tasks(pipeline, evidence, READ_RECOVERED, NULL);
		return TRUE;
	} else {
		queue_add_reads(
			pipeline->queue, NULL, evidence, READ_RECOVERED, pipeline->options.flags);
	}
	queue_add(pipeline->queue, task_new(TASK_END, evidence, READ_RECOVERED));
	return TRUE;
}

static gboolean feed_recovery(Pipeline *pipeline, GError **error)
{
	while (queue_has_room(pipeline->queue) && pipeline->next_later < pipeline->later->len) {
		gpointer *place = &pipeline->later->pdata[pipeline->next_later++];

		if (!feed_again(pipeline, g_steal_pointer(place), error))
			return FALSE;
	}
	pipeline->fed = pipeline->next_later == pipeline->later->len;
	return TRUE;
}

static gboolean feed_members(Pipeline *pipeline, GError **error)
{
	Task *members;

	/* What is in front of them has its turn first, and they make room behind themselves. */
	while ((members = queue_find_members(pipeline->queue))) {
		Evidence *archive = members->evidence, *member;

		if (archive->n_taken_in == expansion_count(archive->expansion)) {
			members->state = TASK_FINISHED;
			continue;
		}
		member = evidence_new_member(archive, archive->n_taken_in++);
		pipeline->taking.progress.n_evidence++;
		if (!admit(pipeline, member, members, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean feed(Pipeline *pipeline, GError **error)
{
	if (!feed_members(pipeline, error))
		return FALSE;
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

/* The archive's turn has come: its members follow. */
static void take_members(Pipeline *pipeline, Task *expand)
{
	Evidence *archive = expand->evidence;

	if ((archive->unwanted && !archive->judges_file) || archive->problem)
		return;
	archive->expansion = g_steal_pointer(&expand->expansion);
	queue_add_front(pipeline->queue, task_new(TASK_MEMBERS, archive, expand->pass));
}

static void take_end(Pipeline *pipeline, Task *end)
{
	Evidence *evidence = g_steal_pointer(&end->evidence);

	if (evidence->waits)
		keep_for_later(pipeline, evidence);
	else
		let_go(evidence);
}

static gboolean take_over(Pipeline *pipeline, GError **error)
{
	Task *task;

	if (!check_begin(pipeline, error))
		return FALSE;
	pipeline->moved = FALSE;
	while ((task = queue_pop_finished(pipeline->queue))) {
		gboolean fine = taking_task(&pipeline->taking, task, error);

		if (fine && task->kind == TASK_EXPAND)
			take_members(pipeline, task);
		else if (fine && task->kind == TASK_MEMBERS)
			g_clear_pointer(&task->evidence->expansion, expansion_free);
		else if (fine && task->kind == TASK_END)
			take_end(pipeline, task);
		task_free(task);
		pipeline->moved = TRUE;
		if (!fine || !check_begin(pipeline, error))
			return FALSE;
	}
	return TRUE;
}

/* Evidence may have been put aside while what was fed was taken over. */
static gboolean is_over(const Pipeline *pipeline)
{
	return pipeline->fed && queue_is_empty(pipeline->queue) &&
		(pipeline->pass == READ_IN_USE || pipeline->next_later == pipeline->later->len);
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
		if (is_over(pipeline))
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

/* As much as descriptors allow: each file in the queue holds one, and has three places at least. */
static guint room_for_files(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return TASK_WINDOW;
	limit.rlim_cur = MAX(limit.rlim_cur, MIN(limit.rlim_max, TASK_ROOM_FILES));
	(void)setrlimit(RLIMIT_NOFILE, &limit); /* or there are fewer */
	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur < 2 * TASK_WINDOW)
		return TASK_WINDOW;
	return (guint)MIN(limit.rlim_cur, TASK_ROOM_FILES);
}

Pipeline *pipeline_new(Loader *loader, guint n_workers, const char *const *paths,
	const PipelineOptions *options, const Sink *sink, const ScanHooks *hooks, GError **error)
{
	g_autoptr(Pipeline) pipeline = g_new0(Pipeline, 1);
	guint64 hash_later = !sink->begin ? (options->files ? INTAKE_HASH_FIRST : INTAKE_NO_HASH)
		: options->hash_later	  ? options->hash_later
					  : PIPELINE_HASH_LATER_BYTES;

	pipeline->options = *options;
	pipeline->hooks = hooks;
	pipeline->queue = queue_new(options->files ? room_for_files() : TASK_WINDOW);
	pipeline->later = g_ptr_array_new_with_free_func((GDestroyNotify)evidence_free);
	pipeline->taking = (Taking){
		.sink = sink,
		.library = library_set_new(LIMIT_LIBRARY_BYTES),
		.recover = options->recover && !options->plan_only,
		.files = options->files,
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
	if (pipeline->later)
		g_ptr_array_unref(pipeline->later);
	g_free(pipeline->taking.current);
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
