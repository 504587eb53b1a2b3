/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Block: sixteen bytes of a slice looked at together, for the loops that run over every byte.
 *
 * Masks have bit i set for byte i. Loading asks for sixteen bytes that are there: the caller checks
 * (block_fits()), as the cost of a check is what these loops save.
 */
#pragma once

#include <assert.h>

#include "base/slice.h"

#define BLOCK_BYTES 16

#ifdef __SSE2__
#include "base/block-sse2.h" /* IWYU pragma: export */
#else
#include "base/block-plain.h" /* IWYU pragma: export */
#endif

static inline bool block_fits(Slice s, size_t at)
{
	return at <= s.size && s.size - at >= BLOCK_BYTES;
}

/* The number of the lowest bit that is set; @mask must not be 0. */
static inline unsigned block_first(unsigned mask)
{
	return (unsigned)__builtin_ctz(mask);
}
