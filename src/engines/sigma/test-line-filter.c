/* SPDX-License-Identifier: Apache-2.0 */
#include "engines/sigma/line-filter.h"

#include "base/text.h"

#define N_RULES 70 /* more than a word */
#define N_SETS	2

/* What a line says, in bits; nothing where the filter says nothing. */
static LineVerdict look(LineFilter *filter, const char *line, gsize size, LineScratch *scratch)
{
	Event event = { .raw = slice_make(line, size) };

	return line_filter_look(filter, &event, scratch);
}

static gboolean is_candidate(const LineScratch *scratch, guint rule)
{
	guint64 bit = G_GUINT64_CONSTANT(1) << (rule % 64);

	return (scratch->bits[rule / 64] & scratch->bits[2 + rule / 64] & bit) != 0;
}

static LineFilter *one_rule(const char *literal)
{
	guint64 start[4] = { 0, 0, 0, 1 }; /* rule 64 lacks its second set */
	LineFilter *filter = line_filter_new(N_SETS, 2, start);

	line_filter_add(filter, slice_from_text(literal), 64);
	g_assert_true(line_filter_finish(filter));
	return filter;
}

static void expect(const char *literal, const char *line, LineVerdict verdict)
{
	g_autoptr(LineFilter) filter = one_rule(literal);
	LineScratch scratch = { 0 };

	g_assert_cmpint(look(filter, line, strlen(line), &scratch), ==, verdict);
	if (verdict == LINE_CANDIDATES)
		g_assert_true(is_candidate(&scratch, 64));
	line_scratch_clear(&scratch);
}

static void test_one(void)
{
	expect("cmd.exe", "GET /a cmd.exe 200", LINE_CANDIDATES);
	expect("cmd.exe", "GET /a CMD.EXE", LINE_CANDIDATES);
	expect("cmd.exe", "cmd.exe", LINE_CANDIDATES);
	expect("cmd.exe", "GET /a cmd_exe 200", LINE_QUIET);
	expect("cmd.exe", "cmd.ex", LINE_QUIET);
	expect("cmd.exe", "", LINE_QUIET);
	/* What analysers change into each other is the same. */
	expect("mozilla (x y", "x Mozilla+(x+y z", LINE_CANDIDATES);
	expect("/a.aspx?b", "GET /a.aspx b 80", LINE_CANDIDATES);
	/* Three bytes, also at the end. */
	expect("={{", "GET /a b={{c", LINE_CANDIDATES);
	expect("={{", "GET /a b={{", LINE_CANDIDATES);
	expect("={{", "GET /a b={", LINE_QUIET);
	expect("=+{", "GET /a b= {?", LINE_CANDIDATES);
	/* Other than ASCII is for others. */
	expect("cmd.exe", "GET /\xc3\xbc", LINE_UNKNOWN);
}

/* Literals that are too short, or stand in no line, may always be there. */
static void test_unknown(void)
{
	static const char *const literals[] = { "", "a", "={", "get" };

	for (guint i = 0; i <= G_N_ELEMENTS(literals); i++) {
		guint64 start[4] = { 0, 0, 1, 0 };
		g_autoptr(LineFilter) filter = line_filter_new(N_SETS, 2, start);

		if (i < G_N_ELEMENTS(literals))
			line_filter_add(filter, slice_from_text(literals[i]), 0);
		else
			line_filter_add_unknown(filter, 0);
		g_assert_false(line_filter_finish(filter));
	}
}

static void test_no_raw(void)
{
	g_autoptr(LineFilter) filter = one_rule("cmd.exe");
	LineScratch scratch = { 0 };
	Event event = { 0 };

	g_assert_cmpint(line_filter_look(filter, &event, &scratch), ==, LINE_UNKNOWN);
	line_scratch_clear(&scratch);
}

/* A second part that begins like a blank may be joined without one. */
static void test_join(void)
{
	guint64 start[4] = { 0, 0, 1, 0 };
	g_autoptr(LineFilter) filter = line_filter_new(N_SETS, 2, start);
	Value values[2] = { { .type = VALUE_UTF8, .bytes = slice_from_text("/a.aspx") },
		{ .type = VALUE_UTF8, .bytes = slice_from_text("?b=c") } };
	Event event = { .values = values, .raw = slice_from_text("/a.aspx ?b=c") };
	LineScratch scratch = { 0 };

	line_filter_add(filter, slice_from_text("/a.aspx?b"), 0);
	line_filter_add_join(filter, 1);
	g_assert_true(line_filter_finish(filter));
	g_assert_cmpint(line_filter_look(filter, &event, &scratch), ==, LINE_UNKNOWN);
	values[1].bytes = slice_from_text("b=c");
	event.raw = slice_from_text("/a.aspx b=c");
	g_assert_cmpint(line_filter_look(filter, &event, &scratch), ==, LINE_CANDIDATES);
	line_scratch_clear(&scratch);
}

static char *random_text(GRand *random, guint min, guint max)
{
	static const char letters[] = "abcABC-.+ ?/={";
	guint size = (guint)g_rand_int_range(random, (gint)min, (gint)max + 1);
	char *text = g_strnfill(size, 'x');

	for (guint i = 0; i < size; i++)
		text[i] = letters[g_rand_int_range(random, 0, sizeof(letters) - 1)];
	return text;
}

