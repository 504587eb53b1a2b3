/* SPDX-License-Identifier: Apache-2.0 */
/*
 * file-dump FILE…: the event of each file as a line of JSON; for comparing it with others and for
 * measuring it. With --time it tells the rate for a second of processor time instead.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/text.h"
#include "readers/file/file.h"

typedef struct Totals {
	guint64 n_files, n_bytes;
} Totals;

static void on_gap(void *context, const Gap *gap)
{
	(void)fprintf(
		stderr, "%s: %s: %s\n", (const char *)context, gap_kind_name(gap->kind), gap->note);
}

static void dump(FileLibrary *library, const char *path, const char *sha256, Totals *totals)
{
	const ReaderReport report = { .gap = on_gap, .context = (void *)path };
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	g_autoptr(GString) line = g_string_new(NULL);
	g_autoptr(GError) error = NULL;
	struct stat about;
	Event event;

	if (fd < 0 || fstat(fd, &about) != 0) {
		perror(path);
		return;
	}

	const Source source = { .fd = fd,
		.size = (guint64)about.st_size,
		.modified = about.st_mtim.tv_sec * INSTANT_SECOND + about.st_mtim.tv_nsec };
	const FileInput file = { .source = &source, .path = path, .sha256 = sha256 };

	if (!file_read(library, &file, &report, &event, &error)) {
		(void)fprintf(stderr, "%s: %s\n", path, error->message);
	} else if (totals) {
		totals->n_files++;
		totals->n_bytes += source.size;
	} else {
		event_append_line(line, &event, path);
		(void)fputs(line->str, stdout);
	}
	(void)close(fd);
}

static gboolean read_table(FileLibrary *library, const char *path)
{
	g_autofree char *text = NULL;
	g_autoptr(GError) error = NULL;
	gsize size;

	if (g_file_get_contents(path, &text, &size, &error) &&
		file_library_table(library, FILE_TYPES_NAME, slice_make(text, size), &error))
		return TRUE;
	(void)fprintf(stderr, "%s: %s\n", path, error->message);
	return FALSE;
}

int main(int argc, char **argv)
{
	g_autoptr(FileLibrary) library = file_library_new();
	Totals totals = { 0 }, *timed = NULL;
	const char *sha256 = NULL;
	clock_t begin;
	int i = 1;

	text_warm_up();
	hash_warm_up();
	for (; i < argc && argv[i][0] == '-'; i++) {
		if (strcmp(argv[i], "--time") == 0)
			timed = &totals;
		else if (strcmp(argv[i], "--sha256-known") == 0)
			sha256 = "known";
		else if (strcmp(argv[i], "--types") != 0 || !argv[++i] ||
			!read_table(library, argv[i]))
			return 2;
	}
	begin = clock();
	for (; i < argc; i++)
		dump(library, argv[i], sha256, timed);
	if (timed) {
		double seconds = (double)(clock() - begin) / CLOCKS_PER_SEC;

		(void)printf("%" G_GUINT64_FORMAT " files, %.1f MB in %.3f CPU s: %.0f MB/s\n",
			totals.n_files, (double)totals.n_bytes / 1e6, seconds,
			(double)totals.n_bytes / 1e6 / seconds);
	}
	return 0;
}
