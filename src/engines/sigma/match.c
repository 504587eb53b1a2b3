/* SPDX-License-Identifier: Apache-2.0 */
#include "engines/sigma/match.h"

#include <arpa/inet.h>
#include <math.h>

#include "engines/sigma/glob.h"
#include "engines/sigma/regex.h"

#define NUMBER_TEXT_BYTES 64 /* longer texts are no numbers that anybody compares */
#define V4_BYTES	  4
#define V6_BYTES	  16

TextForm match_form(const Test *test)
{
	switch (test->kind) {
	case TEST_EXACT:
	case TEST_PREFIX:
	case TEST_SUFFIX:
	case TEST_CONTAINS:
	case TEST_GLOB:
	case TEST_FIELD_EXACT:
	case TEST_FIELD_PREFIX:
	case TEST_FIELD_SUFFIX:
	case TEST_FIELD_CONTAINS:
		return test->cased ? TEXT_PLAIN : TEXT_FOLDED;
	default:
		return TEXT_PLAIN;
	}
}

/* ---- comparisons of text ---- */

static inline gboolean has_prefix(Slice text, Slice part)
{
	return text.size >= part.size && slice_equal(slice_sub(text, 0, part.size), part);
}

static inline gboolean has_suffix(Slice text, Slice part)
{
	return text.size >= part.size &&
		slice_equal(slice_sub(text, text.size - part.size, part.size), part);
}

static inline gboolean has_part(Slice text, Slice part)
{
	return part.size == 0 ||
		(text.size >= part.size && memmem(text.data, text.size, part.data, part.size));
}

gboolean match_texts(TestKind kind, Slice text, Slice other)
{
	switch (kind) {
	case TEST_FIELD_EXACT:
		return slice_equal(text, other);
	case TEST_FIELD_PREFIX:
		return has_prefix(text, other);
	case TEST_FIELD_SUFFIX:
		return has_suffix(text, other);
	default:
		return has_part(text, other);
	}
}

/* ---- networks ---- */

static gboolean parse_address(Slice text, guint8 ret_bytes[V6_BYTES], guint *ret_size)
{
	char copy[INET6_ADDRSTRLEN];
	const guint8 *zone = text.size ? memchr(text.data, '%', text.size) : NULL;

	if (zone)
		text.size = (gsize)(zone - text.data);
	if (text.size == 0 || text.size >= sizeof(copy))
		return FALSE;
	memcpy(copy, text.data, text.size);
	copy[text.size] = '\0';
	if (strlen(copy) != text.size)
		return FALSE;
	*ret_size = V4_BYTES;
	if (inet_pton(AF_INET, copy, ret_bytes) == 1)
		return TRUE;
	*ret_size = V6_BYTES;
	return inet_pton(AF_INET6, copy, ret_bytes) == 1;
}

static gboolean is_inside(const guint8 *address, const guint8 *network, guint bits)
{
	guint rest = bits % 8;
	guint8 mask = (guint8)(0xFF00 >> rest);

	if (memcmp(address, network, bits / 8) != 0)
		return FALSE;
	return rest == 0 || (address[bits / 8] & mask) == (network[bits / 8] & mask);
}

static gboolean match_network(const Test *test, Slice text)
{
	static const guint8 mapped[V6_BYTES - V4_BYTES] = { [10] = 0xFF, [11] = 0xFF };
	guint8 address[V6_BYTES];
	const guint8 *start = address;
	guint size;

	if (!parse_address(text, address, &size))
		return FALSE;
	if (test->network_size == V4_BYTES && size == V6_BYTES &&
		memcmp(address, mapped, sizeof(mapped)) == 0) {
		start = address + sizeof(mapped);
		size = V4_BYTES;
	}
	return size == test->network_size && test->network_bits <= size * 8 &&
		is_inside(start, test->network, test->network_bits);
}

/* ---- numbers and times ---- */

/* A number as text gives it: exact where it is an integer that fits, else the nearest double. */
typedef struct Number {
	gboolean is_integer;
	gint64 integer;
	double real;
} Number;

/* Digits in @base without sign; integers beyond 63 bits go on as doubles. */
static gboolean parse_digits(Slice digits, gint base, Number *ret)
{
	Number number = { .is_integer = TRUE };

	for (gsize i = 0; i < digits.size; i++) {
		gint digit = g_ascii_xdigit_value((char)digits.data[i]);

		if (digit < 0 || digit >= base)
			return FALSE;
		number.real = number.real * base + digit;
		if (number.integer > (G_MAXINT64 - digit) / base)
			number.is_integer = FALSE;
		else
			number.integer = number.integer * base + digit;
	}
	*ret = number;
	return digits.size > 0;
}

static gboolean parse_fraction(Slice text, Number *ret)
{
	char copy[NUMBER_TEXT_BYTES];
	char *end;

	/* What g_ascii_strtod() reads beyond plain numbers (inf, nan, hexadecimal) is left out. */
	for (gsize i = 0; i < text.size; i++) {
		if (!text.data[i] || !strchr("0123456789+-.eE", text.data[i]))
			return FALSE;
		copy[i] = (char)text.data[i];
	}
	copy[text.size] = '\0';

	double number = g_ascii_strtod(copy, &end);

	if (end != copy + text.size)
		return FALSE;
	*ret = (Number){ .real = number };
	return TRUE;
}

static gboolean parse_number(Slice text, Number *ret)
{
	gboolean negative = text.size > 0 && text.data[0] == '-';

	if (text.size == 0 || text.size >= NUMBER_TEXT_BYTES)
		return FALSE;
	if (text.size > 2 && text.data[0] == '0' && (text.data[1] | 0x20) == 'x')
		return parse_digits(slice_sub(text, 2, text.size), 16, ret);
	if (!parse_digits(slice_sub(text, negative, text.size), 10, ret))
		return parse_fraction(text, ret);
	if (negative) {
		ret->integer = -ret->integer;
		ret->real = -ret->real;
	}
	return TRUE;
}

