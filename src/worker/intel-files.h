/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files of intelligence: found as rule files are (files.h), but mapped, since feeds are large and
 * compiled stores are used where they lie.
 *
 * A mapping lasts as long as the process and its children. Who shortens the file meanwhile ends
 * them: a loss that is told like any other worker's.
 */
#pragma once

#include <glib.h>

#include "base/slice.h"

/*
 * How much memory the files at @paths (NULL-terminated) may take beyond what a worker has for
 * everything else: what is mapped, and what an engine makes of it. Asked before the seal, so
 * nothing but names and sizes is looked at; what can not be found counts nothing.
 */
guint64 intel_files_memory(const char *const *paths);

/*
 * Maps a whole regular file of at most LIMIT_INTEL_FILE_BYTES, for good. FALSE with @error for
 * anything else.
 */
gboolean intel_file_map(const char *path, Slice *ret, GError **error);

/*
 * The text of @path where it is a PDF file, which the coordinator had turned to text: @texts (NULL-
 * terminated) are "DEVICE:INODE:OFFSET:SIZE:PROBLEM", the texts behind WORKER_TEXTS_FD. FALSE with
 * @error where there is none.
 */
gboolean intel_file_map_text(
	const char *path, const char *const *texts, Slice *ret, GError **error);
