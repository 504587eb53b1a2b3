/* SPDX-License-Identifier: Apache-2.0 */
#include "intel/file-pattern.h"

#include "base/limits.h"
#include "stix/regex-shim.h"

/* One escape: "\Z" is "\z" for RE2, and it wants no "\" before "_" and letters beyond ASCII. */
static void append_escape(GString *ret, char c)
{
	if (c != '_' && (guint8)c < 0x80)
		g_string_append_c(ret, '\\');
	g_string_append_c(ret, c == 'Z' ? 'z' : c);
}

static void append_translated(GString *ret, const char *pattern)
{
	gboolean in_class = FALSE;

	for (const char *at = pattern; *at; at++) {
		if (*at == '\\' && at[1]) {
			append_escape(ret, *++at);
			continue;
		}
		if (*at == '[' && !in_class) {
			in_class = TRUE;
			/* A bracket at the start of a class is one of its characters. */
			if (at[1] == ']' || (at[1] == '^' && at[2] == ']')) {
				gsize size = at[1] == '^' ? 2 : 1;

				g_string_append_len(ret, at, (gssize)size);
				g_string_append(ret, "\\]");
				at += size;
				continue;
			}
		} else if (*at == ']') {
			in_class = FALSE;
		}
		g_string_append_c(ret, *at);
		if (*at == '{' && at[1] == ',' && g_ascii_isdigit(at[2]) && !in_class)
			g_string_append_c(ret, '0'); /* "{,3}" is "{0,3}" */
	}
}

gboolean file_pattern_append(GString *ret, const char *pattern, GString *problem)
{
	gsize start = ret->len;
	g_autofree char *why = NULL;
	StixRegex *regex;

	append_translated(ret, pattern);
	regex = stix_regex_new(
		&ret->str[start], ret->len - start, FALSE, LIMIT_REGEX_MEMORY_BYTES, &why);
	if (regex) {
		stix_regex_free(regex);
		return TRUE;
	}
	g_string_truncate(ret, start);
	g_string_printf(problem, "is no regular expression that RE2 takes: %s", why);
	return FALSE;
}
