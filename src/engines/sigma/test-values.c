/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>

#include "base/hash.h"
#include "base/limits.h"
#include "base/text.h"
#include "engines/sigma/regex.h"
#include "engines/sigma/test-support.h"

/* A value as it stands in a rule, and the test it becomes. */
typedef struct Case {
	const char *item, *tree;
} Case;

static void check(const Case *cases, guint n)
{
	for (guint i = 0; i < n; i++)
		test_expect_item(cases[i].item, cases[i].tree);
}

#define CHECK(cases) check(cases, G_N_ELEMENTS(cases))

static void test_escapes(void)
{
	static const Case cases[] = {
		{ "A: 'plain'", "A:exact<plain>" },
		{ "A: 'C:\\Windows\\x'", "A:exact<c:\\windows\\x>" },
		{ "A: 'a\\\\b'", "A:exact<a\\b>" },
		{ "A: '\\\\\\\\server'", "A:exact<\\\\server>" },
		{ "A: '\\\\\\server'", "A:exact<\\\\server>" },
		{ "A: 'a\\*b'", "A:exact<a*b>" },
		{ "A: 'a\\?b'", "A:exact<a?b>" },
		{ "A: 'a\\\\*'", "A:prefix<a\\>" },
		{ "A: 'a\\\\\\*'", "A:exact<a\\*>" },
		{ "A: 'a\\\\?b'", "A:glob<a\\?b>" },
		{ "A: 'end\\'", "A:exact<end\\>" },
		{ "A: 'end\\\\'", "A:exact<end\\>" },
		{ "A: 'a\\\\\\\\*'", "A:prefix<a\\\\>" },
		{ "A: '\\%a%'", "A:exact<\\%a%>" },
	};

	CHECK(cases);
}

static void test_wildcards(void)
{
	static const Case cases[] = {
		{ "A: 'x*'", "A:prefix<x>" },
		{ "A: '*x'", "A:suffix<x>" },
		{ "A: '*x*'", "A:contains<x>" },
		{ "A: '**x**'", "A:contains<x>" },
		{ "A: '*'", "A:contains<>" },
		{ "A: 'a*b'", "A:glob<a*b>" },
		{ "A: 'a**b'", "A:glob<a*b>" },
		{ "A: '*a*b?c*'", "A:glob<*a*b?c*>" },
		{ "A: '?'", "A:glob<?>" },
		{ "A: '*?'", "A:glob<*?>" },
		{ "A: 'a?'", "A:glob<a?>" },
		{ "A|contains: 'a*b'", "A:glob<*a*b*>" },
		{ "A|contains: '*a*'", "A:contains<a>" },
		{ "A|startswith: 'a?'", "A:glob<a?*>" },
		{ "A|endswith: '\\a.exe'", "A:suffix<\\a.exe>" },
		{ "A|startswith: 'a*'", "A:prefix<a>" },
		{ "A|startswith: ''", "A:contains<>" },
		{ "A|contains: ''", "A:contains<>" },
	};

	CHECK(cases);
}

static void test_types(void)
{
	static const Case cases[] = {
		{ "A: 4688", "A:exact<4688>" },
		{ "A: '4688'", "A:exact<4688>" },
		{ "A: 0x10", "A:exact<16>" },
		{ "A: +5", "A:exact<5>" },
		{ "A: -5", "A:exact<-5>" },
		{ "A: 1.50", "A:exact<1.50>" },
		{ "A: 99999999999999999999", "A:exact<99999999999999999999>" },
		{ "A: true", "A:exact<true>" },
		{ "A: FALSE", "A:exact<false>" },
		{ "A: yes", "A:exact<yes>" },
		{ "A: 12:30:45", "A:exact<12:30:45>" },
		{ "A: 2024-01-01", "A:exact<2024-01-01>" },
		{ "A: ''", "A:exact<>" },
		{ "A: null", "A:null<>" },
		{ "A:", "A:null<>" },
		{ "A: []", "A:null<>" },
		{ "A: 'null'", "A:exact<null>" },
		{ "A|contains: 12", "A:contains<12>" },
		{ "A|re: 12", "A:regex<re 12>" },
		{ "A: Ünïcode", "A:exact<\\c3\\bcn\\c3\\afcode>" },
	};

	CHECK(cases);
}

