/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the lines of application logs begin:
 *
 *	a time (syslog/stamp.h)    2021-03-02 10:11:12,123 INFO main: …
 *	in brackets                [Tue Mar 02 10:11:12.123456 2021] [core:error] …
 *	behind a level             INFO 2021-03-02 10:11:12,123 …    [WARN] 2021-03-02 …
 *	as Ruby writes it          I, [2021-03-02T10:11:12.123456 #42]  INFO -- : …
 *	as Go programs write it    E0302 10:11:12.123456       1 file.go:7] …
 *	numbers alone              03/02/2021 10:11:12.1234 (March 2), 2.3.2021 10:11:12, 3/2/2021
 *1:11:12 PM as MySQL wrote it          210302 10:11:12 … seconds since 1970         1614679872.123
 *…, 1614679872123 …
 */
#pragma once

#include <glib.h>

#include "readers/syslog/stamp.h"

typedef enum MonthOrder {
	MONTH_UNKNOWN, /* the date has no such question */
	MONTH_FIRST,   /* 03/31/2021 */
	DAY_FIRST,     /* 31/03/2021 */
	MONTH_ASSUMED, /* 03/02/2021 was taken for March 2 */
} MonthOrder;

typedef struct LineStart {
	Slice timestamp; /* as written */
	Stamp stamp;
	MonthOrder order;
	Instant instant; /* of seconds since 1970; else INSTANT_NONE: ask the clock */
} LineStart;

/* FALSE for a line that begins with no time. */
gboolean line_start_read(Slice line, LineStart *ret);
