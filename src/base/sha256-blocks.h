/* SPDX-License-Identifier: Apache-2.0 */
/* What sha256.c is made of: the compression function, in one file for each kind of processor. */
#pragma once

#include <glib.h>

#define SHA256_BLOCK_BYTES 64

extern const guint32 sha256_constants[64];

/* Takes @n_blocks whole blocks at @data into @state. */
void sha256_blocks(guint32 state[8], const guint8 *data, gsize n_blocks);

/* The same on any processor. */
void sha256_blocks_portable(guint32 state[8], const guint8 *data, gsize n_blocks);
