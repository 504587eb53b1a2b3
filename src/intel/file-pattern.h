/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Regular expressions on paths: sources write them for Python or .NET, spoor matches them by RE2,
 * which has neither lookaround nor backreferences but takes linear time.
 */
#pragma once

#include <glib.h>

/*
 * Appends @pattern as RE2 takes it to @ret: what is only spelt otherwise is translated. FALSE with
 * @problem set (a phrase) where RE2 can not take it.
 */
gboolean file_pattern_append(GString *ret, const char *pattern, GString *problem);
