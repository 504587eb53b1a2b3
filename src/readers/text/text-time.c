/* SPDX-License-Identifier: Apache-2.0 */
#include "readers/text/text-time.h"

#include "base/cursor.h"
#include "readers/text/scan.h"

static gboolean peek(const Cursor *c, guint8 *ret)
{
	Cursor copy = *c;

	return cursor_u8(&copy, ret);
}

static gboolean take_char(Cursor *c, guint8 wanted)
{
	guint8 byte;

	return peek(c, &byte) && byte == wanted && cursor_skip(c, 1);
}

static gboolean take_digit(Cursor *c, guint *ret)
{
	guint8 byte;

	if (!peek(c, &byte) || byte < '0' || byte > '9')
		return FALSE;
	*ret = byte - '0';
	return cursor_skip(c, 1);
}

/* A number of @min to @max digits. */
static gboolean take_number(Cursor *c, guint min, guint max, int *ret)
{
	guint digit, n = 0;
	int number = 0;

	for (; n < max && take_digit(c, &digit); n++)
		number = number * 10 + (int)digit;
	*ret = number;
	return n >= min;
}

/* The nanoseconds of what comes behind a point or comma; 0 where there is none. */
static int take_fraction(Cursor *c)
{
	int nanosecond = 0, scale = 100000000;
	guint digit;

	if (!take_char(c, '.') && !take_char(c, ','))
		return 0;
	for (; take_digit(c, &digit); scale /= 10)
		nanosecond += (int)digit * scale;
	return nanosecond;
}

typedef struct Clock {
	int hour, minute, second, nanosecond;
} Clock;

static gboolean take_clock(Cursor *c, Clock *ret)
{
	*ret = (Clock){ 0 };
	if (!take_number(c, 1, 2, &ret->hour) || !take_char(c, ':') ||
		!take_number(c, 2, 2, &ret->minute))
		return FALSE;
	if (take_char(c, ':') && !take_number(c, 2, 2, &ret->second))
		return FALSE;
	ret->nanosecond = take_fraction(c);
	return TRUE;
}

static Instant make(int year, int month, int day, const Clock *clock)
{
	return instant_from_parts(
		year, month, day, clock->hour, clock->minute, clock->second, clock->nanosecond);
}

static gboolean at_end(const Cursor *c)
{
	return cursor_remaining(c) == 0;
}

static Instant read_date(Slice text)
{
	Cursor c = cursor_make(text);
	int year, month, day;

	if (!take_number(&c, 4, 4, &year) || !take_char(&c, '-') ||
		!take_number(&c, 2, 2, &month) || !take_char(&c, '-') ||
		!take_number(&c, 2, 2, &day) || !at_end(&c))
		return INSTANT_NONE;
	return instant_from_parts(year, month, day, 0, 0, 0, 0);
}

Instant text_day_time(TextDay *day, Slice date, Slice time)
{
	Cursor c = cursor_make(time);
	Clock clock;

	if (!slice_equal(date, slice_make(day->date, sizeof(day->date)))) {
		if (date.size != sizeof(day->date))
			return INSTANT_NONE;
		for (gsize i = 0; i < sizeof(day->date); i++)
			day->date[i] = date.data[i];
		day->start = read_date(date);
	}
	if (day->start == INSTANT_NONE || !take_clock(&c, &clock) || !at_end(&c))
		return INSTANT_NONE;
	if (clock.hour > 23 || clock.minute > 59 || clock.second > 60)
		return INSTANT_NONE;
	return day->start +
		(clock.hour * 3600 + clock.minute * 60 + clock.second) * INSTANT_SECOND +
		clock.nanosecond;
}

/* "Z", "UTC", "GMT" or a sign with hh:mm or hhmm, to the end; FALSE where something else stands. */
static gboolean take_zone(Cursor *c, gboolean *ret_has_zone, gint64 *ret_seconds)
{
	int hours, minutes, sign = 0;
	Slice rest;

	(void)take_char(c, ' ');
	rest = slice_sub(c->bytes, c->position, c->bytes.size);
	*ret_has_zone = rest.size > 0;
	*ret_seconds = 0;
	if (rest.size == 0 || slice_equal(rest, slice_from_text("Z")) ||
		slice_equal(rest, slice_from_text("UTC")) ||
		slice_equal(rest, slice_from_text("GMT")))
		return TRUE;
	if (take_char(c, '+'))
		sign = 1;
	else if (take_char(c, '-'))
		sign = -1;
	if (!sign || !take_number(c, 2, 2, &hours))
		return FALSE;
	(void)take_char(c, ':');
	if (!take_number(c, 2, 2, &minutes) || hours > 23 || minutes > 59 || !at_end(c))
		return FALSE;
	*ret_seconds = sign * (hours * 3600 + minutes * 60);
	return TRUE;
}

static Instant with_zone(Instant local, Cursor *c, const Zone *zone, guint *assumed)
{
	gboolean has_zone;
	gint64 seconds;

	if (local == INSTANT_NONE || !take_zone(c, &has_zone, &seconds))
		return INSTANT_NONE;
	if (!has_zone) {
		*assumed |= TEXT_TIME_ZONE;
		return zone_from_local(zone, local);
	}
	return local - seconds * INSTANT_SECOND;
}

