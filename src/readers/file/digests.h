/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Digests: the hashes by which the world names files, and their entropy, of bytes that come by and
 * by. All of them are taken of one block while it is in the cache, so the bytes are read once.
 */
#pragma once

#include <glib.h>

#include "base/slice.h"

typedef enum DigestKind {
	DIGEST_MD5,
	DIGEST_SHA1,
	DIGEST_SHA256,
	DIGEST_N_KINDS,
} DigestKind;

#define DIGESTS_HEX_BYTES 65 /* room for the longest in hexadecimal digits, and a NUL */

typedef struct Digests Digests;

/*
 * Sets up libcrypto: call it before the seal. Never fails: a hash that is not to be had is "".
 * @portable, for tests: as if the processor had no instructions for it.
 */
Digests *digests_new(gboolean portable);
void digests_free(Digests *digests); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Digests, digests_free)

/* Begins anew; without SHA-256 where @is_sha256_known. */
void digests_begin(Digests *digests, gboolean is_sha256_known);

void digests_add(Digests *digests, Slice bytes);

/* Ends @kind: lower-case hexadecimal digits; "" where it was not taken. Once for each, after all is
 * added. */
void digests_end(Digests *digests, DigestKind kind, char ret[DIGESTS_HEX_BYTES]);

/* MD5 of a short text, as digests_end() gives it; what is under way is not disturbed. */
void digests_md5(Digests *digests, Slice text, char ret[DIGESTS_HEX_BYTES]);

/* Shannon entropy of what was added, in bits a byte; 0 of nothing. */
double digests_entropy(Digests *digests);
