/* SPDX-License-Identifier: Apache-2.0 */
/*
 * On processors that have instructions for SHA all hashes are taken block by block together
 * (base/digest-blocks.h), on others one after the other by libcrypto. What comes out is the same.
 */
#include "readers/file/digests.h"

#include <math.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "base/cursor.h"
#include "base/digest-blocks.h"

#define PART_BYTES   (16u << 10) /* half of a first-level cache: for libcrypto */
#define COUNT_BYTES  (1u << 30)	 /* after so many the counts are summed up */
#define LENGTH_BYTES 8		 /* at the end of the last block: how many bits there were */

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
	gboolean together;
	Hash hashes[DIGEST_N_KINDS]; /* of which those of libcrypto are used if not together */
	EVP_MD_CTX *aside;	     /* for digests_md5() */
	DigestState state;
	guint8 held[DIGEST_BLOCK_BYTES]; /* the beginning of a block */
	guint n_held;
	guint64 n_bytes;
	gboolean is_finished;
	guint64 counts[256];
};

Digests *digests_new(gboolean portable)
{
	Digests *digests = g_new0(Digests, 1);

	/* No configuration file: what a hash is does not depend on the machine. */
	(void)OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT, NULL);
	for (guint i = 0; i < DIGEST_N_KINDS; i++) {
		digests->hashes[i].method = EVP_MD_fetch(NULL, names[i], NULL);
		digests->hashes[i].context = EVP_MD_CTX_new();
	}
	digests->aside = EVP_MD_CTX_new();
	digests->together = !portable && digest_blocks_are_here();
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

static void append_hex(char *ret, guint at, guint8 byte)
{
	static const char digits[] = "0123456789abcdef";

	ret[2 * at] = digits[byte >> 4];
	ret[2 * at + 1] = digits[byte & 15];
	ret[2 * at + 2] = '\0';
}

static void hash_end(EVP_MD_CTX *context, char ret[DIGESTS_HEX_BYTES])
{
	guint8 bytes[EVP_MAX_MD_SIZE];
	guint size = 0;

	ret[0] = '\0';
	if (EVP_DigestFinal_ex(context, bytes, &size) != 1 || size > DIGESTS_HEX_BYTES / 2)
		return;
	for (guint i = 0; i < size; i++)
		append_hex(ret, i, bytes[i]);
}

void digests_begin(Digests *digests, gboolean is_sha256_known)
{
	for (guint i = 0; i < DIGEST_N_KINDS; i++) {
		Hash *hash = &digests->hashes[i];

		hash->is_on = !(i == DIGEST_SHA256 && is_sha256_known) &&
			(digests->together || hash_begin(hash->context, hash->method));
	}
	digests->state = digest_state_begin;
	digests->n_held = 0;
	digests->n_bytes = 0;
	digests->is_finished = FALSE;
	memset(digests->counts, 0, sizeof digests->counts);
}

/* ---- counts ---- */

static void sum_up(Digests *digests)
{
	for (guint i = 0; i < DIGEST_HISTOGRAMS; i++) {
		for (guint byte = 0; byte < 256; byte++)
			digests->counts[byte] += digests->state.counts[i][byte];
	}
	memset(digests->state.counts, 0, sizeof digests->state.counts);
}

static void count_bytes(Digests *digests, Slice part)
{
	Cursor c = cursor_make(part);
	guint64 word;
	guint8 byte;

	while (cursor_u64(&c, &word)) {
		for (guint i = 0; i < 8; i++)
			digests->state.counts[i % DIGEST_HISTOGRAMS][(guint8)(word >> (8 * i))]++;
	}
	while (cursor_u8(&c, &byte))
		digests->state.counts[0][byte]++;
}

/* ---- all together ---- */

/* Holds what is no whole block, until more comes. */
static void hold(Digests *digests, Cursor *c)
{
	guint8 byte;

	while (digests->n_held < DIGEST_BLOCK_BYTES && cursor_u8(c, &byte))
		digests->held[digests->n_held++] = byte;
	if (digests->n_held < DIGEST_BLOCK_BYTES)
		return;
	digest_blocks(&digests->state, digests->held, 1);
	digests->n_held = 0;
}

static void add_together(Digests *digests, Slice bytes)
{
	Cursor c = cursor_make(bytes);
	Slice blocks;

	if (digests->n_held)
		hold(digests, &c);
	if (cursor_slice(
		    &c, cursor_remaining(&c) / DIGEST_BLOCK_BYTES * DIGEST_BLOCK_BYTES, &blocks))
		digest_blocks(&digests->state, blocks.data, blocks.size / DIGEST_BLOCK_BYTES);
	hold(digests, &c);
}

