/* SPDX-License-Identifier: Apache-2.0 */
#include "coordinator/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/error.h"
#include "base/limits.h"

/* Where the walk is: one named folder. */
typedef struct Place {
	Walk *walk;
	int root;
	guint below; /* length of the named folder's path and the slash behind it */
	const volatile gint *interrupted;
} Place;

/* @path as valid UTF-8: bytes that are none become \xNN, so that different paths stay different. */
static char *show_path(const char *path)
{
	GString *shown;
	const char *end;

	if (g_utf8_validate(path, -1, &end))
		return g_strdup(path);
	shown = g_string_new(NULL);
	while (!g_utf8_validate(path, -1, &end)) {
		g_string_append_len(shown, path, end - path);
		g_string_append_printf(shown, "\\x%02X", (guint8)*end);
		path = end + 1;
	}
	g_string_append(shown, path);
	return g_string_free(shown, FALSE);
}

/* Where in @shown the path below the folder begins that all that was named lies in. */
static const char *find_place(const Walk *walk, const IntakeFile *file)
{
	g_autofree char *shown_place = NULL;

	if (strlen(file->path) <= walk->above)
		return file->shown;
	shown_place = show_path(file->path + walk->above);
	return file->shown + strlen(file->shown) - strlen(shown_place);
}

static IntakeFile *add_file(Walk *walk, const char *path, int root, guint below)
{
	IntakeFile *file = g_new0(IntakeFile, 1);

	file->path = g_strdup(path);
	file->shown = show_path(path);
	file->root = root;
	file->below = below;
	file->place = find_place(walk, file);
	file->problem_kind = GAP_UNREADABLE;
	g_ptr_array_add(walk->files, file);
	return file;
}

static const char *kind_of(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFLNK:
		return "a symbolic link, which is not followed";
	case S_IFIFO:
		return "a pipe, not a regular file";
	case S_IFSOCK:
		return "a socket, not a regular file";
	case S_IFBLK:
	case S_IFCHR:
		return "a device, not a regular file";
	default:
		return "not a regular file";
	}
}

