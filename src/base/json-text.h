/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON in: the text of a JSON string, from what stands between its quotes.
 *
 * Readers leave strings as they are in the evidence and only find their ends; escapes are read when
 * somebody looks at the text. Nothing is refused: an escape that JSON does not know stays as it is
 * written, a surrogate without its other half and bytes that are no UTF-8 become U+FFFD.
 */
#pragma once

#include <glib.h>

#include "base/slice.h"

/* Appends the text of the string @raw (without its quotes), as valid UTF-8. */
void json_append_unescaped(GString *ret, Slice raw);

/* The same, folded (base/text.h), in one pass. */
void json_append_unescaped_folded(GString *ret, Slice raw);

/* Appends the folded form of @bytes, which have no escapes: text_append_utf8() and folding in one
 * pass. */
void json_append_plain_folded(GString *ret, Slice bytes);

/* Whether @text is a number as RFC 8259 writes them, true or false: a value that is its own text.
 */
gboolean json_is_bare(Slice text);
