/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/terminal.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define WIDTH_DEFAULT 80
#define WIDTH_MIN     40
#define WIDTH_MAX     1000

static const char *const style_codes[] = {
	[STYLE_PLAIN] = "",
	[STYLE_BOLD] = "\033[1m",
	[STYLE_DIM] = "\033[2m",
	[STYLE_GOOD] = "\033[32m",
	[STYLE_BAD] = "\033[31m",
	[STYLE_WARN] = "\033[33m",
};

static gboolean wants_color(const char *color, gboolean is_terminal)
{
	const char *no_color = g_getenv("NO_COLOR");

	if (g_strcmp0(color, "always") == 0)
		return TRUE;
	if (g_strcmp0(color, "never") == 0 || (no_color && no_color[0] != '\0'))
		return FALSE;
	return is_terminal && g_strcmp0(g_getenv("TERM"), "dumb") != 0;
}

Terminal terminal_make(FILE *stream, const char *color)
{
	Terminal terminal = { .stream = stream, .width = WIDTH_DEFAULT };
	struct winsize size = { 0 };

	terminal.is_terminal = isatty(fileno(stream)) == 1;
	terminal.color = wants_color(color, terminal.is_terminal);
	if (terminal.is_terminal && ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 &&
		size.ws_col > 0)
		terminal.width = CLAMP(size.ws_col, WIDTH_MIN, WIDTH_MAX);
	return terminal;
}

/* ---- characters that hide, move or turn around others ---- */

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

void terminal_append_visible(GString *ret, const char *text)
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

void terminal_append_json(GString *ret, const char *json)
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

/* ---- widths ---- */

static guint char_width(gunichar c)
{
	if (g_unichar_iszerowidth(c))
		return 0;
	return g_unichar_iswide(c) ? 2 : 1;
}

/* The width of text that is visible already. */
static guint visible_width(const char *text)
{
	guint width = 0;

	for (; *text; text = g_utf8_next_char(text))
		width += char_width(g_utf8_get_char(text));
	return width;
}

guint terminal_text_width(const char *text)
{
	g_autoptr(GString) visible = g_string_new(NULL);

	terminal_append_visible(visible, text);
	return visible_width(visible->str);
}

void terminal_append_clipped(GString *ret, const char *text, guint width)
{
	g_autoptr(GString) visible = g_string_new(NULL);
	guint used = 0;

	terminal_append_visible(visible, text);
	if (visible_width(visible->str) <= width) {
		g_string_append_len(ret, visible->str, (gssize)visible->len);
		return;
	}
	for (const char *at = visible->str; *at; at = g_utf8_next_char(at)) {
		gunichar c = g_utf8_get_char(at);

		used += char_width(c);
		if (used + 1 > width)
			break;
		g_string_append_unichar(ret, c);
	}
	g_string_append(ret, "…");
}

void terminal_append_path(GString *ret, const char *path, guint width)
{
	g_autoptr(GString) visible = g_string_new(NULL);
	guint total;
	const char *at;

	terminal_append_visible(visible, path);
	total = visible_width(visible->str);
	if (total <= width) {
		g_string_append_len(ret, visible->str, (gssize)visible->len);
		return;
	}
	for (at = visible->str; *at && total + 1 > width; at = g_utf8_next_char(at))
		total -= char_width(g_utf8_get_char(at));
	g_string_append_printf(ret, "…%s", at);
}

void terminal_append_wrapped(GString *ret, const char *text, guint width, const char *indent)
{
	g_auto(GStrv) words = g_strsplit_set(text ? text : "", " \n", -1);
	guint used = 0, room = width > strlen(indent) + 10 ? width - (guint)strlen(indent) : 10;

	for (char **word = words; *word; word++) {
		guint size = terminal_text_width(*word);

		if ((*word)[0] == '\0')
			continue;
		if (used > 0 && used + 1 + size > room) {
			g_string_append_c(ret, '\n');
			used = 0;
		}
		g_string_append(ret, used > 0 ? " " : indent);
		used += (used > 0) + size;
		terminal_append_visible(ret, *word);
	}
	if (used > 0)
		g_string_append_c(ret, '\n');
}

/* ---- colour ---- */

void terminal_append_styled(
	const Terminal *terminal, GString *ret, TerminalStyle style, const char *text)
{
	gboolean styled = terminal->color && style != STYLE_PLAIN;

	if (styled)
		g_string_append(ret, style_codes[style]);
	g_string_append(ret, text);
	if (styled)
		g_string_append(ret, "\033[0m");
}

TerminalStyle terminal_level_style(RuleLevel level)
{
	switch (level) {
	case LEVEL_CRITICAL:
	case LEVEL_HIGH:
		return STYLE_BAD;
	case LEVEL_MEDIUM:
		return STYLE_WARN;
	default:
		return STYLE_PLAIN;
	}
}
