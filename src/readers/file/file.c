/* SPDX-License-Identifier: Apache-2.0 */
#include "readers/file/file.h"

#include "readers/file/digests.h"
#include "readers/file/file-bytes.h"
#include "readers/file/file-types.h"
#include "readers/file/pe.h"

typedef enum Column {
	LOG_FORMAT,
	LOG_NAME,
	FILE_NAME,
	FILE_PATH,
	EXTENSION,
	SIZE,
	MODIFIED,
	FILE_TYPE,
	ENTROPY,
	MD5,
	SHA1,
	SHA256,
	IMPHASH,
	COMPILE_TIME,
	COMPANY, /* and on, as PeVersionString */
	DESCRIPTION,
	FILE_VERSION,
	PRODUCT,
	ORIGINAL_FILE_NAME,
	INTERNAL_NAME,
	SIGNER,
	N_COLUMNS,
} Column;

static const struct {
	const char *name, *constant;
} columns[N_COLUMNS] = {
	[LOG_FORMAT] = { "LogFormat", "file" },
	[LOG_NAME] = { "LogName", "file" },
	[FILE_NAME] = { "FileName" },
	[FILE_PATH] = { "FilePath" },
	[EXTENSION] = { "Extension" },
	[SIZE] = { "Size" },
	[MODIFIED] = { "Modified" },
	[FILE_TYPE] = { "FileType" },
	[ENTROPY] = { "Entropy" },
	[MD5] = { "md5" },
	[SHA1] = { "sha1" },
	[SHA256] = { "sha256" },
	[IMPHASH] = { "Imphash" },
	[COMPILE_TIME] = { "CompileTime" },
	[COMPANY] = { "Company" },
	[DESCRIPTION] = { "Description" },
	[FILE_VERSION] = { "FileVersion" },
	[PRODUCT] = { "Product" },
	[ORIGINAL_FILE_NAME] = { "OriginalFileName" },
	[INTERNAL_NAME] = { "InternalName" },
	[SIGNER] = { "Signer" },
};

struct FileLibrary {
	Shape *shape;
	Digests *digests;
	FileBytes *bytes;
	FileTypes *types; /* NULL before the table came */
	/* What the values of the event at hand are parts of. */
	Value values[N_COLUMNS];
	char hashes[DIGEST_N_KINDS][DIGESTS_HEX_BYTES];
	char imphash[DIGESTS_HEX_BYTES];
	char modified[INSTANT_TEXT_BYTES], compiled[INSTANT_TEXT_BYTES];
	GString *extension, *imports, *signer;
	guint64 size;
	char entropy[G_ASCII_DTOSTR_BUF_SIZE];
};

FileLibrary *file_library_new(void)
{
	FileLibrary *library = g_new0(FileLibrary, 1);

	library->shape = shape_new("file");
	for (guint i = 0; i < N_COLUMNS; i++)
		(void)shape_add_column(library->shape, columns[i].name, columns[i].constant);
	library->digests = digests_new(FALSE);
	library->bytes = file_bytes_new();
	library->extension = g_string_new(NULL);
	library->imports = g_string_new(NULL);
	library->signer = g_string_new(NULL);
	return library;
}

void file_library_free(FileLibrary *library)
{
	if (!library)
		return;
	shape_free(library->shape);
	digests_free(library->digests);
	file_bytes_free(library->bytes);
	file_types_free(library->types);
	(void)g_string_free(library->extension, TRUE);
	(void)g_string_free(library->imports, TRUE);
	(void)g_string_free(library->signer, TRUE);
	g_free(library);
}

gboolean file_library_table(FileLibrary *library, const char *name, Slice text, GError **error)
{
	FileTypes *types;

	if (strcmp(name, FILE_TYPES_NAME) != 0)
		return TRUE;
	types = file_types_read(text, error);
	if (!types)
		return FALSE;
	file_types_free(library->types);
	library->types = types;
	return TRUE;
}

static void set_text(FileLibrary *library, Column column, const char *text)
{
	if (text && *text)
		library->values[column] =
			(Value){ .type = VALUE_UTF8, .bytes = slice_from_text(text) };
}

static void set_names(FileLibrary *library, const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	const char *dot = strrchr(name, '.');

	set_text(library, FILE_PATH, path);
	set_text(library, FILE_NAME, name);
	/* ".bashrc" is a name without extension; "x." has none. */
	if (!dot || dot == name || !dot[1])
		return;
	g_string_assign(library->extension, dot);
	g_string_ascii_down(library->extension);
	set_text(library, EXTENSION, library->extension->str);
}

static void set_hashes(FileLibrary *library, const FileInput *file)
{
	const char *sha256 = file->sha256;

	for (guint i = 0; i < DIGEST_N_KINDS && !file->names_alone; i++) {
		digests_end(library->digests, i, library->hashes[i]);
		set_text(library, MD5 + i, library->hashes[i]);
	}
	set_text(library, SHA256, sha256); /* where it was known */
}

