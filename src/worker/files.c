/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Folders are walked without following symbolic links to folders (they may loop); links to files
 * are followed as far as Landlock lets them be opened.
 */
#include "worker/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/limits.h"

void content_file_free(ContentFile *file)
{
	g_free(file->path);
	g_free(file->shown);
	g_free(file);
}

static void add_file(GPtrArray *files, const char *path, const char *shown)
{
	ContentFile *file = g_new(ContentFile, 1);

	*file = (ContentFile){ g_strdup(path), g_strdup(shown) };
	g_ptr_array_add(files, file);
}

/* The type is the first byte, the name follows: thousands of rules need not be asked for theirs. */
static char *make_entry(unsigned char type, const char *name)
{
	return g_strdup_printf("%c%s", type == DT_UNKNOWN ? '?' : type == DT_DIR ? '/' : '-', name);
}

static int compare_entries(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a + 1, *(const char *const *)b + 1);
}

/* Entries of folder @path, without hidden ones, in bytewise order of their names. */
static GPtrArray *list_folder(const char *path, GError **error)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	DIR *folder = opendir(path);
	struct dirent *entry;

	if (!folder) {
		spoor_error_from_errno(error, "%s", path);
		return NULL;
	}
	while ((entry = readdir(folder))) {
		if (entry->d_name[0] != '.')
			g_ptr_array_add(names, make_entry(entry->d_type, entry->d_name));
	}
	(void)closedir(folder); /* only read from */
	g_ptr_array_sort(names, compare_entries);
	return g_steal_pointer(&names);
}

static gboolean is_folder(const char *entry, const char *path)
{
	struct stat about;

	if (entry[0] != '?')
		return entry[0] == '/';
	return lstat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

static gboolean walk(
	GPtrArray *files, const char *folder, const char *below, guint depth, GError **error)
{
	g_autoptr(GPtrArray) names = NULL;

	if (depth > LIMIT_WALK_DEPTH) {
		g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_LIMIT,
			"%s: more than %d folders inside each other", folder, LIMIT_WALK_DEPTH);
		return FALSE;
	}
	names = list_folder(folder, error);
	if (!names)
		return FALSE;
	for (guint i = 0; i < names->len; i++) {
		const char *entry = names->pdata[i], *name = entry + 1;
		g_autofree char *path = g_build_filename(folder, name, NULL);
		g_autofree char *shown =
			*below ? g_strconcat(below, "/", name, NULL) : g_strdup(name);

		if (!is_folder(entry, path))
			add_file(files, path, shown);
		else if (!walk(files, path, shown, depth + 1, error))
			return FALSE;
	}
	return TRUE;
}

GPtrArray *content_files_find(const char *path, GError **error)
{
	g_autoptr(GPtrArray) files =
		g_ptr_array_new_with_free_func((GDestroyNotify)content_file_free);
	struct stat about;

	if (stat(path, &about) != 0) {
		spoor_error_from_errno(error, "%s", path);
		return NULL;
	}
	if (S_ISDIR(about.st_mode)) {
		if (!walk(files, path, "", 0, error))
			return NULL;
	} else {
		g_autofree char *name = g_path_get_basename(path);

		add_file(files, path, name);
	}
	return g_steal_pointer(&files);
}

/* Reads @size bytes and no more; a file that grows meanwhile is none of our business. */
static GBytes *read_all(int fd, const char *path, gsize size, GError **error)
{
	g_autofree guint8 *bytes = g_malloc(MAX(size, 1));
	gsize held = 0;

	while (held < size) {
		ssize_t n = read(fd, bytes + held, size - held);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			spoor_error_from_errno(error, "%s", path);
			return NULL;
		}
		if (n == 0)
			break;
		held += n;
	}
	return g_bytes_new_take(g_steal_pointer(&bytes), held);
}

static GBytes *read_regular(int fd, const char *path, GError **error)
{
	struct stat about;

	if (fstat(fd, &about) != 0) {
		spoor_error_from_errno(error, "%s", path);
		return NULL;
	}
	if (!S_ISREG(about.st_mode)) {
		g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_INPUT, "%s: not a regular file", path);
		return NULL;
	}
	if (about.st_size > LIMIT_RULE_FILE_BYTES) {
		g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_LIMIT,
			"%s: larger than the %u bytes a rule file may have", path,
			LIMIT_RULE_FILE_BYTES);
		return NULL;
	}
	return read_all(fd, path, about.st_size, error);
}

GBytes *content_file_read(const char *path, GError **error)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	GBytes *bytes;

	if (fd < 0) {
		spoor_error_from_errno(error, "%s", path);
		return NULL;
	}
	bytes = read_regular(fd, path, error);
	(void)close(fd); /* only read from */
	return bytes;
}