static void test_lists(void)
{
	static const Case cases[] = {
		{ "A: [x, y]", "(or A:exact<x> A:exact<y>)" },
		{ "A|all: [x, y]", "(and A:exact<x> A:exact<y>)" },
		{ "A|contains|all: [x, y]", "(and A:contains<x> A:contains<y>)" },
		{ "A|all|contains: [x, y]", "(and A:contains<x> A:contains<y>)" },
		{ "A|contains|all: x", "A:contains<x>" },
		{ "A: [x]", "A:exact<x>" },
		{ "'|all': [x, y]", "(and :contains<x> :contains<y>)" },
		{ "'|contains': [x, y]", "(or :contains<x> :contains<y>)" },
		{ "A|neq: x", "(not A:exact<x>)" },
		{ "A|neq: [x, y]", "(not (or A:exact<x> A:exact<y>))" },
		{ "A|contains|all|neq: [x, y]", "(not (and A:contains<x> A:contains<y>))" },
		{ "A|neq: null", "(not A:null<>)" },
		{ "A: [x, null]", "line 6: null can not be one of several values" },
		{ "A: [x, [y]]", "line 6: a list can not be one of several values" },
		{ "A: {x: y}", "line 6: a field's value can not be a map" },
		{ "A|contains: null",
			"line 6: null and exists can not be combined with other modifiers" },
	};

	CHECK(cases);
}

static void test_exists(void)
{
	static const Case cases[] = {
		{ "A|exists: true", "A:exists<>" },
		{ "A|exists: false", "(not A:exists<>)" },
		{ "A|exists|neq: true", "(not A:exists<>)" },
		{ "A|exists: 'true'", "line 6: modifier exists needs true or false" },
		{ "A|exists: [true, false]", "line 6: modifier exists needs true or false" },
		{ "A|exists|contains: true",
			"line 6: null and exists can not be combined with other modifiers" },
		{ "'|exists': true", "line 6: null and exists need a field" },
	};

	CHECK(cases);
}

static void test_cased(void)
{
	static const Case cases[] = {
		{ "A|cased: 'AbC'", "A:exact!<AbC>" },
		{ "A|contains|cased: 'AbC'", "A:contains!<AbC>" },
		{ "A|cased|endswith: 'AbC'", "A:suffix!<AbC>" },
		{ "A|cased: 'A*C'", "A:glob!<A*C>" },
		{ "A|re|cased: x",
			"line 6: modifier cased can not follow re: expressions mind case unless i "
			"follows" },
	};

	CHECK(cases);
}

static void test_windash(void)
{
	static const Case cases[] = {
		{ "A|windash: 'x'", "A:exact<x>" },
		{ "A|contains|windash: '-e'",
			"(or A:contains<-e> A:contains</e> A:contains<\\e2\\80\\93e> "
			"A:contains<\\e2\\80\\94e> A:contains<\\e2\\80\\95e>)" },
		{ "A|windash: '―'",
			"(or A:exact<-> A:exact</> A:exact<\\e2\\80\\93> "
			"A:exact<\\e2\\80\\94> A:exact<\\e2\\80\\95>)" },
		{ "A|windash: 'a-b-c-d-e-f-g'", "A:regex<windash a-b-c-d-e-f-g>" },
		{ "A|wide|windash|base64: '-e'",
			"line 6: modifier windash can not follow an encoding" },
		{ "A|windash|base64: 'a-b-c-d-e-f-g'",
			"line 6: modifier base64 can not encode a wildcard: contains, startswith "
			"and endswith stand behind it" },
	};

	CHECK(cases);
}

