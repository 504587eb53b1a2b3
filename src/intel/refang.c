/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Undoing defanged writing: advisories write indicators so that nobody follows them by accident.
 *
 * One pass; what stands in brackets is looked up, what is in no table stays as it is. The spellings
 * are those that MISP's import knows and that advisories were seen to use.
 */
#include "intel/normal.h"

#include "intel/words.h"

typedef struct Spelling {
	const char *written, *meant;
} Spelling;

/* In any of the three kinds of brackets, blanks at both ends of it left out. */
static const Spelling bracketed[] = {
	{ ".", "." },
	{ "dot", "." },
	{ "d0t", "." },
	{ "punkt", "." },
	{ "point", "." },
	{ "@", "@" },
	{ "at", "@" },
	{ ":", ":" },
	{ "://", "://" },
	{ ":/", ":/" },
	{ "//", "//" },
	{ "/", "/" },
	{ "www", "www" },
	{ "http", "http" },
	{ "https", "https" },
};

/* Before ":", where a word begins. */
static const Spelling schemes[] = {
	{ "hxxp", "http" },
	{ "hxtp", "http" },
	{ "htxp", "http" },
	{ "hXXp", "http" },
	{ "h**p", "http" },
	{ "h__p", "http" },
	{ "h[tt]p", "http" },
	{ "meow", "http" },
	{ "fxp", "ftp" },
	{ "fxtp", "ftp" },
};

#define BRACKETED_BYTES 12 /* of the longest text in brackets that is looked up */

static gboolean is_word(guint8 c)
{
	return g_ascii_isalnum(c) || c >= 0x80;
}

static guint8 closing(guint8 open)
{
	return open == '[' ? ']' : open == '(' ? ')' : open == '{' ? '}' : 0;
}

/* What the brackets at the start of @s mean; NULL where nothing. */
static const char *read_brackets(Slice s, gsize *ret_size)
{
	guint8 end = closing(s.data[0]);
	gsize close;
	Slice inner;

	if (end == 0)
		return NULL;
	s = slice_sub(s, 0, BRACKETED_BYTES);
	close = words_find(s, 1, end);
	if (close >= s.size)
		return NULL;
	inner = words_trim(slice_sub(s, 1, close - 1));
	for (guint i = 0; i < G_N_ELEMENTS(bracketed); i++) {
		if (words_equal(inner, bracketed[i].written)) {
			*ret_size = close + 1;
			return bracketed[i].meant;
		}
	}
	return NULL;
}

/* One bracket alone beside a dot: "example[.com", "example.]com". */
static gsize half_bracket(Slice s)
{
	gboolean opens = s.data[0] == '[' && s.size > 2 && s.data[1] == '.' && is_word(s.data[2]);
	gboolean closes = s.data[0] == '.' && s.size > 2 && s.data[1] == ']' && is_word(s.data[2]);

	return opens || closes ? 2 : 0;
}

/* A scheme that is spelt so that it is none, with what follows up to its colon. */
static const char *read_scheme(Slice s, gsize *ret_size)
{
	for (guint i = 0; i < G_N_ELEMENTS(schemes); i++) {
		gsize size = strlen(schemes[i].written);
		Slice rest = words_from(s, size);

		if (!words_has_prefix(s, schemes[i].written) || rest.size == 0)
			continue;
		if (rest.data[0] == 's' || rest.data[0] == 'S' || words_has_prefix(rest, "[s]"))
			rest = words_from(rest, rest.data[0] == '[' ? 3 : 1);
		if (words_has_prefix(rest, ":") || words_has_prefix(rest, "[:") ||
			words_has_prefix(rest, "(:") || words_has_prefix(rest, "{:")) {
			*ret_size = size;
			return schemes[i].meant;
		}
	}
	return NULL;
}

/* Characters that are not seen: soft hyphen, zero-width space, joiners, byte order mark. */
static gsize invisible(Slice s)
{
	if (words_has_prefix(s, "\xc2\xad"))
		return 2;
	if (words_has_prefix(s, "\xe2\x80\x8b") || words_has_prefix(s, "\xe2\x81\xa0") ||
		words_has_prefix(s, "\xef\xbb\xbf"))
		return 3;
	return 0;
}

/* Whether a word may begin behind what was appended to @ret since @from. */
static gboolean at_word(const GString *ret, gsize from)
{
	return ret->len == from || !is_word((guint8)ret->str[ret->len - 1]);
}

/*
 * Whether "\\." is a dot: where no other backslash says that this is a path ("example\.com").
 */
static gboolean has_escaped_dots(Slice text)
{
	for (gsize i = words_find(text, 0, '\\'); i < text.size;
		i = words_find(text, i + 1, '\\')) {
		if (i == 0 || i + 1 == text.size || text.data[i + 1] != '.')
			return FALSE;
	}
	return TRUE;
}

static gboolean may_begin(guint8 c)
{
	return c == '[' || c == '(' || c == '{' || c == '.' || c == '\\' || c >= 0x80 ||
		g_ascii_isalpha(c);
}

/* Most texts have nothing to undo: no brackets, no colon, no backslash, only ASCII. */
static gboolean is_plain(Slice text)
{
	for (gsize i = 0; i < text.size; i++) {
		guint8 c = text.data[i];

		if (c == '[' || c == ']' || c == '(' || c == '{' || c == ':' || c == '\\' ||
			c >= 0x80)
			return FALSE;
	}
	return TRUE;
}

void normal_append_refanged(GString *ret, Slice text)
{
	if (is_plain(text)) {
		words_append(ret, text);
		return;
	}

	gboolean is_escaped = has_escaped_dots(text);
	gsize from = ret->len;

	for (gsize i = 0; i < text.size;) {
		Slice s = words_from(text, i);
		const char *meant = NULL;
		gsize size = 1;

		if (!may_begin(s.data[0])) {
			g_string_append_c(ret, (char)s.data[0]);
			i++;
			continue;
		}
		if (g_ascii_isalpha(s.data[0]))
			meant = at_word(ret, from) ? read_scheme(s, &size) : NULL;
		else
			meant = read_brackets(s, &size);
		if (!meant && half_bracket(s)) {
			size = half_bracket(s);
			meant = ".";
		}
		if (!meant && is_escaped && words_has_prefix(s, "\\.") && s.size > 2 &&
			is_word(s.data[2])) {
			size = 2;
			meant = ".";
		}
		if (!meant && invisible(s)) {
			size = invisible(s);
			meant = "";
		}
		if (meant)
			g_string_append(ret, meant);
		else
			g_string_append_c(ret, (char)s.data[0]);
		i += size;
	}
}
