/* SPDX-License-Identifier: Apache-2.0 */
#include "coordinator/queue.h"

#include "base/limits.h"

struct TaskQueue {
	GQueue tasks;
};

TaskQueue *queue_new(void)
{
	TaskQueue *queue = g_new0(TaskQueue, 1);

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
	return queue->tasks.length < TASK_WINDOW;
}

void queue_add(TaskQueue *queue, Task *task)
{
	g_queue_push_tail(&queue->tasks, task);
}

void queue_add_reads(TaskQueue *queue, Task *after, Evidence *evidence, ReadPass pass, guint flags)
{
	GList *place = after ? g_queue_find(&queue->tasks, after) : queue->tasks.tail;
	guint64 per_task = MAX(evidence->units_per_task, 1);

	for (guint64 unit = 0; unit < evidence->n_units; unit += per_task) {
		Task *task = task_new(TASK_READ, evidence, pass);

		task->first_unit = unit;
		task->n_units = MIN(per_task, evidence->n_units - unit);
		task->flags = flags;
		g_queue_insert_after(&queue->tasks, place, task);
		place = place ? place->next : queue->tasks.tail;
	}
}

Task *queue_take_waiting(TaskQueue *queue)
{
	GList *place = queue->tasks.head;
	guint64 ahead = 0;

	for (guint i = 0; place && i < TASK_WINDOW; i++, place = place->next) {
		Task *task = place->data;

		if (ahead > LIMIT_RESULTS_AHEAD)
			return NULL;
		if (task->results)
			ahead += result_buffer_size(task->results);

		if (task->state == TASK_WAITING && task->evidence->given_up)
			task->state = TASK_FINISHED;
		if (task->state != TASK_WAITING)
			continue;
		task->state = TASK_RUNNING;
		return task;
	}
	return NULL;
}

/* Makes two tasks of @task, the second right behind it. */
static void halve(TaskQueue *queue, Task *task)
{
	Task *second = task_new(TASK_READ, task->evidence, task->pass);
	guint64 half = task->n_units / 2;

	second->first_unit = task->first_unit + half;
	second->n_units = task->n_units - half;
	second->flags = task->flags;
	second->is_part = task->is_part = TRUE;
	task->n_units = half;
	task->attempts = 0;
	g_queue_insert_after(&queue->tasks, g_queue_find(&queue->tasks, task), second);
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
