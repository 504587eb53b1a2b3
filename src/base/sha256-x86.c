/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The SHA extensions of x86: sha256rnds2 makes two rounds, on the state in the order that the
 * instruction wants (ABEF and CDGH); msg1 and msg2 make four words of the message schedule.
 */
#include <cpuid.h>
#include <immintrin.h>

#include "base/sha256-blocks.h"

#define HAS_SHA (1u << 29) /* of leaf 7's EBX */

__attribute__((target("sha,sse4.1"))) static void take_block(
	__m128i *abef, __m128i *cdgh, const guint8 *data)
{
	const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
	__m128i a = *abef, c = *cdgh, w[4];

#pragma GCC unroll 16
	for (guint i = 0; i < 16; i++) {
		__m128i *now = &w[i % 4], k;

		if (i < 4) {
			*now = _mm_loadu_si128((const __m128i *)(data + 16 * i));
			*now = _mm_shuffle_epi8(*now, big_endian);
		} else {
			__m128i last = w[(i + 3) % 4], before = w[(i + 2) % 4];

			*now = _mm_sha256msg1_epu32(*now, w[(i + 1) % 4]);
			*now = _mm_add_epi32(*now, _mm_alignr_epi8(last, before, 4));
			*now = _mm_sha256msg2_epu32(*now, last);
		}
		k = _mm_loadu_si128((const __m128i *)(sha256_constants + 4 * i));
		k = _mm_add_epi32(k, *now);
		c = _mm_sha256rnds2_epu32(c, a, k);
		a = _mm_sha256rnds2_epu32(a, c, _mm_shuffle_epi32(k, 0x0E));
	}
	*abef = _mm_add_epi32(*abef, a);
	*cdgh = _mm_add_epi32(*cdgh, c);
}

__attribute__((target("sha,sse4.1"))) static void blocks_by_extension(
	guint32 state[8], const guint8 *data, gsize n_blocks)
{
	__m128i low = _mm_loadu_si128((const __m128i *)state);
	__m128i high = _mm_loadu_si128((const __m128i *)(state + 4));
	__m128i abef, cdgh;

	low = _mm_shuffle_epi32(low, 0xB1);   /* CDAB */
	high = _mm_shuffle_epi32(high, 0x1B); /* EFGH */
	abef = _mm_alignr_epi8(low, high, 8);
	cdgh = _mm_blend_epi16(high, low, 0xF0);
	for (gsize i = 0; i < n_blocks; i++)
		take_block(&abef, &cdgh, data + i * SHA256_BLOCK_BYTES);
	low = _mm_shuffle_epi32(abef, 0x1B);  /* FEBA */
	high = _mm_shuffle_epi32(cdgh, 0xB1); /* DCHG */
	abef = _mm_blend_epi16(low, high, 0xF0);
	cdgh = _mm_alignr_epi8(high, low, 8);
	_mm_storeu_si128((__m128i *)state, abef);	/* DCBA */
	_mm_storeu_si128((__m128i *)(state + 4), cdgh); /* HGFE */
}

static gboolean has_extension(void)
{
	static int known; /* 1: it has, -1: it has not; asked twice at worst */
	guint a, b = 0, c, d;

	if (!known)
		known = __get_cpuid_count(7, 0, &a, &b, &c, &d) && b & HAS_SHA ? 1 : -1;
	return known > 0;
}

void sha256_blocks(guint32 state[8], const guint8 *data, gsize n_blocks)
{
	if (has_extension())
		blocks_by_extension(state, data, n_blocks);
	else
		sha256_blocks_portable(state, data, n_blocks);
}
