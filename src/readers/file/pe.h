/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a Windows executable (Portable Executable, PE32 and PE32+) says of itself: when it was
 * linked, what it imports, its version strings, who signed it. Facts as they stand there: compile
 * times are made up at will, and no signature is checked.
 *
 *	pe-image.c      headers, sections, from addresses to bytes
 *	pe-imports.c    the text of which an import hash is the MD5; pe-ordinals.c
 *	pe-version.c    the version resource
 *	pe-signature.c  the signer of an Authenticode signature
 *
 * Sources: Microsoft, "PE Format"; pefile 2023.2.7 for what the field calls imphash; Microsoft,
 * "VS_VERSIONINFO" and "Windows Authenticode Portable Executable Signature Format".
 */
#pragma once

#include <glib.h>

#include "base/limits.h"
#include "base/slice.h"

typedef struct PeSection {
	guint32 address, virtual_size; /* where it is loaded */
	guint32 offset, size;	       /* where it stands in the file */
	guint64 first, end;	       /* addresses that lead to it, as pefile reckons */
} PeSection;

typedef enum PeDirectory {
	PE_IMPORTS,
	PE_RESOURCES,
	PE_CERTIFICATES, /* alone of all, its "address" is an offset in the file */
	PE_N_DIRECTORIES,
} PeDirectory;

typedef struct PeRange {
	guint32 address, size; /* 0, 0: there is none */
} PeRange;

typedef struct PeImage {
	Slice bytes; /* the whole file */
	gboolean is_64_bit;
	guint32 time_stamp; /* seconds since 1970, if it is a time at all */
	guint32 section_alignment, file_alignment;
	PeRange directories[PE_N_DIRECTORIES];
	PeSection sections[LIMIT_PE_SECTIONS]; /* by address */
	guint n_sections;
} PeImage;

/* FALSE where @bytes are no PE image: a DOS or OS/2 program, say, or one cut off; then @ret is
 * undefined. */
gboolean pe_image_open(Slice bytes, PeImage *ret);

/* The bytes from @address on, up to the end of its section; empty where it leads nowhere. */
Slice pe_image_at(const PeImage *image, guint64 address);

/*
 * Appends "kernel32.exitprocess,ws2_32.socket,…": its MD5 is the import hash; nothing where nothing
 * is imported. FALSE, nothing appended, where a limit was reached.
 */
gboolean pe_imports_append(const PeImage *image, GString *ret);

/* The name of what is imported by @ordinal from @library (in lower case), or NULL. */
const char *pe_ordinal_name(const char *library, guint16 ordinal);

typedef enum PeVersionString {
	PE_COMPANY_NAME,
	PE_FILE_DESCRIPTION,
	PE_FILE_VERSION,
	PE_PRODUCT_NAME,
	PE_ORIGINAL_FILENAME,
	PE_INTERNAL_NAME,
	PE_N_VERSION_STRINGS,
} PeVersionString;

/* UTF-16LE, parts of the image; those that are not there stay as they are. FALSE: a limit. */
gboolean pe_version_strings(const PeImage *image, Slice ret[PE_N_VERSION_STRINGS]);

/*
 * Appends the subject of the certificate by which the image's first signature says to be made, as
 * RFC 2253 writes it ("CN=…,O=…"); nothing where there is none or it is not understood.
 */
void pe_signer_append(const PeImage *image, GString *ret);
