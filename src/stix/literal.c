/* SPDX-License-Identifier: Apache-2.0 */
/* What the literals of a pattern mean. */
#include <errno.h>

#include "base/cursor.h"
#include "stix/tree.h"

/* ---- times --------------------------------------------------------------------------------------
 */

static gboolean read_digits(Cursor *c, guint n, int *ret)
{
	int number = 0;

	while (n-- > 0) {
		guint8 digit;

		if (!cursor_u8(c, &digit) || !g_ascii_isdigit(digit))
			return FALSE;
		number = number * 10 + (digit - '0');
	}
	*ret = number;
	return TRUE;
}

static gboolean read_sign(Cursor *c, char sign)
{
	guint8 byte;

	return cursor_u8(c, &byte) && byte == (guint8)sign;
}

/* An optional fraction, of which nine digits count, and the Z at the end. */
static gboolean read_fraction(Cursor *c, int *ret)
{
	int nanoseconds = 0;
	guint n = 0;
	guint8 byte;

	if (!cursor_u8(c, &byte))
		return FALSE;
	if (byte == '.') {
		while (cursor_u8(c, &byte) && g_ascii_isdigit(byte))
			if (n++ < 9)
				nanoseconds = nanoseconds * 10 + (byte - '0');
		if (n == 0)
			return FALSE;
	}
	for (; n < 9; n++)
		nanoseconds *= 10;
	*ret = nanoseconds;
	return byte == 'Z' && cursor_remaining(c) == 0;
}

static gboolean is_day(int year, int month, int day)
{
	return g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)MAX(year, 1));
}

gboolean stix_time_parse(Slice text, Instant *ret)
{
	Cursor c = cursor_make(text);
	int year, month, day, hour, minute, second, nanosecond;
	Instant time;

	if (!read_digits(&c, 4, &year) || !read_sign(&c, '-') || !read_digits(&c, 2, &month) ||
		!read_sign(&c, '-') || !read_digits(&c, 2, &day) || !read_sign(&c, 'T') ||
		!read_digits(&c, 2, &hour) || !read_sign(&c, ':') || !read_digits(&c, 2, &minute) ||
		!read_sign(&c, ':') || !read_digits(&c, 2, &second) ||
		!read_fraction(&c, &nanosecond))
		return FALSE;
	if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 ||
		second > 60)
		return FALSE;
	if (!is_day(year, month, day)) {
		*ret = INSTANT_NONE; /* the grammar takes it, no calendar has it */
		return TRUE;
	}
	time = instant_from_parts(year, month, day, hour, minute, MIN(second, 59), nanosecond);
	if (time == INSTANT_NONE)
		time = year < 1970 ? INSTANT_NONE + 1 : INT64_MAX;
	else if (second == 60 && time < INT64_MAX - INSTANT_SECOND)
		time += INSTANT_SECOND;
	*ret = time;
	return TRUE;
}

/* ---- text and bytes -----------------------------------------------------------------------------
 */

static const char *unescape(StixPattern *pattern, Slice quoted)
{
	g_autoptr(GString) text = g_string_sized_new(quoted.size);

	for (gsize i = 1; i + 1 < quoted.size; i++) {
		if (quoted.data[i] == '\\')
			i++;
		g_string_append_c(text, (char)quoted.data[i]);
	}
	return stix_pattern_text(pattern, text->str, (gssize)text->len);
}

/* A string is compared with bytes where each of its characters can be one. */
static void add_bytes_of_text(StixPattern *pattern, StixLiteral *literal)
{
	gsize size = strlen(literal->text), n = 0;
	guint8 *bytes = stix_pattern_alloc(pattern, size + 1);

	for (const char *at = literal->text; *at; at = g_utf8_next_char(at)) {
		gunichar c = g_utf8_get_char(at);

		if (c > 255)
			return;
		bytes[n++] = (guint8)c;
	}
	literal->bytes = slice_make(bytes, n);
	literal->has_bytes = TRUE;
}

static void read_bytes(StixPattern *pattern, StixLiteral *literal, Slice content, gboolean is_hex)
{
	guint8 *bytes = stix_pattern_alloc(pattern, content.size + 1);
	gsize n = 0;

	if (is_hex) {
		for (gsize i = 0; i + 1 < content.size; i += 2)
			bytes[n++] = (guint8)(g_ascii_xdigit_value((char)content.data[i]) << 4 |
				g_ascii_xdigit_value((char)content.data[i + 1]));
	} else {
		int state = 0;
		guint save = 0;

		n = g_base64_decode_step(
			(const char *)content.data, content.size, bytes, &state, &save);
	}
	literal->bytes = slice_make(bytes, n);
	literal->has_bytes = TRUE;
}

/* ---- numbers ------------------------------------------------------------------------------------
 */

static void read_number(StixLiteral *literal)
{
	literal->number = g_ascii_strtod(literal->text, NULL);
	if (literal->kind == STIX_INTEGER) {
		errno = 0;
		literal->integer = g_ascii_strtoll(literal->text, NULL, 10);
		literal->is_exact = errno == 0;
	}
}

StixLiteral *stix_literal_read(
	StixPattern *pattern, const StixToken *token, const char **ret_reason)
{
	StixLiteral *literal = stix_pattern_alloc(pattern, sizeof(StixLiteral));
	Slice content = slice_sub(token->text, 2, token->text.size - 3); /* of h'', b'', t'' */

	literal->text = stix_pattern_text(
		pattern, (const char *)token->text.data, (gssize)token->text.size);
	switch (token->kind) {
	case STIX_TOKEN_INTEGER:
	case STIX_TOKEN_FLOAT:
		literal->kind = token->kind == STIX_TOKEN_INTEGER ? STIX_INTEGER : STIX_FLOAT;
		read_number(literal);
		return literal;
	case STIX_TOKEN_STRING:
		literal->kind = STIX_STRING;
		literal->text = unescape(pattern, token->text);
		add_bytes_of_text(pattern, literal);
		return literal;
	case STIX_TOKEN_HEX:
	case STIX_TOKEN_BINARY:
		literal->kind = STIX_BYTES;
		read_bytes(pattern, literal, content, token->kind == STIX_TOKEN_HEX);
		return literal;
	case STIX_TOKEN_TIMESTAMP:
		literal->kind = STIX_TIMESTAMP;
		(void)stix_time_parse(content, &literal->time);
		if (literal->time == INSTANT_NONE)
			break;
		return literal;
	default:
		literal->kind = STIX_BOOLEAN;
		literal->number = token->text.data[0] == 't';
		return literal;
	}
	*ret_reason = "no calendar has this day";
	return NULL;
}
