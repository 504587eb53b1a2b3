/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Formats of GUID, FILETIME, SYSTEMTIME and SID: [MS-DTYP] 2.3.4, 2.3.3, 2.3.13 and 2.4.2.
 */
#include "model/value.h"

#include <math.h>

#include "base/cursor.h"
#include "base/json-text.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/text.h"

#define SID_MAX_SUBAUTHORITIES 15

/* Strings in evidence are often terminated, and padded, by NULs that are not part of the text. */
static Slice without_trailing_nuls(Slice s, gsize unit)
{
	while (s.size >= unit) {
		const guint8 *last = s.data + s.size - unit;

		if (last[0] != 0 || (unit == 2 && last[1] != 0))
			break;
		s.size -= unit;
	}
	return s;
}

static Slice cut(Slice s)
{
	return slice_sub(s, 0, LIMIT_VALUE_BYTES);
}

static Slice utf16_of(const Value *value)
{
	Slice whole = { value->bytes.data, value->bytes.size & ~(gsize)1 };
	Slice text = without_trailing_nuls(whole, 2);

	/* An odd last byte is damage; it stays visible, unless it is a NUL itself. */
	if (value->bytes.size % 2 && value->bytes.data[value->bytes.size - 1] != 0)
		text = value->bytes;
	return cut(text);
}

/* Reads an integer of 1, 2, 4 or 8 bytes, widened without sign. */
static bool read_unsigned(Slice bytes, guint64 *ret)
{
	Cursor c = cursor_make(bytes);
	uint8_t u8;
	uint16_t u16;
	uint32_t u32;

	switch (bytes.size) {
	case 1:
		(void)cursor_u8(&c, &u8); /* the size is what the case says */
		*ret = u8;
		return true;
	case 2:
		(void)cursor_u16(&c, &u16);
		*ret = u16;
		return true;
	case 4:
		(void)cursor_u32(&c, &u32);
		*ret = u32;
		return true;
	case 8:
		return cursor_u64(&c, ret);
	default:
		return false;
	}
}

static bool read_signed(Slice bytes, gint64 *ret)
{
	guint64 raw;

	if (!read_unsigned(bytes, &raw))
		return false;

	guint64 sign = G_GUINT64_CONSTANT(1) << (bytes.size * 8 - 1);

	*ret = (gint64)((raw ^ sign) - sign);
	return true;
}

static bool read_real(Slice bytes, double *ret)
{
	guint64 raw;

	if (bytes.size != 4 && bytes.size != 8)
		return false;
	if (!read_unsigned(bytes, &raw))
		return false;
	if (bytes.size == 4) {
		union {
			guint32 bits;
			float real;
		} single = { .bits = (guint32)raw };

		*ret = (double)single.real;
	} else {
		union {
			guint64 bits;
			double real;
		} precise = { .bits = raw };

		*ret = precise.real;
	}
	return true;
}

/* The shortest digits that read back as the same number. */
static void append_real(GString *ret, double real, bool is_single)
{
	static const char *const single[] = { "%.6g", "%.7g", "%.8g", "%.9g", NULL };
	static const char *const precise[] = { "%.15g", "%.16g", "%.17g", NULL };
	const char *const *format = is_single ? single : precise;
	char text[G_ASCII_DTOSTR_BUF_SIZE];

	for (; *format; format++) {
		double back =
			g_ascii_strtod(g_ascii_formatd(text, sizeof(text), *format, real), NULL);

		if (is_single ? (float)back == (float)real : back == real)
			break;
	}
	g_string_append(ret, text);
}

static void append_hex_bytes(GString *ret, Slice bytes)
{
	static const char digits[] = "0123456789ABCDEF";

	bytes = slice_sub(bytes, 0, LIMIT_VALUE_BYTES / 2);
	for (gsize i = 0; i < bytes.size; i++) {
		g_string_append_c(ret, digits[bytes.data[i] >> 4]);
		g_string_append_c(ret, digits[bytes.data[i] & 15]);
	}
}

static bool append_guid(GString *ret, Slice bytes)
{
	Cursor c = cursor_make(bytes);
	uint32_t first;
	uint16_t second, third;
	Slice rest;

	if (bytes.size != 16 || !cursor_u32(&c, &first) || !cursor_u16(&c, &second) ||
		!cursor_u16(&c, &third) || !cursor_slice(&c, 8, &rest))
		return false;
	g_string_append_printf(ret, "{%08X-%04X-%04X-", first, second, third);
	append_hex_bytes(ret, slice_sub(rest, 0, 2));
	g_string_append_c(ret, '-');
	append_hex_bytes(ret, slice_sub(rest, 2, 6));
	g_string_append_c(ret, '}');
	return true;
}

