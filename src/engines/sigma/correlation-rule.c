/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Taken strictly, as all that decides when a rule fires: a key that Sigma does not know is more
 * likely a known one misspelt, and a correlation without it would mean something else.
 */
#include "engines/sigma/correlation-rule.h"

#include <math.h>

#include "base/limits.h"

#define NANOSECONDS G_GUINT64_CONSTANT(1000000000)

void correlation_rule_free(CorrelationRule *correlation)
{
	if (!correlation)
		return;
	correlation_free(correlation->correlation);
	g_array_unref(correlation->aliases);
	g_free(correlation);
}

/* ---- names ---- */

static gboolean check_name(Draft *draft, const YamlNode *node, const char *what)
{
	if (!yaml_node_is_scalar(node) || node->kind == YAML_KIND_NULL)
		return draft_reject(
			draft, node->line, "%s is %s, not text", what, yaml_kind_name(node->kind));
	if (node->text.size == 0)
		return draft_reject(draft, node->line, "%s is empty", what);
	if (node->text.size > LIMIT_CORRELATION_NAME_BYTES)
		return draft_reject(draft, node->line, "%s has more than %u bytes", what,
			LIMIT_CORRELATION_NAME_BYTES);
	if (memchr(node->text.data, 0, node->text.size))
		return draft_reject(draft, node->line, "%s holds a NUL character", what);
	return TRUE;
}

static const char *name_of(const YamlNode *node)
{
	return (const char *)node->text.data;
}

static gboolean add_name(Draft *draft, const YamlNode *node, const char *what, GPtrArray *ret)
{
	if (!check_name(draft, node, what))
		return FALSE;
	for (guint i = 0; i < ret->len; i++) {
		if (strcmp(ret->pdata[i], name_of(node)) == 0)
			return draft_reject(
				draft, node->line, "%s \"%s\" is named twice", what, name_of(node));
	}
	g_ptr_array_add(ret, g_strdup(name_of(node)));
	return TRUE;
}

/* One name, or a list of up to @most; none where there is no @node. */
static gboolean take_names(
	Draft *draft, const YamlNode *node, const char *what, guint most, char ***ret)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	gboolean is_good = TRUE;

	if (node && node->kind == YAML_KIND_LIST && node->n_children > most)
		return draft_reject(draft, node->line,
			"there are more than %u names in a list, "
			"each being %s",
			most, what);
	if (node && node->kind == YAML_KIND_LIST) {
		for (guint i = 0; i < node->n_children && is_good; i++)
			is_good = add_name(draft, node->children[i], what, names);
	} else if (node && node->kind != YAML_KIND_NULL) {
		is_good = add_name(draft, node, what, names);
	}
	if (!is_good)
		return FALSE;
	g_ptr_array_add(names, NULL);
	g_strfreev(*ret);
	g_ptr_array_set_free_func(names, NULL);
	*ret = (char **)g_ptr_array_free(g_steal_pointer(&names), FALSE);
	return TRUE;
}

/* ---- type, rules, time span ---- */

/* value_median is pySigma's; the specification says it is the percentile 50. */
static gboolean take_type(
	Draft *draft, const YamlNode *section, CorrelationRule *ret, gboolean *ret_median)
{
	const YamlNode *node = yaml_node_get(section, "type");
	Correlation *correlation = ret->correlation;

	if (!node)
		return draft_reject(draft, section->line, "the correlation has no type");
	if (!check_name(draft, node, "the correlation's type"))
		return FALSE;
	*ret_median = g_ascii_strcasecmp(name_of(node), "value_median") == 0;
	if (*ret_median) {
		correlation->type = CORRELATION_VALUE_PERCENTILE;
		correlation->percentile = 50;
		return TRUE;
	}
	if (correlation_type_parse(name_of(node), &correlation->type))
		return TRUE;
	return draft_reject(
		draft, node->line, "there is no correlation of type \"%s\"", name_of(node));
}

