/* SPDX-License-Identifier: Apache-2.0 */
#include "readers/syslog/stamp.h"

#define DAY	   (24 * 3600 * INSTANT_SECOND)
#define HEAD_BYTES (64u << 10) /* in which the first time is looked for */

/* ---- pieces ---- */

static guint8 byte_at(Slice text, gsize at)
{
	return at < text.size ? text.data[at] : 0;
}

static gboolean read_char(Slice text, gsize *at, char wanted)
{
	if (byte_at(text, *at) != (guint8)wanted || *at >= text.size)
		return FALSE;
	(*at)++;
	return TRUE;
}

/* A number of @least to @most digits that no further digit follows. */
static gboolean read_number(Slice text, gsize *at, guint least, guint most, int *ret)
{
	guint n = 0;
	int value = 0;

	while (n <= most && g_ascii_isdigit(byte_at(text, *at + n))) {
		value = value * 10 + (byte_at(text, *at + n) - '0');
		n++;
	}
	if (n < least || n > most)
		return FALSE;
	*at += n;
	*ret = value;
	return TRUE;
}

/* One of the English names of three letters; 1 for the first. */
static gboolean read_name(Slice text, gsize *at, const char *names, int *ret)
{
	Slice part = slice_sub(text, *at, 3);
	Slice all = slice_from_text(names);

	for (gsize i = 0; part.size == 3 && i < all.size; i += 3) {
		if (!slice_equal(part, slice_sub(all, i, 3)))
			continue;
		*at += 3;
		*ret = (int)(i / 3) + 1;
		return TRUE;
	}
	return FALSE;
}

static gboolean read_month(Slice text, gsize *at, int *ret)
{
	return read_name(text, at, "JanFebMarAprMayJunJulAugSepOctNovDec", ret);
}

static int read_fraction(Slice text, gsize *at)
{
	int scale = 100000000, nanosecond = 0;
	gsize start = *at;

	if (!read_char(text, at, '.') && !read_char(text, at, ','))
		return 0;
	if (!g_ascii_isdigit(byte_at(text, *at))) {
		*at = start; /* punctuation, no fraction */
		return 0;
	}
	for (; g_ascii_isdigit(byte_at(text, *at)); (*at)++) {
		nanosecond += (byte_at(text, *at) - '0') * scale;
		scale /= 10;
	}
	return nanosecond;
}

static gboolean read_clock(Slice text, gsize *at, Stamp *ret)
{
	if (!read_number(text, at, 1, 2, &ret->hour) || !read_char(text, at, ':') ||
		!read_number(text, at, 2, 2, &ret->minute) || !read_char(text, at, ':') ||
		!read_number(text, at, 2, 2, &ret->second))
		return FALSE;
	ret->nanosecond = read_fraction(text, at);
	return TRUE;
}

/* +01:00, +0100 or +01; nothing is read where there is none. */
static gboolean read_offset(Slice text, gsize *at, Stamp *ret)
{
	gsize p = *at;
	int sign = byte_at(text, p) == '+' ? 1 : byte_at(text, p) == '-' ? -1 : 0;
	int hours = 0, minutes = 0;

	if (!sign)
		return FALSE;
	p++;
	if (!read_number(text, &p, 2, 2, &hours)) {
		if (!read_number(text, &p, 4, 4, &hours))
			return FALSE;
		minutes = hours % 100;
		hours /= 100;
	} else if (read_char(text, &p, ':') && !read_number(text, &p, 2, 2, &minutes)) {
		return FALSE;
	}
	if (hours > 15 || minutes > 59)
		return FALSE;
	*at = p;
	ret->has_zone = TRUE;
	ret->zone_seconds = sign * (hours * 3600 + minutes * 60);
	return TRUE;
}

static gboolean read_word(Slice text, gsize *at, const char *word)
{
	Slice wanted = slice_from_text(word);

	if (!slice_equal(slice_sub(text, *at, wanted.size), wanted) ||
		g_ascii_isalnum(byte_at(text, *at + wanted.size)))
		return FALSE;
	*at += wanted.size;
	return TRUE;
}

