/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A window on evidence that is one text without end: the bytes around a place, with room for the
 * largest event behind it. Also finds ASCII text in it, in whichever encoding it is.
 */
#pragma once

#include <glib.h>

#include "readers/reader.h"

typedef enum WindowEncoding {
	WINDOW_BYTES, /* UTF-8 or another superset of ASCII */
	WINDOW_UTF16LE,
	WINDOW_UTF16BE,
} WindowEncoding;

typedef struct Window Window;

#define WINDOW_NOT_FOUND G_MAXUINT64

Window *window_new(const Source *source);
void window_free(Window *window); /* accepts NULL */

WindowEncoding window_encoding(const Window *window);

/*
 * The bytes from @offset on: at least @size of them, fewer only at the end of the evidence.
 * Borrowed until the next call. An error of reading ends the evidence there, with @error set.
 */
Slice window_at(Window *window, guint64 offset, gsize size, GError **error);

/* Where the ASCII text @wanted stands in @bytes, from @from on; bytes.size: nowhere. */
gsize window_find(const Window *window, Slice bytes, gsize from, const char *wanted);

/* Appends @bytes as UTF-8, or as they are. */
void window_append_text(const Window *window, GString *ret, Slice bytes);
