/* SPDX-License-Identifier: Apache-2.0 */
/*
 * LineFilter: tells by one look at a whole line of a log which rules can be true of its event.
 *
 * Text readers give with the event the bytes that its values are parts of (Event.raw). A rule is a
 * candidate only if its trigger sets are hit (trigger.h), and a literal that stands in a value
 * stands in the line. So the line is searched once for the literals of trigger sets. Where no rule
 * has all its sets hit by what is there, the event is done: no value is folded, no fact made. That
 * is so for nearly all lines of a web server. Else only rules that have are looked at. Of a line
 * only the parts are searched in which literals may stand, and long values that come again and
 * again only once.
 *
 * Facts are made by analysers, so their literals need not stand in the line. Of those that only
 * join neighbours or put blanks for plus signs (Analyser.keeps_runs) they do, where blank, tab, +,
 * ? and comma count as the same byte: line and literals are searched in that form.
 *
 * A filter never leaves out a rule that could be true; test-line-filter.c and test-lines.c hold
 * it to that.
 */
#pragma once

#include <glib.h>

#include "engines/sigma/seen-values.h"
#include "model/event.h"

typedef struct LineFilter LineFilter;

/*
 * For a binding whose events have candidates where all @n_sets bitmaps of @n_words words have a bit
 * in common; @start is what they hold before any literal is found.
 */
LineFilter *line_filter_new(guint n_sets, guint n_words, const guint64 *start);
void line_filter_free(LineFilter *filter); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LineFilter, line_filter_free)

/* Folded @literal, wherever it is, sets bit @position. */
void line_filter_add(LineFilter *filter, Slice literal, guint32 position);

/* Something sets bit @position that can not be told by the line. */
void line_filter_add_unknown(LineFilter *filter, guint32 position);

/*
 * A fact joins column @column, which is not the first, to the one before it. Where they do not
 * stand behind each other as the fact has them, with one byte that counts as a blank between them,
 * the line says nothing.
 */
void line_filter_add_join(LineFilter *filter, guint column);

/*
 * Literals may stand in the columns from @first to @last, and where these meet. Where no part is
 * added, or the values of an event do not stand in order, the whole line is searched.
 */
void line_filter_add_part(LineFilter *filter, guint first, guint last);

/* Call once, after the last add. FALSE where it could never say "quiet": it is of no use then. */
gboolean line_filter_finish(LineFilter *filter);

gsize line_filter_size(const LineFilter *filter);

/* What is used again from line to line. */
typedef struct LineScratch {
	guint64 *bits;
	guint bits_room;
	gboolean has_found; /* bits are those of the line at hand; else they are to be started */
	guint n_finds;	    /* of them the first SEEN_FINDS are kept */
	guint32 finds[SEEN_FINDS];
	SeenValues *seen;
	guint32 n_owners; /* parts of filters that have values there: a filter has one scratch */
} LineScratch;

void line_scratch_clear(LineScratch *scratch);

typedef enum LineVerdict {
	LINE_UNKNOWN,	 /* the event has no raw bytes, or such as are not searched */
	LINE_QUIET,	 /* no rule can be true of it */
	LINE_CANDIDATES, /* only rules can that all bitmaps of scratch->bits have in common */
} LineVerdict;

LineVerdict line_filter_look(LineFilter *filter, const Event *event, LineScratch *scratch);
