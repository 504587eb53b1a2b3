/* SPDX-License-Identifier: Apache-2.0 */
#include "engines/sigma/prefilter.h"

#define N_ROUNDS      300
#define N_TEXTS	      20
#define MAX_LITERALS  400
#define MAX_TEXT_SIZE 120

/* A text of few letters, so that literals do occur, often overlapping. */
static Slice random_text(GRand *random, guint8 *buffer, guint min_size, guint max_size)
{
	guint size = (guint)g_rand_int_range(random, (gint)min_size, (gint)max_size + 1);
	guint letters = (guint)g_rand_int_range(random, 1, 5);

	for (guint i = 0; i < size; i++)
		buffer[i] = (guint8) "abc\\"[g_rand_int_range(random, 0, (gint)letters)];
	return slice_make(buffer, size);
}

static LiteralSet *random_literals(GRand *random)
{
	LiteralSet *set = literal_set_new();
	guint n = (guint)g_rand_int_range(random, 1, MAX_LITERALS);
	guint8 buffer[16];

	for (guint i = 0; i < n; i++) {
		LiteralKind kind = (LiteralKind)g_rand_int_range(random, 0, LITERAL_N_KINDS);

		(void)literal_set_add(
			set, kind, random_text(random, buffer, kind == LITERAL_EXACT ? 0 : 1, 14));
	}
	literal_set_finish(set);
	return set;
}

static void check_text(
	const Prefilter *prefilter, const LiteralSet *set, Slice text, PrefilterHits *hits)
{
	guint expected = 0;

	prefilter_find(prefilter, text, hits);
	for (guint i = 0; i < literal_set_size(set); i++) {
		gboolean holds = literal_holds(literal_set_get(set, i), text);

		expected += holds;
		g_assert_cmpint(hits->seen[i], ==, holds);
	}
	g_assert_cmpuint(hits->n_found, ==, expected);
	prefilter_hits_reset(hits);
	for (guint i = 0; i < literal_set_size(set); i++)
		g_assert_cmpint(hits->seen[i], ==, 0);
}

static void test_agrees_with_search(void)
{
	g_autoptr(GRand) random = g_rand_new_with_seed(20210302);
	guint8 buffer[MAX_TEXT_SIZE];

	for (guint round = 0; round < N_ROUNDS; round++) {
		g_autoptr(LiteralSet) set = random_literals(random);
		guint n = literal_set_size(set);
		g_autofree const Literal **literals = g_new(const Literal *, n);
		g_autofree guint8 *seen = g_new0(guint8, n);
		g_autofree guint32 *found = g_new0(guint32, n);
		PrefilterHits hits = { seen, found, 0 };

		for (guint i = 0; i < n; i++)
			literals[i] = literal_set_get(set, i);

		g_autoptr(Prefilter) prefilter = prefilter_new(literals, n);

		for (guint i = 0; i < N_TEXTS; i++)
			check_text(prefilter, set, random_text(random, buffer, 0, MAX_TEXT_SIZE),
				&hits);
	}
}

/* The hits of several texts, as of a field with several items, add up without doubles. */
static void test_hits_add_up(void)
{
	g_autoptr(LiteralSet) set = literal_set_new();
	guint8 seen[3] = { 0 };
	guint32 found[3] = { 0 };
	PrefilterHits hits = { seen, found, 0 };

	(void)literal_set_add(set, LITERAL_CONTAINS, slice_from_text("mimi"));
	(void)literal_set_add(set, LITERAL_SUFFIX, slice_from_text(".exe"));
	(void)literal_set_add(set, LITERAL_EXACT, slice_from_text("katz"));
	literal_set_finish(set);

	const Literal *literals[3] = { literal_set_get(set, 0), literal_set_get(set, 1),
		literal_set_get(set, 2) };
	g_autoptr(Prefilter) prefilter = prefilter_new(literals, 3);

	prefilter_find(prefilter, slice_from_text("mimimimi.exe"), &hits);
	g_assert_cmpuint(hits.n_found, ==, 2);
	prefilter_find(prefilter, slice_from_text("mimikatz.exe"), &hits);
	g_assert_cmpuint(hits.n_found, ==, 2);
	prefilter_find(prefilter, slice_from_text("katz"), &hits);
	g_assert_cmpuint(hits.n_found, ==, 3);
	prefilter_hits_reset(&hits);
	g_assert_cmpuint(hits.n_found, ==, 0);
}

