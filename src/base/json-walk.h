/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON in, from strangers: documents of any size, walked without building anything.
 *
 * A value is a slice of the document. Reading one checks it whole against RFC 8259 by a loop with a
 * stack of bits, so neither depth nor size costs memory; looking into it walks its members or
 * items, of which each is read the same way. What a format visits is a few levels deep, hence each
 * byte is read a few times, at the speed of memory.
 *
 * Documents that break off or break somewhere are not lost: what stands before the trouble can be
 * walked, and values say whether they are whole.
 *
 *	JsonWalk walk = json_walk_begin(&object);
 *	JsonItem item;
 *	while (json_walk_next(&walk, &item)) …
 */
#pragma once

#include <glib.h>

#include "base/cursor.h"

typedef enum JsonType {
	JSON_NOTHING, /* not there */
	JSON_OBJECT,
	JSON_ARRAY,
	JSON_STRING,
	JSON_NUMBER,
	JSON_TRUE,
	JSON_FALSE,
	JSON_NULL,
} JsonType;

typedef struct JsonValue {
	JsonType type;
	gboolean is_whole; /* FALSE: @bytes ends where the trouble is */
	Slice bytes;	   /* a string between its quotes, escapes as they stand; else as written */
} JsonValue;

typedef struct JsonTrouble {
	gsize at;	    /* offset in the cursor's bytes */
	const char *reason; /* "a comma is missing"; static; NULL where there is none */
} JsonTrouble;

/*
 * Reads the value at @at, blanks before it passed over, and moves behind it. FALSE with
 * @ret_trouble where it is no JSON or deeper than LIMIT_JSON_DEPTH; then @ret is what there is of
 * it (JSON_NOTHING: not even its beginning) and @at stands at the trouble.
 */
gboolean json_value_read(Cursor *at, JsonValue *ret, JsonTrouble *ret_trouble);

typedef struct JsonItem {
	Slice key; /* of an object's member, as it stands; empty in arrays */
	JsonValue value;
} JsonItem;

typedef struct JsonWalk {
	Cursor at;
	gboolean is_object, begun, ended;
} JsonWalk;

/* Of anything but an object or array there are no items. @container's bytes are borrowed. */
JsonWalk json_walk_begin(const JsonValue *container);

/* The next member or item; the last may be one that is not whole. FALSE at the end. */
gboolean json_walk_next(JsonWalk *walk, JsonItem *ret);

/*
 * The members of @object called @names (@n, at most 32), in the order of @names; JSON_NOTHING where
 * there is none. Of several of one name the last counts, as most readers have it; the result has
 * the bits of those names set. Members that are not whole are not taken.
 */
guint32 json_pick(const JsonValue *object, const char *const *names, guint n, JsonValue *ret);

/* Whether @value is a string with this text, or @key this name. */
gboolean json_value_is(const JsonValue *value, const char *text);
gboolean json_key_is(Slice key, const char *name);

/* Appends the text of a string, or a number or word as written; a NUL becomes U+FFFD. Nothing is
 * appended for other values. */
void json_value_append(GString *ret, const JsonValue *value);

/* A whole number, or a string of digits, from 0 to G_MAXINT64. */
gboolean json_value_uint(const JsonValue *value, guint64 *ret);

/* true, 1, "1" and "true" are TRUE, their opposites FALSE; @fallback for anything else. */
gboolean json_value_bool(const JsonValue *value, gboolean fallback);
