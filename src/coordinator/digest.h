/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Digest: SHA-256 of what comes by and by, from libcrypto, which uses the processor's own
 * instructions.
 */
#pragma once

#include <glib.h>

#include "base/slice.h"

#define DIGEST_TEXT_BYTES 65 /* 64 hexadecimal digits and a NUL */

typedef struct Digest Digest;

/* NULL with @error where libcrypto lacks SHA-256. */
Digest *digest_new(GError **error);
void digest_free(Digest *digest); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Digest, digest_free)

void digest_add(Digest *digest, Slice bytes);

/* The digest of all that was added since the last call. */
void digest_end(Digest *digest, char ret[DIGEST_TEXT_BYTES]);
