/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Layout: from the templates of a record to the columns of its event.
 *
 * A record is a tree of frames: the outer template, and the template in each of its values that is
 * BinXML. Which columns the event has depends only on which programs stand where, so the walk over
 * them is done once and kept as a Layout: for each column of the Shape, which value of which frame
 * goes there. Filling an event is then one pass over the slots.
 *
 * The layout is found by its key: the programs and their places, and the raw values of Channel,
 * Provider_Name and EventID, which are constants of the shape.
 *
 * How columns get their names is told in docs/evidence-evtx.md; layout-builder.c does it.
 */
#pragma once

#include <glib.h>

#include "model/event.h"
#include "readers/evtx/arena.h"
#include "readers/evtx/instance.h"
#include "readers/evtx/program.h"

#define MAX_FRAMES 16 /* more of them, and the record is expanded instead */

typedef struct Frame {
	Program *program;
	const InstanceValue *values;
	guint n_values;
	guint parent, parent_index; /* the value of which frame this one is */
} Frame;

typedef struct Frames {
	Slice chunk; /* what the offsets of values count from */
	guint n;
	Frame frame[MAX_FRAMES]; /* the first is the outermost; each stands behind its parent */
} Frames;

/* The frame that value @index of frame @parent opens; 0 where it opens none. */
guint frames_find_child(const Frames *frames, guint parent, guint index);

/* A part of the content of an element or attribute. */
typedef struct Piece {
	bool is_known; /* else a value of the record */
	bool optional;
	guint frame, index;
	guint8 type; /* known: enum BinxmlType */
	Slice bytes; /* known: borrowed from the program */
	guint next;  /* while building: the next piece of the same content, plus one */
} Piece;

/* One element or attribute. A column has several of them where a name is repeated. */
typedef struct Occurrence {
	guint column;
	guint first_piece, n_pieces;
	ValueType when_empty; /* NULL for elements, ABSENT for attributes */
} Occurrence;

typedef enum SlotKind {
	SLOT_VALUE, /* one value as it is: by far the most */
	SLOT_FIXED,
	SLOT_MIXED, /* joined text, or several occurrences */
} SlotKind;

typedef struct Slot {
	guint8 kind;
	guint8 frame;
	guint8 when_empty;
	bool optional;
	guint16 index;
	guint first_occurrence, n_occurrences;
	Value fixed;
} Slot;

typedef struct LayoutPlace {
	const Program *program;
	guint parent, parent_index;
} LayoutPlace;

struct Layout {
	Shape *shape; /* the library's */
	guint n_slots, n_occurrences, n_pieces;
	Slot *slots;
	Occurrence *occurrences; /* in order of column */
	Piece *pieces;
	int time_column, channel_column; /* or -1 */
	guint n_missing;		 /* columns beyond LIMIT_EVENT_COLUMNS */
	gboolean clears_log;		 /* its events tell of a cleared log */
	/* the key */
	guint n_places;
	LayoutPlace places[MAX_FRAMES];
	guint8 key_types[KEY_N];
	Slice key_bytes[KEY_N]; /* owned */
};

typedef struct ReaderLibrary ReaderLibrary;

/* Builds the layout, interning its shape. NULL, with what is wrong, where it can not be done. */
Layout *layout_new(ReaderLibrary *library, const Frames *frames, const char **ret_trouble);
void layout_free(Layout *layout);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Layout, layout_free)

/* How much memory it takes, its shape included; roughly. */
gsize layout_size(const Layout *layout);

/* TRUE where the record of @frames has this layout. */
gboolean layout_matches(const Layout *layout, const Frames *frames);

/* The raw value of a key; type NULL where the programs alone determine it. */
Slice layout_key_value(const Frames *frames, ProgramKey key, guint8 *ret_type);

/* A piece that is known, as a value. */
Value layout_known_value(const Piece *piece);

/* The key as bytes, for the library's table. */
void layout_append_key(GByteArray *ret, const Frames *frames);

typedef struct Fill {
	const Frames *frames;
	Arena *arena;
	gsize max_arena_bytes;
	guint n_cut;	 /* result: lists and texts that a limit cut */
	guint n_missing; /* result: values that the template asks for and the record has not */
} Fill;

/* Fills layout->n_slots values. */
void layout_fill(const Layout *layout, Fill *fill, Value *values);
