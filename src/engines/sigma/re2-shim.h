/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The little of RE2 that regex.c needs, behind C types. The only C++ of spoor: no exceptions, no
 * RTTI.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct Re2Shim Re2Shim;

/* NULL with *ret_problem set (g_free) where RE2 does not take @pattern within @max_bytes. */
Re2Shim *re2_shim_new(const char *pattern, gsize max_bytes, char **ret_problem);
void re2_shim_free(Re2Shim *re2);

gboolean re2_shim_matches(const Re2Shim *re2, const char *text, gsize size);

/*
 * The longest literal of at least @min_bytes, in lower case, that each match must contain by RE2's
 * own analysis, or NULL. Owned by the caller (g_free).
 */
char *re2_shim_required(const Re2Shim *re2, gsize min_bytes);

G_END_DECLS
