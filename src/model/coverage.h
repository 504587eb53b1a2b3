/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The plain data of the coverage ledger: what was read, what could not be, and what looks wrong.
 *
 * Silence must never pass for innocence: everything a reader could not read is a Gap, everything it
 * noticed about the evidence itself is a Gap too (of a kind that says so), and what it did read is
 * counted by Tally and strung together by Span.
 */
#pragma once

#include <glib.h>

#include "base/instant.h"

typedef enum GapKind {
	/* Evidence, or a part of it, was not judged. These make coverage incomplete. */
	GAP_UNREADABLE,	 /* could not be opened or read */
	GAP_UNSUPPORTED, /* no reader knows the format */
	GAP_DAMAGED,	 /* a part could not be decoded and was passed over */
	GAP_TRUNCATED,	 /* the evidence ends in the middle of something */
	GAP_WORKER,	 /* the worker that held it crashed, hung or ran out of memory */
	GAP_LIMIT,	 /* a limit of base/limits.h cut something off */
	GAP_CHANGED,	 /* the file changed while it was read */
	/* Facts about the evidence that a reader of the report must know. Nothing was lost here. */
	GAP_DIRTY,	/* the log was not closed properly */
	GAP_CHECKSUM,	/* a checksum does not match; the part was read anyway */
	GAP_HEADER,	/* a header contradicts the content (a wrong count); the content was used */
	GAP_RECORD_IDS, /* record numbers are missing between two records */
	GAP_TIME_BACK,	/* a record is older than the one before it by more than the tolerance */
	GAP_LOG_CLEARED,      /* the log says that it, or another log, was cleared */
	GAP_ENCODING,	      /* the encoding of some text was assumed; it was read anyway */
	GAP_TIME_ASSUMED,     /* the year or zone of times was assumed */
	GAP_NOT_CORRELATED,   /* events lack what a correlation needs: a time, a field */
	GAP_SLACK,	      /* remnants of older records in unused space could not be decoded */
	GAP_CONTENT_LEFT_OUT, /* records were judged, the log's bytes as a whole were not */
	GAP_N_KINDS,
} GapKind;

/* "damaged", "record-ids", …: stable words for JSON and SQL. */
const char *gap_kind_name(GapKind kind);

/* A sentence on what a gap of the kind means, for the report. */
const char *gap_kind_meaning(GapKind kind);

/* TRUE where something was not judged: the coverage is incomplete and the exit status 3. */
gboolean gap_kind_is_loss(GapKind kind);

typedef struct Gap {
	GapKind kind;
	guint64 offset;	  /* of the first byte concerned */
	guint64 size;	  /* bytes concerned; 0 where that says nothing */
	guint64 records;  /* records concerned, where known: ids missing, for example */
	const char *note; /* a sentence: where and why; borrowed */
} Gap;

/*
 * Tally: how many events one log of one host has within one hour. The sums over all tallies of a
 * case are the records judged; hours without any show where a log is silent.
 */
typedef struct Tally {
	const char *host;    /* "" if unknown; borrowed */
	const char *channel; /* the log's name; borrowed */
	Instant hour;	     /* start of the hour; INSTANT_NONE for events without time */
	guint64 in_use, recovered;
} Tally;

/*
 * Span: a stretch of evidence whose records were read in order, for example an EVTX chunk. The
 * coordinator strings the spans of one file together by offset, however they were spread over
 * workers, and finds what lies between them: missing record ids, time running backwards.
 */
typedef struct Span {
	guint64 offset;
	guint64 first_record, last_record; /* in use; both 0 where there was none */
	Instant first_time, last_time;
	guint64 n_records;
	const char *channel; /* of the first record: numbers are counted per log; borrowed */
} Span;
