/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RE2 behind C types, as MATCHES needs it: case matters, and bytes can be searched as well as
 * UTF-8.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct StixRegex StixRegex;

/*
 * @is_bytes: pattern and what is searched are bytes, each a character; else both are UTF-8. NULL
 * with *ret_problem set (g_free) where RE2 does not take @pattern within @max_bytes.
 */
StixRegex *stix_regex_new(
	const char *pattern, gsize size, gboolean is_bytes, gsize max_bytes, char **ret_problem);
void stix_regex_free(gpointer regex); /* accepts NULL */

/* TRUE where some part of @text matches. */
gboolean stix_regex_matches(const StixRegex *regex, const char *text, gsize size);

/*
 * The longest literal of ASCII characters, in lower case and at least @min_bytes long, that each
 * text which matches must have by RE2's own analysis; NULL: none is known. Owned by the caller.
 */
char *stix_regex_required(const StixRegex *regex, gsize min_bytes);

G_END_DECLS
