/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pattern: a rule's value on its way through the modifiers.
 *
 * A pattern is a run of units: bytes of UTF-8 text (or of what an encoding modifier made of it) and
 * wildcards. It keeps apart what a text could not: a star that stands for anything from one that
 *was escaped, and the byte 0xFF of UTF-16 from a wildcard.
 *
 * Escapes, from the specification ("Escape Character"):
 *
 *	written   means                      written   means
 *	\*        a star                     \         a backslash, before anything but \ * ?
 *	\?        a question mark            \\        a backslash
 *	\\*       a backslash, anything      \\\*      a backslash, a star
 */
#pragma once

#include <glib.h>

#include "base/slice.h"
#include "engines/sigma/draft.h"

#define PATTERN_MANY 0x100 /* * */
#define PATTERN_ONE  0x101 /* ? */
#define PATTERN_DASH 0x102 /* any of the dashes of the windash modifier */

typedef GArray Pattern; /* of guint16 */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Pattern, g_array_unref)

/* From a value as rules write it. */
Pattern *pattern_parse(Slice text);

/* TRUE where it has neither wildcards nor dashes. */
gboolean pattern_is_plain(const Pattern *pattern);

/* Makes it begin or end with anything, once. */
void pattern_open(Pattern *pattern, gboolean start, gboolean end);

/* The text of a plain pattern. */
GString *pattern_text(const Pattern *pattern);

/* UTF-16 with the byte order mark where @mark; wildcards stay. FALSE where it is not text. */
gboolean pattern_encode_utf16(Pattern **pattern, gboolean big_endian, gboolean mark);

/* Base64 of a plain pattern, as its encoding is where it starts at byte @shift (0 to 2) of three.
 */
Pattern *pattern_base64(const Pattern *pattern);
Pattern *pattern_base64_shifted(const Pattern *pattern, guint shift);

/*
 * Adds to @ret the alternatives with every dash as each of the five; where there are more dashes
 * than LIMIT_WINDASH_DASHES, one alternative with PATTERN_DASH units.
 */
void pattern_spread_dashes(const Pattern *pattern, GPtrArray *ret);

/* Adds to @ret the alternatives with each %name% replaced by each of its values. */
gboolean pattern_expand(const Pattern *pattern, Draft *draft, guint line, GPtrArray *ret);

/*
 * Fills kind, text, glob, regex of @test from the pattern, cased or not. FALSE where the draft was
 * rejected.
 */
gboolean pattern_to_test(const Pattern *pattern, Draft *draft, guint line, Test *test);

/*
 * Appends the pattern for people: with its wildcards, and a backslash before literal ones; or
 * without them, where something else says that its ends are open.
 */
void pattern_append_shown(GString *ret, const Pattern *pattern, gboolean wildcards);
