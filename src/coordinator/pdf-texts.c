/* SPDX-License-Identifier: Apache-2.0 */
#include "coordinator/pdf-texts.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/limits.h"
#include "coordinator/temporary.h"
#include "coordinator/tool.h"
#include "coordinator/walk.h"

#define PDF_START   "%PDF-"
#define ALIGN_BYTES 65536u /* so that each text can be mapped, whatever a page is */

static const char *const converter[] = { "/usr/bin/pdftotext", "-layout", "-", "-", NULL };

/* The file's descriptor where it is a PDF, or -1. */
static int open_pdf(const IntakeFile *file, struct stat *ret)
{
	char start[sizeof PDF_START - 1];
	int fd;

	if (file->problem || file->is_input)
		return -1;
	fd = walk_open(file->root, file->path + file->below, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return -1; /* the loader will say why */
	if (fstat(fd, ret) == 0 && S_ISREG(ret->st_mode) &&
		pread(fd, start, sizeof start, 0) == sizeof start &&
		memcmp(start, PDF_START, sizeof start) == 0)
		return fd;
	(void)close(fd); /* only read from */
	return -1;
}

static void add_argument(PdfTexts *texts, const struct stat *about, guint64 offset, guint64 size,
	const char *problem)
{
	g_ptr_array_add(texts->arguments,
		g_strdup_printf("%ju:%ju:%ju:%ju:%s", (uintmax_t)about->st_dev,
			(uintmax_t)about->st_ino, (uintmax_t)offset, (uintmax_t)size,
			problem ? problem : ""));
}

/* Appends the text of @pdf to the file of texts, where the next one can be mapped. */
static gboolean convert(PdfTexts *texts, int pdf, gboolean sandbox, guint64 *ret_offset,
	guint64 *ret_size, GError **error)
{
	struct stat about;
	off_t offset;

	if (texts->fd < 0)
		texts->fd = temporary_open(error);
	if (texts->fd < 0)
		return FALSE;
	if (fstat(texts->fd, &about) != 0)
		return spoor_error_from_errno(error, "the texts of PDF files");
	offset = (about.st_size + ALIGN_BYTES - 1) / ALIGN_BYTES * ALIGN_BYTES;
	if ((guint64)offset > LIMIT_TOOL_OUTPUT_BYTES / 2) {
		g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_LIMIT,
			"the texts of PDF files before it are too large already");
		return FALSE;
	}
	if (lseek(texts->fd, offset, SEEK_SET) < 0)
		return spoor_error_from_errno(error, "the texts of PDF files");
	if (!tool_run(converter, pdf, texts->fd, sandbox, error))
		return FALSE;
	if (fstat(texts->fd, &about) != 0)
		return spoor_error_from_errno(error, "the texts of PDF files");
	*ret_offset = (guint64)offset;
	*ret_size = about.st_size > offset ? (guint64)(about.st_size - offset) : 0;
	return TRUE;
}

static void add_pdf(PdfTexts *texts, int pdf, const struct stat *about, gboolean sandbox)
{
	g_autoptr(GError) error = NULL;
	guint64 offset = 0, size = 0;

	if (texts->arguments->len >= LIMIT_PDFS)
		return; /* the loader says that it has no text of it */
	if (convert(texts, pdf, sandbox, &offset, &size, &error))
		add_argument(texts, about, offset, size, NULL);
	else
		add_argument(texts, about, 0, 0, error->message);
}

PdfTexts *pdf_texts_new(const char *const *paths, gboolean sandbox)
{
	PdfTexts *texts = g_new0(PdfTexts, 1);
	Walk walk = { 0 };

	texts->fd = -1;
	texts->arguments = g_ptr_array_new_with_free_func(g_free);
	if (!paths || !paths[0] || !walk_paths(&walk, paths, NULL, NULL)) {
		walk_clear(&walk); /* the loader will say what is not there */
		return texts;
	}
	for (guint i = 0; i < walk.files->len; i++) {
		struct stat about;
		int pdf = open_pdf(walk.files->pdata[i], &about);

		if (pdf < 0)
			continue;
		add_pdf(texts, pdf, &about, sandbox);
		(void)close(pdf); /* only read from */
	}
	walk_clear(&walk);
	return texts;
}

void pdf_texts_free(PdfTexts *texts)
{
	if (!texts)
		return;
	if (texts->fd >= 0)
		(void)close(texts->fd); /* it has no name: gone with this */
	g_ptr_array_unref(texts->arguments);
	g_free(texts);
}
