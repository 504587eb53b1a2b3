/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Slack: records that no part of the log leads to any more.
 *
 * Windows reuses chunks from their beginning on and does not wipe what it had there. So behind the
 * records in use, in chunks that were given up, and in chunks whose header is damaged, whole older
 * records are left. They are found by their marks alone: magic, size, and the size again.
 */
#pragma once

#include <glib.h>

#include "readers/evtx/chunk.h"
#include "readers/evtx/record.h"

typedef struct Slack {
	gsize position;
	GArray *lost; /* RecordPlace: in use, but their template is damaged; in order of offset */
	guint n_lost_given;
	GArray *in_use; /* RecordPlace of the chunk's records in use, by number */
} Slack;

void slack_init(Slack *slack);
void slack_clear(Slack *slack);

/*
 * Walks the records in use, to know what not to take for a remnant, and which of them @records
 * could not read for want of their template.
 */
void slack_start(Slack *slack, Chunk *chunk, RecordReader *records);

/* The next record in use that lost its template; FALSE where there is none. */
gboolean slack_next_lost(Slack *slack, RecordPlace *ret_place);

/* The next remnant that is no copy of a record in use in the same chunk; FALSE at the end. */
gboolean slack_next(Slack *slack, const Chunk *chunk, RecordPlace *ret_place);
