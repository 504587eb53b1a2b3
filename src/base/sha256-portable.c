/* SPDX-License-Identifier: Apache-2.0 */
#include "base/sha256-blocks.h"

const guint32 sha256_constants[64] = {
	0x428a2f98,
	0x71374491,
	0xb5c0fbcf,
	0xe9b5dba5,
	0x3956c25b,
	0x59f111f1,
	0x923f82a4,
	0xab1c5ed5,
	0xd807aa98,
	0x12835b01,
	0x243185be,
	0x550c7dc3,
	0x72be5d74,
	0x80deb1fe,
	0x9bdc06a7,
	0xc19bf174,
	0xe49b69c1,
	0xefbe4786,
	0x0fc19dc6,
	0x240ca1cc,
	0x2de92c6f,
	0x4a7484aa,
	0x5cb0a9dc,
	0x76f988da,
	0x983e5152,
	0xa831c66d,
	0xb00327c8,
	0xbf597fc7,
	0xc6e00bf3,
	0xd5a79147,
	0x06ca6351,
	0x14292967,
	0x27b70a85,
	0x2e1b2138,
	0x4d2c6dfc,
	0x53380d13,
	0x650a7354,
	0x766a0abb,
	0x81c2c92e,
	0x92722c85,
	0xa2bfe8a1,
	0xa81a664b,
	0xc24b8b70,
	0xc76c51a3,
	0xd192e819,
	0xd6990624,
	0xf40e3585,
	0x106aa070,
	0x19a4c116,
	0x1e376c08,
	0x2748774c,
	0x34b0bcb5,
	0x391c0cb3,
	0x4ed8aa4a,
	0x5b9cca4f,
	0x682e6ff3,
	0x748f82ee,
	0x78a5636f,
	0x84c87814,
	0x8cc70208,
	0x90befffa,
	0xa4506ceb,
	0xbef9a3f7,
	0xc67178f2,
};

static inline guint32 turn(guint32 x, int bits)
{
	return x >> bits | x << (32 - bits);
}

static void fill_schedule(guint32 w[64], const guint8 *data)
{
	for (guint i = 0; i < 16; i++)
		w[i] = (guint32)data[4 * i] << 24 | (guint32)data[4 * i + 1] << 16 |
			(guint32)data[4 * i + 2] << 8 | data[4 * i + 3];
	for (guint i = 16; i < 64; i++) {
		guint32 s0 = turn(w[i - 15], 7) ^ turn(w[i - 15], 18) ^ w[i - 15] >> 3;
		guint32 s1 = turn(w[i - 2], 17) ^ turn(w[i - 2], 19) ^ w[i - 2] >> 10;

		w[i] = w[i - 16] + s0 + w[i - 7] + s1;
	}
}

static void take_block(guint32 state[8], const guint8 *data)
{
	guint32 w[64], v[8];

	fill_schedule(w, data);
	for (guint i = 0; i < 8; i++)
		v[i] = state[i];
	for (guint i = 0; i < 64; i++) {
		guint32 s1 = turn(v[4], 6) ^ turn(v[4], 11) ^ turn(v[4], 25);
		guint32 choice = (v[4] & v[5]) ^ (~v[4] & v[6]);
		guint32 t1 = v[7] + s1 + choice + sha256_constants[i] + w[i];
		guint32 s0 = turn(v[0], 2) ^ turn(v[0], 13) ^ turn(v[0], 22);
		guint32 most = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]);

		for (guint k = 7; k > 0; k--)
			v[k] = v[k - 1];
		v[4] += t1;
		v[0] = t1 + s0 + most;
	}
	for (guint i = 0; i < 8; i++)
		state[i] += v[i];
}

void sha256_blocks_portable(guint32 state[8], const guint8 *data, gsize n_blocks)
{
	for (gsize i = 0; i < n_blocks; i++)
		take_block(state, data + i * SHA256_BLOCK_BYTES);
}
