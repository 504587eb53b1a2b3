/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Skimming: how many lines lie before an offset, and which header lines were the last before it.
 */
#pragma once

#include "readers/text/line-format.h"

#define LINE_PLACE_NO_HEADER G_MAXUINT64

/* What is known at an offset of the evidence, wherever in a line that lies. */
typedef struct LinePlace {
	guint64 offset;
	guint64 n_ends;			    /* line ends that lie wholly before it */
	guint64 headers[LINE_HEADER_KINDS]; /* offsets of the last header lines that start before */
} LinePlace;

/* The start of the evidence, behind its byte order mark. */
LinePlace line_place_start(const LineFormat *format);

/*
 * Moves @place on to @offset, or to the end of the evidence where that lies before. FALSE with
 * @error where bytes can not be read.
 */
gboolean line_skim(const Source *source, const LineFormat *format, const LineOptions *options,
	guint64 offset, LinePlace *place, GError **error);

/*
 * Appends the line at @offset, without its end, as UTF-8. FALSE where it is longer than
 * LIMIT_HEADER_LINE_BYTES or can not be read.
 */
gboolean line_read_header(
	const Source *source, const LineFormat *format, guint64 offset, GString *ret);

/* The known place of evidence @number that is nearest before @offset, or FALSE. */
gboolean line_memo_find(const LineMemo *memo, guint64 number, guint64 offset, LinePlace *ret_place);

void line_memo_add(LineMemo *memo, guint64 number, const LinePlace *place);
