/* SPDX-License-Identifier: Apache-2.0 */
/*
 * FileBytes: the bytes of one file after the other, each read once and hashed on the way.
 *
 * Up to LIMIT_FILE_BUFFER_BYTES they are copied into memory that is used again and again: cheaper
 * than to map and unmap a small file, and what is judged is what was hashed, even if the file
 * changes meanwhile. Up to LIMIT_FILE_CONTENT_BYTES they are mapped, so that they cost no memory of
 * their own. Anything larger is streamed, and only its beginning is kept.
 */
#pragma once

#include <glib.h>

#include "readers/file/digests.h"
#include "readers/reader.h"

typedef struct FileBytes FileBytes;

FileBytes *file_bytes_new(void);
void file_bytes_free(FileBytes *bytes); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FileBytes, file_bytes_free)

typedef struct FileBytesRead {
	guint64 size;  /* how many there were: fewer than Source.size where the file shrank */
	Slice content; /* all of them, or empty where they were streamed; until the next call */
	Slice head;    /* the first ones, LIMIT_FILE_BUFFER_BYTES at most; likewise */
} FileBytesRead;

/*
 * Reads @source into @digests, which were begun. @alive is called every now and then. FALSE with
 * @error where it can not be read.
 */
gboolean file_bytes_read(FileBytes *bytes, const Source *source, Digests *digests,
	void (*alive)(void *context), void *context, FileBytesRead *ret, GError **error);
