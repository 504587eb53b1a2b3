/* SPDX-License-Identifier: Apache-2.0 */
#include "pe-writer.h"

#include <string.h>

#define SECTOR	   0x200u
#define PAGE	   0x1000u
#define N_SECTIONS 2

/* ---- bytes ---- */

static void put(GByteArray *out, guint64 number, guint n_bytes)
{
	for (guint i = 0; i < n_bytes; i++) {
		guint8 byte = (guint8)(number >> (8 * i));

		g_byte_array_append(out, &byte, 1);
	}
}

static void put_at(GByteArray *out, guint at, guint64 number, guint n_bytes)
{
	for (guint i = 0; i < n_bytes; i++)
		out->data[at + i] = (guint8)(number >> (8 * i));
}

static void fill(GByteArray *out, guint to)
{
	while (out->len < to)
		put(out, 0, 1);
}

static guint align(guint at, guint to)
{
	return (at + to - 1) / to * to;
}

static void put_text(GByteArray *out, const char *text)
{
	g_byte_array_append(out, (const guint8 *)text, (guint)strlen(text) + 1);
}

static void put_wide(GByteArray *out, const char *text)
{
	for (; *text; text++)
		put(out, (guint8)*text, 2);
	put(out, 0, 2);
}

/* ---- imports ---- */

/* A table of one library at the end of @out; returns its address. */
static guint32 put_table(GByteArray *out, const PePlan *plan, const guint64 *entries, guint n)
{
	guint32 address = PE_WRITER_IMPORTS_ADDRESS + out->len;

	for (guint i = 0; i < n; i++)
		put(out, entries[i], plan->is_64_bit ? 8 : 4);
	put(out, 0, plan->is_64_bit ? 8 : 4);
	return address;
}

static void put_library(GByteArray *out, const PePlan *plan, guint number)
{
	const PeLibrary *library = &plan->libraries[number];
	guint n = g_strv_length((char **)library->functions), at = 20 * number;
	g_autofree guint64 *entries = g_new0(guint64, n + 1);

	put_at(out, at + 12, PE_WRITER_IMPORTS_ADDRESS + out->len, 4);
	put_text(out, library->name);
	for (guint i = 0; i < n; i++) {
		const char *name = library->functions[i];

		if (*name == '#') {
			entries[i] = g_ascii_strtoull(name + 1, NULL, 10) |
				G_GUINT64_CONSTANT(1) << (plan->is_64_bit ? 63 : 31);
			continue;
		}
		entries[i] = PE_WRITER_IMPORTS_ADDRESS + out->len;
		put(out, i, 2); /* the hint */
		put_text(out, name);
	}
	fill(out, align(out->len, 8));
	if (!library->has_no_names)
		put_at(out, at, put_table(out, plan, entries, n), 4);
	put_at(out, at + 16, put_table(out, plan, entries, n), 4);
}

static GByteArray *make_imports(const PePlan *plan)
{
	GByteArray *out = g_byte_array_new();

	fill(out, 20 * (plan->n_libraries + 1));
	for (guint i = 0; i < plan->n_libraries; i++)
		put_library(out, plan, i);
	return out;
}

/* ---- resources ---- */

/* Begins a block; its size is put by end_block(). */
static guint begin_block(GByteArray *out, const char *key, guint value_size, guint type)
{
	guint at;

	fill(out, align(out->len, 4));
	at = out->len;
	put(out, 0, 2);
	put(out, value_size, 2);
	put(out, type, 2);
	put_wide(out, key);
	fill(out, align(out->len, 4));
	return at;
}

static void end_block(GByteArray *out, guint at)
{
	put_at(out, at, out->len - at, 2);
}

static void put_version(GByteArray *out, const char *const *strings)
{
	guint version = begin_block(out, "VS_VERSION_INFO", 52, 0), info, table;

	put(out, 0xFEEF04BD, 4);
	fill(out, out->len + 48);
	info = begin_block(out, "StringFileInfo", 0, 1);
	table = begin_block(out, "040904b0", 0, 1);
	for (; strings[0]; strings += 2) {
		guint string = begin_block(out, strings[0], (guint)strlen(strings[1]) + 1, 1);

		put_wide(out, strings[1]);
		end_block(out, string);
	}
	end_block(out, table);
	end_block(out, info);
	end_block(out, version);
}

static void put_directory(GByteArray *out, guint32 number, guint32 offset)
{
	fill(out, out->len + 12);
	put(out, 0, 2);
	put(out, 1, 2);
	put(out, number, 4);
	put(out, offset, 4);
}

