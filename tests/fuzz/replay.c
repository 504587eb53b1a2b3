/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a fuzz target over its corpus without a fuzz engine, so that every fuzz target is also a
 * test: once over each file of the folders named, and (for files up to 4 KiB) over each of their
 * prefixes.
 */
#include <glib.h>
#include <glib/gstdio.h>
#include <stdio.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

/* A target without set-up of its own. */
__attribute__((weak)) int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	return 0;
}

#define PREFIX_BYTES 4096

static guint replay_file(const char *path)
{
	g_autofree char *content = NULL;
	gsize size;

	if (!g_file_get_contents(path, &content, &size, NULL))
		return 0;
	/* Copies of the exact size, so that a sanitizer sees each read behind the end. */
	for (gsize length = size <= PREFIX_BYTES ? 0 : size; length <= size; length++) {
		g_autofree guint8 *copy = g_memdup2(content, MAX(length, 1));

		(void)LLVMFuzzerTestOneInput(copy, length);
	}
	return 1;
}

static guint replay(const char *path)
{
	guint n_files = 0;
	g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);

	if (!dir)
		return replay_file(path);
	for (const char *name; (name = g_dir_read_name(dir));) {
		g_autofree char *inner = g_build_filename(path, name, NULL);

		n_files += replay(inner);
	}
	return n_files;
}

int main(int argc, char **argv)
{
	guint n_files = 0;

	(void)LLVMFuzzerInitialize(&argc, &argv);
	for (int i = 1; i < argc; i++)
		n_files += replay(argv[i]);
	printf("replayed %u files\n", n_files);
	return n_files > 0 ? 0 : 1; /* an empty corpus tests nothing */
}
