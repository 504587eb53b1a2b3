/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A condition of any text over four selections.
 */
#include "base/hash.h"
#include "base/text.h"
#include "engines/sigma/condition.h"
#include "engines/sigma/parse.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static const char *const names[] = { "selection", "filter_a", "filter_b", "_c" };

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	text_warm_up();
	hash_warm_up();
	return 0;
}

static guint count_tests(const Node *node)
{
	guint n = node->kind == NODE_TEST;

	g_assert_true((node->kind == NODE_TEST) == (node->test != NULL));
	for (guint i = 0; i < node->n_children; i++)
		n += count_tests(node->children[i]);
	return n;
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	g_autofree char *text = g_strndup((const char *)data, size);
	SigmaRule *rule = g_new0(SigmaRule, 1);
	Draft draft = { .rule = rule };
	ConditionUse use = { 0 };
	Selections selections = { g_ptr_array_new(), g_ptr_array_new() };
	Node *tree;

	rule->info = g_new0(RuleInfo, 1);
	rule->texts = g_string_chunk_new(64);
	rule->blocks = g_ptr_array_new_with_free_func(g_free);
	rule->regexes = g_ptr_array_new();
	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		const Test test = { .kind = TEST_NULL, .field = names[i] };

		g_ptr_array_add(selections.names, (char *)names[i]);
		g_ptr_array_add(selections.nodes, draft_test(&draft, &test, 1));
	}
	tree = condition_read(&draft, text, 1, &selections, &use);
	g_assert_true((tree == NULL) == (draft.reason != NULL));
	if (tree)
		g_assert_cmpuint(count_tests(tree), >, 0);
	g_ptr_array_unref(selections.names);
	g_ptr_array_unref(selections.nodes);
	g_free(draft.reason);
	sigma_rule_free(rule);
	return 0;
}
