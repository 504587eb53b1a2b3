/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/terminal.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "report/visible.h"

#define WIDTH_DEFAULT 80 /* of a terminal that does not say */
#define WIDTH_MIN     40
#define WIDTH_MAX     1000
#define WIDTH_FILE    G_MAXINT
#define WIDTH_WRAPPED 100

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
	Terminal terminal = { .stream = stream };
	struct winsize size = { 0 };

	terminal.is_terminal = isatty(fileno(stream)) == 1;
	terminal.color = wants_color(color, terminal.is_terminal);
	terminal.width = terminal.is_terminal ? WIDTH_DEFAULT : WIDTH_FILE;
	if (terminal.is_terminal && ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 &&
		size.ws_col > 0)
		terminal.width = CLAMP(size.ws_col, WIDTH_MIN, WIDTH_MAX);
	return terminal;
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

	visible_append_text(visible, text);
	return visible_width(visible->str);
}

char *terminal_pad(const char *text, guint width)
{
	GString *visible = g_string_new(NULL);

	visible_append_text(visible, text);
	for (guint used = visible_width(visible->str); used < width; used++)
		g_string_append_c(visible, ' ');
	return g_string_free(visible, FALSE);
}

void terminal_append_clipped(GString *ret, const char *text, guint width)
{
	g_autoptr(GString) visible = g_string_new(NULL);
	guint used = 0;

	visible_append_text(visible, text);
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

	visible_append_text(visible, path);
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
	guint indent_width = (guint)strlen(indent), used = 0, room;

	width = MIN(width, WIDTH_WRAPPED);
	room = width > indent_width + 10 ? width - indent_width : 10;

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
		visible_append_text(ret, *word);
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
