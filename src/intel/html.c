/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Advisories as web pages: the text that a reader of the page sees, line by line as in the source,
 * so that lines can be named. Addresses of links are references and left out, like scripts, styles
 * and comments. Linear: each byte is looked at once, and nothing is built but the text.
 */
#include "intel/html.h"

#include "intel/text-scan.h"
#include "intel/words.h"

#define PROBE_BYTES  4096
#define ENTITY_BYTES 16
#define NAME_BYTES   16
#define TAG_BYTES    (64u << 10)

/* ---- entities ---- */

static const struct {
	const char *name, *text;
} entities[] = {
	{ "amp", "&" },
	{ "lt", "<" },
	{ "gt", ">" },
	{ "quot", "\"" },
	{ "apos", "'" },
	{ "nbsp", " " },
	{ "period", "." },
	{ "colon", ":" },
	{ "sol", "/" },
	{ "bsol", "\\" },
	{ "commat", "@" },
	{ "lbrack", "[" },
	{ "lsqb", "[" },
	{ "rbrack", "]" },
	{ "rsqb", "]" },
	{ "lpar", "(" },
	{ "rpar", ")" },
	{ "lcub", "{" },
	{ "rcub", "}" },
	{ "shy", "" },
	{ "zwj", "" },
	{ "zwnj", "" },
	{ "ZeroWidthSpace", "" },
	{ "hyphen", "-" },
	{ "dash", "-" },
	{ "lowbar", "_" },
	{ "percnt", "%" },
	{ "ndash", "-" },
	{ "mdash", " " },
	{ "bull", " " },
	{ "lsquo", "'" },
	{ "rsquo", "'" },
	{ "ldquo", "\"" },
	{ "rdquo", "\"" },
};

static gboolean append_number(GString *ret, Slice digits)
{
	gboolean is_hex = digits.size > 1 && (digits.data[0] == 'x' || digits.data[0] == 'X');
	guint code = 0;

	if (is_hex)
		digits = words_from(digits, 1);
	if (digits.size == 0 || digits.size > 7)
		return FALSE;
	for (gsize i = 0; i < digits.size; i++) {
		int value = is_hex ? g_ascii_xdigit_value((char)digits.data[i])
				   : g_ascii_digit_value((char)digits.data[i]);

		if (value < 0)
			return FALSE;
		code = code * (is_hex ? 16 : 10) + (guint)value;
	}
	if (code < ' ' || !g_unichar_validate(code))
		g_string_append_c(ret, ' ');
	else
		g_string_append_unichar(ret, code);
	return TRUE;
}

/* The entity at the start of @s ("&amp;"): how long it is, or 0. */
static gsize append_entity(GString *ret, Slice s)
{
	gsize end = words_find(slice_sub(s, 0, ENTITY_BYTES), 1, ';');
	Slice name = slice_sub(s, 1, end - 1);

	if (end >= MIN(s.size, ENTITY_BYTES))
		return 0;
	if (name.size > 1 && name.data[0] == '#')
		return append_number(ret, words_from(name, 1)) ? end + 1 : 0;
	for (guint i = 0; i < G_N_ELEMENTS(entities); i++) {
		if (words_equal(name, entities[i].name)) {
			g_string_append(ret, entities[i].text);
			return end + 1;
		}
	}
	return 0;
}

/* ---- tags ---- */

static void append_line_ends(GString *ret, Slice s)
{
	for (gsize i = words_find(s, 0, '\n'); i < s.size; i = words_find(s, i + 1, '\n'))
		g_string_append_c(ret, '\n');
}

static gsize find_text(Slice s, gsize from, const char *text)
{
	for (gsize at = words_find(s, from, (guint8)text[0]); at < s.size;
		at = words_find(s, at + 1, (guint8)text[0])) {
		if (words_has_prefix(words_from(s, at), text))
			return at;
	}
	return s.size;
}

/* Tags within a word; all others part words. */
static gboolean is_inline(const char *name)
{
	static const char *const names[] = { "a", "abbr", "b", "big", "bdi", "bdo", "cite", "code",
		"em", "font", "i", "ins", "kbd", "mark", "nobr", "q", "s", "samp", "small", "span",
		"strong", "sub", "sup", "tt", "u", "var", "wbr", NULL };

	return g_strv_contains(names, name);
}

static gboolean is_hidden(const char *name)
{
	static const char *const names[] = { "script", "style", "template", "noscript", "svg",
		NULL };

	return g_strv_contains(names, name);
}

static void read_name(Slice tag, char ret[NAME_BYTES])
{
	gsize from = tag.size > 1 && tag.data[1] == '/' ? 2 : 1, n = 0;

	while (from + n < tag.size && n + 1 < NAME_BYTES && g_ascii_isalnum(tag.data[from + n])) {
		ret[n] = g_ascii_tolower((char)tag.data[from + n]);
		n++;
	}
	ret[n] = '\0';
}

