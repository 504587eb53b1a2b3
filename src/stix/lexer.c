/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tokens of a pattern, by the rules of STIXPattern.g4: the longest token wins, keywords before
 * names. Literals whose content is not as the grammar asks (h'1', t'2021-13-01T00:00:00Z') fall
 * apart into a name and a string there, which no rule takes; here they do, too.
 */
#include "stix/tree.h"

static gboolean is_name_start(guint8 c)
{
	return g_ascii_isalpha(c) || c == '_';
}

static gboolean is_name(guint8 c)
{
	return g_ascii_isalnum(c) || c == '_';
}

static guint8 at(Slice text, gsize offset)
{
	return offset < text.size ? text.data[offset] : 0;
}

/* ---- what is passed over ------------------------------------------------------------------------
 */

static gboolean is_blank(gunichar c)
{
	switch (c) {
	case ' ':
	case '\t':
	case '\r':
	case '\n':
	case 0x0b:
	case 0x0c:
	case 0x85:
	case 0xa0:
	case 0x1680:
	case 0x2028:
	case 0x2029:
	case 0x202f:
	case 0x205f:
	case 0x3000:
		return TRUE;
	default:
		return c >= 0x2000 && c <= 0x200a;
	}
}

/* The size of the comment at @offset, 0 where there is none (or none that ends). */
static gsize comment_size(Slice text, gsize offset)
{
	Slice rest = slice_sub(text, offset, text.size);
	const guint8 *end;

	if (at(rest, 0) != '/')
		return 0;
	if (at(rest, 1) == '/') {
		gsize size = 2;

		while (size < rest.size && rest.data[size] != '\n' && rest.data[size] != '\r')
			size++;
		return size;
	}
	if (at(rest, 1) != '*')
		return 0;
	rest = slice_sub(rest, 2, rest.size);
	end = rest.size ? memmem(rest.data, rest.size, "*/", 2) : NULL;
	return end ? (gsize)(end - rest.data) + 4 : 0;
}

static gsize character_size(Slice text, gsize offset, gunichar *ret)
{
	Slice rest = slice_sub(text, offset, 6);
	gunichar c = g_utf8_get_char_validated((const char *)rest.data, (gssize)rest.size);

	*ret = c;
	if (c == (gunichar)-1 || c == (gunichar)-2)
		return 1;
	return (gsize)g_unichar_to_utf8(c, NULL);
}

static gsize skip_blanks(Slice text, gsize offset)
{
	while (offset < text.size) {
		gunichar c;
		gsize size = comment_size(text, offset);

		if (size == 0) {
			size = character_size(text, offset, &c);
			if (!is_blank(c))
				break;
		}
		offset += size;
	}
	return offset;
}

/* ---- literals -----------------------------------------------------------------------------------
 */

static gsize digits(Slice text, gsize offset)
{
	gsize size = 0;

	while (g_ascii_isdigit(at(text, offset + size)))
		size++;
	return size;
}

/* A number with its sign, or 0. */
static gsize number_size(Slice text, gsize offset, StixTokenKind *ret)
{
	gsize sign = at(text, offset) == '+' || at(text, offset) == '-';
	gsize whole = digits(text, offset + sign);
	gsize point = offset + sign + whole;

	if (at(text, point) == '.' && digits(text, point + 1) > 0) {
		*ret = STIX_TOKEN_FLOAT;
		return sign + whole + 1 + digits(text, point + 1);
	}
	if (whole == 0)
		return 0;
	*ret = STIX_TOKEN_INTEGER;
	return sign + (at(text, offset + sign) == '0' ? 1 : whole);
}

/* The size of the string at @offset with its quotes, 0 where it has no end or a strange escape. */
static gsize string_size(Slice text, gsize offset)
{
	gsize end = offset + 1;

	while (end < text.size && text.data[end] != '\'') {
		if (text.data[end] == '\\') {
			if (at(text, end + 1) != '\'' && at(text, end + 1) != '\\')
				return 0;
			end++;
		}
		end++;
	}
	return end < text.size ? end + 1 - offset : 0;
}

