/* SPDX-License-Identifier: Apache-2.0 */
#include "coordinator/taking.h"

#include "base/limits.h"
#include "coordinator/intake.h"

#define NOTES_KEPT 16 /* readers have a few; a worker gone mad may have any number */

/* Where one task's messages go. */
typedef struct Target {
	Taking *taking;
	Task *task;
} Target;

/* ---- gaps ---- */

/* What was assumed about times, each task of a log finds out by itself. */
static gboolean is_told(Evidence *evidence, const Gap *gap)
{
	if (gap->kind != GAP_TIME_ASSUMED)
		return FALSE;
	if (!evidence->told)
		evidence->told = g_ptr_array_new_with_free_func(g_free);
	if (g_ptr_array_find_with_equal_func(evidence->told, gap->note, g_str_equal, NULL))
		return TRUE;
	if (evidence->told->len < NOTES_KEPT)
		g_ptr_array_add(evidence->told, g_strdup(gap->note));
	return FALSE;
}

static gboolean tell_gap(Taking *taking, Evidence *evidence, const Gap *gap, GError **error)
{
	if (is_told(evidence, gap))
		return TRUE;
	taking->progress.gaps++;
	if (evidence->n_gaps >= LIMIT_GAPS_PER_EVIDENCE) {
		evidence->further_gaps[gap->kind]++;
		return TRUE;
	}
	evidence->n_gaps++;
	return taking->sink->gap(taking->sink->context, evidence, gap, error);
}