/* 10,000 literals are ready in milliseconds, and a long hostile text is searched in linear time. */
static void test_scale(void)
{
	g_autoptr(GRand) random = g_rand_new_with_seed(7);
	g_autoptr(LiteralSet) set = literal_set_new();
	guint8 buffer[32];

	while (literal_set_size(set) < 10000) {
		guint size = (guint)g_rand_int_range(random, 6, 24);

		for (guint i = 0; i < size; i++)
			buffer[i] = (guint8)g_rand_int_range(random, 'a', 'z' + 1);
		(void)literal_set_add(set, LITERAL_CONTAINS, slice_make(buffer, size));
	}
	literal_set_finish(set);

	guint n = literal_set_size(set);
	g_autofree const Literal **literals = g_new(const Literal *, n);

	for (guint i = 0; i < n; i++)
		literals[i] = literal_set_get(set, i);

	gint64 start = g_get_monotonic_time();
	g_autoptr(Prefilter) prefilter = prefilter_new(literals, n);

	g_test_message("10000 literals: built in %" G_GINT64_FORMAT " us, %" G_GSIZE_FORMAT
		       " bytes",
		g_get_monotonic_time() - start, prefilter_size(prefilter));
	g_assert_cmpuint(prefilter_size(prefilter), <, 1u << 20);

	gsize size = 1u << 20;
	g_autofree guint8 *text = g_malloc(size);
	g_autofree guint8 *seen = g_new0(guint8, n);
	g_autofree guint32 *found = g_new0(guint32, n);
	PrefilterHits hits = { seen, found, 0 };

	/* One literal again and again: each is reported once. */
	for (gsize i = 0; i < size; i++)
		text[i] = literals[0]->text.data[i % literals[0]->text.size];
	start = g_get_monotonic_time();
	prefilter_find(prefilter, slice_make(text, size), &hits);
	g_test_message("1 MiB: %" G_GINT64_FORMAT " us", g_get_monotonic_time() - start);
	g_assert_cmpuint(hits.n_found, >=, 1);
	g_assert_cmpint(seen[0], ==, 1);
}

/* What stands in every other event is a bad trigger, however long it is. */
static void test_typical(void)
{
	static const char *const typical[] = { "c:\\program files\\", "c:\\windows\\system32\\",
		"c:\\program files (x86)\\", "microsoft corporation" };
	g_autoptr(LiteralSet) set = literal_set_new();
	guint rare = literal_set_add(set, LITERAL_CONTAINS, slice_from_text("d:\\hidden files\\"));

	for (guint i = 0; i < G_N_ELEMENTS(typical); i++)
		(void)literal_set_add(set, LITERAL_CONTAINS, slice_from_text(typical[i]));
	literal_set_finish(set);
	for (guint i = rare + 1; i < literal_set_size(set); i++)
		g_assert_cmpfloat(literal_set_get(set, i)->probability, >,
			100 * literal_set_get(set, rare)->probability);
}

/* Texts of digits alone need no search where every literal has something else. */
static void test_fits_digits(void)
{
	static const char *const texts[] = { "/etc", "a1", "2021-", "" };

	for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
		Literal literal = { slice_from_text(texts[i]), LITERAL_EXACT, 0, 0 };
		const Literal *literals[] = { &literal };
		g_autoptr(Prefilter) prefilter = prefilter_new(literals, 1);

		g_assert_true(prefilter_fits_digits(prefilter) == (i >= 2));
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/sigma/prefilter/agrees-with-search", test_agrees_with_search);
	g_test_add_func("/sigma/prefilter/hits-add-up", test_hits_add_up);
	g_test_add_func("/sigma/prefilter/typical", test_typical);
	g_test_add_func("/sigma/prefilter/scale", test_scale);
	g_test_add_func("/sigma/prefilter/fits-digits", test_fits_digits);
	return g_test_run();
}