/* Two dashes are 25 alternatives, each once; beyond the limit a regex stands for them. */
static void test_windash_spread(void)
{
	g_autoptr(SigmaRule) two = test_rule_of("sel:\n  A|windash: '-a-'\ncondition: sel", NULL);
	g_autoptr(SigmaRule) many =
		test_rule_of("sel:\n  A|contains|windash: '-.-_-A-*-?/'\ncondition: sel", NULL);
	g_autoptr(GHashTable) seen = g_hash_table_new(slice_hash_key, slice_equal_key);
	const Regex *regex;

	g_assert_cmpuint(two->condition->n_children, ==, 25);
	for (guint i = 0; i < 25; i++)
		g_assert_true(g_hash_table_add(seen, &two->condition->children[i]->test->text));

	g_assert_cmpint(many->condition->kind, ==, NODE_TEST);
	regex = many->condition->test->regex;
	g_assert_true(regex_matches(regex, slice_from_text("x/.–_—a-anything\n-1―y")));
	g_assert_false(regex_matches(regex, slice_from_text("x/x–_—a-anything-1―y")));
	g_assert_false(regex_matches(regex, slice_from_text("x/.–_—a-anything-―y")));
}

static void test_encodings(void)
{
	static const Case cases[] = {
		{ "A|base64: 'foobar'", "A:exact<zm9vymfy>" },
		{ "A|base64|cased: 'foobar'", "A:exact!<Zm9vYmFy>" },
		{ "A|base64|contains: 'foobar'", "A:contains<zm9vymfy>" },
		{ "A|base64offset|contains|cased: 'foobar'",
			"(or A:contains!<Zm9vYmFy> A:contains!<Zvb2Jhc> A:contains!<mb29iYX>)" },
		{ "A|base64offset|contains|cased: 'é1'",
			"(or A:contains!<w6kx> A:contains!<OpM> A:contains!<DqT>)" },
		{ "A|base64offset|cased: 'a'", "(or A:exact!<Y> A:exact!<h>)" },
		{ "A|utf16le: 'cm'", "A:exact<c\\00m\\00>" },
		{ "A|wide: 'cm'", "A:exact<c\\00m\\00>" },
		{ "A|utf16be: 'cm'", "A:exact<\\00c\\00m>" },
		{ "A|wide|contains: 'c'", "A:contains<c\\00>" },
		{ "A|wide: 'a*b'", "A:glob<a\\00*b\\00>" },
		{ "A|wide|base64|cased: 'cmd'", "A:exact!<YwBtAGQA>" },
		{ "A|utf16le|base64|cased: 'é😀'", "A:exact!<6QA92ADe>" },
		{ "A|utf16be|base64|cased: 'é😀'", "A:exact!<AOnYPd4A>" },
		{ "A|utf16|base64|cased: 'cmd'", "A:exact!<//5jAG0AZAA=>" },
		{ "A|wide|base64offset|contains|cased: 'ping'",
			"(or A:contains!<cABpAG4AZw> A:contains!<AAaQBuAGcA> "
			"A:contains!<wAGkAbgBnA>)" },
		{ "A|windash|base64|cased: '-a'",
			"(or A:exact!<LWE=> A:exact!<L2E=> A:exact!<4oCTYQ==> "
			"A:exact!<4oCUYQ==> A:exact!<4oCVYQ==>)" },
		{ "A|utf16: 'cmd'",
			"line 6: the value is no text after its encoding modifiers; follow them by "
			"base64 or base64offset" },
		{ "A|wide: 'é'",
			"line 6: the value is no text after its encoding modifiers; follow them by "
			"base64 or base64offset" },
		{ "A|contains|base64: 'x'",
			"line 6: modifier base64 can not encode a wildcard: contains, startswith "
			"and endswith stand behind it" },
		{ "A|base64offset: ''",
			"line 6: modifier base64offset can not encode an empty value" },
		{ "A|base64|wide: 'x'", "line 6: modifier wide can not follow another encoding" },
		{ "A|wide|utf16be: 'x'",
			"line 6: modifier utf16be can not follow another encoding" },
		{ "A|base64: true", "line 6: modifier base64 needs text, not true or false" },
	};

	CHECK(cases);
}

