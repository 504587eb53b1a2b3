/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"

#include "base/block.h"

#define PLANE_ZERO_SIZE	   0x10000
#define REPLACEMENT	   0xFFFDu
#define ASCII_BLOCK	   16 /* code units looked at together; a size that vectorises well */
#define UTF8_MAX_PER_UTF16 3

/*
 * Folded code points of plane zero. Filled once by text_warm_up() and then only read: a table
 * rather than calls because every text that is matched goes through it.
 */
static guint16 fold_table[PLANE_ZERO_SIZE];
static gsize fold_table_ready;

static gunichar fold_slowly(gunichar c)
{
	/* Dotted capital I and dotless small i fold only in Turkic languages (status T) or to two
	 * code points (status F): simple folding leaves both alone. */
	if (c == 0x130 || c == 0x131)
		return c;
	/* Through upper case, so that variants such as the long s or the final sigma meet their
	 * letter. */
	return g_unichar_tolower(g_unichar_toupper(c));
}

void text_warm_up(void)
{
	if (!g_once_init_enter(&fold_table_ready))
		return;
	for (guint c = 0; c < PLANE_ZERO_SIZE; c++) {
		gunichar folded = fold_slowly(c);

		fold_table[c] = (guint16)(folded < PLANE_ZERO_SIZE ? folded : c);
	}
	g_once_init_leave(&fold_table_ready, 1);
}

gunichar text_fold_char(gunichar c)
{
	return c < PLANE_ZERO_SIZE ? fold_table[c] : fold_slowly(c);
}

/* Makes room for @size more bytes and returns where they go; the length is set by the caller. */
static guint8 *reserve(GString *text, gsize size)
{
	gsize length = text->len;

	g_string_set_size(text, length + size);
	return (guint8 *)text->str + length;
}

static gunichar unit_at(Slice utf16, gsize index)
{
	return (gunichar)utf16.data[index * 2] | (gunichar)utf16.data[index * 2 + 1] << 8;
}

/* Decodes one code point of UTF-16LE at unit *@index and moves past it. */
static gunichar decode_utf16(Slice utf16, gsize n_units, gsize *index)
{
	gunichar unit = unit_at(utf16, (*index)++);

	if (unit < 0xD800 || unit > 0xDFFF)
		return unit;
	if (unit > 0xDBFF || *index >= n_units)
		return REPLACEMENT;

	gunichar low = unit_at(utf16, *index);

	if (low < 0xDC00 || low > 0xDFFF)
		return REPLACEMENT;
	(*index)++;
	return 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
}

static inline guint8 fold_ascii(guint8 c)
{
	return (guint8)(c + ((guint8)(c - 'A') < 26 ? 32 : 0));
}

/* Narrows a block of ASCII code units; false, with nothing promised, where one is not ASCII. */
static inline gboolean narrow_block(const guint8 *units, guint8 *out, gboolean fold)
{
	guint8 seen = 0;

	for (gsize i = 0; i < ASCII_BLOCK; i++) {
		guint8 low = units[i * 2];

		seen |= (guint8)(units[i * 2 + 1] | (low & 0x80));
		out[i] = fold ? fold_ascii(low) : low;
	}
	return seen == 0;
}

static inline void append_utf16(GString *ret, Slice utf16, gboolean fold)
{
	gsize n_units = utf16.size / 2, start = ret->len;
	gboolean odd = utf16.size % 2;
	guint8 *out = reserve(ret, n_units * UTF8_MAX_PER_UTF16 + ASCII_BLOCK + (odd ? 3 : 0));
	guint8 *at = out;
	gsize i = 0;

	while (i < n_units) {
		if (n_units - i >= ASCII_BLOCK && narrow_block(utf16.data + i * 2, at, fold)) {
			at += ASCII_BLOCK;
			i += ASCII_BLOCK;
			continue;
		}
		for (gsize stop = MIN(n_units, i + ASCII_BLOCK); i < stop;) {
			gunichar c = decode_utf16(utf16, n_units, &i);

			if (c < 0x80) {
				*at++ = fold ? fold_ascii((guint8)c) : (guint8)c;
				continue;
			}
			at += g_unichar_to_utf8(fold ? text_fold_char(c) : c, (char *)at);
		}
	}
	if (odd)
		at += g_unichar_to_utf8(REPLACEMENT, (char *)at);
	g_string_set_size(ret, start + (gsize)(at - out));
}

