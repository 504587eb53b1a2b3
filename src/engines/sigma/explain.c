/* SPDX-License-Identifier: Apache-2.0 */
#include "engines/sigma/explain.h"

#include "engines/sigma/match.h"

#define ELLIPSIS    "\xE2\x80\xA6"
#define REPLACEMENT "\xEF\xBF\xBD" /* for NUL, which would end the text */

typedef struct Walk {
	Explanation *explanation;
	Texts *texts;
	const Ruleset *ruleset;
	guint32 alternative;
} Walk;

void explanation_init(Explanation *explanation)
{
	*explanation = (Explanation){ .values = g_string_chunk_new(4096) };
}

void explanation_clear(Explanation *explanation)
{
	g_clear_pointer(&explanation->values, g_string_chunk_free);
}

static guint16 column_of(const Walk *walk, guint32 field)
{
	if (field == RULESET_NO_FIELD)
		return COLUMN_KEYWORD;

	const guint16 *map = g_ptr_array_index(walk->texts->fields->maps, walk->alternative);

	return map ? map[field] : COLUMN_ABSENT;
}

static guint16 other_column_of(const Walk *walk, const RulesetTest *test)
{
	return test->other == RULESET_NO_FIELD ? COLUMN_ABSENT : column_of(walk, test->other);
}

/* match_find(); a keyword also stands in the fact that the log source names for that. */
static gboolean find(
	const Walk *walk, const RulesetTest *test, guint16 *ret_column, guint *ret_item)
{
	guint16 column = column_of(walk, test->field), other = other_column_of(walk, test);
	guint16 fact = COLUMN_ABSENT;

	if (match_find(walk->texts, test->test, column, other, ret_column, ret_item))
		return TRUE;
	if (column == COLUMN_KEYWORD)
		fact = walk->texts->fields->keywords[walk->alternative];
	return fact < field_map_n_columns(walk->texts->fields) &&
		match_find(walk->texts, test->test, fact, other, ret_column, ret_item);
}

/* Recursion is as deep as rules are, which load() limits. */
static gboolean is_true(const Walk *walk, guint32 number)
{
	const RulesetNode *node = ruleset_node(walk->ruleset, number);

	switch (node->kind) {
	case NODE_TRUE:
		return TRUE;
	case NODE_FALSE:
		return FALSE;
	case NODE_NOT:
		return !is_true(walk, number + 1);
	case NODE_TEST: {
		const RulesetTest *test = ruleset_test(walk->ruleset, node->test);
		guint16 column;
		guint item;

		if (test->test->kind != TEST_NULL && test->test->kind != TEST_EXISTS)
			return find(walk, test, &column, &item);
		return match_column(walk->texts, test->test, column_of(walk, test->field),
			other_column_of(walk, test));
	}
	default:
		break;
	}
	for (guint32 i = number + 1; i < node->end; i = ruleset_node(walk->ruleset, i)->end) {
		if (is_true(walk, i) != (node->kind == NODE_AND))
			return node->kind == NODE_OR;
	}
	return node->kind == NODE_AND;
}

/* The value as a text that ends with a NUL and has none inside, cut at the limit. */
static const char *keep_value(Walk *walk, Slice text)
{
	g_autoptr(GString) kept = g_string_new(NULL);
	gsize size = MIN(text.size, LIMIT_MATCH_VALUE_BYTES);

	while (size < text.size && size > 0 && (text.data[size] & 0xC0) == 0x80)
		size--; /* not inside a character */
	for (gsize i = 0; i < size; i++) {
		if (text.data[i])
			g_string_append_c(kept, (char)text.data[i]);
		else
			g_string_append(kept, REPLACEMENT);
	}
	if (size < text.size)
		g_string_append(kept, ELLIPSIS);
	return g_string_chunk_insert_len(walk->explanation->values, kept->str, (gssize)kept->len);
}

static void add_match(Walk *walk, const RulesetTest *test)
{
	Explanation *explanation = walk->explanation;
	const FieldMap *fields = walk->texts->fields;
	guint16 column = column_of(walk, test->field);
	guint16 found = column;
	guint item = 0;
	Slice value = SLICE_EMPTY;
	gboolean has_text = column < COLUMN_KEYWORD;

	if (explanation->n_matches == LIMIT_FINDING_MATCHES)
		return;
	if (test->test->kind != TEST_NULL && test->test->kind != TEST_EXISTS)
		has_text = find(walk, test, &found, &item);
	/* The count is of plain texts: what people are shown. Both forms have the same items. */
	if (has_text && item < texts_count(walk->texts, TEXT_PLAIN, found))
		value = texts_item(walk->texts, TEXT_PLAIN, found, item);

	const char *field = test->test->field ? test->test->field : "";
	const char *source = field_map_column_name(fields, texts_chosen(walk->texts, found));

	explanation->matches[explanation->n_matches++] = (Match){
		.field = field,
		.source = *source && strcmp(source, field) != 0 ? source : NULL,
		.test = test->test->shown ? test->test->shown : "",
		.value = keep_value(walk, value),
		.selection = test->test->selection ? test->test->selection : "",
	};
}

/* Adds what contributes of a node that is true. */
static void explain(Walk *walk, guint32 number)
{
	const RulesetNode *node = ruleset_node(walk->ruleset, number);

	if (walk->explanation->n_matches == LIMIT_FINDING_MATCHES)
		return;
	if (node->kind == NODE_TEST) {
		add_match(walk, ruleset_test(walk->ruleset, node->test));
		return;
	}
	if (node->kind != NODE_AND && node->kind != NODE_OR)
		return;
	for (guint32 i = number + 1; i < node->end; i = ruleset_node(walk->ruleset, i)->end) {
		if (node->kind == NODE_AND || is_true(walk, i))
			explain(walk, i);
	}
}

void explanation_make(
	Explanation *explanation, Texts *texts, const Ruleset *ruleset, const BoundRule *rule)
{
	Walk walk = { explanation, texts, ruleset, rule->alternative };

	g_string_chunk_clear(explanation->values);
	explanation->n_matches = 0;
	explain(&walk, rule->root);
}
