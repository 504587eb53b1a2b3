/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Layout: how objects stand in a file, and where the next one is.
 *
 *	LINES   an object a line, perhaps as the elements of one array: can be split anywhere
 *	STREAM  everything else: arrays, indented objects, one behind the other, envelopes
 */
#pragma once

#include <glib.h>

#include "readers/json/tokens.h"
#include "readers/text/lines.h"

typedef enum JsonLayout {
	LAYOUT_LINES,
	LAYOUT_STREAM,
} JsonLayout;

/* By the first line, which is read up to LIMIT_LINE_BYTES. FALSE with @error. */
gboolean layout_find(const Source *source, JsonLayout *ret, GError **error);

/* For Reader.probe. */
guint layout_probe(Slice head, const char *name);

/*
 * What lies between objects: the arrays and envelopes they are in. Begins as zeros, but for
 * is_last.
 *
 * An envelope is told from an event that has a list of objects by what is seen of it: see
 * docs/evidence-json.md. What stands behind its array is looked through, too: further arrays hold
 * events, and fields that are no part of any envelope are counted, for somebody to say so.
 */
typedef struct Finder {
	gboolean is_last;	/* the caller's: nothing comes behind the text */
	guint64 n_arrays;	/* that are open, outside of events */
	guint64 envelope_array; /* n_arrays outside of the envelope's */
	guint n_levels;		/* objects that the envelope's array is in; 0: in no envelope */
	gboolean is_behind;	/* the array is closed: among the keys that follow it */
	gboolean is_skipping;	/* in a value there */
	Skipping skipping;
	guint64 n_unread; /* fields found there since the caller made it 0, */
	gsize unread_at;  /* and where the last of them stands in the text */
} Finder;

typedef enum FindResult {
	FIND_OBJECT,
	FIND_OTHER, /* something that is neither an object nor may stand between them */
	FIND_MORE,  /* what is at *at can not be told yet: ask again with more text behind it */
	FIND_END,   /* of the text */
} FindResult;

/* Moves *at to the next object, over what may stand between objects. */
FindResult finder_next(Finder *finder, Slice text, gsize *at);

/* Says that @n fields behind the events of envelopes were not read, the first at @offset; none:
 * nothing. */
void layout_tell_unread(const ReaderReport *report, guint64 n, guint64 offset);

/*
 * Where reading can go on after damage: the place of the next '{' at or behind @at that looks like
 * the beginning of an event. text.size where there is none.
 */
gsize finder_resume(Slice text, gsize at);

/* Whether what stands from @at to @end is what evtx_dump writes between events: "Record 12". */
gboolean layout_is_record_line(Slice text, gsize at, gsize end);
