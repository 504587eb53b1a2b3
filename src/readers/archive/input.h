/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Input: the packed bytes, block by block.
 *
 * gzip, in which most logs come, is unpacked here: libarchive forgets up to 64 KiB in front of a
 * break, and does not look at the checksum. Files cut short are common, since logs are copied while
 * they are packed.
 */
#pragma once

#include <zlib.h>

#include "readers/reader.h"

typedef struct Input {
	const Source *source;
	guint64 at;	    /* the next byte of the source */
	guint64 n_read;	    /* bytes of the source, each time they are read */
	gboolean hit_end;   /* more was asked for than there is */
	gboolean gzip;	    /* unpack */
	gboolean in_stream; /* gzip: a stream has begun and not ended */
	gboolean ended;	    /* gzip: there is no more, for whatever reason */
	z_stream z;
	guint8 *packed, *plain;
	GError *failure; /* the source could not be read */
	/* gzip: what is wrong with it, to be reported when all else is. note is NULL if nothing. */
	GapKind trouble;
	guint64 trouble_at;
	const char *note;
} Input;

void input_init(Input *input, const Source *source, gboolean gzip);
void input_clear(Input *input);

/* The next block, valid until the next call; empty at the end. FALSE: see failure. */
gboolean input_next(Input *input, Slice *ret);
