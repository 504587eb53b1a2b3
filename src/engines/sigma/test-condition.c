/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>

#include "base/hash.h"
#include "base/limits.h"
#include "base/text.h"
#include "engines/sigma/test-support.h"

/* A rule with the selections a, b, c1, c2, d_x, _u; each tests a field of its own name. */
static SigmaRule *rule_with(const char *condition)
{
	g_autofree char *detection = g_strdup_printf("a: {A: 1}\n"
						     "b: {B: 1}\n"
						     "c1: {C1: 1}\n"
						     "c2: {C2: 1}\n"
						     "d_x: {D: 1}\n"
						     "_u: {U: 1}\n"
						     "condition: %s",
		condition);

	return test_rule_of(detection, NULL);
}

/* The tree with each test as its field's name, in lower case. */
static char *tree_of(const char *condition)
{
	g_autoptr(SigmaRule) rule = rule_with(condition);
	g_autofree char *tree = test_tree(rule);
	g_auto(GStrv) parts = NULL;

	if (rule->info->status == RULE_REJECTED) {
		g_assert_cmpuint(rule->info->line, ==, 11);
		return g_strdup(rule->info->reason);
	}
	parts = g_strsplit(tree, ":exact<1>", -1);

	g_autofree char *bare = g_strjoinv("", parts);

	return g_ascii_strdown(bare, -1);
}

static void expect(const char *condition, const char *tree)
{
	g_autofree char *found = tree_of(condition);

	g_assert_cmpstr(found, ==, tree);
}

static void test_operators(void)
{
	expect("a", "a");
	expect("a and b", "(and a b)");
	expect("a or b", "(or a b)");
	expect("not a", "(not a)");
	expect("not not a", "a");
	expect("not not not a", "(not a)");
	expect("a or b and c1", "(or a (and b c1))");
	expect("a and b or c1", "(or (and a b) c1)");
	expect("not a and b", "(and (not a) b)");
	expect("a and not b or not c1 and c2", "(or (and a (not b)) (and (not c1) c2))");
	expect("(a or b) and c1", "(and (or a b) c1)");
	expect("not (a or b)", "(not (or a b))");
	expect("((a))", "a");
	expect("a and(b or c1)and not(c2)", "(and a (or b c1) (not c2))");
	expect("a and b and c1", "(and a b c1)");
	expect("A1 or a", "the condition names \"A1\", which is no selection of the rule");
	expect("a AND b OR NOT c1", "(or (and a b) (not c1))");
	expect("'  a\tand   b '", "(and a b)");
	expect("a and a", "(and a a)");
}

static void test_selectors(void)
{
	expect("1 of c*", "(or c1 c2)");
	expect("any of c*", "(or c1 c2)");
	expect("all of c*", "(and c1 c2)");
	expect("ALL OF c*", "(and c1 c2)");
	expect("1 of them", "(or a b c1 c2 d)");
	expect("all of THEM", "(and a b c1 c2 d)");
	expect("1 of *1", "c1");
	expect("1 of d*x", "d");
	expect("1 of *", "(or a b c1 c2 d)");
	expect("1 of _*", "u");
	expect("all of a", "a");
	expect("a and not 1 of c*", "(and a (not (or c1 c2)))");
	expect("not all of c* or b", "(or (not (and c1 c2)) b)");
	expect("1 of C*", "\"1 of C*\" fits no selection");
	expect("1 of x*", "\"1 of x*\" fits no selection");
	expect("2 of c*", "\"2 of\" is not 1 of, any of or all of");
	expect("1 of", "the condition ends after \"1 of\"");
	expect("1 of (a)", "the condition ends after \"1 of\"");
	expect("c*", "the condition names \"c*\", which is no selection of the rule");
}

