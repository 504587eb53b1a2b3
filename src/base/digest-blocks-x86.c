/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Four steps of each in turn: 16 times four of MD5 (RFC 1321) and SHA-256, 20 times four of SHA-1
 * (both FIPS 180-4), four bytes counted in each of four histograms. Everything is unrolled, so what
 * looks like a choice below is none when it runs. sha256-x86.c explains the instructions for
 * SHA-256; those for SHA-1 keep A to D in one register, the highest first, and E in another.
 */
#include <cpuid.h>
#include <immintrin.h>
#include <string.h>

#include "base/digest-blocks.h"
#include "base/sha256-blocks.h"

#define HAS_SHA	   (1u << 29) /* of leaf 7's EBX */
#define HAS_SSE4_1 (1u << 19) /* of leaf 1's ECX */
#define STEP	   static inline __attribute__((always_inline, target("sha,sse4.1"))) void

static const guint32 md5_constants[64] = {
	0xd76aa478,
	0xe8c7b756,
	0x242070db,
	0xc1bdceee,
	0xf57c0faf,
	0x4787c62a,
	0xa8304613,
	0xfd469501,
	0x698098d8,
	0x8b44f7af,
	0xffff5bb1,
	0x895cd7be,
	0x6b901122,
	0xfd987193,
	0xa679438e,
	0x49b40821,
	0xf61e2562,
	0xc040b340,
	0x265e5a51,
	0xe9b6c7aa,
	0xd62f105d,
	0x02441453,
	0xd8a1e681,
	0xe7d3fbc8,
	0x21e1cde6,
	0xc33707d6,
	0xf4d50d87,
	0x455a14ed,
	0xa9e3e905,
	0xfcefa3f8,
	0x676f02d9,
	0x8d2a4c8a,
	0xfffa3942,
	0x8771f681,
	0x6d9d6122,
	0xfde5380c,
	0xa4beea44,
	0x4bdecfa9,
	0xf6bb4b60,
	0xbebfbc70,
	0x289b7ec6,
	0xeaa127fa,
	0xd4ef3085,
	0x04881d05,
	0xd9d4d039,
	0xe6db99e5,
	0x1fa27cf8,
	0xc4ac5665,
	0xf4292244,
	0x432aff97,
	0xab9423a7,
	0xfc93a039,
	0x655b59c3,
	0x8f0ccc92,
	0xffeff47d,
	0x85845dd1,
	0x6fa87e4f,
	0xfe2ce6e0,
	0xa3014314,
	0x4e0811a1,
	0xf7537e82,
	0xbd3af235,
	0x2ad7d2bb,
	0xeb86d391,
};

static const guint8 md5_shifts[4][4] = {
	{ 7, 12, 17, 22 },
	{ 5, 9, 14, 20 },
	{ 4, 11, 16, 23 },
	{ 6, 10, 15, 21 },
};

typedef struct Md5 {
	guint32 a, b, c, d;
} Md5;

typedef struct Sha1 {
	__m128i abcd, e, before; /* E of the four steps at hand; A to D before them */
	__m128i words[4];
} Sha1;

typedef struct Sha256 {
	__m128i abef, cdgh;
	__m128i words[4];
} Sha256;

/* ---- four steps ---- */

STEP md5_four(Md5 *md5, const guint32 words[16], guint round)
{
#pragma GCC unroll 4
	for (guint i = 4 * round; i < 4 * round + 4; i++) {
		Md5 s = *md5;
		guint32 sum = s.a + md5_constants[i];
		guint shift = md5_shifts[i / 16][i % 4];

		switch (i / 16) {
		case 0:
			sum += words[i] + (s.d ^ (s.b & (s.c ^ s.d)));
			break;
		case 1: /* a sum of two: the part without B is there early */
			sum += words[(5 * i + 1) % 16] + (s.c & ~s.d) + (s.b & s.d);
			break;
		case 2:
			sum += words[(3 * i + 5) % 16] + (s.b ^ (s.c ^ s.d));
			break;
		default:
			sum += words[7 * i % 16] + (s.c ^ (s.b | ~s.d));
		}
		*md5 = (Md5){ s.d, s.b + (sum << shift | sum >> (32 - shift)), s.b, s.c };
	}
}

STEP sha1_four(Sha1 *sha, const guint8 *data, guint round)
{
	const __m128i big_endian = _mm_set_epi64x(0x0001020304050607, 0x08090a0b0c0d0e0f);
	__m128i *words = sha->words, *now = &words[round % 4], e;

	if (round < 4) {
		*now = _mm_loadu_si128((const __m128i *)(data + 16 * round));
		*now = _mm_shuffle_epi8(*now, big_endian);
	} else {
		*now = _mm_sha1msg1_epu32(*now, words[(round + 1) % 4]);
		*now = _mm_xor_si128(*now, words[(round + 2) % 4]);
		*now = _mm_sha1msg2_epu32(*now, words[(round + 3) % 4]);
	}
	e = round ? _mm_sha1nexte_epu32(sha->before, *now) : _mm_add_epi32(sha->e, *now);
	sha->before = sha->abcd;
	switch (round / 5) { /* the function is part of the instruction */
	case 0:
		sha->abcd = _mm_sha1rnds4_epu32(sha->abcd, e, 0);
		break;
	case 1:
		sha->abcd = _mm_sha1rnds4_epu32(sha->abcd, e, 1);
		break;
	case 2:
		sha->abcd = _mm_sha1rnds4_epu32(sha->abcd, e, 2);
		break;
	default:
		sha->abcd = _mm_sha1rnds4_epu32(sha->abcd, e, 3);
	}
}

