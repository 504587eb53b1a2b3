/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>

#include "base/hash.h"
#include "base/limits.h"
#include "base/text.h"
#include "engines/sigma/regex.h"
#include "engines/sigma/test-support.h"

#define HEAD "title: T\nlogsource: {product: windows}\n"
#define RULE HEAD "detection: {a: {A: 1}, condition: a}\n"

static const char full_rule[] = "title: Stolen \"Title\"\n"
				"id: 929a690e-bef0-4204-a928-ef5e620d6fcc\n"
				"status: test\n"
				"description: |\n"
				"    Two\n"
				"    lines\n"
				"references:\n"
				"    - https://example.org/a\n"
				"    - https://example.org/b\n"
				"author: A, B\n"
				"date: 2024-01-01\n"
				"tags: [attack.execution, attack.t1059.001]\n"
				"logsource:\n"
				"    product: Windows\n"
				"    category: process_creation\n"
				"    definition: whatever\n"
				"detection:\n"
				"    selection:\n"
				"        Image|endswith: '\\a.exe'\n"
				"        CommandLine|contains:\n"
				"            - One\n"
				"            - Two\n"
				"    condition: selection\n"
				"falsepositives: [Unknown, 'None, really']\n"
				"level: HIGH\n";

static void test_info(void)
{
	g_autoptr(SigmaRule) rule = test_parse_rule(full_rule, NULL);
	const RuleInfo *info = rule->info;
	g_autofree char *sha256 = g_compute_checksum_for_string(G_CHECKSUM_SHA256, full_rule, -1);
	g_autofree char *tree = test_tree(rule);

	g_assert_cmpint(info->status, ==, RULE_LOADED);
	g_assert_cmpint(info->level, ==, LEVEL_HIGH);
	g_assert_cmpstr(info->engine, ==, "sigma");
	g_assert_cmpstr(info->sha256, ==, sha256);
	g_assert_cmpstr(info->id, ==, "929a690e-bef0-4204-a928-ef5e620d6fcc");
	g_assert_cmpstr(info->title, ==, "Stolen \"Title\"");
	g_assert_cmpstr(info->path, ==, "rules/test.yml");
	g_assert_cmpuint(info->line, ==, 1);
	g_assert_cmpstr(info->reason, ==, "");
	g_assert_cmpstr(info->logsource, ==, "windows/process_creation/-");
	g_assert_cmpstr(rule->product, ==, "windows");
	g_assert_cmpstr(rule->category, ==, "process_creation");
	g_assert_null(rule->service);
	g_assert_cmpstr(info->tags, ==, "attack.execution attack.t1059.001");
	g_assert_cmpstr(info->author, ==, "A, B");
	g_assert_cmpstr(info->description, ==, "Two\nlines\n");
	g_assert_cmpstr(info->falsepositives, ==, "Unknown\nNone, really");
	g_assert_cmpstr(info->references, ==, "https://example.org/a\nhttps://example.org/b");
	g_assert_cmpstr(info->source, ==, full_rule);
	g_assert_cmpstr(tree, ==,
		"(and Image:suffix<\\a.exe> (or CommandLine:contains<one> "
		"CommandLine:contains<two>))");
}

/* What a rule says about itself is no reason to lose it. */
static void test_bare(void)
{
	g_autoptr(SigmaRule) rule = test_parse_rule("logsource: {service: x}\ntags: {a: b}\nid: "
						    "[1, {}]\ndetection: {a: [k], condition: a}",
		NULL);

	g_assert_cmpint(rule->info->status, ==, RULE_LOADED);
	g_assert_cmpint(rule->info->level, ==, LEVEL_MEDIUM);
	g_assert_cmpstr(rule->info->title, ==, "1");
	g_assert_cmpstr(rule->info->tags, ==, "");
	g_assert_cmpstr(rule->info->author, ==, "");
	g_assert_cmpstr(rule->info->logsource, ==, "-/-/x");
}

