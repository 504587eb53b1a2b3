/* SPDX-License-Identifier: Apache-2.0 */
#include "readers/file/digests.h"

#include <math.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "base/cursor.h"

#define BLOCK_BYTES  (16u << 10) /* half of a first-level cache */
#define N_HISTOGRAMS 4		 /* equal bytes in a row would wait for each other in one */

static const char *const names[DIGEST_N_KINDS] = {
	[DIGEST_MD5] = "MD5",
	[DIGEST_SHA1] = "SHA1",
	[DIGEST_SHA256] = "SHA256",
};

typedef struct Hash {
	EVP_MD *method; /* NULL: not to be had */
	EVP_MD_CTX *context;
	gboolean is_on;
} Hash;

struct Digests {
	Hash hashes[DIGEST_N_KINDS];
	EVP_MD_CTX *aside; /* for digests_md5() */
	guint64 counts[256];
};

Digests *digests_new(void)
{
	Digests *digests = g_new0(Digests, 1);

	/* No configuration file: what a hash is does not depend on the machine. */
	(void)OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT, NULL);
	for (guint i = 0; i < DIGEST_N_KINDS; i++) {
		digests->hashes[i].method = EVP_MD_fetch(NULL, names[i], NULL);
		digests->hashes[i].context = EVP_MD_CTX_new();
	}
	digests->aside = EVP_MD_CTX_new();
	return digests;
}

void digests_free(Digests *digests)
{
	if (!digests)
		return;
	for (guint i = 0; i < DIGEST_N_KINDS; i++) {
		EVP_MD_CTX_free(digests->hashes[i].context);
		EVP_MD_free(digests->hashes[i].method);
	}
	EVP_MD_CTX_free(digests->aside);
	g_free(digests);
}

static gboolean hash_begin(EVP_MD_CTX *context, const EVP_MD *method)
{
	return context && method && EVP_DigestInit_ex2(context, method, NULL) == 1;
}

static void hash_end(EVP_MD_CTX *context, char ret[DIGESTS_HEX_BYTES])
{
	static const char digits[] = "0123456789abcdef";
	guint8 bytes[EVP_MAX_MD_SIZE];
	guint size = 0;

	ret[0] = '\0';
	if (EVP_DigestFinal_ex(context, bytes, &size) != 1 || size > DIGESTS_HEX_BYTES / 2)
		return;
	for (guint i = 0; i < size; i++) {
		ret[2 * i] = digits[bytes[i] >> 4];
		ret[2 * i + 1] = digits[bytes[i] & 15];
	}
	ret[2 * size] = '\0';
}

void digests_begin(Digests *digests, gboolean is_sha256_known)
{
	for (guint i = 0; i < DIGEST_N_KINDS; i++) {
		Hash *hash = &digests->hashes[i];

		hash->is_on = !(i == DIGEST_SHA256 && is_sha256_known) &&
			hash_begin(hash->context, hash->method);
	}
	memset(digests->counts, 0, sizeof digests->counts);
}

static void count_bytes(guint64 counts[256], Slice block)
{
	guint32 parts[N_HISTOGRAMS][256] = { 0 };
	Cursor c = cursor_make(block);
	guint64 word;
	guint8 byte;

	while (cursor_u64(&c, &word)) {
		for (guint i = 0; i < 8; i++)
			parts[i % N_HISTOGRAMS][(guint8)(word >> (8 * i))]++;
	}
	while (cursor_u8(&c, &byte))
		parts[0][byte]++;
	for (guint i = 0; i < 256; i++) {
		for (guint part = 0; part < N_HISTOGRAMS; part++)
			counts[i] += parts[part][i];
	}
}

void digests_add(Digests *digests, Slice bytes)
{
	for (gsize done = 0; done < bytes.size; done += BLOCK_BYTES) {
		Slice block = slice_sub(bytes, done, BLOCK_BYTES);

		for (guint i = 0; i < DIGEST_N_KINDS; i++) {
			Hash *hash = &digests->hashes[i];

			if (hash->is_on)
				hash->is_on = EVP_DigestUpdate(
						      hash->context, block.data, block.size) == 1;
		}
		count_bytes(digests->counts, block);
	}
}

void digests_end(Digests *digests, DigestKind kind, char ret[DIGESTS_HEX_BYTES])
{
	ret[0] = '\0';
	if (digests->hashes[kind].is_on)
		hash_end(digests->hashes[kind].context, ret);
	digests->hashes[kind].is_on = FALSE;
}

void digests_md5(Digests *digests, Slice text, char ret[DIGESTS_HEX_BYTES])
{
	ret[0] = '\0';
	if (hash_begin(digests->aside, digests->hashes[DIGEST_MD5].method) &&
		EVP_DigestUpdate(digests->aside, text.data, text.size) == 1)
		hash_end(digests->aside, ret);
}

double digests_entropy(const Digests *digests)
{
	double sum = 0, n = 0;

	for (guint i = 0; i < 256; i++) {
		double count = (double)digests->counts[i];

		n += count;
		if (count > 0)
			sum += count * log2(count);
	}
	if (n == 0)
		return 0;
	return fabs(log2(n) - sum / n); /* what is nearly nothing must not be "-0" */
}
