/* SPDX-License-Identifier: Apache-2.0 */
/*
 * EvtxFile: where the chunks of a file lie, and what its header says about them.
 *
 * Only the magic and the flags of the header are believed; how many chunks there are follows from
 * the size of the file. A file whose header is gone, or a run of chunks cut out of a disk image, is
 * read from its first chunk on.
 */
#pragma once

#include <glib.h>

#include "readers/reader.h"

typedef struct EvtxFile {
	gboolean has_header;
	gboolean checks_crc; /* FALSE where the header says that there are no checksums */
	guint64 first_chunk; /* offset */
	guint64 n_chunks;    /* a truncated last one included; at least 1 */
} EvtxFile;

/* How sure it is that @head begins an event log: see Reader.probe. */
guint evtx_file_probe(Slice head, const char *name);

/* FALSE with @error where there are no chunks to be found, or the file can not be read. */
gboolean evtx_file_open(const Source *source, EvtxFile *ret_file, GError **error);

/* Reports what is wrong with the header. */
void evtx_file_check(const Source *source, const EvtxFile *file, const ReaderReport *report);

/* TRUE where a chunk's header begins with the right eight bytes. */
gboolean evtx_chunk_has_magic(Slice chunk);
