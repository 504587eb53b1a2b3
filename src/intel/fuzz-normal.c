/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Normal forms of any text: the first byte says which kind. The normal form of a normal form is
 * itself, and a form that is refused leaves nothing behind.
 */
#include "base/hash.h"
#include "base/text.h"
#include "intel/normal.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	text_warm_up();
	hash_warm_up();
	return 0;
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	g_autoptr(GString) text = g_string_new(NULL), once = g_string_new(NULL),
			   twice = g_string_new(NULL);
	IndicatorKind kind;
	Slice bytes;

	if (size == 0)
		return 0;
	kind = (IndicatorKind)(data[0] % INDICATOR_N_KINDS);
	text_append_utf8(text, slice_make(&data[1], size - 1));
	bytes = slice_make(text->str, text->len);
	(void)normal_detect(bytes);
	(void)normal_file_ending(bytes);
	if (normal_append(once, kind, bytes)) {
		g_assert_cmpuint(once->len, ==, 0);
	} else {
		g_assert_true(g_utf8_validate(once->str, (gssize)once->len, NULL) ||
			memchr(once->str, 0, once->len));
		g_assert_null(normal_append(twice, kind, slice_make(once->str, once->len)));
		g_assert_cmpuint(once->len, ==, twice->len);
		g_assert_cmpint(memcmp(once->str, twice->str, once->len), ==, 0);
	}
	g_string_truncate(twice, 0);
	normal_append_refanged(twice, bytes);
	g_assert_cmpuint(twice->len, <=, bytes.size);
	return 0;
}
