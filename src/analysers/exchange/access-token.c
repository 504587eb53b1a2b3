/* SPDX-License-Identifier: Apache-2.0 */
/*
 * access-token: in whose name a request to Exchange's PowerShell was made.
 *
 * A query X-Rps-CAT=… holds a CommonAccessToken, base64 of
 *
 *	V  u16       version
 *	T  string    type: "Windows"
 *	C  u8        1: all behind this is compressed
 *	A  string    authentication type: "Kerberos"
 *	L  string    logon name
 *	U  string    SID of the account
 *	G  u32 n     groups, n times: u32 attributes, string SID; R likewise
 *
 * Strings are UTF-8 behind their length, in seven bits a byte, the lowest first. Exchange believed
 * such a token from anybody who reached that far (CVE-2021-34523), so what it says is what the
 * sender wanted to be. The parameter says which part is wanted: "user", "sid", "groups" or "type".
 */
#include "analysers/exchange/exchange.h"
#include "base/cursor.h"
#include "base/limits.h"
#include "base/text.h"

#define NAME "X-Rps-CAT="

typedef struct Token {
	guint8 bytes[LIMIT_ACCESS_TOKEN_BYTES];
	gsize size;
} Token;

/* ---- base64 ---- */

static int digit_of(guint8 c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	/* A plus that was sent as it is arrives as a blank; the others are of the URL-safe form. */
	return c == '+' || c == '-' || c == ' ' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

/* The character at *@at, which moves behind it; "%2B" is one. */
static guint8 take_character(Slice text, gsize *at)
{
	guint8 c = text.data[*at];

	if (c != '%' || *at + 2 >= text.size || !g_ascii_isxdigit((char)text.data[*at + 1]) ||
		!g_ascii_isxdigit((char)text.data[*at + 2])) {
		*at += 1;
		return c;
	}
	c = (guint8)(g_ascii_xdigit_value((char)text.data[*at + 1]) * 16 +
		g_ascii_xdigit_value((char)text.data[*at + 2]));
	*at += 3;
	return c;
}

/* Decodes from @at on until something stands there that is no base64. */
static void decode(Slice text, gsize at, Token *ret)
{
	guint32 bits = 0;
	guint n_bits = 0;

	ret->size = 0;
	while (at < text.size && ret->size < sizeof(ret->bytes)) {
		int digit = digit_of(take_character(text, &at));

		if (digit < 0)
			return;
		bits = (bits << 6 | (guint32)digit) & 0xFFFFFF;
		n_bits += 6;
		if (n_bits >= 8) {
			n_bits -= 8;
			ret->bytes[ret->size++] = (guint8)(bits >> n_bits);
		}
	}
}

/* ---- the token ---- */

static gboolean take_string(Cursor *c, Slice *ret)
{
	guint32 size = 0;
	guint8 byte = 0x80;

	for (guint shift = 0; byte & 0x80; shift += 7) {
		if (shift > 28 || !cursor_u8(c, &byte))
			return FALSE;
		size |= (guint32)(byte & 0x7F) << shift;
	}
	return cursor_slice(c, size, ret);
}

/* Appends the SIDs with blanks between where @ret is not NULL. */
static gboolean take_groups(Cursor *c, GString *ret)
{
	guint32 n, attributes;

	if (!cursor_u32(c, &n))
		return FALSE;
	for (guint32 i = 0; i < n; i++) { /* each takes bytes, of which there are few */
		Slice sid;

		if (!cursor_u32(c, &attributes) || !take_string(c, &sid))
			return FALSE;
		if (ret && i > 0)
			g_string_append_c(ret, ' ');
		if (ret)
			text_append_utf8(ret, sid);
	}
	return TRUE;
}

/* Steps over the part behind @tag; what of it is wanted goes to @ret. FALSE at the end. */
static gboolean take_part(Cursor *c, guint8 tag, guint8 wanted, GString *ret)
{
	guint16 version;
	guint8 compressed;
	Slice text;

	switch (tag) {
	case 'V':
		return cursor_u16(c, &version);
	case 'C':
		return cursor_u8(c, &compressed) && compressed == 0;
	case 'T':
	case 'A':
	case 'L':
	case 'U':
		if (!take_string(c, &text))
			return FALSE;
		if (tag == wanted)
			text_append_utf8(ret, text);
		return TRUE;
	case 'G':
	case 'R':
		return take_groups(c, tag == wanted ? ret : NULL);
	default:
		return FALSE;
	}
}

static gboolean append_part(const Token *token, guint8 wanted, GString *ret)
{
	Cursor c = cursor_make(slice_make(token->bytes, token->size));
	gsize start = ret->len;
	guint8 tag;

	if (token->size == 0 || token->bytes[0] != 'V')
		return FALSE;
	while (ret->len == start && cursor_u8(&c, &tag) && take_part(&c, tag, wanted, ret))
		;
	return ret->len > start;
}

static gboolean compute(const Slice *inputs, guint n_inputs, const char *parameter, GString *ret)
{
	static const struct {
		const char *word;
		guint8 tag;
	} parts[] = { { "user", 'L' }, { "sid", 'U' }, { "groups", 'G' }, { "type", 'T' } };
	guint8 wanted = 0;

	for (guint i = 0; i < G_N_ELEMENTS(parts); i++) {
		if (strcmp(parts[i].word, parameter) == 0)
			wanted = parts[i].tag;
	}
	for (guint i = 0; wanted && i < n_inputs; i++) {
		const Slice text = inputs[i];

		for (gsize at = fact_find(text, 0, NAME, strlen(NAME)); at < text.size;
			at = fact_find(text, at + 1, NAME, strlen(NAME))) {
			Token token;

			decode(text, at + strlen(NAME), &token);
			if (append_part(&token, wanted, ret))
				return TRUE;
		}
	}
	return FALSE;
}

const Analyser analyser_access_token = {
	.name = "access-token",
	.description = "in whose name a request to Exchange's PowerShell was made",
	.docs = "docs/writing-rules.md",
	.min_inputs = 1,
	.max_inputs = 4,
	.needs_parameter = TRUE,
	.compute = compute,
};
