/* SPDX-License-Identifier: Apache-2.0 */
/*
 * File names and paths, registry keys and pipes.
 *
 * Each is brought into one form of writing first (one "\" between parts), then what says nothing
 * is cut off at its start until nothing more can be: so that the normal form of a normal form is
 * itself.
 */
#include "intel/normal-private.h"

#include "intel/words.h"

#define VARIABLE_BYTES 64 /* of the longest name between % and % that is looked for */

static gboolean is_edge(guint8 c)
{
	return c == ' ' || c == '\t' || c == '"' || c == '\\';
}

/* @s without blanks, quotes and separators at both ends. */
static Slice trim_edges(Slice s)
{
	while (s.size > 0 && is_edge(s.data[s.size - 1]))
		s.size--;
	while (s.size > 0 && is_edge(s.data[0]))
		s = slice_sub(s, 1, s.size - 1);
	return s;
}

static gboolean has_control(Slice text)
{
	for (gsize i = 0; i < text.size; i++) {
		if (text.data[i] < ' ' || text.data[i] == 0x7f)
			return TRUE;
	}
	return FALSE;
}

/* @text with one "\" for each run of separators. */
static GString *with_one_separator(Slice text, gboolean is_slash_too)
{
	GString *made = g_string_sized_new(text.size);

	for (gsize i = 0; i < text.size; i++) {
		char c = (char)text.data[i];

		if (is_slash_too && c == '/')
			c = '\\';
		if (c != '\\' || made->len == 0 || made->str[made->len - 1] != '\\')
			g_string_append_c(made, c);
	}
	return made;
}

/* ---- files ---- */

const char *normal_append_file_name(GString *ret, Slice text)
{
	while (text.size > 0 && is_edge(text.data[0]) && text.data[0] != '\\')
		text = words_from(text, 1);
	while (text.size > 0 && is_edge(text.data[text.size - 1]) &&
		text.data[text.size - 1] != '\\')
		text.size--;
	if (text.size == 0)
		return "is empty";
	if (has_control(text))
		return "has a control character";
	if (words_find(text, 0, '\\') < text.size || words_find(text, 0, '/') < text.size)
		return "is a path, not a file's name";
	words_append(ret, text);
	return NULL;
}

/* "X:" before a separator or the end. */
static gsize drive_size(Slice s)
{
	if (s.size >= 2 && g_ascii_isalpha(s.data[0]) && s.data[1] == ':' &&
		(s.size == 2 || s.data[2] == '\\'))
		return 2;
	return 0;
}

/* "%TEMP%", "$env:TEMP" and "~" before a separator. */
static gsize variable_size(Slice s)
{
	Slice first = slice_sub(s, 0, MIN(words_find(s, 0, '\\'), VARIABLE_BYTES));

	if (first.size == 0 || first.size == s.size || s.data[first.size] != '\\')
		return 0;
	if (words_equal(first, "~") || words_equal(first, ".") || words_equal(first, "?"))
		return 1;
	if (words_has_prefix(first, "$env:"))
		return first.size;
	if (first.size > 2 && first.data[0] == '%' && words_find(first, 1, '%') == first.size - 1)
		return first.size;
	return 0;
}

/* "Device\HarddiskVolume3", by which the kernel names a drive. */
static gsize device_size(Slice s)
{
	static const char prefix[] = "device\\harddiskvolume";
	gsize size = strlen(prefix);

	if (!words_has_prefix(s, prefix))
		return 0;
	while (size < s.size && g_ascii_isdigit(s.data[size]))
		size++;
	return size < s.size && s.data[size] == '\\' ? size : 0;
}

const char *normal_append_file_path(GString *ret, Slice text)
{
	g_autoptr(GString) made = NULL;
	Slice path;

	if (has_control(words_trim(text)))
		return "has a control character";
	made = with_one_separator(text, TRUE);
	path = words_trim(slice_make(made->str, made->len));
	for (gsize cut = 1; cut > 0;) {
		path = trim_edges(path);
		cut = drive_size(path);
		if (cut == 0)
			cut = variable_size(path);
		if (cut == 0)
			cut = device_size(path);
		path = words_from(path, cut);
	}
	if (path.size == 0)
		return "names no file";
	words_append(ret, path);
	return NULL;
}

