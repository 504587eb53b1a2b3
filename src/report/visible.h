/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text that hides nothing. Evidence is hostile: a control sequence in a user name could move the
 * cursor, a bidi override could turn a path around. All text for people goes through here, whether
 * it ends on a terminal or in a file that somebody shows on one later.
 */
#pragma once

#include <glib.h>

/*
 * Appends @text so that it can be seen whole: C0 controls as their pictures (U+2400 on), and C1
 * controls, bidi controls, zero-width and other invisible characters as <U+202E>. Bytes that are no
 * UTF-8 become U+FFFD. NULL appends nothing.
 */
void visible_append_text(GString *ret, const char *text);

/*
 * Appends valid JSON @json with those characters (which can only stand inside strings) written as
 * \uXXXX: the same JSON, safe to show.
 */
void visible_append_json(GString *ret, const char *json);
