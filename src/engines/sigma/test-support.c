/* SPDX-License-Identifier: Apache-2.0 */
#include "engines/sigma/test-support.h"

static void keep_rule(void *context, SigmaRule *rule)
{
	SigmaRule **ret = context;

	g_assert_null(*ret); /* one document, one rule */
	*ret = rule;
}

SigmaRule *test_parse_rule(const char *yaml, const Placeholders *placeholders)
{
	SigmaRule *rule = NULL;

	sigma_parse("rules/test.yml", slice_from_text(yaml), placeholders, keep_rule, &rule);
	g_assert_nonnull(rule);
	return rule;
}

SigmaRule *test_rule_of(const char *detection, const Placeholders *placeholders)
{
	g_autoptr(GString) yaml = g_string_new("title: Test\n"
					       "logsource:\n"
					       "    product: windows\n"
					       "detection:\n");
	g_auto(GStrv) lines = g_strsplit(detection, "\n", -1);

	for (guint i = 0; lines[i]; i++)
		g_string_append_printf(yaml, "    %s\n", lines[i]);
	return test_parse_rule(yaml->str, placeholders);
}

static void append_bytes(GString *ret, Slice bytes)
{
	for (gsize i = 0; i < bytes.size; i++) {
		if (bytes.data[i] == GLOB_ANY)
			g_string_append_c(ret, '?');
		else if (g_ascii_isprint(bytes.data[i]))
			g_string_append_c(ret, (char)bytes.data[i]);
		else
			g_string_append_printf(ret, "\\%02x", bytes.data[i]);
	}
}

static void append_operand(GString *ret, const Test *test)
{
	static const char *const parts[] = { "minute", "hour", "day", "week", "month", "year" };

	switch (test->kind) {
	case TEST_GLOB:
		g_string_append(ret, test->glob->open_start ? "*" : "");
		for (guint i = 0; i < test->glob->n_pieces; i++) {
			g_string_append(ret, i > 0 ? "*" : "");
			append_bytes(ret, test->glob->pieces[i]);
		}
		g_string_append(ret, test->glob->open_end ? "*" : "");
		break;
	case TEST_REGEX:
		g_string_append(ret, test->shown);
		break;
	case TEST_CIDR:
		append_bytes(ret, slice_make(test->network, test->network_size));
		g_string_append_printf(ret, "/%u", test->network_bits);
		break;
	case TEST_LESS:
	case TEST_LESS_EQUAL:
	case TEST_GREATER:
	case TEST_GREATER_EQUAL:
		g_string_append_printf(ret, "%g", test->number);
		break;
	case TEST_TIME_PART:
		g_string_append_printf(
			ret, "%s=%" G_GINT64_FORMAT, parts[test->part], test->integer);
		break;
	default:
		append_bytes(ret, test->text);
	}
}

static void append_test(GString *ret, const Test *test)
{
	static const char *const kinds[] = { "exact", "prefix", "suffix", "contains", "glob",
		"regex", "cidr", "less", "less-equal", "greater", "greater-equal", "time", "null",
		"exists", "field-exact", "field-prefix", "field-suffix", "field-contains" };

	g_string_append_printf(ret, "%s:%s%s<", test->field ? test->field : "", kinds[test->kind],
		test->cased && test->kind != TEST_REGEX ? "!" : "");
	append_operand(ret, test);
	g_string_append_c(ret, '>');
}

static void append_node(GString *ret, const Node *node)
{
	static const char *const kinds[] = { "and", "or", "not" };

	switch (node->kind) {
	case NODE_TEST:
		append_test(ret, node->test);
		return;
	case NODE_TRUE:
	case NODE_FALSE:
		g_string_append(ret, node->kind == NODE_TRUE ? "true" : "false");
		return;
	default:
		g_string_append_printf(ret, "(%s", kinds[node->kind]);
		for (guint i = 0; i < node->n_children; i++) {
			g_string_append_c(ret, ' ');
			append_node(ret, node->children[i]);
		}
		g_string_append_c(ret, ')');
	}
}

char *test_tree(const SigmaRule *rule)
{
	GString *tree = g_string_new(NULL);

	if (rule->info->status == RULE_REJECTED)
		g_string_printf(tree, "line %u: %s", rule->info->line, rule->info->reason);
	else
		append_node(tree, rule->condition);
	return g_string_free(tree, FALSE);
}

void test_expect_tree(const char *detection, const char *tree)
{
	g_autoptr(SigmaRule) rule = test_rule_of(detection, NULL);
	g_autofree char *found = test_tree(rule);

	g_assert_cmpstr(found, ==, tree);
}

void test_expect_item(const char *item, const char *tree)
{
	g_autofree char *detection = g_strdup_printf("sel:\n    %s\ncondition: sel", item);

	test_expect_tree(detection, tree);
}
