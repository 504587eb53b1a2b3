/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The import table is a row of descriptors of 20 bytes, one for each library, ended by zeros:
 * address of the names' table u32, 8 bytes, address of the library's name u32, address of the
 * addresses' table u32. A table is a row of u32 (PE32+: u64), ended by 0: with the highest bit set
 * it is an ordinal, else the address of a hint u16 and a name.
 *
 * The text for the import hash is that of pefile, down to what it passes over: names with
 * characters that no name has, and libraries of which one entry leads nowhere.
 */
#include "base/cursor.h"
#include "readers/file/pe.h"

#define DESCRIPTOR_BYTES 20
#define NAME_BYTES	 512 /* of a library or function; longer ones are cut, as pefile does */

typedef struct Imports {
	const PeImage *image;
	GString *text;
	guint n_functions;
	GString *library;  /* of the one at hand, in lower case */
	gsize stem;	   /* how much of it goes into the text */
	gboolean is_empty; /* nothing came into the text yet */
} Imports;

typedef enum Outcome {
	OUTCOME_DONE,
	OUTCOME_NOWHERE, /* an address leads nowhere */
	OUTCOME_LIMIT,
} Outcome;

/* A name up to its NUL, or as far as it goes. */
static Slice name_at(const PeImage *image, guint64 address)
{
	Slice name = slice_sub(pe_image_at(image, address), 0, NAME_BYTES);
	const guint8 *end = name.size ? memchr(name.data, '\0', name.size) : NULL;

	return end ? slice_sub(name, 0, (size_t)(end - name.data)) : name;
}

static gboolean is_made_of(Slice name, const char *others)
{
	for (size_t i = 0; i < name.size; i++) {
		guint8 c = name.data[i];

		if (!g_ascii_isalnum(c) && (c == '\0' || !strchr(others, c)))
			return FALSE;
	}
	return TRUE;
}

static void append_lower(GString *ret, Slice text)
{
	for (size_t i = 0; i < text.size; i++)
		g_string_append_c(ret, g_ascii_tolower((char)text.data[i]));
}

static void append_function(Imports *imports, Slice name)
{
	if (!imports->is_empty)
		g_string_append_c(imports->text, ',');
	imports->is_empty = FALSE;
	g_string_append_len(imports->text, imports->library->str, (gssize)imports->stem);
	g_string_append_c(imports->text, '.');
	append_lower(imports->text, name);
}

/* ---- one library ---- */

static void take_library(Imports *imports, Slice name)
{
	static const char *const endings[] = { ".ocx", ".sys", ".dll" };
	GString *library = imports->library;

	g_string_truncate(library, 0);
	if (is_made_of(name, "!#$%&'()-@^_`{}~+,.;=[]\\/"))
		append_lower(library, name);
	else
		g_string_append(library, "*invalid*"); /* pefile's word for it */
	imports->stem = library->len;
	for (guint i = 0; i < G_N_ELEMENTS(endings); i++) {
		if (g_str_has_suffix(library->str, endings[i]))
			imports->stem = library->len - strlen(endings[i]);
	}
}

static void take_ordinal(Imports *imports, guint16 ordinal)
{
	const char *name = pe_ordinal_name(imports->library->str, ordinal);
	char number[16];

	if (ordinal == 0)
		return;
	g_snprintf(number, sizeof number, "ord%u", ordinal);
	append_function(imports, slice_from_text(name ? name : number));
}

/* FALSE where the entry leads nowhere. */
static gboolean take_entry(Imports *imports, guint64 entry, guint64 by_ordinal)
{
	Slice name;

	if (entry & by_ordinal) {
		take_ordinal(imports, (guint16)entry);
		return TRUE;
	}
	if (pe_image_at(imports->image, entry).size < 2)
		return FALSE;
	name = name_at(imports->image, entry + 2);
	if (name.size && is_made_of(name, "._?@$()<>"))
		append_function(imports, name);
	return TRUE;
}

static Outcome take_table(Imports *imports, guint64 address)
{
	gboolean is_64_bit = imports->image->is_64_bit;
	guint64 by_ordinal = is_64_bit ? G_GUINT64_CONSTANT(1) << 63 : 1u << 31;
	Cursor c = cursor_make(pe_image_at(imports->image, address));

	for (;;) {
		guint64 entry = 0;
		guint32 narrow = 0;

		if (is_64_bit ? !cursor_u64(&c, &entry) : !cursor_u32(&c, &narrow))
			return OUTCOME_NOWHERE;
		entry |= narrow;
		if (entry == 0)
			return OUTCOME_DONE;
		if (++imports->n_functions > LIMIT_PE_IMPORTS ||
			imports->text->len > LIMIT_PE_IMPORT_TEXT_BYTES)
			return OUTCOME_LIMIT;
		if (!take_entry(imports, entry, by_ordinal))
			return OUTCOME_NOWHERE;
	}
}

/* Forgets what came of a table that turned out to be none. */
static Outcome try_table(Imports *imports, guint32 address)
{
	gsize before = imports->text->len;
	gboolean was_empty = imports->is_empty;
	Outcome outcome = address ? take_table(imports, address) : OUTCOME_NOWHERE;

	if (outcome != OUTCOME_DONE) {
		g_string_truncate(imports->text, before);
		imports->is_empty = was_empty;
	}
	return outcome;
}

/* ---- all of them ---- */

/* By the names' table; where there is none, or nothing in it, by that of addresses. */
static Outcome take_descriptor(Imports *imports, guint32 names, guint32 library, guint32 addresses)
{
	gsize before = imports->text->len;
	Outcome outcome;

	take_library(imports, name_at(imports->image, library));
	if (imports->library->len == 0)
		return OUTCOME_DONE;
	outcome = try_table(imports, names);
	if (outcome != OUTCOME_LIMIT && imports->text->len == before)
		outcome = try_table(imports, addresses);
	return outcome;
}

static gboolean take_all(Imports *imports)
{
	Slice table = pe_image_at(imports->image, imports->image->directories[PE_IMPORTS].address);
	Cursor c = cursor_make(table);

	for (guint i = 0;; i++) {
		guint32 names = 0, time = 0, forwarder = 0, library = 0, addresses = 0;

		if (cursor_remaining(&c) < DESCRIPTOR_BYTES)
			return TRUE;
		(void)cursor_u32(&c, &names); /* the size is checked above */
		(void)cursor_u32(&c, &time);
		(void)cursor_u32(&c, &forwarder);
		(void)cursor_u32(&c, &library);
		(void)cursor_u32(&c, &addresses);
		if (!(names | time | forwarder | library | addresses))
			return TRUE;
		if (i >= LIMIT_PE_LIBRARIES)
			return FALSE;
		if (take_descriptor(imports, names, library, addresses) == OUTCOME_LIMIT)
			return FALSE;
	}
}

gboolean pe_imports_append(const PeImage *image, GString *ret)
{
	g_autoptr(GString) library = g_string_new(NULL);
	g_autoptr(GString) text = g_string_new(NULL);
	Imports imports = { .image = image, .text = text, .library = library, .is_empty = TRUE };

	if (!image->directories[PE_IMPORTS].address)
		return TRUE;
	if (!take_all(&imports))
		return FALSE;
	g_string_append_len(ret, text->str, (gssize)text->len);
	return TRUE;
}
