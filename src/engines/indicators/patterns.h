/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Patterns: the regular expressions on paths of all stores, looked for together. Feeds have
 * thousands of them; a filter over the literals that they need leaves a handful to be run on a
 * path.
 */
#pragma once

#include <glib.h>

#include "engines/indicators/find.h"

/*
 * NULL where the stores have none. *ret_n_refused is how many can not be compiled, which
 * patterns_problem() should have kept out of a store.
 */
Patterns *patterns_new(const Store *stores, guint n_stores, guint *ret_n_refused);
void patterns_free(Patterns *patterns); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Patterns, patterns_free)

/* Why @pattern is no regular expression that can be used (g_free), or NULL. */
char *patterns_problem(const char *pattern);

/* Adds hits of @column of @finder for the patterns that fit @path, which may be written any way. */
void patterns_look(Patterns *patterns, Finder *finder, guint column, Slice path);