static void test_selections(void)
{
	test_expect_tree("s: {A: 1, B: 2}\ncondition: s", "(and A:exact<1> B:exact<2>)");
	test_expect_tree("s: [{A: 1}, {B: 2, C: 3}]\ncondition: s",
		"(or A:exact<1> (and B:exact<2> C:exact<3>))");
	test_expect_tree("s: [one, Two*x, 3]\ncondition: s",
		"(or :contains<one> :glob<*two*x*> :contains<3>)");
	test_expect_tree("s: word\ncondition: s", ":contains<word>");
	test_expect_tree("s: [word, {A: 1}]\ncondition: s", "(or :contains<word> A:exact<1>)");
	test_expect_tree("s: [[{A: 1}], [x, y]]\ncondition: s",
		"(or A:exact<1> (or :contains<x> :contains<y>))");
	test_expect_tree("s:\n  '|all': [x, y]\n  A: 1\ncondition: s",
		"(and (and :contains<x> :contains<y>) A:exact<1>)");
	test_expect_tree("s: {A: 1}\ntimeframe: 5m\ncondition: s", "A:exact<1>");
	test_expect_tree("s: {}\ncondition: s", "line 5: the selection \"s\" is empty");
	test_expect_tree("s: []\ncondition: s", "line 5: the selection \"s\" is empty");
	test_expect_tree("s:\ncondition: s", "line 5: null and exists need a field");
	test_expect_tree("s: [a, null]\ncondition: s", "line 5: null and exists need a field");
}

static void expect_rejected(const char *yaml, guint line, const char *reason)
{
	g_autoptr(SigmaRule) rule = test_parse_rule(yaml, NULL);

	g_assert_cmpstr(rule->info->reason, ==, reason);
	g_assert_cmpint(rule->info->status, ==, RULE_REJECTED);
	g_assert_cmpuint(rule->info->line, ==, line);
	g_assert_null(rule->condition);
}

static void test_rejected(void)
{
	expect_rejected("", 1, "the file holds no rule");
	expect_rejected("# nothing\n---\n", 1, "the file holds no rule");
	expect_rejected("just text", 1, "the document is text, not a rule");
	expect_rejected("\n- a\n", 2, "the document is a list, not a rule");
	expect_rejected("title: T\n", 1, "the rule has no log source");
	expect_rejected("title: T\nlogsource: {}\n", 2,
		"the log source has neither product nor category nor service");
	expect_rejected("logsource: {product: [x]}\n", 1, "the log source's product is not text");
	expect_rejected(HEAD, 1, "the rule has no detection");
	expect_rejected(HEAD "detection: [x]\n", 3, "the rule has no detection");
	expect_rejected(HEAD "detection: {a: {A: 1}}\n", 3, "the detection has no condition");
	expect_rejected(RULE "level: enormous\n", 4,
		"the level is not one of informational, low, medium, high and critical");
	expect_rejected(RULE "taxonomy: ecs\n", 4,
		"the rule's taxonomy is not sigma, so its fields have names that spoor does not "
		"know");
	expect_rejected("title: C\ncorrelation: {type: event_count}\n", 2,
		"the correlation refers to no rules");
	expect_rejected("title: F\nlogsource: {product: x}\nfilter: {rules: any}\n", 3,
		"the filter has no condition");
	expect_rejected(RULE "filter: {}\n", 4,
		"the document has a detection, and a filter besides: which is it?");
	expect_rejected(
		"action: global\n", 1, "rule collections (action) are obsolete and not supported");
	/* Cut short at the NUL, each would say something else. */
	expect_rejected(HEAD "detection: {a: {A: 1}, b: {B: 1}, condition: \"a\\0 and b\"}\n", 3,
		"the condition holds a NUL character");
	expect_rejected("logsource: {product: \"windows\\0x\"}\n", 1,
		"the log source's product is not text");
	expect_rejected(RULE "level: \"low\\0x\"\n", 4,
		"the level is not one of informational, low, medium, high and critical");
}

static void test_yaml(void)
{
	expect_rejected("a: b\na: c\n", 2, "a key stands twice in the same map");
	expect_rejected("a: [\n", 2, "no valid YAML: did not find expected node content");
	expect_rejected("a: b\n\tc: d\n", 2,
		"no valid YAML: found a tab character that violates indentation");
	expect_rejected("a: b\n? [x]\n: y\n", 2, "a list can not be the key of a map");
	expect_rejected("a: *x\n", 1, "the alias \"x\" has no anchor");
	expect_rejected("a: &x [*x]\n", 1, "the alias \"x\" stands inside of what it names");
	expect_rejected(
		"a: !!binary x\n", 1, "the YAML tag \"tag:yaml.org,2002:binary\" is not supported");
	expect_rejected("x: &x {a: b}\ny: {<<: *x}\n", 2, "YAML merge keys (<<) are not supported");
	expect_rejected("a: b\nc: \xff\n", 2, "the file is no UTF-8 text");
	expect_rejected("a: b\n\"c\\0d\": e\n", 2, "a key holds a NUL character");
}

