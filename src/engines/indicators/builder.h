/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Builder: makes a store (store-format.h) of indicators. What is made is a function of the sources
 * and their order alone.
 */
#pragma once

#include <glib.h>

#include "engines/indicators/store.h"

typedef struct Builder Builder;

Builder *builder_new(void);
void builder_free(Builder *builder); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Builder, builder_free)

/* What is added from here on stands in this file. Returns the source's number. */
guint builder_begin_source(Builder *builder, const char *path);

/* What is added from here on stands in source @source, which was begun before. */
void builder_turn_to_source(Builder *builder, guint source);

/*
 * Takes an indicator in normal form. NULL, or why it can not be looked for: a sentence without
 * capital and full stop, static.
 */
const char *builder_add(Builder *builder, const Indicator *indicator);

/* The source at hand is read; its path stays the one it was begun with. */
void builder_end_source(Builder *builder, const IntelSource *source);

/* How many indicators of @kind the source at hand has had so far. */
/* How many indicators were added in all. */
guint builder_count_all(const Builder *builder);

guint builder_count(const Builder *builder, IndicatorKind kind);

/*
 * Everything in order, merged: the bytes of a store, g_free()'d by the caller. *ret_n_refused is
 * how many had to be left out as their hashes collide. Empties the builder.
 */
guint8 *builder_finish(Builder *builder, gsize *ret_size, guint *ret_n_refused);
