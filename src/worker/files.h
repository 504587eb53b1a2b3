/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finding and reading content files: rules, tables, placeholders.
 */
#pragma once

#include <glib.h>

typedef struct ContentFile {
	char *path;  /* to open it by */
	char *shown; /* as reports name it: below the folder that was named */
} ContentFile;

void content_file_free(ContentFile *file);

/*
 * The files at @path, in bytewise order of their names below it: itself, where it is a file; all in
 * and below it, where it is a folder, but those whose names begin with a dot. NULL with @error
 * where there is nothing to be read. Elements are ContentFile, owned by the array.
 */
GPtrArray *content_files_find(const char *path, GError **error);

/*
 * Reads a whole regular file of at most LIMIT_RULE_FILE_BYTES; NULL with @error for anything else.
 */
GBytes *content_file_read(const char *path, GError **error);