/* Against plain search: no rule whose literals are there is ever left out. */
static guint check_random(GRand *random)
{
	guint64 start[4] = { 0 };
	LineFilter *filter = line_filter_new(N_SETS, 2, start);
	g_autoptr(GPtrArray) literals = g_ptr_array_new_with_free_func(g_free);
	LineScratch scratch = { 0 };
	guint n_found = 0;

	for (guint i = 0; i < N_RULES * N_SETS; i++) {
		g_autofree char *text =
			random_text(random, i < N_RULES ? 0 : 4, i < N_RULES ? 5 : 7);
		char *folded = text_fold(text);

		g_ptr_array_add(literals, folded);
		line_filter_add(filter, slice_from_text(folded), i / N_RULES * 128 + i % N_RULES);
	}
	if (!line_filter_finish(filter)) { /* a rule of nothing but blanks */
		line_filter_free(filter);
		return 0;
	}
	for (guint i = 0; i < 200; i++) {
		g_autofree char *line = random_text(random, 0, 80);
		g_autofree char *folded = text_fold(line);
		LineVerdict verdict = look(filter, line, strlen(line), &scratch);

		for (guint rule = 0; rule < N_RULES; rule++) {
			const char *one = g_ptr_array_index(literals, rule);
			const char *two = g_ptr_array_index(literals, N_RULES + rule);

			if (!strstr(folded, one) || !strstr(folded, two))
				continue;
			n_found++;
			g_assert_cmpint(verdict, ==, LINE_CANDIDATES);
			g_assert_true(is_candidate(&scratch, rule));
		}
	}
	line_scratch_clear(&scratch);
	line_filter_free(filter);
	return n_found;
}

static void test_random(void)
{
	GRand *random = g_rand_new_with_seed(1);
	guint n_found = 0;

	for (guint i = 0; i < 300; i++)
		n_found += check_random(random);
	g_assert_cmpuint(n_found, >, 1000);
	g_rand_free(random);
}

#define N_PARTS 5

/* A line of values, some of which are long and come again, some absent. */
static void random_line(GRand *random, const GPtrArray *agents, GString *line, Value *values)
{
	gsize start[N_PARTS], size[N_PARTS];

	g_string_truncate(line, 0);
	for (guint i = 0; i < N_PARTS; i++) {
		g_autofree char *other = random_text(random, 0, 12);
		const char *text = i == 3
			? g_ptr_array_index(agents, g_rand_int_range(random, 0, (gint)agents->len))
			: other;

		start[i] = line->len;
		size[i] = strlen(text);
		g_string_append(line, text);
		g_string_append_c(line, ' ');
	}
	for (guint i = 0; i < N_PARTS; i++) {
		values[i].type = g_rand_int_range(random, 0, 8) ? VALUE_UTF8 : VALUE_ABSENT;
		values[i].bytes = slice_make(line->str + start[i], size[i]);
	}
}

static gboolean stands_in(const Value *value, const char *literal)
{
	g_autofree char *text = g_strndup((const char *)value->bytes.data, value->bytes.size);
	g_autofree char *folded = text_fold(text);

	return value->type != VALUE_ABSENT && strstr(folded, literal) != NULL;
}

/* By parts, and with what was seen before, the same literals are found: those of columns 1, 3, 4.
 */
static void test_parts(void)
{
	static const char *const literals[] = { "ab/c", "cc.b", "={a" };
	static const guint columns[] = { 1, 3, 4 };
	GRand *random = g_rand_new_with_seed(2);
	guint64 start[4] = { 0, 0, G_MAXUINT64, G_MAXUINT64 };
	g_autoptr(LineFilter) filter = line_filter_new(N_SETS, 2, start);
	g_autoptr(GPtrArray) agents = g_ptr_array_new_with_free_func(g_free);
	GString *line = g_string_new(NULL);
	LineScratch scratch = { 0 };
	guint n_found[3] = { 0 }, n_quiet = 0;

	for (guint i = 0; i < 60; i++)
		g_ptr_array_add(agents, random_text(random, 20, 240));
	for (guint i = 0; i < 3; i++) {
		line_filter_add(filter, slice_from_text(literals[i]), i);
		line_filter_add_part(filter, columns[i], columns[i]);
	}
	g_assert_true(line_filter_finish(filter));
	for (guint i = 0; i < 60000; i++) {
		Value values[N_PARTS];

		random_line(random, agents, line, values);

		Event event = { .values = values,
			.raw = slice_make(line->str, line->len),
			.raw_in_order = i % 100 != 0 };
		LineVerdict verdict = line_filter_look(filter, &event, &scratch);

		g_assert_cmpint(verdict, !=, LINE_UNKNOWN);
		n_quiet += verdict == LINE_QUIET;
		for (guint k = 0; k < 3; k++) {
			if (!stands_in(&values[columns[k]], literals[k]))
				continue;
			n_found[k]++;
			g_assert_cmpint(verdict, ==, LINE_CANDIDATES);
			g_assert_true(is_candidate(&scratch, k));
		}
	}
	for (guint k = 0; k < 3; k++)
		g_assert_cmpuint(n_found[k], >, 20);
	g_assert_cmpuint(n_quiet, >, 30000);
	line_scratch_clear(&scratch);
	g_string_free(line, TRUE);
	g_rand_free(random);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	text_warm_up();
	g_test_add_func("/sigma/line-filter/one", test_one);
	g_test_add_func("/sigma/line-filter/unknown", test_unknown);
	g_test_add_func("/sigma/line-filter/no-raw", test_no_raw);
	g_test_add_func("/sigma/line-filter/join", test_join);
	g_test_add_func("/sigma/line-filter/random", test_random);
	g_test_add_func("/sigma/line-filter/parts", test_parts);
	return g_test_run();
}
