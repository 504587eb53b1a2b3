/* SPDX-License-Identifier: Apache-2.0 */
/* Blocks with SSE2, which every 64-bit x86 has. See block.h. */
#pragma once

#include <emmintrin.h>

#include "base/slice.h"

typedef __m128i Block;

static inline Block block_load(const uint8_t *bytes)
{
	return _mm_loadu_si128((const __m128i *)(const void *)bytes);
}

static inline void block_store(uint8_t *bytes, Block block)
{
	_mm_storeu_si128((__m128i *)(void *)bytes, block);
}

/* Which bytes are @byte. */
static inline unsigned block_equal(Block block, char byte)
{
	return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(block, _mm_set1_epi8(byte)));
}

/* Which bytes of two blocks are the same. */
static inline unsigned block_same(Block one, Block other)
{
	return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(one, other));
}

/* Which bytes are less than @limit, which is not 0. */
static inline unsigned block_below(Block block, unsigned char limit)
{
	__m128i least = _mm_min_epu8(block, _mm_set1_epi8((char)(limit - 1)));

	return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(least, block));
}

/* Which bytes are not ASCII. */
static inline unsigned block_high(Block block)
{
	return (unsigned)_mm_movemask_epi8(block);
}

/* @byte as @other, the others as they are. */
static inline Block block_replace(Block block, char byte, char other)
{
	__m128i is_byte = _mm_cmpeq_epi8(block, _mm_set1_epi8(byte));
	__m128i change = _mm_and_si128(is_byte, _mm_set1_epi8((char)(byte ^ other)));

	return _mm_xor_si128(block, change);
}

/* A to Z in lower case, the others as they are. */
static inline Block block_fold_ascii(Block block)
{
	__m128i above = _mm_cmpgt_epi8(block, _mm_set1_epi8('A' - 1));
	__m128i below = _mm_cmplt_epi8(block, _mm_set1_epi8('Z' + 1));
	__m128i upper = _mm_and_si128(above, below);

	return _mm_or_si128(block, _mm_and_si128(upper, _mm_set1_epi8(0x20)));
}

/* Which bytes are none of blank, 0 to 9, '-', '.' and ':'. */
static inline unsigned block_beyond_digits(Block block)
{
	/* From '-' to ':' they stand in a row, with '/' between them. */
	__m128i moved = _mm_sub_epi8(block, _mm_set1_epi8('-'));
	__m128i in_row = _mm_cmpeq_epi8(_mm_min_epu8(moved, _mm_set1_epi8(':' - '-')), moved);
	__m128i slash = _mm_cmpeq_epi8(block, _mm_set1_epi8('/'));
	__m128i blank = _mm_cmpeq_epi8(block, _mm_set1_epi8(' '));
	__m128i digits = _mm_or_si128(_mm_andnot_si128(slash, in_row), blank);

	return (unsigned)_mm_movemask_epi8(digits) ^ 0xffff;
}
