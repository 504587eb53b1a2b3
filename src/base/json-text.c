/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json-text.h"

#include "base/block.h"
#include "base/text.h"

#define REPLACEMENT   0xFFFDu
#define ESCAPE_DIGITS 4
#define MAX_GROWTH    3 /* bytes that one byte can become: U+FFFD for a bad one */

typedef struct Unescaper {
	Slice raw;
	gsize at;
	guint8 *out;
	gboolean fold, escapes;
} Unescaper;

static void put_char(Unescaper *u, gunichar c)
{
	u->out += g_unichar_to_utf8(u->fold ? text_fold_char(c) : c, (char *)u->out);
}

/* The four hexadecimal digits at @at, or -1. */
static int hex_digits(Slice raw, gsize at)
{
	int value = 0;

	if (at > raw.size || raw.size - at < ESCAPE_DIGITS)
		return -1;
	for (gsize i = at; i < at + ESCAPE_DIGITS; i++) {
		int digit = g_ascii_xdigit_value((char)raw.data[i]);

		if (digit < 0)
			return -1;
		value = value * 16 + digit;
	}
	return value;
}

/* @u->at stands on the u of \uXXXX. */
static void put_unicode(Unescaper *u)
{
	int unit = hex_digits(u->raw, u->at + 1);

	if (unit < 0) {
		put_char(u, '\\');
		return; /* the u and what follows are text */
	}
	u->at += 1 + ESCAPE_DIGITS;
	if (unit >= 0xD800 && unit < 0xDC00 && u->at + 1 < u->raw.size &&
		u->raw.data[u->at] == '\\' && u->raw.data[u->at + 1] == 'u') {
		int low = hex_digits(u->raw, u->at + 2);

		if (low >= 0xDC00 && low < 0xE000) {
			u->at += 2 + ESCAPE_DIGITS;
			put_char(u, 0x10000 + ((gunichar)(unit - 0xD800) << 10) + (low - 0xDC00));
			return;
		}
	}
	put_char(u, unit >= 0xD800 && unit < 0xE000 ? REPLACEMENT : (gunichar)unit);
}

/* What the letter behind a backslash means; 0 for those that are no simple escape. */
static inline guint8 simple_escape(guint8 letter)
{
	switch (letter) {
	case '"':
	case '\\':
	case '/':
		return letter;
	case 'b':
		return '\b';
	case 'f':
		return '\f';
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 't':
		return '\t';
	default:
		return 0;
	}
}

/* @u->at stands behind a backslash. */
static void put_escape(Unescaper *u)
{
	guint8 letter = u->at < u->raw.size ? u->raw.data[u->at] : 0;
	guint8 meaning = simple_escape(letter);

	if (G_LIKELY(meaning)) {
		*u->out++ = meaning;
		u->at++;
	} else if (letter == 'u') {
		put_unicode(u);
	} else {
		*u->out++ = '\\';
	}
}

static void put_high(Unescaper *u)
{
	const char *bytes = (const char *)u->raw.data + u->at;
	gunichar c = g_utf8_get_char_validated(bytes, (gssize)(u->raw.size - u->at));

	if (c >= (gunichar)-2) {
		put_char(u, REPLACEMENT);
		u->at++;
		return;
	}
	u->at += (gsize)g_utf8_skip[u->raw.data[u->at]];
	put_char(u, c);
}

static inline void put_one(Unescaper *u)
{
	guint8 c = u->raw.data[u->at];

	if (c >= 0x80) {
		put_high(u);
		return;
	}
	u->at++;
	if (c == '\\' && u->escapes)
		put_escape(u);
	else
		*u->out++ = u->fold && (guint8)(c - 'A') < 26 ? c | 0x20 : c;
}

static inline void unescape(GString *ret, Slice raw, gboolean fold, gboolean escapes)
{
	gsize start = ret->len;

	g_string_set_size(ret, start + raw.size * MAX_GROWTH + BLOCK_BYTES);

	guint8 *from = (guint8 *)ret->str + start;
	Unescaper u = { .raw = raw, .out = from, .fold = fold, .escapes = escapes };

	while (u.at < raw.size) {
		if (!block_fits(raw, u.at)) {
			put_one(&u);
			continue;
		}

		Block block = block_load(raw.data + u.at);
		guint special = block_high(block) | (escapes ? block_equal(block, '\\') : 0);
		guint n_plain = special ? block_first(special) : BLOCK_BYTES;

		block_store(u.out, fold ? block_fold_ascii(block) : block);
		u.out += n_plain;
		u.at += n_plain;
		if (special)
			put_one(&u);
	}
	g_string_set_size(ret, start + (gsize)(u.out - from));
}

void json_append_unescaped(GString *ret, Slice raw)
{
	unescape(ret, raw, FALSE, TRUE);
}

void json_append_unescaped_folded(GString *ret, Slice raw)
{
	unescape(ret, raw, TRUE, TRUE);
}

void json_append_plain_folded(GString *ret, Slice bytes)
{
	unescape(ret, bytes, TRUE, FALSE);
}

static gboolean is_digit(Slice text, gsize at)
{
	return at < text.size && g_ascii_isdigit(text.data[at]);
}

static gboolean skip_digits(Slice text, gsize *at)
{
	gsize start = *at;

	while (is_digit(text, *at))
		(*at)++;
	return *at > start;
}

static gboolean is_number(Slice text)
{
	gsize at = text.size > 0 && text.data[0] == '-';

	if (is_digit(text, at) && text.data[at] == '0')
		at++;
	else if (!skip_digits(text, &at))
		return FALSE;
	if (at < text.size && text.data[at] == '.') {
		at++;
		if (!skip_digits(text, &at))
			return FALSE;
	}
	if (at < text.size && (text.data[at] | 0x20) == 'e') {
		at++;
		if (at < text.size && (text.data[at] == '+' || text.data[at] == '-'))
			at++;
		if (!skip_digits(text, &at))
			return FALSE;
	}
	return at == text.size;
}

gboolean json_is_bare(Slice text)
{
	return is_number(text) || slice_equal(text, slice_from_text("true")) ||
		slice_equal(text, slice_from_text("false"));
}
