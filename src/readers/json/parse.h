/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parse: one object of JSON becomes a list of leaves, in the order of the text: which name, and
 * where its value lies. Nothing is copied but objects in strings, which have to be unescaped first.
 *
 * Lenient where nothing is at stake: a comma too many before a bracket, control characters in
 * strings, bytes that are no UTF-8, NaN. Everything else that JSON does not allow ends the object
 * there, since what follows could mean anything.
 */
#pragma once

#include <glib.h>

#include "model/value.h"
#include "readers/json/names.h"

typedef struct Leaf {
	const Name *name;
	Slice bytes;
	guint8 type;	  /* ValueType; LIST: an array without items */
	gboolean is_item; /* stands in an array: its column is a list, however many there are */
} Leaf;

typedef enum ParseResult {
	PARSE_WHOLE,
	PARSE_BAD,   /* not JSON */
	PARSE_SHORT, /* the text ends before the object does */
} ParseResult;

typedef struct Parser {
	Names *names;
	Leaf *leaves;
	guint n_leaves, room;
	guint n_fields; /* leaves that are not items */
	guint64 tells[DIALECT_WORDS];
	GArray *matters;     /* guint: leaves with a role, or that may be a time */
	const char *limit;   /* the limit that cut something off, or NULL */
	gboolean is_full;    /* no more leaves fit */
	gsize bad_at;	     /* PARSE_BAD: where, and */
	const char *trouble; /* why */
	GPtrArray *unfolded; /* GString: the objects that strings held */
} Parser;

void parser_init(Parser *parser);
void parser_clear(Parser *parser); /* accepts what was not initialised but is zero */
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Parser, parser_clear)

/*
 * Parses the object that begins at @start of @text, where a '{' stands. Sets *ret_end to behind it.
 * The leaves are valid until the next call, and as long as @text and @names are. With PARSE_BAD and
 * PARSE_SHORT they are those before the trouble.
 */
ParseResult parser_read(Parser *parser, Names *names, Slice text, gsize start, gsize *ret_end);
