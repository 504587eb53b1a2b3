/* SPDX-License-Identifier: Apache-2.0 */
/*
 * WorkerPool: the sealed children, and what becomes of the tasks they are given.
 *
 *	STARTING --HELLO--> IDLE --pool_give()--> PLANNING or READING --last word--> IDLE
 *	   any --crash, time-out, a wrong word--> ENDING --EXITED--> a new child in its place
 *
 * A child that ends takes its task with it: that is told by task_lost(), and the pool goes on with
 *a new child. What is to become of the task is the queue's to decide.
 */
#pragma once

#include <glib.h>

#include "coordinator/content.h"
#include "coordinator/evidence.h"

typedef struct WorkerPool WorkerPool;

typedef struct PoolLimits {
	guint task_seconds;	  /* LIMIT_TASK_SECONDS; tests are less patient */
	guint task_total_seconds; /* LIMIT_TASK_TOTAL_SECONDS */
} PoolLimits;

/* What the pool tells, from inside pool_step(). */
typedef struct PoolHandler {
	/*
	 * The task's last word came: PLANNED, DONE or FAILED, valid for the call. It and all
	 * results before it are in task->results.
	 */
	void (*task_finished)(void *context, Task *task, const Message *last);
	/* The task's child is gone; its results are cleared. @reason is a sentence's end. */
	void (*task_lost)(void *context, Task *task, const char *reason, gboolean timed_out);
	void *context;
} PoolHandler;

/* @loader and @handler outlive the pool. Starts @n_children. */
WorkerPool *pool_new(Loader *loader, guint n_children, const PoolLimits *limits,
	const PoolHandler *handler, GError **error);
void pool_free(WorkerPool *pool); /* accepts NULL; children end with their channels */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WorkerPool, pool_free)

/* TRUE where a child has nothing to do. */
gboolean pool_has_idle(const WorkerPool *pool);

/* Gives @task (borrowed until it is finished or lost) to an idle child. */
void pool_give(WorkerPool *pool, Task *task);

/*
 * From now on every child, also those to come, knows the library of recovery: LIBRARY frames in
 * their order (borrowed; outlive the pool). Call while no task is out.
 */
void pool_share_library(WorkerPool *pool, const GPtrArray *frames);

/*
 * Waits until a child says something, @wake_fd (or -1) becomes readable or @timeout_ms is over, and
 * deals with it. FALSE with @error where the pool can not go on: the loader is gone, or children
 * can not be started.
 */
gboolean pool_step(WorkerPool *pool, int wake_fd, int timeout_ms, GError **error);

/* Asks the children that hold a task: are there any? */
gboolean pool_is_busy(const WorkerPool *pool);
