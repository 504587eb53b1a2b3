/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file is taken for text where its first 4096 bytes have no control characters but those of
 * text, and, unless they are UTF-8, not too many characters beyond ASCII.
 *
 * Compound files (Microsoft, [MS-CFB]): sectors of 1 << (u16 at 30) bytes, the first of them behind
 * a header of one sector; the directory's first sector is told at 48, and by the table of sectors
 * (whose own sectors are told from 76 on) which one follows which.
 */
#include "readers/file/file-parts.h"

#include "base/cursor.h"

#define OLE_SIGNATURE	  G_GUINT64_CONSTANT(0xE11AB1A1E011CFD0)
#define OLE_TABLE_ENTRIES 109	/* of the header; a directory far behind them is not followed */
#define ZIP_END_BYTES	  22	/* the end of a central directory ... */
#define ZIP_COMMENT_BYTES 65535 /* ... and what may follow it */
#define ZIP_END_SIGNATURE "PK\005\006"

void file_parts_init(FileParts *parts)
{
	*parts = (FileParts){ .directory = g_byte_array_new() };
}

void file_parts_clear(FileParts *parts)
{
	g_byte_array_unref(parts->directory);
}

void file_parts_begin(FileParts *parts, Slice head, Slice content)
{
	parts->head = head;
	parts->content = content;
	memset(parts->is_made, 0, sizeof parts->is_made);
	parts->is_text = parts->is_utf16 = FALSE;
}

/* ---- text ---- */

static gboolean is_control(guint unit)
{
	return unit < 0x20 ? !((unit >= '\t' && unit <= '\r') || unit == 0x1B) : unit == 0x7F;
}

static guint16 unit_at(Slice bytes, size_t at, gboolean is_big_endian)
{
	guint16 unit = 0;

	(void)slice_u16(bytes, at, &unit); /* the caller stays inside */
	return is_big_endian ? GUINT16_SWAP_LE_BE(unit) : unit;
}

/* Without its mark, text in UTF-16 is told by every second byte being zero. */
static gboolean looks_utf16(Slice head)
{
	size_t n = MIN(head.size / 2, 128), n_narrow = 0;

	for (size_t i = 0; i < n; i++) {
		guint16 unit = unit_at(head, 2 * i, FALSE);

		n_narrow += unit >= '\t' && unit < 0x7F;
	}
	return n >= 4 && n_narrow * 10 >= n * 9;
}

static gboolean take_utf16(FileParts *parts, Slice units, gboolean is_big_endian, size_t *ret)
{
	size_t n = MIN(units.size / 2, LIMIT_FILE_TEXT_BYTES);

	for (size_t i = 0; i < n; i++) {
		guint16 unit = unit_at(units, 2 * i, is_big_endian);

		if (is_control(unit) || unit >= 0xFFFE)
			return FALSE;
		parts->text[i] = unit < 0x80 ? (guint8)g_ascii_tolower((char)unit) : 0x80;
	}
	*ret = n;
	return TRUE;
}

static gboolean take_bytes(FileParts *parts, Slice bytes, size_t *ret)
{
	size_t n = MIN(bytes.size, LIMIT_FILE_TEXT_BYTES), n_high = 0;
	const char *end;

	for (size_t i = 0; i < n; i++) {
		guint8 c = bytes.data[i];

		if (is_control(c))
			return FALSE;
		n_high += c >= 0x80;
		parts->text[i] = (guint8)g_ascii_tolower((char)c);
	}
	*ret = n;
	if (n_high * 3 <= n)
		return TRUE;
	/* The last character may be cut. */
	return g_utf8_validate((const char *)bytes.data, (gssize)n, &end) ||
		(const guint8 *)end + 4 > bytes.data + n;
}

static gboolean take_text(FileParts *parts, size_t *ret)
{
	Slice head = parts->head;
	guint16 mark = 0;

	if (head.size >= 3 && memcmp(head.data, "\xEF\xBB\xBF", 3) == 0)
		return take_bytes(parts, slice_sub(head, 3, SIZE_MAX), ret);
	(void)slice_u16(head, 0, &mark); /* else 0 */
	parts->is_utf16 = TRUE;
	if (mark == 0xFEFF || mark == 0xFFFE)
		return take_utf16(parts, slice_sub(head, 2, SIZE_MAX), mark == 0xFFFE, ret);
	if (looks_utf16(head))
		return take_utf16(parts, head, FALSE, ret);
	parts->is_utf16 = FALSE;
	return head.size > 0 && take_bytes(parts, head, ret);
}

