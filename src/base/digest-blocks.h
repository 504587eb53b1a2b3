/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MD5, SHA-1, SHA-256 and the count of bytes, all of one block at once.
 *
 * MD5 is a chain in which every step waits for the one before, and leaves most of the processor
 * idle. The others fit into these gaps: together they take no longer than MD5 alone, where one
 * after the other they take twice that (bench/README.md). No library does it so; where a processor
 * has no instructions for SHA, libcrypto's functions are as good (readers/file/digests.c).
 */
#pragma once

#include <glib.h>

#define DIGEST_BLOCK_BYTES 64
#define DIGEST_HISTOGRAMS  4 /* equal bytes in a row would wait for each other in one */

typedef struct DigestState {
	guint32 md5[4], sha1[5], sha256[8];
	guint32 counts[DIGEST_HISTOGRAMS][256]; /* sum them up before they have 4 G blocks */
} DigestState;

extern const DigestState digest_state_begin;

/* Whether this processor can; else digest_blocks() must not be called. */
gboolean digest_blocks_are_here(void);

/* Takes @n_blocks whole blocks at @data into @state. */
void digest_blocks(DigestState *state, const guint8 *data, gsize n_blocks);
