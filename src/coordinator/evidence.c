/* SPDX-License-Identifier: Apache-2.0 */
#include "coordinator/evidence.h"

#include <unistd.h>

#include "base/limits.h"

void evidence_close(Evidence *evidence)
{
	if (evidence->fd >= 0)
		(void)close(evidence->fd); /* only read from */
	evidence->fd = -1;
}

void evidence_add_remains(Evidence *evidence, guint64 first, guint64 n_units, Slice bits)
{
	if (evidence->n_units > LIMIT_REMAINS_UNITS || first + n_units > evidence->n_units)
		return;
	if (!evidence->remains) {
		evidence->remains = g_byte_array_new();
		g_byte_array_set_size(evidence->remains, (guint)(evidence->n_units / 8 + 1));
		memset(evidence->remains->data, 0, evidence->remains->len);
	}
	for (guint64 i = 0; i < n_units; i++) {
		if (reader_bit(bits, i))
			evidence->remains->data[(first + i) / 8] |= 1u << (first + i) % 8;
	}
}

gboolean evidence_remains_at(const Evidence *evidence, guint64 unit)
{
	const GByteArray *remains = evidence->remains;

	return !remains || reader_bit(slice_make(remains->data, remains->len), unit);
}

void evidence_free(Evidence *evidence)
{
	if (!evidence)
		return;
	if (evidence->remains)
		g_byte_array_unref(evidence->remains);
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
