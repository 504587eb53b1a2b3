/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parser of correlations and filters: every key, and every refusal.
 */
#include <glib.h>

#include "base/hash.h"
#include "base/limits.h"
#include "base/text.h"
#include "engines/sigma/correlation-rule.h"
#include "engines/sigma/test-support.h"

/* The section's text: group-by and part names, conditions, and what else differs from nothing. */
static char *describe(const SigmaRule *rule)
{
	const Correlation *c;
	GString *text = g_string_new(NULL);

	if (rule->info->status == RULE_REJECTED) {
		g_string_printf(text, "line %u: %s", rule->info->line, rule->info->reason);
		return g_string_free(text, FALSE);
	}
	c = rule->correlation->correlation;
	g_string_append(text, correlation_type_name(c->type));
	for (guint i = 0; i < c->n_parts; i++)
		g_string_append_printf(text, "%s%s", i ? "+" : " ", c->parts[i].name);
	for (guint i = 0; c->group_by[i]; i++)
		g_string_append_printf(text, "%s%s", i ? "," : " by ", c->group_by[i]);
	g_string_append_printf(text, " in %" G_GINT64_FORMAT "s", c->timespan / 1000000000);
	for (guint i = 0; c->fields[i]; i++)
		g_string_append_printf(text, "%s%s", i ? "," : " of ", c->fields[i]);
	if (c->type == CORRELATION_VALUE_PERCENTILE)
		g_string_append_printf(text, " p%g", c->percentile);
	for (guint i = 0; i < c->n_conditions; i++)
		g_string_append_printf(text, " %s %g",
			correlation_operator_name(c->conditions[i].operator),
			c->conditions[i].number);
	for (guint i = 0; i < rule->correlation->aliases->len; i++) {
		const CorrelationAlias *alias =
			&g_array_index(rule->correlation->aliases, CorrelationAlias, i);

		g_string_append_printf(text, " %s=%s.%s", alias->alias, alias->rule, alias->field);
	}
	if (c->generate)
		g_string_append(text, " generate");
	return g_string_free(text, FALSE);
}

/* @section is what stands in braces; the document starts on line 1, the section on line 2. */
static void expect(const char *section, const char *description)
{
	g_autofree char *yaml = g_strdup_printf("title: T\ncorrelation: %s\n", section);
	g_autoptr(SigmaRule) rule = test_parse_rule(yaml, NULL);
	g_autofree char *found = describe(rule);

	g_assert_cmpstr(found, ==, description);
	g_assert_cmpint(rule->info->kind, ==, RULE_CORRELATION);
	g_assert_null(rule->condition);
}

static void test_types(void)
{
	expect("{type: event_count, rules: [a, b], group-by: [U, V], timespan: 5m, condition: "
	       "{gte: 10}}",
		"event_count a+b by U,V in 300s gte 10");
	expect("{type: Value_Count, rules: a, group-by: U, timespan: 90s, condition: "
	       "{gt: 1, lte: 200, field: X}}",
		"value_count a by U in 90s of X gt 1 lte 200");
	expect("{type: value_count, rules: [a], timespan: 1h, condition: {eq: 3, field: [X, Y]}}",
		"value_count a in 3600s of X,Y eq 3");
	expect("{type: temporal, rules: [a, b], group-by: [], timespan: 1d}",
		"temporal a+b in 86400s");
	expect("{type: temporal, rules: [a, b, c], timespan: 1d, condition: {gte: 2}}",
		"temporal a+b+c in 86400s gte 2");
	expect("{type: temporal_ordered, rules: [b, a], group-by: null, timespan: 1s}",
		"temporal_ordered b+a in 1s");
	expect("{type: value_sum, rules: [a], timespan: 1s, condition: {field: B, gt: 1000000}}",
		"value_sum a in 1s of B gt 1e+06");
	expect("{type: value_avg, rules: [a], timespan: 1s, condition: {field: B, lt: 0.5}}",
		"value_avg a in 1s of B lt 0.5");
	expect("{type: value_percentile, rules: [a], timespan: 1s, condition: "
	       "{field: B, neq: '-1.5e3', percentile: 99.9}}",
		"value_percentile a in 1s of B p99.9 neq -1500");
	expect("{type: value_median, rules: [a], timespan: 1s, condition: {field: B, gte: 0x10}}",
		"value_percentile a in 1s of B p50 gte 16");
}

