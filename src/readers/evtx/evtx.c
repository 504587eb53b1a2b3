/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The descriptor of the reader for Windows event logs (EVTX), and the state of one task.
 *
 * A task is a range of chunks. Chunks do not depend on each other: names and templates are referred
 * to within one chunk only. So each is loaded, walked and forgotten.
 */
#include "readers/evtx/evtx.h"

#include "readers/evtx/chunk.h"
#include "readers/evtx/file.h"
#include "readers/evtx/library.h"
#include "readers/evtx/record.h"
#include "readers/evtx/recover.h"
#include "readers/evtx/sequence.h"

#define CHUNKS_PER_TASK 64
#define NOTE_CHARACTERS 100 /* of one value in a note */

typedef struct EvtxState {
	const Source *source;
	const ReaderReport *report;
	ReaderLibrary *library;
	EvtxFile file;
	ReadTask task;
	guint64 n_done; /* chunks */
	gboolean in_chunk;
	gboolean remains; /* something of the chunk at hand is left for recovery */
	Chunk chunk;
	Sequence sequence;
	Slack slack;
	RecordReader *records;
	guint64 n_slack_bad, n_slack_partial;
	guint64 first_slack_bad;
} EvtxState;

static gboolean evtx_plan(
	const Source *source, Plan *ret_plan, const ReaderReport *report, GError **error)
{
	EvtxFile file;

	if (!evtx_file_open(source, &file, error))
		return FALSE;
	evtx_file_check(source, &file, report);
	*ret_plan = (Plan){
		.n_units = file.n_chunks,
		.units_per_task = CHUNKS_PER_TASK,
		.unit_bytes = EVTX_CHUNK_BYTES,
		.first_offset = MIN(file.first_chunk, source->size),
	};
	return TRUE;
}

static void *evtx_open(const Source *source, ReaderLibrary *library, const ReadTask *task,
	const ReaderReport *report, GError **error)
{
	EvtxFile file;

	if (!evtx_file_open(source, &file, error))
		return NULL;

	EvtxState *state = g_new0(EvtxState, 1);

	state->source = source;
	state->report = report;
	state->library = library;
	state->file = file;
	state->task = *task;
	chunk_init(&state->chunk);
	slack_init(&state->slack);
	state->records = record_reader_new(library, task->pass == READ_RECOVERED);
	return state;
}

/* Loads the next chunk of the task; FALSE where there is none. */
static gboolean start_chunk(EvtxState *state)
{
	gboolean recovering = state->task.pass == READ_RECOVERED;
	guint64 unit = state->task.first_unit + state->n_done;

	if (state->n_done >= state->task.n_units || unit >= state->file.n_chunks)
		return FALSE;
	state->n_done++;
	if (!reader_bit(state->task.wanted, state->n_done - 1))
		return TRUE; /* nothing remains in it */
	/* What is wrong with the chunk was said when its records in use were read. */
	state->in_chunk = chunk_load(&state->chunk, state->source, &state->file, unit,
		recovering ? NULL : state->report);
	if (!state->in_chunk)
		return TRUE;
	record_reader_start_chunk(state->records, chunk_slice(&state->chunk));
	if (recovering)
		slack_start(&state->slack, &state->chunk, state->records);
	else
		sequence_start(&state->sequence);
	return TRUE;
}

/* Older records are not read in this pass, but their templates can help to read others later. */
static void learn_from_slack(EvtxState *state)
{
	gsize position = chunk_slack_start(&state->chunk);
	RecordPlace place;

	while (state->chunk.kind != CHUNK_EMPTY &&
		chunk_find_record(&state->chunk, position, state->chunk.available, &place)) {
		state->remains = TRUE;
		record_reader_learn(state->records, place.offset, place.size);
		position = place.offset + place.size;
	}
}