/*
 * Where the tag at the start of @s ends, behind its ">", which a quoted value may have, too; 0
 * where it does not within sensible bounds.
 */
static gsize tag_size(Slice s)
{
	gsize first;
	guint8 quote = 0;

	s = slice_sub(s, 0, TAG_BYTES);
	first = words_find(s, 0, '>');
	if (first == s.size)
		return 0;
	for (gsize i = 1; i < s.size; i++) {
		guint8 c = s.data[i];

		if (quote)
			quote = c == quote ? 0 : quote;
		else if ((c == '"' || c == '\'') && s.data[i - 1] == '=')
			quote = c;
		else if (c == '>')
			return i + 1;
	}
	return first + 1; /* a quote that nothing closes */
}

/* Leaves out what stands in a hidden element, and takes the page's title. */
static gsize skip_element(Slice s, const char *name, gsize size, GString *title)
{
	g_autofree char *end = g_strdup_printf("</%s", name);
	gsize behind = find_text(s, size, end);

	if (strcmp(name, "title") == 0 && title->len == 0)
		words_append(title, words_trim(words_cut(words_range(s, size, behind), 300)));
	return behind;
}

/* What begins with "<": how much of it is no text; 0 where it is. */
static gsize skip_markup(GString *ret, Slice s, GString *title)
{
	char name[NAME_BYTES];
	gsize size;

	if (words_has_prefix(s, "<!--")) {
		size = MIN(find_text(s, 4, "-->") + 3, s.size);
		append_line_ends(ret, slice_sub(s, 0, size));
		return size;
	}
	read_name(s, name);
	if (!*name && !words_has_prefix(s, "<!") && !words_has_prefix(s, "<?"))
		return 0;
	size = tag_size(s);
	if (size == 0)
		return 0;
	if (s.data[1] != '/' && (is_hidden(name) || strcmp(name, "title") == 0))
		size = skip_element(s, name, size, title);
	else if (!is_inline(name))
		g_string_append_c(ret, ' ');
	append_line_ends(ret, slice_sub(s, 0, size));
	return size;
}

static void append_visible(GString *ret, Slice page, GString *title)
{
	gsize no_tag_before = 0; /* from where a ">" was missed */
	gsize close = 0;	 /* where the last ">" was that was looked for */

	for (gsize at = 0; at < page.size;) {
		Slice s = words_from(page, at);
		gsize size = 0;

		if (s.data[0] == '<' && at >= no_tag_before) {
			size = skip_markup(ret, s, title);
			if (size == 0 && at >= close) {
				close = at + words_find(slice_sub(s, 0, TAG_BYTES), 0, '>');
				if (close == at + MIN(s.size, TAG_BYTES))
					no_tag_before = close;
			}
		} else if (s.data[0] == '&') {
			size = append_entity(ret, s);
		}
		if (size == 0) {
			g_string_append_c(ret, (char)s.data[0]);
			size = 1;
		}
		at += size;
	}
}

/* ---- the format ---- */

static void html_read(Slice text, const char *name, Collector *collector)
{
	g_autoptr(GString) visible = g_string_sized_new(text.size);
	g_autoptr(GString) title = g_string_new(NULL), raw = g_string_new(NULL);

	append_visible(visible, text, raw);
	for (gsize i = 0; i < raw->len;) {
		Slice s = slice_make(&raw->str[i], raw->len - i);
		gsize size = s.data[0] == '&' ? append_entity(title, s) : 0;

		if (size == 0)
			g_string_append_c(title, s.data[0] < ' ' ? ' ' : (char)s.data[0]);
		i += MAX(size, 1);
	}
	if (title->len > 0)
		collector_set_name(collector, title->str);
	text_scan_claim(slice_make(visible->str, visible->len), collector);
}

static guint html_probe(Slice text, const char *name)
{
	Slice head = words_trim(slice_sub(text, 0, PROBE_BYTES));

	if (words_has_prefix(head, "<!doctype html") || words_has_prefix(head, "<html"))
		return 90;
	if (head.size == 0 || head.data[0] != '<')
		return 0;
	if (find_text(head, 0, "<html") < head.size || find_text(head, 0, "<body") < head.size)
		return 80;
	return g_str_has_suffix(name, ".html") || g_str_has_suffix(name, ".htm") ? 40 : 0;
}

const IntelFormat intel_html = {
	.name = "html",
	.description = "advisories as web pages",
	.docs = "docs/intelligence.md",
	.probe = html_probe,
	.read = html_read,
};
