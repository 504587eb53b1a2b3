/* SPDX-License-Identifier: Apache-2.0 */
/* For the files of src/stix/ that join. */
#pragma once

#include "stix/join.h"

typedef enum JoinKind {
	JOIN_PART = 1,
	JOIN_ALL,
	JOIN_ANY,
	JOIN_FOLLOWED_BY,
	JOIN_WITHIN,
	JOIN_REPEATS,
	JOIN_START_STOP,
} JoinKind;

typedef struct JoinNode {
	JoinKind kind;
	guint part;	 /* PART */
	guint child;	 /* number of the first one; they hang together by next */
	guint next;	 /* 0: none (the root is no one's sibling) */
	gint64 duration; /* WITHIN */
	guint times;	 /* REPEATS */
	Instant start, stop;
	guint size; /* events of one binding, at most */
} JoinNode;

struct StixJoin {
	GArray *nodes; /* JoinNode; 0 is the root */
	guint n_parts;
};

typedef struct Sighting {
	Instant first, last;
	gboolean is_used;
} Sighting;

struct StixSightings {
	GArray *events; /* Sighting, by first */
	guint n_parts;
	GArray **parts;	     /* guint: the events that each is true of, ascending */
	gboolean has_length; /* some event lasts */
};

static inline const JoinNode *join_node(const StixJoin *join, guint number)
{
	return &g_array_index(join->nodes, JoinNode, number);
}

static inline Sighting *join_event(const StixSightings *sightings, guint number)
{
	return &g_array_index(sightings->events, Sighting, number);
}

static inline guint join_candidate(const StixSightings *sightings, guint part, guint index)
{
	return g_array_index(sightings->parts[part], guint, index);
}

/*
 * Without regard to events that are bound twice. NOT: there is no binding, for certain. JOINED:
 * @ret has one, which is right. UNDECIDED: one that binds no event twice is yet to be searched for,
 * or *steps were used up.
 */
StixJoined stix_join_by_fronts(
	const StixJoin *join, const StixSightings *sightings, guint64 *steps, GArray *ret);

/* Tries everything, as far as *steps go. */
StixJoined stix_join_by_search(
	const StixJoin *join, const StixSightings *sightings, guint64 *steps, GArray *ret);
