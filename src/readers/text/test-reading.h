/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TextReading: for tests of text readers, all that a reader says about some bytes.
 */
#pragma once

#include <glib.h>

#include "readers/reader.h"

typedef struct TextReading {
	GPtrArray *events; /* lines of `spoor show events`, without line feed */
	GPtrArray *fields; /* their fields as JSON */
	GArray *times;	   /* Instant */
	GPtrArray *notes;  /* "kind@offset: note" of each gap */
	guint n_events;
	gboolean only_counts; /* nothing is kept of the events */
	guint gaps[GAP_N_KINDS];
	guint64 gap_records[GAP_N_KINDS];
} TextReading;

/* Reads @bytes with @reader: task by task as it plans, or in tasks of one unit. */
TextReading *text_reading_new(const Reader *reader, const void *bytes, gsize size, gboolean by_unit,
	ReaderLibrary *library);
void text_reading_free(TextReading *reading);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TextReading, text_reading_free)

/* Of a text, with a library of its own. */
TextReading *text_reading_of(const Reader *reader, const char *text);

/* The score that @reader's probe gives a text. */
guint text_probe(const Reader *reader, const char *text);

/* Asserts that the fields of event @index are @json, and its time what instant_format() gives. */
void text_reading_expect(
	const TextReading *reading, guint index, const char *json, const char *time);

/*
 * Asserts that the same comes out of whole and split evidence: @line is repeated behind @head over
 * several units, so that it is split at each of its bytes. @n_events is how many one line gives.
 */
void text_reading_check_splits(
	const Reader *reader, const char *head, const char *line, guint n_events);

/* Reads every prefix of @text, and @text with each byte replaced: nothing but gaps may happen. */
void text_reading_check_damage(const Reader *reader, const char *text);