static void test_depth(void)
{
	g_autoptr(GString) deep = g_string_new(NULL);
	g_autofree char *reason =
		g_strdup_printf("the document nests deeper than %u levels", LIMIT_RULE_YAML_DEPTH);

	for (guint i = 0; i <= LIMIT_RULE_YAML_DEPTH; i++)
		g_string_append(deep, "[");
	for (guint i = 0; i <= LIMIT_RULE_YAML_DEPTH; i++)
		g_string_append(deep, "]");
	expect_rejected(deep->str, 1, reason);
}

/* What follows a mistake is read on only to find the next document; that is limited too: libyaml's
 * work over brackets grows as their square. */
static void test_depth_behind_mistake(void)
{
	g_autofree char *brackets = g_strnfill(1 << 20, '[');
	g_autofree char *text = g_strdup_printf("x: *nothing\ny: %s", brackets);

	expect_rejected(text, 1, "the alias \"nothing\" has no anchor");
}

static void test_tag_directives(void)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autofree char *reason =
		g_strdup_printf("the file has more than %u %%TAG directives", LIMIT_RULE_YAML_TAGS);

	for (guint i = 0; i <= LIMIT_RULE_YAML_TAGS; i++)
		g_string_append_printf(text, "%%TAG !a%u! b\n", i);
	g_string_append(text, "---\n" RULE);
	expect_rejected(text->str, 1, reason);
}

/* Each line names the one before it nine times: 9^7 nodes from a few hundred bytes. */
static void test_alias_bomb(void)
{
	g_autoptr(GString) bomb = g_string_new("a0: &a0 [x]\n");
	g_autofree char *reason = g_strdup_printf(
		"the document has more than %u YAML nodes, aliases counted expanded",
		LIMIT_RULE_YAML_NODES);

	for (guint i = 1; i < 8; i++) {
		g_string_append_printf(bomb, "a%u: &a%u [", i, i);
		for (guint n = 0; n < 9; n++)
			g_string_append_printf(bomb, "*a%u, ", i - 1);
		g_string_append(bomb, "]\n");
	}
	expect_rejected(bomb->str, 6, reason);
}

static void test_aliases(void)
{
	test_expect_tree("s: {A: &v [x, y]}\nt: {B: *v}\ncondition: all of them",
		"(and (or A:exact<x> A:exact<y>) (or B:exact<x> B:exact<y>))");
}

static void test_large(void)
{
	g_autofree char *large = g_strnfill(LIMIT_RULE_FILE_BYTES + 1, 'x');
	g_autofree char *reason =
		g_strdup_printf("the file is larger than %u bytes", LIMIT_RULE_FILE_BYTES);

	expect_rejected(large, 1, reason);
}

static void collect(void *context, SigmaRule *rule)
{
	g_ptr_array_add(context, rule);
}

static GPtrArray *parse_all(const char *yaml)
{
	GPtrArray *rules = g_ptr_array_new_with_free_func((GDestroyNotify)sigma_rule_free);

	sigma_parse("r.yml", slice_from_text(yaml), NULL, collect, rules);
	return rules;
}

static void check_bytes(const SigmaRule *rule, guint line, const char *bytes)
{
	g_autofree char *sha256 = g_compute_checksum_for_string(G_CHECKSUM_SHA256, bytes, -1);

	g_assert_cmpstr(rule->info->source, ==, bytes);
	g_assert_cmpstr(rule->info->sha256, ==, sha256);
	g_assert_cmpuint(rule->info->line, ==, line);
}

