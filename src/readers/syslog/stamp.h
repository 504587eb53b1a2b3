/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stamps: the times at the start of log lines, in the forms that products write.
 *
 *	form                                   example
 *	BSD                                    Mar  2 10:11:12[.123456]
 *	BSD with year                          Mar 02 2021 10:11:12, Mar  2 10:11:12 2021
 *	with the day of the week before        Tue Mar  2 10:11:12[.123456] 2021
 *	ISO 8601 and its relatives             2021-03-02[T ]10:11:12[.,123456][Z|+01:00|+0100|+01]
 *	                                       2021/03/02 10:11:12
 *	web server                             02/Mar/2021:10:11:12 +0100
 *	BIND, Tomcat                           02-Mar-2021 10:11:12.123
 *
 * A year that is missing (RFC 3164) is settled by one rule: the latest one that does not put the
 * line more than a day after the evidence was last changed. It depends on nothing but the line and
 * that time, so every range of a split file has the same answer; lines that are more than a year
 * older than the end of their file get a year too late. Where it is not known when the evidence was
 * changed, such lines have no time. Where the user gave the year of the first line, it is the
 * earliest one that does not put the line more than a day before that.
 */
#pragma once

#include <glib.h>

#include "base/instant.h"
#include "readers/reader.h"

typedef struct Stamp {
	int year; /* 0: not there */
	int month, day, hour, minute, second, nanosecond;
	gboolean has_zone;
	int zone_seconds; /* east of UTC */
} Stamp;

/* Reads the stamp at the very start of @text. FALSE where there is none. @ret_size: its bytes. */
gboolean stamp_read(Slice text, Stamp *ret, gsize *ret_size);

/* What makes instants of the stamps of one task, and remembers what it had to assume. */
typedef struct StampClock {
	const Zone *zone;
	Instant earliest, latest; /* of a line without year; INSTANT_NONE: not known */
	int earliest_year, latest_year;
	Instant modified;
	gboolean year_assumed, year_unknown, zone_assumed;
} StampClock;

void stamp_clock_init(StampClock *clock, const Source *source);
Instant stamp_clock_instant(StampClock *clock, const Stamp *stamp);

/* Reports what was assumed (GAP_TIME_ASSUMED); the same sentences for every task of a file. */
void stamp_clock_report(const StampClock *clock, const ReaderReport *report);