static void test_errors(void)
{
	expect("a and", "the condition ends too early");
	expect("and a", "the condition names \"and\", which is no selection of the rule");
	expect("a b", "the condition can not be read from \"b\" on");
	expect("(a", "a parenthesis of the condition is not closed");
	expect("a)", "the condition can not be read from \")\" on");
	expect("()", "the condition names \")\", which is no selection of the rule");
	expect("''", "the condition is empty");
	expect("a | count() > 5",
		"the condition uses an aggregation (|), which is obsolete: Sigma has correlation "
		"rules instead");
	expect("[a, nobody]", "the condition names \"nobody\", which is no selection of the rule");
	expect("[]", "the detection has no condition");
	expect("[[a]]", "the condition is a list, not text");
	expect("true", "the condition is a boolean, not text");
}

static void test_lists(void)
{
	expect("[a]", "a");
	expect("[a, b and c1]", "(or a (and b c1))");
}

static void test_depth(void)
{
	g_autoptr(GString) deep = g_string_new(NULL);
	g_autoptr(GString) reason = g_string_new(NULL);

	for (guint i = 0; i < LIMIT_CONDITION_DEPTH; i++)
		g_string_append_c(deep, '(');
	g_string_append_c(deep, 'a');
	for (guint i = 0; i < LIMIT_CONDITION_DEPTH; i++)
		g_string_append_c(deep, ')');
	expect(deep->str, "a");
	g_string_prepend_c(deep, '(');
	g_string_append_c(deep, ')');
	g_string_printf(
		reason, "the condition nests deeper than %u parentheses", LIMIT_CONDITION_DEPTH);
	expect(deep->str, reason->str);
}

static void test_tokens(void)
{
	g_autoptr(GString) longest = g_string_new("a");
	g_autofree char *reason =
		g_strdup_printf("the condition has more than %u words", LIMIT_CONDITION_TOKENS);

	for (guint i = 0; i < LIMIT_CONDITION_TOKENS; i++)
		g_string_append(longest, " or a");
	expect(longest->str, reason);
}

/* A condition that says a selection of 1,001 tests so often that the rule has too many. */
static void expect_too_many_tests(const char *open, const char *separator, const char *close)
{
	g_autoptr(GString) detection = g_string_new("a:\n  F: [");
	g_autofree char *reason = g_strdup_printf(
		"line 8: the condition names selections of more than %u tests in all",
		LIMIT_CONDITION_NODES);

	for (guint i = 0; i < 1000; i++)
		g_string_append_printf(detection, "%u, ", i);
	g_string_append_printf(detection, "x]\nb: {B: 1}\ncondition: %sa", open);
	for (guint i = 0; i < LIMIT_CONDITION_NODES / 1000; i++)
		g_string_append_printf(detection, "%sa", separator);
	g_string_append(detection, close);
	test_expect_tree(detection->str, reason);
}

/* A few words may not name millions of tests. */
static void test_nodes(void)
{
	expect_too_many_tests("", " or ", "");
}

/* The limit is the rule's: a list of conditions is no way around it. */
static void test_nodes_of_list(void)
{
	expect_too_many_tests("[", ", ", "]");
}

/* Patterns with stars that nearly fit long names are work that grows as the square. */
static void test_steps(void)
{
	g_autofree char *name = g_strnfill(20000, 'a'), *half = g_strnfill(10000, 'a');
	g_autofree char *detection = g_strdup_printf(
		"? %s\n: {A: 1}\nb: {B: 1}\ncondition: b or 1 of *%sb*", name, half);
	g_autofree char *reason = g_strdup_printf("line 8: the condition takes more than %u steps "
						  "to find the selections it names",
		LIMIT_CONDITION_STEPS);

	test_expect_tree(detection, reason);
}

int main(int argc, char **argv)
{
	text_warm_up();
	hash_warm_up();
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/sigma/condition/operators", test_operators);
	g_test_add_func("/sigma/condition/selectors", test_selectors);
	g_test_add_func("/sigma/condition/errors", test_errors);
	g_test_add_func("/sigma/condition/lists", test_lists);
	g_test_add_func("/sigma/condition/depth", test_depth);
	g_test_add_func("/sigma/condition/tokens", test_tokens);
	g_test_add_func("/sigma/condition/nodes", test_nodes);
	g_test_add_func("/sigma/condition/nodes-of-list", test_nodes_of_list);
	g_test_add_func("/sigma/condition/steps", test_steps);
	return g_test_run();
}
