/* SPDX-License-Identifier: Apache-2.0 */
/* Both ways of hashing against GLib's, for sizes around each border and bytes in odd pieces. */
#include "readers/file/digests.h"

#define ALL_BYTES (300u << 10)

static guint8 *make_bytes(void)
{
	guint8 *bytes = g_malloc(ALL_BYTES);

	for (gsize i = 0; i < ALL_BYTES; i++)
		bytes[i] = (guint8)(i * 2654435761u >> 23);
	return bytes;
}

static void assert_digest(Digests *digests, DigestKind kind, Slice bytes)
{
	static const GChecksumType types[] = { G_CHECKSUM_MD5, G_CHECKSUM_SHA1, G_CHECKSUM_SHA256 };
	g_autofree char *expected =
		g_compute_checksum_for_data(types[kind], bytes.data, bytes.size);
	char hex[DIGESTS_HEX_BYTES];

	digests_end(digests, kind, hex);
	g_assert_cmpstr(hex, ==, expected);
}

static void assert_all(Digests *digests, Slice bytes, gsize piece_bytes)
{
	digests_begin(digests, FALSE);
	for (gsize done = 0; done < bytes.size; done += piece_bytes)
		digests_add(digests, slice_sub(bytes, done, piece_bytes));
	for (guint kind = 0; kind < DIGEST_N_KINDS; kind++)
		assert_digest(digests, kind, bytes);
}

static void test_sizes(gconstpointer portable)
{
	g_autoptr(Digests) digests = digests_new(GPOINTER_TO_INT(portable));
	g_autofree guint8 *bytes = make_bytes();

	for (gsize size = 0; size <= 300; size++)
		assert_all(digests, slice_make(bytes + size % 7, size), ALL_BYTES);
	assert_all(digests, slice_make(bytes, ALL_BYTES), ALL_BYTES);
}

static void test_pieces(gconstpointer portable)
{
	static const gsize pieces[] = { 1, 63, 64, 65, 1000, 16384, 100000 };
	g_autoptr(Digests) digests = digests_new(GPOINTER_TO_INT(portable));
	g_autofree guint8 *bytes = make_bytes();

	for (guint i = 0; i < G_N_ELEMENTS(pieces); i++)
		assert_all(digests, slice_make(bytes, ALL_BYTES - i), pieces[i]);
}

static void assert_entropy(Digests *digests, Slice bytes, double expected)
{
	digests_begin(digests, TRUE);
	digests_add(digests, slice_sub(bytes, 0, 100));
	digests_add(digests, slice_sub(bytes, 100, SIZE_MAX));
	g_assert_cmpfloat_with_epsilon(digests_entropy(digests), expected, 1e-9);
}

static void test_entropy(gconstpointer portable)
{
	g_autoptr(Digests) digests = digests_new(GPOINTER_TO_INT(portable));
	guint8 bytes[1024] = { 0 };

	assert_entropy(digests, SLICE_EMPTY, 0);
	assert_entropy(digests, slice_make(bytes, sizeof bytes), 0);
	for (guint i = 0; i < sizeof bytes; i++)
		bytes[i] = (guint8)(i % 2);
	assert_entropy(digests, slice_make(bytes, sizeof bytes), 1);
	for (guint i = 0; i < sizeof bytes; i++)
		bytes[i] = (guint8)i;
	assert_entropy(digests, slice_make(bytes, sizeof bytes), 8);
	/* The end of a block counts as well: three of 0, one of 1. */
	assert_entropy(digests, slice_make((guint8[]){ 0, 0, 1, 0 }, 4), 0.8112781244591328);
}

static void test_known_sha256(gconstpointer portable)
{
	g_autoptr(Digests) digests = digests_new(GPOINTER_TO_INT(portable));
	char hex[DIGESTS_HEX_BYTES];

	digests_begin(digests, TRUE);
	digests_add(digests, slice_from_text("abc"));
	digests_end(digests, DIGEST_SHA256, hex);
	g_assert_cmpstr(hex, ==, "");
	assert_digest(digests, DIGEST_MD5, slice_from_text("abc"));
	/* One of another text, meanwhile. */
	digests_md5(digests, slice_from_text(""), hex);
	g_assert_cmpstr(hex, ==, "d41d8cd98f00b204e9800998ecf8427e");
	assert_digest(digests, DIGEST_SHA1, slice_from_text("abc"));
}

/* Where the processor has no instructions for it, both are the same. */
static void add(const char *name, void (*test)(gconstpointer portable))
{
	for (int portable = 0; portable < 2; portable++) {
		g_autofree char *path =
			g_strdup_printf("/digests/%s/%s", name, portable ? "portable" : "here");

		g_test_add_data_func(path, GINT_TO_POINTER(portable), test);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	add("sizes", test_sizes);
	add("pieces", test_pieces);
	add("entropy", test_entropy);
	add("known-sha256", test_known_sha256);
	return g_test_run();
}