STEP sha256_four(Sha256 *sha, const guint8 *data, guint round)
{
	const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
	__m128i *words = sha->words, *now = &words[round % 4], sum;

	if (round < 4) {
		*now = _mm_loadu_si128((const __m128i *)(data + 16 * round));
		*now = _mm_shuffle_epi8(*now, big_endian);
	} else {
		__m128i last = words[(round + 3) % 4], before = words[(round + 2) % 4];

		*now = _mm_sha256msg1_epu32(*now, words[(round + 1) % 4]);
		*now = _mm_add_epi32(*now, _mm_alignr_epi8(last, before, 4));
		*now = _mm_sha256msg2_epu32(*now, last);
	}
	sum = _mm_loadu_si128((const __m128i *)(sha256_constants + 4 * round));
	sum = _mm_add_epi32(sum, *now);
	sha->cdgh = _mm_sha256rnds2_epu32(sha->cdgh, sha->abef, sum);
	sha->abef = _mm_sha256rnds2_epu32(sha->abef, sha->cdgh, _mm_shuffle_epi32(sum, 0x0E));
}

STEP count_four(guint32 counts[DIGEST_HISTOGRAMS][256], guint32 word)
{
	counts[0][word & 255]++;
	counts[1][word >> 8 & 255]++;
	counts[2][word >> 16 & 255]++;
	counts[3][word >> 24]++;
}

/* ---- blocks ---- */

STEP take_block(DigestState *state, Md5 *md5, Sha1 *sha1, Sha256 *sha256, const guint8 *data)
{
	const Md5 md5_before = *md5;
	const __m128i abcd = sha1->abcd, e = sha1->e;
	const __m128i abef = sha256->abef, cdgh = sha256->cdgh;
	guint32 words[16];

	memcpy(words, data, sizeof words);
#pragma GCC unroll 20
	for (guint round = 0; round < 20; round++) {
		sha1_four(sha1, data, round);
		if (round < 16) {
			sha256_four(sha256, data, round);
			md5_four(md5, words, round);
			count_four(state->counts, words[round]);
		}
		__asm__ volatile(""); /* keeps them in turn */
	}
	md5->a += md5_before.a;
	md5->b += md5_before.b;
	md5->c += md5_before.c;
	md5->d += md5_before.d;
	sha1->e = _mm_sha1nexte_epu32(sha1->before, e);
	sha1->abcd = _mm_add_epi32(sha1->abcd, abcd);
	sha256->abef = _mm_add_epi32(sha256->abef, abef);
	sha256->cdgh = _mm_add_epi32(sha256->cdgh, cdgh);
}

__attribute__((target("sha,sse4.1"))) void digest_blocks(
	DigestState *state, const guint8 *data, gsize n_blocks)
{
	__m128i low = _mm_loadu_si128((const __m128i *)state->sha256);
	__m128i high = _mm_loadu_si128((const __m128i *)(state->sha256 + 4));
	__m128i abcd = _mm_loadu_si128((const __m128i *)state->sha1);
	Md5 md5 = { state->md5[0], state->md5[1], state->md5[2], state->md5[3] };
	Sha1 sha1 = {
		.abcd = _mm_shuffle_epi32(abcd, 0x1B),
		.e = _mm_set_epi32((int)state->sha1[4], 0, 0, 0),
	};
	Sha256 sha256;

	low = _mm_shuffle_epi32(low, 0xB1);   /* CDAB */
	high = _mm_shuffle_epi32(high, 0x1B); /* EFGH */
	sha256.abef = _mm_alignr_epi8(low, high, 8);
	sha256.cdgh = _mm_blend_epi16(high, low, 0xF0);
	for (gsize i = 0; i < n_blocks; i++)
		take_block(state, &md5, &sha1, &sha256, data + i * DIGEST_BLOCK_BYTES);
	state->md5[0] = md5.a;
	state->md5[1] = md5.b;
	state->md5[2] = md5.c;
	state->md5[3] = md5.d;
	_mm_storeu_si128((__m128i *)state->sha1, _mm_shuffle_epi32(sha1.abcd, 0x1B));
	state->sha1[4] = (guint32)_mm_extract_epi32(sha1.e, 3);
	low = _mm_shuffle_epi32(sha256.abef, 0x1B);  /* FEBA */
	high = _mm_shuffle_epi32(sha256.cdgh, 0xB1); /* DCHG */
	_mm_storeu_si128((__m128i *)state->sha256, _mm_blend_epi16(low, high, 0xF0));
	_mm_storeu_si128((__m128i *)(state->sha256 + 4), _mm_alignr_epi8(high, low, 8));
}

gboolean digest_blocks_are_here(void)
{
	guint a, b = 0, c = 0, d;

	return __get_cpuid(1, &a, &b, &c, &d) && c & HAS_SSE4_1 &&
		__get_cpuid_count(7, 0, &a, &b, &c, &d) && b & HAS_SHA;
}
