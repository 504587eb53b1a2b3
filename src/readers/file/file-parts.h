/* SPDX-License-Identifier: Apache-2.0 */
/*
 * FileParts: the parts of one file in which types are looked for, made when they are asked for.
 */
#pragma once

#include <glib.h>

#include "base/limits.h"
#include "base/slice.h"

typedef enum FilePart {
	FILE_PART_HEAD,
	FILE_PART_TEXT,	 /* in lower case, one byte for each character, blanks before it cut off */
	FILE_PART_UTF16, /* the same, of text in UTF-16 alone */
	FILE_PART_OLE,	 /* the directory of a compound file: its names are UTF-16LE */
	FILE_PART_ZIP,	 /* the central directory of a ZIP archive */
	FILE_N_PARTS,
} FilePart;

typedef struct FileParts {
	Slice head, content;
	Slice parts[FILE_N_PARTS];
	gboolean is_made[FILE_N_PARTS];
	gboolean is_text, is_utf16; /* once FILE_PART_TEXT is made */
	guint8 text[LIMIT_FILE_TEXT_BYTES];
	guint64 pairs[65536 / 64]; /* a bit for each two characters that follow each other in it */
	GByteArray *directory;
} FileParts;

void file_parts_init(FileParts *parts);
void file_parts_clear(FileParts *parts);

/* Begins with another file; the slices are borrowed. */
void file_parts_begin(FileParts *parts, Slice head, Slice content);

/* FALSE where the file has no such part. A text may be empty. */
gboolean file_parts_get(FileParts *parts, FilePart part, Slice *ret);

/* FALSE where @needle can not stand in the text, which was made: cheaper than to search. */
gboolean file_parts_may_have(const FileParts *parts, Slice needle);
