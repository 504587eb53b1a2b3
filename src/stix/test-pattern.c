/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/limits.h"
#include "stix/pattern.h"

static StixPattern *parse(const char *text)
{
	g_autoptr(GError) error = NULL;
	StixPattern *pattern = stix_pattern_parse(slice_from_text(text), &error);

	if (!pattern)
		g_error("%s: %s", text, error->message);
	return pattern;
}

static char *problem_of(Slice text)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(StixPattern) pattern = stix_pattern_parse(text, &error);

	return pattern ? g_strdup("") : g_strdup(error->message);
}

static void test_grammar(void)
{
	static const char *const valid[] = {
		"[a:b=1]",
		"[ a:b == 1.5 ]",
		"[x-a:b <> -.5 AND x-a:c >= +5 OR x-a:d NOT IN ()]",
		"[NOT EXISTS a:b[*].'c-d'[-1] OR EXISTS a:'it\\'s \\\\'.x]",
		"[(a:b = 'x' OR a:b = 'y') AND (a:c LIKE '%_')]",
		"([a:b=1] FOLLOWEDBY [a:b=2]) WITHIN 5 SECONDS REPEATS 3 TIMES",
		"[a:b=1] START t'2020-01-01T00:00:00Z' STOP t'2020-01-01T00:00:60.5Z'",
		"[a:b=1] START '2020-01-01T00:00:00Z' STOP '2020-01-02T00:00:00Z'",
		"[a:b=h''] AND [a:b=h'0aFF'] OR [a:b=b'AQ=='] /* c */ // d",
		"[a:b = true]\xc2\xa0OR\xe3\x80\x80[a:b = 't\xc3\xa9']",
		"[a:b ISSUBSET '10.0.0.0/8' AND a:b NOT ISSUPERSET '10.0.0.1']",
		"[a:b MATCHES '^(a+)+$']",
		"[a:h = 1 OR a:b = 2 OR a:t = 3]",
	};

	for (guint i = 0; i < G_N_ELEMENTS(valid); i++)
		stix_pattern_free(parse(valid[i]));
}

static void test_errors(void)
{
	static const struct {
		const char *text;
		const char *start;
	} cases[] = {
		{ "", "character 1: the pattern ends where \"[\" or \"(\" is expected" },
		{ "[a:b = 1] OR\n  [a:b = ]", "line 2, character 10: \"]\" stands where a value" },
		{ "[a:b = 'x]", "character 8: \"'\" stands where a value is expected" },
		{ "[a:b = 05]", "character 9: \"5\" stands where \"]\" is expected" },
		{ "[a:b-c = 1]", "character 4: \"b-c\" stands where the name of a property" },
		{ "[a:IN = 1]", "character 4: \"IN\" stands where the name of a property" },
		{ "[a:b = 'a\\n']", "character 8:" },
		{ "[a:b = h'1']", "character 8: \"h\" stands" },
		{ "[a:b = b'']", "character 8: \"b\" stands" },
		{ "[a:b = t'2020-02-30T00:00:00Z']", "character 8: no calendar has this day" },
		{ "[a:b = t'2020-13-01T00:00:00Z']", "character 8: \"t\" stands" },
		{ "[a:b > true]", "character 8: \"true\" stands where a value that has an order" },
		{ "[a:b IN (1, 'x')]", "character 13: the values of a set are of different kinds" },
		{ "[a:b = 1] and [a:b = 2]", "character 11: \"and\" stands where an operator" },
		{ "[a:b = 1] REPEATS 0 TIMES", "character 21: REPEATS asks" },
		{ "[a:b = 1] WITHIN 0 SECONDS", "character 20: WITHIN asks" },
		{ "[a:b = 1] WITHIN -1 SECONDS", "character 18: \"-1\" stands" },
		{ "[a:b LIKE 5]", "character 11: \"5\" stands where a string" },
		{ "[a:b = 1] /* no end", "character 11: \"/\" stands" },
		{ "[\xc3\xa4:b = 1]", "character 2: \"\xc3\xa4\" stands where an object type" },
		{ "[NOT a:b = 1]", "character 6: \"a\" stands where \"EXISTS\" is expected" },
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *problem = problem_of(slice_from_text(cases[i].text));

		if (!g_str_has_prefix(problem, cases[i].start))
			g_error("%s: \"%s\" instead of \"%s\"", cases[i].text, problem,
				cases[i].start);
	}
	g_autofree char *nul = problem_of(slice_make("[a:b = '\0']", 11));
	g_autofree char *latin = problem_of(slice_from_text("[a:b = '\xe4']"));

	g_assert_cmpstr(nul, ==, "the pattern is no UTF-8 text, or holds a NUL");
	g_assert_cmpstr(latin, ==, nul);
}