static gboolean take_rules(Draft *draft, const YamlNode *section, CorrelationRule *ret)
{
	const YamlNode *node = yaml_node_get(section, "rules");
	Correlation *correlation = ret->correlation;
	g_auto(GStrv) names = NULL;

	if (!take_names(draft, node, "a rule of the correlation", LIMIT_CORRELATION_PARTS, &names))
		return FALSE;
	correlation->n_parts = g_strv_length(names);
	if (correlation->n_parts == 0)
		return draft_reject(draft, node ? node->line : section->line,
			"the correlation refers to no rules");
	correlation->parts = g_new0(CorrelationPart, correlation->n_parts);
	ret->part_lines = draft_alloc(draft, correlation->n_parts * sizeof(guint));
	for (guint i = 0; i < correlation->n_parts; i++) {
		correlation->parts[i].name = g_steal_pointer(&names[i]);
		ret->part_lines[i] =
			node->kind == YAML_KIND_LIST ? node->children[i]->line : node->line;
	}
	return TRUE;
}

static guint64 seconds_of_unit(char unit)
{
	static const struct {
		char unit;
		guint64 seconds;
	} units[] = {
		{ 's', 1 },
		{ 'm', 60 },
		{ 'h', 3600 },
		{ 'd', 86400 },
		{ 'w', 604800 },
		/* Of these two the specification does not speak; so long they are to pySigma. */
		{ 'M', 2629746 },
		{ 'y', 31556952 },
	};

	for (guint i = 0; i < G_N_ELEMENTS(units); i++) {
		if (units[i].unit == unit)
			return units[i].seconds;
	}
	return 0;
}

static gboolean take_timespan(Draft *draft, const YamlNode *section, CorrelationRule *ret)
{
	const YamlNode *node = yaml_node_get(section, "timespan");
	guint64 number, unit;
	char *end;

	if (!node)
		return draft_reject(draft, section->line, "the correlation has no timespan");
	if (!check_name(draft, node, "the timespan"))
		return FALSE;
	number = g_ascii_strtoull(name_of(node), &end, 10);
	unit = seconds_of_unit(*end);
	if (!g_ascii_isdigit(name_of(node)[0]) || unit == 0 || end[1] != '\0')
		return draft_reject(draft, node->line,
			"the timespan \"%s\" is not a number and one of s, m, h, d, w, M and y",
			name_of(node));
	if (number == 0)
		return draft_reject(draft, node->line, "the timespan is zero");
	if (number > LIMIT_CORRELATION_SECONDS / unit)
		return draft_reject(draft, node->line, "the timespan is longer than 100 years");
	ret->correlation->timespan = (gint64)(number * unit * NANOSECONDS);
	return TRUE;
}

/* ---- generate ---- */

/* The specification has it beside the section, pySigma inside. */
static gboolean take_generate(
	Draft *draft, const YamlNode *root, const YamlNode *section, CorrelationRule *ret)
{
	const YamlNode *const nodes[] = { yaml_node_get(root, "generate"),
		yaml_node_get(section, "generate") };

	for (guint i = 0; i < G_N_ELEMENTS(nodes); i++) {
		const YamlNode *node = nodes[i];

		if (!node || node->kind == YAML_KIND_NULL)
			continue;
		if (node->kind != YAML_KIND_BOOL)
			return draft_reject(
				draft, node->line, "generate is neither true nor false");
		if (i > 0 && nodes[0] && node->boolean != ret->correlation->generate)
			return draft_reject(
				draft, node->line, "generate is said twice, and not the same");
		ret->correlation->generate = node->boolean;
	}
	return TRUE;
}

/* ---- condition ---- */

static gboolean take_number(Draft *draft, const YamlNode *key, const YamlNode *node, double *ret)
{
	char *end;

	if (node->kind == YAML_KIND_INT || node->kind == YAML_KIND_FLOAT) {
		*ret = node->real;
	} else if (node->kind == YAML_KIND_TEXT && node->text.size > 0) {
		*ret = g_ascii_strtod(name_of(node), &end);
		if (end != name_of(node) + node->text.size)
			*ret = NAN;
	} else {
		*ret = NAN;
	}
	if (isfinite(*ret))
		return TRUE;
	return draft_reject(draft, node->line, "the condition's %s is not a number", name_of(key));
}

