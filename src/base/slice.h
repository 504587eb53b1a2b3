/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Slice: a borrowed run of bytes.
 *
 * Everything spoor reads from evidence or from a peer process is handed around as a slice: a
 * pointer and a size that belong together. A slice never owns its bytes; who does is said where the
 * slice comes from. Taking a part of a slice can not reach outside it: slice_sub() clamps.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct Slice {
	const uint8_t *data;
	size_t size;
} Slice;

#define SLICE_EMPTY ((Slice){ NULL, 0 })

static inline Slice slice_make(const void *data, size_t size)
{
	return (Slice){ data, size };
}

/* A NUL-terminated string as a slice without its NUL; NULL gives the empty slice. */
static inline Slice slice_from_text(const char *text)
{
	return (Slice){ (const uint8_t *)text, text ? strlen(text) : 0 };
}

/* The part of @s from @offset on, of at most @size bytes; empty where @offset lies outside. */
static inline Slice slice_sub(Slice s, size_t offset, size_t size)
{
	if (offset >= s.size)
		return SLICE_EMPTY;
	if (size > s.size - offset)
		size = s.size - offset;
	return (Slice){ s.data + offset, size };
}

static inline bool slice_equal(Slice a, Slice b)
{
	return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

/* Bytewise order, a prefix before what it is a prefix of; for sorting, the same on every machine.
 */
static inline int slice_compare(Slice a, Slice b)
{
	size_t shared = a.size < b.size ? a.size : b.size;
	int order = shared ? memcmp(a.data, b.data, shared) : 0;

	if (order)
		return order;
	return (a.size > b.size) - (a.size < b.size);
}