static void test_regex(void)
{
	static const Case cases[] = {
		{ "A|re: '^a\\*b$'", "A:regex<re ^a\\*b$>" },
		{ "A|re|i: x", "A:regex<re|i x>" },
		{ "A|re|ignorecase|multiline|dotall: x", "A:regex<re|ims x>" },
		{ "A|re|m|s: x", "A:regex<re|ms x>" },
		{ "A|re|contains: x", "A:regex<re x>" },
		{ "'|re': x", ":regex<re x>" },
		{ "A|re: [x, y]", "(or A:regex<re x> A:regex<re y>)" },
		{ "A|re|all: [x, y]", "(and A:regex<re x> A:regex<re y>)" },
		{ "A|i: x", "line 6: modifier i needs re before it" },
		{ "A|contains|re: x", "line 6: modifier re must be the first" },
		{ "A|re: '('", "line 6: the regular expression can not be used: missing ): (" },
		{ "A|re: 'a(?=b)'",
			"line 6: the regular expression can not be used: invalid perl operator: "
			"(?=" },
		{ "A|re|base64: x",
			"line 6: modifier base64 can not follow a modifier that makes something "
			"else than text" },
	};

	CHECK(cases);
}

static gboolean matches(const char *item, const char *text)
{
	g_autofree char *detection = g_strdup_printf("sel:\n    %s\ncondition: sel", item);
	g_autoptr(SigmaRule) rule = test_rule_of(detection, NULL);

	g_assert_cmpint(rule->condition->kind, ==, NODE_TEST);
	return regex_matches(rule->condition->test->regex, slice_from_text(text));
}

static void test_regex_ends(void)
{
	g_assert_true(matches("A|re: 'b+'", "abba"));
	g_assert_false(matches("A|re: 'b+'", "ABBA"));
	g_assert_true(matches("A|re|startswith: 'a|b'", "ax"));
	g_assert_false(matches("A|re|startswith: 'a|b'", "xa"));
	g_assert_true(matches("A|re|endswith: 'a|b'", "xb"));
	g_assert_false(matches("A|re|endswith: 'a|b'", "bx"));
	g_assert_true(matches("A|re|contains: 'a|b'", "xbx"));
	test_expect_item("A|re|startswith: 'a)|(?:b'",
		"line 6: the regular expression can not be used: unexpected ): a)|(?:b");
}

static void test_cidr(void)
{
	static const Case cases[] = {
		{ "A|cidr: 10.0.0.0/8", "A:cidr<\\0a\\00\\00\\00/8>" },
		{ "A|cidr: '192.168.1.1'", "A:cidr<\\c0\\a8\\01\\01/32>" },
		{ "A|cidr: 'fe80::/10'",
			"A:cidr<\\fe\\80\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00/"
			"10>" },
		{ "A|cidr: '::1/128'",
			"A:cidr<\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\01/"
			"128>" },
		{ "A|cidr: 0.0.0.0/0", "A:cidr<\\00\\00\\00\\00/0>" },
		{ "A|cidr|neq: 10.0.0.0/8", "(not A:cidr<\\0a\\00\\00\\00/8>)" },
		{ "A|cidr: 10.0.0.1/8",
			"line 6: the network \"10.0.0.1/8\" has bits set behind its prefix "
			"length" },
		{ "A|cidr: 10.0.0.0/33",
			"line 6: \"10.0.0.0/33\" is no network such as 10.0.0.0/8 or fe80::/10" },
		{ "A|cidr: '10.0.0.*'",
			"line 6: \"10.0.0.*\" is no network such as 10.0.0.0/8 or fe80::/10" },
		{ "A|contains|cidr: 10.0.0.0/8",
			"line 6: modifier cidr must be the first, or follow expand" },
		{ "'|cidr': 10.0.0.0/8",
			"line 6: keywords can not be networks, fields, numbers to compare or "
			"times" },
	};

	CHECK(cases);
}

