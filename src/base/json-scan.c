/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json-scan.h"

JsonScan json_scan_begin(Slice object)
{
	return (JsonScan){ .at = cursor_make(object) };
}

/* The next byte without taking it; 0 at the end (a NUL is valid nowhere). */
static guint8 peek(const Cursor *c)
{
	return cursor_remaining(c) ? c->bytes.data[c->position] : 0;
}

static guint8 skip_space(Cursor *c)
{
	guint8 b = peek(c);

	while (b == ' ' || b == '\t' || b == '\n' || b == '\r') {
		(void)cursor_skip(c, 1); /* a byte was seen */
		b = peek(c);
	}
	return b;
}

static gboolean take(Cursor *c, guint8 byte)
{
	return skip_space(c) == byte && cursor_skip(c, 1);
}

/* Where the text that begins at @from ends: the quote that no backslash escapes; or the end. */
static gsize find_quote(Slice all, gsize from)
{
	while (from < all.size) {
		const guint8 *quote = memchr(all.data + from, '"', all.size - from);
		gsize end = quote ? (gsize)(quote - all.data) : all.size;
		const guint8 *slash = memchr(all.data + from, '\\', end - from);

		if (!slash)
			return end;
		from = (gsize)(slash - all.data) + 2;
	}
	return all.size;
}

static gboolean take_text(Cursor *c, Slice *ret)
{
	gsize start, end;

	if (!take(c, '"'))
		return FALSE;
	start = c->position;
	end = find_quote(c->bytes, start);
	*ret = slice_sub(c->bytes, start, end - start);
	return cursor_seek(c, end) && cursor_skip(c, 1);
}

/* Passes over an object or array: brackets are counted, texts in it are passed over. */
static gboolean take_nested(Cursor *c, Slice *ret)
{
	gsize start = c->position, depth = 0;
	Slice text;

	do {
		switch (peek(c)) {
		case '{':
		case '[':
			depth++;
			break;
		case '}':
		case ']':
			depth--;
			break;
		case '"':
			if (!take_text(c, &text))
				return FALSE;
			continue;
		default:
			break;
		}
		if (!cursor_skip(c, 1))
			return FALSE;
	} while (depth);
	*ret = slice_sub(c->bytes, start, c->position - start);
	return TRUE;
}

static gboolean take_plain(Cursor *c, Slice *ret)
{
	gsize start = c->position;

	while (g_ascii_isalnum(peek(c)) || peek(c) == '-' || peek(c) == '+' || peek(c) == '.')
		(void)cursor_skip(c, 1); /* a byte was seen */
	*ret = slice_sub(c->bytes, start, c->position - start);
	return ret->size > 0;
}

static gboolean take_value(Cursor *c, JsonMember *ret)
{
	guint8 first = skip_space(c);

	ret->is_text = first == '"';
	ret->is_nested = first == '{' || first == '[';
	if (ret->is_text)
		return take_text(c, &ret->value);
	return ret->is_nested ? take_nested(c, &ret->value) : take_plain(c, &ret->value);
}

gboolean json_scan_next(JsonScan *scan, JsonMember *ret)
{
	Cursor *c = &scan->at;

	if (scan->malformed)
		return FALSE;
	if (!scan->begun && !take(c, '{')) {
		scan->malformed = TRUE;
		return FALSE;
	}
	if (take(c, '}')) {
		scan->malformed = skip_space(c) != 0 || cursor_remaining(c) > 0;
		(void)cursor_seek(c, c->bytes.size); /* its own end */
		return FALSE;
	}
	if ((scan->begun && !take(c, ',')) || !take_text(c, &ret->key) || !take(c, ':') ||
		!take_value(c, ret)) {
		scan->malformed = TRUE;
		return FALSE;
	}
	scan->begun = TRUE;
	return TRUE;
}