/* Three directories of 24 bytes, the entry for the data, the data. */
static GByteArray *make_resources(const PePlan *plan, guint32 address)
{
	GByteArray *out = g_byte_array_new();

	put_directory(out, 16, 0x80000000u | 24);
	put_directory(out, 1, 0x80000000u | 48);
	put_directory(out, 0x409, 72);
	put(out, address + 88, 4);
	put(out, 0, 4); /* the size, see below */
	put(out, 0, 8);
	put_version(out, plan->strings);
	put_at(out, 76, out->len - 88, 4);
	return out;
}

/* ---- headers ---- */

static void put_optional_header(GByteArray *out, const PePlan *plan, guint32 resources,
	guint32 size, guint32 signature, guint32 signature_size)
{
	guint begin = out->len;

	put(out, plan->is_64_bit ? 0x20B : 0x10B, 2);
	fill(out, begin + (plan->is_64_bit ? 24 : 28));
	put(out, 0x400000, plan->is_64_bit ? 8 : 4);
	put(out, PAGE, 4);
	put(out, SECTOR, 4);
	fill(out, begin + 56);
	put(out, resources ? resources + align(size, PAGE) : 2 * PAGE, 4); /* size of the image */
	put(out, PE_WRITER_IMPORTS, 4);					   /* of its headers */
	fill(out, begin + (plan->is_64_bit ? 108 : 92));
	put(out, 16, 4);
	put(out, 0, 8);
	put(out, plan->n_libraries ? PE_WRITER_IMPORTS_ADDRESS : 0, 4);
	put(out, plan->n_libraries ? 20 * (plan->n_libraries + 1) : 0, 4);
	put(out, resources, 4);
	put(out, resources ? size : 0, 4);
	put(out, 0, 8);
	put(out, signature, 4);
	put(out, signature_size, 4);
	fill(out, begin + (plan->is_64_bit ? 108 : 92) + 4 + 16 * 8);
}

static void put_section(
	GByteArray *out, const char *name, guint32 address, guint32 offset, guint32 size)
{
	guint begin = out->len;

	put_text(out, name);
	fill(out, begin + 8);
	put(out, size, 4);
	put(out, address, 4);
	put(out, align(size, SECTOR), 4);
	put(out, offset, 4);
	fill(out, begin + 36);
	put(out, 0x40000040, 4); /* data that can be read, nothing that can be run */
}

static void put_signature(GByteArray *out, const PePlan *plan)
{
	put(out, plan->signature_bytes + 8, 4);
	put(out, 0x200, 2);
	put(out, 2, 2);
	g_byte_array_append(out, plan->signature, (guint)plan->signature_bytes);
	fill(out, align(out->len, 8));
}

WrittenPe pe_write(const PePlan *plan)
{
	g_autoptr(GByteArray) imports = make_imports(plan);
	guint32 address = PE_WRITER_IMPORTS_ADDRESS + align(imports->len, PAGE);
	guint32 offset = PE_WRITER_IMPORTS + align(imports->len, SECTOR);
	g_autoptr(GByteArray) resources =
		plan->strings ? make_resources(plan, address) : g_byte_array_new();
	guint32 end = offset + align(resources->len, SECTOR);
	GByteArray *out = g_byte_array_new();

	g_byte_array_append(out, (const guint8 *)"MZ", 2);
	fill(out, 0x3C);
	put(out, PE_WRITER_HEADER, 4);
	fill(out, PE_WRITER_HEADER);
	put(out, 'P' | 'E' << 8, 4);
	put(out, plan->is_64_bit ? 0x8664 : 0x14C, 2);
	put(out, N_SECTIONS, 2);
	put(out, plan->time_stamp, 4);
	put(out, 0, 8);
	put(out, (plan->is_64_bit ? 112 : 96) + 16 * 8, 2);
	put(out, 0x2002, 2); /* a library that can be loaded */
	put_optional_header(out, plan, plan->strings ? address : 0, resources->len,
		plan->signature ? end : 0,
		plan->signature ? align((guint)plan->signature_bytes + 8, 8) : 0);
	put_section(out, ".idata", PE_WRITER_IMPORTS_ADDRESS, PE_WRITER_IMPORTS, imports->len);
	put_section(out, ".rsrc", address, offset, resources->len);
	fill(out, PE_WRITER_IMPORTS);
	g_byte_array_append(out, imports->data, imports->len);
	fill(out, offset);
	g_byte_array_append(out, resources->data, resources->len);
	fill(out, end);
	if (plan->signature)
		put_signature(out, plan);
	return (WrittenPe){ out, offset };
}