static void test_timespans(void)
{
	static const char *const good[][2] = { { "1s", "1" }, { "'90m'", "5400" },
		{ "24h", "86400" }, { "7d", "604800" }, { "2w", "1209600" }, { "1M", "2629746" },
		{ "1y", "31556952" } };
	static const char *const bad[] = { "5", "m", "1.5h", "-1h", "1H", "1 h", "1hh", "'+1h'" };

	for (guint i = 0; i < G_N_ELEMENTS(good); i++) {
		g_autofree char *section =
			g_strdup_printf("{type: temporal, rules: [a], timespan: %s}", good[i][0]);
		g_autofree char *text = g_strdup_printf("temporal a in %ss", good[i][1]);

		expect(section, text);
	}
	for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autofree char *section =
			g_strdup_printf("{type: temporal, rules: [a], timespan: %s}", bad[i]);
		g_autofree char *bare = g_strdelimit(g_strdup(bad[i]), "'", ' ');
		g_autofree char *text = g_strdup_printf("line 2: the timespan \"%s\" is not a "
							"number and one of s, m, h, d, w, M and y",
			g_strstrip(bare));

		expect(section, text);
	}
	expect("{type: temporal, rules: [a], timespan: 0m}", "line 2: the timespan is zero");
	expect("{type: temporal, rules: [a], timespan: 101y}",
		"line 2: the timespan is longer than 100 years");
	expect("{type: temporal, rules: [a], timespan: 99999999999999999999y}",
		"line 2: the timespan is longer than 100 years");
}

static void test_generate_and_aliases(void)
{
	expect("{type: temporal, rules: [a, b], timespan: 1s, generate: true, group-by: [ip], "
	       "aliases: {ip: {a: src, b: dst}, x: {a: y}}}",
		"temporal a+b by ip in 1s ip=a.src ip=b.dst x=a.y generate");
	/* The specification has generate beside the section. */
	expect("{type: temporal, rules: [a], timespan: 1s}\ngenerate: true",
		"temporal a in 1s generate");
	expect("{type: temporal, rules: [a], timespan: 1s, generate: false}\ngenerate: true",
		"line 2: generate is said twice, and not the same");
	expect("{type: temporal, rules: [a], timespan: 1s, generate: maybe}",
		"line 2: generate is neither true nor false");
	expect("{type: temporal, rules: [a], timespan: 1s, aliases: [x]}",
		"line 2: the aliases are a list, not a map");
	expect("{type: temporal, rules: [a], timespan: 1s, aliases: {x: y}}",
		"line 2: the alias \"x\" is text, not a map from rules to fields");
	expect("{type: temporal, rules: [a], timespan: 1s, aliases: {x: {a: [y]}}}",
		"line 2: a field of an alias is a list, not text");
}

static void test_refused(void)
{
	g_autofree char *long_name = g_strnfill(LIMIT_CORRELATION_NAME_BYTES + 1, 'x');
	g_autofree char *long_section = g_strdup_printf("{type: temporal, rules: [%s]}", long_name);

	expect("x", "line 2: the correlation is text, not a map");
	expect("{}", "line 2: the correlation has no type");
	expect("{type: near}", "line 2: there is no correlation of type \"near\"");
	expect("{type: [temporal]}", "line 2: the correlation's type is a list, not text");
	expect("{type: temporal, groupby: x}",
		"line 2: the correlation has \"groupby\", which Sigma does not know there");
	expect("{type: temporal}", "line 2: the correlation refers to no rules");
	expect("{type: temporal, rules: []}", "line 2: the correlation refers to no rules");
	expect("\n  type: temporal\n  rules:\n    - a\n    - {b: c}",
		"line 6: a rule of the correlation is a map, not text");
	expect("\n  type: temporal\n  rules:\n    - a\n    - a",
		"line 6: a rule of the correlation \"a\" is named twice");
	expect("{type: temporal, rules: [\"a\\0b\"]}",
		"line 2: a rule of the correlation holds a NUL character");
	expect("{type: temporal, rules: ['']}", "line 2: a rule of the correlation is empty");
	expect(long_section, "line 2: a rule of the correlation has more than 1024 bytes");
	expect("{type: temporal, rules: [a]}", "line 2: the correlation has no timespan");
	expect("{type: temporal, rules: [a], timespan: 1s, group-by: {a: b}}",
		"line 2: a field of group-by is a map, not text");
}

