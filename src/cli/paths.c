/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/paths.h"

/*
 * In a build tree meson writes this file beside the program; it holds the path of content/ in the
 * source tree. It is never installed.
 */
#define BUILD_TREE_FILE "content-folder"

static char *read_build_tree(const char *folder, const char *worker)
{
	g_autofree char *file = g_build_filename(folder, BUILD_TREE_FILE, NULL);
	char *content = NULL;

	if (!g_file_test(worker, G_FILE_TEST_IS_EXECUTABLE))
		return NULL;
	if (!g_file_get_contents(file, &content, NULL, NULL)) /* then it is no build tree */
		return NULL;
	return g_strchomp(content);
}

Paths *paths_find(GError **error)
{
	g_autoptr(Paths) paths = g_new0(Paths, 1);
	g_autofree char *program = g_file_read_link("/proc/self/exe", error);
	g_autofree char *folder = NULL, *worker = NULL;

	if (!program)
		return NULL;
	folder = g_path_get_dirname(program);
	worker = g_canonicalize_filename("../worker/spoor-worker", folder);
	paths->content = read_build_tree(folder, worker);
	if (paths->content) {
		paths->worker = g_steal_pointer(&worker);
		paths->fetch = g_canonicalize_filename("../fetch/spoor-fetch", folder);
	} else {
		paths->worker = g_build_filename(SPOOR_LIBEXECDIR, "spoor-worker", NULL);
		paths->fetch = g_build_filename(SPOOR_LIBEXECDIR, "spoor-fetch", NULL);
		paths->content = g_build_filename(SPOOR_DATADIR, "spoor", "content", NULL);
	}
	paths->tables = g_build_filename(paths->content, "tables", NULL);
	paths->yara = g_build_filename(paths->content, "yara", NULL);
	paths->intel = g_build_filename(paths->content, "intel", NULL);
	paths->rules = g_build_filename(paths->content, "rules", NULL);
	return g_steal_pointer(&paths);
}

void paths_free(Paths *paths)
{
	if (!paths)
		return;
	g_free(paths->worker);
	g_free(paths->fetch);
	g_free(paths->content);
	g_free(paths->tables);
	g_free(paths->rules);
	g_free(paths->yara);
	g_free(paths->intel);
	g_free(paths);
}
