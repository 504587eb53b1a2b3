/* SPDX-License-Identifier: Apache-2.0 */
/* Blocks without special instructions. See block.h. */
#pragma once

#include "base/slice.h"

typedef struct Block {
	uint8_t bytes[16];
} Block;

static inline Block block_load(const uint8_t *bytes)
{
	Block block;

	memcpy(block.bytes, bytes, sizeof(block.bytes));
	return block;
}

static inline void block_store(uint8_t *bytes, Block block)
{
	memcpy(bytes, block.bytes, sizeof(block.bytes));
}

/* Which bytes are @byte. */
static inline unsigned block_equal(Block block, char byte)
{
	unsigned mask = 0;

	for (unsigned i = 0; i < sizeof(block.bytes); i++)
		mask |= (unsigned)(block.bytes[i] == (uint8_t)byte) << i;
	return mask;
}

/* Which bytes of two blocks are the same. */
static inline unsigned block_same(Block one, Block other)
{
	unsigned mask = 0;

	for (unsigned i = 0; i < sizeof(one.bytes); i++)
		mask |= (unsigned)(one.bytes[i] == other.bytes[i]) << i;
	return mask;
}

/* Which bytes are less than @limit, which is not 0. */
static inline unsigned block_below(Block block, unsigned char limit)
{
	unsigned mask = 0;

	for (unsigned i = 0; i < sizeof(block.bytes); i++)
		mask |= (unsigned)(block.bytes[i] < limit) << i;
	return mask;
}

/* Which bytes are not ASCII. */
static inline unsigned block_high(Block block)
{
	unsigned mask = 0;

	for (unsigned i = 0; i < sizeof(block.bytes); i++)
		mask |= (unsigned)(block.bytes[i] >> 7) << i;
	return mask;
}

/* @byte as @other, the others as they are. */
static inline Block block_replace(Block block, char byte, char other)
{
	for (unsigned i = 0; i < sizeof(block.bytes); i++) {
		if (block.bytes[i] == (uint8_t)byte)
			block.bytes[i] = (uint8_t)other;
	}
	return block;
}

/* A to Z in lower case, the others as they are. */
static inline Block block_fold_ascii(Block block)
{
	for (unsigned i = 0; i < sizeof(block.bytes); i++)
		block.bytes[i] |= (uint8_t)((uint8_t)(block.bytes[i] - 'A') < 26 ? 0x20 : 0);
	return block;
}

/* Which bytes are none of blank, 0 to 9, '-', '.' and ':'. */
static inline unsigned block_beyond_digits(Block block)
{
	unsigned mask = 0;

	for (unsigned i = 0; i < sizeof(block.bytes); i++) {
		uint8_t c = block.bytes[i];
		bool is_digit = (uint8_t)(c - '0') < 10;

		if (!is_digit && c != ' ' && c != '-' && c != '.' && c != ':')
			mask |= 1u << i;
	}
	return mask;
}
