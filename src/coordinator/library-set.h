/* SPDX-License-Identifier: Apache-2.0 */
/*
 * LibrarySet: what readers learnt from all evidence of the run, for the recovery that comes last.
 *
 * Entries come in any order, from any child, several times; what is kept must not depend on that.
 * So the set is sorted, and where it would grow beyond its limit, the entries behind a place in
 * that order are left out: those that are kept are the same whatever the order of coming.
 */
#pragma once

#include <glib.h>

#include "base/slice.h"

typedef struct LibrarySet LibrarySet;

LibrarySet *library_set_new(gsize max_bytes);
void library_set_free(LibrarySet *set); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LibrarySet, library_set_free)

/* Adds an entry of the reader called @reader. */
void library_set_add(LibrarySet *set, const char *reader, Slice entry);

/* LIBRARY messages (GBytes, frame and all) in the set's order; valid until the set is freed. */
const GPtrArray *library_set_frames(LibrarySet *set);

/* TRUE where entries were left out. */
gboolean library_set_is_cut(const LibrarySet *set);
