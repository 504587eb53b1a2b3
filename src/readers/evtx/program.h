/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Program: a piece of BinXML in a form of its own, without offsets into any chunk.
 *
 * The same template is written anew into every chunk that uses it, each time with other name
 * offsets. definition.c turns what it finds into the normal form below; equal templates give equal
 * bytes there, so the bytes are the key under which the library keeps one Program, parsed once.
 *
 *	01  name                          an element begins
 *	06  name                          an attribute begins; it ends at the next 06, 02 or 04
 *	02                                the attributes are over
 *	04                                the element ends
 *	05  u16 n, n UTF-16 units         text
 *	0d  u16 index, u8 type            a value goes here; 0e: an optional one
 *	11  u8 type, u8 optional, u16 n, n bytes     a value that is already known
 *
 * A name is u16 n and n UTF-16 units. Elements nest properly, to LIMIT_BINXML_DEPTH; there are at
 * most LIMIT_BINXML_NODES tokens. Programs also travel between processes as these bytes, so
 * program_new() believes nothing.
 */
#pragma once

#include <glib.h>

#include "base/slice.h"
#include "readers/evtx/instance.h"

typedef struct Layout Layout;

#define NORMAL_VALUE 0x11 /* the only token that BinXML does not have; others: enum BinxmlToken */

typedef struct Node {
	guint8 token;
	guint8 type;   /* of a value */
	bool optional; /* a value */
	guint16 index; /* of a value */
	Slice bytes;   /* name, text or value; borrowed from the program */
} Node;

/* Where the outermost template has what tells logs apart; see layout.h. */
typedef enum ProgramKey {
	KEY_CHANNEL,
	KEY_PROVIDER,
	KEY_EVENT_ID,
	KEY_N,
} ProgramKey;

#define KEY_CONSTANT (-1) /* the same in every record, or not there at all */

#define PROGRAM_RECENT 4

typedef struct Program {
	Slice bytes; /* normal form; owned */
	Node *nodes;
	guint n_nodes;
	guint n_values;			/* highest index of a value, plus one */
	gboolean dynamic;		/* the name of a column is itself a value */
	int keys[KEY_N];		/* index of a value, or KEY_CONSTANT */
	Layout *recent[PROGRAM_RECENT]; /* the library's: layouts last used with this program last
					 */
	guint next_recent;
	guint8 learnt_guid[16]; /* the library's: last learnt under this GUID */
	gboolean is_learnt;
} Program;

/* From normal form, which is copied. NULL where it is malformed. */
Program *program_new(Slice normal);
void program_free(Program *program);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Program, program_free)

/*
 * TRUE where the values of @instance can be meant for the program: enough of them, each of the type
 * that is asked for, or of none. For recovery, where the definition is only believed to be the
 * right one.
 */
gboolean program_fits(const Program *program, const Instance *instance);

/* TRUE where @name (UTF-16LE) is the ASCII text @text. */
gboolean name_equal(Slice name, const char *text);

/* How many bytes each literal, or item of an array, of a type has; 0 where they differ. */
gsize binxml_type_size(guint8 type);
