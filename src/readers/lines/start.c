/* SPDX-License-Identifier: Apache-2.0 */
#include "readers/lines/start.h"

#define LEVEL_BYTES 16 /* the longest word that is taken for a level */

static guint8 byte_at(Slice text, gsize at)
{
	return at < text.size ? text.data[at] : 0;
}

static Slice rest_of(Slice text, gsize at)
{
	return slice_sub(text, at, text.size);
}

static gboolean read_digits(Slice text, gsize at, guint n, int *ret)
{
	int value = 0;

	for (guint i = 0; i < n; i++) {
		if (!g_ascii_isdigit(byte_at(text, at + i)))
			return FALSE;
		value = value * 10 + (text.data[at + i] - '0');
	}
	*ret = value;
	return TRUE;
}

/* hh:mm:ss with a fraction; returns its size, or 0. */
static gsize read_clock(Slice text, gsize at, Stamp *ret)
{
	gsize end = at + 8;
	int scale = 100000000;

	if (!read_digits(text, at, 2, &ret->hour) || byte_at(text, at + 2) != ':' ||
		!read_digits(text, at + 3, 2, &ret->minute) || byte_at(text, at + 5) != ':' ||
		!read_digits(text, at + 6, 2, &ret->second))
		return 0;
	ret->nanosecond = 0;
	if (byte_at(text, end) == '.' && g_ascii_isdigit(byte_at(text, end + 1))) {
		for (end++; g_ascii_isdigit(byte_at(text, end)); end++, scale /= 10)
			ret->nanosecond += (text.data[end] - '0') * scale;
	}
	return end - at;
}

static gboolean is_possible(const Stamp *s)
{
	return instant_from_parts(s->year ? s->year : 2000, s->month, s->day, s->hour, s->minute,
		       s->second, s->nanosecond) != INSTANT_NONE;
}

/* "E0302 10:11:12.123456" */
static gboolean read_go(Slice line, LineStart *ret)
{
	Stamp *stamp = &ret->stamp;
	gsize size;

	*stamp = (Stamp){ 0 };
	if (!byte_at(line, 0) || !strchr("IWEF", byte_at(line, 0)) ||
		!read_digits(line, 1, 2, &stamp->month) || !read_digits(line, 3, 2, &stamp->day) ||
		byte_at(line, 5) != ' ')
		return FALSE;
	size = read_clock(line, 6, stamp);
	ret->timestamp = slice_sub(line, 1, 5 + size);
	return size > 0 && is_possible(stamp);
}

/* "210302 10:11:12" */
static gboolean read_mysql(Slice line, LineStart *ret)
{
	Stamp *stamp = &ret->stamp;
	gsize at = 7, size;

	*stamp = (Stamp){ 0 };
	if (!read_digits(line, 0, 2, &stamp->year) || !read_digits(line, 2, 2, &stamp->month) ||
		!read_digits(line, 4, 2, &stamp->day) || byte_at(line, 6) != ' ')
		return FALSE;
	stamp->year += 2000;
	size = read_clock(line, at, stamp);
	ret->timestamp = slice_sub(line, 0, at + size);
	return size > 0 && is_possible(stamp);
}

/* "1614679872.123", "1614679872", "1614679872123": of this century, with a blank behind. */
static gboolean read_epoch(Slice line, LineStart *ret)
{
	gint64 seconds = 0, fraction = 0, scale = INSTANT_SECOND;
	gsize at = 0;

	for (; at < 14 && g_ascii_isdigit(byte_at(line, at)); at++)
		seconds = seconds * 10 + (line.data[at] - '0');
	if (at == 13) {
		fraction = seconds % 1000 * (INSTANT_SECOND / 1000);
		seconds /= 1000;
	} else if (at != 10) {
		return FALSE;
	} else if (byte_at(line, at) == '.') {
		for (at++; g_ascii_isdigit(byte_at(line, at)) && scale > 1; at++) {
			scale /= 10;
			fraction += (line.data[at] - '0') * scale;
		}
	}
	if (seconds < 946684800 || seconds >= 4102444800 || byte_at(line, at) != ' ')
		return FALSE;
	ret->timestamp = slice_sub(line, 0, at);
	ret->instant = seconds * INSTANT_SECOND + fraction;
	return TRUE;
}