static void test_numbers(void)
{
	static const Case cases[] = {
		{ "A|lt: 5", "A:less<5>" },
		{ "A|lte: 5", "A:less-equal<5>" },
		{ "A|gt: -5", "A:greater<-5>" },
		{ "A|gte: 1.5", "A:greater-equal<1.5>" },
		{ "A|gte: 0x10", "A:greater-equal<16>" },
		{ "A|gt|neq: 5", "(not A:greater<5>)" },
		{ "A|gt: '5'", "line 6: modifier gt needs a number (without quotes)" },
		{ "A|gt: .inf", "line 6: modifier gt needs a finite number" },
		{ "A|gt|lt: 5", "line 6: modifier lt can not follow another comparison" },
		{ "A|gt|contains: 5",
			"line 6: modifier contains can not follow a modifier that makes something "
			"else than text" },
	};

	CHECK(cases);
}

static void test_times(void)
{
	static const Case cases[] = {
		{ "A|minute: 59", "A:time<minute=59>" },
		{ "A|hour: [22, 23]", "(or A:time<hour=22> A:time<hour=23>)" },
		{ "A|day: 1", "A:time<day=1>" },
		{ "A|week: 53", "A:time<week=53>" },
		{ "A|month: 12", "A:time<month=12>" },
		{ "A|year: 2021", "A:time<year=2021>" },
		{ "A|hour|gte: 22", "(or A:time<hour=22> A:time<hour=23>)" },
		{ "A|lt|month: 3", "(or A:time<month=1> A:time<month=2>)" },
		{ "A|hour|neq: 8", "(not A:time<hour=8>)" },
		{ "A|hour: 24", "line 6: no hour is ever so" },
		{ "A|hour: 1.5", "line 6: modifier hour needs a whole number" },
		{ "A|hour: x", "line 6: modifier hour needs a number (without quotes)" },
	};

	CHECK(cases);
}

static void test_fieldref(void)
{
	static const Case cases[] = {
		{ "A|fieldref: 'B'", "A:field-exact<B>" },
		{ "A|fieldref|startswith: 'B'", "A:field-prefix<B>" },
		{ "A|fieldref|endswith: 'B'", "A:field-suffix<B>" },
		{ "A|fieldref|contains: 'B'", "A:field-contains<B>" },
		{ "A|fieldref|neq: 'B'", "(not A:field-exact<B>)" },
		{ "A|fieldref|cased: 'B'", "A:field-exact!<B>" },
		{ "A|fieldref: [B, C]", "(or A:field-exact<B> A:field-exact<C>)" },
		{ "A|fieldref: ''", "line 6: modifier fieldref needs the name of a field" },
		{ "A|startswith|fieldref: 'B'",
			"line 6: modifier fieldref names a field, which has no wildcards; "
			"contains, startswith and endswith stand behind it" },
		{ "'|fieldref': 'B'",
			"line 6: keywords can not be networks, fields, numbers to compare or "
			"times" },
	};

	CHECK(cases);
}

static void expect_expanded(const Placeholders *placeholders, const char *item, const char *tree)
{
	g_autofree char *detection = g_strdup_printf("sel:\n    %s\ncondition: sel", item);
	g_autoptr(SigmaRule) rule = test_rule_of(detection, placeholders);
	g_autofree char *found = test_tree(rule);

	g_assert_cmpstr(found, ==, tree);
}

