/* SPDX-License-Identifier: Apache-2.0 */
#include "readers/json/tokens.h"

static gsize skip_string(Slice text, gsize at, Skipping *skipping)
{
	for (; at < text.size; at++) {
		guint8 c = text.data[at];

		if (skipping->is_escaped) {
			skipping->is_escaped = FALSE;
		} else if (c == '\\') {
			skipping->is_escaped = TRUE;
		} else if (c == '"') {
			skipping->in_string = FALSE;
			return at + 1;
		}
	}
	return at;
}

gsize token_skip(Slice text, gsize at, Skipping *skipping, gboolean *ret_done)
{
	*ret_done = FALSE;
	while (at < text.size) {
		guint8 c = text.data[at];

		if (skipping->in_string) {
			at = skip_string(text, at, skipping);
			if (skipping->in_string || skipping->depth > 0)
				continue;
			*ret_done = TRUE;
			return at;
		}
		at++;
		if (c == '"') {
			skipping->in_string = TRUE;
		} else if (c == '{' || c == '[') {
			skipping->depth++;
		} else if ((c == '}' || c == ']') && skipping->depth <= 1) {
			skipping->depth = 0;
			*ret_done = TRUE;
			return at;
		} else if (c == '}' || c == ']') {
			skipping->depth--;
		}
	}
	return at;
}

guint64 token_units(Slice utf8)
{
	guint64 n = 0;

	for (gsize i = 0; i < utf8.size; i++)
		n += (utf8.data[i] & 0xC0) != 0x80 ? 1 + (utf8.data[i] >= 0xF0) : 0;
	return n;
}