static bool append_sid(GString *ret, Slice bytes)
{
	Cursor c = cursor_make(bytes);
	uint8_t revision, n_subauthorities, byte = 0;
	guint64 authority = 0;

	if (!cursor_u8(&c, &revision) || !cursor_u8(&c, &n_subauthorities) ||
		n_subauthorities > SID_MAX_SUBAUTHORITIES ||
		bytes.size < 8 + 4 * (gsize)n_subauthorities)
		return false;
	for (int i = 0; i < 6; i++) {	    /* the one big-endian number in there */
		(void)cursor_u8(&c, &byte); /* the size is checked above */
		authority = authority << 8 | byte;
	}
	g_string_append_printf(ret, "S-%u-%" G_GUINT64_FORMAT, revision, authority);
	for (int i = 0; i < n_subauthorities; i++) {
		uint32_t subauthority = 0;

		(void)cursor_u32(&c, &subauthority);
		g_string_append_printf(ret, "-%u", subauthority);
	}
	return true;
}

static Instant instant_from_systemtime(Slice bytes)
{
	Cursor c = cursor_make(bytes);
	uint16_t parts[8]; /* year, month, day of week, day, hour, minute, second, millisecond */

	for (int i = 0; i < 8; i++) {
		if (!cursor_u16(&c, &parts[i]))
			return INSTANT_NONE;
	}
	return instant_from_parts(parts[0], parts[1], parts[3], parts[4], parts[5], parts[6],
		parts[7] < 1000 ? parts[7] * 1000000 : -1);
}

static bool append_instant(GString *ret, Instant instant)
{
	char text[INSTANT_TEXT_BYTES];

	if (instant == INSTANT_NONE)
		return false;
	instant_format(instant, text);
	g_string_append(ret, text);
	return true;
}

static bool append_filetime(GString *ret, Slice bytes)
{
	char text[INSTANT_TEXT_BYTES];
	guint64 filetime;

	if (bytes.size != 8 || !read_unsigned(bytes, &filetime) ||
		!instant_format_filetime(filetime, text))
		return false;
	g_string_append(ret, text);
	return true;
}

/* The types that are not text; FALSE where the bytes do not fit the type. */
static bool append_number_like(GString *ret, const Value *value)
{
	guint64 raw;
	gint64 number;
	double real;

	switch (value->type) {
	case VALUE_INT:
		if (!read_signed(value->bytes, &number))
			return false;
		g_string_append_printf(ret, "%" G_GINT64_FORMAT, number);
		return true;
	case VALUE_UINT:
		if (!read_unsigned(value->bytes, &raw))
			return false;
		g_string_append_printf(ret, "%" G_GUINT64_FORMAT, raw);
		return true;
	case VALUE_HEX:
		if (!read_unsigned(value->bytes, &raw))
			return false;
		g_string_append_printf(ret, "0x%" G_GINT64_MODIFIER "x", raw);
		return true;
	case VALUE_REAL:
		if (!read_real(value->bytes, &real))
			return false;
		append_real(ret, real, value->bytes.size == 4);
		return true;
	case VALUE_BOOL:
		if (!read_unsigned(value->bytes, &raw))
			return false;
		g_string_append(ret, raw ? "true" : "false");
		return true;
	case VALUE_GUID:
		return append_guid(ret, value->bytes);
	case VALUE_SID:
		return append_sid(ret, value->bytes);
	case VALUE_FILETIME:
		return append_filetime(ret, value->bytes);
	case VALUE_SYSTEMTIME:
		return append_instant(ret, value_to_instant(value));
	default:
		return false;
	}
}

static void append_list(
	GString *ret, const Value *value, void (*append)(GString *ret, const Value *item))
{
	gsize start = ret->len;

	for (guint i = 0; i < value->n_items && ret->len - start < LIMIT_VALUE_BYTES; i++) {
		if (i > 0)
			g_string_append_c(ret, '\n');
		if (value->items[i].type != VALUE_LIST) /* lists do not nest: see value.h */
			append(ret, &value->items[i]);
	}
}

/* As without_trailing_nuls(), where the NULs were escapes. */
static void trim_nuls(GString *ret, gsize start)
{
	gsize size = ret->len;

	while (size > start && ret->str[size - 1] == '\0')
		size--;
	g_string_truncate(ret, size);
}

void value_append_text(GString *ret, const Value *value)
{
	gsize start = ret->len;

	switch (value->type) {
	case VALUE_ABSENT:
	case VALUE_NULL:
		return;
	case VALUE_UTF16:
		text_append_utf16(ret, utf16_of(value));
		return;
	case VALUE_UTF8:
		text_append_utf8(ret, cut(without_trailing_nuls(value->bytes, 1)));
		return;
	case VALUE_ANSI:
		text_append_ansi(ret, cut(without_trailing_nuls(value->bytes, 1)));
		return;
	case VALUE_BARE:
		text_append_utf8(ret, cut(value->bytes));
		return;
	case VALUE_JSON:
		json_append_unescaped(ret, cut(value->bytes));
		trim_nuls(ret, start);
		return;
	case VALUE_LIST:
		append_list(ret, value, value_append_text);
		return;
	default:
		if (!append_number_like(ret, value))
			append_hex_bytes(ret, value->bytes);
	}
}

