/* SPDX-License-Identifier: Apache-2.0 */
/*
 *	at                     what
 *	0                      "MZ"; at 0x3C the offset of the PE header
 *	PE header              "PE\0\0", machine u16, n_sections u16, time u32, 8 bytes,
 *	                       size of optional header u16, flags u16
 *	optional header        0x10B (PE32) or 0x20B (PE32+) u16; at 32 section alignment u32,
 *	                       file alignment u32; at 92 or 108 n_directories u32, then each
 *	                       address u32, size u32
 *	behind it              sections of 40 bytes: name 8, virtual size u32, address u32,
 *	                       size u32, offset u32, 16 bytes
 */
#include "base/cursor.h"
#include "readers/file/pe.h"

#define MAGIC_PE32	     0x10B
#define MAGIC_PE32_PLUS	     0x20B
#define FILE_HEADER_BYTES    20
#define PAGE_BYTES	     0x1000
#define SECTOR_BYTES	     0x200
#define SECTION_HEADER_BYTES 40

/* Where the directories stand among all sixteen. */
static const guint8 directory_numbers[PE_N_DIRECTORIES] = {
	[PE_IMPORTS] = 1,
	[PE_RESOURCES] = 2,
	[PE_CERTIFICATES] = 4,
};

/* An offset in the file as the loader takes it: in sectors, where alignment is not finer. */
static guint32 align_offset(const PeImage *image, guint32 offset)
{
	return image->file_alignment < SECTOR_BYTES ? offset : offset - offset % SECTOR_BYTES;
}

static guint32 align_address(const PeImage *image, guint32 address)
{
	guint32 alignment = image->section_alignment < PAGE_BYTES ? image->file_alignment
								  : image->section_alignment;

	return alignment ? address - address % alignment : address;
}

/* ---- headers ---- */

static gboolean read_directories(PeImage *image, size_t optional)
{
	size_t at = optional + (image->is_64_bit ? 108 : 92);
	guint32 n;

	if (!slice_u32(image->bytes, at, &n))
		return FALSE;
	for (guint i = 0; i < PE_N_DIRECTORIES; i++) {
		size_t entry = at + 4 + 8 * (size_t)directory_numbers[i];
		PeRange range;

		if (directory_numbers[i] < n && slice_u32(image->bytes, entry, &range.address) &&
			slice_u32(image->bytes, entry + 4, &range.size))
			image->directories[i] = range;
	}
	return TRUE;
}

static gboolean read_section(const PeImage *image, size_t at, PeSection *ret)
{
	Cursor c = cursor_make(image->bytes);

	return cursor_seek(&c, at) && cursor_skip(&c, 8) && cursor_u32(&c, &ret->virtual_size) &&
		cursor_u32(&c, &ret->address) && cursor_u32(&c, &ret->size) &&
		cursor_u32(&c, &ret->offset);
}

/* Keeps sections in order of address, equal ones in that of the file. */
static void add_section(PeImage *image, const PeSection *section)
{
	guint at = image->n_sections++;

	for (; at > 0 && image->sections[at - 1].address > section->address; at--)
		image->sections[at] = image->sections[at - 1];
	image->sections[at] = *section;
}

/* Which addresses lead to a section: its own, as far as the next one does not begin. */
static void reckon_section(const PeImage *image, PeSection *section, const PeSection *next)
{
	guint64 offset = align_offset(image, section->offset);
	guint64 size = MAX(section->size, section->virtual_size);

	/* It says to have more bytes than the file has. */
	if (image->bytes.size < offset || image->bytes.size - offset < section->size)
		size = section->virtual_size;
	section->first = align_address(image, section->address);
	section->end = section->first + size;
	if (next && next->address > section->address)
		section->end = MIN(section->end, next->address);
}

static void read_sections(PeImage *image, size_t at, guint n)
{
	PeSection section;

	for (guint i = 0; i < MIN(n, LIMIT_PE_SECTIONS); i++) {
		if (!read_section(image, at + i * (size_t)SECTION_HEADER_BYTES, &section))
			break;
		add_section(image, &section);
	}
	for (guint i = 0; i < image->n_sections; i++)
		reckon_section(image, &image->sections[i],
			i + 1 < image->n_sections ? &image->sections[i + 1] : NULL);
}

/* Most files are no images: they are told by few bytes. */
static gboolean find_header(Slice bytes, guint32 *ret)
{
	guint16 dos;
	guint32 signature;

	return slice_u16(bytes, 0, &dos) && dos == ('M' | 'Z' << 8) &&
		slice_u32(bytes, 0x3C, ret) && slice_u32(bytes, *ret, &signature) &&
		signature == ('P' | 'E' << 8);
}

static gboolean read_headers(PeImage *image, size_t header)
{
	size_t optional = header + 4 + FILE_HEADER_BYTES;
	guint16 n_sections, optional_size, magic;

	if (!slice_u16(image->bytes, header + 6, &n_sections) ||
		!slice_u32(image->bytes, header + 8, &image->time_stamp) ||
		!slice_u16(image->bytes, header + 20, &optional_size) ||
		!slice_u16(image->bytes, optional, &magic) ||
		(magic != MAGIC_PE32 && magic != MAGIC_PE32_PLUS) ||
		!slice_u32(image->bytes, optional + 32, &image->section_alignment) ||
		!slice_u32(image->bytes, optional + 36, &image->file_alignment))
		return FALSE;
	image->is_64_bit = magic == MAGIC_PE32_PLUS;
	if (!read_directories(image, optional))
		return FALSE;
	read_sections(image, optional + optional_size, n_sections);
	return TRUE;
}

gboolean pe_image_open(Slice bytes, PeImage *ret)
{
	guint32 header;

	if (!find_header(bytes, &header))
		return FALSE;
	*ret = (PeImage){ .bytes = bytes };
	return read_headers(ret, header);
}

/* ---- addresses ---- */

Slice pe_image_at(const PeImage *image, guint64 address)
{
	for (guint i = 0; i < image->n_sections; i++) {
		const PeSection *section = &image->sections[i];
		guint64 offset, end;

		if (address < section->first || address >= section->end)
			continue;
		offset = address - section->first + align_offset(image, section->offset);
		end = MIN((guint64)section->offset + section->size, image->bytes.size);
		return offset < end ? slice_sub(image->bytes, offset, end - offset) : SLICE_EMPTY;
	}
	/* Headers, and what belongs to no section, is loaded as it stands in the file. */
	return address < image->bytes.size ? slice_sub(image->bytes, address, SIZE_MAX)
					   : SLICE_EMPTY;
}
