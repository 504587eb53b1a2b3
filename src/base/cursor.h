/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cursor: the only way bytes of evidence, rules or messages are read.
 *
 * A cursor walks over a slice. Each read checks its bounds, moves on and returns true, or leaves
 * the position and the result untouched and returns false. Numbers are little-endian unless the
 * name says otherwise. Nothing is ever cast to a struct, so alignment and padding do not matter.
 */
#pragma once

#include "base/slice.h"

typedef struct Cursor {
	Slice bytes;
	size_t position; /* invariant: position <= bytes.size */
} Cursor;

static inline Cursor cursor_make(Slice bytes)
{
	return (Cursor){ bytes, 0 };
}

static inline size_t cursor_remaining(const Cursor *c)
{
	return c->bytes.size - c->position;
}

/* Moves to @position from the start; false (and no move) where that lies behind the end. */
static inline bool cursor_seek(Cursor *c, size_t position)
{
	if (position > c->bytes.size)
		return false;
	c->position = position;
	return true;
}

static inline bool cursor_skip(Cursor *c, size_t size)
{
	if (size > cursor_remaining(c))
		return false;
	c->position += size;
	return true;
}

static inline bool cursor_slice(Cursor *c, size_t size, Slice *ret)
{
	if (size > cursor_remaining(c))
		return false;
	*ret = (Slice){ c->bytes.data + c->position, size };
	c->position += size;
	return true;
}

static inline bool cursor_u8(Cursor *c, uint8_t *ret)
{
	if (cursor_remaining(c) < 1)
		return false;
	*ret = c->bytes.data[c->position++];
	return true;
}

static inline bool cursor_u16(Cursor *c, uint16_t *ret)
{
	if (cursor_remaining(c) < 2)
		return false;

	const uint8_t *p = c->bytes.data + c->position;

	*ret = (uint16_t)(p[0] | p[1] << 8);
	c->position += 2;
	return true;
}

static inline bool cursor_u32(Cursor *c, uint32_t *ret)
{
	if (cursor_remaining(c) < 4)
		return false;

	const uint8_t *p = c->bytes.data + c->position;

	*ret = (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
	c->position += 4;
	return true;
}

static inline bool cursor_u64(Cursor *c, uint64_t *ret)
{
	uint32_t low = 0, high = 0;

	if (cursor_remaining(c) < 8)
		return false;
	(void)cursor_u32(c, &low); /* the size is checked above */
	(void)cursor_u32(c, &high);
	*ret = (uint64_t)high << 32 | low;
	return true;
}

/* Reads of one number at @offset of a slice; false where it does not lie wholly inside. */
static inline bool slice_u16(Slice s, size_t offset, uint16_t *ret)
{
	Cursor c = cursor_make(s);

	return cursor_seek(&c, offset) && cursor_u16(&c, ret);
}

static inline bool slice_u32(Slice s, size_t offset, uint32_t *ret)
{
	Cursor c = cursor_make(s);

	return cursor_seek(&c, offset) && cursor_u32(&c, ret);
}

static inline bool slice_u64(Slice s, size_t offset, uint64_t *ret)
{
	Cursor c = cursor_make(s);

	return cursor_seek(&c, offset) && cursor_u64(&c, ret);
}
