/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Chunk: 64 KiB of an event log in memory, and the walk over its records.
 *
 * The walk over records in use trusts three things that say the same: a record's magic, its size,
 * and the size again at its end. Where two of them agree the record is read, and the third is
 * reported. Where they do not, the walk looks for the next whole record in the same chunk; what
 * lies between is one gap.
 */
#pragma once

#include <glib.h>

#include "readers/evtx/binxml.h"
#include "readers/evtx/file.h"

typedef enum ChunkKind {
	CHUNK_IN_USE,
	CHUNK_EMPTY,   /* nothing but zeros */
	CHUNK_DAMAGED, /* without a header that makes sense: only recovery looks into it */
} ChunkKind;

typedef struct Chunk {
	guint8 *bytes;	 /* EVTX_CHUNK_BYTES, zeros behind what the file has; owned */
	gsize available; /* how many of them the file has */
	guint64 offset;	 /* in the file */
	ChunkKind kind;
	guint64 header_first, header_last; /* numbers of records, as the header has them */
	gsize end;			   /* of the records in use */
	gboolean end_is_sure; /* FALSE: the header contradicts itself; the chain of records decides
			       */
	/* of the walk: */
	gsize position;
	gboolean after_damage; /* the last record came behind a gap */
	guint64 last_id, last_written;
} Chunk;

typedef struct RecordPlace {
	gsize offset, size; /* in the chunk */
	guint64 id;
	guint64 written; /* FILETIME */
} RecordPlace;

void chunk_init(Chunk *chunk);
void chunk_clear(Chunk *chunk);

/*
 * Loads a chunk and judges its header; with @report, says what is wrong with it. FALSE where it
 * could not be read, which is reported.
 */
gboolean chunk_load(Chunk *chunk, const Source *source, const EvtxFile *file, guint64 unit,
	const ReaderReport *report);

/* The next record in use; FALSE at the end. With @report, says what had to be passed over. */
gboolean chunk_next_record(Chunk *chunk, const ReaderReport *report, RecordPlace *ret_place);

/* Where the space begins that no record in use lies in; only after the walk. */
gsize chunk_slack_start(const Chunk *chunk);

/* The next place from @from on where a whole record can stand; FALSE where there is none. */
gboolean chunk_find_record(const Chunk *chunk, gsize from, gsize end, RecordPlace *ret_place);

/* All of it, for names and templates. */
Slice chunk_slice(const Chunk *chunk);

void chunk_report(const Chunk *chunk, const ReaderReport *report, GapKind kind, gsize offset,
	gsize size, guint64 records, const char *note);
