/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Journal Export Format: entries of fields, a blank line behind each.
 *
 *	NAME=text LF
 *	NAME LF, the size as 64 bits little-endian, so many bytes of anything, LF
 *
 * What is inside a field of the second kind can look like fields and blank lines, so where entries
 * begin is known only to who has passed over all fields before. Every range is therefore walked to
 * from the start of the evidence: with an ExportMemo each process passes over each byte once.
 *
 * Source: systemd, "Journal Export Formats" (JOURNAL_EXPORT_FORMATS.md).
 */
#pragma once

#include <glib.h>

#include "readers/reader.h"

typedef enum ExportItem {
	EXPORT_FIELD,
	EXPORT_BLANK,	/* a blank line: the end of an entry */
	EXPORT_OVER,	/* the end of the evidence */
	EXPORT_DAMAGED, /* no field; the walk goes on behind the next blank line before a __CURSOR
			 */
	EXPORT_CUT,	/* as FIELD, but the evidence ends in it */
} ExportItem;

typedef struct ExportField {
	guint64 offset;	     /* of its first byte */
	Slice name, value;   /* borrowed until the next call; value: not more than its limit */
	gboolean is_cut;     /* longer than LIMIT_VALUE_BYTES */
	const char *trouble; /* EXPORT_DAMAGED */
} ExportField;

typedef struct ExportMemo {
	guint64 source;	   /* number of the evidence; 0: nothing is remembered */
	guint64 offset;	   /* where an entry begins, */
	guint64 n_entries; /* and how many come before it */
} ExportMemo;

typedef struct ExportWalk ExportWalk;

ExportWalk *export_walk_new(const Source *source);
void export_walk_free(ExportWalk *walk); /* accepts NULL */

/* Where the walk stands. */
guint64 export_walk_offset(const ExportWalk *walk);

ExportItem export_walk_next(ExportWalk *walk, ExportField *ret);

/* Set once reading failed; the walk is over then. Borrowed. */
const GError *export_walk_error(const ExportWalk *walk);

/*
 * From the start, or from what @memo remembers, to the first entry that begins at @offset or behind
 * it. Returns how many entries come before it.
 */
guint64 export_walk_to(ExportWalk *walk, guint64 offset, ExportMemo *memo, guint64 number);