static gboolean take_percentile(
	Draft *draft, const YamlNode *key, const YamlNode *node, CorrelationRule *ret)
{
	double *percentile = &ret->correlation->percentile;

	if (ret->correlation->type != CORRELATION_VALUE_PERCENTILE)
		return draft_reject(draft, key->line, "a percentile is for value_percentile alone");
	if (!take_number(draft, key, node, percentile))
		return FALSE;
	if (*percentile >= 0 && *percentile <= 100)
		return TRUE;
	return draft_reject(draft, node->line, "the percentile is not from 0 to 100");
}

static gboolean take_condition_item(
	Draft *draft, const YamlNode *key, const YamlNode *node, CorrelationRule *ret)
{
	Correlation *correlation = ret->correlation;
	CorrelationCondition *condition = &correlation->conditions[correlation->n_conditions];

	if (strcmp(name_of(key), "field") == 0)
		return take_names(draft, node, "a field of the condition", LIMIT_CORRELATION_VALUES,
			&correlation->fields);
	if (strcmp(name_of(key), "percentile") == 0)
		return take_percentile(draft, key, node, ret);
	if (!correlation_operator_parse(name_of(key), &condition->operator))
		return draft_reject(draft, key->line,
			"the condition has \"%s\", which is none of gt, gte, lt, lte, eq, neq, "
			"field "
			"and percentile",
			name_of(key));
	if (!take_number(draft, key, node, &condition->number))
		return FALSE;
	correlation->n_conditions++;
	return TRUE;
}

static gboolean take_condition(Draft *draft, const YamlNode *section, CorrelationRule *ret)
{
	const YamlNode *node = yaml_node_get(section, "condition");

	if (!node || node->kind == YAML_KIND_NULL)
		return TRUE; /* check_condition() says whether that is enough */
	if (node->kind == YAML_KIND_TEXT)
		return draft_reject(draft, node->line,
			"the condition is an expression, which Sigma 2.1 does not have for "
			"correlations: use a map such as \"gte: 10\", or correlations over "
			"correlations");
	if (node->kind != YAML_KIND_MAP)
		return draft_reject(draft, node->line,
			"the correlation's condition is %s, not a map", yaml_kind_name(node->kind));
	if (node->n_children > LIMIT_CORRELATION_CONDITIONS)
		return draft_reject(draft, node->line, "the condition has more than %u lines",
			LIMIT_CORRELATION_CONDITIONS);
	ret->correlation->conditions = g_new0(CorrelationCondition, node->n_children);
	for (guint i = 0; i < node->n_children; i++) {
		if (!take_condition_item(
			    draft, node->children[2 * i], node->children[2 * i + 1], ret))
			return FALSE;
	}
	return TRUE;
}

/* What the type asks of the condition. */
static gboolean check_condition(
	Draft *draft, const YamlNode *section, const CorrelationRule *ret, gboolean is_median)
{
	const YamlNode *node = yaml_node_get(section, "condition");
	const Correlation *correlation = ret->correlation;
	const char *type = correlation_type_name(correlation->type);
	guint line = node ? node->line : section->line, n = g_strv_length(correlation->fields);
	gboolean counts_values = correlation->type != CORRELATION_EVENT_COUNT &&
		!correlation_type_is_temporal(correlation->type);

	if (correlation->n_conditions == 0 &&
		(node || !correlation_type_is_temporal(correlation->type)))
		return draft_reject(draft, line,
			"the correlation has no condition: one of gt, gte, lt, lte, eq and neq");
	if (!counts_values && n > 0)
		return draft_reject(draft, line, "%s looks at no field, but one is named", type);
	if (counts_values && n == 0)
		return draft_reject(
			draft, line, "the condition names no field, which %s needs", type);
	if (n > 1 && correlation->type != CORRELATION_VALUE_COUNT)
		return draft_reject(draft, line, "%s takes one field, not several", type);
	if (correlation->type == CORRELATION_VALUE_PERCENTILE && !is_median &&
		!yaml_node_get(node, "percentile"))
		return draft_reject(draft, line,
			"the condition does not say which percentile: \"percentile: 95\", for "
			"example");
	return TRUE;
}

/* ---- aliases ---- */

