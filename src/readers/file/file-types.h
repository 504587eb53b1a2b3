/* SPDX-License-Identifier: Apache-2.0 */
/*
 * FileTypes: what a file is by its content, as content/tables/file-types.tsv says. That file
 * explains how it is written; this one reads it. Names of files play no part.
 */
#pragma once

#include <glib.h>

#include "base/slice.h"

typedef struct FileTypes FileTypes;

/* NULL with @error, which names the line, where @text is malformed. */
FileTypes *file_types_read(Slice text, GError **error);
void file_types_free(FileTypes *types); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FileTypes, file_types_free)

/*
 * The name of the first type that is true of a file that begins with @head and has @content
 * (empty, where that is not to be had whole); NULL where none is. Borrowed from @types.
 */
const char *file_types_find(FileTypes *types, Slice head, Slice content);
