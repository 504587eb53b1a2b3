/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Entries: logs whose entries begin with a time in a form of their own, and go on over lines that
 * have none. An entry belongs to the range in which it begins.
 *
 * A line without a time belongs to the last one with one, if that begins less than
 * LIMIT_RECORD_BYTES and LIMIT_RECORD_LINES before; else it is an entry of its own. That is seen in
 * the bytes around, so ranges of a big file give the same entries as the whole.
 */
#pragma once

#include <glib.h>

#include "readers/syslog/stamp.h"
#include "readers/text/lines.h"

typedef struct EntryStart {
	Slice timestamp; /* as written; empty: it begins an entry all the same, without a time */
	Slice level;
	gsize message; /* where that begins in the line */
	Stamp stamp;
} EntryStart;

typedef struct EntryFormat {
	/* FALSE for a line that begins no entry. */
	gboolean (*read_start)(Slice line, EntryStart *ret);
	/* As in LineOptions; NULL: the log has no header lines. */
	char header_start;
	int (*header_kind)(Slice line);
} EntryFormat;

typedef struct Entry {
	guint64 offset, number; /* of its first line */
	gboolean has_start;	/* FALSE: the line stands alone, before any entry */
	EntryStart start;
	Slice message;	   /* UTF-8; of all its lines, without line feeds at its end */
	guint64 header;	   /* of the last header line up to its first line; G_MAXUINT64: none */
	gboolean has_next; /* a line comes behind it: */
	Slice next;
	guint64 next_offset;
} Entry; /* all slices are borrowed until the next call */

typedef struct EntryReader EntryReader;

/* All are borrowed for as long as the reader lives. NULL with @error. */
EntryReader *entry_reader_new(const Source *source, const ReadTask *task, const EntryFormat *format,
	LineMemo *memo, const ReaderReport *report, GError **error);
/* Reports what is said once per task; accepts NULL. */
void entry_reader_free(EntryReader *reader);

/* The next entry that begins in the range; FALSE at its end. */
gboolean entry_reader_next(EntryReader *reader, Entry *ret);

/* How many of the lines at the start that are no continuation begin an entry, in percent. */
guint entry_format_share(const EntryFormat *format, const TextHead *head);
