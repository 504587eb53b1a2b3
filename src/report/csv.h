/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

/* Appends @text as a CSV cell, quoted where needed and guarded against being taken for a formula.
 */
void csv_append_cell(GString *ret, const char *text);
