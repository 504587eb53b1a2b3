/* SPDX-License-Identifier: Apache-2.0 */
#include "engines/sigma/glob.h"

#define MAX_PIECES 16

/* A glob from a pattern with * and ?; `pieces` point into `bytes`. */
typedef struct TestGlob {
	Glob glob;
	Slice pieces[MAX_PIECES];
	guint8 bytes[128];
} TestGlob;

static void test_glob_init(TestGlob *t, const char *pattern)
{
	gsize n = 0, start = 0;
	gboolean open = FALSE;

	t->glob = (Glob){ .pieces = t->pieces };
	for (const char *p = pattern;; p++) {
		if (*p && *p != '*') {
			t->bytes[n++] = *p == '?' ? GLOB_ANY : (guint8)*p;
			open = FALSE;
			continue;
		}
		if (n > start)
			t->pieces[t->glob.n_pieces++] = slice_make(t->bytes + start, n - start);
		start = n;
		if (!*p)
			break;
		open = TRUE;
		if (t->glob.n_pieces == 0)
			t->glob.open_start = TRUE;
	}
	t->glob.open_end = open;
}

/* The plainest possible matcher, for ASCII. */
static gboolean fits(const char *pattern, const char *text)
{
	if (!*pattern)
		return !*text;
	if (*pattern == '*')
		return fits(pattern + 1, text) || (*text && fits(pattern, text + 1));
	return *text && (*pattern == '?' || *pattern == *text) && fits(pattern + 1, text + 1);
}

static void check(const char *pattern, const char *text, gboolean expected)
{
	TestGlob t;

	test_glob_init(&t, pattern);
	if (glob_matches(&t.glob, slice_from_text(text)) != expected)
		g_error("'%s' against '%s' should be %d", pattern, text, expected);
}

static void test_plain(void)
{
	check("*\\temp\\*.exe", "c:\\temp\\a.exe", TRUE);
	check("*\\temp\\*.exe", "c:\\temp\\a.exe2", FALSE);
	check("a*b", "ab", TRUE);
	check("a*a", "a", FALSE);
	check("*", "", TRUE);
	check("", "", TRUE);
	check("", "a", FALSE);
	check("?*", "", FALSE);
	check("??", "a", FALSE);
}

/* ? is one character, however many bytes it has. */
static void test_characters(void)
{
	check("a?c",
		"a\xC3\xA4"
		"c",
		TRUE);
	check("a?c",
		"a\xE2\x82\xAC"
		"c",
		TRUE);
	check("a??c",
		"a\xC3\xA4"
		"c",
		FALSE);
	check("*?", "\xF0\x9F\x98\x80", TRUE);
	check("*??", "\xF0\x9F\x98\x80", FALSE);
	check("*x?", "x\xF0\x9F\x98\x80", TRUE);
	check("?*?", "\xC3\xA4\xC3\xA4", TRUE);
	check("?*?", "\xC3\xA4", FALSE);
}

static void random_string(GRand *random, const char *letters, gint n_letters, char *ret, gint max)
{
	gint size = g_rand_int_range(random, 0, max);

	for (gint i = 0; i < size; i++)
		ret[i] = letters[g_rand_int_range(random, 0, n_letters)];
	ret[size] = '\0';
}

static void test_agrees_with_recursion(void)
{
	g_autoptr(GRand) random = g_rand_new_with_seed(42);
	guint n_true = 0;

	for (guint i = 0; i < 20000; i++) {
		char pattern[10], text[16];

		random_string(random, "ab?*", 4, pattern, sizeof(pattern));
		random_string(random, "ab", 2, text, sizeof(text));

		gboolean expected = fits(pattern, text);

		n_true += expected;
		check(pattern, text, expected);
	}
	g_assert_cmpuint(n_true, >, 1000);
}

/* What makes backtracking matchers explode takes no time. */
static void test_no_explosion(void)
{
	g_autofree char *text = g_strnfill(1u << 20, 'a');

	check("*a*a*a*a*a*a*a*b", text, FALSE);
	check("*a?a?a?a*b", text, FALSE);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/sigma/glob/plain", test_plain);
	g_test_add_func("/sigma/glob/characters", test_characters);
	g_test_add_func("/sigma/glob/agrees-with-recursion", test_agrees_with_recursion);
	g_test_add_func("/sigma/glob/no-explosion", test_no_explosion);
	return g_test_run();
}