void text_append_utf16(GString *ret, Slice utf16)
{
	append_utf16(ret, utf16, FALSE);
}

void text_append_utf16_folded(GString *ret, Slice utf16)
{
	append_utf16(ret, utf16, TRUE);
}

/* How many bytes at the start of @s are ASCII. */
static gsize ascii_size(Slice s)
{
	gsize i = 0;

	for (; block_fits(s, i); i += BLOCK_BYTES) {
		guint high = block_high(block_load(&s.data[i]));

		if (high)
			return i + block_first(high);
	}
	while (i < s.size && s.data[i] < 0x80)
		i++;
	return i;
}

void text_append_utf8(GString *ret, Slice bytes)
{
	gsize n_ascii = ascii_size(bytes);
	const char *at;
	gsize left;

	/* Most texts are ASCII to their end. */
	g_string_append_len(ret, (const char *)bytes.data, (gssize)n_ascii);
	bytes = slice_sub(bytes, n_ascii, bytes.size);
	at = (const char *)bytes.data;
	left = bytes.size;

	while (left > 0) {
		const char *end;
		gboolean valid = g_utf8_validate_len(at, left, &end);

		g_string_append_len(ret, at, end - at);
		left -= (gsize)(end - at);
		at = end;
		if (valid)
			return;
		/* g_utf8_validate_len() stops at NUL as at a bad byte; NUL is text, and stays. */
		if (*at == '\0')
			g_string_append_c(ret, '\0');
		else
			g_string_append_unichar(ret, REPLACEMENT);
		at++;
		left--;
	}
}

/* Windows-1252 0x80 to 0x9F; 0 where the code page has no character. */
static const guint16 ansi_high[32] = { 0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
	0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0, 0, 0x2018, 0x2019, 0x201C, 0x201D,
	0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E, 0x0178 };

void text_append_ansi(GString *ret, Slice bytes)
{
	for (gsize i = 0; i < bytes.size; i++) {
		guint8 c = bytes.data[i];

		if (c < 0x80)
			g_string_append_c(ret, (char)c);
		else if (c >= 0xA0)
			g_string_append_unichar(ret, c);
		else
			g_string_append_unichar(
				ret, ansi_high[c - 0x80] ? ansi_high[c - 0x80] : REPLACEMENT);
	}
}

void text_append_folded(GString *ret, Slice utf8)
{
	/* No byte becomes more than three: one that is no UTF-8 does, by U+FFFD. Simple folding
	 * makes no more than 3 bytes of 2 (U+023A). */
	gsize start = ret->len;
	guint8 *out = reserve(ret, 3 * utf8.size + 6), *at = out;

	for (gsize i = 0; i < utf8.size;) {
		guint8 c = utf8.data[i];

		if (c < 0x80) {
			*at++ = fold_ascii(c);
			i++;
			continue;
		}

		gunichar wide = g_utf8_get_char_validated(
			(const char *)utf8.data + i, (gssize)(utf8.size - i));
		gboolean is_valid = wide < 0x80000000; /* else (gunichar)-1 or -2 */

		at += g_unichar_to_utf8(is_valid ? text_fold_char(wide) : REPLACEMENT, (char *)at);
		i += is_valid ? (gsize)g_utf8_skip[c] : 1;
	}
	g_string_set_size(ret, start + (gsize)(at - out));
}

char *text_fold(const char *utf8)
{
	GString *folded = g_string_new(NULL);

	text_append_folded(folded, slice_from_text(utf8));
	return g_string_free(folded, FALSE);
}
