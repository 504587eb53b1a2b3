/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Civil dates from day numbers follow Howard Hinnant's "chrono-Compatible Low-Level Date
 * Algorithms": years begin in March, so that the leap day is the last of its year and needs no
 * special case.
 */
#include "base/instant.h"

#include <stdio.h>

#define SECONDS_PER_DAY	 INT64_C(86400)
#define FILETIME_TO_UNIX INT64_C(11644473600) /* seconds from 1601-01-01 to 1970-01-01 */

static int64_t days_from_civil(int year, int month, int day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t year_of_era = y - era * 400;
	int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

	return era * 146097 + day_of_era - 719468;
}

static void civil_from_days(int64_t days, InstantParts *ret)
{
	int64_t z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t day_of_era = z - era * 146097;
	int64_t year_of_era =
		(day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int64_t day_of_year =
		day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t month_index = (5 * day_of_year + 2) / 153;

	ret->day = (int)(day_of_year - (153 * month_index + 2) / 5 + 1);
	ret->month = (int)(month_index < 10 ? month_index + 3 : month_index - 9);
	ret->year = (int)(year_of_era + era * 400 + (ret->month <= 2));
}

static bool is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_in_month(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return days[month - 1] + (month == 2 && is_leap(year));
}

Instant instant_from_filetime(uint64_t filetime)
{
	/* The largest instant is INT64_MAX ns; in 100 ns ticks since 1601 that still fits. */
	const uint64_t largest =
		(uint64_t)(INT64_MAX / 100) + (uint64_t)FILETIME_TO_UNIX * 10000000;

	if (filetime == 0 || filetime > largest)
		return INSTANT_NONE;

	int64_t ticks = (int64_t)filetime - FILETIME_TO_UNIX * 10000000;

	if (ticks < INT64_MIN / 100 + 1)
		return INSTANT_NONE;
	return ticks * 100;
}

Instant instant_from_parts(
	int year, int month, int day, int hour, int minute, int second, int nanosecond)
{
	if (year < 1678 || year > 2261 || month < 1 || month > 12 || day < 1 ||
		day > days_in_month(year, month) || hour < 0 || hour > 23 || minute < 0 ||
		minute > 59 || second < 0 || second > 60 || nanosecond < 0 ||
		nanosecond >= INSTANT_SECOND)
		return INSTANT_NONE;
	return (days_from_civil(year, month, day) * SECONDS_PER_DAY + hour * 3600 + minute * 60 +
		       second) *
		INSTANT_SECOND +
		nanosecond;
}

/* Reads exactly @digits decimal digits at *@at; false where there are not so many. */
static bool parse_digits(Slice text, size_t *at, int digits, int *ret)
{
	int value = 0;

	for (int i = 0; i < digits; i++) {
		if (*at >= text.size || text.data[*at] < '0' || text.data[*at] > '9')
			return false;
		value = value * 10 + (text.data[(*at)++] - '0');
	}
	*ret = value;
	return true;
}

static bool parse_char(Slice text, size_t *at, char wanted)
{
	if (*at >= text.size || text.data[*at] != (uint8_t)wanted)
		return false;
	(*at)++;
	return true;
}

static int parse_fraction(Slice text, size_t *at)
{
	int nanosecond = 0, scale = 100000000;

	for (; *at < text.size && text.data[*at] >= '0' && text.data[*at] <= '9'; (*at)++) {
		nanosecond += (text.data[*at] - '0') * scale;
		scale /= 10;
	}
	return nanosecond;
}

/* The offset from UTC in seconds at *@at: Z, nothing, or a sign with hh:mm or hhmm. */
static bool parse_zone(Slice text, size_t *at, int *ret_seconds)
{
	int hours, minutes, sign;

	*ret_seconds = 0;
	if (*at == text.size || parse_char(text, at, 'Z'))
		return true;
	if (parse_char(text, at, '+'))
		sign = 1;
	else if (parse_char(text, at, '-'))
		sign = -1;
	else
		return false;
	if (!parse_digits(text, at, 2, &hours))
		return false;
	(void)parse_char(text, at, ':'); /* the colon is optional in ISO 8601 */
	if (!parse_digits(text, at, 2, &minutes) || hours > 23 || minutes > 59)
		return false;
	*ret_seconds = sign * (hours * 3600 + minutes * 60);
	return true;
}

bool instant_parse(Slice text, Instant *ret)
{
	int year, month, day, hour, minute, second, nanosecond = 0, zone;
	size_t at = 0;

	if (!parse_digits(text, &at, 4, &year) || !parse_char(text, &at, '-') ||
		!parse_digits(text, &at, 2, &month) || !parse_char(text, &at, '-') ||
		!parse_digits(text, &at, 2, &day))
		return false;
	if (!parse_char(text, &at, 'T') && !parse_char(text, &at, ' '))
		return false;
	if (!parse_digits(text, &at, 2, &hour) || !parse_char(text, &at, ':') ||
		!parse_digits(text, &at, 2, &minute) || !parse_char(text, &at, ':') ||
		!parse_digits(text, &at, 2, &second))
		return false;
	if (parse_char(text, &at, '.') || parse_char(text, &at, ','))
		nanosecond = parse_fraction(text, &at);
	if (!parse_zone(text, &at, &zone) || at != text.size)
		return false;

	Instant local = instant_from_parts(year, month, day, hour, minute, second, nanosecond);

	if (local == INSTANT_NONE)
		return false;
	*ret = local - zone * INSTANT_SECOND;
	return true;
}

static int iso_week(int64_t days, int year)
{
	int64_t weekday = (days % 7 + 10) % 7; /* Monday is 0: 1970-01-01 was a Thursday */
	int64_t thursday = days - weekday + 3;
	int64_t first = days_from_civil(year, 1, 1);

	if (thursday < first)
		first = days_from_civil(year - 1, 1, 1);
	else if (thursday >= days_from_civil(year + 1, 1, 1))
		first = days_from_civil(year + 1, 1, 1);
	return (int)((thursday - first) / 7 + 1);
}

InstantParts instant_parts(Instant instant)
{
	InstantParts parts = { 0 };
	int64_t seconds = instant / INSTANT_SECOND;
	int64_t nanosecond = instant % INSTANT_SECOND;

	if (nanosecond < 0) {
		nanosecond += INSTANT_SECOND;
		seconds--;
	}

	int64_t days = seconds / SECONDS_PER_DAY;
	int64_t second_of_day = seconds % SECONDS_PER_DAY;

	if (second_of_day < 0) {
		second_of_day += SECONDS_PER_DAY;
		days--;
	}
	civil_from_days(days, &parts);
	parts.hour = (int)(second_of_day / 3600);
	parts.minute = (int)(second_of_day / 60 % 60);
	parts.second = (int)(second_of_day % 60);
	parts.nanosecond = (int)nanosecond;
	parts.iso_week = iso_week(days, parts.year);
	return parts;
}

static void put_digits(char *at, int digits, int number)
{
	for (int i = digits - 1; i >= 0; i--, number /= 10)
		at[i] = (char)('0' + number % 10);
}

/* By hand: snprintf() takes ten times as long, and every finding has a time. */
static void format_parts(const InstantParts *p, char ret[INSTANT_TEXT_BYTES])
{
	static const char form[] = "0000-00-00T00:00:00.0000000Z";

	_Static_assert(sizeof(form) <= INSTANT_TEXT_BYTES, "a time fits");
	for (size_t i = 0; i < sizeof(form); i++)
		ret[i] = form[i];
	put_digits(ret, 4, p->year);
	put_digits(ret + 5, 2, p->month);
	put_digits(ret + 8, 2, p->day);
	put_digits(ret + 11, 2, p->hour);
	put_digits(ret + 14, 2, p->minute);
	put_digits(ret + 17, 2, p->second);
	put_digits(ret + 20, 7, p->nanosecond / 100);
}

void instant_format(Instant instant, char ret[INSTANT_TEXT_BYTES])
{
	if (instant == INSTANT_NONE) {
		ret[0] = '\0';
		return;
	}

	InstantParts parts = instant_parts(instant);

	format_parts(&parts, ret);
}

bool instant_format_filetime(uint64_t filetime, char ret[INSTANT_TEXT_BYTES])
{
	const uint64_t last_year = UINT64_C(2650467744000000000); /* 10000-01-01 */
	uint64_t seconds = filetime / 10000000;
	int64_t second_of_day = (int64_t)(seconds % SECONDS_PER_DAY);
	InstantParts parts = { 0 };

	ret[0] = '\0';
	if (filetime >= last_year)
		return false;
	civil_from_days(
		(int64_t)(seconds / SECONDS_PER_DAY) - FILETIME_TO_UNIX / SECONDS_PER_DAY, &parts);
	parts.hour = (int)(second_of_day / 3600);
	parts.minute = (int)(second_of_day / 60 % 60);
	parts.second = (int)(second_of_day % 60);
	parts.nanosecond = (int)(filetime % 10000000) * 100;
	format_parts(&parts, ret);
	return true;
}
