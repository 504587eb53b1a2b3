/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TaskQueue: the tasks of a pass in the order in which their results count.
 *
 * Children take tasks from the first TASK_WINDOW places; results are taken over from the front
 * only. A task that was lost with its child is tried again, then halved, down to a single unit: so
 * one poisonous unit costs that unit. The halves stand where the whole stood, so what comes out
 * depends on which units are poisonous, not on how many children there are.
 */
#pragma once

#include <glib.h>

#include "coordinator/evidence.h"

#define TASK_WINDOW	   64	/* places whose tasks may run */
#define TASK_ROOM_FILES	   4096 /* places with files that are judged as wholes; see queue_new() */
#define TASK_TIME_OUT_COST 30	/* children's ends that a time-out counts for: it takes as long */

typedef struct TaskQueue TaskQueue;

/*
 * There is room for more evidence while the queue has less than @room places. Behind TASK_WINDOW
 * only PLAN and FILE tasks run: their results are small, and a large file may keep one child for
 * long while there are many small ones.
 */
TaskQueue *queue_new(guint room);
void queue_free(TaskQueue *queue); /* frees the tasks; accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TaskQueue, queue_free)

gboolean queue_is_empty(const TaskQueue *queue);

/* TRUE where there is room for more evidence. */
gboolean queue_has_room(const TaskQueue *queue);

/* Takes over @task. */
void queue_add(TaskQueue *queue, Task *task);
void queue_add_front(TaskQueue *queue, Task *task);

/* The task at the front; NULL where there is none. */
Task *queue_peek_front(TaskQueue *queue);

/*
 * Adds what there is to READ of @evidence, as planned, right behind @after (NULL: at the end). It
 * is one task here, of which children get as much at a time as the plan says.
 */
void queue_add_reads(TaskQueue *queue, Task *after, Evidence *evidence, ReadPass pass, guint flags);

/* Adds @task, taken over, in front of @before (NULL: at the end). */
void queue_add_before(TaskQueue *queue, Task *before, Task *task);

/* Adds @task, taken over, behind @after. */
void queue_add_after(TaskQueue *queue, Task *after, Task *task);

/* The first MEMBERS that is not finished, if it stands within the window; or NULL. */
Task *queue_find_members(const TaskQueue *queue);

/* The first task within the window that waits for a child, now RUNNING; NULL where there is none,
 * or where so many results wait for their turn (LIMIT_RESULTS_AHEAD, LIMIT_SPOOL_AHEAD) that only
 * the front may go on.
 */
Task *queue_take_waiting(TaskQueue *queue);

/* @task was lost with its child: decides what becomes of it. */
void queue_lose(TaskQueue *queue, Task *task, const char *reason, gboolean timed_out);

/* The task at the front, removed and owned by the caller, if it is finished; else NULL. */
Task *queue_pop_finished(TaskQueue *queue);
