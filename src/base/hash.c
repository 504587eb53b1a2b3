/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"

#include <sys/random.h>

#include "base/cursor.h"

static guint64 hash_key[2] = { 0x736f6d6570736575, 0x646f72616e646f6d };

void hash_warm_up(void)
{
	guint64 drawn[2];

	if (getrandom(drawn, sizeof(drawn), 0) == sizeof(drawn)) {
		hash_key[0] = drawn[0];
		hash_key[1] = drawn[1];
	}
}

static inline guint64 rotate(guint64 x, int bits)
{
	return x << bits | x >> (64 - bits);
}

static inline void sip_round(guint64 v[4])
{
	v[0] += v[1];
	v[1] = rotate(v[1], 13) ^ v[0];
	v[0] = rotate(v[0], 32);
	v[2] += v[3];
	v[3] = rotate(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = rotate(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = rotate(v[1], 17) ^ v[2];
	v[2] = rotate(v[2], 32);
}

guint64 slice_hash(Slice s)
{
	guint64 v[4] = { hash_key[0] ^ 0x736f6d6570736575, hash_key[1] ^ 0x646f72616e646f6d,
		hash_key[0] ^ 0x6c7967656e657261, hash_key[1] ^ 0x7465646279746573 };
	Cursor c = cursor_make(s);
	guint64 word, last = (guint64)s.size << 56;
	guint8 byte;

	while (cursor_u64(&c, &word)) {
		v[3] ^= word;
		sip_round(v);
		v[0] ^= word;
	}
	for (int shift = 0; cursor_u8(&c, &byte); shift += 8)
		last |= (guint64)byte << shift;
	v[3] ^= last;
	sip_round(v);
	v[0] ^= last;
	v[2] ^= 0xFF;
	for (int i = 0; i < 3; i++)
		sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

guint slice_hash_key(gconstpointer slice)
{
	return (guint)slice_hash(*(const Slice *)slice);
}

gboolean slice_equal_key(gconstpointer a, gconstpointer b)
{
	return slice_equal(*(const Slice *)a, *(const Slice *)b);
}
