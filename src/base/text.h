/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text: from the encodings of evidence to UTF-8, and the case folding by which spoor compares.
 *
 * Evidence holds UTF-16LE and bytes that only claim to be text. Inside spoor all text is valid
 * UTF-8: what can not be decoded becomes U+FFFD, so that nothing is lost without a trace.
 *
 * Folding is Unicode simple case folding (CaseFolding.txt, statuses C and S): one code point to one
 * code point, the same on every machine and independent of the locale. Both patterns and values go
 * through it, so equality of folded bytes is equality regardless of case.
 */
#pragma once

#include <glib.h>

#include "base/slice.h"

/* Builds tables that must not be built inside the seal; call once at the start of a program. */
void text_warm_up(void);

/* The simple case folding of one code point. */
gunichar text_fold_char(gunichar c);

/* Appends UTF-16LE @utf16 as UTF-8; lone surrogates and an odd last byte become U+FFFD. */
void text_append_utf16(GString *ret, Slice utf16);

/* Appends @bytes as UTF-8; bytes that are no UTF-8 become U+FFFD each. */
void text_append_utf8(GString *ret, Slice bytes);

/* Appends @bytes read as Windows-1252, the usual code page of ANSI strings in event logs. */
void text_append_ansi(GString *ret, Slice bytes);

/* Appends the folded form of @utf8; bytes that are no UTF-8 become U+FFFD each. */
void text_append_folded(GString *ret, Slice utf8);

/* Appends the folded UTF-8 form of UTF-16LE text in one pass: the hot path of matching. */
void text_append_utf16_folded(GString *ret, Slice utf16);

/* The folded form of a NUL-terminated UTF-8 string. Free with g_free(). */
char *text_fold(const char *utf8);
