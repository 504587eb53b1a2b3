/* SPDX-License-Identifier: Apache-2.0 */
#include "coordinator/evidence.h"

#include <unistd.h>

#include "base/limits.h"

void intake_file_free(gpointer data)
{
	IntakeFile *file = data;

	if (!file)
		return;
	g_free(file->path);
	g_free(file->shown);
	g_free(file->problem);
	g_free(file);
}

Evidence *evidence_new(const IntakeFile *file)
{
	Evidence *evidence = g_new0(Evidence, 1);

	evidence->file = file;
	evidence->fd = -1;
	evidence->first = evidence->last = INSTANT_NONE;
	return evidence;
}

Evidence *evidence_new_member(Evidence *archive, guint index)
{
	const Member *member = expansion_member(archive->expansion, index);
	IntakeFile *file = g_new0(IntakeFile, 1);
	Evidence *evidence = evidence_new(file);

	file->shown = g_strconcat(archive->file->shown, "/", member->name, NULL);
	file->place = file->shown + (archive->file->place - archive->file->shown);
	file->size = member->size;
	evidence->own_file = file;
	evidence->parent = archive;
	evidence->inner = file->shown + strlen(archive->file->shown) + 1;
	evidence->depth = archive->depth + 1;
	evidence->spool = spool_ref(expansion_spool(archive->expansion));
	evidence->fd = spool_fd(evidence->spool);
	evidence->size = member->size;
	evidence->base = member->offset;
	evidence->modified = member->modified ? member->modified : archive->modified;
	evidence->has_no_time = !member->modified && archive->has_no_time;
	memcpy(evidence->sha256, member->sha256, sizeof evidence->sha256);
	return evidence;
}

const char *evidence_called(const Evidence *evidence)
{
	return evidence->file->is_input ? "standard input" : evidence->file->shown;
}

Evidence *evidence_root(Evidence *evidence)
{
	while (evidence->parent)
		evidence = evidence->parent;
	return evidence;
}

gboolean evidence_is_exhausted(Evidence *evidence)
{
	return evidence_root(evidence)->expanded >= LIMIT_ARCHIVE_BYTES;
}

gboolean evidence_is_ready_as_file(const Evidence *evidence)
{
	return *evidence->sha256 &&
		(evidence->size <= LIMIT_LOG_CONTENT_BYTES || evidence->reader || evidence->failed);
}

void evidence_close(Evidence *evidence)
{
	if (evidence->fd >= 0 && !evidence->spool)
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
	if (evidence->told)
		g_ptr_array_unref(evidence->told);
	if (evidence->remains)
		g_byte_array_unref(evidence->remains);
	evidence_close(evidence);
	if (evidence->spool)
		spool_release(evidence->spool, evidence->base, evidence->size);
	spool_unref(evidence->spool);
	expansion_free(evidence->expansion);
	intake_file_free(evidence->own_file);
	g_free(evidence->problem);
	g_free(evidence->hash_problem);
	g_free(evidence->reader);
	span_list_free(evidence->spans);
	g_free(evidence);
}

/* What no child does. */
static gboolean is_mark(TaskKind kind)
{
	return kind == TASK_BEGIN || kind == TASK_END || kind == TASK_MEMBERS;
}

Task *task_new(TaskKind kind, Evidence *evidence, ReadPass pass)
{
	Task *task = g_new0(Task, 1);

	task->kind = kind;
	task->state = kind == TASK_END ? TASK_FINISHED
		: is_mark(kind)	       ? TASK_RUNNING
				       : TASK_WAITING;
	task->evidence = evidence;
	task->pass = pass;
	task->results = is_mark(kind) ? NULL : result_buffer_new();
	return task;
}

void task_clear_results(Task *task)
{
	result_buffer_clear(task->results);
	g_clear_pointer(&task->told_rules, g_hash_table_unref);
}

void task_free(Task *task)
{
	if (!task)
		return;
	if (task->kind == TASK_END)
		evidence_free(task->evidence);
	expansion_free(task->expansion);
	g_clear_pointer(&task->told_rules, g_hash_table_unref);
	result_buffer_free(task->results);
	g_free(task->lost);
	g_free(task);
}
