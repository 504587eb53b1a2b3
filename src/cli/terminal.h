/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a terminal may be given: text made visible (report/visible.h), in columns and colour.
 */
#pragma once

#include <stdio.h>

#include <glib.h>

#include "model/rule.h"

typedef struct Terminal {
	FILE *stream;
	gboolean is_terminal;
	gboolean color;
	guint width; /* columns; where it is no terminal as good as endless: files are not cut */
} Terminal;

/*
 * @color is "auto", "always", "never" or NULL (auto): colour where the stream is a terminal,
 * NO_COLOR is not set (no-color.org) and TERM is not dumb.
 */
Terminal terminal_make(FILE *stream, const char *color);

/* @text made visible, and filled with spaces up to @width columns. Free with g_free(). */
char *terminal_pad(const char *text, guint width);

/* Columns that @text (made visible) takes. */
guint terminal_text_width(const char *text);

/* Appends @text made visible, cut to @width columns with "…" where it is longer. */
void terminal_append_clipped(GString *ret, const char *text, guint width);

/* Like clipped, but keeps the end, where the file name of a path is. */
void terminal_append_path(GString *ret, const char *path, guint width);

/*
 * Appends @text made visible, broken at spaces into lines of @width columns (at most 100: longer
 * ones are hard to read), each after @indent.
 */
void terminal_append_wrapped(GString *ret, const char *text, guint width, const char *indent);

typedef enum TerminalStyle {
	STYLE_PLAIN,
	STYLE_BOLD,
	STYLE_DIM,
	STYLE_GOOD,
	STYLE_BAD,
	STYLE_WARN,
} TerminalStyle;

/* Appends @text (as it stands) in a style where the terminal has colour. */
void terminal_append_styled(
	const Terminal *terminal, GString *ret, TerminalStyle style, const char *text);

TerminalStyle terminal_level_style(RuleLevel level);