int walk_open(int root, const char *path, int flags)
{
	struct open_how how = {
		.flags = (guint64)(flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY),
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS,
	};

	if (root == AT_FDCWD)
		return open(path, flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	return (int)syscall(SYS_openat2, root, *path ? path : ".", &how, sizeof how);
}

static void walk_folder(const Place *place, const char *path, guint depth);

static gboolean is_own(const Walk *walk, const struct stat *about)
{
	for (guint i = 0; walk->own_files && i < walk->own_files->len; i++) {
		const OwnFile *own = &g_array_index(walk->own_files, OwnFile, i);

		if (own->device == about->st_dev && own->inode == about->st_ino)
			return TRUE;
	}
	return FALSE;
}

static void walk_entry(
	const Place *place, int folder, const char *path, const char *name, guint depth)
{
	struct stat about;
	IntakeFile *file;

	if (fstatat(folder, name, &about, AT_SYMLINK_NOFOLLOW) != 0) {
		file = add_file(place->walk, path, place->root, place->below);
		file->problem = g_strdup(g_strerror(errno));
	} else if (S_ISDIR(about.st_mode)) {
		walk_folder(place, path, depth + 1);
	} else if (!is_own(place->walk, &about)) {
		file = add_file(place->walk, path, place->root, place->below);
		if (S_ISREG(about.st_mode))
			file->size = (guint64)about.st_size;
		else
			file->problem = g_strdup(kind_of(about.st_mode));
		/* What a link leads to is evidence only where it lies in the folder itself. */
		if (S_ISLNK(about.st_mode))
			file->problem_kind = GAP_UNSUPPORTED;
	}
}

static void add_problem(const Place *place, const char *path, const char *problem)
{
	add_file(place->walk, path, place->root, place->below)->problem = g_strdup(problem);
}

static void walk_folder(const Place *place, const char *path, guint depth)
{
	gboolean slash = g_str_has_suffix(path, "/");
	struct dirent *entry;
	DIR *folder;
	int fd;

	if (depth > LIMIT_WALK_DEPTH) {
		add_problem(place, path, "more folders inside each other than LIMIT_WALK_DEPTH");
		return;
	}
	fd = walk_open(place->root, strlen(path) > place->below ? path + place->below : "",
		O_RDONLY | O_DIRECTORY);
	folder = fd >= 0 ? fdopendir(fd) : NULL;
	if (!folder) {
		add_problem(place, path, g_strerror(errno));
		return;
	}
	while ((entry = readdir(folder)) && !g_atomic_int_get(place->interrupted)) {
		g_autofree char *inside = g_strconcat(path, slash ? "" : "/", entry->d_name, NULL);

		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			walk_entry(place, fd, inside, entry->d_name, depth);
	}
	(void)closedir(folder); /* only read from */
}

static gboolean walk_path(
	Walk *walk, const char *path, const volatile gint *interrupted, GError **error)
{
	struct stat about;
	Place place = { .walk = walk, .interrupted = interrupted };

	if (strcmp(path, WALK_STANDARD_INPUT) == 0) {
		IntakeFile *input = add_file(walk, path, AT_FDCWD, 0);

		input->named = input->is_input = TRUE;
		return TRUE;
	}
	/* What the user names is followed, as a user expects of a link of his own. */
	if (stat(path, &about) != 0)
		return spoor_error_from_errno(error, "%s", path);
	if (!S_ISDIR(about.st_mode)) {
		IntakeFile *file = add_file(walk, path, AT_FDCWD, 0);

		file->named = TRUE;
		if (S_ISREG(about.st_mode))
			file->size = (guint64)about.st_size;
		else
			file->problem = g_strdup(kind_of(about.st_mode));
		return TRUE;
	}
	place.root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (place.root < 0)
		return spoor_error_from_errno(error, "%s", path);
	g_array_append_val(walk->roots, place.root);
	place.below = (guint)strlen(path) + !g_str_has_suffix(path, "/");
	walk_folder(&place, path, 0);
	return TRUE;
}

static int compare_files(gconstpointer a, gconstpointer b)
{
	const IntakeFile *x = *(const IntakeFile *const *)a, *y = *(const IntakeFile *const *)b;
	int order = strcmp(x->path, y->path);

	/* Of a file both named and met in a walk, the named one is kept. */
	return order ? order : y->named - x->named;
}

static void drop_duplicates(GPtrArray *files)
{
	guint kept = 0;

	for (guint i = 0; i < files->len; i++) {
		IntakeFile *file = files->pdata[i];

		files->pdata[i] = NULL;
		if (kept && strcmp(((IntakeFile *)files->pdata[kept - 1])->path, file->path) == 0)
			intake_file_free(file);
		else
			files->pdata[kept++] = file;
	}
	g_ptr_array_set_free_func(files, NULL); /* the rest is NULL */
	g_ptr_array_set_size(files, (int)kept);
	g_ptr_array_set_free_func(files, intake_file_free);
}

/* ---- what all that is named has in common ---- */

/* The folder that is named, or that the named file lies in, with the slash at its end; or "". */
static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	struct stat about;

	if (stat(path, &about) == 0 && S_ISDIR(about.st_mode))
		return g_strconcat(path, slash && !slash[1] ? "" : "/", NULL);
	return g_strndup(path, slash ? (gsize)(slash + 1 - path) : 0);
}

/*
 * How much of each path names the folder that holds all of them. What is found in a file as a whole
 * goes by its path below that: two paths never have the same, and a folder may be mounted anywhere.
 */
static gsize find_above(const char *const *paths)
{
	g_autofree char *common = NULL;
	gsize n = 0;

	for (; *paths; paths++) {
		g_autofree char *folder = NULL;
		gsize same = 0;

		if (strcmp(*paths, WALK_STANDARD_INPUT) == 0)
			continue;
		folder = folder_of(*paths);
		if (!common) {
			n = strlen(folder);
			common = g_steal_pointer(&folder);
			continue;
		}
		for (gsize i = 0; i < n && folder[i] == common[i]; i++) {
			if (folder[i] == '/')
				same = i + 1;
		}
		n = same;
	}
	return n;
}

gboolean walk_paths(
	Walk *walk, const char *const *paths, const volatile gint *interrupted, GError **error)
{
	static const gint never = 0;

	walk->files = g_ptr_array_new_with_free_func(intake_file_free);
	walk->roots = g_array_new(FALSE, FALSE, sizeof(int));
	walk->above = find_above(paths);
	for (; *paths; paths++) {
		if (!walk_path(walk, *paths, interrupted ? interrupted : &never, error))
			return FALSE;
	}
	g_ptr_array_sort(walk->files, compare_files);
	drop_duplicates(walk->files);
	return TRUE;
}

void walk_clear(Walk *walk)
{
	g_clear_pointer(&walk->files, g_ptr_array_unref);
	for (guint i = 0; walk->roots && i < walk->roots->len; i++)
		(void)close(g_array_index(walk->roots, int, i)); /* only read from */
	g_clear_pointer(&walk->roots, g_array_unref);
}
