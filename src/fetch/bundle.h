/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bundle: objects of STIX written to a file as they come, an object after a line feed. The file
 * appears under its name when it is whole, or not at all.
 */
#pragma once

#include <glib.h>

#include "base/slice.h"

typedef struct Bundle Bundle;

/* NULL with @error (SYSTEM) where nothing can be written beside @path. */
Bundle *bundle_new(const char *path, GError **error);

/* Adds an object, as it is. FALSE with @error, also at LIMIT_FETCH_BYTES. */
gboolean bundle_add(Bundle *bundle, Slice object, GError **error);

/* Ends the file and gives it its name. FALSE with @error. */
gboolean bundle_finish(Bundle *bundle, GError **error);

/* Removes what was not finished; accepts NULL. */
void bundle_free(Bundle *bundle);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Bundle, bundle_free)
