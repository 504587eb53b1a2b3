/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random rules over random events, judged three ways that must agree: as the engine does it
 * (folding, triggers, prefilters, code), without prefilter, and by plain evaluation of the rules'
 * trees.
 */
#include "engines/sigma/judge.h"

#include "base/hash.h"
#include "base/text.h"
#include "engines/sigma/match.h"
#include "engines/sigma/regex.h"
#include "engines/sigma/test-event.h"
#include "engines/sigma/test-sources.h"

#define N_ROUNDS     150
#define N_EVENTS     25
#define N_RULES	     60
#define N_COLUMNS    6
#define MAX_CHILDREN 4
#define MAX_DEPTH    4

/* Rules name more fields than events have; Gone is nowhere. */
static const char *const fields[] = { "Zero", "One", "Two", "Three", "Four", "Five", "Gone" };

static gpointer own(SigmaRule *rule, gsize size)
{
	gpointer block = g_malloc0(size);

	g_ptr_array_add(rule->blocks, block);
	return block;
}

static char *random_text(GRand *random, gint min, gint max)
{
	gint size = g_rand_int_range(random, min, max);
	char *text = g_malloc0((gsize)size + 1);

	for (gint i = 0; i < size; i++)
		text[i] = "aabbC\\"[g_rand_int_range(random, 0, 6)];
	return text;
}

/* Makes @test a glob of @pattern, in which * and ? are wildcards. */
static void make_glob(SigmaRule *rule, Test *test, const char *pattern)
{
	g_auto(GStrv) pieces = g_strsplit(pattern, "*", -1);
	guint n = g_strv_length(pieces);

	test->glob = own(rule, sizeof(Glob));
	test->glob->pieces = own(rule, n * sizeof(Slice));
	test->glob->open_start = g_str_has_prefix(pattern, "*");
	test->glob->open_end = g_str_has_suffix(pattern, "*");
	for (guint i = 0; i < n; i++) {
		if (!*pieces[i])
			continue;

		char *kept = g_string_chunk_insert(rule->texts, pieces[i]);

		for (char *at = kept; *at; at++)
			*at = *at == '?' ? (char)GLOB_ANY : *at;
		test->glob->pieces[test->glob->n_pieces++] = slice_from_text(kept);
	}
}

/* Makes @test a regular expression that means the same. */
static void make_regex(SigmaRule *rule, Test *test, const char *pattern)
{
	g_autoptr(GString) regex = g_string_new("\\A");

	for (; *pattern; pattern++) {
		if (*pattern == '*')
			g_string_append(regex, ".*");
		else if (*pattern == '?')
			g_string_append_c(regex, '.');
		else
			g_string_append_printf(regex, *pattern == '\\' ? "\\%c" : "%c", *pattern);
	}
	g_string_append(regex, "\\z");
	test->cased = TRUE; /* for the plain evaluation */
	test->regex = regex_new(regex->str, 0, NULL);
	g_assert_nonnull(test->regex);
	g_ptr_array_add(rule->regexes, test->regex);
}

static void make_pattern(GRand *random, SigmaRule *rule, Test *test, const char *text)
{
	g_autofree char *pattern =
		test->cased || test->kind == TEST_REGEX ? g_strdup(text) : text_fold(text);

	for (char *at = pattern; *at; at++) {
		if (g_rand_int_range(random, 0, 4) == 0)
			*at = "*?"[g_rand_int_range(random, 0, 2)];
	}
	test->text = slice_from_text(g_string_chunk_insert(rule->texts, pattern));
	if (test->kind == TEST_GLOB)
		make_glob(rule, test, pattern);
	else
		make_regex(rule, test, pattern);
}

static Node *random_test(GRand *random, SigmaRule *rule)
{
	static const TestKind kinds[] = { TEST_EXACT, TEST_PREFIX, TEST_SUFFIX, TEST_CONTAINS,
		TEST_CONTAINS, TEST_GLOB, TEST_REGEX, TEST_NULL, TEST_EXISTS, TEST_FIELD_EXACT,
		TEST_FIELD_CONTAINS };
	Node *node = own(rule, sizeof(Node));
	Test *test = own(rule, sizeof(Test));
	g_autofree char *text = random_text(random, 0, 9), *folded = text_fold(text);

	node->kind = NODE_TEST;
	node->test = test;
	test->kind = kinds[g_rand_int_range(random, 0, G_N_ELEMENTS(kinds))];
	test->cased = g_rand_int_range(random, 0, 5) == 0;
	test->field = fields[g_rand_int_range(random, 0, G_N_ELEMENTS(fields))];
	if (test->kind < TEST_NULL && g_rand_int_range(random, 0, 12) == 0)
		test->field = NULL; /* a keyword */
	test->text =
		slice_from_text(g_string_chunk_insert(rule->texts, test->cased ? text : folded));
	if (test->kind == TEST_GLOB || test->kind == TEST_REGEX)
		make_pattern(random, rule, test, text);
	if (test->kind >= TEST_FIELD_EXACT)
		test->text =
			slice_from_text(fields[g_rand_int_range(random, 0, G_N_ELEMENTS(fields))]);
	return node;
}

