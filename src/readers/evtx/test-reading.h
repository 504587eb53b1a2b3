/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading: for tests, everything the reader says about an image of a file, kept for looking at.
 */
#pragma once

#include <glib.h>

#include "readers/evtx/evtx.h"

typedef struct ReadEvent {
	char *fields; /* JSON */
	const Shape *shape;
	EventOrigin origin;
	Instant time;
	guint64 record, offset;
} ReadEvent;

typedef struct Reading {
	GPtrArray *events; /* ReadEvent */
	GPtrArray *notes;  /* "kind: note" of each gap, in order */
	guint gaps[GAP_N_KINDS];
	guint64 gap_records[GAP_N_KINDS];
	guint n_gaps, n_losses;
	GArray *spans; /* Span, without channel */
	char *channel; /* of the last span */
	gboolean opened;
	Plan plan; /* where it was opened */
} Reading;

void reading_free(Reading *reading);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Reading, reading_free)

/* Reads all of it, task by task as the plan says, or in tasks of @units_per_task where that is not
 * 0. */
Reading *reading_make(
	ReaderLibrary *library, const void *bytes, gsize size, ReadPass pass, guint units_per_task);

/* The text of an event's fields. */
const char *reading_fields(const Reading *reading, guint index);

typedef ReaderLibrary TestLibrary;
static inline void test_library_free(TestLibrary *library)
{
	evtx_reader.library_free(library);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TestLibrary, test_library_free)
