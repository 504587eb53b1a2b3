/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys: how indicators are hashed, in stores and while events are searched.
 *
 * The hash has no secret key, since a store is built once and mapped by many. So an author of a
 * feed could make values that collide; what a store does about that is said in store-format.h.
 *
 * Values that are also found as the end of longer ones (hosts, paths) are hashed component by
 * component from the end, so that one walk over a host gives the hash of it and of all its parents.
 */
#pragma once

#include <glib.h>

#include "base/slice.h"
#include "model/indicator.h"

#define KEY_PRIME_1 G_GUINT64_CONSTANT(0xa0761d6478bd642f)
#define KEY_PRIME_2 G_GUINT64_CONSTANT(0xe7037ed1a0b428db)
#define KEY_PRIME_3 G_GUINT64_CONSTANT(0x8ebc6af09c88c6e3)

static inline guint64 key_mix(guint64 a, guint64 b)
{
	unsigned __int128 product = (unsigned __int128)a * b;

	return (guint64)product ^ (guint64)(product >> 64);
}

/* @size bytes at @at, which lie in @s: eight at most. The order of bytes is that of all machines.
 */
static inline guint64 key_load(Slice s, gsize at, gsize size)
{
	guint64 number = 0;

	if (size == 8) {
		memcpy(&number, &s.data[at], 8);
		return GUINT64_FROM_LE(number);
	}
	if (size >= 4) {
		guint32 low, high;

		memcpy(&low, &s.data[at], 4);
		memcpy(&high, &s.data[at + size - 4], 4);
		return GUINT32_FROM_LE(low) | (guint64)GUINT32_FROM_LE(high) << 32;
	}
	if (size > 0)
		number = s.data[at] | (guint64)s.data[at + size / 2] << 8 |
			(guint64)s.data[at + size - 1] << 16;
	return number;
}

/* The hash of @s behind what has @before. */
static inline guint64 key_add(guint64 before, Slice s)
{
	guint64 hash = before ^ KEY_PRIME_1;
	gsize at = 0;

	for (; s.size - at > 8; at += 8)
		hash = key_mix(hash ^ key_load(s, at, 8), KEY_PRIME_2);
	return key_mix(hash ^ key_load(s, at, s.size - at), KEY_PRIME_3 ^ s.size);
}

static inline guint64 key_start(IndicatorKind kind)
{
	return (guint64)(kind + 1) * KEY_PRIME_2;
}

static inline guint64 key_hash(IndicatorKind kind, Slice s)
{
	return key_add(key_start(kind), s);
}

/*
 * What a filter is asked for before the hash of a whole value is worth making: of URLs the host, of
 * paths the last component.
 */
static inline guint64 key_gate(guint64 hash)
{
	return key_mix(hash, KEY_PRIME_1);
}
