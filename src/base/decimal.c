/* SPDX-License-Identifier: Apache-2.0 */
#include "base/decimal.h"

#include <glib.h>

#define FRACTION_DIGITS 9
#define WHOLE_DIGITS	18
#define HEX_DIGITS	14
#define EXPONENT_MOST	400 /* what is above makes any number too large or nothing */

static const double largest = 1e18;

static bool is_digit(Slice text, size_t at)
{
	return at < text.size && g_ascii_isdigit((char)text.data[at]);
}

static bool parse_hex(Slice digits, Decimal *ret)
{
	Decimal number = 0;

	if (digits.size == 0 || digits.size > HEX_DIGITS)
		return false;
	for (size_t i = 0; i < digits.size; i++) {
		if (!g_ascii_isxdigit((char)digits.data[i]))
			return false;
		number = number * 16 + g_ascii_xdigit_value((char)digits.data[i]);
	}
	*ret = number * DECIMAL_ONE;
	return true;
}

/* "e-3" at @at to the end of @text; nothing there is 0. */
static bool parse_exponent(Slice text, size_t at, int *ret)
{
	int exponent = 0;
	bool is_negative;

	*ret = 0;
	if (at == text.size)
		return true;
	if (text.data[at] != 'e' && text.data[at] != 'E')
		return false;
	at++;
	is_negative = at < text.size && text.data[at] == '-';
	if (at < text.size && (text.data[at] == '-' || text.data[at] == '+'))
		at++;
	if (!is_digit(text, at))
		return false;
	for (; is_digit(text, at); at++)
		exponent = MIN(exponent * 10 + (text.data[at] - '0'), EXPONENT_MOST);
	*ret = is_negative ? -exponent : exponent;
	return at == text.size;
}

/*
 * Adds the digit that stands @place digits before the point (0: the ones, -1: the tenths). False
 * where the number gets too large.
 */
static bool add_digit(Decimal *number, int digit, int place)
{
	Decimal unit = DECIMAL_ONE;

	if (digit == 0 || place < -FRACTION_DIGITS)
		return true;
	if (place >= WHOLE_DIGITS)
		return false;
	for (; place > 0; place--)
		unit *= 10;
	for (; place < 0; place++)
		unit /= 10;
	*number += digit * unit;
	return true;
}

static bool parse_digits(Slice text, Decimal *ret)
{
	size_t n_whole = 0, n_fraction = 0, end;
	Decimal number = 0;
	int exponent;

	while (is_digit(text, n_whole))
		n_whole++;
	end = n_whole;
	if (end < text.size && text.data[end] == '.') {
		while (is_digit(text, end + 1 + n_fraction))
			n_fraction++;
		end += 1 + n_fraction;
	}
	if (n_whole + n_fraction == 0 || n_whole > G_MAXINT16 ||
		!parse_exponent(text, end, &exponent))
		return false;
	for (size_t i = 0; i < n_whole; i++) {
		if (!add_digit(&number, text.data[i] - '0', (int)(n_whole - 1 - i) + exponent))
			return false;
	}
	/* Further behind, no exponent that is taken makes a digit count. */
	n_fraction = MIN(n_fraction, EXPONENT_MOST + FRACTION_DIGITS);
	for (size_t i = 0; i < n_fraction; i++) {
		if (!add_digit(&number, text.data[n_whole + 1 + i] - '0', -(int)(i + 1) + exponent))
			return false;
	}
	*ret = number;
	return true;
}

bool decimal_parse(Slice text, Decimal *ret)
{
	bool is_negative = text.size && text.data[0] == '-';

	if (text.size > 2 && text.data[0] == '0' && (text.data[1] == 'x' || text.data[1] == 'X'))
		return parse_hex(slice_sub(text, 2, text.size - 2), ret);
	if (text.size && (text.data[0] == '-' || text.data[0] == '+'))
		text = slice_sub(text, 1, text.size - 1);
	if (!parse_digits(text, ret))
		return false;
	if (is_negative)
		*ret = -*ret;
	return true;
}

Decimal decimal_from_double(double number)
{
	long double scaled = (long double)CLAMP(number, -largest, largest) * 1e9L;

	return (Decimal)(scaled < 0 ? scaled - 0.5L : scaled + 0.5L);
}

void decimal_format(Decimal number, char ret[DECIMAL_TEXT_BYTES])
{
	Decimal size = number < 0 ? -number : number;
	Decimal whole = size / DECIMAL_ONE;
	guint fraction = (guint)(size % DECIMAL_ONE);
	guint64 high = (guint64)(whole / DECIMAL_ONE / DECIMAL_ONE);
	guint64 low = (guint64)(whole % (DECIMAL_ONE * DECIMAL_ONE));
	gsize n;

	if (high)
		(void)g_snprintf(ret, DECIMAL_TEXT_BYTES,
			"%s%" G_GUINT64_FORMAT "%018" G_GUINT64_FORMAT, number < 0 ? "-" : "", high,
			low); /* there is room */
	else
		(void)g_snprintf(ret, DECIMAL_TEXT_BYTES, "%s%" G_GUINT64_FORMAT,
			number < 0 ? "-" : "", low); /* there is room */
	if (!fraction)
		return;
	n = strlen(ret);
	(void)g_snprintf(ret + n, DECIMAL_TEXT_BYTES - n, ".%09u", fraction); /* there is room */
	for (n = strlen(ret); ret[n - 1] == '0'; n--)
		ret[n - 1] = '\0';
}
