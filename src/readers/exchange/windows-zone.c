/* SPDX-License-Identifier: Apache-2.0 */
#include "readers/exchange/windows-zone.h"

#define HOUR (3600 * INSTANT_SECOND)
#define DAY  (24 * HOUR)
#define WEEK 7

/* Parts of names that stand in them in several languages and versions. */
static const struct {
	const char *part;
	SummerRule summer;
} places[] = {
	{ "(US & Canada)", SUMMER_AMERICA }, /* Eastern, Central, Mountain, Pacific Time */
	{ "Indiana (East)", SUMMER_AMERICA },
	{ "Alaska", SUMMER_AMERICA },
	{ "Aleutian", SUMMER_AMERICA },
	{ "Atlantic Time", SUMMER_AMERICA },
	{ "Newfoundland", SUMMER_AMERICA },
	{ "Lisbon, London", SUMMER_EUROPE },
	{ "Lissabon, London", SUMMER_EUROPE },
	{ "Amsterdam, Berlin", SUMMER_EUROPE },
	{ "Belgrad", SUMMER_EUROPE },
	{ "Copenhagen, Madrid", SUMMER_EUROPE },
	{ "Kopenhagen, Madrid", SUMMER_EUROPE },
	{ "Copenhague, Madrid", SUMMER_EUROPE },
	{ "Sarajevo", SUMMER_EUROPE },
	{ "Athens, Bucharest", SUMMER_EUROPE },
	{ "Athen, Bukarest", SUMMER_EUROPE },
	{ "Helsinki", SUMMER_EUROPE },
	{ "Azores", SUMMER_EUROPE },
	{ "Melbourne, Sydney", SUMMER_AUSTRALIA },
	{ "Adelaide", SUMMER_AUSTRALIA },
	{ "Hobart", SUMMER_AUSTRALIA },
	{ "Auckland", SUMMER_NEW_ZEALAND },
	{ "Coordinated Universal Time", SUMMER_NONE },
	{ "Arizona", SUMMER_NONE },
	{ "Hawaii", SUMMER_NONE },
	{ "Saskatchewan", SUMMER_NONE },
	{ "Central America", SUMMER_NONE },
	{ "Bogota, Lima", SUMMER_NONE },
	{ "Buenos Aires", SUMMER_NONE },
	{ "Reykjavik", SUMMER_NONE },
	{ "West Central Africa", SUMMER_NONE },
	{ "Harare, Pretoria", SUMMER_NONE },
	{ "Nairobi", SUMMER_NONE },
	{ "Istanbul", SUMMER_NONE },
	{ "Moscow", SUMMER_NONE },
	{ "Minsk", SUMMER_NONE },
	{ "Kuwait, Riyadh", SUMMER_NONE },
	{ "Abu Dhabi, Muscat", SUMMER_NONE },
	{ "Islamabad", SUMMER_NONE },
	{ "Mumbai, New Delhi", SUMMER_NONE },
	{ "Dhaka", SUMMER_NONE },
	{ "Bangkok, Hanoi", SUMMER_NONE },
	{ "Beijing, Chongqing", SUMMER_NONE },
	{ "Hong Kong", SUMMER_NONE },
	{ "Singapore", SUMMER_NONE },
	{ "Taipei", SUMMER_NONE },
	{ "Perth", SUMMER_NONE },
	{ "Osaka, Sapporo, Tokyo", SUMMER_NONE },
	{ "Seoul", SUMMER_NONE },
	{ "Brisbane", SUMMER_NONE },
	{ "Darwin", SUMMER_NONE },
};

static gboolean has_part(Slice text, const char *part)
{
	return text.size > 0 && memmem(text.data, text.size, part, strlen(part)) != NULL;
}