/* Z, UTC, GMT or an offset, behind a blank or not. Other names of zones are left where they are. */
static void read_zone(Slice text, gsize *at, Stamp *ret)
{
	gsize p = *at;

	if (read_offset(text, at, ret))
		return;
	if (read_word(text, at, "Z")) {
		ret->has_zone = TRUE;
		return;
	}
	if (!read_char(text, &p, ' '))
		return;
	if (read_word(text, &p, "UTC") || read_word(text, &p, "GMT") || read_word(text, &p, "Z")) {
		ret->has_zone = TRUE;
		*at = p;
	} else if (read_offset(text, &p, ret)) {
		*at = p;
	}
}

/* ---- forms ---- */

/* 2021-03-02T10:11:12, with - or / */
static gboolean read_iso(Slice text, gsize *at, Stamp *ret)
{
	char dash = (char)byte_at(text, 4);

	if ((dash != '-' && dash != '/') || !read_number(text, at, 4, 4, &ret->year) ||
		!read_char(text, at, dash) || !read_number(text, at, 2, 2, &ret->month) ||
		!read_char(text, at, dash) || !read_number(text, at, 2, 2, &ret->day))
		return FALSE;
	if (!read_char(text, at, 'T') && !read_char(text, at, ' '))
		return FALSE;
	if (!read_clock(text, at, ret))
		return FALSE;
	read_zone(text, at, ret);
	return TRUE;
}

/* 02/Mar/2021:10:11:12 +0100, 02-Mar-2021 10:11:12.123 */
static gboolean read_day_first(Slice text, gsize *at, Stamp *ret)
{
	if (!read_number(text, at, 2, 2, &ret->day))
		return FALSE;

	char dash = (char)byte_at(text, *at);

	if ((dash != '-' && dash != '/') || !read_char(text, at, dash) ||
		!read_month(text, at, &ret->month) || !read_char(text, at, dash) ||
		!read_number(text, at, 4, 4, &ret->year))
		return FALSE;
	if (!read_char(text, at, ':') && !read_char(text, at, ' '))
		return FALSE;
	if (!read_clock(text, at, ret))
		return FALSE;
	read_zone(text, at, ret);
	return TRUE;
}

/* The year behind the time, which may as well be the name of a host or a process; 0: none. */
static int read_trailing_year(Slice text, gsize *at)
{
	gsize p = *at;
	int year;

	if (!read_char(text, &p, ' ') || !read_number(text, &p, 4, 4, &year) || year < 1970 ||
		year > 2100 ||
		(byte_at(text, p) != ' ' && byte_at(text, p) != ']' && byte_at(text, p) != ':' &&
			p < text.size))
		return 0;
	*at = p;
	return year;
}

/* Mar  2 [2021] 10:11:12 [2021] */
static gboolean read_month_first(Slice text, gsize *at, Stamp *ret)
{
	gsize p;

	if (!read_month(text, at, &ret->month) || !read_char(text, at, ' '))
		return FALSE;
	(void)read_char(text, at, ' ');
	if (!read_number(text, at, 1, 2, &ret->day) || !read_char(text, at, ' '))
		return FALSE;
	p = *at;
	if (read_number(text, &p, 4, 4, &ret->year) && read_char(text, &p, ' '))
		*at = p;
	else
		ret->year = 0;
	if (!read_clock(text, at, ret))
		return FALSE;
	if (!ret->year)
		ret->year = read_trailing_year(text, at);
	read_zone(text, at, ret);
	return TRUE;
}

static gboolean is_possible(const Stamp *stamp)
{
	/* 2000 is a leap year: whether there is a February 29 is asked when the year is known. */
	return instant_from_parts(stamp->year ? stamp->year : 2000, stamp->month, stamp->day,
		       stamp->hour, stamp->minute, stamp->second,
		       stamp->nanosecond) != INSTANT_NONE;
}

gboolean stamp_read(Slice text, Stamp *ret, gsize *ret_size)
{
	Stamp stamp = { 0 };
	gsize at = 0;
	guint8 first = byte_at(text, 0);
	gboolean found;
	int weekday;

	if (g_ascii_isdigit(first)) {
		found = g_ascii_isdigit(byte_at(text, 3)) ? read_iso(text, &at, &stamp)
							  : read_day_first(text, &at, &stamp);
	} else if (g_ascii_isupper(first)) {
		if (read_name(text, &at, "MonTueWedThuFriSatSun", &weekday))
			(void)read_char(text, &at, ' ');
		found = read_month_first(text, &at, &stamp);
	} else {
		found = FALSE;
	}
	if (!found || !is_possible(&stamp))
		return FALSE;
	*ret = stamp;
	*ret_size = at;
	return TRUE;
}

