/* SPDX-License-Identifier: Apache-2.0 */
#include "engines/sigma/values.h"

#include <arpa/inet.h>

#include "base/limits.h"
#include "engines/sigma/modifiers.h"

#define MAX_MODIFIERS 16 /* of one field; more make no sense */

/* What the modifiers of one line that concern the line as a whole say. */
typedef struct Line {
	const char *field; /* NULL for keywords */
	const Modifier *modifiers[MAX_MODIFIERS];
	guint n_modifiers;
	gboolean every, negated, exists; /* all, neq, exists */
} Line;

/* ---- from operands to tests ---------------------------------------------------------------------
 */

/* Adds the test to the item's; its shown text is @shown. */
static gboolean add_test(Draft *draft, Test *test, const Operand *operand, const Line *line,
	const GString *shown, GPtrArray *ret)
{
	Node *node;

	test->field = line->field;
	test->selection = draft->selection;
	test->shown = (const char *)draft_text(draft, slice_make(shown->str, shown->len)).data;
	node = draft_test(draft, test, operand->node->line);
	if (!node)
		return FALSE;
	g_ptr_array_add(ret, node);
	return TRUE;
}

static void show_pattern(
	GString *shown, const Pattern *pattern, const Test *test, const Operand *operand)
{
	static const char *const verbs[] = { "= ", "startswith ", "endswith ", "contains ",
		"like " };

	g_string_append(shown, test->kind > TEST_GLOB ? "windash " : verbs[test->kind]);
	pattern_append_shown(shown, pattern, test->kind >= TEST_GLOB);
	if (operand->encodings)
		g_string_append_printf(shown, " (%s of %s)", operand->encodings->str,
			(const char *)operand->node->text.data);
	if (operand->cased)
		g_string_append(shown, " (case-sensitive)");
}

static gboolean finish_text(Operand *operand, Draft *draft, const Line *line, GPtrArray *ret)
{
	for (guint i = 0; i < operand->patterns->len; i++) {
		Pattern *pattern = operand->patterns->pdata[i];
		Test test = { .cased = operand->cased };

		/* A keyword stands anywhere in a field. */
		if (!line->field)
			pattern_open(pattern, TRUE, TRUE);
		if (!pattern_to_test(pattern, draft, operand->node->line, &test))
			return FALSE;
		g_string_set_size(draft->scratch, 0);
		show_pattern(draft->scratch, pattern, &test, operand);
		if (!add_test(draft, &test, operand, line, draft->scratch, ret))
			return FALSE;
	}
	return TRUE;
}

static gboolean finish_regex(Operand *operand, Draft *draft, const Line *line, GPtrArray *ret)
{
	g_autoptr(GString) shown = g_string_new(NULL);

	for (guint i = 0; i < operand->patterns->len; i++) {
		g_autoptr(GString) text = pattern_text(operand->patterns->pdata[i]);
		Test test = { .kind = TEST_REGEX, .cased = TRUE };

		if (strlen(text->str) != text->len)
			return draft_reject(draft, operand->node->line,
				"a regular expression holds a NUL character; write \\x00");
		g_string_printf(shown, "re%s%s%s%s %s", operand->flags ? "|" : "",
			operand->flags & REGEX_IGNORE_CASE ? "i" : "",
			operand->flags & REGEX_MULTI_LINE ? "m" : "",
			operand->flags & REGEX_DOT_ALL ? "s" : "", text->str);
		/* startswith and endswith tie the expression to the other end. It must be one by
		 * itself: "a)|(b" would be another in parentheses. */
		if (operand->anchored && !(operand->open_start && operand->open_end)) {
			if (!draft_regex(draft, text->str, operand->flags, operand->node->line))
				return FALSE;
			g_string_prepend(text, operand->open_start ? "(?:" : "\\A(?:");
			g_string_append(text, operand->open_end ? ")" : ")\\z");
		}
		test.regex = draft_regex(draft, text->str, operand->flags, operand->node->line);
		if (!test.regex || !add_test(draft, &test, operand, line, shown, ret))
			return FALSE;
	}
	return TRUE;
}

