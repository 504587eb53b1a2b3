/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RecordReader: from the bytes of a record to an event.
 *
 * The usual record is a template instance with one more inside it. Then nothing is copied: the
 * frames are read, the layout is looked up, and the event's values point into the chunk. Everything
 * else (no template, several fragments, column names that are values) is expanded (definition.h),
 * and the result is treated as a program without values.
 *
 * Where an inner part can not be decoded but the outer one, with System, can, the event is made of
 * what there is, and the result says that it is not whole.
 */
#pragma once

#include <glib.h>

#include "base/limits.h"
#include "readers/evtx/arena.h"
#include "readers/evtx/layout.h"
#include "readers/evtx/templates.h"

typedef enum RecordResult {
	RECORD_BAD,
	RECORD_PARTIAL, /* an event, but something of the record is missing from it */
	RECORD_WHOLE,
} RecordResult;

typedef struct RecordReader {
	ReaderLibrary *library;
	Templates templates;
	Slice chunk;
	gsize work;	  /* bytes made from the chunk so far */
	gboolean lenient; /* no other way is left: what stands behind an instance is ignored */
	Arena arena;
	ValuePool pool;
	Frames frames;
	Layout *layout; /* of the last event */
	GByteArray *expanded;
	Program *expanded_program;
	Layout *expanded_layout;
	Value values[LIMIT_EVENT_COLUMNS];
} RecordReader;

RecordReader *record_reader_new(ReaderLibrary *library, gboolean recovering);
void record_reader_free(RecordReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecordReader, record_reader_free)

void record_reader_start_chunk(RecordReader *reader, Slice chunk);

/*
 * Reads the record at @offset of the chunk, of @size bytes. Sets shape, values and time of
 * @ret_event, which are valid until the next call; but for RECORD_WHOLE, *ret_trouble says what is
 * wrong.
 */
RecordResult record_reader_read(
	RecordReader *reader, gsize offset, gsize size, Event *ret_event, const char **ret_trouble);

/* Keeps the templates that a record which is not in use refers to, for recovery. */
void record_reader_learn(RecordReader *reader, gsize offset, gsize size);

/* TRUE where a record in use is whole but for the template it refers to: recovery may know that. */
gboolean record_reader_lacks_template(RecordReader *reader, gsize offset, gsize size);