/* One or two digits with @behind after them; moves *@at behind that. */
static gboolean read_part(Slice text, gsize *at, char behind, int *ret)
{
	guint n = g_ascii_isdigit(byte_at(text, *at + 1)) ? 2 : 1;

	if (!read_digits(text, *at, n, ret) || byte_at(text, *at + n) != (guint8)behind)
		return FALSE;
	*at += n + 1;
	return TRUE;
}

/* " AM" and " PM" behind the time. */
static void read_half(Slice text, gsize *at, Stamp *stamp)
{
	Slice half = slice_sub(text, *at, 3);
	gboolean is_pm = slice_equal(half, slice_from_text(" PM"));

	if ((!is_pm && !slice_equal(half, slice_from_text(" AM"))) || stamp->hour > 12)
		return;
	stamp->hour = stamp->hour % 12 + (is_pm ? 12 : 0);
	*at += 3;
}

/* "03/02/2021 10:11:12.1234": month and day, unless the month were above 12; "02.03.2021 …": day
 * and month. */
static gboolean read_numbers(Slice text, LineStart *ret)
{
	Stamp *stamp = &ret->stamp;
	char dot = byte_at(text, 1) == '.' || byte_at(text, 2) == '.' ? '.' : '/';
	gsize at = 0, size;
	int first, second;

	*stamp = (Stamp){ 0 };
	if (!read_part(text, &at, dot, &first) || !read_part(text, &at, dot, &second) ||
		!read_digits(text, at, 4, &stamp->year))
		return FALSE;
	at += 4;
	if (byte_at(text, at) == ',')
		at++;
	if (byte_at(text, at) != ' ')
		return FALSE;
	if (dot == '/')
		ret->order = first > 12	  ? DAY_FIRST
			: second > 12	  ? MONTH_FIRST
			: first == second ? MONTH_UNKNOWN
					  : MONTH_ASSUMED;
	stamp->month = dot == '/' && first <= 12 ? first : second;
	stamp->day = dot == '/' && first <= 12 ? second : first;
	size = read_clock(text, at + 1, stamp);
	at += 1 + size;
	if (size > 0)
		read_half(text, &at, stamp);
	ret->timestamp = slice_sub(text, 0, at);
	return size > 0 && is_possible(stamp);
}

static gboolean read_here(Slice text, LineStart *ret)
{
	gsize size;

	if (byte_at(text, 0) == '[')
		text = rest_of(text, 1);
	if (!stamp_read(text, &ret->stamp, &size))
		return g_ascii_isdigit(byte_at(text, 0)) && read_numbers(text, ret);
	ret->timestamp = slice_sub(text, 0, size);
	return TRUE;
}

/* "INFO ", "[WARN] ", "I, ": returns the size, or 0. */
static gsize level_size(Slice line)
{
	gboolean in_brackets = byte_at(line, 0) == '[';
	gsize at = in_brackets;

	while (at < LEVEL_BYTES && g_ascii_isalpha(byte_at(line, at)))
		at++;
	if (at == in_brackets || at == LEVEL_BYTES)
		return 0;
	if (in_brackets ? byte_at(line, at) == ']'
			: byte_at(line, at) == ',' || byte_at(line, at) == ':')
		at++;
	else if (in_brackets)
		return 0;
	if (byte_at(line, at) != ' ')
		return 0;
	while (byte_at(line, at) == ' ')
		at++;
	return at;
}

gboolean line_start_read(Slice line, LineStart *ret)
{
	gsize size;

	*ret = (LineStart){ .instant = INSTANT_NONE };
	if (line.size < 10)
		return FALSE;
	if (read_here(line, ret))
		return TRUE;
	ret->order = MONTH_UNKNOWN;
	if (g_ascii_isdigit(line.data[0]))
		return read_epoch(line, ret) || read_mysql(line, ret);
	if (read_go(line, ret))
		return TRUE;
	size = level_size(line);
	return size > 0 && read_here(rest_of(line, size), ret);
}