static Node *random_tree(GRand *random, SigmaRule *rule, gint depth)
{
	gint kind = g_rand_int_range(random, 0, depth > 0 ? 10 : 4);

	if (kind < 3)
		return random_test(random, rule);

	Node *node = own(rule, sizeof(Node));
	guint n = (guint)g_rand_int_range(random, 1, MAX_CHILDREN + 1);

	if (kind == 3) {
		node->kind = g_rand_int_range(random, 0, 2) ? NODE_TRUE : NODE_FALSE;
		return node;
	}
	node->kind = kind < 5 ? NODE_NOT : kind < 8 ? NODE_AND : NODE_OR;
	node->n_children = node->kind == NODE_NOT ? 1 : n;
	node->children = own(rule, node->n_children * sizeof(Node *));
	for (guint i = 0; i < node->n_children; i++)
		node->children[i] = random_tree(random, rule, depth - 1);
	return node;
}

static SigmaRule *random_rule(GRand *random, guint index)
{
	SigmaRule *rule = g_new0(SigmaRule, 1);

	rule->info = g_new0(RuleInfo, 1);
	rule->info->index = index;
	rule->product = "windows";
	rule->category = "process_creation";
	rule->texts = g_string_chunk_new(1024);
	rule->blocks = g_ptr_array_new_with_free_func(g_free);
	rule->regexes = g_ptr_array_new_with_free_func((GDestroyNotify)regex_free);
	rule->condition = random_tree(random, rule, MAX_DEPTH);
	return rule;
}

/* ---- the plainest evaluation ---- */

typedef struct Plain {
	char *text; /* of each column; NULL for no value */
	gboolean absent;
} Plain;

/* The plainest possible matcher, for ASCII. */
static gboolean fits(const char *pattern, const char *text)
{
	if (!*pattern)
		return !*text;
	if (*pattern == '*')
		return fits(pattern + 1, text) || (*text && fits(pattern, text + 1));
	return *text && (*pattern == '?' || *pattern == *text) && fits(pattern + 1, text + 1);
}

static gboolean compare(TestKind kind, const char *text, const char *with)
{
	switch (kind) {
	case TEST_GLOB:
	case TEST_REGEX:
		return fits(with, text);
	case TEST_EXACT:
	case TEST_FIELD_EXACT:
		return strcmp(text, with) == 0;
	case TEST_PREFIX:
		return g_str_has_prefix(text, with);
	case TEST_SUFFIX:
		return g_str_has_suffix(text, with);
	default:
		return strstr(text, with) != NULL;
	}
}

static const Plain *find_plain(const Plain *columns, const char *name)
{
	for (guint i = 0; i < N_COLUMNS; i++) {
		if (strcmp(fields[i], name) == 0)
			return &columns[i];
	}
	return NULL;
}

static gboolean test_holds(const Test *test, const Plain *column, const Plain *columns)
{
	g_autofree char *text = NULL, *with = NULL;

	if (test->kind == TEST_NULL)
		return !column || !column->text;
	if (test->kind == TEST_EXISTS)
		return column && !column->absent;
	if (!column || !column->text)
		return FALSE;
	if (test->kind >= TEST_FIELD_EXACT) {
		const Plain *other = find_plain(columns, (const char *)test->text.data);

		if (!other || !other->text)
			return FALSE;
		with = test->cased ? g_strdup(other->text) : text_fold(other->text);
	} else {
		with = g_strdup((const char *)test->text.data);
	}
	text = test->cased ? g_strdup(column->text) : text_fold(column->text);
	return compare(test->kind, text, with);
}

static gboolean holds(const Node *node, const Plain *columns)
{
	gboolean any = FALSE, all = TRUE;

	if (node->kind == NODE_TEST && node->test->field)
		return test_holds(node->test, find_plain(columns, node->test->field), columns);
	if (node->kind == NODE_TEST) {
		const Plain channel = { .text = (char *)TEST_CHANNEL };
		const Plain event_id = { .text = (char *)"1" };

		any = test_holds(node->test, &channel, columns) ||
			test_holds(node->test, &event_id, columns);
		for (guint i = 0; i < N_COLUMNS; i++)
			any = any || test_holds(node->test, &columns[i], columns);
		return any;
	}
	for (guint i = 0; i < node->n_children; i++) {
		gboolean child = holds(node->children[i], columns);

		any = any || child;
		all = all && child;
	}
	switch (node->kind) {
	case NODE_AND:
	case NODE_TRUE:
		return all;
	case NODE_OR:
	case NODE_FALSE:
		return any;
	default:
		return !all;
	}
}