/* Folds what was appended behind @start: by a copy by size, since it may hold NULs. */
static void fold_from(GString *ret, gsize start)
{
	gsize size = ret->len - start;
	g_autofree guint8 *text = g_memdup2(ret->str + start, size);

	g_string_truncate(ret, start);
	text_append_folded(ret, slice_make(text, size));
}

void value_append_folded(GString *ret, const Value *value)
{
	gsize start = ret->len;

	switch (value->type) {
	case VALUE_UTF16: /* by far the most common in event logs */
		text_append_utf16_folded(ret, utf16_of(value));
		return;
	case VALUE_LIST:
		append_list(ret, value, value_append_folded);
		return;
	case VALUE_UTF8:
		json_append_plain_folded(ret, cut(without_trailing_nuls(value->bytes, 1)));
		return;
	case VALUE_JSON:
		json_append_unescaped_folded(ret, cut(value->bytes));
		trim_nuls(ret, start);
		return;
	case VALUE_ANSI:
		value_append_text(ret, value);
		fold_from(ret, start);
		return;
	default: /* nothing but ASCII */
		value_append_text(ret, value);
		for (gsize i = start; i < ret->len; i++)
			ret->str[i] = g_ascii_tolower(ret->str[i]);
	}
}

static void append_json_list(GString *ret, const Value *value)
{
	g_string_append_c(ret, '[');
	for (guint i = 0; i < value->n_items; i++) {
		if (i > 0)
			g_string_append_c(ret, ',');
		if (value->items[i].type == VALUE_LIST)
			g_string_append(ret, "null");
		else
			value_append_json(ret, &value->items[i]);
	}
	g_string_append_c(ret, ']');
}

void value_append_json(GString *ret, const Value *value)
{
	guint64 raw;

	if (value->type == VALUE_ABSENT || value->type == VALUE_NULL) {
		g_string_append(ret, "null");
	} else if (value->type == VALUE_LIST) {
		append_json_list(ret, value);
	} else if ((value->type == VALUE_INT || value->type == VALUE_UINT) &&
		read_unsigned(value->bytes, &raw)) {
		(void)append_number_like(ret, value); /* the size was just checked */
	} else if (value->type == VALUE_BARE && json_is_bare(cut(value->bytes))) {
		value_append_text(ret, value);
	} else {
		g_autoptr(GString) text = g_string_new(NULL);
		Json j = json_begin(ret);

		value_append_text(text, value);
		json_slice(&j, slice_make(text->str, text->len));
	}
}

static bool parse_bare(Slice text, gint64 *ret)
{
	char digits[24]; /* the longest gint64 has 20 characters */

	if (slice_equal(text, slice_from_text("true")) ||
		slice_equal(text, slice_from_text("false"))) {
		*ret = text.data[0] == 't';
		return true;
	}
	if (text.size == 0 || text.size >= sizeof(digits))
		return false;
	memcpy(digits, text.data, text.size);
	digits[text.size] = '\0';
	return g_ascii_string_to_signed(digits, 10, G_MININT64, G_MAXINT64, ret, NULL);
}

bool value_to_int(const Value *value, gint64 *ret)
{
	guint64 raw;

	switch (value->type) {
	case VALUE_INT:
		return read_signed(value->bytes, ret);
	case VALUE_UINT:
	case VALUE_HEX:
	case VALUE_BOOL:
		if (!read_unsigned(value->bytes, &raw) || raw > G_MAXINT64)
			return false;
		*ret = (gint64)raw;
		return true;
	case VALUE_BARE:
		return parse_bare(value->bytes, ret);
	default:
		return false;
	}
}

Instant value_to_instant(const Value *value)
{
	Instant instant = INSTANT_NONE;
	guint64 raw;

	switch (value->type) {
	case VALUE_FILETIME:
		if (value->bytes.size == 8 && read_unsigned(value->bytes, &raw))
			instant = instant_from_filetime(raw);
		break;
	case VALUE_SYSTEMTIME:
		instant = instant_from_systemtime(value->bytes);
		break;
	case VALUE_UTF8:
	case VALUE_UTF16:
	case VALUE_JSON:
	case VALUE_ANSI: {
		g_autoptr(GString) text = g_string_new(NULL);

		value_append_text(text, value);
		(void)instant_parse(slice_make(text->str, text->len), &instant);
		break;
	}
	default:
		break;
	}
	return instant;
}
