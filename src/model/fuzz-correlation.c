/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as an encoded correlation: what is accepted has the same bytes encoded again. And as
 * the key of a hit with as many values as its first byte says.
 */
#include "base/hash.h"
#include "base/limits.h"
#include "base/text.h"
#include "model/correlation.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	text_warm_up();
	hash_warm_up();
	return 0;
}

static void try_key(Slice bytes)
{
	Slice values[LIMIT_CORRELATION_VALUES];
	guint n;

	if (bytes.size == 0)
		return;
	n = bytes.data[0] % LIMIT_CORRELATION_VALUES;
	bytes = slice_sub(bytes, 1, bytes.size);
	if (!hit_key_read(bytes, n, values))
		return;

	g_autoptr(GByteArray) folded = g_byte_array_new();

	hit_key_append_folded(folded, bytes, n);
	g_assert_cmpuint(folded->len, >=, n);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Correlation) correlation = correlation_decode(slice_make(data, size), &error);

	g_assert_true((correlation == NULL) == (error != NULL));
	if (correlation) {
		g_autoptr(GByteArray) again = g_byte_array_new();

		correlation_encode(correlation, again);
		g_assert_true(
			slice_equal(slice_make(again->data, again->len), slice_make(data, size)));
	}
	try_key(slice_make(data, size));
	return 0;
}
