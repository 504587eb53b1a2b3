/* SPDX-License-Identifier: Apache-2.0 */
/* Words: the little that all readers of intelligence do with slices of text. */
#pragma once

#include <glib.h>
#include <string.h>

#include "base/slice.h"

static inline gboolean words_is_blank(guint8 c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* @s without blanks, tabs and line ends at both ends. */
static inline Slice words_trim(Slice s)
{
	while (s.size > 0 && words_is_blank(s.data[s.size - 1]))
		s.size--;
	while (s.size > 0 && words_is_blank(s.data[0]))
		s = slice_sub(s, 1, s.size - 1);
	return s;
}

/* Where @byte stands in @s at or behind @from; s.size where it does not. */
static inline gsize words_find(Slice s, gsize from, guint8 byte)
{
	const guint8 *found;

	if (from >= s.size)
		return s.size;
	found = memchr(&s.data[from], byte, s.size - from);
	return found ? (gsize)(found - s.data) : s.size;
}

/* The part of @s from @from up to @end. */
static inline Slice words_range(Slice s, gsize from, gsize end)
{
	return end > from ? slice_sub(s, from, end - from) : SLICE_EMPTY;
}

/* @s without its first @n bytes. */
static inline Slice words_from(Slice s, gsize n)
{
	return n < s.size ? slice_sub(s, n, s.size - n) : SLICE_EMPTY;
}

/* Whether @s begins with @prefix, regardless of ASCII case. */
static inline gboolean words_has_prefix(Slice s, const char *prefix)
{
	gsize size = strlen(prefix);

	return s.size >= size && g_ascii_strncasecmp((const char *)s.data, prefix, size) == 0;
}

/* Whether @s is @word, regardless of ASCII case. */
static inline gboolean words_equal(Slice s, const char *word)
{
	return s.size == strlen(word) && words_has_prefix(s, word);
}

/* Takes the next line of *@rest, without its end; FALSE where nothing is left. */
static inline gboolean words_next_line(Slice *rest, Slice *ret)
{
	gsize end;

	if (rest->size == 0)
		return FALSE;
	end = words_find(*rest, 0, '\n');
	*ret = slice_sub(*rest, 0, end);
	*rest = words_from(*rest, end + 1);
	if (ret->size > 0 && ret->data[ret->size - 1] == '\r')
		ret->size--;
	return TRUE;
}

/* Takes the next part of *@rest, up to @separator or the end; FALSE where nothing is left. An empty
 * text behind the last separator is a part, too: *@rest has data then. */
static inline gboolean words_next_part(Slice *rest, guint8 separator, Slice *ret)
{
	gsize end;

	if (!rest->data)
		return FALSE;
	end = words_find(*rest, 0, separator);
	*ret = slice_make(rest->data, end);
	*rest = end < rest->size ? slice_make(&rest->data[end] + 1, rest->size - end - 1)
				 : SLICE_EMPTY;
	return TRUE;
}

/* The text without a byte order mark. */
static inline Slice words_without_mark(Slice text)
{
	return words_has_prefix(text, "\xef\xbb\xbf") ? words_from(text, 3) : text;
}

/* At most @size bytes of @s, cut where a character begins. */
static inline Slice words_cut(Slice s, gsize size)
{
	if (s.size <= size)
		return s;
	while (size > 0 && (s.data[size] & 0xc0) == 0x80)
		size--;
	return slice_sub(s, 0, size);
}

static inline void words_append(GString *ret, Slice s)
{
	g_string_append_len(ret, (const char *)s.data, (gssize)s.size);
}
