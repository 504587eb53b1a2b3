/* SPDX-License-Identifier: Apache-2.0 */
/* For tests: what comes of a file of intelligence, as lines of text. */
#pragma once

#include "intel/intel.h"

typedef struct Import {
	GPtrArray *indicators; /* "host bad.example @3 [dynamic-dns] title" */
	GPtrArray *notes;      /* "rejected @3 value: reason" */
	GPtrArray *rules;      /* "yara name @3" */
	guint64 accepted, n_notes[INTEL_N_NOTE_KINDS];
	char *format, *name;
} Import;

/* The name decides nothing but what a format takes from it. @lists may be NULL. */
Import *import_new(const char *name, const void *text, gsize size, const WarningLists *lists);
Import *import_text(const char *name, const char *text);
void import_free(Import *import);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Import, import_free)

/* The claims one by one, without a format; ends with collector_finish(). */
Import *import_claims(
	const Indicator *claims, guint n, gboolean from_text, const WarningLists *lists);

/* The shipped lists, from $SPOOR_TEST_SOURCE/content. */
WarningLists *import_shipped_lists(void);

/* Fails the test unless some line of @lines begins with @prefix; returns it. */
const char *import_expect(const GPtrArray *lines, const char *prefix);
gboolean import_has(const GPtrArray *lines, const char *prefix);

/* The file at @path of the facts or the corpus, or NULL after skipping the test visibly. */
char *import_outside_file(const char *path, gsize *ret_size);

/* Lets one format read any bytes at all, for fuzzing. */
void import_any(const IntelFormat *format, const void *data, gsize size);

/* Reads every prefix of @text, so that none does harm. */
void import_every_prefix(const char *name, const void *text, gsize size);
