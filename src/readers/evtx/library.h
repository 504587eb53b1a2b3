/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Library: what the EVTX reader learns once and uses for all evidence of a process.
 *
 *	programs    templates by their normal form
 *	layouts     by the programs of a record and its log
 *	shapes      by the names of their columns and their constants
 *	candidates  templates for recovery, by GUID: those that any log of the run defines
 *
 * All but the candidates can be forgotten at any time between two events and learnt again.
 * library_reset_if_full() does that when a limit is reached, so that hostile evidence can not fill
 * the memory; library->epoch tells others that pointers they kept are gone.
 *
 * An entry that travels to other processes is the GUID and the normal form. Candidates are kept
 * sorted by these bytes. Where there are too many, the last ones are dropped, and none that comes
 * behind a dropped one is taken later: so what is there does not depend on the order in which they
 * came.
 */
#pragma once

#include <glib.h>

#include "readers/evtx/layout.h"
#include "readers/evtx/program.h"
#include "readers/reader.h"

#define GUID_BYTES 16

struct ReaderLibrary {
	guint epoch;
	gboolean full;
	gsize n_bytes;	       /* of programs and layouts */
	GHashTable *programs;  /* Slice in the program -> Program */
	GHashTable *layouts;   /* LayoutEntry */
	GHashTable *shapes;    /* ShapeEntry */
	GPtrArray *candidates; /* Candidate, sorted */
	gsize candidate_bytes;
	GByteArray *cut; /* the least candidate that was dropped; NULL: none was */
	GByteArray *scratch;
};

ReaderLibrary *library_new(void);
void library_free(ReaderLibrary *library);

/* Call between events only: what events borrow may go away. */
void library_reset_if_full(ReaderLibrary *library);

/* The program with this normal form; NULL where it is malformed. The library's. */
Program *library_intern_program(ReaderLibrary *library, Slice normal);

/* The layout of a record; NULL with what is wrong. The library's. */
Layout *library_find_layout(ReaderLibrary *library, const Frames *frames, const char **ret_trouble);

/* The shape with these columns; @constants may hold NULLs. The library's. */
Shape *library_intern_shape(
	ReaderLibrary *library, const char *const *names, char *const *constants, guint n_columns);

/* Keeps a template for recovery, in this process and (through library_take()) in others. */
void library_learn(ReaderLibrary *library, Slice guid, Program *program);

/*
 * The program whose GUID begins with the id and that fits the values: the first in order of bytes
 * with just as many values, else the first.
 */
Program *library_find_candidate(ReaderLibrary *library, const Instance *instance);

/* See readers/reader.h. */
void library_take(ReaderLibrary *library, void (*emit)(void *context, Slice entry), void *context);
void library_give(ReaderLibrary *library, Slice entry);