/* ---- the comparison ---- */

/* Columns 0 and 1 are constant, the others change from event to event. */
static void random_event(GRand *random, TestEvent *event, Plain *columns, gboolean is_first)
{
	for (guint i = 0; i < N_COLUMNS; i++) {
		if (!is_first && i < 2)
			continue;
		g_free(columns[i].text);
		columns[i] = (Plain){ .text = random_text(random, 0, 14) };
		if (is_first && i < 2)
			test_event_constant(event, fields[i], columns[i].text);
		else if (is_first)
			test_event_text(event, fields[i], columns[i].text);
		else
			test_event_set_text(event, fields[i], columns[i].text);
	}
	if (is_first)
		return;

	guint lost = (guint)g_rand_int_range(random, 2, 2 * N_COLUMNS);

	if (lost < N_COLUMNS) {
		columns[lost].absent = g_rand_int_range(random, 0, 2);
		test_event_clear(event, fields[lost], columns[lost].absent);
		g_clear_pointer(&columns[lost].text, g_free);
	}
}

static void note_index(void *context, Texts *texts, const Binding *binding, const BoundRule *rule)
{
	g_array_append_val((GArray *)context, rule->index);
}

static void expect_same(const GArray *a, const GArray *b)
{
	g_assert_cmpmem(a->data, a->len * sizeof(guint32), b->data, b->len * sizeof(guint32));
}

static void check_event(Judge *judge, const Ruleset *ruleset, const Binding *binding,
	const GPtrArray *rules, const Event *event, const Plain *columns)
{
	g_autoptr(GArray) judged = g_array_new(FALSE, FALSE, sizeof(guint32));
	g_autoptr(GArray) plainly = g_array_new(FALSE, FALSE, sizeof(guint32));
	g_autoptr(GArray) expected = g_array_new(FALSE, FALSE, sizeof(guint32));

	judge_event(judge, ruleset, binding, event, note_index, judged);
	judge_event_plainly(judge, ruleset, binding, event, note_index, plainly);
	for (guint32 i = 0; i < rules->len; i++) {
		const SigmaRule *rule = g_ptr_array_index(rules, i);

		if (holds(rule->condition, columns))
			g_array_append_val(expected, i);
	}
	expect_same(plainly, expected);
	expect_same(judged, expected);
}

static void test_agrees_with_evaluation(void)
{
	g_autoptr(GRand) random = g_rand_new_with_seed(3780);
	g_autoptr(LogSourceTable) sources = test_sources_new();
	guint64 n_candidates = 0, n_findings = 0, n_judged = 0;

	for (guint round = 0; round < N_ROUNDS; round++) {
		g_autoptr(GPtrArray) rules =
			g_ptr_array_new_with_free_func((GDestroyNotify)sigma_rule_free);
		g_autoptr(TestEvent) event = test_event_new();
		Plain columns[N_COLUMNS] = { 0 };
		Judge judge;

		for (guint i = 0; i < N_RULES; i++)
			g_ptr_array_add(rules, random_rule(random, i));
		test_event_constant(event, "Channel", TEST_CHANNEL);
		test_event_constant(event, "EventID", "1");
		random_event(random, event, columns, TRUE);

		g_autoptr(Ruleset) ruleset = ruleset_new(rules, sources);
		g_autoptr(Binding) binding =
			binding_new(ruleset, test_event_get(event)->shape, TRUE);

		g_assert_cmpuint(binding_size(binding), <, 256 * 1024);
		judge_init(&judge);
		for (guint i = 0; i < N_EVENTS; i++) {
			random_event(random, event, columns, FALSE);
			check_event(
				&judge, ruleset, binding, rules, test_event_get(event), columns);
		}
		n_candidates += judge.counts.candidates;
		n_findings += judge.counts.findings;
		n_judged += N_EVENTS * N_RULES;
		judge_clear(&judge);
		for (guint i = 0; i < N_COLUMNS; i++)
			g_free(columns[i].text);
	}
	g_test_message("%" G_GUINT64_FORMAT " rules x events: %" G_GUINT64_FORMAT
		       " looked at, %" G_GUINT64_FORMAT " true, both ways together",
		n_judged, n_candidates, n_findings);
	g_assert_cmpuint(n_findings, >, n_judged / 10);
	g_assert_cmpuint(n_candidates, <, n_judged * 2);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	text_warm_up();
	hash_warm_up();
	g_test_add_func("/sigma/judge/agrees-with-evaluation", test_agrees_with_evaluation);
	return g_test_run();
}
