/* SPDX-License-Identifier: Apache-2.0 */
#include "coordinator/digest.h"

#include <openssl/evp.h>

#include "base/error.h"

#define DIGEST_BYTES 32

struct Digest {
	EVP_MD_CTX *context;
};

Digest *digest_new(GError **error)
{
	g_autoptr(Digest) digest = g_new0(Digest, 1);

	digest->context = EVP_MD_CTX_new();
	if (digest->context && EVP_DigestInit_ex(digest->context, EVP_sha256(), NULL) == 1)
		return g_steal_pointer(&digest);
	g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_SYSTEM, "libcrypto lacks SHA-256");
	return NULL;
}

void digest_free(Digest *digest)
{
	if (!digest)
		return;
	EVP_MD_CTX_free(digest->context);
	g_free(digest);
}

void digest_add(Digest *digest, Slice bytes)
{
	if (EVP_DigestUpdate(digest->context, bytes.data, bytes.size) != 1)
		g_error("SHA-256 failed"); /* it can not, with its memory there */
}

void digest_end(Digest *digest, char ret[DIGEST_TEXT_BYTES])
{
	guint8 bytes[DIGEST_BYTES];

	if (EVP_DigestFinal_ex(digest->context, bytes, NULL) != 1 ||
		EVP_DigestInit_ex(digest->context, EVP_sha256(), NULL) != 1)
		g_error("SHA-256 failed");
	for (guint i = 0; i < DIGEST_BYTES; i++)
		g_snprintf(ret + 2 * i, 3, "%02x", bytes[i]);
}
