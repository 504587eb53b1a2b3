/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Zone: a time zone as plain data, for logs whose times name none.
 *
 * It is read once, before the seal, into a table of the moments at which its offset changes;
 *looking a time up reads that table and nothing else.
 *
 * Where clocks are changed, local time is no sure thing. The rule, the same as in most libraries:
 *
 *	told twice (clocks put back)     the earlier of the two moments
 *	never told (clocks put forward)  as if the clocks had not been changed yet
 */
#pragma once

#include <glib.h>

#include "base/instant.h"

typedef struct Zone Zone;

/*
 * @name is UTC, an offset (+02:00, -0530, +2) or a name of the IANA data base (Europe/Berlin),
 * which is looked for in TZDIR or /usr/share/zoneinfo. NULL with @error (USAGE) where it is none.
 * Changes TZ for the time of the call: single-threaded callers only.
 */
Zone *zone_new(const char *name, GError **error);
void zone_free(Zone *zone); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Zone, zone_free)

/* How @zone is called: "UTC", "+02:00", "Europe/Berlin". */
const char *zone_name(const Zone *zone);

/*
 * The moment at which clocks in @zone (NULL: UTC) show @local, a date and time of day written as an
 * Instant that takes them for UTC. INSTANT_NONE for INSTANT_NONE, and where it does not fit.
 */
Instant zone_from_local(const Zone *zone, Instant local);