/* What stands behind a placeholder counts before it is copied behind each of its values. */
static void expect_spread_bytes(void)
{
	Placeholders *placeholders = placeholders_new();
	g_autoptr(GString) file = g_string_new("Many: [");
	g_autofree char *rest = g_strnfill(60000, 'x');
	g_autofree char *item = g_strdup_printf("A|expand: '%%Many%%%s'", rest);
	g_autofree char *reason = g_strdup_printf(
		"line 6: placeholders spread a value to more than %u bytes", LIMIT_RULE_FILE_BYTES);

	for (guint i = 0; i < 100; i++)
		g_string_append_printf(file, "%u, ", i);
	g_string_append(file, "x]");
	g_assert_true(placeholders_add(placeholders, slice_make(file->str, file->len), NULL));
	expect_expanded(placeholders, item, reason);
	placeholders_free(placeholders);
}

static void test_expand(void)
{
	const char *file = "Servers: [srv*, 'DC-1']\nUser: admin\nNets: [10.0.0.0/8]\nNone: []\n";
	Placeholders *placeholders = placeholders_new();
	g_autoptr(GError) error = NULL;

	g_assert_true(placeholders_add(placeholders, slice_from_text(file), &error));
	g_assert_no_error(error);
	g_assert_false(placeholders_add(placeholders, slice_from_text("x: {y: z}"), &error));
	g_assert_cmpstr(error->message, ==, "line 1: a placeholder's value is a map, not text");

	expect_expanded(placeholders, "A|expand: '%Servers%'", "(or A:prefix<srv> A:exact<dc-1>)");
	expect_expanded(placeholders, "A|contains|expand: 'x%User%y'", "A:contains<xadminy>");
	expect_expanded(placeholders, "A|expand|contains: '%Servers%'",
		"(or A:contains<srv> A:contains<dc-1>)");
	expect_expanded(placeholders, "A|expand: '%User%\\%User%'", "A:exact<admin%user%>");
	expect_expanded(placeholders, "A|expand: '\\%plain%User%'", "A:exact<%plainadmin>");
	expect_expanded(placeholders, "A: '%User%'", "A:exact<%user%>");
	expect_expanded(placeholders, "A|expand: '100%'", "A:exact<100%>");
	expect_expanded(placeholders, "A|re|expand: '^%User%$'", "A:regex<re ^admin$>");
	expect_expanded(placeholders, "A|expand|cidr: '%Nets%'", "A:cidr<\\0a\\00\\00\\00/8>");
	expect_expanded(placeholders, "A|expand: '%Servers%%Servers%'",
		"(or A:glob<srv*srv*> A:glob<srv*dc-1> A:prefix<dc-1srv> A:exact<dc-1dc-1>)");
	expect_expanded(placeholders, "A|expand: '%Nobody%'",
		"line 6: no value is known for the placeholder %Nobody%: name some in a "
		"placeholder "
		"file");
	expect_expanded(placeholders, "A|expand: '%None%'",
		"line 6: no value is known for the placeholder %None%: name some in a placeholder "
		"file");
	expect_spread_bytes();
	expect_expanded(NULL, "A|expand: '%User%'",
		"line 6: no value is known for the placeholder %User%: name some in a placeholder "
		"file");
	placeholders_free(placeholders);
}

static void test_unknown(void)
{
	static const Case cases[] = {
		{ "A|foo: x", "line 6: unknown modifier \"foo\"" },
		{ "A|Contains: x", "line 6: unknown modifier \"Contains\"" },
		{ "A|: x", "line 6: unknown modifier \"\"" },
		{ "'': x", "line 6: a field has no name" },
	};

	CHECK(cases);
}

static void test_spread_limit(void)
{
	g_autoptr(GString) item = g_string_new("A|windash: [");

	/* Six values of 3,125 alternatives each. */
	for (guint i = 0; i < 6; i++)
		g_string_append_printf(item, "'%u-----', ", i);
	g_string_append(item, "x]");
	test_expect_item(item->str,
		"line 6: the rule has more than 16384 values after its modifiers spread them");
}

