/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What became of a source of intelligence when it was read: nothing in it is dropped silently.
 */
#pragma once

#include <glib.h>

#include "base/slice.h"
#include "model/indicator.h"

typedef enum IntelNoteKind {
	INTEL_REJECTED,	 /* not usable: the value is not what it claims to be, or nothing at all */
	INTEL_DUPLICATE, /* stands in the same source before */
	INTEL_CONTRADICTORY, /* says something else of the same value than another does */
	INTEL_OVER_BROAD,  /* would be found everywhere: a bare dynamic-DNS zone, a popular host */
	INTEL_SUSPICIOUS,  /* usable, but looks like a mistake of the source */
	INTEL_SILENT,	   /* must not alert, says the source; kept for context */
	INTEL_UNSUPPORTED, /* well-formed, but nothing spoor can look for */
	INTEL_N_NOTE_KINDS,
} IntelNoteKind;

/* "rejected", "duplicate" …: stable words for JSON and SQL. */
const char *intel_note_kind_name(IntelNoteKind kind);

/* One line of an import report. All texts are borrowed. */
typedef struct IntelNote {
	IntelNoteKind kind;
	guint line;	    /* in the source, from 1; 0: unknown */
	const char *value;  /* as it stands there, cut at a sensible length */
	const char *reason; /* a sentence */
} IntelNote;

/* A file of intelligence as a whole. All texts are borrowed. */
typedef struct IntelSource {
	const char *path;   /* below the folder that was named */
	const char *format; /* "stix", "misp", "csv", "text" …: an IntelFormat's name; "" if none */
	const char *name;   /* what it calls itself; or its file name */
	const char *sha256;		  /* of the file */
	guint64 accepted;		  /* indicators and patterns that can be found */
	guint64 kinds[INDICATOR_N_KINDS]; /* of these, by kind */
	guint64 rules; /* Sigma and YARA rules in it, which went to their engines */
	guint64 notes[INTEL_N_NOTE_KINDS]; /* how many there are, whether or not they were told */
} IntelSource;

/* @n counts as bytes, from the loader to the coordinator, and back. */
void intel_counts_append(GByteArray *ret, const guint64 *counts, guint n);
/* FALSE where @bytes are not exactly @n counts, or there are more of one than can be. */
gboolean intel_counts_read(Slice bytes, guint64 *ret, guint n);
