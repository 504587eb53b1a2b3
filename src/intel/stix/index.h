/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Index: the objects of a STIX file that matter, by id, before the first indicator is told: who
 * made it, what it indicates, which report it stands in, whether there is a newer version of it.
 * These stand anywhere in a bundle, before or behind.
 *
 * Only slices are kept, so an object costs some 100 bytes, whatever its size; and what is looked at
 * for each indicator that refers to it is cut to LIMIT_STIX_REFERENCE_BYTES.
 */
#pragma once

#include <glib.h>

#include "base/instant.h"
#include "intel/document.h"

typedef enum StixType {
	STIX_CONTEXT, /* says nothing about what to look for: a location, a note … */
	STIX_INDICATOR,
	STIX_IDENTITY,
	STIX_MARKING,
	STIX_ATTACK_PATTERN,
	STIX_MALWARE, /* or a tool */
	STIX_ACTOR,   /* threat-actor, intrusion-set, campaign */
	STIX_REPORT,  /* or a grouping */
	STIX_RELATIONSHIP,
	STIX_OBSERVATION, /* observed-data, or a cyber-observable object */
	STIX_BUNDLE,
	STIX_UNKNOWN,
} StixType;

typedef struct StixEntry {
	Slice id;
	Slice object;	  /* with its braces */
	Slice name;	  /* of context: as it stands in its quotes */
	Slice references; /* of context: external_references; of a marking: what defines it */
	Instant modified; /* INSTANT_NONE where it is not said */
	StixType type;
	gboolean is_revoked;
} StixEntry;

/* Of an indicator with what it indicates, or of an object with the report it stands in. */
typedef struct StixLink {
	Slice from, to;
} StixLink;

typedef struct StixIndex {
	GArray *entries;	   /* StixEntry, in the order of the text */
	GArray *by_id;		   /* guint, into entries: by id, then by modified, then by place */
	GArray *indicates, *holds; /* StixLink, by from, then by place */
	guint64 n_left_out; /* objects above LIMIT_STIX_OBJECTS, links above LIMIT_STIX_LINKS */
} StixIndex;

void stix_index_init(StixIndex *index);
void stix_index_clear(StixIndex *index);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(StixIndex, stix_index_clear)

/* The type called @name; STIX_UNKNOWN for those that the specification does not have. */
StixType stix_type(const char *name);

/* The first is added first. @object has to be whole. Returns its type. */
StixType stix_index_add(StixIndex *index, const JsonValue *object);

/* Sorts; call before the first look-up. */
void stix_index_finish(StixIndex *index);

/* The newest version of the object with this id; NULL where there is none. */
const StixEntry *stix_index_find(const StixIndex *index, Slice id);

/* The links in @links that begin at @from: the first, and how many, LIMIT_STIX_RELATED at most. */
const StixLink *stix_index_links(const GArray *links, Slice from, guint *ret_n);
