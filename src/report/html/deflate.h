/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Deflate: our own compressor, for one reason only: the same report on every machine.
 *
 * What zlib writes depends on its version and build (zlib 1.2.13 and Chromium's differ by 0.4 % on
 * the same input), so a report packed by it could not be compared byte by byte. This one is a
 * function of its input alone. It finds repeats by hash chains with one step of lazy matching and
 * writes dynamic Huffman blocks (RFC 1951): within a few per cent of zlib's default.
 */
#pragma once

#include <glib.h>

#include "base/slice.h"

/* Appends @input as one gzip member (RFC 1952) without a name or a time. */
void deflate_append_gzip(GByteArray *out, Slice input);