static char *repeated(const char *before, const char *again, guint n, const char *behind)
{
	GString *text = g_string_new(before);

	while (n-- > 0)
		g_string_append(text, again);
	g_string_append(text, behind);
	return g_string_free(text, FALSE);
}

static void assert_limit(char *text, gboolean is_over)
{
	g_autofree char *owned = text;
	g_autoptr(GError) error = NULL;
	g_autoptr(StixPattern) pattern = stix_pattern_parse(slice_from_text(owned), &error);

	g_assert_cmpint(!pattern, ==, is_over);
	if (is_over)
		g_assert_error(error, SPOOR_ERROR, SPOOR_ERROR_LIMIT);
	else
		g_assert_no_error(error);
}

static void test_limits(void)
{
	g_autofree char *closed = repeated("[a:b = 1]", ")", LIMIT_STIX_DEPTH, "");

	assert_limit(repeated("", "(", LIMIT_STIX_DEPTH, closed), FALSE);
	assert_limit(repeated("", "(", 1000000, ""), TRUE);
	assert_limit(repeated("[", "(", 1000000, ""), TRUE);
	assert_limit(repeated("[a:b = 1]", " REPEATS 1 TIMES", LIMIT_STIX_DEPTH, ""), FALSE);
	assert_limit(repeated("[a:b = 1]", " REPEATS 1 TIMES", LIMIT_STIX_DEPTH + 1, ""), TRUE);
	assert_limit(repeated("[a:b = 1]", " REPEATS 65537 TIMES", 1, ""), TRUE);
	assert_limit(repeated("[a:b = 1]", " REPEATS 300 TIMES", 2, ""), TRUE);
	assert_limit(repeated("[a:b = 1]", " OR [a:b = 2]", LIMIT_STIX_PARTS - 1, ""), FALSE);
	assert_limit(repeated("[a:b = 1]", " OR [a:b = 2]", LIMIT_STIX_PARTS, ""), TRUE);
	assert_limit(repeated("[a:b", ".c", LIMIT_STIX_PATH_STEPS - 1, " = 1]"), FALSE);
	assert_limit(repeated("[a:b", ".c", LIMIT_STIX_PATH_STEPS, " = 1]"), TRUE);
	assert_limit(repeated("[a:b IN (0", ",1", LIMIT_STIX_NODES, ")]"), TRUE);
	assert_limit(repeated("[a:b = 1]", " ", LIMIT_STIX_PATTERN_BYTES, ""), TRUE);
}

static void append_value(void *context, const char *path, const char *value)
{
	g_string_append_printf(context, "%s=%s;", path, value);
}

static void assert_simple(const char *text, const char *values)
{
	g_autoptr(StixPattern) pattern = parse(text);
	g_autoptr(GString) told = g_string_new(NULL);
	gboolean is_simple = stix_pattern_is_simple(pattern, append_value, told);

	g_assert_cmpint(is_simple, ==, values != NULL);
	g_assert_cmpstr(told->str, ==, values ? values : "");
}

static void test_conjunction(void)
{
	static const struct {
		const char *text, *values;
	} cases[] = {
		{ "[a:b = 'x' AND a:c.d = 'y']", "a:b=x;a:c.d=y;" },
		{ "[a:b = 'x']", NULL }, /* one is simple */
		{ "[a:b = 'x' AND a:c != 'y']", NULL },
		{ "[a:b = 'x' AND a:c NOT = 'y']", NULL },
		{ "[a:b = 'x' AND (a:c = 'y' OR a:c = 'z')]", NULL },
		{ "[a:b = 'x' AND a:c = 5]", NULL },
		{ "[a:b = 'x'] AND [a:c = 'y']", NULL },
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GString) told = g_string_new(NULL);
		g_autoptr(StixPattern) pattern = parse(cases[i].text);
		gboolean is = stix_pattern_is_conjunction(pattern, append_value, told);

		g_assert_cmpint(is, ==, cases[i].values != NULL);
		g_assert_cmpstr(told->str, ==, cases[i].values ? cases[i].values : "");
	}
}