static void finish_chunk(EvtxState *state)
{
	if (state->in_chunk && state->task.pass == READ_IN_USE) {
		if (state->chunk.kind == CHUNK_IN_USE)
			sequence_finish(&state->sequence, &state->chunk, state->report);
		learn_from_slack(state);
		if (state->remains && state->report->remains)
			state->report->remains(
				state->report->context, state->task.first_unit + state->n_done - 1);
	}
	state->in_chunk = state->remains = FALSE;
}

/* A trouble that is a limit names it, as base/limits.h asks; that tells the two kinds apart. */
static void report_record(
	EvtxState *state, const RecordPlace *place, const char *what, const char *trouble)
{
	GapKind kind = strstr(trouble, "LIMIT_") ? GAP_LIMIT : GAP_DAMAGED;
	g_autofree char *note =
		g_strdup_printf("record %" G_GUINT64_FORMAT " %s: %s", place->id, what, trouble);

	chunk_report(&state->chunk, state->report, kind, place->offset, place->size, 1, note);
}

/* The text of a field, cut to what a note has room for; NULL where the event has none. */
static char *field_text(const Event *event, const char *name)
{
	int column = shape_find_column(event->shape, name);
	g_autoptr(GString) text = g_string_new(NULL);

	if (column >= 0)
		value_append_text(text, &event->values[column]);
	if (*text->str == '\0')
		return NULL;
	return g_utf8_substring(text->str, 0, MIN(g_utf8_strlen(text->str, -1), NOTE_CHARACTERS));
}

/* 1102 stands in the log that was cleared; 104 stands in System and names it. */
static void tell_clearing(EvtxState *state, const RecordPlace *place, const Event *event)
{
	g_autofree char *id = field_text(event, "EventID");
	g_autofree char *channel =
		field_text(event, g_strcmp0(id, "104") == 0 ? "UserData_Channel" : "Channel");
	g_autofree char *domain = field_text(event, "SubjectDomainName");
	g_autofree char *user = field_text(event, "SubjectUserName");
	g_autoptr(GString) note = g_string_new(NULL);

	if (channel)
		g_string_append_printf(note, "the %s log was cleared", channel);
	else
		g_string_append(note, "a log was cleared");
	if (user)
		g_string_append_printf(
			note, " by %s%s%s", domain ? domain : "", domain ? "\\" : "", user);
	chunk_report(&state->chunk, state->report, GAP_LOG_CLEARED, place->offset, place->size, 1,
		note->str);
}

static void finish_event(EvtxState *state, const RecordPlace *place, Event *event)
{
	event->record = place->id;
	event->offset = state->chunk.offset + place->offset;
	if (event->time == INSTANT_NONE)
		event->time = instant_from_filetime(place->written);
}

static NextResult next_in_use(EvtxState *state, const RecordPlace *place, Event *ret_event)
{
	const char *trouble = NULL;
	RecordResult result =
		record_reader_read(state->records, place->offset, place->size, ret_event, &trouble);

	/* Where its template is lost, recovery looks for one elsewhere. */
	state->remains |= result != RECORD_WHOLE;
	sequence_add_record(&state->sequence, &state->chunk, place);
	if (result == RECORD_BAD) {
		report_record(state, place, "could not be decoded", trouble);
		return NEXT_DAMAGED;
	}
	if (result == RECORD_PARTIAL)
		report_record(state, place, "could be decoded only in part", trouble);
	finish_event(state, place, ret_event);
	ret_event->origin = EVENT_IN_USE;
	sequence_add_event(&state->sequence, state->records->layout, ret_event);
	if (state->records->layout->clears_log)
		tell_clearing(state, place, ret_event);
	return NEXT_EVENT;
}

/* TRUE with an event. What was not whole in use was said then, so nothing is said or counted here.
 */
