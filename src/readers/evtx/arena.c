/* SPDX-License-Identifier: Apache-2.0 */
#include "readers/evtx/arena.h"

#define BLOCK_BYTES 16384
#define ALIGNMENT   16

static void add_block(Arena *arena, gsize size)
{
	g_ptr_array_add(arena->blocks, g_malloc(size));
	arena->size = size;
	arena->used = 0;
}

void arena_init(Arena *arena)
{
	*arena = (Arena){ .blocks = g_ptr_array_new_with_free_func(g_free) };
	add_block(arena, BLOCK_BYTES);
}

void arena_clear(Arena *arena)
{
	g_clear_pointer(&arena->blocks, g_ptr_array_unref);
}

void arena_reset(Arena *arena)
{
	if (arena->blocks->len > 1) {
		g_ptr_array_set_size(arena->blocks, 1);
		arena->size = BLOCK_BYTES;
	}
	arena->used = 0;
	arena->total = 0;
}

void *arena_alloc(Arena *arena, gsize size)
{
	size = (MAX(size, 1) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	if (size > arena->size - arena->used)
		add_block(arena, MAX(size, BLOCK_BYTES));

	guint8 *block = g_ptr_array_index(arena->blocks, arena->blocks->len - 1);
	void *found = block + arena->used;

	arena->used += size;
	arena->total += size;
	memset(found, 0, size);
	return found;
}

Slice arena_copy(Arena *arena, Slice bytes)
{
	guint8 *copy = arena_alloc(arena, bytes.size);

	if (bytes.size > 0)
		memcpy(copy, bytes.data, bytes.size);
	return slice_make(copy, bytes.size);
}
