/* SPDX-License-Identifier: Apache-2.0 */
#include "base/sha256.h"

#include "base/sha256-blocks.h"

#define LENGTH_BYTES 8 /* at the end of the last block: how many bits there were */

typedef struct Sha256 {
	guint32 state[8];
	guint8 held[SHA256_BLOCK_BYTES];
	gsize n_held;
	guint64 n_bytes;
} Sha256;

static void add(Sha256 *sha, Slice bytes)
{
	sha->n_bytes += bytes.size;
	if (sha->n_held) {
		gsize n = MIN(SHA256_BLOCK_BYTES - sha->n_held, bytes.size);

		if (n)
			memcpy(sha->held + sha->n_held, bytes.data, n);
		sha->n_held += n;
		bytes = slice_sub(bytes, n, bytes.size);
		if (sha->n_held < SHA256_BLOCK_BYTES)
			return;
		sha256_blocks(sha->state, sha->held, 1);
		sha->n_held = 0;
	}
	sha256_blocks(sha->state, bytes.data, bytes.size / SHA256_BLOCK_BYTES);
	bytes = slice_sub(bytes, bytes.size - bytes.size % SHA256_BLOCK_BYTES, bytes.size);
	if (bytes.size)
		memcpy(sha->held, bytes.data, bytes.size);
	sha->n_held = bytes.size;
}

static void finish(Sha256 *sha)
{
	guint64 n_bits = sha->n_bytes * 8;
	guint8 end[2 * SHA256_BLOCK_BYTES] = { 0x80 };
	gsize whole = sha->n_held + 1 + LENGTH_BYTES;
	gsize n = (whole > SHA256_BLOCK_BYTES ? 2 : 1) * SHA256_BLOCK_BYTES - sha->n_held;

	for (guint i = 0; i < LENGTH_BYTES; i++)
		end[n - 1 - i] = (guint8)(n_bits >> (8 * i));
	add(sha, slice_make(end, n));
}

void sha256_hex(const Slice *parts, guint n_parts, char ret[SHA256_HEX_BYTES])
{
	static const char digits[] = "0123456789abcdef";
	Sha256 sha = { .state = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f,
			       0x9b05688c, 0x1f83d9ab, 0x5be0cd19 } };

	for (guint i = 0; i < n_parts; i++)
		add(&sha, parts[i]);
	finish(&sha);
	for (guint i = 0; i < SHA256_HEX_BYTES - 1; i++)
		ret[i] = digits[sha.state[i / 8] >> (28 - i % 8 * 4) & 15];
	ret[SHA256_HEX_BYTES - 1] = '\0';
}
