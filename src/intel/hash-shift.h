/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hashes that were cut in the wrong place: of lines that should hold one hash each, one is a digit
 * short and a later one a digit too long, or the other way round. What stands between them is of
 * the right length, and wrong all the same: each begins with the last digit of the one before, or
 * ends with the first of the one behind. (A list that cites AA21-200A holds 19 of them, of which
 * 18 look well and match nothing for ever.)
 */
#pragma once

#include <glib.h>

#include "base/slice.h"

typedef struct HashShift {
	guint digits; /* that hashes of this kind have; 0: nothing is open */
	guint line;
	gboolean is_long; /* the first one is too long, not short */
	char text[66];
	guint n_between, last_line;
	char next_line_text[66]; /* the hash behind it */
} HashShift;

/*
 * Takes a text of hexadecimal digits as it stands in the source, in order. Returns what is to be
 * said, or NULL (g_free): *ret_line and @ret_value (66 bytes) are then the line and value it is
 * about.
 */
char *hash_shift_take(HashShift *shift, Slice digits, guint line, guint *ret_line, char *ret_value);

/* The source ends: likewise, for what is still open. */
char *hash_shift_finish(HashShift *shift, guint *ret_line, char *ret_value);

/* Whether @text is all hexadecimal digits and as long as a hash, give or take one digit. */
gboolean hash_shift_concerns(Slice text);
