/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Temporary files without names: nobody else can open them, and they go away with their descriptor.
 */
#pragma once

#include <glib.h>

/* Where they are: TMPDIR, or /var/tmp (/tmp is memory on many machines). */
const char *temporary_folder(void);

/* A new one, open for reading and writing; -1 with @error. */
int temporary_open(GError **error);
