/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Joining: observation expressions over everything that was seen. [A] FOLLOWEDBY [B] WITHIN 60
 * SECONDS is true where events can be bound to A and B, each to one only, as it asks.
 *
 * What is joined are sightings: an event, when it was, and which parts ([…]) are true of it. The
 * expression comes as bytes that spoor itself made of a pattern, checked anew, so that the
 * coordinator, which reads no foreign format, can evaluate it.
 *
 * Whether a binding exists is hard in general, and patterns come from strangers. So there are two
 * steps (join-front.c, join-search.c): the first is cheap, ignores that an event can be bound once
 * only, and rules out most of what is not true exactly; the second searches, within a number of
 * steps. Where these do not suffice the result is "undecided", which is to be said.
 *
 * Source: the meaning is that of oasis-open/cti-pattern-matcher, stix2matcher/matcher.py.
 */
#pragma once

#include <glib.h>

#include "base/instant.h"
#include "base/slice.h"

typedef struct StixJoin StixJoin;

/* NULL with @error unless @bytes are a whole expression within LIMIT_STIX_*. */
StixJoin *stix_join_decode(Slice bytes, GError **error);
void stix_join_free(StixJoin *join); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StixJoin, stix_join_free)

guint stix_join_n_parts(const StixJoin *join);

/* For people, a part by its number: "([1] FOLLOWEDBY [2]) WITHIN 60 SECONDS". Owned by the caller.
 */
char *stix_join_text(const StixJoin *join);

/* Can it be true at all, where only those parts can be of which @has is TRUE? */
gboolean stix_join_possible(const StixJoin *join, const gboolean *has);

/* ---- what was seen ---- */

typedef struct StixSightings StixSightings;

StixSightings *stix_sightings_new(guint n_parts);
void stix_sightings_free(StixSightings *sightings); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StixSightings, stix_sightings_free)

/*
 * Adds an event that lasted from @first to @last (equal, most often); by ascending @first. Events
 * are numbered from 0 in order of adding; among those of one time the earlier ones are preferred.
 */
guint stix_sightings_add(StixSightings *sightings, Instant first, Instant last);
/* Part number @part is true of the event that was added last. Each part at most once. */
void stix_sightings_add_part(StixSightings *sightings, guint part);

/* ---- joining ---- */

typedef enum StixJoined {
	STIX_JOINED_NOT,
	STIX_JOINED,
	STIX_JOINED_UNDECIDED, /* *steps was used up, or the expression is too large to search */
} StixJoined;

typedef struct StixBound {
	guint event;
	guint part;
} StixBound;

/*
 * Looks for events that make @join true, preferring early ones, among those that were not bound
 * before; each is bound once. *steps (LIMIT_STIX_STEPS, say) is how much work may be done, and gets
 * less. STIX_JOINED: @ret (array of StixBound; emptied first) has them, in order of event, and they
 * are used up for further calls.
 */
StixJoined stix_join_find(
	const StixJoin *join, StixSightings *sightings, guint64 *steps, GArray *ret);
