/* SPDX-License-Identifier: Apache-2.0 */
#include "report/html/html-text.h"

#include <string.h>

/* Same ranges as HIDDEN in assets/js/text.js. */
static const struct {
	gunichar first, last;
} hidden_ranges[] = {
	{ 0x0000, 0x001F }, /* controls; tab and line feed are shown so too: a cell has one line */
	{ 0x007F, 0x009F }, /* delete and the C1 controls */
	{ 0x00AD, 0x00AD }, /* soft hyphen */
	{ 0x034F, 0x034F }, /* combining grapheme joiner */
	{ 0x061C, 0x061C }, /* Arabic letter mark */
	{ 0x115F, 0x1160 }, /* Hangul fillers */
	{ 0x17B4, 0x17B5 }, /* Khmer vowels without shape */
	{ 0x180B, 0x180F }, /* Mongolian selectors */
	{ 0x200B, 0x200F }, /* zero width, direction marks */
	{ 0x2028, 0x202E }, /* line and paragraph separator, bidi embeddings and overrides */
	{ 0x2060, 0x206F }, /* word joiner, bidi isolates, deprecated controls */
	{ 0x3164, 0x3164 }, /* Hangul filler */
	{ 0xE000, 0xF8FF }, /* private use: looks like anything */
	{ 0xFE00, 0xFE0F }, /* variation selectors */
	{ 0xFEFF, 0xFEFF }, /* byte order mark */
	{ 0xFFA0, 0xFFA0 }, /* half-width Hangul filler */
	{ 0xFFF0, 0xFFFC }, /* specials but U+FFFD */
	{ 0x1D173, 0x1D17A }, /* musical controls */
	{ 0xE0000, 0xE0FFF }, /* tags and more selectors */
	{ 0xF0000, 0x10FFFF },
};

gboolean html_char_is_hidden(gunichar c)
{
	for (guint i = 0; i < G_N_ELEMENTS(hidden_ranges); i++) {
		if (c >= hidden_ranges[i].first && c <= hidden_ranges[i].last)
			return TRUE;
	}
	return FALSE;
}

static void append_char(GString *out, gunichar c)
{
	switch (c) {
	case '&':
		g_string_append(out, "&amp;");
		return;
	case '<':
		g_string_append(out, "&lt;");
		return;
	case '>':
		g_string_append(out, "&gt;");
		return;
	case '"':
		g_string_append(out, "&quot;");
		return;
	case '\'':
		g_string_append(out, "&#39;");
		return;
	default:
		if (html_char_is_hidden(c))
			g_string_append_printf(out, "<span class=\"hidden-char\">U+%04X</span>", c);
		else
			g_string_append_unichar(out, c);
	}
}

void html_append_text(GString *out, const char *utf8)
{
	g_autofree char *valid = g_utf8_make_valid(utf8 ? utf8 : "", -1);

	for (const char *at = valid; *at; at = g_utf8_next_char(at))
		append_char(out, g_utf8_get_char(at));
}

void html_append_defanged(GString *out, const char *utf8)
{
	g_autofree char *valid = g_utf8_make_valid(utf8 ? utf8 : "", -1);

	for (const char *at = valid; *at; at = g_utf8_next_char(at)) {
		if (g_ascii_strncasecmp(at, "http", 4) == 0) {
			g_string_append(out, "hxxp");
			at += 3;
		} else if (*at == '.') {
			g_string_append(out, "[.]");
		} else {
			append_char(out, g_utf8_get_char(at));
		}
	}
}

void html_append_number(GString *out, guint64 number)
{
	char digits[32];
	gsize n = (gsize)g_snprintf(digits, sizeof digits, "%" G_GUINT64_FORMAT, number);

	for (gsize i = 0; i < n; i++) {
		if (i && (n - i) % 3 == 0)
			g_string_append_c(out, ',');
		g_string_append_c(out, digits[i]);
	}
}

void html_append_bytes(GString *out, guint64 bytes)
{
	static const char *const units[] = { "KiB", "MiB", "GiB", "TiB", "PiB" };
	guint unit = 0;

	if (bytes < 1024) {
		html_append_plural(out, bytes, "byte", "bytes");
		return;
	}
	while (bytes >= 1024 * 1024 && unit + 1 < G_N_ELEMENTS(units)) {
		bytes /= 1024;
		unit++;
	}
	/* By whole numbers: no locale writes a comma here. */
	g_string_append_printf(out, "%u.%u %s", (guint)(bytes / 1024),
		(guint)(bytes % 1024 * 10 / 1024), units[unit]);
}

/* "2021-03-02T10:11:12.1234567Z" to "2021-03-02 10:11"; other texts stay what they are. */
static void append_time_part(GString *out, const char *time, gboolean with_clock)
{
	g_autofree char *shown = NULL;

	if (!time || !*time) {
		g_string_append(out, "\xE2\x80\x93");
		return;
	}
	if (strlen(time) < 20 || time[10] != 'T') {
		html_append_text(out, time);
		return;
	}
	shown = g_strdup_printf(
		"%.10s%s%.5s", time, with_clock ? " " : "", with_clock ? time + 11 : "");
	html_append_text(out, shown);
}

void html_append_time(GString *out, const char *time)
{
	append_time_part(out, time, TRUE);
}

void html_append_date(GString *out, const char *time)
{
	append_time_part(out, time, FALSE);
}

void html_append_plural(GString *out, guint64 n, const char *one, const char *many)
{
	html_append_number(out, n);
	g_string_append_printf(out, " %s", n == 1 ? one : many);
}
