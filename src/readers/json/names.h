/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names: the keys met so far, as a tree, and what is known of each.
 *
 * Objects of a log have the same keys in much the same order. So each name remembers which name
 * followed it last, and the parser compares the next key with that one before it looks any further:
 * in the common case a key costs one comparison of sixteen bytes.
 *
 * A name's text is the path from the root joined by dots, without the wrappers that dialects.h
 * lists (an Elasticsearch hit's _source, say). Names are a cache: nothing that is read depends on
 * them.
 */
#pragma once

#include <glib.h>

#include "base/block.h"
#include "readers/json/dialects.h"

typedef struct Name Name;

struct Name {
	guint8 start[BLOCK_BYTES]; /* of the key, padded with zeros */
	Slice key;		   /* raw, as it stands between the quotes */
	guint start_mask;	   /* of the bytes of @start that are the key's */
	guint32 number;		   /* from 0 */
	Name *parent;		   /* NULL for the root */
	Name *inside; /* the first key met last time inside the object that has this name */
	Name *after;  /* the key met last time behind this one's value */
	const char *text;
	NameTraits traits;
};

typedef struct Names Names;

Names *names_new(void);
void names_free(Names *names); /* accepts NULL */

/* Forgets all names. Pointers to them are void. */
void names_reset(Names *names);

/* TRUE once LIMIT_JSON_NAMES is reached, or their texts are too many: time to reset. */
gboolean names_are_full(const Names *names);

guint names_count(const Names *names);
Name *names_root(const Names *names);

/*
 * The name of @key inside of @parent, made anew where there is none yet. NULL where its text would
 * be longer than LIMIT_JSON_NAME_BYTES.
 */
Name *names_find(Names *names, Name *parent, Slice key);

/* Whether @guess is the name inside of @parent whose key stands at @at, with the quote behind it.
 */
static inline gboolean name_is_at(const Name *guess, const Name *parent, Slice text, gsize at)
{
	gsize size;

	if (!guess || guess->parent != parent)
		return FALSE;
	size = guess->key.size;
	if (at + size >= text.size || text.data[at + size] != '"')
		return FALSE;
	if (size > BLOCK_BYTES || !block_fits(text, at))
		return slice_equal(guess->key, slice_sub(text, at, size));
	return (~block_same(block_load(text.data + at), block_load(guess->start)) &
		       guess->start_mask) == 0;
}
