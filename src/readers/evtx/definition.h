/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Definition: reads BinXML as it stands in a chunk and writes its normal form (program.h).
 *
 * A template definition is read as it is. A record without template, or with what the fast path
 * does not know, is *expanded*: every template in it is replaced by its content and every value put
 * where it belongs, so that the normal form holds all there is to know about the record.
 */
#pragma once

#include <glib.h>

#include "readers/evtx/instance.h"
#include "readers/evtx/program.h"

/* Finds the program of a template instance; NULL with *@ret_trouble set where there is none. */
typedef const Program *(*DefinitionResolve)(
	void *context, const Instance *instance, const char **ret_trouble);

typedef struct DefinitionReader {
	Slice chunk;	     /* the whole of it: names can stand anywhere */
	GByteArray *out;     /* normal form is appended */
	gsize max_bytes;     /* of @out */
	gsize name_bytes;    /* of names read so far, at most max_bytes: they are hashed */
	guint n_tokens;	     /* so far; at most LIMIT_BINXML_NODES */
	gboolean bad_names;  /* result: a name is damaged, or its hash is wrong */
	gboolean mend_names; /* see mend.h: a damaged name is no trouble */
	ValuePool *pool;     /* for expanding; else NULL */
	DefinitionResolve resolve;
	void *context;
} DefinitionReader;

/* Both take BinXML at @offset of the chunk, which ends at @end. Return NULL, or what is wrong. */
const char *definition_read(DefinitionReader *reader, gsize offset, gsize end);
const char *definition_expand(DefinitionReader *reader, gsize offset, gsize end);
