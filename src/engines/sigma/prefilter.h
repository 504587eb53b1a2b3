/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prefilter: which of thousands of literals hold for a text, in one pass over it.
 *
 * Literals that must stand at an end are looked up by a hash: EXACT ones by the whole text, PREFIX
 * and SUFFIX ones by as much of the text's start or end as the literal has, in steps of 4 bytes up
 * to 32. CONTAINS literals are looked for by one gram, the 4 bytes of theirs that are rarest among
 * all literals and in typical text: a bitmap of hashed grams, small enough for the nearest cache,
 * is asked at each position, and only where it says "perhaps" is a table of the grams asked and the
 * literal compared. Literals of less than 4 bytes go by their first two, in a bitmap of their own.
 *
 * No automaton is built, so that a prefilter of 10,000 literals takes about a millisecond and some
 * hundred KiB: shapes are bound while evidence is read. docs/matching.md has the figures.
 */
#pragma once

#include <glib.h>

#include "engines/sigma/literal.h"

typedef struct Prefilter Prefilter;

/* @literals are @n literals, borrowed for as long as the prefilter lives. */
Prefilter *prefilter_new(const Literal *const *literals, guint n);
void prefilter_free(Prefilter *prefilter);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Prefilter, prefilter_free)

/* The bytes it takes, for memory accounts. */
gsize prefilter_size(const Prefilter *prefilter);

/*
 * FALSE where each literal has a character that no number, time, GUID, SID or binary value has as
 * text (model/value.h): such values need not even be turned into text to be searched.
 */
gboolean prefilter_fits_numbers(const Prefilter *prefilter);

/*
 * FALSE where each literal has a character that is none of these: texts made of them alone (dates,
 * times, addresses, numbers, "-") need not be searched.
 */
#define PREFILTER_DIGITS "0123456789-.:"
gboolean prefilter_fits_digits(const Prefilter *prefilter);

/* What was found so far: each literal once, by its number in the array given to prefilter_new(). */
typedef struct PrefilterHits {
	guint8 *seen;	/* a byte for each literal of the largest prefilter in use, 0 before */
	guint32 *found; /* room for as many; the first n_found are set */
	guint n_found;
} PrefilterHits;

/* Adds to @hits all literals that hold for @folded. */
void prefilter_find(const Prefilter *prefilter, Slice folded, PrefilterHits *hits);

/* Makes @hits empty again, in time proportional to what was found. */
void prefilter_hits_reset(PrefilterHits *hits);
