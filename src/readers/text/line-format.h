/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the lines of some evidence are encoded and end: told from its start, the same for all tasks.
 */
#pragma once

#include "readers/text/lines.h"

typedef struct LineFormat {
	TextEncoding encoding;
	gsize mark_bytes; /* of the byte order mark */
	guint8 end;	  /* LF or CR */
	guint8 unit;	  /* bytes of the line end: 1, in UTF-16 2 */
} LineFormat;

/* By the byte order mark, or by zero bytes at every second place. */
TextEncoding line_format_encoding(Slice head, gsize *ret_mark_bytes);

gboolean line_format_detect(const Source *source, LineFormat *ret, GError **error);

/*
 * Where the first line end lies in @s at or behind @from, which is a multiple of the unit; s.size
 * where there is none. *@ret_after is behind it.
 */
gsize line_format_find_end(const LineFormat *format, Slice s, gsize from, gsize *ret_after);

/* Appends UTF-16 of either order as UTF-8. */
void line_format_append_utf16(const LineFormat *format, GString *ret, Slice bytes);
