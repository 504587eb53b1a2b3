/* SPDX-License-Identifier: Apache-2.0 */
#include "readers/archive/archive.h"

#include <string.h>

#include "base/cursor.h"

#define TAR_HEAD_BYTES	     512
#define TAR_CHECKSUM_AT	     148
#define TAR_CHECKSUM_BYTES   8
#define TAR_MAGIC_AT	     257
#define ZSTD_SKIPPABLE_MAGIC 0x184D2A50u /* and the 15 behind it */

typedef struct Magic {
	ArchiveKind kind;
	const char *bytes;
	gsize size;
} Magic;

static const Magic magics[] = {
	{ ARCHIVE_KIND_GZIP, "\x1f\x8b\x08", 3 },
	{ ARCHIVE_KIND_PACKED,
		"\xfd"
		"7zXZ\0",
		6 },
	{ ARCHIVE_KIND_PACKED, "\x28\xb5\x2f\xfd", 4 },
	{ ARCHIVE_KIND_PACKED, "\x04\x22\x4d\x18", 4 },
	{ ARCHIVE_KIND_ZIP, "PK\3\4", 4 },
	{ ARCHIVE_KIND_ZIP, "PK\5\6", 4 },     /* empty */
	{ ARCHIVE_KIND_ZIP, "PK00PK\3\4", 8 }, /* of several parts, that needed but one */
	{ ARCHIVE_KIND_7ZIP, "7z\xbc\xaf\x27\x1c", 6 },
	{ ARCHIVE_KIND_CAB, "MSCF\0\0\0\0", 8 },
	{ ARCHIVE_KIND_RAR, "Rar!\x1a\x07\x00", 7 },
	{ ARCHIVE_KIND_RAR, "Rar!\x1a\x07\x01\x00", 8 },
};

static gboolean begins_with(Slice head, const char *bytes, gsize size)
{
	return head.size >= size && memcmp(head.data, bytes, size) == 0;
}

/* "BZh9" and the magic of a block, or of the end of no blocks. */
static gboolean is_bzip2(Slice head)
{
	return head.size >= 10 && begins_with(head, "BZh", 3) && head.data[3] >= '1' &&
		head.data[3] <= '9' &&
		(memcmp(head.data + 4, "1AY&SY", 6) == 0 ||
			memcmp(head.data + 4, "\x17rE8P\x90", 6) == 0);
}

/* A tar has no magic at its start; its first header has a sum of its bytes, in octal. */
static gboolean is_tar(Slice head)
{
	guint told = 0, sum = 0;
	gsize i = TAR_CHECKSUM_AT;

	if (head.size < TAR_HEAD_BYTES || head.data[0] == '\0')
		return FALSE;
	while (i < TAR_CHECKSUM_AT + TAR_CHECKSUM_BYTES && head.data[i] == ' ')
		i++;
	for (; i < TAR_CHECKSUM_AT + TAR_CHECKSUM_BYTES && g_ascii_isdigit((char)head.data[i]); i++)
		told = told * 8 + (head.data[i] - (guint)'0');
	for (i = 0; i < TAR_HEAD_BYTES; i++) {
		gboolean in_sum = i >= TAR_CHECKSUM_AT && i < TAR_CHECKSUM_AT + TAR_CHECKSUM_BYTES;

		sum += in_sum ? ' ' : head.data[i];
	}
	return sum == told;
}

ArchiveKind archive_kind(Slice head)
{
	guint32 number = 0;

	for (guint i = 0; i < G_N_ELEMENTS(magics); i++) {
		if (begins_with(head, magics[i].bytes, magics[i].size))
			return magics[i].kind;
	}
	if (slice_u32(head, 0, &number) && (number & ~15u) == ZSTD_SKIPPABLE_MAGIC)
		return ARCHIVE_KIND_PACKED;
	if (is_bzip2(head))
		return ARCHIVE_KIND_PACKED;
	return is_tar(head) ? ARCHIVE_KIND_TAR : ARCHIVE_KIND_NONE;
}

static guint archive_probe(Slice head, const char *name)
{
	return archive_kind(head) == ARCHIVE_KIND_NONE ? 0 : 95;
}

static ReaderLibrary *archive_library_new(void)
{
	archive_warm_up();
	return NULL; /* there is nothing to keep */
}

static gboolean archive_plan(
	const Source *source, Plan *ret_plan, const ReaderReport *report, GError **error)
{
	*ret_plan = (Plan){ .n_units = 1, .units_per_task = 1, .unit_bytes = source->size };
	return TRUE;
}

static const char *const no_columns[] = { NULL };

const Reader archive_reader = {
	.name = "archive",
	.description = "Archives and packed files (zip, 7z, tar, gz, xz, bz2, zst, lz4, cab, rar)",
	.docs = "docs/evidence-archives.md",
	.probe = archive_probe,
	.library_new = archive_library_new,
	.plan = archive_plan,
	.expand = archive_expand,
	.host_columns = no_columns,
	.channel_columns = no_columns,
};
