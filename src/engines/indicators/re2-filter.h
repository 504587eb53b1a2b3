/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RE2's filter of many regular expressions, behind C types: of each it knows which literals
 * ("atoms", in lower case) a text must hold, so that few of thousands need be run on it.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct Re2Filter Re2Filter;

Re2Filter *re2_filter_new(void);
void re2_filter_free(Re2Filter *filter); /* accepts NULL */

/* The number of @pattern, from 0; or -1 with *ret_problem set (g_free). */
int re2_filter_add(Re2Filter *filter, const char *pattern, gsize max_bytes, char **ret_problem);

/* All are added. Returns the atoms, NULL-terminated (g_strfreev()). */
char **re2_filter_compile(Re2Filter *filter);

/* Calls @each, by ascending number, for every expression that may match a text with @atoms and no
 * others of them. */
void re2_filter_candidates(const Re2Filter *filter, const int *atoms, gsize n_atoms,
	void (*each)(void *context, int number), void *context);

/* Whether expression @number matches anywhere in @text. */
gboolean re2_filter_matches(const Re2Filter *filter, int number, const char *text, gsize size);

G_END_DECLS
