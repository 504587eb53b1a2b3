/* SPDX-License-Identifier: Apache-2.0 */
#include "readers/text/quoted.h"

static void check(const char *text, const char *wanted, gboolean is_open)
{
	g_autoptr(GString) scratch = g_string_new(NULL);
	g_autoptr(GString) joined = g_string_new(NULL);
	Value parts[8];
	gboolean open;
	guint n = quoted_split(slice_from_text(text), ',', VALUE_UTF8, parts, 8, scratch, &open);

	for (guint i = 0; i < MIN(n, 8); i++) {
		g_string_append_len(
			joined, (const char *)parts[i].bytes.data, (gssize)parts[i].bytes.size);
		g_string_append_c(joined, '|');
	}
	g_assert_cmpstr(joined->str, ==, wanted);
	g_assert_true(open == is_open);
	g_assert_true(quoted_goes_on(slice_from_text(text), ',', FALSE) == is_open);
}

static void test_split(void)
{
	check("", "|", FALSE);
	check("a", "a|", FALSE);
	check("a,b", "a|b|", FALSE);
	check(",", "||", FALSE);
	check("\"a,b\",c", "a,b|c|", FALSE);
	check("\"\",\"\"", "||", FALSE);
	check("\"a \"\"b\"\", c\",\"\"\"\"", "a \"b\", c|\"|", FALSE);
	check("\"a\"\"b\",\"c\"\"d\",e", "a\"b|c\"d|e|", FALSE);
	/* Programs that do not know the rules. */
	check("a\"b,c\"", "a\"b|c\"|", FALSE);
	check("\"a\"b,c\",d", "a\"b,c|d|", FALSE);
	check("\"a,b", "a,b|", TRUE);
	check("a,\"", "a||", TRUE);
	check("a,\"b\"\"", "a|b\"|", TRUE);
	check("\"a\",", "a||", FALSE);
}

static void test_goes_on(void)
{
	g_assert_true(quoted_goes_on(slice_from_text("still open"), ',', TRUE));
	g_assert_true(quoted_goes_on(slice_from_text(""), ',', TRUE));
	g_assert_false(quoted_goes_on(slice_from_text("end\",x"), ',', TRUE));
	g_assert_true(quoted_goes_on(slice_from_text("end\",\"x"), ',', TRUE));
	g_assert_true(quoted_goes_on(slice_from_text("\"\""), ',', TRUE));
	g_assert_false(quoted_goes_on(slice_from_text("\"\"\""), ',', TRUE));
}

/* More parts than there is room for are counted. */
static void test_max(void)
{
	g_autoptr(GString) scratch = g_string_new(NULL);
	Value part = { 0 };
	gboolean open;

	g_assert_cmpuint(quoted_split(slice_from_text("\"a\"\"a\",\"b\"\"b\",c"), ',', VALUE_UTF8,
				 &part, 1, scratch, &open),
		==, 3);
	g_assert_cmpmem(part.bytes.data, part.bytes.size, "a\"a", 3);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/text/quoted/split", test_split);
	g_test_add_func("/text/quoted/goes-on", test_goes_on);
	g_test_add_func("/text/quoted/max", test_max);
	return g_test_run();
}