static gboolean is_hex(Slice content)
{
	if (content.size % 2 != 0)
		return FALSE;
	for (gsize i = 0; i < content.size; i++)
		if (!g_ascii_isxdigit(content.data[i]))
			return FALSE;
	return TRUE;
}

static gboolean is_base64(Slice content)
{
	gsize padding = 0;

	if (content.size == 0 || content.size % 4 != 0)
		return FALSE;
	while (padding < 2 && content.data[content.size - 1 - padding] == '=')
		padding++;
	for (gsize i = 0; i < content.size - padding; i++) {
		guint8 c = content.data[i];

		if (!g_ascii_isalnum(c) && c != '+' && c != '/')
			return FALSE;
	}
	return TRUE;
}

/* h'', b'' or t'' at @offset, or 0. */
static gsize prefixed_size(Slice text, gsize offset, StixTokenKind *ret)
{
	Slice rest = slice_sub(text, offset, text.size);
	gsize size = at(rest, 1) == '\'' ? string_size(rest, 1) : 0;
	Slice content;
	Instant time;

	if (size == 0)
		return 0;
	content = slice_sub(rest, 2, size - 2);
	if (at(rest, 0) == 'h' && is_hex(content))
		*ret = STIX_TOKEN_HEX;
	else if (at(rest, 0) == 'b' && is_base64(content))
		*ret = STIX_TOKEN_BINARY;
	else if (at(rest, 0) == 't' && stix_time_parse(content, &time))
		*ret = STIX_TOKEN_TIMESTAMP;
	else
		return 0;
	return size + 1;
}

/* ---- names and signs ----------------------------------------------------------------------------
 */

static gboolean is_keyword(Slice word)
{
	static const char *const keywords[] = { "AND", "OR", "NOT", "FOLLOWEDBY", "LIKE", "MATCHES",
		"ISSUPERSET", "ISSUBSET", "EXISTS", "LAST", "IN", "START", "STOP", "SECONDS",
		"true", "false", "WITHIN", "REPEATS", "TIMES" };

	for (guint i = 0; i < G_N_ELEMENTS(keywords); i++)
		if (slice_equal(word, slice_from_text(keywords[i])))
			return TRUE;
	return FALSE;
}

static gsize name_size(Slice text, gsize offset, StixTokenKind *ret)
{
	gsize size = 0;
	gboolean has_hyphen = FALSE;

	while (is_name(at(text, offset + size)) || at(text, offset + size) == '-') {
		has_hyphen = has_hyphen || at(text, offset + size) == '-';
		size++;
	}
	*ret = has_hyphen				    ? STIX_TOKEN_HYPHENED
		: is_keyword(slice_sub(text, offset, size)) ? STIX_TOKEN_KEYWORD
							    : STIX_TOKEN_NAME;
	return size;
}

static gsize sign_size(Slice text, gsize offset)
{
	static const char *const pairs[] = { "==", "!=", "<>", "<=", ">=" };

	for (guint i = 0; i < G_N_ELEMENTS(pairs); i++)
		if (slice_equal(slice_sub(text, offset, 2), slice_from_text(pairs[i])))
			return 2;
	return at(text, offset) && strchr("=<>:.,()[]*", at(text, offset)) ? 1 : 0;
}

StixToken stix_token_read(Slice text, gsize offset)
{
	StixTokenKind kind = STIX_TOKEN_END;
	gsize size = 0;

	offset = skip_blanks(text, offset);
	if (offset < text.size) {
		guint8 c = text.data[offset];

		if (c == '\'') {
			size = string_size(text, offset);
			kind = STIX_TOKEN_STRING;
		} else if (is_name_start(c)) {
			size = prefixed_size(text, offset, &kind);
			if (size == 0)
				size = name_size(text, offset, &kind);
		} else {
			size = number_size(text, offset, &kind);
		}
		if (size == 0) {
			size = sign_size(text, offset);
			kind = STIX_TOKEN_SIGN;
		}
		if (size == 0) {
			gunichar ignored;

			size = character_size(text, offset, &ignored);
			kind = STIX_TOKEN_INVALID;
		}
	}
	return (StixToken){ kind, slice_sub(text, offset, size), offset };
}
