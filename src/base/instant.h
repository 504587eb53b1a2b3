/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Instant: a point in time as evidence gives it, in UTC nanoseconds since 1970-01-01.
 *
 * One signed 64-bit type serves all of spoor: it reaches from 1678 to 2262, at a precision finer
 * than any log has. Times outside it, and absent ones, are INSTANT_NONE. Formatting needs no time
 * zone data, so it works inside the seal and gives the same text on every machine.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

typedef int64_t Instant;

#define INSTANT_NONE	   INT64_MIN
#define INSTANT_SECOND	   INT64_C(1000000000)
#define INSTANT_TEXT_BYTES 48 /* room for instant_format()'s text and its NUL */

/* From a Windows FILETIME (100 ns since 1601-01-01); 0 and what does not fit give INSTANT_NONE. */
Instant instant_from_filetime(uint64_t filetime);

/* From the parts of a date in UTC; INSTANT_NONE where a part is out of its range. */
Instant instant_from_parts(
	int year, int month, int day, int hour, int minute, int second, int nanosecond);

/*
 * From ISO 8601 text: "2021-03-02T10:11:12[.fraction][Z|+hh:mm|-hh:mm]", a space for the T allowed;
 * without a zone it is read as UTC. False (and @ret untouched) for anything else.
 */
bool instant_parse(Slice text, Instant *ret);

/* "2021-03-02T10:11:12.1234567Z": seven digits, as Windows writes; "" for INSTANT_NONE. */
void instant_format(Instant instant, char ret[INSTANT_TEXT_BYTES]);

/*
 * Any FILETIME in the same form, also those that no Instant can hold (0 is 1601-01-01, as Windows
 * prints it). False, with @ret empty, for years above 9999.
 */
bool instant_format_filetime(uint64_t filetime, char ret[INSTANT_TEXT_BYTES]);

typedef struct InstantParts {
	int year, month, day, hour, minute, second, nanosecond;
	int iso_week; /* 1 to 53 */
} InstantParts;

/* The UTC calendar parts of @instant, which must not be INSTANT_NONE. */
InstantParts instant_parts(Instant instant);