/* Texts, too, may not grow out of hand: 20 values of 40,000 characters, three times each. */
static void test_bytes_limit(void)
{
	g_autofree char *text = g_strnfill(40000, 'x');
	g_autoptr(GString) item = g_string_new("A|base64offset|contains: [");

	for (guint i = 0; i < 20; i++)
		g_string_append_printf(item, "%s%u, ", text, i);
	g_string_append(item, "x]");
	test_expect_item(item->str,
		"line 6: the rule's values have more than 4194304 bytes after "
		"its modifiers spread them");
}

static void test_regex_limit(void)
{
	g_autoptr(GString) item = g_string_new("A|re: [");

	for (guint i = 0; i < LIMIT_RULE_REGEXES; i++)
		g_string_append_printf(item, "x%u, ", i);
	g_string_append(item, "y]");
	test_expect_item(item->str, "line 6: the rule has more than 256 regular expressions");
}

static void test_shown(void)
{
	static const Case cases[] = {
		{ "A|endswith: '\\RunDLL32.exe'", "endswith \\RunDLL32.exe" },
		{ "A: 4688", "= 4688" },
		{ "A: 'a*b\\*'", "like a*b\\*" },
		{ "A: 'b\\*'", "= b*" },
		{ "A|re|i: '^Foo'", "re|i ^Foo" },
		{ "A|cidr: 10.0.0.0/8", "cidr 10.0.0.0/8" },
		{ "A|wide|base64offset|contains: 'IEX'",
			"contains SQBFAFgA (wide, base64offset of IEX)" },
		{ "A|contains|cased: 'X'", "contains X (case-sensitive)" },
		{ "A|wide: 'c'", "= c␀ (wide of c)" },
		{ "A|gte: 5", ">= 5" },
		{ "A|hour: 3", "hour = 3" },
		{ "A|fieldref|endswith: B", "endswith field B" },
		{ "A: null", "is null" },
		{ "A|exists: true", "exists" },
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *detection =
			g_strdup_printf("sel:\n    %s\ncondition: sel", cases[i].item);
		g_autoptr(SigmaRule) rule = test_rule_of(detection, NULL);
		const Node *node = rule->condition;

		g_assert_nonnull(node);
		while (node->kind != NODE_TEST)
			node = node->children[0];
		g_assert_cmpstr(node->test->shown, ==, cases[i].tree);
		g_assert_cmpstr(node->test->selection, ==, "sel");
	}
}

int main(int argc, char **argv)
{
	text_warm_up();
	hash_warm_up();
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/sigma/values/escapes", test_escapes);
	g_test_add_func("/sigma/values/wildcards", test_wildcards);
	g_test_add_func("/sigma/values/types", test_types);
	g_test_add_func("/sigma/values/lists", test_lists);
	g_test_add_func("/sigma/values/exists", test_exists);
	g_test_add_func("/sigma/values/cased", test_cased);
	g_test_add_func("/sigma/values/windash", test_windash);
	g_test_add_func("/sigma/values/windash-spread", test_windash_spread);
	g_test_add_func("/sigma/values/encodings", test_encodings);
	g_test_add_func("/sigma/values/regex", test_regex);
	g_test_add_func("/sigma/values/regex-ends", test_regex_ends);
	g_test_add_func("/sigma/values/cidr", test_cidr);
	g_test_add_func("/sigma/values/numbers", test_numbers);
	g_test_add_func("/sigma/values/times", test_times);
	g_test_add_func("/sigma/values/fieldref", test_fieldref);
	g_test_add_func("/sigma/values/expand", test_expand);
	g_test_add_func("/sigma/values/unknown", test_unknown);
	g_test_add_func("/sigma/values/spread-limit", test_spread_limit);
	g_test_add_func("/sigma/values/bytes-limit", test_bytes_limit);
	g_test_add_func("/sigma/values/regex-limit", test_regex_limit);
	g_test_add_func("/sigma/values/shown", test_shown);
	return g_test_run();
}
