/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Arena: memory for what is made for one event (items of lists, joined text) and goes away with it.
 * Blocks never move, so what was handed out stays where it is until arena_reset().
 */
#pragma once

#include <glib.h>

#include "base/slice.h"

typedef struct Arena {
	GPtrArray *blocks; /* all but the first are freed by a reset */
	gsize used, size;  /* of the last block */
	gsize total;	   /* handed out since the reset */
} Arena;

void arena_init(Arena *arena);
void arena_clear(Arena *arena);
void arena_reset(Arena *arena);

/* Zeroed memory, aligned for any type. */
void *arena_alloc(Arena *arena, gsize size);
Slice arena_copy(Arena *arena, Slice bytes);
