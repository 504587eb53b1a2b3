/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes images of Windows programs that have headers, imports and version strings, but not one
 * byte of code: for tests of what reads them. Shares no code with it.
 */
#pragma once

#include <glib.h>

typedef struct PeLibrary {
	const char *name;
	const char *const *functions; /* "socket", or "#23" for an ordinal; NULL-terminated */
	gboolean has_no_names;	      /* only the table of addresses is there */
} PeLibrary;

typedef struct PePlan {
	gboolean is_64_bit;
	guint32 time_stamp;
	const PeLibrary *libraries;
	guint n_libraries;
	const char *const *strings; /* key, value, key, value, …; NULL-terminated; NULL: none */
	const guint8 *signature;    /* a PKCS #7 SignedData; NULL: none */
	gsize signature_bytes;
} PePlan;

/* Where things lie in what is written, so that tests can damage them. */
#define PE_WRITER_HEADER	  0x80
#define PE_WRITER_IMPORTS	  0x400 /* offset of section .idata ... */
#define PE_WRITER_IMPORTS_ADDRESS 0x1000

typedef struct WrittenPe {
	GByteArray *image;
	guint32 resources; /* offset of section .rsrc */
} WrittenPe;

WrittenPe pe_write(const PePlan *plan);
