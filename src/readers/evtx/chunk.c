/* SPDX-License-Identifier: Apache-2.0 */
#include "readers/evtx/chunk.h"

#include <zlib.h>

#include "base/cursor.h"

#define RECORD_MAGIC 0x00002a2au

void chunk_init(Chunk *chunk)
{
	*chunk = (Chunk){ .bytes = g_malloc0(EVTX_CHUNK_BYTES) };
}

void chunk_clear(Chunk *chunk)
{
	g_clear_pointer(&chunk->bytes, g_free);
}

Slice chunk_slice(const Chunk *chunk)
{
	return slice_make(chunk->bytes, EVTX_CHUNK_BYTES);
}

void chunk_report(const Chunk *chunk, const ReaderReport *report, GapKind kind, gsize offset,
	gsize size, guint64 records, const char *note)
{
	Gap gap = {
		.kind = kind,
		.offset = chunk->offset + offset,
		.size = size,
		.records = records,
		.note = note,
	};

	if (report)
		report->gap(report->context, &gap);
}

static gboolean is_zero(Slice bytes)
{
	/* Each byte equals the one before it. */
	return bytes.size == 0 ||
		(bytes.data[0] == 0 && memcmp(bytes.data, bytes.data + 1, bytes.size - 1) == 0);
}

static guint32 header_crc(Slice chunk, Slice first_eight)
{
	uLong crc = crc32(0, first_eight.data, 8);
	Slice head = slice_sub(chunk, 8, 112), tables = slice_sub(chunk, 128, 384);

	crc = crc32(crc, head.data, (uInt)head.size);
	return (guint32)crc32(crc, tables.data, (uInt)tables.size);
}

/* The last record, as the header gives it, ends where the free space begins. */
static gboolean header_agrees(Slice chunk, guint32 last_record, guint32 free_space)
{
	uint32_t magic, size;

	return slice_u32(chunk, last_record, &magic) && slice_u32(chunk, last_record + 4, &size) &&
		magic == RECORD_MAGIC && size <= EVTX_CHUNK_BYTES &&
		last_record + size == free_space;
}

static void judge_header(Chunk *chunk, const EvtxFile *file, const ReaderReport *report)
{
	static const char magic[8] = "ElfChnk";
	Slice bytes = chunk_slice(chunk);
	uint32_t free_space = 0, last_record = 0, data_crc = 0, crc = 0;
	bool crc_matches;

	(void)slice_u64(bytes, 24, &chunk->header_first); /* a chunk in memory is always whole */
	(void)slice_u64(bytes, 32, &chunk->header_last);
	(void)slice_u32(bytes, 44, &last_record);
	(void)slice_u32(bytes, 48, &free_space);
	(void)slice_u32(bytes, 52, &data_crc);
	(void)slice_u32(bytes, 124, &crc);
	crc_matches = header_crc(bytes, slice_make(magic, 8)) == crc;
	if (!evtx_chunk_has_magic(bytes)) {
		if (!crc_matches || crc == 0) {
			chunk->kind = CHUNK_DAMAGED;
			chunk_report(chunk, report, GAP_DAMAGED, 0, chunk->available, 0,
				"a chunk without chunk header was passed over");
			return;
		}
		chunk_report(chunk, report, GAP_HEADER, 0, 8, 0,
			"the chunk's first bytes are damaged; the rest of its header is whole");
	} else if (file->checks_crc && !crc_matches && chunk->available >= EVTX_RECORDS_START) {
		chunk_report(chunk, report, GAP_CHECKSUM, 0, EVTX_RECORDS_START, 0,
			"the checksum of the chunk header does not match");
	}
	chunk->kind = CHUNK_IN_USE;
	chunk->end = MIN(free_space, chunk->available);
	chunk->end_is_sure = free_space >= EVTX_RECORDS_START && free_space <= EVTX_CHUNK_BYTES &&
		((crc_matches && last_record <= free_space) ||
			header_agrees(bytes, last_record, free_space));
	if (!chunk->end_is_sure) {
		chunk->end = chunk->available;
		chunk_report(chunk, report, GAP_HEADER, 48, 4, 0,
			"where the chunk's records end is damaged; they were read as far as they "
			"go");
	} else if (chunk->available < free_space) {
		return; /* its checksum is of bytes that are not there */
	} else if (file->checks_crc &&
		crc32(0, bytes.data + EVTX_RECORDS_START, free_space - EVTX_RECORDS_START) !=
			data_crc) {
		chunk_report(chunk, report, GAP_CHECKSUM, EVTX_RECORDS_START,
			free_space - EVTX_RECORDS_START, 0,
			"the checksum of the chunk's records does not match");
	}
}