/* ---- instants ---- */

static Instant instant_in(const Stamp *stamp, int year)
{
	return instant_from_parts(year, stamp->month, stamp->day, stamp->hour, stamp->minute,
		stamp->second, stamp->nanosecond);
}

/* The first time without year that a line of the evidence begins with. */
static gboolean read_first(const Source *source, Stamp *ret)
{
	g_autofree guint8 *bytes = g_malloc(HEAD_BYTES);
	gssize n = source_read(source, 0, bytes, HEAD_BYTES, NULL);
	Slice head = slice_make(bytes, (gsize)MAX(n, 0));

	for (gsize at = 0; at < head.size;) {
		Slice line = slice_sub(head, at, head.size);
		const guint8 *end = memchr(line.data, '\n', line.size);
		gsize size;

		if (byte_at(line, 0) == '<') { /* the priority */
			const guint8 *close = memchr(line.data, '>', MIN(line.size, 5));

			line = slice_sub(
				line, close ? (gsize)(close - line.data) + 1 : 0, line.size);
		}
		if (stamp_read(line, ret, &size) && ret->year == 0)
			return TRUE;
		if (!end)
			break;
		at = (gsize)(end - head.data) + 1;
	}
	return FALSE;
}

void stamp_clock_init(StampClock *clock, const Source *source)
{
	Stamp first = { .month = 1, .day = 1 };

	*clock = (StampClock){
		.zone = source->times.zone, .earliest = INSTANT_NONE, .latest = INSTANT_NONE
	};
	if (source->times.year > 0) {
		(void)read_first(source, &first);
		clock->earliest = instant_in(&first, source->times.year);
		clock->earliest_year = source->times.year;
		if (clock->earliest != INSTANT_NONE)
			clock->earliest -= DAY;
		return;
	}
	if (source->modified == 0 || source->modified == INSTANT_NONE ||
		source->modified > INT64_MAX - 2 * DAY)
		return;
	clock->modified = source->modified;
	clock->latest = source->modified + DAY;
	clock->latest_year = instant_parts(clock->latest).year;
}

/* A February 29 can lie up to eight years off. */
static Instant settle_year(StampClock *clock, const Stamp *stamp)
{
	if (clock->earliest != INSTANT_NONE) {
		for (int on = 0; on <= 8; on++) {
			Instant instant = instant_in(stamp, clock->earliest_year + on);

			if (instant != INSTANT_NONE && instant >= clock->earliest)
				return instant;
		}
		return INSTANT_NONE;
	}
	if (clock->latest == INSTANT_NONE) {
		clock->year_unknown = TRUE;
		return INSTANT_NONE;
	}
	clock->year_assumed = TRUE;
	for (int back = 0; back <= 8; back++) {
		Instant instant = instant_in(stamp, clock->latest_year - back);

		if (instant != INSTANT_NONE && instant <= clock->latest)
			return instant;
	}
	return INSTANT_NONE;
}

Instant stamp_clock_instant(StampClock *clock, const Stamp *stamp)
{
	Instant instant = stamp->year ? instant_in(stamp, stamp->year) : settle_year(clock, stamp);

	if (instant == INSTANT_NONE)
		return INSTANT_NONE;
	if (stamp->has_zone)
		return instant - stamp->zone_seconds * INSTANT_SECOND;
	clock->zone_assumed = TRUE;
	return zone_from_local(clock->zone, instant);
}

void stamp_clock_report(const StampClock *clock, const ReaderReport *report)
{
	g_autoptr(GString) note = g_string_new(NULL);
	char modified[INSTANT_TEXT_BYTES];
	Gap gap = { .kind = GAP_TIME_ASSUMED };

	if (clock->year_assumed) {
		instant_format(clock->modified, modified);
		g_string_printf(note,
			"Times are written without year: the latest year was taken that does not "
			"put them more than a day after %s, when the evidence was last changed "
			"(--year says otherwise).",
			modified);
		gap.note = note->str;
		report->gap(report->context, &gap);
	}
	if (clock->year_unknown) {
		gap.note = "Times are written without year, and it is not known when the evidence "
			   "was last changed: its events have no time.";
		report->gap(report->context, &gap);
	}
	if (clock->zone_assumed && !clock->zone) {
		gap.note = "Times are written without zone: they were taken as UTC (--timezone "
			   "says otherwise).";
		report->gap(report->context, &gap);
	}
}
