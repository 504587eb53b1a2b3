/* SPDX-License-Identifier: Apache-2.0 */
#include "engines/yara/externals.h"

void yara_externals_init(YaraExternals *externals)
{
	for (guint i = 0; i < YARA_N_EXTERNALS; i++)
		externals->texts[i] = g_string_new(NULL);
}

void yara_externals_clear(YaraExternals *externals)
{
	for (guint i = 0; i < YARA_N_EXTERNALS; i++)
		g_string_free(externals->texts[i], TRUE);
}

YaraColumns yara_columns_find(const Shape *shape)
{
	return (YaraColumns){
		.file_name = shape_find_column(shape, "FileName"),
		.file_path = shape_find_column(shape, "FilePath"),
		.extension = shape_find_column(shape, "Extension"),
		.file_type = shape_find_column(shape, "FileType"),
		.size = shape_find_column(shape, "Size"),
	};
}

/* ---- folders of Windows ---- */

/* Folders that lie at the root of a drive of Windows. */
static const char *const roots[] = { "windows", "users", "program files", "program files (x86)",
	"programdata", "inetpub", "perflogs", "$recycle.bin", "system volume information" };

static gboolean is_root(const char *name, gsize size)
{
	for (guint i = 0; i < G_N_ELEMENTS(roots); i++) {
		if (strlen(roots[i]) == size && g_ascii_strncasecmp(roots[i], name, size) == 0)
			return TRUE;
	}
	return FALSE;
}

/* The letter of the drive that folder @name stands for, or NUL; @next is what lies in it. */
static char drive_letter(const char *name, gsize size, const char *next)
{
	gsize end = size;

	if (end > 1 && name[end - 1] == ':')
		end -= 1;
	else if (end > 3 && g_ascii_strncasecmp(name + end - 3, "%3a", 3) == 0)
		end -= 3;
	else if (end != 1 || !is_root(next, strcspn(next, "/")))
		return 0;
	/* Velociraptor writes %5C%5C.%5CC%3A for \\.\C: */
	if (end != 1 && !(end > 3 && g_ascii_strncasecmp(name + end - 4, "%5c", 3) == 0))
		return 0;
	return g_ascii_isalpha(name[end - 1]) ? name[end - 1] : 0;
}

/* Makes of a folder below that of a drive what Windows calls it. */
static void name_as_windows(GString *folder)
{
	for (const char *at = folder->str; *at;) {
		gsize size = strcspn(at, "/");
		const char *next = at[size] ? at + size + 1 : at + size;
		char letter = drive_letter(at, size, next);

		if (letter) {
			g_string_erase(folder, 0, next - folder->str);
			g_string_prepend(folder, (const char[]){ letter, ':', '\\', '\0' });
			g_strdelimit(folder->str, "/", '\\');
			return;
		}
		at = next;
	}
}

/* ---- setting ---- */

static void set(GString *text, const Event *event, int column)
{
	g_string_truncate(text, 0);
	if (column >= 0)
		value_append_text(text, &event->values[column]);
}

void yara_externals_set(YaraExternals *externals, const YaraColumns *columns, const Event *event)
{
	GString *folder = externals->texts[YARA_FILEPATH];
	const char *slash;

	set(externals->texts[YARA_FILENAME], event, columns->file_name);
	set(folder, event, columns->file_path);
	slash = strrchr(folder->str, '/');
	/* That of a file at the root is the root itself. */
	g_string_truncate(folder, slash ? MAX((gsize)(slash - folder->str), 1) : 0);
	name_as_windows(folder);
	set(externals->texts[YARA_EXTENSION], event, columns->extension);
	g_string_ascii_down(externals->texts[YARA_EXTENSION]);
	set(externals->texts[YARA_FILETYPE], event, columns->file_type);
	if (!externals->texts[YARA_FILETYPE]->len)
		g_string_assign(externals->texts[YARA_FILETYPE], "UNKNOWN");
	for (guint i = 0; i < YARA_N_EXTERNALS; i++)
		externals->values[i] = externals->texts[i]->str;
}
