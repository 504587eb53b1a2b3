/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tokens: the loops over JSON's bytes: white space, the end of a string, the end of a value that
 * nobody looks into. Positions are relative to a slice, and never leave it.
 */
#pragma once

#include <glib.h>

#include "base/block.h"

static inline gsize token_space(Slice text, gsize at)
{
	/* One space or none is the rule; runs of them are how indented JSON looks. */
	while (at < text.size && text.data[at] <= ' ') {
		at++;
		while (block_fits(text, at) &&
			block_equal(block_load(text.data + at), ' ') == (1u << BLOCK_BYTES) - 1)
			at += BLOCK_BYTES;
	}
	return at;
}

/* Whether the quote at @at is escaped, in a string that begins at @start. */
static inline gboolean token_is_escaped(Slice text, gsize start, gsize at)
{
	gsize first = at;

	while (first > start && text.data[first - 1] == '\\')
		first--;
	return (at - first) % 2 != 0;
}

/*
 * The place of the quote that ends a string whose first character is at @start; text.size where
 * there is none. Says whether there are escapes in it.
 */
static inline gsize token_string(Slice text, gsize start, gboolean *ret_escapes)
{
	gsize at = start;
	guint escapes = 0;

	for (;;) {
		guint quotes = 0;

		while (block_fits(text, at)) {
			Block block = block_load(text.data + at);
			guint slashes = block_equal(block, '\\');

			quotes = block_equal(block, '"');
			if (quotes) {
				guint first = block_first(quotes);

				escapes |= slashes & ((1u << first) - 1);
				at += first;
				break;
			}
			escapes |= slashes;
			at += BLOCK_BYTES;
		}
		for (; !quotes && at < text.size && text.data[at] != '"'; at++)
			escapes |= text.data[at] == '\\';
		*ret_escapes = escapes != 0;
		if (at >= text.size || !escapes || !token_is_escaped(text, start, at))
			return at;
		at++;
	}
}

/* Behind a scalar that is no string: a number, true, null … */
static inline gsize token_bare(Slice text, gsize at)
{
	while (at < text.size && text.data[at] > ' ' && text.data[at] != ',' &&
		text.data[at] != '}' && text.data[at] != ']' && text.data[at] != '"' &&
		text.data[at] != '{' && text.data[at] != '[' && text.data[at] != ':')
		at++;
	return at;
}

/* Brackets that are open, and whether a string is: for passing over JSON piece by piece. */
typedef struct Skipping {
	guint64 depth;
	gboolean in_string, is_escaped;
} Skipping;

/*
 * Passes over the object, array or string at @at, until its bracket or quote is closed. Returns
 * where that is, behind it, with ret_done; or text.size, to go on with the bytes that follow.
 */
gsize token_skip(Slice text, gsize at, Skipping *skipping, gboolean *ret_done);

/* Units of UTF-16 that these bytes of UTF-8 are: what stands in evidence that had to be converted.
 */
guint64 token_units(Slice utf8);
