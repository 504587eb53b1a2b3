/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"
#include "engines/yara/cut.h"

/* Each piece as "line kind[!] name(needs)", joined by "; ". A problem shows as "!". */
static char *describe(const char *text)
{
	g_autoptr(YaraCut) cut = yara_cut_new(slice_from_text(text));
	GString *ret = g_string_new(NULL);

	for (guint i = 0; i < cut->pieces->len; i++) {
		const YaraPiece *piece = yara_cut_piece(cut, i);

		g_string_append_printf(ret, "%s%u %s%s%s%s", i ? "; " : "", piece->line,
			piece->is_private ? "private " : "", piece->is_global ? "global " : "",
			yara_piece_kind_name(piece->kind), piece->problem ? "!" : "");
		if (piece->name.size)
			g_string_append_printf(ret, " %.*s", (int)piece->name.size,
				(const char *)piece->name.data);
		for (guint n = 0; piece->needs && n < piece->needs->len; n++)
			g_string_append_printf(ret, "%s%u", n ? "," : " needs ",
				g_array_index(piece->needs, guint, n));
	}
	return g_string_free(ret, FALSE);
}

static void expect(const char *text, const char *pieces)
{
	g_autofree char *got = describe(text);

	g_assert_cmpstr(got, ==, pieces);
}

static void test_rules(void)
{
	expect("", "");
	expect("rule a { condition: true }\nrule b : x y { condition: true }",
		"1 rule a; 2 rule b");
	expect("import \"pe\"\ninclude \"x.yar\"\nprivate global rule a {condition: true}",
		"1 import pe; 2 include! x.yar; 3 private global rule a");
	expect("// rule a {}\n/* rule b {\n} */ rule c{condition:true}//}", "3 rule c");
}

/* Braces and quotes inside of strings, regular expressions, hex strings and comments. */
static void test_quotes(void)
{
	expect("rule a { strings: $a = \"}\\\"}\" $b = /}\\/\"}/ $c = { 4D [2-3] ( 5A | 00 ) } "
	       "condition: $a }\nrule b { condition: true }",
		"1 rule a; 2 rule b");
	expect("rule a { strings: $a = { 4D // }\n 5A /* } */ } condition: $rule and #rule > 1 }\n"
	       "rule b { condition: 0x1frule }",
		"1 rule a; 3 rule b");
}

static void test_needs(void)
{
	expect("import \"pe\"\nrule a {condition: true}\nrule ab {condition: true}\n"
	       "rule c {meta: pe = \"a\" strings: $a = \"a\" condition: a and a and pe.x and y.ab}",
		"1 import pe; 2 rule a; 3 rule ab; 4 rule c needs 1,0");
	expect("rule a {condition: true}\nrule ab {condition: true}\n"
	       "rule c {condition: any of (a *) and c and later}\nrule later {condition: true}",
		"1 rule a; 2 rule ab; 3 rule c needs 0,1; 4 rule later");
}

static void test_broken(void)
{
	expect("rule a { condition: true\nprivate rule b { condition: true }",
		"1 rule! a; 2 private rule b");
	/* A modifier of a string is none of the rule behind. */
	expect("rule a { strings: $a = \"x\" private\nrule b { condition: true }",
		"1 rule! a; 2 rule b");
	expect("rule a { condition: true }\nrule a { condition: true }", "1 rule a; 2 rule! a");
	expect("rule a { condition: true } }\nx y\nrule b { condition: true }",
		"1 rule a; 1 text outside of rules!; 3 rule b");
	expect("rule { condition: true }\nrule b condition: true }",
		"1 rule!; 2 rule! b; 2 text outside of rules!");
	expect("private\nimport x\nimport \"pe\"",
		"1 private text outside of rules!; 2 text outside of rules!; 3 import pe");
	expect("rule a { strings: $a = \"x\n condition: true }\nrule b { condition: true }",
		"1 rule a; 3 rule b"); /* libyara will say what is wrong */
	expect("rule a { condition: true } /* rule b", "1 rule a");
}

static void test_nul(void)
{
	static const char text[] = "rule a { condition: \0 }\nrule b { condition: true }";
	g_autoptr(YaraCut) cut = yara_cut_new(slice_make(text, sizeof text - 1));

	g_assert_cmpuint(cut->pieces->len, ==, 2);
	g_assert_nonnull(yara_cut_piece(cut, 0)->problem);
	g_assert_null(yara_cut_piece(cut, 1)->problem);
}

static void test_text(void)
{
	static const char text[] = "  global\n rule a : t { condition: true }  // x";
	g_autoptr(YaraCut) cut = yara_cut_new(slice_from_text(text));
	Slice cut_out = yara_cut_piece(cut, 0)->text;

	g_assert_true(
		slice_equal(cut_out, slice_from_text("global\n rule a : t { condition: true }")));
}

/* Linear: a million rules that refer to all others by name* reach the limit, and say so. */
static void test_steps(void)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(YaraCut) cut = NULL;

	for (guint i = 0; i < 10000; i++)
		g_string_append_printf(text, "rule r%u{condition:any of(r*)}", i);
	cut = yara_cut_new(slice_make(text->str, text->len));
	g_assert_null(yara_cut_piece(cut, 1)->problem);
	g_assert_nonnull(yara_cut_piece(cut, 9999)->problem);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	hash_warm_up();
	g_test_add_func("/yara/cut/rules", test_rules);
	g_test_add_func("/yara/cut/quotes", test_quotes);
	g_test_add_func("/yara/cut/needs", test_needs);
	g_test_add_func("/yara/cut/broken", test_broken);
	g_test_add_func("/yara/cut/nul", test_nul);
	g_test_add_func("/yara/cut/text", test_text);
	g_test_add_func("/yara/cut/steps", test_steps);
	return g_test_run();
}