gboolean chunk_load(Chunk *chunk, const Source *source, const EvtxFile *file, guint64 unit,
	const ReaderReport *report)
{
	g_autoptr(GError) error = NULL;
	guint8 *bytes = chunk->bytes;
	gssize n_read;

	*chunk = (Chunk){ .bytes = bytes, .position = EVTX_RECORDS_START };
	chunk->offset = file->first_chunk + unit * EVTX_CHUNK_BYTES;
	n_read = source_read(source, chunk->offset, bytes, EVTX_CHUNK_BYTES, &error);
	if (n_read < 0) {
		chunk_report(chunk, report, GAP_UNREADABLE, 0, EVTX_CHUNK_BYTES, 0, error->message);
		return FALSE;
	}
	chunk->available = (gsize)n_read;
	memset(bytes + n_read, 0, EVTX_CHUNK_BYTES - (gsize)n_read);
	chunk->end = EVTX_RECORDS_START;
	if (!evtx_chunk_has_magic(chunk_slice(chunk)) && is_zero(chunk_slice(chunk))) {
		chunk->kind = CHUNK_EMPTY;
		return TRUE;
	}
	if (chunk->available < EVTX_CHUNK_BYTES)
		chunk_report(chunk, report, GAP_TRUNCATED, 0, chunk->available, 0,
			"the file ends inside a chunk; its whole records were read");
	judge_header(chunk, file, report);
	return TRUE;
}

static gboolean has_record_magic(const Chunk *chunk, gsize at)
{
	uint32_t magic;

	return slice_u32(slice_sub(chunk_slice(chunk), 0, chunk->available), at, &magic) &&
		magic == RECORD_MAGIC;
}

static gboolean has_size_at(const Chunk *chunk, gsize at, gsize size)
{
	uint32_t found;

	return slice_u32(chunk_slice(chunk), at, &found) && found == size;
}

static void read_place(const Chunk *chunk, gsize offset, gsize size, RecordPlace *ret)
{
	*ret = (RecordPlace){ .offset = offset, .size = size };
	(void)slice_u64(chunk_slice(chunk), offset + 8, &ret->id); /* callers saw its end */
	(void)slice_u64(chunk_slice(chunk), offset + 16, &ret->written);
}

gboolean chunk_find_record(const Chunk *chunk, gsize from, gsize end, RecordPlace *ret_place)
{
	for (gsize at = from; at + EVTX_RECORD_MIN_BYTES <= end; at++) {
		const guint8 *star = memchr(chunk->bytes + at, '*', end - at);
		uint32_t size;

		if (!star)
			return FALSE;
		at = (gsize)(star - chunk->bytes);
		if (!has_record_magic(chunk, at) || !slice_u32(chunk_slice(chunk), at + 4, &size) ||
			size < EVTX_RECORD_MIN_BYTES || size > end - at ||
			!has_size_at(chunk, at + size - 4, size))
			continue;
		read_place(chunk, at, size, ret_place);
		return TRUE;
	}
	return FALSE;
}

/* Whether a record of @size at the walk's position is believed: two of three marks are right. */
static gboolean is_believable(const Chunk *chunk, gsize size, const char **ret_contradiction)
{
	gsize at = chunk->position;

	if (size < EVTX_RECORD_MIN_BYTES || size > chunk->end - at)
		return FALSE;

	gboolean magic = has_record_magic(chunk, at);
	gboolean repeated = has_size_at(chunk, at + size - 4, size);
	gboolean followed = at + size == chunk->end || has_record_magic(chunk, at + size);

	*ret_contradiction = NULL;
	if (!magic)
		*ret_contradiction = "a record's first bytes are damaged; it was read by its size";
	else if (!repeated)
		*ret_contradiction = "a record's size is not repeated at its end; it was read";
	return repeated ? TRUE : magic && followed && chunk->end_is_sure;
}

static gboolean read_repeated(const Chunk *chunk, gsize offset, gsize size,
	const ReaderReport *report, RecordPlace *ret_place)
{
	chunk_report(chunk, report, GAP_HEADER, offset, size, 1,
		"a record's size is damaged; it was read by what is repeated at its end");
	read_place(chunk, offset, size, ret_place);
	return TRUE;
}

/* Goes on at the next whole record. FALSE where the chunk has none. */
static gboolean resynchronise(Chunk *chunk, const ReaderReport *report, RecordPlace *ret_place)
{
	gsize from = chunk->position;
	gboolean found = chunk_find_record(chunk, from + 1, chunk->end, ret_place);
	gsize next = found ? ret_place->offset : chunk->end;

	/* The record's own size may be all that is damaged. */
	if (next - from >= EVTX_RECORD_MIN_BYTES && has_record_magic(chunk, from) &&
		has_size_at(chunk, next - 4, next - from))
		return read_repeated(chunk, from, next - from, report, ret_place);
	chunk_report(chunk, report, GAP_DAMAGED, from, next - from, 0,
		"bytes that are no record were passed over");
	chunk->after_damage = TRUE;
	return found;
}

