/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An event as the objects of a STIX observation (stix/judge.h): each property's values are made
 * when they are first asked for, and once.
 */
#pragma once

#include "engines/indicators/pattern-objects.h"
#include "stix/judge.h"

typedef struct EventText {
	gsize offset, size; /* in the arena */
	guint source;	    /* of the shape */
} EventText;

typedef struct EventTexts {
	guint first, n;
	gboolean is_made;
} EventTexts;

typedef struct EventObjects {
	PatternObjects *table; /* borrowed */
	const ShapeObjects *shape;
	const Event *event;
	const guint *properties; /* of the pattern at hand: two for each path */
	GString *arena;
	GArray *texts;	   /* EventText */
	GArray *of_source; /* EventTexts, by source */
	GArray *presence;  /* guint8, by object: 0 unknown, 1 absent, 2 present */
	GString *input;
} EventObjects;

void event_objects_init(EventObjects *event, PatternObjects *table);
void event_objects_clear(EventObjects *event);

/* All are borrowed until the next call. */
void event_objects_begin(EventObjects *objects, const ShapeObjects *shape, const Event *event);

/* The texts of a source, valid UTF-8: numbers for event_objects_text(). "" and "-" are none. */
EventTexts event_objects_texts(EventObjects *objects, guint source);
/* Until the texts of another source are asked for. */
Slice event_objects_text(const EventObjects *objects, guint text);

/*
 * For a pattern: @properties has for each of its paths the number of the property, and that of its
 * type. Tags of values are numbers of texts.
 */
StixProvider event_objects_provider(EventObjects *objects, const guint *properties);
