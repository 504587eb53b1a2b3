/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tests and fuzzing: everything a reader says about an image of a file.
 */
#pragma once

#include <glib.h>

#include "readers/reader.h"

typedef struct TestRead {
	GPtrArray *lines;  /* char *: "time record offset fields" of each event */
	GPtrArray *fields; /* char *: its fields as JSON */
	GPtrArray *notes;  /* char *: "kind records note" of each gap */
	guint n_losses;
} TestRead;

/* @modified as in Source; @units_per_task 0: as the plan says. */
TestRead *test_read_make(const Reader *reader, const void *bytes, gsize size, Instant modified,
	guint64 units_per_task);
/* With everything else of the evidence as @like has it. */
TestRead *test_read_like(const Reader *reader, const void *bytes, gsize size, const Source *like,
	guint64 units_per_task);
TestRead *test_read_text(const Reader *reader, const char *text, Instant modified);
void test_read_free(TestRead *read);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TestRead, test_read_free)

/* The fields of the event number @index as JSON. */
const char *test_read_fields(const TestRead *read, guint index);

/* Fails unless both have the same events in the same order. */
void test_read_same(const TestRead *a, const TestRead *b);

/* For fuzz targets: probes, reads all of it and renders every event. */
void test_read_any(const Reader *reader, const void *bytes, gsize size);
