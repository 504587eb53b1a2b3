/* SPDX-License-Identifier: Apache-2.0 */
/* What the tokens of free text are made of. */
#pragma once

#include <glib.h>

#include "base/slice.h"

enum {
	WORD_HOST = 1,	/* letters, digits, "-", "_", ".", and all bytes beyond ASCII */
	WORD_NAME = 2,	/* of a file, where nothing says where it ends */
	WORD_URL = 4,	/* of a URL, likewise */
	WORD_LOCAL = 8, /* before the "@" of an e-mail address */
	WORD_ALNUM = 16,
	WORD_FOLDER = 32, /* of a folder's name: blanks, too */
};

extern const guint8 word_classes[256];

static inline gboolean word_is(guint8 c, guint8 wanted)
{
	return (word_classes[c] & wanted) != 0;
}

/* Without dots, "-" and "_" at the ends, which are the sentence's. */
static inline Slice words_trim(Slice text)
{
	while (text.size && memchr(".-_", text.data[text.size - 1], 3))
		text.size--;
	while (text.size && memchr(".-_", text.data[0], 3))
		text = slice_sub(text, 1, text.size);
	return text;
}
