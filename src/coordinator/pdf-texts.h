/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PdfTexts: the PDF files among intelligence as text, for the loader, which can start no program.
 *
 * They are found by how they begin, and turned to text by pdftotext (poppler-utils), which is
 * confined (tool.h). The texts lie one behind the other in one file without a name; the loader gets
 * its descriptor, and finds the text of a file by the file's device and inode.
 */
#pragma once

#include <glib.h>

typedef struct PdfTexts {
	int fd;		      /* of the texts, or -1 where there is none */
	GPtrArray *arguments; /* "DEVICE:INODE:OFFSET:SIZE:PROBLEM", one for each PDF */
} PdfTexts;

/* Of the files and folders @paths (NULL-terminated, or NULL). */
PdfTexts *pdf_texts_new(const char *const *paths, gboolean sandbox);
void pdf_texts_free(PdfTexts *texts); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdfTexts, pdf_texts_free)
