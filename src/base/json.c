/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"

static void before_value(Json *j)
{
	if (j->pending)
		g_string_append_c(j->out, ',');
	j->pending = TRUE;
}

Json json_begin(GString *out)
{
	return (Json){ out, FALSE };
}

static void open_level(Json *j, char bracket)
{
	before_value(j);
	g_string_append_c(j->out, bracket);
	j->pending = FALSE;
}

static void close_level(Json *j, char bracket)
{
	g_string_append_c(j->out, bracket);
	j->pending = TRUE;
}

void json_object_begin(Json *j)
{
	open_level(j, '{');
}

void json_object_end(Json *j)
{
	close_level(j, '}');
}

void json_array_begin(Json *j)
{
	open_level(j, '[');
}

void json_array_end(Json *j)
{
	close_level(j, ']');
}

static void append_escape(GString *out, guint8 c)
{
	switch (c) {
	case '"':
		g_string_append(out, "\\\"");
		break;
	case '\\':
		g_string_append(out, "\\\\");
		break;
	case '\n':
		g_string_append(out, "\\n");
		break;
	case '\r':
		g_string_append(out, "\\r");
		break;
	case '\t':
		g_string_append(out, "\\t");
		break;
	default:
		g_string_append_printf(out, "\\u%04x", c);
	}
}

/* U+2028 and U+2029 (E2 80 A8, E2 80 A9): line ends in JavaScript before 2019. */
static gboolean is_script_line_end(Slice utf8, gsize i)
{
	return utf8.data[i] == 0xE2 && utf8.size - i >= 3 && utf8.data[i + 1] == 0x80 &&
		(utf8.data[i + 2] == 0xA8 || utf8.data[i + 2] == 0xA9);
}

static void append_string(GString *out, Slice utf8)
{
	gsize clean = 0; /* start of the run that needs no escape */

	g_string_append_c(out, '"');
	for (gsize i = 0; i < utf8.size; i++) {
		guint8 c = utf8.data[i];

		if (G_LIKELY(c >= 0x20 && c != '"' && c != '\\' && c != 0x7F && c != 0xE2))
			continue;
		if (c == 0xE2 && !is_script_line_end(utf8, i))
			continue;
		g_string_append_len(out, (const char *)utf8.data + clean, (gssize)(i - clean));
		if (c == 0xE2) {
			g_string_append(out, utf8.data[i + 2] == 0xA8 ? "\\u2028" : "\\u2029");
			i += 2;
		} else {
			append_escape(out, c);
		}
		clean = i + 1;
	}
	if (utf8.size > clean)
		g_string_append_len(
			out, (const char *)utf8.data + clean, (gssize)(utf8.size - clean));
	g_string_append_c(out, '"');
}

void json_key(Json *j, const char *key)
{
	json_key_slice(j, slice_from_text(key));
}

void json_key_slice(Json *j, Slice key)
{
	before_value(j);
	append_string(j->out, key);
	g_string_append_c(j->out, ':');
	j->pending = FALSE;
}

void json_text(Json *j, const char *text)
{
	if (text)
		json_slice(j, slice_from_text(text));
	else
		json_null(j);
}

void json_slice(Json *j, Slice utf8)
{
	before_value(j);
	append_string(j->out, utf8);
}

void json_int(Json *j, gint64 number)
{
	before_value(j);
	g_string_append_printf(j->out, "%" G_GINT64_FORMAT, number);
}

void json_uint(Json *j, guint64 number)
{
	before_value(j);
	g_string_append_printf(j->out, "%" G_GUINT64_FORMAT, number);
}

void json_bool(Json *j, gboolean truth)
{
	before_value(j);
	g_string_append(j->out, truth ? "true" : "false");
}

void json_null(Json *j)
{
	before_value(j);
	g_string_append(j->out, "null");
}

void json_raw(Json *j, Slice json)
{
	before_value(j);
	g_string_append_len(j->out, (const char *)json.data, (gssize)json.size);
}

void json_member_text(Json *j, const char *key, const char *text)
{
	json_key(j, key);
	json_text(j, text);
}

void json_member_int(Json *j, const char *key, gint64 number)
{
	json_key(j, key);
	json_int(j, number);
}

void json_member_bool(Json *j, const char *key, gboolean truth)
{
	json_key(j, key);
	json_bool(j, truth);
}
