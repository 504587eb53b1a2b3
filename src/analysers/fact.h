/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fact: what analysers share. Their inputs are texts; "" and "-" say nothing.
 */
#pragma once

#include "analysers/analyser.h"

/* TRUE where @text starts with @prefix, ASCII letters of either case being the same. */
static inline gboolean fact_has_prefix(Slice text, const char *prefix)
{
	gsize size = strlen(prefix);

	return text.size >= size && g_ascii_strncasecmp((const char *)text.data, prefix, size) == 0;
}

static inline gboolean fact_equals(Slice text, const char *word)
{
	return text.size == strlen(word) && fact_has_prefix(text, word);
}

/* TRUE for what logs write where they have nothing to say: "" and "-". */
static inline gboolean fact_is_empty(Slice text)
{
	return text.size == 0 || (text.size == 1 && text.data[0] == '-');
}

static inline void fact_append(GString *ret, Slice text)
{
	g_string_append_len(ret, (const char *)text.data, (gssize)text.size);
}

/* A number as logs write it, decimal or with 0x; FALSE for anything else. */
static inline gboolean fact_number(Slice text, guint64 *ret)
{
	gboolean hex = fact_has_prefix(text, "0x");
	Slice digits = slice_sub(text, hex ? 2 : 0, G_MAXSIZE);
	char buffer[24];

	if (digits.size == 0 || digits.size >= sizeof(buffer) || !g_ascii_isxdigit(digits.data[0]))
		return FALSE;
	for (gsize i = 0; i < digits.size; i++)
		buffer[i] = (char)digits.data[i];
	buffer[digits.size] = '\0';
	return g_ascii_string_to_unsigned(buffer, hex ? 16 : 10, 0, G_MAXUINT64, ret, NULL);
}

/* Where the @size bytes of @part stand in @text at or behind @from, ASCII letters of either case
 * being the same; text.size where they do not. */
static inline gsize fact_find(Slice text, gsize from, const char *part, gsize size)
{
	if (size == 0)
		return MIN(from, text.size);

	/* Asked of every event: most places are passed over by their first byte alone. */
	const guint8 low = (guint8)g_ascii_tolower(part[0]),
		     high = (guint8)g_ascii_toupper(part[0]);

	for (gsize at = from; at + size <= text.size; at++) {
		if (text.data[at] != low && text.data[at] != high)
			continue;
		if (g_ascii_strncasecmp((const char *)&text.data[at], part, size) == 0)
			return at;
	}
	return text.size;
}
