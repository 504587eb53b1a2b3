/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shape and Event: what readers make and engines judge.
 *
 * A shape is what many events have in common: their columns by name, and which log they come from.
 * A reader interns its shapes: the same shape is the same pointer (until the reader's library,
 * having reached LIMIT_SHAPES, frees them all and starts anew), so an engine resolves field names
 * to column numbers once per shape and keeps the result in the shape's binding slot.
 *
 * Columns that have the same text in every event of the shape can be declared constant. Readers
 * declare at least those that say which log source the events come from (for EVTX: Channel,
 * Provider_Name and EventID), so that rules are narrowed down when they are bound, not per event.
 */
#pragma once

#include <glib.h>

#include "base/instant.h"
#include "model/value.h"

#define SHAPE_MAX_BINDINGS 4 /* one slot for each engine that binds to shapes */

typedef struct ShapeColumn {
	char *name;	/* as Sigma writes the field; unique in the shape, compared exactly */
	char *constant; /* the text that every event of the shape has here, or NULL */
} ShapeColumn;

typedef struct ShapeBinding {
	void *data;		  /* what an engine knows about the shape; NULL before binding */
	void (*free)(void *data); /* called by shape_free() where data is set */
} ShapeBinding;

typedef struct Shape {
	const char *format; /* the reader's name, such as "evtx"; static */
	guint n_columns;
	ShapeColumn *columns;
	ShapeBinding bindings[SHAPE_MAX_BINDINGS]; /* filled by engines; see engines/engine.h */
} Shape;

/* A shape without columns; add them, then treat it as const but for its binding slots. */
Shape *shape_new(const char *format);
void shape_free(Shape *shape);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Shape, shape_free)

/* Appends a column, copying both texts; @constant may be NULL. Returns its number. */
guint shape_add_column(Shape *shape, const char *name, const char *constant);

/* The number of the column called @name, or -1. */
int shape_find_column(const Shape *shape, const char *name);

typedef enum EventOrigin {
	EVENT_IN_USE,	 /* the evidence's own structure leads to it */
	EVENT_RECOVERED, /* found in slack or freed space; never counted by rules unless asked */
} EventOrigin;

typedef struct Event {
	Shape *shape;	     /* borrowed; only its binding slots may be changed */
	const Value *values; /* shape->n_columns of them; borrowed until the reader's next event */
	Instant time;	     /* when it happened, as the evidence says; INSTANT_NONE if unknown */
	EventOrigin origin;
	guint64 record; /* record or line number in the evidence's own count */
	/*
	 * The bytes that all its values are unchanged parts of, but those of constant columns; or
	 * empty, where that is not so. Engines may look at it instead of at each value.
	 */
	Slice raw;
	/*
	 * These values stand in it in the order of their columns, none in another; those that are
	 * ABSENT, NULL or empty do not count.
	 */
	gboolean raw_in_order;
	guint64 offset; /* of its first byte in the evidence file: unique within the file */
	/*
	 * Events that tell of a file as a whole (readers/file/) alone: all its bytes, where it is
	 * not too large; and where it lies below the folder that was named, which is its locator.
	 */
	Slice content;
	const char *place; /* borrowed; else NULL */
} Event;

/*
 * Where the event stands, for people and for finding ids: "record 4711 at 0x1a2b00", and
 * "recovered record 4711 at 0x1a2b00"; "file Users/x/mt.exe" for a whole file. Unique within one
 * evidence file.
 */
void event_append_locator(GString *ret, const Event *event);

/* The fields as one JSON object, in column order, without ABSENT ones. Constant columns included.
 */
void event_append_fields_json(GString *ret, const Event *event);

/* A whole line of `spoor show events` for the event, with line feed; @path names the evidence. */
void event_append_line(GString *ret, const Event *event, const char *path);