/* Fills the network of @test from "10.0.0.0/8" or "fe80::/10"; no prefix length means one address.
 */
static gboolean parse_network(const char *text, Test *test)
{
	g_auto(GStrv) parts = g_strsplit(text, "/", 2);
	gboolean v6 = strchr(text, ':') != NULL;
	guint64 bits = v6 ? 128 : 32;

	if (!parts[0] || inet_pton(v6 ? AF_INET6 : AF_INET, parts[0], test->network) != 1)
		return FALSE;
	if (parts[1] && !g_ascii_string_to_unsigned(parts[1], 10, 0, bits, &bits, NULL))
		return FALSE;
	test->network_size = v6 ? 16 : 4;
	test->network_bits = (guint)bits;
	return TRUE;
}

static gboolean has_host_bits(const Test *test)
{
	for (guint bit = test->network_bits; bit < test->network_size * 8; bit++)
		if (test->network[bit / 8] & (0x80 >> bit % 8))
			return TRUE;
	return FALSE;
}

static gboolean finish_network(Operand *operand, Draft *draft, const Line *line, GPtrArray *ret)
{
	g_autoptr(GString) shown = g_string_new(NULL);

	for (guint i = 0; i < operand->patterns->len; i++) {
		const Pattern *pattern = operand->patterns->pdata[i];
		g_autoptr(GString) text = pattern_text(pattern);
		Test test = { .kind = TEST_CIDR };

		if (!pattern_is_plain(pattern) || strlen(text->str) != text->len ||
			!parse_network(text->str, &test))
			return draft_reject(draft, operand->node->line,
				"\"%s\" is no network such as 10.0.0.0/8 or fe80::/10", text->str);
		if (has_host_bits(&test))
			return draft_reject(draft, operand->node->line,
				"the network \"%s\" has bits set behind its prefix length",
				text->str);
		g_string_printf(shown, "cidr %s", text->str);
		if (!add_test(draft, &test, operand, line, shown, ret))
			return FALSE;
	}
	return TRUE;
}

static gboolean finish_field(Operand *operand, Draft *draft, const Line *line, GPtrArray *ret)
{
	static const struct {
		TestKind kind;
		const char *verb;
	} ways[2][2] = {
		{ { TEST_FIELD_EXACT, "=" }, { TEST_FIELD_PREFIX, "startswith" } },
		{ { TEST_FIELD_SUFFIX, "endswith" }, { TEST_FIELD_CONTAINS, "contains" } },
	};
	g_autoptr(GString) shown = g_string_new(NULL);

	for (guint i = 0; i < operand->patterns->len; i++) {
		g_autoptr(GString) name = pattern_text(operand->patterns->pdata[i]);
		gboolean start = operand->open_start, end = operand->open_end;
		Test test = { .kind = ways[start][end].kind, .cased = operand->cased };

		if (name->len == 0 || strlen(name->str) != name->len)
			return draft_reject(draft, operand->node->line,
				"modifier fieldref needs the name of a field");
		test.text = draft_text(draft, slice_make(name->str, name->len));
		g_string_printf(shown, "%s field %s%s", ways[start][end].verb, name->str,
			operand->cased ? " (case-sensitive)" : "");
		if (!add_test(draft, &test, operand, line, shown, ret))
			return FALSE;
	}
	return TRUE;
}

static gboolean finish_number(Operand *operand, Draft *draft, const Line *line, GPtrArray *ret)
{
	static const char *const verbs[] = { "<", "<=", ">", ">=" };
	Test test = { .kind = operand->comparison, .number = operand->node->real };
	g_autoptr(GString) shown = g_string_new(NULL);

	g_string_printf(shown, "%s %s", verbs[operand->comparison - TEST_LESS],
		(const char *)operand->node->text.data);
	return add_test(draft, &test, operand, line, shown, ret);
}