static gboolean take_alias(
	Draft *draft, const YamlNode *alias, const YamlNode *fields, CorrelationRule *ret)
{
	if (!check_name(draft, alias, "an alias"))
		return FALSE;
	if (fields->kind != YAML_KIND_MAP)
		return draft_reject(draft, fields->line,
			"the alias \"%s\" is %s, not a map from rules to fields", name_of(alias),
			yaml_kind_name(fields->kind));
	for (guint i = 0; i < fields->n_children; i++) {
		const YamlNode *rule = fields->children[2 * i],
			       *field = fields->children[2 * i + 1];

		if (!check_name(draft, rule, "a rule of an alias") ||
			!check_name(draft, field, "a field of an alias"))
			return FALSE;
		if (ret->aliases->len == LIMIT_CORRELATION_PARTS * LIMIT_CORRELATION_VALUES)
			return draft_reject(draft, rule->line, "there are too many aliases");

		const CorrelationAlias one = { draft_string(draft, name_of(alias)),
			draft_string(draft, name_of(rule)), draft_string(draft, name_of(field)),
			rule->line };

		g_array_append_val(ret->aliases, one);
	}
	return TRUE;
}

static gboolean take_aliases(Draft *draft, const YamlNode *section, CorrelationRule *ret)
{
	const YamlNode *node = yaml_node_get(section, "aliases");

	if (!node || node->kind == YAML_KIND_NULL)
		return TRUE;
	if (node->kind != YAML_KIND_MAP)
		return draft_reject(draft, node->line, "the aliases are %s, not a map",
			yaml_kind_name(node->kind));
	for (guint i = 0; i < node->n_children; i++) {
		if (!take_alias(draft, node->children[2 * i], node->children[2 * i + 1], ret))
			return FALSE;
	}
	return TRUE;
}

/* ---- the section ---- */

static gboolean check_keys(Draft *draft, const YamlNode *section)
{
	static const char *const known[] = { "type", "rules", "group-by", "timespan", "condition",
		"aliases", "generate", NULL };

	if (section->kind != YAML_KIND_MAP)
		return draft_reject(draft, section->line, "the correlation is %s, not a map",
			yaml_kind_name(section->kind));
	for (guint i = 0; i < section->n_children; i++) {
		const YamlNode *key = section->children[2 * i];

		if (!g_strv_contains(known, name_of(key)))
			return draft_reject(draft, key->line,
				"the correlation has \"%s\", which Sigma does not know there",
				name_of(key));
	}
	return TRUE;
}

static gboolean read_section(
	Draft *draft, const YamlNode *root, const YamlNode *section, CorrelationRule *ret)
{
	Correlation *correlation = ret->correlation;
	gboolean is_median;

	if (!check_keys(draft, section) || !take_type(draft, section, ret, &is_median) ||
		!take_rules(draft, section, ret) || !take_timespan(draft, section, ret) ||
		!take_names(draft, yaml_node_get(section, "group-by"), "a field of group-by",
			LIMIT_CORRELATION_VALUES, &correlation->group_by) ||
		!take_condition(draft, section, ret) ||
		!check_condition(draft, section, ret, is_median) ||
		!take_aliases(draft, section, ret) || !take_generate(draft, root, section, ret))
		return FALSE;
	if (correlation_n_values(correlation) > LIMIT_CORRELATION_VALUES)
		return draft_reject(draft, section->line,
			"the correlation has more than %u fields in group-by and condition",
			LIMIT_CORRELATION_VALUES);
	return TRUE;
}

gboolean correlation_rule_read(Draft *draft, const YamlNode *root)
{
	CorrelationRule *ret = g_new0(CorrelationRule, 1);

	ret->correlation = g_new0(Correlation, 1);
	ret->correlation->group_by = g_new0(char *, 1);
	ret->correlation->fields = g_new0(char *, 1);
	ret->correlation->carried = g_new0(char *, 1);
	ret->aliases = g_array_new(FALSE, FALSE, sizeof(CorrelationAlias));
	draft->rule->correlation = ret;
	return read_section(draft, root, yaml_node_get(root, "correlation"), ret);
}
