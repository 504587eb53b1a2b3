/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a terminal may be given. Evidence is hostile: a control sequence in a user name could move
 * the cursor, a bidi override could turn a path around. All text for people goes through here,
 * whether it ends on a terminal or in a file that somebody shows on one later.
 */
#pragma once

#include <stdio.h>

#include <glib.h>

#include "model/rule.h"

typedef struct Terminal {
	FILE *stream;
	gboolean is_terminal;
	gboolean color;
	guint width; /* columns; 80 where unknown */
} Terminal;

/*
 * @color is "auto", "always", "never" or NULL (auto): colour where the stream is a terminal,
 * NO_COLOR is not set (no-color.org) and TERM is not dumb.
 */
Terminal terminal_make(FILE *stream, const char *color);

/*
 * Appends @text so that it can be seen whole: C0 controls as their pictures (U+2400 on), and C1
 * controls, bidi controls, zero-width and other invisible characters as <U+202E>. Bytes that are no
 * UTF-8 become U+FFFD. NULL appends nothing.
 */
void terminal_append_visible(GString *ret, const char *text);

/*
 * Appends valid JSON @json with those characters (which can only stand inside strings) written as
 * \uXXXX: the same JSON, safe to show.
 */
void terminal_append_json(GString *ret, const char *json);

/* Columns that @text (made visible) takes. */
guint terminal_text_width(const char *text);

/* Appends @text made visible, cut to @width columns with "…" where it is longer. */
void terminal_append_clipped(GString *ret, const char *text, guint width);

/* Like clipped, but keeps the end, where the file name of a path is. */
void terminal_append_path(GString *ret, const char *path, guint width);

/* Appends @text made visible, broken at spaces into lines of @width columns, each after @indent. */
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