/* Each document is a rule of its own, with its own bytes; one that is bad spares the others. */
static void test_documents(void)
{
	g_autoptr(GPtrArray) rules =
		parse_all("# ä comment\n" RULE "---\nx: &a 1\nx: 2\n---\n" RULE);
	g_autoptr(GPtrArray) tagged = parse_all("a: !x y\n---\n" RULE);
	g_autoptr(GPtrArray) cut = parse_all(RULE "---\ntitle: [\n");
	g_autoptr(GPtrArray) trailed = parse_all(RULE "...\n@x\n");
	g_autoptr(GPtrArray) one = parse_all("---\n" RULE "---\n");
	g_autoptr(GPtrArray) marked = parse_all("\xEF\xBB\xBF" RULE);

	g_assert_cmpuint(rules->len, ==, 3);
	check_bytes(rules->pdata[0], 2, "# ä comment\n" RULE);
	check_bytes(rules->pdata[1], 7, "---\nx: &a 1\nx: 2\n");
	check_bytes(rules->pdata[2], 9, "---\n" RULE);
	g_assert_cmpint(((SigmaRule *)rules->pdata[0])->info->status, ==, RULE_LOADED);
	g_assert_cmpint(((SigmaRule *)rules->pdata[1])->info->status, ==, RULE_REJECTED);
	g_assert_cmpint(((SigmaRule *)rules->pdata[2])->info->status, ==, RULE_LOADED);

	g_assert_cmpuint(tagged->len, ==, 2);
	g_assert_cmpint(((SigmaRule *)tagged->pdata[1])->info->status, ==, RULE_LOADED);

	g_assert_cmpuint(cut->len, ==, 2);
	check_bytes(cut->pdata[0], 1, RULE);
	check_bytes(cut->pdata[1], 6, "---\ntitle: [\n");

	g_assert_cmpuint(trailed->len, ==, 2);
	check_bytes(trailed->pdata[0], 1, RULE "...");
	check_bytes(trailed->pdata[1], 5, "\n@x\n");

	g_assert_cmpuint(one->len, ==, 1);
	check_bytes(one->pdata[0], 2, "---\n" RULE "---\n");
	g_assert_cmpuint(marked->len, ==, 1);
	check_bytes(marked->pdata[0], 1, "\xEF\xBB\xBF" RULE);
	g_assert_cmpint(((SigmaRule *)marked->pdata[0])->info->status, ==, RULE_LOADED);
}

static void test_line_ends(void)
{
	expect_rejected("title: T\r\nlogsource: {product: x}\r\ndetection: {a: {A: 1}}\r\n", 3,
		"the detection has no condition");
}

/* ---- regular expressions ------------------------------------------------------------------------
 */

static void check_regex(const char *pattern, RegexFlags flags, const char *text, gboolean matches)
{
	g_autoptr(GError) error = NULL;
	Regex *regex = regex_new(pattern, flags, &error);

	g_assert_no_error(error);
	g_assert_cmpint(regex_matches(regex, slice_from_text(text)), ==, matches);
	regex_free(regex);
}

static void test_regex(void)
{
	check_regex("b", 0, "abc", TRUE);
	check_regex("B", 0, "abc", FALSE);
	check_regex("B", REGEX_IGNORE_CASE, "abc", TRUE);
	check_regex("^b", 0, "a\nb", FALSE);
	check_regex("^b", REGEX_MULTI_LINE, "a\nb", TRUE);
	check_regex("a$", 0, "a\n", TRUE);
	check_regex("a$", 0, "a\n\n", FALSE);
	check_regex("a$", 0, "a\nb", FALSE);
	check_regex("a$", REGEX_MULTI_LINE, "a\nb", TRUE);
	check_regex("(?m)a$", 0, "a\nb", TRUE);
	check_regex("a\\$", 0, "a$b", TRUE);
	check_regex("[$]b", 0, "$b", TRUE);
	check_regex("[]$]b", 0, "$b", TRUE);
	check_regex("[[:alpha:]$]b", 0, "$b", TRUE);
	check_regex("[[:$]b$", 0, ":b\n", TRUE);
	check_regex("[^]$]b", 0, "$b", FALSE);
	check_regex("a.b", 0, "a\nb", FALSE);
	check_regex("a.b", REGEX_DOT_ALL, "a\nb", TRUE);
	check_regex("^.$", 0, "ä", TRUE);
	check_regex("Ä", REGEX_IGNORE_CASE, "ä", TRUE);
	check_regex("", 0, "", TRUE);
	g_assert_null(regex_new("(", 0, NULL));
	g_assert_null(regex_new("(a{1000}){1000}", 0, NULL));
}

static void check_literal(const char *pattern, RegexFlags flags, const char *literal)
{
	Regex *regex = regex_new(pattern, flags, NULL);
	g_autofree char *found = NULL;

	g_assert_nonnull(regex);
	g_assert_cmpint(regex_required_literal(regex, &found), ==, literal != NULL);
	g_assert_cmpstr(found, ==, literal);
	regex_free(regex);
}