static gboolean tell_further_gaps(Taking *taking, Evidence *evidence, GError **error)
{
	for (guint kind = 0; kind < GAP_N_KINDS; kind++) {
		g_autofree char *note = NULL;
		Gap gap = { .kind = (GapKind)kind };

		if (!evidence->further_gaps[kind])
			continue;
		note = g_strdup_printf("%" G_GUINT64_FORMAT
				       " further ones are counted here and not listed.",
			evidence->further_gaps[kind]);
		gap.note = note;
		evidence->further_gaps[kind] = 0;
		if (!taking->sink->gap(taking->sink->context, evidence, &gap, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean tell_range(Taking *taking, Evidence *evidence, GapKind kind, guint64 first,
	guint64 n_units, const char *what, GError **error)
{
	guint64 offset = MIN(evidence->first_offset + first * evidence->unit_bytes, evidence->size);
	guint64 size = MIN(n_units * evidence->unit_bytes, evidence->size - offset);
	g_autofree char *note = NULL;
	Gap gap = { .kind = kind, .offset = offset, .size = size };

	if (first == 0 && n_units >= evidence->n_units) {
		gap.offset = 0;
		gap.size = evidence->size;
		note = g_strdup_printf("Nothing of it could be read: %s.", what);
	} else {
		note = g_strdup_printf("Parts %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT
				       " of %" G_GUINT64_FORMAT " (%" G_GUINT64_FORMAT
				       " bytes each): %s.",
			first + 1, first + n_units, evidence->n_units, evidence->unit_bytes, what);
	}
	gap.note = note;
	return tell_gap(taking, evidence, &gap, error);
}

void taking_skip(Taking *taking, Evidence *evidence)
{
	taking->progress.n_evidence_done++;
	taking->progress.bytes_done += evidence->file->size - evidence->bytes_done;
	evidence->bytes_done = evidence->file->size;
}

/* ---- messages ---- */

static gboolean take_gap(const Target *target, const Message *message, GError **error)
{
	g_autofree char *note = message_dup_text(message, 4);
	const Gap gap = {
		.kind = (GapKind)message->fields[0].number,
		.offset = message->fields[1].number,
		.size = message->fields[2].number,
		.records = message->fields[3].number,
		.note = note,
	};

	return tell_gap(target->taking, target->task->evidence, &gap, error);
}

static void take_span(const Target *target, const Message *message)
{
	g_autofree char *channel = message_dup_text(message, 6);
	const Span span = {
		.offset = message->fields[0].number,
		.first_record = message->fields[1].number,
		.last_record = message->fields[2].number,
		.first_time = (Instant)message->fields[3].number,
		.last_time = (Instant)message->fields[4].number,
		.n_records = message->fields[5].number,
		.channel = channel,
	};

	if (target->task->pass == READ_IN_USE)
		span_list_add(target->task->evidence->spans, &span);
}

/* Is it called as logs are that spoor reads? */
static gboolean is_called_a_log(const Evidence *evidence)
{
	static const char *const endings[] = { ".evtx", ".evt", ".etl", ".log", ".journal" };
	g_autofree char *name = g_ascii_strdown(evidence->file->place, -1);

	for (guint i = 0; i < G_N_ELEMENTS(endings); i++) {
		if (g_str_has_suffix(name, endings[i]))
			return TRUE;
	}
	return FALSE;
}

/*
 * What the user named is expected to be evidence; in a folder much is not. Where files are judged
 * as such nothing is amiss but with those that are called logs.
 */
static gboolean take_unknown_format(const Target *target, GError **error)
{
	Evidence *evidence = target->task->evidence;
	gboolean files = target->taking->files;
	const Gap gap = {
		.kind = evidence->file->named ? GAP_UNREADABLE : GAP_UNSUPPORTED,
		.size = evidence->size,
		.note = files
			? "It is called a log, but no reader knows its format: it was judged as a "
			  "file alone, and none of its records."
			: "No reader knows this format: nothing in the file was judged.",
	};

	return (files && (!is_called_a_log(evidence) || !evidence->size)) ||
		tell_gap(target->taking, evidence, &gap, error);
}

static gboolean take_planned(const Target *target, GError **error)
{
	Evidence *evidence = target->task->evidence;

	const Gap deep = {
		.kind = GAP_LIMIT,
		.size = evidence->size,
		.note = "It lies in more archives than LIMIT_ARCHIVE_DEPTH: nothing in it was "
			"judged.",
	};

	if (evidence->expands && evidence->depth >= LIMIT_ARCHIVE_DEPTH)
		return tell_gap(target->taking, evidence, &deep, error);
	return *evidence->reader || take_unknown_format(target, error);
}

/* Where nothing is told, everything may remain. */
static void take_remains(const Task *task, Slice bits)
{
	if (task->pass == READ_IN_USE && task->kind == TASK_READ)
		evidence_add_remains(task->evidence, task->first_unit, task->n_units, bits);
}

/* ---- archives ---- */

/* All archives in one file, in the order of the evidence, have LIMIT_ARCHIVE_BYTES together. */
static gboolean take_size(const Target *target, GError **error)
{
	Evidence *archive = target->task->evidence, *root = evidence_root(archive);
	Expansion *expansion = target->task->expansion;
	guint64 size = expansion_size(expansion);
	guint n_cut = expansion_cut(expansion, LIMIT_ARCHIVE_BYTES - root->expanded);
	g_autofree char *note = NULL;
	Gap gap = { .kind = GAP_LIMIT, .size = archive->size, .records = n_cut };

	root->expanded = MIN(root->expanded + size, LIMIT_ARCHIVE_BYTES);
	if (!n_cut)
		return TRUE;
	note = g_strdup_printf("%u members were not judged: with what else %s holds they are more "
			       "than LIMIT_ARCHIVE_BYTES.",
		n_cut, evidence_called(root));
	gap.note = note;
	return tell_gap(target->taking, archive, &gap, error);
}

/*
 * Nothing more of the file may be unpacked. Whether a child had begun by then, or was done, depends
 * on its speed: so nothing that it said counts.
 */
static gboolean take_exhausted(const Target *target, GError **error)
{
	Evidence *archive = target->task->evidence;
	g_autofree char *note = g_strdup_printf("Nothing in it was judged: with what else %s holds "
						"it is more than LIMIT_ARCHIVE_BYTES.",
		evidence_called(evidence_root(archive)));
	const Gap gap = { .kind = GAP_LIMIT, .size = archive->size, .note = note };

	expansion_clear(target->task->expansion);
	return tell_gap(target->taking, archive, &gap, error);
}

/* Members that no reader knows, in one line. */
static gboolean take_unknown(const Target *target, const Message *message, GError **error)
{
	Evidence *archive = target->task->evidence;
	guint64 n = message->fields[0].number;
	gboolean none = expansion_count(target->task->expansion) == 0;
	g_autofree char *names = message_dup_text(message, 1);
	g_autofree char *note = NULL;
	Gap gap = {
		.kind = none && archive->file->named ? GAP_UNREADABLE : GAP_UNSUPPORTED,
		.size = archive->size,
		.records = n,
	};

	if (!n)
		return TRUE;
	note = g_strdup_printf("No reader knows the format of %s%" G_GUINT64_FORMAT
			       " member%s, such as %s: nothing in %s was judged.",
		none ? "any of its " : "", n, n == 1 ? "" : "s", names, n == 1 ? "it" : "them");
	gap.note = note;
	return tell_gap(target->taking, archive, &gap, error);
}

static gboolean take_expanded(const Target *target, const Message *message, GError **error)
{
	return take_size(target, error) && take_unknown(target, message, error);
}

/* The child is gone; what it had unpacked by then is there. */
static gboolean take_lost_expansion(Taking *taking, Task *task, GError **error)
{
	gboolean ours = expansion_problem(task->expansion) != NULL;
	Target target = { taking, task };
	g_autofree char *note = g_strdup_printf(
		"It was unpacked in part only, and the first %u members were judged: %s%s.",
		expansion_count(task->expansion), ours ? "" : "the worker ", task->lost);
	const Gap gap = {
		.kind = ours ? GAP_LIMIT : GAP_WORKER,
		.size = task->evidence->size,
		.note = note,
	};

	return tell_gap(taking, task->evidence, &gap, error) && take_size(&target, error);
}

/* ---- tasks' ends ---- */

static gboolean take_failed(const Target *target, const Message *message, GError **error)
{
	Task *task = target->task;
	g_autofree char *reason = message_dup_text(message, 0);

	take_remains(task, SLICE_EMPTY);
	if (task->kind == TASK_PLAN)
		task->evidence->failed = TRUE;
	return tell_range(target->taking, task->evidence, GAP_DAMAGED, task->first_unit,
		task->n_units, reason, error);
}

static gboolean tell_not_judged(
	Taking *taking, Evidence *evidence, GapKind kind, const char *what, GError **error)
{
	g_autofree char *note = g_strdup_printf("It was not judged as a file: %s.", what);
	const Gap gap = { .kind = kind, .size = evidence->size, .note = note };

	return tell_gap(taking, evidence, &gap, error);
}

static gboolean take_failed_file(const Target *target, const Message *message, GError **error)
{
	g_autofree char *reason = message_dup_text(message, 0);

	return tell_not_judged(
		target->taking, target->task->evidence, GAP_UNREADABLE, reason, error);
}

static void widen(Instant *first, Instant *last, Instant from, Instant to)
{
	if (from != INSTANT_NONE && (*first == INSTANT_NONE || from < *first))
		*first = from;
	if (to != INSTANT_NONE && (*last == INSTANT_NONE || to > *last))
		*last = to;
}

static void take_done(const Target *target, const Message *message)
{
	Evidence *evidence = target->task->evidence;

	evidence->in_use += message->fields[0].number;
	evidence->recovered += message->fields[1].number;
	target->taking->progress.events += message->fields[0].number + message->fields[1].number;
	widen(&evidence->first, &evidence->last, (Instant)message->fields[2].number,
		(Instant)message->fields[3].number);
}

static void take_library(const Target *target, const Message *message)
{
	library_set_add(
		target->taking->library, target->task->evidence->reader, message->fields[1].bytes);
}

static gboolean take_message(void *context, const Message *message, GError **error)
{
	const Target *target = context;
	const Sink *sink = target->taking->sink;

	switch (message->type) {
	case MESSAGE_GAP:
		return take_gap(target, message, error);
	case MESSAGE_SPAN:
		take_span(target, message);
		return TRUE;
	case MESSAGE_PLANNED:
		return take_planned(target, error);
	case MESSAGE_FAILED:
		return target->task->kind == TASK_FILE ? take_failed_file(target, message, error)
						       : take_failed(target, message, error);
	case MESSAGE_EXPANDED:
		return take_expanded(target, message, error);
	case MESSAGE_DONE:
		take_done(target, message);
		take_remains(target->task, message->fields[5].bytes);
		break;
	case MESSAGE_LIBRARY:
		take_library(target, message);
		break;
	default:
		break;
	}
	return !sink->result || sink->result(sink->context, target->task->evidence, message, error);
}

/* ---- tasks ---- */

static void count_bytes(Taking *taking, const Task *task)
{
	Evidence *evidence = task->evidence;
	guint64 bytes = task->n_units * evidence->unit_bytes;

	if (task->pass != READ_IN_USE || task->kind != TASK_READ)
		return;
	bytes = MIN(bytes, evidence->file->size - MIN(evidence->bytes_done, evidence->file->size));
	evidence->bytes_done += bytes;
	taking->progress.bytes_done += bytes;
}

static gboolean take_lost(Taking *taking, Task *task, GError **error)
{
	g_autofree char *what = g_strdup_printf("the worker %s", task->lost);

	if (task->kind == TASK_FILE)
		return tell_not_judged(taking, task->evidence, GAP_WORKER, what, error);
	take_remains(task, SLICE_EMPTY);
	if (task->kind == TASK_EXPAND)
		return take_lost_expansion(taking, task, error);
	if (task->kind == TASK_PLAN)
		task->evidence->failed = TRUE;
	return tell_range(
		taking, task->evidence, GAP_WORKER, task->first_unit, task->n_units, what, error);
}

/* The evidence has cost so many children that the rest of it is left alone. */
static gboolean give_up(Taking *taking, const Task *task, GError **error)
{
	Evidence *evidence = task->evidence;
	guint64 next = task->first_unit + task->n_units;

	evidence->given_up = TRUE;
	if (next >= evidence->n_units)
		return TRUE;
	return tell_range(taking, evidence, GAP_WORKER, next, evidence->n_units - next,
		"given up, since too many workers were lost over what lies before", error);
}

/* What was read while its evidence was hashed, and is not wanted now. */
static gboolean is_dropped(const Task *task)
{
	const Evidence *evidence = task->evidence;

	if (task->kind == TASK_FILE)
		return evidence->problem || !evidence->judges_file;
	return task->pass == READ_IN_USE && (evidence->unwanted || evidence->problem);
}

/* What is known of the evidence was told under another path; but it takes its space here too. */
static gboolean take_dropped(Target *target, GError **error)
{
	Task *task = target->task;

	if (task->kind != TASK_EXPAND || task->evidence->problem || !task->evidence->judges_file)
		return TRUE;
	if (task->lost)
		return take_lost_expansion(target->taking, task, error);
	if (evidence_is_exhausted(task->evidence))
		return take_exhausted(target, error);
	return take_size(target, error);
}

static gboolean take_results(Taking *taking, Task *task, GError **error)
{
	Target target = { taking, task };

	g_free(taking->current);
	taking->progress.current = taking->current = g_strdup(evidence_called(task->evidence));
	count_bytes(taking, task);
	if (is_dropped(task))
		return take_dropped(&target, error);
	if (task->evidence->given_up && task->kind != TASK_FILE)
		return TRUE;
	if (task->kind == TASK_EXPAND && evidence_is_exhausted(task->evidence))
		return take_exhausted(&target, error);
	if (task->kind != TASK_FILE)
		task->evidence->cost += task->cost;
	if (task->lost && !take_lost(taking, task, error))
		return FALSE;
	if (!task->lost && !result_buffer_foreach(task->results, take_message, &target, error))
		return FALSE;
	return task->kind == TASK_FILE || task->evidence->cost < LIMIT_CHILD_RESTARTS ||
		give_up(taking, task, error);
}

gboolean taking_wants_recovery(const Evidence *evidence)
{
	return evidence->recovers && !evidence->failed && !evidence->given_up && evidence->n_units;
}

static gboolean tell_span_gap(void *context, const Gap *gap, GError **error)
{
	const Target *target = context;

	return tell_gap(target->taking, target->task->evidence, gap, error);
}

/* Record numbers and times, from one part of the file to the next. */
static gboolean check_spans(Target *target, GError **error)
{
	SpanList *spans = target->task->evidence->spans;
	const Gap gap = {
		.kind = GAP_LIMIT,
		.size = target->task->evidence->size,
		.note = "Record numbers and times are not compared to the end of the file: it has "
			"more parts than LIMIT_SPAN_BYTES holds.",
	};

	if (span_list_is_cut(spans) &&
		!tell_gap(target->taking, target->task->evidence, &gap, error))
		return FALSE;
	return span_list_check(spans, tell_span_gap, target, error);
}

static gboolean check_changed(Taking *taking, Evidence *evidence, GError **error)
{
	const Gap gap = {
		.kind = GAP_CHANGED,
		.size = evidence->size,
		.note = "The file was changed while it was read; hash and findings may not agree.",
	};

	return evidence->fd < 0 || !intake_has_changed(evidence) ||
		tell_gap(taking, evidence, &gap, error);
}

/* The second pass counts its gaps by itself: it may be in another run. */
static gboolean take_half_done(Taking *taking, Evidence *evidence, GError **error)
{
	const Sink *sink = taking->sink;

	if (!tell_further_gaps(taking, evidence, error))
		return FALSE;
	evidence->n_gaps = 0;
	g_clear_pointer(&evidence->told, g_ptr_array_unref);
	evidence->cost = 0;
	return !sink->half_done || sink->half_done(sink->context, evidence, error);
}

/* It could not even be opened or hashed. */
static gboolean take_problem(Taking *taking, Evidence *evidence, GError **error)
{
	const Gap gap = {
		.kind = evidence->file->problem ? evidence->file->problem_kind : GAP_UNREADABLE,
		.size = evidence->file->size,
		.note = evidence->problem,
	};

	taking_skip(taking, evidence);
	taking->progress.gaps++;
	evidence_close(evidence); /* there may be many on a failing disk */
	return taking->sink->gap(taking->sink->context, evidence, &gap, error);
}

/* It could not be opened again for the second pass. */
static gboolean tell_not_recovered(Taking *taking, Evidence *evidence, GError **error)
{
	g_autofree char *note =
		g_strdup_printf("It was not searched for deleted records. %s.", evidence->problem);
	const Gap gap = { .kind = GAP_CHANGED, .size = evidence->size, .note = note };

	return tell_gap(taking, evidence, &gap, error);
}

static gboolean take_judged_file(Taking *taking, Evidence *evidence, GError **error)
{
	const Sink *sink = taking->sink;

	return !evidence->judges_file || evidence->problem || !sink->judged_file ||
		sink->judged_file(sink->context, evidence, error);
}

/* Of evidence whose records were read before, or under another path, the file alone was judged. */
static gboolean take_known(Taking *taking, Evidence *evidence, GError **error)
{
	if (evidence->judges_file && !check_changed(taking, evidence, error))
		return FALSE;
	if (evidence->judges_file && !evidence->read_before)
		taking_skip(taking, evidence);
	evidence_close(evidence);
	evidence->waits = evidence->read_before;
	return tell_further_gaps(taking, evidence, error);
}

static gboolean take_end(Taking *taking, Task *task, GError **error)
{
	Evidence *evidence = task->evidence;
	Target target = { taking, task };
	ScanProgress *progress = &taking->progress;

	if (evidence->problem && !evidence->unwanted && task->pass == READ_IN_USE)
		return take_problem(taking, evidence, error);
	if (task->pass == READ_IN_USE && !take_judged_file(taking, evidence, error))
		return FALSE;
	if (evidence->unwanted && task->pass == READ_IN_USE)
		return take_known(taking, evidence, error);
	if (evidence->problem && !tell_not_recovered(taking, evidence, error))
		return FALSE;
	if (!check_changed(taking, evidence, error))
		return FALSE;
	evidence_close(evidence);
	evidence->waits = evidence->n_waiting > 0;
	if (task->pass == READ_IN_USE) {
		progress->bytes_done += evidence->file->size - evidence->bytes_done;
		evidence->bytes_done = evidence->file->size;
		if (!check_spans(&target, error))
			return FALSE;
		g_clear_pointer(&evidence->spans, span_list_free);
		if (taking->recover && taking_wants_recovery(evidence)) {
			evidence->waits = TRUE;
			return take_half_done(taking, evidence, error);
		}
	}
	/* An archive is done when all of its members are. */
	if (evidence->waits)
		return TRUE;
	progress->n_evidence_done++;
	return tell_further_gaps(taking, evidence, error) &&
		(!taking->sink->end || taking->sink->end(taking->sink->context, evidence, error));
}

gboolean taking_task(Taking *taking, Task *task, GError **error)
{
	if (task->kind == TASK_MEMBERS)
		return TRUE;
	return task->kind == TASK_END ? take_end(taking, task, error)
				      : take_results(taking, task, error);
}
