/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sequence: what the order of a chunk's records says. Missing record numbers and time that runs
 * backwards are signs of tampering, or of a log that was exported through a filter; they are told,
 * not judged. The chunk as a whole becomes a Span, so that the coordinator can look between chunks.
 */
#pragma once

#include <glib.h>

#include "model/event.h"
#include "readers/evtx/chunk.h"
#include "readers/evtx/layout.h"

typedef struct Sequence {
	Span span;
	char *channel; /* of the first event; what the span refers to */
	guint64 n_missing, n_holes, hole_after, hole_offset;
	guint64 n_back, back_record, back_offset;
	guint64 back_by; /* nanoseconds */
} Sequence;

void sequence_start(Sequence *sequence);

/* For each record in use, whether it can be decoded or not. */
void sequence_add_record(Sequence *sequence, const Chunk *chunk, const RecordPlace *place);

/* For each that can, after sequence_add_record(). */
void sequence_add_event(Sequence *sequence, const Layout *layout, const Event *event);

/* Reports, and frees what the sequence holds. */
void sequence_finish(Sequence *sequence, const Chunk *chunk, const ReaderReport *report);
