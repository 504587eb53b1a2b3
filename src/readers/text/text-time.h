/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Times as text logs write them. All give INSTANT_NONE for what is none.
 */
#pragma once

#include <glib.h>

#include "base/instant.h"
#include "base/zone.h"

/* The last date that was read: lines of a log have the same for a day. Starts as zero. */
typedef struct TextDay {
	guint8 date[10];
	Instant start; /* valid where date is set */
} TextDay;

/* "2021-03-02" and "10:11:12" with any fraction, in UTC: W3C extended. */
Instant text_day_time(TextDay *day, Slice date, Slice time);

/* "10/Oct/2000:13:55:36 -0700", without brackets: NCSA. The zone may be missing: then it is UTC. */
Instant text_time_ncsa(Slice text);

/* Seconds since 1970 with any fraction: Squid, Zeek. */
Instant text_time_epoch(Slice text);

/* What had to be assumed to read a time. */
typedef enum TextTimeAssumed {
	TEXT_TIME_ZONE = 1,	 /* it has no zone: that of the call was taken */
	TEXT_TIME_MONTH_DAY = 2, /* 3/2/2021 was read as month/day, and could be day/month */
} TextTimeAssumed;

/*
 * A time in any form that people export tables with: ISO 8601 (with T or blank, Z, zone or none),
 * "2021/03/02 10:11:12", "3/2/2021 10:11:12 AM" (month first; day first where the first number is
 * above 12), "02.03.2021 10:11:12" (day first), seconds, milli-, micro- or nanoseconds since 1970,
 * NCSA's form, "/Date(1614679872000)/". Those without a zone are taken to be in @zone (NULL: UTC).
 * *@assumed gets TextTimeAssumed bits added.
 */
Instant text_time_any(Slice text, const Zone *zone, guint *assumed);
