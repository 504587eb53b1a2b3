/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Texts into HTML: the only ways by which text of a case may reach the page's markup.
 *
 * Evidence is attacker-controlled. html_append_text() escapes all that markup is made of and shows
 * what is invisible or turns the reading direction as its code point, so that a name can not look
 * like another one. Its output is for element content, never for a tag, a style or a script.
 */
#pragma once

#include <glib.h>

void html_append_text(GString *out, const char *utf8);

/* As text, with "http" and dots changed so that no program makes a link of it:
 * "hxxp://a[.]example". */
void html_append_defanged(GString *out, const char *utf8);

void html_append_number(GString *out, guint64 number); /* 12,345 */
void html_append_bytes(GString *out, guint64 bytes);   /* 1.4 MiB */
/* A case's time text to the minute, or its date alone; a dash where there is none. */
void html_append_time(GString *out, const char *time);
void html_append_date(GString *out, const char *time);
void html_append_plural(GString *out, guint64 n, const char *one, const char *many); /* "2 hosts" */

/* TRUE for code points that are shown as "U+202E" instead of themselves. */
gboolean html_char_is_hidden(gunichar c);
