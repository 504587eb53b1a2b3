/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The reader of archives and packed files: it gives no events, but members, which are evidence.
 *
 *	archive.c  the descriptor: what is an archive, by its first bytes
 *	input.c    the packed bytes as libarchive gets them; gzip is unpacked here
 *	expand.c   members, one behind the other
 *	name.c     what members are called
 *
 * libarchive does the formats; it runs inside the seal, where it can open nothing and start
 *nothing. See docs/evidence-archives.md.
 */
#pragma once

#include "readers/reader.h"

typedef enum ArchiveKind {
	ARCHIVE_KIND_NONE,
	ARCHIVE_KIND_GZIP,   /* one packed stream, which may hold a tar */
	ARCHIVE_KIND_PACKED, /* as that, by bzip2, xz, zstd or lz4 */
	ARCHIVE_KIND_TAR,
	ARCHIVE_KIND_ZIP,
	ARCHIVE_KIND_7ZIP,
	ARCHIVE_KIND_CAB,
	ARCHIVE_KIND_RAR,
} ArchiveKind;

extern const Reader archive_reader;

/* By the first bytes. */
ArchiveKind archive_kind(Slice head);

/* Reader.expand. */
void archive_expand(
	const Source *source, const char *name, const MemberReport *report, Expanded *ret);

/*
 * Has libarchive do once what it could not do sealed; sets the locale's characters to UTF-8 and TZ
 * to UTC, so that names and times come out the same on every machine.
 */
void archive_warm_up(void);

/*
 * A member's @name (any bytes) for people: valid UTF-8, without a leading slash, cut at
 * LIMIT_ARCHIVE_NAME_BYTES. It is shown and never opened. Free with g_free().
 */
char *archive_member_name(const char *name);

/* What the file packed as @name ("access.log.gz") is called: "access.log". Free with g_free(). */
char *archive_packed_name(const char *name);