static gboolean compares_so(gint64 part, TestKind comparison, double number)
{
	switch (comparison) {
	case TEST_LESS:
		return (double)part < number;
	case TEST_LESS_EQUAL:
		return (double)part <= number;
	case TEST_GREATER:
		return (double)part > number;
	default:
		return (double)part >= number;
	}
}

/* A comparison of a part of a time is written out: the parts of a time are few. */
static gboolean finish_time(Operand *operand, Draft *draft, const Line *line, GPtrArray *ret)
{
	static const struct {
		const char *name;
		gint64 first, last;
	} parts[] = { { "minute", 0, 59 }, { "hour", 0, 23 }, { "day", 1, 31 }, { "week", 1, 53 },
		{ "month", 1, 12 }, { "year", 1677, 2262 } }; /* the years of an Instant */
	const gint64 first = parts[operand->part].first, last = parts[operand->part].last;
	g_autoptr(GString) shown = g_string_new(NULL);
	guint n_before = ret->len;

	for (gint64 part = first; part <= last; part++) {
		Test test = { .kind = TEST_TIME_PART, .part = operand->part, .integer = part };

		if (operand->compares ? !compares_so(part, operand->comparison, operand->node->real)
				      : part != operand->node->integer)
			continue;
		g_string_printf(shown, "%s = %" G_GINT64_FORMAT, parts[operand->part].name, part);
		if (!add_test(draft, &test, operand, line, shown, ret))
			return FALSE;
	}
	if (ret->len > n_before)
		return TRUE;
	return draft_reject(
		draft, operand->node->line, "no %s is ever so", parts[operand->part].name);
}

static gboolean operand_finish(Operand *operand, Draft *draft, const Line *line, GPtrArray *ret)
{
	if (!line->field && operand->kind != OPERAND_TEXT && operand->kind != OPERAND_NUMBER &&
		operand->kind != OPERAND_REGEX)
		return draft_reject(draft, operand->node->line,
			"keywords can not be networks, fields, numbers to compare or times");
	switch (operand->kind) {
	case OPERAND_REGEX:
		return finish_regex(operand, draft, line, ret);
	case OPERAND_NETWORK:
		return finish_network(operand, draft, line, ret);
	case OPERAND_FIELD:
		return finish_field(operand, draft, line, ret);
	case OPERAND_COMPARE:
		return operand->has_part ? finish_time(operand, draft, line, ret)
					 : finish_number(operand, draft, line, ret);
	default:
		return finish_text(operand, draft, line, ret);
	}
}

/* ---- one value ----------------------------------------------------------------------------------
 */

static gboolean apply_modifiers(Operand *operand, Draft *draft, const Line *line)
{
	for (guint i = 0; i < line->n_modifiers; i++)
		if (!operand_apply(operand, line->modifiers[i], draft))
			return FALSE;
	return TRUE;
}

/* Adds the tests of one value: one, or as many as modifiers spread it to, of which any is enough.
 */
static gboolean read_value(Draft *draft, const Line *line, const YamlNode *node, GPtrArray *ret)
{
	Operand operand;
	gboolean done;

	if (!yaml_node_is_scalar(node) || node->kind == YAML_KIND_NULL)
		return draft_reject(draft, node->line, "%s can not be one of several values",
			yaml_kind_name(node->kind));
	if (node->text.size > LIMIT_RULE_VALUE_BYTES)
		return draft_reject(draft, node->line, "a value is longer than %u bytes",
			LIMIT_RULE_VALUE_BYTES);
	operand_init(&operand, node);
	done = apply_modifiers(&operand, draft, line) && operand_finish(&operand, draft, line, ret);
	operand_clear(&operand);
	return done;
}

/* ---- one line -----------------------------------------------------------------------------------
 */

