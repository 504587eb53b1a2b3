/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A rule file of any bytes: parsed, its tree walked, its expressions run on a few texts.
 */
#include "base/hash.h"
#include "base/text.h"
#include "engines/sigma/parse.h"
#include "engines/sigma/regex.h"
#include "model/observation.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static Placeholders *placeholders;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	text_warm_up();
	hash_warm_up();
	placeholders = placeholders_new();
	g_assert_true(
		placeholders_add(placeholders, slice_from_text("a: [x, 'y*', z?]\nb: 1\n"), NULL));
	return 0;
}

static void check_test(const Test *test)
{
	g_assert_true(g_utf8_validate(test->shown, -1, NULL));
	g_assert_nonnull(test->selection);
	if (test->kind == TEST_REGEX) {
		g_autofree char *literal = NULL;

		(void)regex_matches(test->regex, slice_from_text("a-b/c\n"));
		if (regex_required_literal(test->regex, &literal))
			g_assert_cmpuint(strlen(literal), >=, 3);
	}
	if (test->kind == TEST_GLOB)
		g_assert_cmpuint(test->glob->n_pieces, >, 0);
}

static void check_node(const Node *node)
{
	if (node->kind == NODE_TEST)
		check_test(node->test);
	for (guint i = 0; i < node->n_children; i++)
		check_node(node->children[i]);
}

static void check_rule(void *context, SigmaRule *rule)
{
	const RuleInfo *info = rule->info;

	g_assert_true(info->status == RULE_REJECTED
			? info->reason[0] && !rule->condition
			: (rule->condition != NULL) != (info->kind == RULE_CORRELATION));
	if (info->status == RULE_LOADED && info->kind == RULE_OBSERVATION)
		g_assert_true(observation_kind_is_valid(rule->observation->kind) &&
			*rule->observation->value);
	g_assert_true(g_utf8_validate(info->source, -1, NULL));
	g_assert_true(g_utf8_validate(info->title, -1, NULL));
	g_assert_true(g_utf8_validate(info->reason, -1, NULL));
	g_assert_true(g_utf8_validate(info->logsource, -1, NULL));
	g_assert_cmpuint(info->line, >, 0);
	if (rule->condition)
		check_node(rule->condition);
	sigma_rule_free(rule);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	sigma_parse("fuzz.yml", slice_make(data, size), placeholders, check_rule, NULL);
	return 0;
}
