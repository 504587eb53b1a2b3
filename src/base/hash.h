/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keyed hashing for tables whose keys come from evidence.
 *
 * GLib's g_str_hash() is unkeyed, so evidence could be made to collide. slice_hash() is SipHash-1-3
 * (Aumasson and Bernstein, "SipHash: a fast short-input PRF") under a key drawn once per process.
 * Its values differ from run to run: nothing that is output may depend on them.
 */
#pragma once

#include <glib.h>

#include "base/slice.h"

/* Draws the key; call once at the start of a program, before the seal. */
void hash_warm_up(void);

guint64 slice_hash(Slice s);

/* GHashFunc and GEqualFunc for keys that are `const Slice *`. */
guint slice_hash_key(gconstpointer slice);
gboolean slice_equal_key(gconstpointer a, gconstpointer b);