static void set_numbers(FileLibrary *library, const FileInput *file)
{
	const Source *source = file->source;

	library->values[SIZE] = (Value){ .type = VALUE_UINT,
		.bytes = slice_make(&library->size, sizeof library->size) };
	if (!file->names_alone) {
		(void)g_ascii_formatd(library->entropy, sizeof library->entropy, "%.3f",
			digests_entropy(library->digests));
		library->values[ENTROPY] =
			(Value){ .type = VALUE_BARE, .bytes = slice_from_text(library->entropy) };
	}
	instant_format(source->modified ? source->modified : INSTANT_NONE, library->modified);
	set_text(library, MODIFIED, library->modified);
}

/* ---- executables ---- */

static void set_compile_time(FileLibrary *library, guint32 seconds)
{
	if (!seconds)
		return;
	instant_format(seconds * INSTANT_SECOND, library->compiled);
	set_text(library, COMPILE_TIME, library->compiled);
}

static void set_version(FileLibrary *library, const Slice strings[PE_N_VERSION_STRINGS])
{
	G_STATIC_ASSERT(COMPANY + PE_FILE_DESCRIPTION == DESCRIPTION);
	G_STATIC_ASSERT(COMPANY + PE_FILE_VERSION == FILE_VERSION);
	G_STATIC_ASSERT(COMPANY + PE_PRODUCT_NAME == PRODUCT);
	G_STATIC_ASSERT(COMPANY + PE_ORIGINAL_FILENAME == ORIGINAL_FILE_NAME);
	G_STATIC_ASSERT(COMPANY + PE_INTERNAL_NAME == INTERNAL_NAME);
	for (guint i = 0; i < PE_N_VERSION_STRINGS; i++) {
		if (strings[i].size)
			library->values[COMPANY + i] =
				(Value){ .type = VALUE_UTF16, .bytes = strings[i] };
	}
}

static void tell_limit(const ReaderReport *report, const char *what)
{
	g_autofree char *note = g_strdup_printf(
		"the program's %s are more than spoor looks at: what they say is left out, and "
		"was not judged",
		what);
	const Gap gap = { .kind = GAP_LIMIT, .note = note };

	report->gap(report->context, &gap);
}

/* Size alone must not hide what rules ask programs for. */
static void tell_unread(const ReaderReport *report)
{
	const Gap gap = { .kind = GAP_LIMIT,
		.note = "the program is larger than LIMIT_FILE_CONTENT_BYTES, or could not be "
			"mapped: what it says of itself is left out, and was not judged" };

	report->gap(report->context, &gap);
}

static void set_program(FileLibrary *library, const FileBytesRead *read, const ReaderReport *report)
{
	Slice strings[PE_N_VERSION_STRINGS] = { 0 };
	PeImage image;

	if (!pe_image_open(read->content.size ? read->content : read->head, &image))
		return;
	if (!read->content.size) {
		tell_unread(report);
		return;
	}
	g_string_truncate(library->imports, 0);
	g_string_truncate(library->signer, 0);
	set_compile_time(library, image.time_stamp);
	if (!pe_imports_append(&image, library->imports))
		tell_limit(report, "imports");
	if (!pe_version_strings(&image, strings))
		tell_limit(report, "resources");
	set_version(library, strings);
	if (library->imports->len) {
		digests_md5(library->digests,
			slice_make(library->imports->str, library->imports->len), library->imphash);
		set_text(library, IMPHASH, library->imphash);
	}
	pe_signer_append(&image, library->signer);
	set_text(library, SIGNER, library->signer->str);
}

/* ---- the event ---- */

static void tell_shrunk(const FileInput *file, guint64 size, const ReaderReport *report)
{
	g_autofree char *note =
		g_strdup_printf("the file shrank while it was read: %" G_GUINT64_FORMAT
				" bytes of %" G_GUINT64_FORMAT " were there",
			size, file->source->size);
	const Gap gap = {
		.kind = GAP_CHANGED, .offset = size, .size = file->source->size - size, .note = note
	};

	report->gap(report->context, &gap);
}

gboolean file_read(FileLibrary *library, const FileInput *file, const ReaderReport *report,
	Event *ret_event, GError **error)
{
	const Source *source = file->source;
	FileBytesRead read = { .size = source->size };

	digests_begin(library->digests, file->sha256 != NULL);
	if (!file->names_alone &&
		!file_bytes_read(library->bytes, source, library->digests, file->alive,
			file->context, &read, error))
		return FALSE;
	memset(library->values, 0, sizeof library->values);
	library->size = read.size;
	set_text(library, LOG_FORMAT, columns[LOG_FORMAT].constant);
	set_text(library, LOG_NAME, columns[LOG_NAME].constant);
	set_names(library, file->path);
	set_hashes(library, file);
	set_numbers(library, file);
	if (library->types)
		set_text(library, FILE_TYPE,
			file_types_find(library->types, read.head, read.content));
	set_program(library, &read, report);
	if (read.size < source->size)
		tell_shrunk(file, read.size, report);
	*ret_event = (Event){
		.shape = library->shape,
		.values = library->values,
		.time = source->modified ? source->modified : INSTANT_NONE,
		.origin = EVENT_IN_USE,
		.content = read.content,
		.place = file->place ? file->place : file->path,
	};
	return TRUE;
}