static void test_conditions_refused(void)
{
#define HEAD "rules: [a], timespan: 1s, condition: "
	expect("{type: event_count, rules: [a], timespan: 1s}",
		"line 2: the correlation has no condition: one of gt, gte, lt, lte, eq and neq");
	expect("{type: temporal, " HEAD "{}}",
		"line 2: the correlation has no condition: one of gt, gte, lt, lte, eq and neq");
	expect("{type: event_count, " HEAD "[gte]}",
		"line 2: the correlation's condition is a list, not a map");
	expect("{type: temporal, " HEAD "a and not b}",
		"line 2: the condition is an expression, which Sigma 2.1 does not have for "
		"correlations: use a map such as \"gte: 10\", or correlations over correlations");
	expect("{type: event_count, " HEAD "{ge: 3}}",
		"line 2: the condition has \"ge\", which is none of gt, gte, lt, lte, eq, neq, "
		"field and percentile");
	expect("{type: event_count, " HEAD "{gte: many}}",
		"line 2: the condition's gte is not a number");
	expect("{type: event_count, " HEAD "{gte: '3 x'}}",
		"line 2: the condition's gte is not a number");
	expect("{type: event_count, " HEAD "{gte: .nan}}",
		"line 2: the condition's gte is not a number");
	expect("{type: event_count, " HEAD "{gte: [3]}}",
		"line 2: the condition's gte is not a number");
	expect("{type: event_count, " HEAD "{gte: 3, field: X}}",
		"line 2: event_count looks at no field, but one is named");
	expect("{type: value_count, " HEAD "{gte: 3}}",
		"line 2: the condition names no field, which value_count needs");
	expect("{type: value_sum, " HEAD "{gte: 3, field: [X, Y]}}",
		"line 2: value_sum takes one field, not several");
	expect("{type: value_percentile, " HEAD "{gte: 3, field: X}}",
		"line 2: the condition does not say which percentile: \"percentile: 95\", for "
		"example");
	expect("{type: value_percentile, " HEAD "{gte: 3, field: X, percentile: 101}}",
		"line 2: the percentile is not from 0 to 100");
	expect("{type: value_sum, " HEAD "{gte: 3, field: X, percentile: 95}}",
		"line 2: a percentile is for value_percentile alone");
#undef HEAD
}

static void test_limits(void)
{
	g_autoptr(GString) parts = g_string_new("{type: temporal, timespan: 1s, rules: [");
	g_autoptr(GString) fields =
		g_string_new("{type: temporal, timespan: 1s, rules: a, group-by: [");

	for (guint i = 0; i <= LIMIT_CORRELATION_PARTS; i++)
		g_string_append_printf(parts, "%sr%u", i ? ", " : "", i);
	g_string_append(parts, "]}");
	expect(parts->str,
		"line 2: there are more than 256 names in a list, each being a rule of the "
		"correlation");
	for (guint i = 0; i <= LIMIT_CORRELATION_VALUES; i++)
		g_string_append_printf(fields, "%sf%u", i ? ", " : "", i);
	g_string_append(fields, "]}");
	expect(fields->str,
		"line 2: there are more than 32 names in a list, each being a field of group-by");
}

