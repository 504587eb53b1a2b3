/* SPDX-License-Identifier: Apache-2.0 */
#include "report/visible.h"

static gboolean is_hidden(gunichar c)
{
	if (c >= 0x80 && c <= 0x9f)
		return TRUE;
	switch (g_unichar_type(c)) {
	case G_UNICODE_FORMAT: /* bidi controls, zero-width, tags, soft hyphen */
	case G_UNICODE_LINE_SEPARATOR:
	case G_UNICODE_PARAGRAPH_SEPARATOR:
	case G_UNICODE_UNASSIGNED:
	case G_UNICODE_PRIVATE_USE:
	case G_UNICODE_SURROGATE:
		return TRUE;
	default:
		/* Letters and signs that are drawn as nothing: Hangul fillers, variation selectors.
		 */
		return c == 0x115f || c == 0x1160 || c == 0x3164 || c == 0xffa0 ||
			(c >= 0xfe00 && c <= 0xfe0f) || (c >= 0xe0100 && c <= 0xe01ef);
	}
}

static void append_visible_char(GString *ret, gunichar c)
{
	if (c < 0x20)
		g_string_append_unichar(ret, 0x2400 + c);
	else if (c == 0x7f)
		g_string_append_unichar(ret, 0x2421);
	else if (is_hidden(c))
		g_string_append_printf(ret, "<U+%04X>", c);
	else
		g_string_append_unichar(ret, c);
}

void visible_append_text(GString *ret, const char *text)
{
	if (!text)
		return;
	while (*text) {
		gunichar c = g_utf8_get_char_validated(text, -1);

		if (c == (gunichar)-1 || c == (gunichar)-2) {
			g_string_append(ret, "\357\277\275");
			text++;
			continue;
		}
		append_visible_char(ret, c);
		text = g_utf8_next_char(text);
	}
}

static void append_json_escape(GString *ret, gunichar c)
{
	if (c > 0xffff) {
		guint pair = c - 0x10000;

		g_string_append_printf(
			ret, "\\u%04x\\u%04x", 0xd800 + (pair >> 10), 0xdc00 + (pair & 0x3ff));
		return;
	}
	g_string_append_printf(ret, "\\u%04x", c);
}

void visible_append_json(GString *ret, const char *json)
{
	const char *start = json; /* of what is to be copied as it stands */

	while (*json) {
		const char *next;
		gunichar c;

		if ((guchar)*json < 0x7f) {
			json++;
			continue;
		}
		c = g_utf8_get_char_validated(json, -1);
		next = c >= (gunichar)-2 ? json + 1 : g_utf8_next_char(json);
		if (c < (gunichar)-2 && c != 0x7f && !is_hidden(c)) {
			json = next;
			continue;
		}
		g_string_append_len(ret, start, json - start);
		append_json_escape(ret, c >= (gunichar)-2 ? 0xfffd : c);
		start = json = next;
	}
	g_string_append_len(ret, start, json - start);
}
