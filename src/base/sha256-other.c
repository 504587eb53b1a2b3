/* SPDX-License-Identifier: Apache-2.0 */
#include "base/sha256-blocks.h"

void sha256_blocks(guint32 state[8], const guint8 *data, gsize n_blocks)
{
	sha256_blocks_portable(state, data, n_blocks);
}