/* What a correlation says about itself is taken as of any rule. */
static void test_info(void)
{
	g_autoptr(SigmaRule) rule = test_parse_rule(
		"title: Many\nid: 0e95725d-7320-415d-80f7-004da920fc11\nname: many\nlevel: high\n"
		"tags: [attack.t1110]\ncorrelation: {type: temporal, rules: a, timespan: 1s}\n",
		NULL);

	g_assert_cmpint(rule->info->status, ==, RULE_LOADED);
	g_assert_cmpstr(rule->info->name, ==, "many");
	g_assert_cmpint(rule->info->level, ==, LEVEL_HIGH);
	g_assert_cmpstr(rule->info->tags, ==, "attack.t1110");
	g_assert_cmpstr(rule->info->logsource, ==, "-/-/-");
}

/* ---- filters ---- */

static void expect_filter(const char *filter, const char *targets, const char *tree)
{
	g_autofree char *yaml =
		g_strdup_printf("title: F\nlogsource: {product: windows}\nfilter: %s\n", filter);
	g_autoptr(SigmaRule) rule = test_parse_rule(yaml, NULL);
	g_autoptr(GString) names = g_string_new(rule->filters_any ? "any" : "");
	g_autofree char *found = test_tree(rule);

	for (guint i = 0; rule->filter_targets && i < rule->filter_targets->len; i++)
		g_string_append_printf(names, "%s%s", i ? "+" : "",
			g_array_index(rule->filter_targets, FilterTarget, i).name);
	g_assert_cmpint(rule->info->kind, ==, RULE_FILTER);
	g_assert_cmpstr(found, ==, tree);
	if (targets)
		g_assert_cmpstr(names->str, ==, targets);
}

static void test_filters(void)
{
	expect_filter("{rules: [a, b], s: {A: x}, condition: not s}", "a+b", "(not A:exact<x>)");
	expect_filter("{rules: a, s: {A: x}, condition: s}", "a", "A:exact<x>");
	expect_filter("{rules: Any, s: {A: x}, t: {B: y}, condition: not 1 of them}", "any",
		"(not (or A:exact<x> B:exact<y>))");
	expect_filter("{rules: [], s: {A: x}, condition: s}", "any", "A:exact<x>");
	/* In a filter, a selection may be called as a leftover of Sigma 1. */
	expect_filter("{rules: any, timeframe: {A: x}, condition: timeframe}", "any", "A:exact<x>");
}

static void test_filters_refused(void)
{
	expect_filter("x", NULL, "line 3: the filter is text, not a map");
	expect_filter("{s: {A: x}, condition: s}", NULL,
		"line 3: the filter does not say for which rules it is: a list, or any");
	expect_filter("{rules: {a: b}, s: {A: x}, condition: s}", NULL,
		"line 3: the filter does not say for which rules it is: a list, or any");
	expect_filter("{rules: [[a]], s: {A: x}, condition: s}", NULL,
		"line 3: a rule of the filter is not a name");
	expect_filter("{rules: any, s: {A: x}}", NULL, "line 3: the filter has no condition");
	expect_filter("{rules: any, s: {A: x}, condition: [s]}", NULL,
		"line 3: the filter's condition is a list, not text");
	expect_filter("{rules: any, s: {A: x}, condition: t}", NULL,
		"line 3: the condition names \"t\", which is no selection of the rule");
	expect_filter("{rules: any, condition: rules}", NULL,
		"line 3: the condition names \"rules\", which is no selection of the rule");

	g_autoptr(SigmaRule) rule =
		test_parse_rule("title: F\nfilter: {rules: any, s: {A: x}, condition: s}\n", NULL);

	g_assert_cmpstr(rule->info->reason, ==, "the rule has no log source");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	text_warm_up();
	hash_warm_up();
	g_test_add_func("/sigma/correlation/types", test_types);
	g_test_add_func("/sigma/correlation/timespans", test_timespans);
	g_test_add_func("/sigma/correlation/generate-and-aliases", test_generate_and_aliases);
	g_test_add_func("/sigma/correlation/refused", test_refused);
	g_test_add_func("/sigma/correlation/conditions-refused", test_conditions_refused);
	g_test_add_func("/sigma/correlation/limits", test_limits);
	g_test_add_func("/sigma/correlation/info", test_info);
	g_test_add_func("/sigma/filter/read", test_filters);
	g_test_add_func("/sigma/filter/refused", test_filters_refused);
	return g_test_run();
}
