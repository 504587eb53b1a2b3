/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stream: JSON that is not one object a line, read through a window that holds one object at least.
 * Its memory is bounded by LIMIT_LINE_BYTES, whatever the size of the file or of a line; an object
 * larger than that is passed over, which is a gap.
 *
 * Behind damage reading goes on with what looks like the beginning of the next event.
 */
#pragma once

#include <glib.h>

#include "readers/json/parse.h"
#include "readers/reader.h"

typedef struct Stream Stream;

/* All are borrowed. NULL with @error where nothing can be read. */
Stream *stream_new(const Source *source, const ReaderReport *report, GError **error);
/* Reports what is said once; accepts NULL. */
void stream_free(Stream *stream);

typedef enum StreamResult {
	STREAM_OBJECT,
	STREAM_DAMAGED, /* a gap was reported; go on */
	STREAM_END,
} StreamResult;

/*
 * Parses the next object. The leaves lie in the window: valid until the next call. *ret_offset is
 * where it begins in the evidence, *ret_number counts objects from 1, those that are damaged too.
 */
StreamResult stream_next(
	Stream *stream, Parser *parser, Names *names, guint64 *ret_offset, guint64 *ret_number);
