/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Resources are a tree of three levels (type, name, language), so no loop in it can lead further
 * down than to the third. A directory has 16 bytes, at 12 the number of entries with names u16 and
 * of those with numbers u16, then each entry: number u32, offset from the tree's beginning u32,
 * its highest bit set for a directory. At the end of the way stands the address u32 and size u32
 * of the data.
 *
 * The version resource is a tree of blocks: size u16, value's size u16, type u16, key (UTF-16 up to
 * a NUL), then on a border of four bytes the value, then likewise the blocks inside:
 * VS_VERSION_INFO > StringFileInfo > one table for each language > strings. Sizes of values are
 * told in bytes or characters, as linkers like it, so a text ends at its NUL.
 */
#include "base/cursor.h"
#include "readers/file/pe.h"

#define TYPE_VERSION	   16
#define DIRECTORY_BYTES	   16
#define ENTRY_BYTES	   8
#define IS_DIRECTORY	   0x80000000u
#define BLOCK_HEADER_BYTES 6

static const char *const names[PE_N_VERSION_STRINGS] = {
	[PE_COMPANY_NAME] = "CompanyName",
	[PE_FILE_DESCRIPTION] = "FileDescription",
	[PE_FILE_VERSION] = "FileVersion",
	[PE_PRODUCT_NAME] = "ProductName",
	[PE_ORIGINAL_FILENAME] = "OriginalFilename",
	[PE_INTERNAL_NAME] = "InternalName",
};

/* ---- the tree of resources ---- */

typedef struct Tree {
	Slice bytes;
	guint n_entries; /* looked at so far */
} Tree;

/*
 * Looks in the directory at @at for the entry number @wanted, or for its first (-1). FALSE where
 * there is none, or LIMIT_PE_RESOURCES were looked at.
 */
static gboolean find_entry(Tree *tree, guint32 at, gint64 wanted, guint32 *ret)
{
	Cursor c = cursor_make(tree->bytes);
	guint16 n_named, n_numbered;
	guint32 number, offset;

	if (!cursor_seek(&c, at) || !cursor_skip(&c, DIRECTORY_BYTES - 4) ||
		!cursor_u16(&c, &n_named) || !cursor_u16(&c, &n_numbered))
		return FALSE;
	if (wanted >= 0 && !cursor_skip(&c, n_named * (size_t)ENTRY_BYTES))
		return FALSE;
	for (guint i = wanted >= 0 ? n_named : 0; i < (guint)n_named + n_numbered; i++) {
		if (++tree->n_entries > LIMIT_PE_RESOURCES || !cursor_u32(&c, &number) ||
			!cursor_u32(&c, &offset))
			return FALSE;
		if (wanted < 0 || number == wanted) {
			*ret = offset;
			return TRUE;
		}
	}
	return FALSE;
}

/* The version resource: the first of its names in the first of its languages. */
static Slice find_version(const PeImage *image, Tree *tree)
{
	static const gint64 wanted[] = { TYPE_VERSION, -1, -1 };
	guint32 at = IS_DIRECTORY, address, size;

	for (guint level = 0; level < G_N_ELEMENTS(wanted); level++) {
		if (!(at & IS_DIRECTORY) ||
			!find_entry(tree, at & ~IS_DIRECTORY, wanted[level], &at))
			return SLICE_EMPTY;
	}
	if (at & IS_DIRECTORY || !slice_u32(tree->bytes, at, &address) ||
		!slice_u32(tree->bytes, (size_t)at + 4, &size))
		return SLICE_EMPTY;
	return slice_sub(pe_image_at(image, address), 0, size);
}

/* ---- blocks ---- */

typedef struct Block {
	Slice key;  /* UTF-16LE */
	Slice rest; /* value and blocks inside */
	size_t value_bytes;
} Block;

/* Up to the NUL or the end of @bytes. */
static Slice wide_text(Slice bytes)
{
	Cursor c = cursor_make(bytes);
	guint16 unit;

	while (cursor_u16(&c, &unit)) {
		if (unit == 0)
			return slice_sub(bytes, 0, c.position - 2);
	}
	return slice_sub(bytes, 0, c.position);
}

static gboolean is_key(Slice key, const char *name)
{
	size_t size = strlen(name);

	if (key.size != 2 * size)
		return FALSE;
	for (size_t i = 0; i < size; i++) {
		if (key.data[2 * i] != (guint8)name[i] || key.data[2 * i + 1] != 0)
			return FALSE;
	}
	return TRUE;
}

static size_t align(size_t position)
{
	return (position + 3) & ~(size_t)3;
}

/*
 * The next of the blocks that stand in a row in @c's bytes, which begin on a border of four bytes;
 * FALSE at their end. Always moves on.
 */
static gboolean next_block(Cursor *c, Block *ret)
{
	Slice block;
	guint16 size, value_size;
	size_t key_end;

	if (!cursor_seek(c, align(c->position)) || !slice_u16(c->bytes, c->position, &size) ||
		size < BLOCK_HEADER_BYTES)
		return FALSE;
	block = slice_sub(c->bytes, c->position, size);
	if (!slice_u16(block, 2, &value_size))
		return FALSE;
	ret->key = wide_text(slice_sub(block, BLOCK_HEADER_BYTES, SIZE_MAX));
	key_end = BLOCK_HEADER_BYTES + ret->key.size + 2;
	ret->rest = slice_sub(block, align(key_end), SIZE_MAX);
	ret->value_bytes = value_size;
	return cursor_skip(c, block.size);
}

/* ---- the strings ---- */

static void take_string(const Block *block, Slice ret[PE_N_VERSION_STRINGS])
{
	for (guint i = 0; i < PE_N_VERSION_STRINGS; i++) {
		Slice text;

		if (ret[i].size || !is_key(block->key, names[i]))
			continue;
		text = wide_text(block->rest);
		if (text.size)
			ret[i] = text; /* of the first language that has it */
	}
}

static void take_tables(Slice tables, Slice ret[PE_N_VERSION_STRINGS])
{
	Cursor in_tables = cursor_make(tables);
	Block table, string;

	while (next_block(&in_tables, &table)) {
		Cursor in_strings = cursor_make(table.rest);

		while (next_block(&in_strings, &string))
			take_string(&string, ret);
	}
}

gboolean pe_version_strings(const PeImage *image, Slice ret[PE_N_VERSION_STRINGS])
{
	Tree tree = { .bytes = pe_image_at(image, image->directories[PE_RESOURCES].address) };
	Cursor whole, inside;
	Block version, info;

	if (!image->directories[PE_RESOURCES].address)
		return TRUE;
	whole = cursor_make(find_version(image, &tree));
	if (tree.n_entries > LIMIT_PE_RESOURCES)
		return FALSE;
	if (!next_block(&whole, &version) || !is_key(version.key, "VS_VERSION_INFO"))
		return TRUE;
	inside = cursor_make(version.rest);
	(void)cursor_skip(&inside, version.value_bytes); /* the numbers */
	while (next_block(&inside, &info)) {
		if (is_key(info.key, "StringFileInfo"))
			take_tables(info.rest, ret);
	}
	return TRUE;
}
