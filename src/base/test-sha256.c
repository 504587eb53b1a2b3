/* SPDX-License-Identifier: Apache-2.0 */
/* GLib's hash is the reference. */
#include "base/sha256.h"

#include "base/sha256-blocks.h"

static void check(const guint8 *bytes, gsize size, gsize cut)
{
	const Slice whole = slice_make(bytes, size);
	const Slice parts[] = { slice_sub(whole, 0, cut), slice_sub(whole, cut, 1),
		slice_sub(whole, cut + 1, size) };
	g_autofree char *expected = g_compute_checksum_for_data(G_CHECKSUM_SHA256, bytes, size);
	char got[SHA256_HEX_BYTES];

	sha256_hex(parts, G_N_ELEMENTS(parts), got);
	g_assert_cmpstr(got, ==, expected);
}

/* Every length around the borders of blocks, cut at every place that matters. */
static void test_sizes(void)
{
	guint8 bytes[300];

	for (gsize i = 0; i < sizeof bytes; i++)
		bytes[i] = (guint8)(i * 7 + 3);
	for (gsize size = 0; size <= sizeof bytes; size++) {
		for (gsize cut = 0; cut <= MIN(size, 130); cut++)
			check(bytes, size, cut);
	}
}

static void test_long(void)
{
	g_autofree guint8 *bytes = g_malloc(1 << 20);

	for (gsize i = 0; i < 1 << 20; i++)
		bytes[i] = (guint8)(i >> 8 ^ i);
	check(bytes, 1 << 20, 100001);
}

/* Whatever this machine has, the portable code is right too. */
static void test_portable(void)
{
	guint8 bytes[4 * SHA256_BLOCK_BYTES];
	guint32 a[8], b[8];

	for (gsize i = 0; i < sizeof bytes; i++)
		bytes[i] = (guint8)(i * 11);
	for (guint i = 0; i < 8; i++)
		a[i] = b[i] = 0x01234567u * (i + 1);
	sha256_blocks(a, bytes, 4);
	sha256_blocks_portable(b, bytes, 4);
	g_assert_cmpmem(a, sizeof a, b, sizeof b);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/sha256/sizes", test_sizes);
	g_test_add_func("/sha256/long", test_long);
	g_test_add_func("/sha256/portable", test_portable);
	return g_test_run();
}