/* Less than 0, 0 or more as @number is less than, equal to or more than @with. */
static int compare_number(const Number *number, double with)
{
	static const double limit = 9.2e18; /* well inside of what gint64 can hold */

	/* Doubles can not tell large integers apart: those are compared as they are. */
	if (number->is_integer && with == floor(with) && fabs(with) < limit) {
		gint64 integer = (gint64)with;

		return (number->integer > integer) - (number->integer < integer);
	}
	return (number->real > with) - (number->real < with);
}

static gboolean match_number(const Test *test, Slice text)
{
	Number number;
	int order;

	if (!parse_number(text, &number))
		return FALSE;
	order = compare_number(&number, test->number);
	switch (test->kind) {
	case TEST_LESS:
		return order < 0;
	case TEST_LESS_EQUAL:
		return order <= 0;
	case TEST_GREATER:
		return order > 0;
	default:
		return order >= 0;
	}
}

/* The time of @text as it stands there: a zone behind it is not applied. */
static Instant parse_local_time(Slice text)
{
	static const gsize zone_bytes = 6; /* +hh:mm */
	Instant instant = INSTANT_NONE;

	if (text.size > zone_bytes + 10 && /* not the date's own hyphens */
		strchr("+-", text.data[text.size - zone_bytes]) && text.data[text.size - 3] == ':')
		text.size -= zone_bytes;
	(void)instant_parse(text, &instant); /* no time: stays NONE, which no part equals */
	return instant;
}

static gboolean match_time(const Test *test, Instant instant)
{
	InstantParts parts;

	if (instant == INSTANT_NONE)
		return FALSE;
	parts = instant_parts(instant);
	switch (test->part) {
	case TIME_MINUTE:
		return parts.minute == test->integer;
	case TIME_HOUR:
		return parts.hour == test->integer;
	case TIME_DAY:
		return parts.day == test->integer;
	case TIME_WEEK:
		return parts.iso_week == test->integer;
	case TIME_MONTH:
		return parts.month == test->integer;
	default:
		return parts.year == test->integer;
	}
}

/* ---- one test ---- */

gboolean match_text(const Test *test, Slice text)
{
	switch (test->kind) {
	case TEST_EXACT:
		return slice_equal(text, test->text);
	case TEST_PREFIX:
		return has_prefix(text, test->text);
	case TEST_SUFFIX:
		return has_suffix(text, test->text);
	case TEST_CONTAINS:
		return has_part(text, test->text);
	case TEST_GLOB:
		return glob_matches(test->glob, text);
	case TEST_REGEX:
		return regex_matches(test->regex, text);
	case TEST_CIDR:
		return match_network(test, text);
	case TEST_LESS:
	case TEST_LESS_EQUAL:
	case TEST_GREATER:
	case TEST_GREATER_EQUAL:
		return match_number(test, text);
	case TEST_TIME_PART:
		return match_time(test, parse_local_time(text));
	default:
		return FALSE;
	}
}

static gboolean match_items(Texts *texts, const Test *test, guint16 column, guint *ret_item)
{
	TextForm form = match_form(test);
	guint n = texts_count(texts, form, column);

	for (guint i = 0; i < n; i++) {
		if (match_text(test, texts_item(texts, form, column, i))) {
			*ret_item = i;
			return TRUE;
		}
	}
	return FALSE;
}

static gboolean match_fields(
	Texts *texts, const Test *test, guint16 column, guint16 other, guint *ret_item)
{
	TextForm form = match_form(test);

	if (other >= COLUMN_KEYWORD)
		return FALSE;

	/* Both are made before either is looked at: making texts moves those made before. */
	guint n = texts_count(texts, form, column), n_other = texts_count(texts, form, other);

	for (guint i = 0; i < n; i++) {
		Slice text = texts_item(texts, form, column, i);

		for (guint o = 0; o < n_other; o++) {
			if (match_texts(test->kind, text, texts_item(texts, form, other, o))) {
				*ret_item = i;
				return TRUE;
			}
		}
	}
	return FALSE;
}

gboolean match_find(Texts *texts, const Test *test, guint16 column, guint16 other,
	guint16 *ret_column, guint *ret_item)
{
	guint first = column, end = column + 1u;

	if (column == COLUMN_ABSENT)
		return FALSE;
	if (column == COLUMN_KEYWORD) {
		first = 0;
		end = texts->fields->shape->n_columns;
	}
	for (guint i = first; i < end; i++) {
		if (column == COLUMN_KEYWORD && i == texts->fields->no_keyword)
			continue;

		gboolean found = test->kind >= TEST_FIELD_EXACT
			? match_fields(texts, test, (guint16)i, other, ret_item)
			: match_items(texts, test, (guint16)i, ret_item);

		if (found) {
			*ret_column = (guint16)i;
			return TRUE;
		}
	}
	return FALSE;
}

gboolean match_column(Texts *texts, const Test *test, guint16 column, guint16 other)
{
	guint16 found_column;
	guint item;

	switch (test->kind) {
	case TEST_NULL:
		return column == COLUMN_ABSENT ||
			(column != COLUMN_KEYWORD &&
				texts_state(texts, column) != COLUMN_IS_PRESENT);
	case TEST_EXISTS:
		return column < COLUMN_KEYWORD && texts_state(texts, column) != COLUMN_IS_ABSENT;
	default:
		return match_find(texts, test, column, other, &found_column, &item);
	}
}
