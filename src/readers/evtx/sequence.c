/* SPDX-License-Identifier: Apache-2.0 */
#include "readers/evtx/sequence.h"

/* How far the clock may go back before it is told; see docs/evidence-evtx.md for why so far. */
#define TIME_TOLERANCE (60 * (guint64)INSTANT_SECOND)

void sequence_start(Sequence *sequence)
{
	g_free(sequence->channel);
	*sequence = (Sequence){ .span = { .first_time = INSTANT_NONE, .last_time = INSTANT_NONE } };
}

static void check_id(Sequence *sequence, const Chunk *chunk, const RecordPlace *place)
{
	guint64 last = sequence->span.last_record;

	/* What lies in a gap that was reported is not reported as missing, too. */
	if (chunk->after_damage || place->id <= last || place->id - last == 1)
		return;
	if (sequence->n_holes++ == 0) {
		sequence->hole_after = last;
		sequence->hole_offset = place->offset;
	}
	sequence->n_missing += place->id - last - 1;
}

static void check_time(Sequence *sequence, const Event *event)
{
	Instant last = sequence->span.last_time;
	/* Unsigned: the distance between two instants can be more than an instant can be. */
	guint64 back_by = (guint64)last - (guint64)event->time;

	if (event->time >= last || back_by <= TIME_TOLERANCE)
		return;
	if (sequence->n_back++ == 0) {
		sequence->back_record = event->record;
		sequence->back_offset = event->offset;
		sequence->back_by = back_by;
	}
}

void sequence_add_record(Sequence *sequence, const Chunk *chunk, const RecordPlace *place)
{
	if (sequence->span.n_records++ == 0)
		sequence->span.first_record = place->id;
	else
		check_id(sequence, chunk, place);
	sequence->span.last_record = place->id;
}

void sequence_add_event(Sequence *sequence, const Layout *layout, const Event *event)
{
	if (event->time != INSTANT_NONE) {
		if (sequence->span.first_time == INSTANT_NONE)
			sequence->span.first_time = event->time;
		else
			check_time(sequence, event);
		sequence->span.last_time = event->time;
	}
	if (sequence->channel || layout->channel_column < 0)
		return;

	g_autoptr(GString) text = g_string_new(NULL);

	value_append_text(text, &event->values[layout->channel_column]);
	sequence->channel = g_strdup(text->str);
}

#define NO_RECORD G_MAXUINT64 /* what the header of an unused chunk says */

/* Whoever cuts records out of a chunk must not forget its header. */
static void check_header(const Sequence *sequence, const Chunk *chunk, const ReaderReport *report)
{
	const Span *span = &sequence->span;
	gboolean is_empty = span->n_records == 0;

	if (chunk->available < EVTX_CHUNK_BYTES || !chunk->end_is_sure ||
		(is_empty && chunk->header_first == NO_RECORD) ||
		(!is_empty && chunk->header_first == span->first_record &&
			chunk->header_last == span->last_record))
		return;

	g_autofree char *note = g_strdup_printf(
		"the chunk header speaks of records %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT
		", but there are %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT,
		chunk->header_first, chunk->header_last, span->first_record, span->last_record);

	chunk_report(chunk, report, GAP_HEADER, 24, 16, 0, note);
}

void sequence_finish(Sequence *sequence, const Chunk *chunk, const ReaderReport *report)
{
	check_header(sequence, chunk, report);
	if (sequence->n_holes > 0) {
		g_autofree char *note = g_strdup_printf(
			"%" G_GUINT64_FORMAT " record numbers are missing in this chunk, "
			"in %" G_GUINT64_FORMAT " places, first after record %" G_GUINT64_FORMAT,
			sequence->n_missing, sequence->n_holes, sequence->hole_after);

		chunk_report(chunk, report, GAP_RECORD_IDS, sequence->hole_offset, 0,
			sequence->n_missing, note);
	}
	if (sequence->n_back > 0) {
		g_autofree char *note =
			g_strdup_printf("time runs backwards %" G_GUINT64_FORMAT
					" times in this chunk, first at record "
					"%" G_GUINT64_FORMAT " by %" G_GUINT64_FORMAT " seconds",
				sequence->n_back, sequence->back_record,
				sequence->back_by / (guint64)INSTANT_SECOND);

		chunk_report(chunk, report, GAP_TIME_BACK, sequence->back_offset - chunk->offset, 0,
			sequence->n_back, note);
	}
	sequence->span.offset = chunk->offset;
	sequence->span.channel = sequence->channel ? sequence->channel : "";
	report->span(report->context, &sequence->span);
	g_clear_pointer(&sequence->channel, g_free);
}