/* Whether the record at the walk's position, of @size bytes, may be cut off, or none at all. */
static gboolean may_be_end(const Chunk *chunk, gsize size)
{
	return !chunk->end_is_sure ||
		(chunk->available < EVTX_CHUNK_BYTES && size > chunk->available - chunk->position);
}

/* The number that the record at the walk's position should have. */
static guint64 expected_id(const Chunk *chunk)
{
	return chunk->position == EVTX_RECORDS_START ? chunk->header_first : chunk->last_id + 1;
}

/*
 * Whether the walk may go on behind what is no record, although its end is not known: the next
 * whole record has a number that fits what lies between, and is not older. What Windows left behind
 * the end of an earlier life of the log does not look like that.
 */
static gboolean is_continued(const Chunk *chunk)
{
	RecordPlace next;

	if (!chunk_find_record(chunk, chunk->position + 1, chunk->end, &next))
		return FALSE;
	return chunk->end_is_sure ||
		(next.id - expected_id(chunk) <=
				(next.offset - chunk->position) / EVTX_RECORD_MIN_BYTES &&
			next.written >= chunk->last_written);
}

/*
 * The walk ends, unless there is one record more, of which nothing but the size is damaged. Records
 * are a multiple of 8 bytes long, so few places can pass for the size at its end.
 */
static gboolean read_last(Chunk *chunk, const ReaderReport *report, RecordPlace *ret_place)
{
	gsize at = chunk->position, size = EVTX_RECORD_MIN_BYTES + 4;
	gboolean is_record;

	read_place(chunk, at, 0, ret_place);
	is_record = !chunk->end_is_sure && has_record_magic(chunk, at) &&
		ret_place->id == expected_id(chunk);
	while (is_record && at + size <= chunk->end && !has_size_at(chunk, at + size - 4, size))
		size += 8;
	if (is_record && at + size <= chunk->end)
		return read_repeated(chunk, at, size, report, ret_place);
	if (is_record)
		chunk_report(chunk, report, GAP_DAMAGED, at, 0, 1,
			"a record's size is damaged, and so is where the chunk's records end");
	chunk->end = at;
	return FALSE;
}

/* A whole record that begins in front of the free space lies in front of it. */
static void move_end(Chunk *chunk, gsize size, const ReaderReport *report)
{
	gsize at = chunk->position;

	if (size < EVTX_RECORD_MIN_BYTES || size <= chunk->end - at ||
		size > chunk->available - at || !has_record_magic(chunk, at) ||
		!has_size_at(chunk, at + size - 4, size))
		return;
	chunk_report(chunk, report, GAP_HEADER, 48, 4, 0,
		"by the chunk header its free space begins inside a record, which was read");
	chunk->end = at + size;
}

gboolean chunk_next_record(Chunk *chunk, const ReaderReport *report, RecordPlace *ret_place)
{
	const char *contradiction;
	uint32_t size = 0;

	chunk->after_damage = FALSE;
	if (chunk->kind != CHUNK_IN_USE || chunk->position >= chunk->end)
		return FALSE;
	(void)slice_u32(chunk_slice(chunk), chunk->position + 4, &size); /* 0 is no size */
	move_end(chunk, size, report);
	if (is_believable(chunk, size, &contradiction)) {
		read_place(chunk, chunk->position, size, ret_place);
		if (contradiction)
			chunk_report(
				chunk, report, GAP_HEADER, chunk->position, size, 1, contradiction);
	} else if (may_be_end(chunk, size) && !is_continued(chunk)) {
		if (!read_last(chunk, report, ret_place))
			return FALSE;
	} else if (!resynchronise(chunk, report, ret_place)) {
		chunk->position = chunk->end;
		return FALSE;
	}
	/* Where the end is unsure, older records behind it must not pass for records in use. */
	if (!chunk->end_is_sure && chunk->position > EVTX_RECORDS_START &&
		ret_place->id <= chunk->last_id) {
		chunk->end = chunk->position;
		return FALSE;
	}
	chunk->last_id = ret_place->id;
	chunk->last_written = ret_place->written;
	chunk->position = ret_place->offset + ret_place->size;
	return TRUE;
}

gsize chunk_slack_start(const Chunk *chunk)
{
	return chunk->kind == CHUNK_IN_USE ? chunk->end : 0;
}
