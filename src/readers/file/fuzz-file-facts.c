/* SPDX-License-Identifier: Apache-2.0 */
/* Types and facts of programs on any bytes at all: the input is a file. */
#include "base/hash.h"
#include "base/text.h"
#include "readers/file/file-types.h"
#include "readers/file/pe.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

/* A row for each way in which the table can look at a file. */
static const char table[] = "0 & @60\t\"MZ\" & \"PE\" 00 00\tEXE\tprogram\n"
			    "0-300\t50 ?? 4B\tGaps\tgaps\n"
			    "ole\tu\"WordDocument\"\tOLE DOC\tdocument\n"
			    "zip\t\"word/document\"\tOffice DOCX\tdocument\n"
			    "utf-16\t\"<?xml\"\tXML\ttext\n"
			    "in-text & in-text\t\"<%\" & \"request(\"\tASP\tpage\n"
			    "text\t\tText\ttext\n";
static FileTypes *types;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	text_warm_up();
	hash_warm_up();
	types = file_types_read(slice_from_text(table), NULL);
	g_assert_nonnull(types);
	return 0;
}

static void read_program(Slice content)
{
	g_autoptr(GString) text = g_string_new(NULL);
	Slice strings[PE_N_VERSION_STRINGS] = { 0 };
	PeImage image;

	if (!pe_image_open(content, &image))
		return;
	(void)pe_imports_append(&image, text);
	(void)pe_version_strings(&image, strings);
	for (guint i = 0; i < PE_N_VERSION_STRINGS; i++)
		text_append_utf16(text, strings[i]);
	pe_signer_append(&image, text);
	g_assert_true(g_utf8_validate(text->str, (gssize)text->len, NULL));
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	Slice content = slice_make(data, size);

	(void)file_types_find(types, content, content);
	(void)file_types_find(types, content, SLICE_EMPTY); /* too large to be had whole */
	read_program(content);
	return 0;
}
