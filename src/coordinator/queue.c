/* SPDX-License-Identifier: Apache-2.0 */
#include "coordinator/queue.h"

#include "base/limits.h"

struct TaskQueue {
	GQueue tasks;
	guint room;
};

TaskQueue *queue_new(guint room)
{
	TaskQueue *queue = g_new0(TaskQueue, 1);

	queue->room = room;
	g_queue_init(&queue->tasks);
	return queue;
}

void queue_free(TaskQueue *queue)
{
	if (!queue)
		return;
	g_queue_clear_full(&queue->tasks, (GDestroyNotify)task_free);
	g_free(queue);
}

gboolean queue_is_empty(const TaskQueue *queue)
{
	return queue->tasks.length == 0;
}

gboolean queue_has_room(const TaskQueue *queue)
{
	return queue->tasks.length < queue->room;
}

void queue_add(TaskQueue *queue, Task *task)
{
	g_queue_push_tail(&queue->tasks, task);
}

void queue_add_front(TaskQueue *queue, Task *task)
{
	g_queue_push_head(&queue->tasks, task);
}

Task *queue_peek_front(TaskQueue *queue)
{
	return g_queue_peek_head(&queue->tasks);
}

void queue_add_before(TaskQueue *queue, Task *before, Task *task)
{
	g_queue_insert_before(
		&queue->tasks, before ? g_queue_find(&queue->tasks, before) : NULL, task);
}

void queue_add_after(TaskQueue *queue, Task *after, Task *task)
{
	g_queue_insert_after(&queue->tasks, g_queue_find(&queue->tasks, after), task);
}

Task *queue_find_members(const TaskQueue *queue)
{
	GList *place = queue->tasks.head;

	for (guint i = 0; place && i < TASK_WINDOW; i++, place = place->next) {
		Task *task = place->data;

		if (task->kind == TASK_MEMBERS && task->state != TASK_FINISHED)
			return task;
	}
	return NULL;
}

void queue_add_reads(TaskQueue *queue, Task *after, Evidence *evidence, ReadPass pass, guint flags)
{
	GList *place = after ? g_queue_find(&queue->tasks, after) : queue->tasks.tail;
	Task *task;

	if (!evidence->n_units)
		return;
	task = task_new(TASK_READ, evidence, pass);
	task->n_units = evidence->n_units;
	task->flags = flags;
	g_queue_insert_after(&queue->tasks, place, task);
}

/* Leaves @task its first @n_units; the rest is a task of its own, which is returned. */
static Task *split(TaskQueue *queue, Task *task, guint64 n_units)
{
	Task *rest = task_new(TASK_READ, task->evidence, task->pass);

	rest->first_unit = task->first_unit + n_units;
	rest->n_units = task->n_units - n_units;
	rest->flags = task->flags;
	task->n_units = n_units;
	g_queue_insert_after(&queue->tasks, g_queue_find(&queue->tasks, task), rest);
	return rest;
}

/* The size of a task is told by a child, who may lie: no more of them are made than are given. */
static void split_to_size(TaskQueue *queue, Task *task)
{
	guint64 per_task = MAX(task->evidence->units_per_task, 1);

	if (task->kind == TASK_READ && task->n_units > per_task)
		(void)split(queue, task, per_task); /* its turn comes */
}

/*
 * Passes over parts in which nothing remains to be recovered, in steps of a task: what a task finds
 * must not depend on it.
 */
static void skip_empty(Task *task)
{
	guint64 per_task = MAX(task->evidence->units_per_task, 1);

	while (task->n_units) {
		guint64 n = MIN(per_task, task->n_units);

		for (guint64 i = 0; i < n; i++) {
			if (evidence_remains_at(task->evidence, task->first_unit + i))
				return;
		}
		task->first_unit += n;
		task->n_units -= n;
	}
	task->state = TASK_FINISHED;
}

/* Evidence that readers die of is a file all the same. */
static gboolean is_unneeded(const Task *task)
{
	const Evidence *evidence = task->evidence;

	return task->kind == TASK_FILE ? !evidence->judges_file || evidence->problem
				       : evidence->given_up;
}

Task *queue_take_waiting(TaskQueue *queue)
{
	GList *place = queue->tasks.head;
	guint64 ahead = 0, spooled = 0;

	for (guint i = 0; place; i++, place = place->next) {
		Task *task = place->data;

		if (i >= TASK_WINDOW && task->kind != TASK_PLAN && task->kind != TASK_FILE)
			continue;
		if (ahead > LIMIT_RESULTS_AHEAD)
			return NULL;
		if (task->results)
			ahead += result_buffer_size(task->results);
		if (task->expansion)
			spooled += expansion_size(task->expansion);
		if (task->state == TASK_WAITING && is_unneeded(task))
			task->state = TASK_FINISHED;
		if (task->state == TASK_WAITING && task->kind == TASK_EXPAND &&
			evidence_is_exhausted(task->evidence))
			task->state = TASK_FINISHED;
		if (task->state == TASK_WAITING && task->pass == READ_RECOVERED &&
			task->kind == TASK_READ && task->attempts == 0)
			skip_empty(task);
		if (task->state != TASK_WAITING ||
			(task->kind == TASK_FILE && !evidence_is_ready_as_file(task->evidence)) ||
			(task->kind == TASK_EXPAND && spooled > LIMIT_SPOOL_AHEAD))
			continue;
		split_to_size(queue, task);
		task->state = TASK_RUNNING;
		return task;
	}
	return NULL;
}

/* Makes two tasks of @task, the second right behind it. */
static void halve(TaskQueue *queue, Task *task)
{
	split(queue, task, task->n_units / 2)->is_part = task->is_part = TRUE;
	task->attempts = 0;
}

void queue_lose(TaskQueue *queue, Task *task, const char *reason, gboolean timed_out)
{
	gboolean can_halve = task->kind == TASK_READ && task->n_units > 1;

	task->cost += timed_out ? TASK_TIME_OUT_COST : 1;
	task->attempts++;
	task->state = TASK_WAITING;
	/*
	 * Once more in a new child, which has nothing in memory from before: a whole task, in case
	 * that was the reason, and the last unit, before it is given up. Time-outs are too dear.
	 */
	if (task->attempts == 1 && !timed_out && (!task->is_part || !can_halve))
		return;
	if (can_halve) {
		halve(queue, task);
		return;
	}
	task->lost = g_strdup(reason);
	task->state = TASK_FINISHED;
}

Task *queue_pop_finished(TaskQueue *queue)
{
	Task *task = g_queue_peek_head(&queue->tasks);

	if (!task || task->state != TASK_FINISHED)
		return NULL;
	return g_queue_pop_head(&queue->tasks);
}