/* "-06:00"; nothing at all is UTC itself. */
static gboolean read_offset(Slice text, gint64 *ret)
{
	static const guint digits[] = { 1, 2, 4, 5 };

	*ret = 0;
	if (text.size == 0)
		return TRUE;
	if (text.size != 6 || (text.data[0] != '+' && text.data[0] != '-') || text.data[3] != ':')
		return FALSE;
	for (guint i = 0; i < G_N_ELEMENTS(digits); i++) {
		if (!g_ascii_isdigit(text.data[digits[i]]))
			return FALSE;
	}
	*ret = (text.data[1] - '0') * 36000 + (text.data[2] - '0') * 3600 +
		(text.data[4] - '0') * 600 + (text.data[5] - '0') * 60;
	if (*ret > 15 * 3600)
		return FALSE;
	if (text.data[0] == '-')
		*ret = -*ret;
	return TRUE;
}

gboolean windows_zone_read(Slice text, WindowsZone *ret)
{
	WindowsZone zone = { 0 };
	const guint8 *close;
	gsize size;

	if (!slice_equal(slice_sub(text, 0, 4), slice_from_text("(UTC")) &&
		!slice_equal(slice_sub(text, 0, 4), slice_from_text("(GMT")))
		return FALSE;
	close = memchr(text.data, ')', text.size);
	if (!close)
		return FALSE;
	size = (gsize)(close - text.data);
	if (!read_offset(slice_sub(text, 4, size - 4), &zone.offset_seconds))
		return FALSE;
	text = slice_sub(text, size + 1, text.size);
	for (guint i = 0; i < G_N_ELEMENTS(places) && !zone.is_sure; i++) {
		zone.is_sure = has_part(text, places[i].part);
		zone.summer = zone.is_sure ? places[i].summer : SUMMER_NONE;
	}
	*ret = zone;
	return TRUE;
}

/* The @nth Sunday of the month (0: the last one) at @hours, as an Instant of local time. */
static Instant sunday(int year, int month, int nth, gint64 hours)
{
	Instant first = instant_from_parts(year, month, 1, 0, 0, 0, 0);
	/* 1970-01-01 was a Thursday, four days behind a Sunday. */
	int weekday = (int)(((first / DAY) % WEEK + WEEK + 4) % WEEK);
	int day = 1 + (WEEK - weekday) % WEEK + (nth ? (nth - 1) * WEEK : 3 * WEEK);
	Instant instant;

	if (nth == 0 && instant_from_parts(year, month, day + WEEK, 0, 0, 0, 0) != INSTANT_NONE)
		day += WEEK;
	instant = instant_from_parts(year, month, day, 0, 0, 0, 0);
	return instant + hours * HOUR;
}

/* Is @standard, as a clock shows it that is never changed, in summer time? */
static gboolean is_summer(const WindowsZone *zone, Instant standard)
{
	int year = instant_parts(standard).year;
	gint64 offset_hours = zone->offset_seconds / 3600;

	switch (zone->summer) {
	case SUMMER_NONE:
		break;
	case SUMMER_AMERICA:
		return standard >= sunday(year, 3, 2, 2) && standard < sunday(year, 11, 1, 1);
	case SUMMER_EUROPE: /* everywhere at 01:00 UTC */
		return standard >= sunday(year, 3, 0, 1 + offset_hours) &&
			standard < sunday(year, 10, 0, 1 + offset_hours);
	case SUMMER_AUSTRALIA:
		return standard >= sunday(year, 10, 1, 2) || standard < sunday(year, 4, 1, 2);
	case SUMMER_NEW_ZEALAND:
		return standard >= sunday(year, 9, 0, 2) || standard < sunday(year, 4, 1, 2);
	}
	return FALSE;
}

Instant windows_zone_from_local(const WindowsZone *zone, Instant local)
{
	Instant summer;

	/* Whoever writes of the years 1678 and 2262 has no summer time. */
	if (local == INSTANT_NONE || local < INT64_MIN / 2 || local > INT64_MAX / 2)
		return INSTANT_NONE;
	summer = local - HOUR;
	return (is_summer(zone, summer) ? summer : local) - zone->offset_seconds * INSTANT_SECOND;
}
