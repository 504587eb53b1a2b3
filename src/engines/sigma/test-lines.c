/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random rules over random lines of a web server's log, judged with the look at the whole line and
 * without: what the line filter leaves out must never be true. Lines are cut as readers cut them,
 * values being parts of the line, and marked off by blanks, tabs, commas, semicolons or quotes.
 */
#include "base/hash.h"
#include "base/text.h"
#include "engines/sigma/judge.h"
#include "engines/sigma/test-support.h"

#define N_ROUNDS  700
#define N_RULES	  2
#define N_LINES	  1300 /* more than the filter learns by */
#define N_COLUMNS 4

static const char table_text[] =
	"categories:\n"
	"  - category: webserver\n"
	"    where: {LogFormat: w3c}\n"
	"    fields:\n"
	"      query: {analyser: path-and-query, from: [cs-uri-stem, cs-uri-query]}\n"
	"      agent: {analyser: unplus, from: cs(User-Agent)}\n"
	"      any: [cs-uri-query, cs-method]\n";

/* Neighbours in the shape, as in the line. */
static const char *const names[N_COLUMNS] = { "cs-method", "cs-uri-stem", "cs-uri-query",
	"cs(User-Agent)" };

/* What values and lines are made of; the Kelvin sign and the long s fold to letters of ASCII. */
static const char *const pieces[] = { "/owa/", "admin", "PASS", "pa\xC5\xBF\xC5\xBF", "x+y", "x y",
	"?", "=", "{{", "o\xE2\x84\xAA", "OK", "/a.aspx", "-", ",", "%27", "cmd.exe" };

static const char *pick(GRand *random, const char *const *from, guint n)
{
	return from[g_rand_int_range(random, 0, (gint)n)];
}

static void append_pieces(GRand *random, GString *ret, gint least, gint most)
{
	for (gint n = g_rand_int_range(random, least, most + 1); n > 0; n--)
		g_string_append(ret, pick(random, pieces, G_N_ELEMENTS(pieces)));
}

/* ---- rules ---- */

static void append_item(GRand *random, GString *ret, const char *selection)
{
	static const char *const fields[] = { "query", "agent", "any", "cs-method",
		"cs-uri-query" };
	static const char *const ways[] = { "", "|contains", "|startswith", "|endswith",
		"|contains|cased" };
	gboolean is_keyword = g_rand_int_range(random, 0, 5) == 0;
	g_autoptr(GString) value = g_string_new(NULL);

	append_pieces(random, value, 1, 2);
	if (g_rand_boolean(random)) {	       /* a path and a query */
		g_string_append(value, "\\?"); /* no wildcard */
		append_pieces(random, value, 0, 1);
	}
	if (is_keyword)
		g_string_append_printf(ret, "    %s: ['%s']\n", selection, value->str);
	else if (g_rand_int_range(random, 0, 12) == 0)
		g_string_append_printf(ret, "    %s: {%s: null}\n", selection,
			pick(random, fields, G_N_ELEMENTS(fields)));
	else
		g_string_append_printf(ret, "    %s: {'%s%s': '%s'}\n", selection,
			pick(random, fields, G_N_ELEMENTS(fields)),
			pick(random, ways, G_N_ELEMENTS(ways)), value->str);
}

static SigmaRule *random_rule(GRand *random, guint index)
{
	static const char *const conditions[] = { "a", "a and b", "a or b", "a and not b", "a",
		"a and not (b and c)", "1 of them" };
	g_autoptr(GString) yaml = g_string_new("title: Test\n"
					       "logsource: {category: webserver}\n"
					       "detection:\n");
	SigmaRule *rule;

	append_item(random, yaml, "a");
	append_item(random, yaml, "b");
	append_item(random, yaml, "c");
	g_string_append_printf(
		yaml, "    condition: %s\n", pick(random, conditions, G_N_ELEMENTS(conditions)));
	rule = test_parse_rule(yaml->str, NULL);
	g_assert_cmpint(rule->info->status, ==, RULE_LOADED);
	rule->info->index = index;
	return rule;
}

/* ---- lines ---- */

