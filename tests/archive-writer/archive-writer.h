/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Archives in memory, for tests: libarchive's writing half.
 */
#pragma once

#include <glib.h>

typedef struct WrittenMember {
	const char *name;
	const void *bytes;
	gsize size;
} WrittenMember;

/*
 * @format is "ustar", "paxr", "zip", "7zip" or "raw" (one member, which is packed alone); @filter
 * is "gzip", "xz", "zstd", "bzip2", "lz4" or NULL. A zip is encrypted where there is a @password.
 * All members were changed at second 1600000000.
 */
GByteArray *archive_write(const char *format, const char *filter, const char *password,
	const WrittenMember *members, guint n_members);
