/* SPDX-License-Identifier: Apache-2.0 */
#include "readers/windows-xml/xml-scan.h"

#define ENTITY_BYTES 12 /* the longest that means anything is &#x10FFFF; */

static guint8 byte_at(Slice s, gsize at)
{
	return at < s.size ? s.data[at] : 0;
}

static Slice part(Slice s, gsize start, gsize end)
{
	end = MIN(end, s.size);
	return start < end ? slice_sub(s, start, end - start) : slice_from_text("");
}

static gboolean is_blank(guint8 c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static gboolean starts_at(Slice s, gsize at, const char *wanted)
{
	Slice w = slice_from_text(wanted);

	return slice_equal(slice_sub(s, at, w.size), w);
}

/* Where @wanted stands next; the size of @s where it does not. */
static gsize find(Slice s, gsize at, const char *wanted)
{
	Slice rest = slice_sub(s, at, s.size);
	const guint8 *found =
		rest.size ? memmem(rest.data, rest.size, wanted, strlen(wanted)) : NULL;

	return found ? at + (gsize)(found - rest.data) : s.size;
}

XmlScan xml_scan_make(Slice bytes)
{
	return (XmlScan){ .bytes = bytes };
}

static gboolean is_name_byte(guint8 c)
{
	return g_ascii_isalnum(c) || c == '_' || c == '-' || c == '.' || c == ':' || c >= 0x80;
}

/* The end of the name at @at. */
static gsize name_end(Slice s, gsize at)
{
	while (is_name_byte(byte_at(s, at)))
		at++;
	return at;
}

static Slice without_prefix(Slice name)
{
	for (gsize i = name.size; i > 0; i--) {
		if (name.data[i - 1] == ':')
			return part(name, i, name.size);
	}
	return name;
}

/* The > that ends the tag at @at: those in quotes do not. */
static gsize tag_end(Slice s, gsize at)
{
	guint8 quote = 0;

	for (; at < s.size; at++) {
		guint8 c = s.data[at];

		if (quote)
			quote = c == quote ? 0 : quote;
		else if (c == '"' || c == '\'')
			quote = c;
		else if (c == '>')
			return at;
	}
	return s.size;
}

static XmlToken broken(XmlScan *scan, const char *trouble)
{
	scan->trouble = trouble;
	scan->at = scan->bytes.size;
	return XML_BROKEN;
}

static XmlToken read_start(XmlScan *scan)
{
	gsize start = scan->at + 1, end = name_end(scan->bytes, start);
	gsize close = tag_end(scan->bytes, end);

	if (end == start)
		return broken(scan, "a < begins no tag");
	if (close == scan->bytes.size)
		return broken(scan, "a tag does not end");
	scan->is_empty = close > end && scan->bytes.data[close - 1] == '/';
	scan->name = without_prefix(part(scan->bytes, start, end));
	scan->attributes = part(scan->bytes, end, close - scan->is_empty);
	scan->at = close + 1;
	return XML_START;
}

static XmlToken read_end(XmlScan *scan)
{
	gsize start = scan->at + 2, end = name_end(scan->bytes, start);
	gsize close = find(scan->bytes, end, ">");

	if (close == scan->bytes.size)
		return broken(scan, "an end tag does not end");
	scan->name = without_prefix(part(scan->bytes, start, end));
	scan->at = close + 1;
	return XML_END;
}

/* Passes over what ends with @end. */
static gboolean skip_to(XmlScan *scan, const char *end)
{
	gsize found = find(scan->bytes, scan->at, end);

	scan->at = MIN(found + strlen(end), scan->bytes.size);
	return found < scan->bytes.size;
}

static XmlToken read_cdata(XmlScan *scan)
{
	gsize start = scan->at + strlen("<![CDATA["), end = find(scan->bytes, start, "]]>");

	if (end == scan->bytes.size)
		return broken(scan, "a CDATA section does not end");
	scan->text = part(scan->bytes, start, end);
	scan->is_raw = FALSE;
	scan->at = end + strlen("]]>");
	return XML_TEXT;
}

XmlToken xml_scan_next(XmlScan *scan)
{
	while (scan->at < scan->bytes.size) {
		gboolean passed = TRUE;
		gsize end;

		if (scan->bytes.data[scan->at] != '<') {
			end = find(scan->bytes, scan->at, "<");
			scan->text = part(scan->bytes, scan->at, end);
			scan->is_raw = TRUE;
			scan->at = end;
			return XML_TEXT;
		}
		if (starts_at(scan->bytes, scan->at, "</"))
			return read_end(scan);
		if (starts_at(scan->bytes, scan->at, "<![CDATA["))
			return read_cdata(scan);
		if (starts_at(scan->bytes, scan->at, "<!--"))
			passed = skip_to(scan, "-->");
		else if (starts_at(scan->bytes, scan->at, "<?"))
			passed = skip_to(scan, "?>");
		else if (starts_at(scan->bytes, scan->at, "<!"))
			passed = skip_to(scan, ">");
		else
			return read_start(scan);
		if (!passed)
			return broken(scan, "a comment or declaration does not end");
	}
	return XML_OVER;
}

gboolean xml_attribute_next(Slice attributes, gsize *at, Slice *ret_name, Slice *ret_value)
{
	gsize p = *at, start, end;
	guint8 quote;

	while (is_blank(byte_at(attributes, p)))
		p++;
	start = p;
	p = name_end(attributes, p);
	if (p == start)
		return FALSE;
	*ret_name = part(attributes, start, p);
	while (is_blank(byte_at(attributes, p)))
		p++;
	if (byte_at(attributes, p) != '=')
		return FALSE;
	p++;
	while (is_blank(byte_at(attributes, p)))
		p++;
	quote = byte_at(attributes, p);
	if (quote != '"' && quote != '\'')
		return FALSE;
	start = p + 1;
	end = find(attributes, start, quote == '"' ? "\"" : "'");
	if (end == attributes.size)
		return FALSE;
	*ret_value = part(attributes, start, end);
	*at = end + 1;
	return TRUE;
}

/* ---- entities ---- */

/* The code point of "#65" or "#x41"; 0 where it is none that XML allows. */
static gunichar numbered(Slice inside)
{
	gboolean hex = byte_at(inside, 1) == 'x';
	gunichar code = 0;
	gsize at = hex ? 2 : 1;

	if (at >= inside.size)
		return 0;
	for (; at < inside.size; at++) {
		char c = (char)inside.data[at];

		if (hex ? !g_ascii_isxdigit(c) : !g_ascii_isdigit(c))
			return 0;
		code = code * (hex ? 16 : 10) + (gunichar)g_ascii_xdigit_value(c);
		if (code > 0x10FFFF)
			return 0;
	}
	return g_unichar_validate(code) ? code : 0;
}

static gunichar entity(Slice inside)
{
	static const struct {
		const char *name;
		char c;
	} five[] = { { "lt", '<' }, { "gt", '>' }, { "amp", '&' }, { "quot", '"' },
		{ "apos", '\'' } };

	if (byte_at(inside, 0) == '#')
		return numbered(inside);
	for (guint i = 0; i < G_N_ELEMENTS(five); i++) {
		if (slice_equal(inside, slice_from_text(five[i].name)))
			return (gunichar)five[i].c;
	}
	return 0;
}

/* An entity is longer than its character in UTF-8, so what is decoded fits where it stood. */
Slice xml_decode(Slice text, Arena *arena)
{
	gsize n = 0;

	if (!text.size || !memchr(text.data, '&', text.size))
		return text;

	guint8 *plain = arena_alloc(arena, text.size);

	for (gsize at = 0; at < text.size; at++) {
		gunichar c = 0;

		if (text.data[at] == '&') {
			Slice rest = slice_sub(text, at + 1, ENTITY_BYTES);
			gsize size = find(rest, 0, ";");

			if (size < rest.size)
				c = entity(part(rest, 0, size));
			if (c) {
				char utf8[6];
				int length = g_unichar_to_utf8(c, utf8);

				for (int i = 0; i < length; i++)
					plain[n++] = (guint8)utf8[i];
				at += size + 1;
			}
		}
		if (!c)
			plain[n++] = text.data[at];
	}
	return slice_make(plain, n);
}