/* What ends the bytes of one hash: a bit, zeros, how many bits there were. */
static void end_blocks(const Digests *digests, gboolean is_big_endian, DigestState *ret)
{
	guint8 end[2 * DIGEST_BLOCK_BYTES] = { 0 };
	guint n = digests->n_held + 1 + LENGTH_BYTES > DIGEST_BLOCK_BYTES ? 2 : 1;
	guint64 n_bits = digests->n_bytes * 8;

	for (guint i = 0; i < digests->n_held; i++)
		end[i] = digests->held[i];
	end[digests->n_held] = 0x80;
	for (guint i = 0; i < LENGTH_BYTES; i++) {
		guint shift = 8 * (is_big_endian ? LENGTH_BYTES - 1 - i : i);

		end[n * DIGEST_BLOCK_BYTES - LENGTH_BYTES + i] = (guint8)(n_bits >> shift);
	}
	digest_blocks(ret, end, n);
}

/* The two ways of writing the length need two ends; neither is counted. */
static void finish_together(Digests *digests)
{
	DigestState by_md5, by_sha;

	count_bytes(digests, slice_make(digests->held, digests->n_held));
	sum_up(digests);
	by_md5 = by_sha = digests->state;
	end_blocks(digests, FALSE, &by_md5);
	end_blocks(digests, TRUE, &by_sha);
	digests->state = by_sha;
	for (guint i = 0; i < G_N_ELEMENTS(by_md5.md5); i++)
		digests->state.md5[i] = by_md5.md5[i];
}

/* MD5 writes its words with the lowest byte first, the others with the highest. */
static void append_words(const guint32 *words, guint n, gboolean is_big_endian, char *ret)
{
	for (guint i = 0; i < 4 * n; i++) {
		guint shift = 8 * (is_big_endian ? 3 - i % 4 : i % 4);

		append_hex(ret, i, (guint8)(words[i / 4] >> shift));
	}
}

static void end_together(const Digests *digests, DigestKind kind, char *ret)
{
	const DigestState *state = &digests->state;

	if (kind == DIGEST_MD5)
		append_words(state->md5, G_N_ELEMENTS(state->md5), FALSE, ret);
	else if (kind == DIGEST_SHA1)
		append_words(state->sha1, G_N_ELEMENTS(state->sha1), TRUE, ret);
	else
		append_words(state->sha256, G_N_ELEMENTS(state->sha256), TRUE, ret);
}

/* ---- one after the other ---- */

static void add_by_libcrypto(Digests *digests, Slice bytes)
{
	for (gsize done = 0; done < bytes.size; done += PART_BYTES) {
		Slice part = slice_sub(bytes, done, PART_BYTES);

		for (guint i = 0; i < DIGEST_N_KINDS; i++) {
			Hash *hash = &digests->hashes[i];

			if (hash->is_on)
				hash->is_on =
					EVP_DigestUpdate(hash->context, part.data, part.size) == 1;
		}
		count_bytes(digests, part);
	}
}

/* ---- what both share ---- */

void digests_add(Digests *digests, Slice bytes)
{
	for (gsize done = 0; done < bytes.size; done += COUNT_BYTES) {
		Slice part = slice_sub(bytes, done, COUNT_BYTES);

		if (digests->n_bytes / COUNT_BYTES != (digests->n_bytes + part.size) / COUNT_BYTES)
			sum_up(digests);
		digests->n_bytes += part.size;
		if (digests->together)
			add_together(digests, part);
		else
			add_by_libcrypto(digests, part);
	}
}

static void finish(Digests *digests)
{
	if (digests->is_finished)
		return;
	digests->is_finished = TRUE;
	if (digests->together)
		finish_together(digests);
	else
		sum_up(digests);
}

void digests_end(Digests *digests, DigestKind kind, char ret[DIGESTS_HEX_BYTES])
{
	finish(digests);
	ret[0] = '\0';
	if (!digests->hashes[kind].is_on)
		return;
	digests->hashes[kind].is_on = FALSE;
	if (digests->together)
		end_together(digests, kind, ret);
	else
		hash_end(digests->hashes[kind].context, ret);
}

void digests_md5(Digests *digests, Slice text, char ret[DIGESTS_HEX_BYTES])
{
	ret[0] = '\0';
	if (hash_begin(digests->aside, digests->hashes[DIGEST_MD5].method) &&
		EVP_DigestUpdate(digests->aside, text.data, text.size) == 1)
		hash_end(digests->aside, ret);
}

double digests_entropy(Digests *digests)
{
	double sum = 0, n = 0;

	finish(digests);
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
