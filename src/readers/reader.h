/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Readers turn bytes of evidence into events. One const descriptor for each format.
 *
 * A reader never sees a path: it gets the first bytes, then a Source (a read-only descriptor behind
 * bounds-checked reads). It says what it makes of the evidence by content, as a score.
 *
 * Large evidence is split: a reader that can start in the middle says so by its Plan, in units of
 * its own (an EVTX chunk, say), and is then opened on ranges of units, in different processes. What
 * it reports for a range must depend on the bytes and the range alone, never on what it read
 * before, so that the same bytes come out whatever the number of workers.
 *
 * docs/adding-a-reader.md walks through it.
 */
#pragma once

#include <glib.h>

#include "base/slice.h"
#include "base/zone.h"
#include "model/coverage.h"
#include "model/event.h"

#define READER_PROBE_BYTES 8192 /* how much of the evidence's start probe() gets, at most */

typedef struct Reader Reader;
typedef struct ReaderLibrary ReaderLibrary; /* each reader has its own; see below */

/*
 * How times are read that say too little. Where the user says nothing and something had to be
 * assumed, readers report GAP_TIME_ASSUMED.
 */
typedef struct ReaderTimes {
	const Zone *zone; /* of times without one (--timezone); NULL: none was given, take UTC */
	int year;	  /* of the first time without one (--year); 0: none was given, go by
			   * Source.modified */
} ReaderTimes;

/* Evidence as readers see it. */
typedef struct Source {
	int fd;		   /* borrowed, read-only */
	guint64 size;	   /* in bytes, when it was opened */
	guint64 base;	   /* where the evidence starts in the file behind @fd: not 0 for members of
			    * archives, which lie one behind the other; only source_read() asks */
	guint64 number;	   /* of the evidence within the run, from 1; 0: unknown. For caches */
	Instant modified;  /* when the file was last changed; 0: unknown. For the missing year of
			    * syslog lines alone */
	ReaderTimes times; /* what the user says of it */
} Source;

/*
 * Reads @size bytes at @offset into @buffer. Returns how many there were, fewer only at the end of
 * the evidence, or -1 with @error set.
 */
gssize source_read(const Source *source, guint64 offset, void *buffer, gsize size, GError **error);

typedef struct Plan {
	guint64 n_units;	/* how many units the evidence has; 1 where it can not be split */
	guint64 units_per_task; /* how many a task should have: fixed by the format, not by the
				 * machine, since what is reported may depend on it */
	guint64 unit_bytes;	/* for progress, and to say where a unit lies: */
	guint64 first_offset;	/* of the first unit, inside the evidence or at its end */
} Plan;

typedef enum ReadPass {
	READ_IN_USE,	/* what the evidence's own structure leads to */
	READ_RECOVERED, /* what is left in slack and freed space; after READ_IN_USE of all evidence
			 * of the run, with the library it gathered */
} ReadPass;

typedef struct ReadTask {
	ReadPass pass;
	guint64 first_unit, n_units;
	Slice wanted; /* READ_RECOVERED: a bit for each unit (reader_bit()) in which something
		       * remains, as READ_IN_USE told; empty: it may be in any */
} ReadTask;

/* Is bit @i of @bits set? TRUE where there are no bits. */
static inline gboolean reader_bit(Slice bits, guint64 i)
{
	return bits.size == 0 || (i / 8 < bits.size && bits.data[i / 8] >> (i % 8) & 1);
}

typedef enum NextResult {
	NEXT_EVENT,   /* *ret_event is set, valid until the next call */
	NEXT_DAMAGED, /* a gap was reported; go on */
	NEXT_END,
} NextResult;

/* How a reader reports what is not an event. All texts are borrowed for the call. */
typedef struct ReaderReport {
	void (*gap)(void *context, const Gap *gap);
	void (*span)(void *context, const Span *span);
	void *context;
	/* READ_IN_USE: in @unit something is left for READ_RECOVERED. May be NULL. */
	void (*remains)(void *context, guint64 unit);
} ReaderReport;