static void test_simple(void)
{
	assert_simple("[ domain-name : value = 'a.example' ]", "domain-name:value=a.example;");
	assert_simple("[file:hashes.'SHA-256' = 'aa' OR file:hashes . 'MD5' IN ('b', 'c')]",
		"file:hashes.'SHA-256'=aa;file:hashes.MD5=b;file:hashes.MD5=c;");
	assert_simple("[a:b = 'it\\'s \\\\'] OR ([a:c = 5 OR a:d[*].e[2] = -1.50])",
		"a:b=it's \\;a:c=5;a:d[*].e[2]=-1.50;");
	assert_simple(
		"[a:b = 'x'] START t'2020-01-01T00:00:00Z' STOP t'2020-01-02T00:00:00Z'", NULL);
	assert_simple("[a:b = 'x'] AND [a:b = 'y']", NULL);
	assert_simple("[a:b = 'x' AND a:c = 'y']", NULL);
	assert_simple("[a:b != 'x']", NULL);
	assert_simple("[a:b NOT = 'x']", NULL);
	assert_simple("[a:b = 'x' OR a:b LIKE 'y%']", NULL);
	assert_simple("[a:b = true]", NULL);
	assert_simple("[EXISTS a:b]", NULL);
}

static void assert_check(const char *text, StixVersion version, const char *problem)
{
	g_autoptr(StixPattern) pattern = parse(text);
	g_autoptr(GError) error = NULL;

	g_assert_cmpint(stix_pattern_check(pattern, version, &error), ==, problem == NULL);
	if (problem)
		g_assert_cmpstr(error->message, ==, problem);
}

static void test_check(void)
{
	static const char twice[] = "a qualifier stands twice on the same observation";

	assert_check("[a:b = 1] REPEATS 2 TIMES REPEATS 3 TIMES", STIX_2_0, NULL);
	assert_check("[a:b = 1] REPEATS 2 TIMES REPEATS 3 TIMES", STIX_2_1, twice);
	assert_check("[a:b = 1] REPEATS 2 TIMES WITHIN 1 SECONDS", STIX_2_1, NULL);
	assert_check("([a:b = 1] REPEATS 2 TIMES) REPEATS 3 TIMES", STIX_2_1, NULL);
	assert_check(
		"([a:b = 1] WITHIN 2 SECONDS WITHIN 3 SECONDS) REPEATS 3 TIMES", STIX_2_1, twice);
	assert_check("[EXISTS a:b]", STIX_2_0, "STIX 2.0 has no EXISTS");
	assert_check("[EXISTS a:b]", STIX_2_1, NULL);
	assert_check("[a:b = 1] START '2020-01-01T00:00:00Z' STOP '2020-01-01T00:00:01Z'", STIX_2_1,
		"STIX 2.1 writes the times of START and STOP as t'…'");
	assert_check("[file:hashes.'SHA-256' = 'f00']", STIX_2_1,
		"\"f00\" is no SHA-256 hash: that has 64 hexadecimal digits");
	assert_check("[file:hashes[*] = 'f00' OR file:hashes.x = 'y']", STIX_2_1, NULL);
}

static void test_truncations(void)
{
	static const char text[] =
		"([a:b = 'it\\'s' AND x-y:c[*].'d e' IN (1, 2.5)] FOLLOWEDBY [NOT EXISTS a:b] /* c "
		"*/ "
		"AND [a:b = t'2020-01-01T00:00:00Z' OR a:c = h'00ff']) WITHIN 5 SECONDS OR "
		"[a:b MATCHES 'x'] START t'2020-01-01T00:00:00Z' STOP t'2020-01-02T00:00:00.5Z'";

	for (gsize size = 0; size <= strlen(text); size++) {
		g_autofree char *exact = g_memdup2(text, MAX(size, 1));

		g_free(problem_of(slice_make(exact, size)));
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/stix/pattern/grammar", test_grammar);
	g_test_add_func("/stix/pattern/errors", test_errors);
	g_test_add_func("/stix/pattern/limits", test_limits);
	g_test_add_func("/stix/pattern/simple", test_simple);
	g_test_add_func("/stix/pattern/conjunction", test_conjunction);
	g_test_add_func("/stix/pattern/check", test_check);
	g_test_add_func("/stix/pattern/truncations", test_truncations);
	return g_test_run();
}
