/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scanning: the inner loops of all text readers, over many bytes at once where the machine can.
 *
 * Sixteen bytes are looked at in one step (base/block.h); finding one byte is left to memchr(),
 * which the C library has for each machine.
 */
#pragma once

#include <glib.h>
#include <string.h>

#include "base/slice.h"
#include "model/value.h"

/* Where @byte stands in @s at or behind @from; s.size where it does not. */
static inline gsize scan_byte(Slice s, gsize from, guint8 byte)
{
	const guint8 *found;

	if (from >= s.size)
		return s.size;
	found = memchr(&s.data[from], byte, s.size - from);
	return found ? (gsize)(found - s.data) : s.size;
}

/* How often @byte stands in @s. */
gsize scan_count(Slice s, guint8 byte);

/* Where the first byte above 0x7f stands in @s at or behind @from; s.size where there is none. */
gsize scan_beyond_ascii(Slice s, gsize from);

/* TRUE where @s is UTF-8 from end to end: no overlong forms, no surrogates; NUL is a character. */
gboolean scan_is_utf8(Slice s);

/*
 * Cuts @s at each @separator: @ret gets up to @max parts as values of @type, and the number of
 * parts there are is returned, whether or not they fit. An empty @s is one empty part.
 */
guint scan_split(Slice s, guint8 separator, ValueType type, Value *ret, guint max);

/* @s without blanks and tabs at both ends. */
Slice scan_trim(Slice s);

/* A number of decimal digits alone; FALSE for anything else, and where it does not fit. */
gboolean scan_number(Slice s, guint64 *ret);

/* @s without @prefix in *@ret, regardless of ASCII case; FALSE where it begins otherwise. */
gboolean scan_skip_prefix(Slice s, const char *prefix, Slice *ret);
