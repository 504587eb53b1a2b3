/* SPDX-License-Identifier: Apache-2.0 */
#include "coordinator/evidence.h"

#include <unistd.h>

void evidence_close(Evidence *evidence)
{
	if (evidence->fd >= 0)
		(void)close(evidence->fd); /* only read from */
	evidence->fd = -1;
}

void evidence_free(Evidence *evidence)
{
	if (!evidence)
		return;
	evidence_close(evidence);
	g_free(evidence->problem);
	g_free(evidence->hash_problem);
	g_free(evidence->reader);
	span_list_free(evidence->spans);
	g_free(evidence);
}

Task *task_new(TaskKind kind, Evidence *evidence, ReadPass pass)
{
	Task *task = g_new0(Task, 1);

	task->kind = kind;
	task->state = kind == TASK_END ? TASK_FINISHED
		: kind == TASK_BEGIN   ? TASK_RUNNING
				       : TASK_WAITING;
	task->evidence = evidence;
	task->pass = pass;
	if (kind == TASK_PLAN || kind == TASK_READ)
		task->results = result_buffer_new();
	return task;
}

void task_free(Task *task)
{
	if (!task)
		return;
	result_buffer_free(task->results);
	g_free(task->lost);
	g_free(task);
}