static gboolean add_modifier(Line *line, Draft *draft, const char *name, guint yaml_line)
{
	const Modifier *found = modifier_find(name);

	if (!found)
		return draft_reject(draft, yaml_line, "unknown modifier \"%s\"", name);
	if (line->n_modifiers == MAX_MODIFIERS)
		return draft_reject(
			draft, yaml_line, "a field has more than %u modifiers", MAX_MODIFIERS);
	line->modifiers[line->n_modifiers++] = found;
	line->every |= strcmp(name, "all") == 0;
	line->negated |= strcmp(name, "neq") == 0;
	line->exists |= strcmp(name, "exists") == 0;
	return TRUE;
}

static gboolean read_key(Line *line, Draft *draft, const YamlNode *key)
{
	g_auto(GStrv) parts = NULL;

	if (!key)
		return TRUE;
	parts = g_strsplit((const char *)key->text.data, "|", -1);
	if (parts[0] && parts[0][0])
		line->field = draft_string(draft, parts[0]);
	for (guint i = 1; parts[0] && parts[i]; i++)
		if (!add_modifier(line, draft, parts[i], key->line))
			return FALSE;
	if (!line->field && line->n_modifiers == 0)
		return draft_reject(draft, key->line, "a field has no name");
	return TRUE;
}

static gboolean only_modifies_line(const Line *line)
{
	for (guint i = 0; i < line->n_modifiers; i++)
		if (line->modifiers[i]->apply)
			return FALSE;
	return TRUE;
}

static Node *read_special(
	Draft *draft, const Line *line, guint yaml_line, TestKind kind, const char *shown)
{
	Test test = {
		.kind = kind, .field = line->field, .selection = draft->selection, .shown = shown
	};

	if (!line->field) {
		(void)draft_reject(draft, yaml_line, "null and exists need a field");
		return NULL;
	}
	if (!only_modifies_line(line)) {
		(void)draft_reject(draft, yaml_line,
			"null and exists can not be combined with other modifiers");
		return NULL;
	}
	return draft_test(draft, &test, yaml_line);
}

static Node *read_exists(Draft *draft, const Line *line, const YamlNode *value)
{
	const YamlNode *flag = value;
	Node *node;

	if (value->kind == YAML_KIND_LIST && value->n_children == 1)
		flag = value->children[0];
	if (flag->kind != YAML_KIND_BOOL) {
		(void)draft_reject(draft, value->line, "modifier exists needs true or false");
		return NULL;
	}
	node = read_special(draft, line, value->line, TEST_EXISTS, "exists");
	if (node && !flag->boolean)
		return draft_not(draft, node);
	return node;
}

/* Of several values any is enough, or with all each must be: each is then an OR of its own tests.
 */
static Node *read_values(Draft *draft, const Line *line, YamlNode *const *values, guint n)
{
	g_autoptr(GPtrArray) nodes = g_ptr_array_new(), tests = g_ptr_array_new();

	for (guint i = 0; i < n; i++) {
		if (!read_value(draft, line, values[i], line->every ? tests : nodes))
			return NULL;
		if (!line->every)
			continue;
		g_ptr_array_add(nodes, draft_join(draft, NODE_OR, tests));
		g_ptr_array_set_size(tests, 0);
	}
	return draft_join(draft, line->every ? NODE_AND : NODE_OR, nodes);
}

Node *values_read(Draft *draft, const YamlNode *key, const YamlNode *value)
{
	Line line = { 0 };
	Node *node;

	if (!read_key(&line, draft, key))
		return NULL;
	if (value->kind == YAML_KIND_MAP) {
		(void)draft_reject(draft, value->line, "a field's value can not be a map");
		return NULL;
	}
	if (line.exists)
		node = read_exists(draft, &line, value);
	else if (value->kind == YAML_KIND_NULL ||
		(value->kind == YAML_KIND_LIST && value->n_children == 0))
		node = read_special(draft, &line, value->line, TEST_NULL, "is null");
	else if (value->kind == YAML_KIND_LIST)
		node = read_values(draft, &line, value->children, value->n_children);
	else
		node = read_values(draft, &line, (YamlNode *const *)&value, 1);
	return node && line.negated ? draft_not(draft, node) : node;
}
