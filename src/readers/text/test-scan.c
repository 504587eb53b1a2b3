/* SPDX-License-Identifier: Apache-2.0 */
#include "readers/text/scan.h"

static void test_count(void)
{
	g_autoptr(GByteArray) bytes = g_byte_array_new();

	for (guint i = 0; i < 20000; i++) {
		guint8 byte = i % 3 ? 'x' : '\n';

		if (i % 997 == 0 || i < 100) {
			Slice s = slice_make(bytes->data, bytes->len);

			g_assert_cmpuint(scan_count(s, '\n'), ==, (i + 2) / 3);
		}
		g_byte_array_append(bytes, &byte, 1);
	}
}

static void test_ascii(void)
{
	guint8 bytes[70];

	for (guint at = 0; at <= 70; at++) {
		for (guint i = 0; i < 70; i++)
			bytes[i] = i == at ? 0x80 : 'x';
		for (guint from = 0; from <= at; from++)
			g_assert_cmpuint(scan_beyond_ascii(slice_make(bytes, 70), from), ==, at);
	}
}

static void test_utf8(void)
{
	static const char *const good[] = { "", "a", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80",
		"\xed\x9f\xbf", "\xee\x80\x80", "\xef\xbf\xbf", "\xf0\x90\x80\x80",
		"\xf4\x8f\xbf\xbf", "0123456789abcdef\xc3\xbc.", NULL };
	static const char *const bad[] = { "\x80", "\xc0\x80", "\xc1\xbf", "\xc3", "\xc3(",
		"\xe0\x9f\xbf", "\xed\xa0\x80", "\xe2\x82", "\xe2\x82(", "\xf0\x8f\xbf\xbf",
		"\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xf0\x9f\x98(", NULL };

	for (guint i = 0; good[i]; i++)
		g_assert_true(scan_is_utf8(slice_from_text(good[i])));
	for (guint i = 0; bad[i]; i++)
		g_assert_false(scan_is_utf8(slice_from_text(bad[i])));
	g_assert_true(scan_is_utf8(slice_make("a\0b", 3)));
}

/* Each text of up to 40 bytes made of separators at every pair of places. */
static void test_split(void)
{
	for (guint size = 0; size < 40; size++) {
		for (guint a = 0; a <= size; a++) {
			for (guint b = a; b <= size; b++) {
				g_autofree char *text = g_strnfill(size, 'x');
				g_auto(GStrv) wanted = NULL;
				Value parts[4];
				guint n;

				text[a == size ? size : a] = a == size ? '\0' : ',';
				text[b == size ? size : b] = b == size ? '\0' : ',';
				wanted = g_strsplit(text, ",", -1);
				n = scan_split(slice_make(text, size), ',', VALUE_UTF8, parts, 4);
				g_assert_cmpuint(n, ==, size ? g_strv_length(wanted) : 1);
				for (guint i = 0; i < n && size; i++)
					g_assert_cmpmem(parts[i].bytes.data, parts[i].bytes.size,
						wanted[i], strlen(wanted[i]));
			}
		}
	}
}

static void test_split_max(void)
{
	Value parts[2];

	g_assert_cmpuint(
		scan_split(slice_from_text("a,b,c,d,e,f,g,h,i,j,k,l"), ',', VALUE_ANSI, parts, 2),
		==, 12);
	g_assert_true(slice_equal(parts[1].bytes, slice_from_text("b")));
}

static void test_words(void)
{
	guint64 number = 0;
	Slice rest;

	g_assert_true(slice_equal(scan_trim(slice_from_text(" \ta b\t ")), slice_from_text("a b")));
	g_assert_cmpuint(scan_trim(slice_from_text("  ")).size, ==, 0);
	g_assert_true(scan_number(slice_from_text("18446744073709551615"), &number));
	g_assert_cmpuint(number, ==, G_MAXUINT64);
	g_assert_false(scan_number(slice_from_text("18446744073709551616"), &number));
	g_assert_false(scan_number(slice_from_text(""), &number));
	g_assert_false(scan_number(slice_from_text("1a"), &number));
	g_assert_true(scan_skip_prefix(slice_from_text("#FIELDS: a"), "#Fields:", &rest));
	g_assert_true(slice_equal(rest, slice_from_text(" a")));
	g_assert_false(scan_skip_prefix(slice_from_text("#Fi"), "#Fields:", &rest));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/text/scan/count", test_count);
	g_test_add_func("/text/scan/ascii", test_ascii);
	g_test_add_func("/text/scan/utf8", test_utf8);
	g_test_add_func("/text/scan/split", test_split);
	g_test_add_func("/text/scan/split-max", test_split_max);
	g_test_add_func("/text/scan/words", test_words);
	return g_test_run();
}
