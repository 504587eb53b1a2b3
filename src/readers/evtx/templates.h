/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Templates: the templates of one chunk, by where they stand in it.
 *
 * Records name a template by the offset of its definition in the same chunk. The first record that
 * does so pays for reading the definition and finding its program in the library; for the others it
 * is one look-up here.
 */
#pragma once

#include <glib.h>

#include "readers/evtx/instance.h"
#include "readers/evtx/library.h"

#define TEMPLATES_SLOTS 1024 /* a power of two */

typedef struct TemplateEntry {
	guint32 stamp; /* of the chunk it was read from; others are free slots */
	guint32 offset, id;
	guint epoch;	     /* of the library, to which the program belongs */
	Program *program;    /* NULL where the definition is damaged: */
	const char *trouble; /* then this says how */
	Program *mended;     /* recovery: with damaged names replaced, or NULL */
	guint mended_epoch;  /* the library's when that was tried, plus one; 0: never */
	bool bad_names;	     /* a name's hash is wrong */
	bool is_learnt;	     /* the library knows it, or need not */
} TemplateEntry;

typedef struct Templates {
	ReaderLibrary *library;
	gboolean recovering;
	Slice chunk;
	guint32 stamp;
	gsize *work; /* bytes made from the chunk so far; borrowed */
	GByteArray *scratch;
	TemplateEntry entries[TEMPLATES_SLOTS];
} Templates;

void templates_init(Templates *templates, ReaderLibrary *library, gboolean recovering, gsize *work);
void templates_clear(Templates *templates);
void templates_start_chunk(Templates *templates, Slice chunk);

/*
 * The program for a template instance, or NULL with what is wrong. When recovering, a definition
 * that is not whole or does not fit is replaced by one from the library.
 */
Program *templates_find(Templates *templates, const Instance *instance, const char **ret_trouble);

/* Whether a record in use with this instance can be read without the library. */
gboolean templates_has(Templates *templates, const Instance *instance);

/*
 * A stand-in for a template of which nothing is known but how many values it has: an EventData with
 * as many unnamed Data. NULL where there are too many.
 */
Program *templates_unnamed(Templates *templates, guint n_values);

/* Keeps the template for recovery if it is whole and fits; for records that are not in use. */
void templates_learn(Templates *templates, const Instance *instance);