static gboolean next_lost(EvtxState *state, Event *ret_event)
{
	RecordPlace place;

	while (slack_next_lost(&state->slack, &place)) {
		const char *trouble = NULL;

		if (record_reader_read(state->records, place.offset, place.size, ret_event,
			    &trouble) == RECORD_BAD)
			continue;
		finish_event(state, &place, ret_event);
		ret_event->origin = EVENT_RECOVERED;
		return TRUE;
	}
	return FALSE;
}

/* TRUE with an event; remnants that can not be decoded are counted and passed over. */
static gboolean next_recovered(EvtxState *state, const RecordPlace *place, Event *ret_event)
{
	const char *trouble = NULL;
	RecordResult result =
		record_reader_read(state->records, place->offset, place->size, ret_event, &trouble);

	if (result != RECORD_WHOLE && state->n_slack_bad + state->n_slack_partial == 0)
		state->first_slack_bad = state->chunk.offset + place->offset;
	if (result == RECORD_BAD) {
		state->n_slack_bad++;
		return FALSE;
	}
	if (result == RECORD_PARTIAL)
		state->n_slack_partial++;
	finish_event(state, place, ret_event);
	ret_event->origin = EVENT_RECOVERED;
	return TRUE;
}

static void report_slack(EvtxState *state)
{
	guint64 n = state->n_slack_bad + state->n_slack_partial;

	if (n == 0)
		return;

	g_autofree char *note =
		g_strdup_printf("of the older records left in free space, %" G_GUINT64_FORMAT
				" could not be decoded and %" G_GUINT64_FORMAT " only in part",
			state->n_slack_bad, state->n_slack_partial);
	Gap gap = {
		.kind = GAP_SLACK, .offset = state->first_slack_bad, .records = n, .note = note
	};

	state->report->gap(state->report->context, &gap);
	state->n_slack_bad = state->n_slack_partial = 0;
}

/* The next record of the chunk that this pass is about. */
static gboolean next_place(EvtxState *state, RecordPlace *ret_place)
{
	if (state->task.pass == READ_RECOVERED)
		return slack_next(&state->slack, &state->chunk, ret_place);
	return chunk_next_record(&state->chunk, state->report, ret_place);
}

static NextResult evtx_next(void *data, Event *ret_event)
{
	EvtxState *state = data;
	RecordPlace place;

	library_reset_if_full(state->library);
	for (;;) {
		if (!state->in_chunk && !start_chunk(state)) {
			report_slack(state);
			return NEXT_END;
		}
		if (!state->in_chunk) {
			if (reader_bit(state->task.wanted, state->n_done - 1))
				return NEXT_DAMAGED;
			continue;
		}
		if (state->task.pass == READ_RECOVERED && next_lost(state, ret_event))
			return NEXT_EVENT;
		if (!next_place(state, &place)) {
			finish_chunk(state);
			continue;
		}
		if (state->task.pass == READ_IN_USE)
			return next_in_use(state, &place, ret_event);
		if (next_recovered(state, &place, ret_event))
			return NEXT_EVENT;
	}
}

static void evtx_close(void *data)
{
	EvtxState *state = data;

	if (!state)
		return;
	finish_chunk(state);
	report_slack(state);
	chunk_clear(&state->chunk);
	slack_clear(&state->slack);
	record_reader_free(state->records);
	g_free(state);
}

static const char *const host_columns[] = { "Computer", NULL };
static const char *const channel_columns[] = { "Channel", "Provider_Name", NULL };

const Reader evtx_reader = {
	.name = "evtx",
	.description = "Windows event logs (EVTX), with records left in slack and freed chunks",
	.docs = "docs/evidence-evtx.md",
	.recovers = TRUE,
	.tells_remains = TRUE,
	.probe = evtx_file_probe,
	.library_new = library_new,
	.library_free = library_free,
	.library_take = library_take,
	.library_give = library_give,
	.plan = evtx_plan,
	.open = evtx_open,
	.next = evtx_next,
	.close = evtx_close,
	.host_columns = host_columns,
	.channel_columns = channel_columns,
};