static void test_regex_literal(void)
{
	check_literal("HostId=[a-z0-9-]{36}\\s+EngineVersion=", 0, "engineversion=");
	check_literal("foo|foobar", 0, "foo");
	check_literal("foo|bar", 0, NULL);
	check_literal("foobar", REGEX_IGNORE_CASE, "foobar");
	check_literal("(abc|def)xyzw", 0, NULL);
	check_literal("a.*b", 0, NULL);
	check_literal("ab", 0, NULL);
	check_literal("\\x41BCD", 0, NULL);
	check_literal("äbcd", 0, NULL);
	check_literal(".*", 0, NULL);
	check_literal("(foo)?", 0, NULL);
}

/* ---- the rules of SigmaHQ -----------------------------------------------------------------------
 */

typedef struct Count {
	guint loaded, rejected, unexpected;
} Count;

static void count_rule(void *context, SigmaRule *rule)
{
	Count *count = context;
	const RuleInfo *info = rule->info;

	if (info->status == RULE_LOADED) {
		count->loaded++;
		g_assert_nonnull(rule->condition);
	} else {
		count->rejected++;
		g_test_message("%s:%u: %s", info->path, info->line, info->reason);
		if (!strstr(info->reason, "placeholder"))
			count->unexpected++;
	}
	sigma_rule_free(rule);
}

/* Adds the path and the text of each rule file, in turn. */
static void read_folder(const char *path, GPtrArray *ret)
{
	g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);

	for (const char *name; dir && (name = g_dir_read_name(dir));) {
		g_autofree char *inner = g_build_filename(path, name, NULL);
		char *text;

		if (g_file_test(inner, G_FILE_TEST_IS_DIR)) {
			read_folder(inner, ret);
		} else if (g_str_has_suffix(name, ".yml") &&
			g_file_get_contents(inner, &text, NULL, NULL)) {
			g_ptr_array_add(ret, g_steal_pointer(&inner));
			g_ptr_array_add(ret, text);
		}
	}
}

static char *corpus_folder(const char *name)
{
	const char *corpus = g_getenv("SPOOR_CORPUS"), *source = g_getenv("SPOOR_TEST_SOURCE");

	if (corpus)
		return g_build_filename(corpus, "sigma", name, NULL);
	return g_build_filename(
		source ? source : ".", "..", "shared", "corpus", "sigma", name, NULL);
}

static void test_corpus(void)
{
	static const char *const folders[] = { "rules", "rules-compliance",
		"rules-emerging-threats", "rules-placeholder", "rules-threat-hunting" };
	g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
	Count count = { 0 };
	gint64 start;

	for (guint i = 0; i < G_N_ELEMENTS(folders); i++) {
		g_autofree char *folder = corpus_folder(folders[i]);

		read_folder(folder, texts);
	}
	if (texts->len == 0) {
		g_test_skip("the corpus is not here");
		return;
	}
	start = g_get_monotonic_time();
	for (guint i = 0; i < texts->len; i += 2)
		sigma_parse(texts->pdata[i], slice_from_text(texts->pdata[i + 1]), NULL, count_rule,
			&count);
	g_test_message("%u rules loaded, %u rejected, in %" G_GINT64_FORMAT " ms", count.loaded,
		count.rejected, (g_get_monotonic_time() - start) / 1000);
	g_assert_cmpuint(count.unexpected, ==, 0);
	g_assert_cmpuint(count.rejected, ==, 25);
	g_assert_cmpuint(count.loaded, ==, 3755);
}

int main(int argc, char **argv)
{
	text_warm_up();
	hash_warm_up();
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/sigma/parse/info", test_info);
	g_test_add_func("/sigma/parse/bare", test_bare);
	g_test_add_func("/sigma/parse/selections", test_selections);
	g_test_add_func("/sigma/parse/rejected", test_rejected);
	g_test_add_func("/sigma/parse/yaml", test_yaml);
	g_test_add_func("/sigma/parse/depth", test_depth);
	g_test_add_func("/sigma/parse/depth-behind-mistake", test_depth_behind_mistake);
	g_test_add_func("/sigma/parse/tag-directives", test_tag_directives);
	g_test_add_func("/sigma/parse/alias-bomb", test_alias_bomb);
	g_test_add_func("/sigma/parse/aliases", test_aliases);
	g_test_add_func("/sigma/parse/large", test_large);
	g_test_add_func("/sigma/parse/documents", test_documents);
	g_test_add_func("/sigma/parse/line-ends", test_line_ends);
	g_test_add_func("/sigma/regex/matches", test_regex);
	g_test_add_func("/sigma/regex/literal", test_regex_literal);
	g_test_add_func("/sigma/parse/corpus", test_corpus);
	return g_test_run();
}
