/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one event that a file as a whole makes: its names, size, time, what it is by its content, its
 * hashes, and what an executable says of itself. Not a Reader: every file has it, whatever reader
 * takes its records. Columns as Sigma names them, those without a value ABSENT:
 *
 *	LogFormat, LogName                constants "file"
 *	FileName FilePath Extension       the path as it was named; ".exe", in lower case
 *	Size Modified FileType            bytes; time of last change; name from file-types.tsv
 *	Entropy                           of its bytes, 0.000 to 8.000
 *	md5 sha1 sha256                   lower case
 *	Imphash CompileTime Company Description FileVersion Product OriginalFileName InternalName
 *	Signer                            of PE images (pe.h)
 *
 *	file.c        the event
 *	file-bytes.c  one pass over the bytes: in memory, mapped or streamed
 *	digests.c     hashes and entropy
 *	file-types.c  the table of types
 *	pe*.c         facts of PE images
 */
#pragma once

#include <glib.h>

#include "readers/reader.h"

/* The name of the table of types under content/tables. */
#define FILE_TYPES_NAME "file-types.tsv"

/* What is set up once per process and used for one file after the other. */
typedef struct FileLibrary FileLibrary;

/* Before the seal: libcrypto is set up here. Never fails; a hash that it lacks is never told. */
FileLibrary *file_library_new(void);
void file_library_free(FileLibrary *library); /* accepts NULL; last event's content with it */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FileLibrary, file_library_free)

/*
 * Offers a table of content/tables, as to engines: takes the one called FILE_TYPES_NAME, passes
 * over others. FALSE with @error where it is malformed. Without it no file has a FileType.
 */
gboolean file_library_table(FileLibrary *library, const char *name, Slice text, GError **error);

typedef struct FileInput {
	const Source *source; /* the bytes; and Source.modified */
	const char *path;     /* as evidence was named, UTF-8, "/" between: FilePath */
	const char *place;    /* below the folder that holds all that was named: Event.place;
			       * NULL: the name */
	const char *sha256;   /* 64 hexadecimal digits where it is known, or NULL */
	gboolean names_alone; /* a large log: its bytes are not looked at; Size is the source's */
	/* Called after each fraction of a second's work on a large file; may be NULL. */
	void (*alive)(void *context);
	void *context;
} FileInput;

/*
 * Reads the file once and makes its event, valid until the next call for @library; @file's texts
 * are borrowed as long. Event.content is all bytes; or empty, though Size is not 0, for a file of
 * more than LIMIT_FILE_CONTENT_BYTES: it was hashed, but whoever judges contents has to say that
 * this one was not (EngineReport.gap). A file that ends before its size says is told of as
 * GAP_CHANGED, and its event is of what there was. FALSE with @error where it can not be read.
 */
gboolean file_read(FileLibrary *library, const FileInput *file, const ReaderReport *report,
	Event *ret_event, GError **error);
