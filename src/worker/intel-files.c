/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/intel-files.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/limits.h"
#include "ipc/message.h"
#include "worker/files.h"

static guint64 size_of(const char *path)
{
	struct stat about;

	if (stat(path, &about) != 0 || !S_ISREG(about.st_mode) ||
		(guint64)about.st_size > LIMIT_INTEL_FILE_BYTES)
		return 0; /* it will not be mapped */
	return (guint64)about.st_size;
}

guint64 intel_files_memory(const char *const *paths)
{
	guint64 size = 0;

	for (; *paths; paths++) {
		g_autoptr(GPtrArray) files = content_files_find(*paths, NULL);

		for (guint i = 0; files && i < files->len; i++) {
			const ContentFile *file = files->pdata[i];

			size += size_of(file->path);
			size = MIN(size, LIMIT_INTEL_BYTES);
		}
	}
	return size * LIMIT_INTEL_MEMORY_FACTOR;
}

static gboolean map(int fd, const char *path, Slice *ret, GError **error)
{
	struct stat about;
	void *bytes;

	if (fstat(fd, &about) != 0)
		return spoor_error_from_errno(error, "%s", path);
	if (!S_ISREG(about.st_mode)) {
		g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_INPUT, "%s: not a regular file", path);
		return FALSE;
	}
	if ((guint64)about.st_size > LIMIT_INTEL_FILE_BYTES) {
		g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_LIMIT,
			"%s: larger than the %llu bytes a file of intelligence may have", path,
			LIMIT_INTEL_FILE_BYTES);
		return FALSE;
	}
	if (about.st_size == 0) {
		*ret = slice_from_text("");
		return TRUE;
	}
	bytes = mmap(NULL, (gsize)about.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (bytes == MAP_FAILED)
		return spoor_error_from_errno(error, "%s: could not be mapped", path);
	*ret = slice_make(bytes, (gsize)about.st_size);
	return TRUE;
}

gboolean intel_file_map(const char *path, Slice *ret, GError **error)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	gboolean fine;

	if (fd < 0)
		return spoor_error_from_errno(error, "%s", path);
	fine = map(fd, path, ret, error);
	(void)close(fd); /* the mapping stays */
	return fine;
}

/* ---- PDF ---- */

/* The numbers of one text, if it is that of the file; its problem, or "". */
static const char *read_text_place(const char *text, const struct stat *about, guint64 ret[2])
{
	g_auto(GStrv) parts = g_strsplit(text, ":", 5);
	guint64 numbers[4];

	if (g_strv_length(parts) != 5)
		return NULL;
	for (guint i = 0; i < 4; i++) {
		if (!g_ascii_string_to_unsigned(parts[i], 10, 0, G_MAXUINT64, &numbers[i], NULL))
			return NULL;
	}
	if (numbers[0] != (guint64)about->st_dev || numbers[1] != (guint64)about->st_ino)
		return NULL;
	ret[0] = numbers[2];
	ret[1] = numbers[3];
	return text + strlen(text) - strlen(parts[4]);
}

static gboolean fail_text(GError **error, const char *path, const char *why)
{
	g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_INPUT,
		"%s: a PDF file, which is read as the text that pdftotext (poppler-utils) makes "
		"of it: %s",
		path, why);
	return FALSE;
}

gboolean intel_file_map_text(const char *path, const char *const *texts, Slice *ret, GError **error)
{
	const char *problem = NULL;
	struct stat about;
	guint64 place[2];
	void *bytes;

	if (stat(path, &about) != 0)
		return spoor_error_from_errno(error, "%s", path);
	for (guint i = 0; texts[i] && !problem; i++)
		problem = read_text_place(texts[i], &about, place);
	if (!problem || *problem)
		return fail_text(error, path, problem ? problem : "it was not asked for one");
	if (place[1] == 0)
		return fail_text(error, path, "it has no text, only pictures perhaps");
	bytes = mmap(NULL, place[1], PROT_READ, MAP_PRIVATE, WORKER_TEXTS_FD, (off_t)place[0]);
	if (bytes == MAP_FAILED)
		return spoor_error_from_errno(error, "%s: its text could not be mapped", path);
	*ret = slice_make(bytes, place[1]);
	return TRUE;
}