/* How the members of an archive are handed on, one behind the other. */
typedef struct MemberReport {
	/* A member begins. @name is UTF-8; @modified is 0 if unknown. */
	void (*member)(void *context, const char *name, Instant modified);
	/* What comes next of it. None at all is a sign of life, before the first member too. */
	void (*bytes)(void *context, Slice bytes);
	void (*gap)(void *context, const Gap *gap);
	void *context;
	gboolean wants_all; /* members that no reader knows too, and those without a byte */
} MemberReport;

/* What of an archive was not handed on, though nothing is wrong with it. */
typedef struct Expanded {
	guint64 n_unknown; /* members that no reader knows */
	GString *unknown;  /* the names of some of them; the caller's */
} Expanded;

struct Reader {
	const char *name;	 /* "evtx" */
	const char *description; /* one line for `spoor evidence` and the docs */
	const char *docs;	 /* file under docs/ */

	/*
	 * Whether there may be something to recover: only then is the evidence read a second time
	 * (READ_RECOVERED). Without, open() sees READ_IN_USE alone.
	 */
	gboolean recovers;

	/* It reports every unit in which something remains: others need not be read again. */
	gboolean tells_remains;

	/* 0 (not mine) to 100 (certain), from the first bytes alone. @name is a hint, may be "". */
	guint (*probe)(Slice head, const char *name);

	/*
	 * What the reader learns once and shares between all evidence of a process: shapes, and
	 * what recovery needs. new() is called before the fork, in the worker; never fails.
	 */
	ReaderLibrary *(*library_new)(void);
	void (*library_free)(ReaderLibrary *library);

	/*
	 * Entries for recovery travel between processes as bytes the coordinator does not look
	 * into: take() calls @emit once for each entry learnt since the last take(); give() adds
	 * one that another process learnt (hostile bytes: checked, ignored where malformed). The
	 * result of recovery must not depend on the order of give(). Both NULL where there is
	 * nothing to share.
	 */
	void (*library_take)(
		ReaderLibrary *library, void (*emit)(void *context, Slice entry), void *context);
	void (*library_give)(ReaderLibrary *library, Slice entry);

	/*
	 * Archives alone (else NULL): hands on the members that are wanted, in their order,
	 * as far as limits allow. What they are is found out as if they were files; this reader's
	 * open(), next(), close() and library are NULL. @name is the archive's own, without its
	 * folder. Never fails: trouble is reported.
	 */
	void (*expand)(
		const Source *source, const char *name, const MemberReport *report, Expanded *ret);

	/* How the evidence splits. FALSE with @error where it can not be read at all. */
	gboolean (*plan)(
		const Source *source, Plan *ret_plan, const ReaderReport *report, GError **error);

	/*
	 * Opens the evidence for one task. The returned state belongs to the caller, who gives it
	 * to close(). NULL with @error where the range can not be read at all. @source, @library
	 * and @report outlive the state.
	 */
	void *(*open)(const Source *source, ReaderLibrary *library, const ReadTask *task,
		const ReaderReport *report, GError **error);

	/*
	 * The next event in order of offset; call it by reader_next(). Never fails: trouble is
	 * reported, then passed over. Where a limit makes the library forget its shapes, it does so
	 * at the beginning of next(): so a library serves one open state at a time.
	 */
	NextResult (*next)(void *state, Event *ret_event);

	/* Reports the last span, frees the state. Accepts NULL. */
	void (*close)(void *state);

	/*
	 * Where the event says which host and which log it comes from: column names, most telling
	 * first, in any case; NULL-terminated. For tallies and entities.
	 */
	const char *const *host_columns;
	const char *const *channel_columns;
};

/* reader->next() on an event that says nothing yet, so that a reader sets only what it knows. */
NextResult reader_next(const Reader *reader, void *state, Event *ret_event);

/* All readers, NULL-terminated, in order of name. */
extern const Reader *const reader_registry[];

/* The reader with the highest score for @head (ties: the first by name), or NULL. */
const Reader *reader_probe(Slice head, const char *name, guint *ret_score);

/* The reader called @name, or NULL. */
const Reader *reader_find(const char *name);
