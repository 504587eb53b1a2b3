/* SPDX-License-Identifier: Apache-2.0 */
/* What a string of a rule found, for people. */
#pragma once

#include <glib.h>

#include "base/slice.h"

/*
 * Appends @bytes as printable text: wide text (each second byte is NUL) without its NULs, bytes
 * that are no ASCII as \x90, a backslash as two; cut at LIMIT_YARA_MATCH_BYTES.
 */
void yara_append_printable(GString *ret, Slice bytes);