static void random_line(GRand *random, GString *ret, Slice *values)
{
	static const char *const marks[] = { " ", "\t", ",", ";", "\",\"", "  " };
	const char *mark = pick(random, marks, G_N_ELEMENTS(marks));
	gsize at[N_COLUMNS], size[N_COLUMNS];

	g_string_assign(ret, *mark == '"' ? "\"" : "");
	for (guint i = 0; i < N_COLUMNS; i++) {
		at[i] = ret->len;
		append_pieces(random, ret, 0, i == N_COLUMNS - 1 ? 14 : 2);
		if (g_rand_int_range(random, 0, 40) == 0)
			g_string_append_c(ret, '\0');
		size[i] = ret->len - at[i];
		g_string_append(ret, mark);
	}
	g_string_append(ret, "end");
	for (guint i = 0; i < N_COLUMNS; i++)
		values[i] = slice_make(&ret->str[at[i]], size[i]);
}

static void random_values(GRand *random, const Slice *texts, Value *ret)
{
	ret[0] = (Value){ .type = VALUE_UTF8, .bytes = slice_from_text("w3c") };
	for (guint i = 0; i < N_COLUMNS; i++)
		ret[i + 1] = g_rand_int_range(random, 0, 15)
			? (Value){ .type = VALUE_UTF8, .bytes = texts[i] }
			: (Value){ .type = VALUE_ABSENT };
}

/* ---- the comparison ---- */

static void note_index(void *context, Texts *texts, const Binding *binding, const BoundRule *rule)
{
	g_array_append_val((GArray *)context, rule->index);
}

/* Returns how many rules are true. */
static guint check_line(
	GRand *random, Judge *judge, const Ruleset *ruleset, const Binding *binding, Shape *shape)
{
	g_autoptr(GArray) judged = g_array_new(FALSE, FALSE, sizeof(guint32));
	g_autoptr(GArray) plainly = g_array_new(FALSE, FALSE, sizeof(guint32));
	g_autoptr(GString) line = g_string_new(NULL);
	Value values[N_COLUMNS + 1];
	Slice texts[N_COLUMNS];
	Event event = { .shape = shape, .values = values, .time = INSTANT_NONE, .record = 1 };

	random_line(random, line, texts);
	random_values(random, texts, values);
	event.raw = slice_make(line->str, line->len);
	event.raw_in_order = g_rand_int_range(random, 0, 5) > 0;
	judge_event(judge, ruleset, binding, &event, note_index, judged);
	judge_event_plainly(judge, ruleset, binding, &event, note_index, plainly);
	if (judged->len != plainly->len)
		g_test_message("of the line %s", line->str);
	g_assert_cmpmem(judged->data, judged->len * sizeof(guint32), plainly->data,
		plainly->len * sizeof(guint32));
	return plainly->len;
}

static Shape *make_shape(void)
{
	Shape *shape = shape_new("test");

	(void)shape_add_column(shape, "LogFormat", "w3c");
	for (guint i = 0; i < N_COLUMNS; i++)
		(void)shape_add_column(shape, names[i], NULL);
	return shape;
}

static void test_misses_nothing(void)
{
	g_autoptr(GRand) random = g_rand_new_with_seed(4096);
	g_autoptr(GError) error = NULL;
	g_autoptr(LogSourceTable) sources =
		logsource_table_new(slice_from_text(table_text), &error);
	guint n_filters = 0, n_true = 0;

	g_assert_no_error(error);
	for (guint round = 0; round < N_ROUNDS; round++) {
		g_autoptr(GPtrArray) rules =
			g_ptr_array_new_with_free_func((GDestroyNotify)sigma_rule_free);
		Shape *shape = make_shape();
		Judge judge;

		for (guint i = 0; i < N_RULES; i++)
			g_ptr_array_add(rules, random_rule(random, i));

		g_autoptr(Ruleset) ruleset = ruleset_new(rules, sources);
		g_autoptr(Binding) binding = binding_new(ruleset, shape, TRUE);

		judge_init(&judge);
		n_filters += binding->lines != NULL;
		for (guint i = 0; binding->lines && i < N_LINES; i++)
			n_true += check_line(random, &judge, ruleset, binding, shape);
		judge_clear(&judge);
		shape_free(shape);
	}
	g_test_message("%u of %u rule sets have a filter; rules were true %u times", n_filters,
		N_ROUNDS, n_true);
	g_assert_cmpuint(n_filters, >, N_ROUNDS / 10);
	g_assert_cmpuint(n_true, >, 1000);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	text_warm_up();
	hash_warm_up();
	g_test_add_func("/sigma/lines/misses-nothing", test_misses_nothing);
	return g_test_run();
}