/* ---- registry ---- */

static const struct {
	const char *name, *short_name;
} hives[] = {
	{ "HKEY_LOCAL_MACHINE", "HKLM" },
	{ "HKEY_CURRENT_USER", "HKCU" },
	{ "HKEY_USERS", "HKU" },
	{ "HKEY_CLASSES_ROOT", "HKCR" },
	{ "HKEY_CURRENT_CONFIG", "HKCC" },
	{ "HKLM", "HKLM" },
	{ "HKCU", "HKCU" },
	{ "HKU", "HKU" },
	{ "HKCR", "HKCR" },
	{ "HKCC", "HKCC" },
	{ "REGISTRY\\MACHINE", "HKLM" },
	{ "REGISTRY\\USER", "HKU" },
};

/* The hive that @key begins with, and how long it is written; NULL where none. */
static const char *find_hive(Slice key, gsize *ret_size)
{
	for (guint i = 0; i < G_N_ELEMENTS(hives); i++) {
		gsize size = strlen(hives[i].name);

		if (!words_has_prefix(key, hives[i].name))
			continue;
		if (size < key.size && key.data[size] == ':') /* PowerShell's drives */
			size++;
		if (size < key.size && key.data[size] != '\\')
			continue;
		*ret_size = size;
		return hives[i].short_name;
	}
	return NULL;
}

static gboolean is_control_set(Slice part)
{
	return part.size == 13 && words_has_prefix(part, "ControlSet") &&
		g_ascii_isdigit(part.data[10]) && g_ascii_isdigit(part.data[11]) &&
		g_ascii_isdigit(part.data[12]);
}

/* The parts of @rest, ControlSet00n under its lasting name. */
static void append_key_parts(GString *ret, Slice rest)
{
	Slice part;

	for (gboolean is_first = TRUE; words_next_part(&rest, '\\', &part); is_first = FALSE) {
		if (!is_first)
			g_string_append_c(ret, '\\');
		if (is_control_set(part))
			g_string_append(ret, "CurrentControlSet");
		else
			words_append(ret, part);
	}
}

const char *normal_append_registry_key(GString *ret, Slice text)
{
	g_autoptr(GString) made = NULL;
	const char *hive;
	gsize size = 0;
	Slice key;

	if (has_control(words_trim(text)))
		return "has a control character";
	made = with_one_separator(text, FALSE);
	key = trim_edges(words_trim(slice_make(made->str, made->len)));
	while (words_has_prefix(key, "Computer\\"))
		key = trim_edges(words_from(key, strlen("Computer\\")));
	hive = find_hive(key, &size);
	key = words_from(key, hive ? size + 1 : 0);
	if (hive)
		key = trim_edges(key);
	if (key.size == 0)
		return hive ? "names a hive alone" : "is empty";
	if (hive) {
		g_string_append(ret, hive);
		g_string_append_c(ret, '\\');
	}
	append_key_parts(ret, key);
	return NULL;
}

/* ---- pipes ---- */

const char *normal_append_pipe(GString *ret, Slice text)
{
	static const char *const prefixes[] = { ".\\pipe", "?\\pipe", "pipe", "Device\\NamedPipe" };
	g_autoptr(GString) made = NULL;
	Slice name;

	if (has_control(words_trim(text)))
		return "has a control character";
	made = with_one_separator(text, FALSE);
	name = words_trim(slice_make(made->str, made->len));
	for (gboolean is_cut = TRUE; is_cut;) {
		is_cut = FALSE;
		name = trim_edges(name);
		for (guint i = 0; i < G_N_ELEMENTS(prefixes) && !is_cut; i++) {
			gsize size = strlen(prefixes[i]);

			is_cut = words_has_prefix(name, prefixes[i]) &&
				(name.size == size || name.data[size] == '\\');
			if (is_cut)
				name = words_from(name, size);
		}
	}
	if (name.size == 0)
		return "names no pipe";
	words_append(ret, name);
	return NULL;
}
