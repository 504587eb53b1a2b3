/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Glob: matches a text with a pattern of literal pieces, without recursion or memory.
 *
 * Pieces between stars are found from left to right, each at its first place behind the one before:
 * a star takes any length, and a piece has a fixed number of characters, so the first place is
 * never worse than a later one and there is nothing to go back to. A piece without ? is found in
 * linear time; one with ? in at most its own size times that of the text.
 */
#pragma once

#include <glib.h>

#include "engines/sigma/rule.h"

/* Whether the whole of UTF-8 @text fits @glob. */
gboolean glob_matches(const Glob *glob, Slice text);
