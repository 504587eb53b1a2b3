/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sigma means PCRE. Where RE2 reads the same text in another way, the expression is rewritten: in
 * PCRE (and Python) a $ that does not stand for line ends is also true before a last line feed, in
 * RE2 only at the very end.
 */
#include "engines/sigma/regex.h"

#include "base/error.h"
#include "base/limits.h"
#include "engines/sigma/re2-shim.h"

#define LITERAL_MIN_BYTES		3
#define LITERAL_MAX_ATOMS_PATTERN_BYTES 4096 /* longer ones are not worth the analysis */

struct Regex {
	Re2Shim *re2;
	gboolean plain; /* only ASCII, and no escape that can mean anything else */
};

/* TRUE where the expression itself turns on multi-line mode, as in (?m) or (?im:…). */
static gboolean sets_multi_line(const char *pattern)
{
	for (const char *at = strstr(pattern, "(?"); at; at = strstr(at + 2, "(?"))
		for (const char *flag = at + 2; g_ascii_isalpha(*flag); flag++)
			if (*flag == 'm')
				return TRUE;
	return FALSE;
}

/* The size of [:alpha:] or the like, whose bracket does not end the class it stands in, or 0. */
static gsize named_class_size(const char *at)
{
	gsize size = 2;

	if (at[0] != '[' || at[1] != ':')
		return 0;
	size += at[size] == '^';
	while (g_ascii_isalpha(at[size]))
		size++;
	return at[size] == ':' && at[size + 1] == ']' ? size + 2 : 0;
}

/* Appends @pattern with each $ outside of classes and escapes as PCRE means it. */
static void append_with_dollars(GString *ret, const char *pattern)
{
	gboolean in_class = FALSE;

	for (const char *at = pattern; *at; at++) {
		if (*at == '\\' && at[1]) {
			g_string_append_len(ret, at, 2);
			at++;
			continue;
		}
		if (in_class && named_class_size(at) > 0) {
			gsize size = named_class_size(at);

			g_string_append_len(ret, at, (gssize)size);
			at += size - 1;
			continue;
		}
		if (in_class && *at == ']')
			in_class = FALSE;
		else if (!in_class && *at == '[') {
			/* A ] that comes first, or after ^, is a member of the class. */
			gsize head = at[1] == '^' ? 2 : 1;

			head += at[head] == ']';
			g_string_append_len(ret, at, (gssize)head);
			at += head - 1;
			in_class = TRUE;
			continue;
		}
		if (*at == '$' && !in_class)
			g_string_append(ret, "(?:\\n?\\z)");
		else
			g_string_append_c(ret, *at);
	}
}

static gboolean is_plain(const char *pattern)
{
	for (const char *at = pattern; *at; at++) {
		if ((guint8)*at >= 0x80)
			return FALSE;
		if (*at == '\\') {
			at++;
			if (*at == '\0' || strchr("xpPQ01234567", *at))
				return FALSE;
		}
	}
	return strlen(pattern) <= LITERAL_MAX_ATOMS_PATTERN_BYTES;
}

Regex *regex_new(const char *pattern, RegexFlags flags, GError **error)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autofree char *problem = NULL;
	gboolean quoted = strstr(pattern, "\\Q") != NULL;

	if (flags)
		g_string_append_printf(text, "(?%s%s%s)", flags & REGEX_IGNORE_CASE ? "i" : "",
			flags & REGEX_MULTI_LINE ? "m" : "", flags & REGEX_DOT_ALL ? "s" : "");
	if (flags & REGEX_MULTI_LINE || quoted || sets_multi_line(pattern))
		g_string_append(text, pattern);
	else
		append_with_dollars(text, pattern);

	Re2Shim *re2 = re2_shim_new(text->str, LIMIT_REGEX_MEMORY_BYTES, &problem);

	if (!re2) {
		g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_INPUT,
			"the regular expression can not be used: %s", problem);
		return NULL;
	}

	Regex *regex = g_new0(Regex, 1);

	regex->re2 = re2;
	regex->plain = is_plain(pattern);
	return regex;
}

void regex_free(Regex *regex)
{
	if (!regex)
		return;
	re2_shim_free(regex->re2);
	g_free(regex);
}

gboolean regex_matches(const Regex *regex, Slice text)
{
	return re2_shim_matches(regex->re2, text.data ? (const char *)text.data : "", text.size);
}

/*
 * RE2's analysis works on its own lower case, ours on folded text. Of ASCII they agree: whatever
 * RE2 takes for a letter k, our folding turns into k. Of other characters they may differ, so
 * expressions that name any give no literal, and of an atom only a stretch of ASCII is used.
 */
gboolean regex_required_literal(const Regex *regex, char **ret)
{
	g_autofree char *atom = NULL;
	gsize best_start = 0, best_size = 0;

	if (!regex->plain)
		return FALSE;
	atom = re2_shim_required(regex->re2, LITERAL_MIN_BYTES);
	if (!atom)
		return FALSE;
	for (gsize i = 0; atom[i];) {
		gsize end = i;

		while (atom[end] && (guint8)atom[end] < 0x80)
			end++;
		if (end - i > best_size) {
			best_start = i;
			best_size = end - i;
		}
		i = MAX(end, i + 1);
	}
	if (best_size < LITERAL_MIN_BYTES)
		return FALSE;
	*ret = g_ascii_strdown(atom + best_start, (gssize)best_size);
	return TRUE;
}
