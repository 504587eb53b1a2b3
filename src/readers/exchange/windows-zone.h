/* SPDX-License-Identifier: Apache-2.0 */
/*
 * WindowsZone: a time zone as Windows shows it to people, "(UTC-06:00) Central Time (US & Canada)".
 *
 * The offset in it is that of standard time, whatever the season. Whether clocks are put forward in
 * summer is told by the names of the places, for those rules that most of the world keeps:
 *
 *	rule       from                        to
 *	America    second Sunday of March      first Sunday of November
 *	Europe     last Sunday of March        last Sunday of October
 *	Australia  first Sunday of October     first Sunday of April
 *	New Zealand  last Sunday of September  first Sunday of April
 *
 * Names differ with the language of Windows and its version; what is not in the table may have a
 * summer time, which is said by is_sure.
 *
 * Sources: Microsoft, "Default time zones"; Unicode CLDR, windowsZones.xml; IANA time zone data
 * base.
 */
#pragma once

#include <glib.h>

#include "base/instant.h"

typedef enum SummerRule {
	SUMMER_NONE,
	SUMMER_AMERICA,
	SUMMER_EUROPE,
	SUMMER_AUSTRALIA,
	SUMMER_NEW_ZEALAND,
} SummerRule;

typedef struct WindowsZone {
	gint64 offset_seconds; /* of standard time, east of UTC */
	SummerRule summer;
	gboolean is_sure; /* FALSE: the table does not know the name; standard time is assumed */
} WindowsZone;

/* Reads the zone at the start of @text. FALSE where there is none. */
gboolean windows_zone_read(Slice text, WindowsZone *ret);

/*
 * The moment at which clocks in @zone show @local (as in base/zone.h): the earlier one of two,
 * and where clocks were put forward as if they had not been yet.
 */
Instant windows_zone_from_local(const WindowsZone *zone, Instant local);