static gboolean take_month_name(Cursor *c, int *ret)
{
	static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";
	Slice name;

	if (!cursor_slice(c, 3, &name))
		return FALSE;
	for (int month = 0; month < 12; month++) {
		if (g_ascii_strncasecmp((const char *)name.data, &names[month * 3], 3) == 0) {
			*ret = month + 1;
			return TRUE;
		}
	}
	return FALSE;
}

static Instant ncsa(Slice text, const Zone *zone, guint *assumed)
{
	Cursor c = cursor_make(text);
	int year, month, day;
	Clock clock;

	if (!take_number(&c, 1, 2, &day) || !take_char(&c, '/') || !take_month_name(&c, &month) ||
		!take_char(&c, '/') || !take_number(&c, 4, 4, &year) || !take_char(&c, ':') ||
		!take_clock(&c, &clock))
		return INSTANT_NONE;
	return with_zone(make(year, month, day, &clock), &c, zone, assumed);
}

Instant text_time_ncsa(Slice text)
{
	guint assumed = 0;

	return ncsa(text, NULL, &assumed);
}

/* Digits with a fraction, in units of which @per_second make a second. */
static Instant epoch(Slice text, gint64 per_second)
{
	Cursor c = cursor_make(text);
	gint64 whole = 0, nanoseconds_per_unit = INSTANT_SECOND / per_second;
	guint n = 0, digit;
	int fraction;

	for (; take_digit(&c, &digit); n++) {
		if (whole > (G_MAXINT64 / nanoseconds_per_unit - 9) / 10)
			return INSTANT_NONE;
		whole = whole * 10 + digit;
	}
	fraction = take_fraction(&c);
	if (n == 0 || !at_end(&c) || whole > G_MAXINT64 / nanoseconds_per_unit - 1)
		return INSTANT_NONE;
	return whole * nanoseconds_per_unit + fraction / per_second;
}

Instant text_time_epoch(Slice text)
{
	return epoch(text, 1);
}

/* Seconds until the year 5138 have at most 11 digits: more are smaller units. */
static Instant any_epoch(Slice text)
{
	gsize n = 0;

	while (n < text.size && g_ascii_isdigit(text.data[n]))
		n++;
	/* Fewer than nine digits are dates, durations, ids: anything but a time after 1973. */
	if (n < 9)
		return INSTANT_NONE;
	return epoch(text, n <= 11 ? 1 : n <= 14 ? 1000 : n <= 17 ? 1000000 : 1000000000);
}

/* " AM" or " PM", if it is there; FALSE where the hour does not fit. */
static gboolean take_half_day(Cursor *c, Clock *clock)
{
	Cursor ahead = *c;
	guint8 half, m;

	(void)take_char(&ahead, ' ');
	if (!cursor_u8(&ahead, &half) || !cursor_u8(&ahead, &m) || g_ascii_tolower(m) != 'm')
		return TRUE;
	half = (guint8)g_ascii_tolower(half);
	if (half != 'a' && half != 'p')
		return TRUE;
	if (clock->hour < 1 || clock->hour > 12)
		return FALSE;
	clock->hour = clock->hour % 12 + (half == 'p' ? 12 : 0);
	*c = ahead;
	return TRUE;
}

/* What stands between date and time; dates alone are midnight. */
static gboolean take_clock_behind_date(Cursor *c, Clock *ret)
{
	*ret = (Clock){ 0 };
	if (at_end(c))
		return TRUE;
	if (!take_char(c, 'T') && !take_char(c, ' ') && !(take_char(c, ',') && take_char(c, ' ')))
		return FALSE;
	while (take_char(c, ' '))
		;
	return take_clock(c, ret) && take_half_day(c, ret);
}

/* Three numbers with @separator, in whichever order. */
static Instant numeric(Slice text, guint8 separator, const Zone *zone, guint *assumed)
{
	Cursor c = cursor_make(text);
	int first, second, third, year, month, day;
	guint may_be = 0;
	Clock clock;
	Instant ret;

	if (!take_number(&c, 1, 4, &first) || !take_char(&c, separator) ||
		!take_number(&c, 1, 2, &second) || !take_char(&c, separator) ||
		!take_number(&c, 1, 4, &third) || !take_clock_behind_date(&c, &clock))
		return INSTANT_NONE;
	if (first > 31) {
		year = first, month = second, day = third;
	} else if (separator == '.' || first > 12) {
		year = third, month = second, day = first;
	} else {
		year = third, month = first, day = second;
		may_be = second <= 12 && first != second ? TEXT_TIME_MONTH_DAY : 0;
	}
	ret = with_zone(make(year, month, day, &clock), &c, zone, assumed);
	if (ret != INSTANT_NONE)
		*assumed |= may_be;
	return ret;
}

Instant text_time_any(Slice text, const Zone *zone, guint *assumed)
{
	gsize n = 0;
	Slice inner;
	Instant ret;

	text = scan_trim(text);
	while (n < text.size && n < 4 && g_ascii_isdigit(text.data[n]))
		n++;
	if (scan_skip_prefix(text, "/Date(", &inner))
		return any_epoch(slice_sub(inner, 0, scan_byte(inner, 0, ')')));
	if (n == 0 || n >= text.size)
		return INSTANT_NONE;
	switch (text.data[n]) {
	case '-':
	case '.':
		return numeric(text, text.data[n], zone, assumed);
	case '/':
		ret = numeric(text, '/', zone, assumed);
		return ret == INSTANT_NONE ? ncsa(text, zone, assumed) : ret;
	default:
		return any_epoch(text);
	}
}