static void note_pairs(FileParts *parts, Slice text)
{
	memset(parts->pairs, 0, sizeof parts->pairs);
	for (size_t i = 1; i < text.size; i++) {
		guint pair = (guint)text.data[i - 1] << 8 | text.data[i];

		parts->pairs[pair / 64] |= G_GUINT64_CONSTANT(1) << pair % 64;
	}
}

gboolean file_parts_may_have(const FileParts *parts, Slice needle)
{
	for (size_t i = 1; i < needle.size; i++) {
		guint pair = (guint)needle.data[i - 1] << 8 | needle.data[i];

		if (!(parts->pairs[pair / 64] >> pair % 64 & 1))
			return FALSE;
	}
	return TRUE;
}

static void make_text(FileParts *parts)
{
	size_t size = 0, first = 0;
	Slice text;

	parts->is_made[FILE_PART_TEXT] = parts->is_made[FILE_PART_UTF16] = TRUE;
	parts->is_text = take_text(parts, &size);
	while (first < size && g_ascii_isspace(parts->text[first]))
		first++;
	text = slice_sub(slice_make(parts->text, size), first, SIZE_MAX);
	parts->parts[FILE_PART_TEXT] = parts->parts[FILE_PART_UTF16] = text;
	if (parts->is_text)
		note_pairs(parts, text);
}

/* ---- compound files ---- */

/* Which sector follows @sector; FALSE where that is not told, or none does. */
static gboolean next_sector(Slice content, guint shift, guint32 sector, guint32 *ret)
{
	guint32 per_sector = 1u << (shift - 2), table;

	return sector / per_sector < OLE_TABLE_ENTRIES &&
		slice_u32(content, 76 + 4 * (size_t)(sector / per_sector), &table) &&
		slice_u32(content,
			(((size_t)table + 1) << shift) + 4 * (size_t)(sector % per_sector), ret);
}

static Slice make_ole(FileParts *parts)
{
	Slice content = parts->content;
	guint64 signature;
	guint16 shift;
	guint32 sector;

	if (!slice_u64(content, 0, &signature) || signature != OLE_SIGNATURE ||
		!slice_u16(content, 30, &shift) || (shift != 9 && shift != 12) ||
		!slice_u32(content, 48, &sector))
		return SLICE_EMPTY;
	g_byte_array_set_size(parts->directory, 0);
	/* However sectors lead in circles: the room for the directory ends. */
	do {
		Slice part = slice_sub(content, ((size_t)sector + 1) << shift, (size_t)1 << shift);

		if (!part.size)
			break;
		g_byte_array_append(parts->directory, part.data, (guint)part.size);
	} while (parts->directory->len < LIMIT_FILE_DIRECTORY_BYTES &&
		next_sector(content, shift, sector, &sector));
	return slice_make(parts->directory->data, parts->directory->len);
}

/* ---- ZIP archives ---- */

static Slice find_zip(Slice content)
{
	size_t room = MIN(content.size, (size_t)ZIP_END_BYTES + ZIP_COMMENT_BYTES);
	Slice tail = slice_sub(content, content.size - room, room);
	size_t at = tail.size;
	guint32 size, offset;

	while (at-- > 0) {
		Slice end = slice_sub(tail, at, SIZE_MAX);

		if (end.size < ZIP_END_BYTES || end.data[0] != 'P' ||
			memcmp(end.data, ZIP_END_SIGNATURE, 4) != 0)
			continue;
		if (!slice_u32(end, 12, &size) || !slice_u32(end, 16, &offset))
			break;
		return slice_sub(content, offset, MIN(size, LIMIT_FILE_ZIP_BYTES));
	}
	return SLICE_EMPTY;
}

static Slice make_zip(const FileParts *parts)
{
	return slice_sub(parts->content, 0, 2).size == 2 && parts->content.data[0] == 'P' &&
			parts->content.data[1] == 'K'
		? find_zip(parts->content)
		: SLICE_EMPTY;
}

/* ---- all of them ---- */

gboolean file_parts_get(FileParts *parts, FilePart part, Slice *ret)
{
	if (!parts->is_made[part]) {
		parts->is_made[part] = TRUE;
		if (part == FILE_PART_HEAD)
			parts->parts[part] = parts->head;
		else if (part == FILE_PART_OLE)
			parts->parts[part] = make_ole(parts);
		else if (part == FILE_PART_ZIP)
			parts->parts[part] = make_zip(parts);
		else
			make_text(parts);
	}
	*ret = parts->parts[part];
	if (part == FILE_PART_TEXT)
		return parts->is_text;
	return part == FILE_PART_UTF16 ? parts->is_text && parts->is_utf16 : ret->size > 0;
}
