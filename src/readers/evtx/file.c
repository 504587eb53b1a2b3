/* SPDX-License-Identifier: Apache-2.0 */
#include "readers/evtx/file.h"

#include <zlib.h>

#include "base/cursor.h"
#include "base/error.h"
#include "readers/evtx/binxml.h"

#define HEADER_PART_BYTES 128 /* of the 4096, this much is in use */
#define SECTOR_BYTES	  512
#define CHUNKS_LOOKED_AT  64 /* in search of the first one that is not damaged */
#define COUNT_WRAPS	  65536

static const char file_magic[8] = "ElfFile";
static const char chunk_magic[8] = "ElfChnk";

static gboolean has_magic(Slice bytes, const char magic[8])
{
	return slice_equal(slice_sub(bytes, 0, 8), slice_make(magic, 8));
}

gboolean evtx_chunk_has_magic(Slice chunk)
{
	return has_magic(chunk, chunk_magic);
}

guint evtx_file_probe(Slice head, const char *name)
{
	if (has_magic(head, file_magic))
		return 100;
	if (has_magic(head, chunk_magic) ||
		has_magic(slice_sub(head, EVTX_HEADER_BYTES, 8), chunk_magic))
		return 80;
	for (gsize at = SECTOR_BYTES; at < head.size; at += SECTOR_BYTES) {
		if (has_magic(slice_sub(head, at, 8), chunk_magic))
			return 60;
	}
	/* A log whose beginning is destroyed altogether can still hold chunks. */
	return head.size > 0 && g_str_has_suffix(name, ".evtx") ? 5 : 0;
}

static gboolean chunk_is_at(const Source *source, guint64 offset)
{
	guint8 bytes[8];

	return source_read(source, offset, bytes, sizeof(bytes), NULL) == sizeof(bytes) &&
		evtx_chunk_has_magic(slice_make(bytes, sizeof(bytes)));
}

/* The offset of the first chunk in a file without header. */
static gboolean find_chunks(const Source *source, guint64 *ret_offset)
{
	static const guint64 usual[] = { EVTX_HEADER_BYTES, 0 };

	for (guint k = 0; k < CHUNKS_LOOKED_AT; k++) {
		for (guint i = 0; i < G_N_ELEMENTS(usual); i++) {
			if (chunk_is_at(source, usual[i] + (guint64)k * EVTX_CHUNK_BYTES)) {
				*ret_offset = usual[i];
				return TRUE;
			}
		}
	}
	for (guint64 at = SECTOR_BYTES; at < EVTX_CHUNK_BYTES; at += SECTOR_BYTES) {
		if (chunk_is_at(source, at)) {
			*ret_offset = at;
			return TRUE;
		}
	}
	return FALSE;
}

gboolean evtx_file_open(const Source *source, EvtxFile *ret_file, GError **error)
{
	guint8 bytes[HEADER_PART_BYTES];
	gssize n_read = source_read(source, 0, bytes, sizeof(bytes), error);
	EvtxFile file = { .checks_crc = TRUE, .first_chunk = EVTX_HEADER_BYTES };
	uint32_t flags = 0;

	if (n_read < 0)
		return FALSE;

	Slice header = slice_make(bytes, (gsize)n_read);

	file.has_header = has_magic(header, file_magic);
	if (file.has_header && slice_u32(header, 120, &flags))
		file.checks_crc = !(flags & EVTX_FLAG_NO_CRC);
	if (!file.has_header && !find_chunks(source, &file.first_chunk)) {
		g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_INPUT,
			"no event log: it has neither a file header nor a chunk");
		return FALSE;
	}
	file.n_chunks = 1;
	if (source->size > file.first_chunk)
		file.n_chunks =
			(source->size - file.first_chunk + EVTX_CHUNK_BYTES - 1) / EVTX_CHUNK_BYTES;
	*ret_file = file;
	return TRUE;
}

static void tell(const ReaderReport *report, GapKind kind, guint64 size, const char *note)
{
	Gap gap = { .kind = kind, .size = size, .note = note };

	report->gap(report->context, &gap);
}

/* The count may leave out chunks at the end that were never used, so it is looked what is there. */
static void check_count(
	const Source *source, const EvtxFile *file, guint count, const ReaderReport *report)
{
	guint64 behind = file->first_chunk + (guint64)count * EVTX_CHUNK_BYTES;
	g_autofree char *note = NULL;

	if (file->n_chunks >= COUNT_WRAPS)
		return;
	if (count > file->n_chunks) {
		note = g_strdup_printf("the file header counts %u chunks, but the file ends after "
				       "%" G_GUINT64_FORMAT,
			count, file->n_chunks);
		tell(report, GAP_TRUNCATED, 0, note);
	} else if (count < file->n_chunks && chunk_is_at(source, behind)) {
		note = g_strdup_printf("the file header counts %u chunks, but there are "
				       "%" G_GUINT64_FORMAT,
			count, file->n_chunks);
		tell(report, GAP_HEADER, 0, note);
	}
}

void evtx_file_check(const Source *source, const EvtxFile *file, const ReaderReport *report)
{
	guint8 bytes[HEADER_PART_BYTES];
	gssize n_read = source_read(source, 0, bytes, sizeof(bytes), NULL);
	Slice header = slice_make(bytes, (gsize)MAX(n_read, 0));
	uint16_t n_chunks;
	uint32_t flags, crc;

	if (!file->has_header) {
		tell(report, GAP_HEADER, 0,
			"the file header is missing; chunks were read as found");
		return;
	}
	if (!slice_u16(header, 42, &n_chunks) || !slice_u32(header, 120, &flags) ||
		!slice_u32(header, 124, &crc)) {
		tell(report, GAP_TRUNCATED, 0, "the file ends inside its header");
		return;
	}
	if (file->checks_crc && crc32(0, header.data, 120) != crc)
		tell(report, GAP_CHECKSUM, HEADER_PART_BYTES,
			"the checksum of the file header does not match");
	if (flags & EVTX_FLAG_DIRTY)
		tell(report, GAP_DIRTY, 0, "the log was not closed properly");
	if (source->size <= file->first_chunk)
		tell(report, GAP_TRUNCATED, 0, "the file ends before its first chunk");
	else
		check_count(source, file, n_chunks, report);
}
