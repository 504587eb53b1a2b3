/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The time of an event from the texts that products write: ISO 8601, seconds, milliseconds,
 * microseconds or nanoseconds since 1970 (told apart by size), and /Date(…)/ as .NET writes it.
 */
#pragma once

#include <glib.h>

#include "model/value.h"

typedef enum TimeKind {
	TIME_NONE,  /* no time that anybody knows */
	TIME_FIXED, /* with a zone, or counted from 1970 */
	TIME_LOCAL, /* without zone: read as if it were UTC */
} TimeKind;

TimeKind event_time_read(const Value *value, Instant *ret);
