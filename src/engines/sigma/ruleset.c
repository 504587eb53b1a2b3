/* SPDX-License-Identifier: Apache-2.0 */
#include "engines/sigma/ruleset.h"

#include "base/hash.h"
#include "base/limits.h"
#include "base/text.h"
#include "engines/sigma/regex.h"

/* What is needed only while a ruleset is made. */
typedef struct Builder {
	Ruleset *ruleset;
	const LogSourceTable *sources;
	GHashTable *fields; /* name -> number + 1 */
	GHashTable *groups; /* log source as text -> number + 1 */
} Builder;

guint ruleset_tree_depth(const Node *node)
{
	guint deepest = 0;

	/* Parsers limit their own nesting; this holds whatever made the tree. The walk itself stops
	 * at the limit, level by level, so it needs no limit of its own. */
	g_autoptr(GPtrArray) level = g_ptr_array_new();

	g_ptr_array_add(level, (gpointer)node);
	for (; level->len > 0 && deepest <= LIMIT_RULE_TREE_DEPTH; deepest++) {
		g_autoptr(GPtrArray) below = g_ptr_array_new();

		for (guint i = 0; i < level->len; i++) {
			const Node *each = g_ptr_array_index(level, i);

			for (guint c = 0; c < each->n_children; c++)
				g_ptr_array_add(below, each->children[c]);
		}
		g_ptr_array_unref(level);
		level = g_steal_pointer(&below);
	}
	return deepest;
}

char *ruleset_loose_name(const char *name)
{
	GString *bare = g_string_new(NULL);

	for (; *name; name++) {
		if (*name != ' ')
			g_string_append_c(bare, *name);
	}

	GString *folded = g_string_new(NULL);

	text_append_folded(folded, slice_make(bare->str, bare->len));
	g_string_free(bare, TRUE);
	return g_string_free(folded, FALSE);
}

/* ---- literals of tests ---- */

static gboolean is_utf8(Slice s)
{
	while (s.size > 0) {
		const char *end;

		if (g_utf8_validate_len((const char *)s.data, s.size, &end))
			return TRUE;
		if (*end != '\0') /* NUL is text, though GLib stops there */
			return FALSE;
		s = slice_sub(s, (gsize)((const guint8 *)end - s.data) + 1, s.size);
	}
	return TRUE;
}

/* Adds a literal for @text, folding it first where the rule compares as written. */
static guint32 add_literal(Builder *b, LiteralKind kind, Slice text, gboolean cased)
{
	if (text.size == 0 && kind != LITERAL_EXACT)
		return LITERAL_NONE; /* holds always: no use */
	if (!cased)
		return literal_set_add(b->ruleset->literals, kind, text);
	if (!is_utf8(text))
		return LITERAL_NONE;

	g_autoptr(GString) folded = g_string_new(NULL);

	text_append_folded(folded, text);
	return literal_set_add(b->ruleset->literals, kind, slice_make(folded->str, folded->len));
}

/* The longest run without wildcards in a glob, with the end at which it has to stand, if any. */
static guint32 add_glob_literal(Builder *b, const Glob *glob, gboolean cased)
{
	Slice best = SLICE_EMPTY;
	LiteralKind kind = LITERAL_CONTAINS;

	for (guint i = 0; i < glob->n_pieces; i++) {
		Slice piece = glob->pieces[i];
		gsize start = 0;

		for (gsize at = 0; at <= piece.size; at++) {
			if (at < piece.size && piece.data[at] != GLOB_ANY)
				continue;
			if (at - start > best.size) {
				best = slice_sub(piece, start, at - start);
				if (i == 0 && start == 0 && !glob->open_start)
					kind = LITERAL_PREFIX;
				else if (i + 1 == glob->n_pieces && at == piece.size &&
					!glob->open_end)
					kind = LITERAL_SUFFIX;
				else
					kind = LITERAL_CONTAINS;
			}
			start = at + 1;
		}
	}
	return add_literal(b, kind, best, cased);
}

static guint32 add_regex_literal(Builder *b, const Regex *regex)
{
	g_autofree char *required = NULL;

	if (!regex_required_literal(regex, &required))
		return LITERAL_NONE;
	return add_literal(b, LITERAL_CONTAINS, slice_from_text(required), FALSE);
}

static guint32 add_test_literal(Builder *b, const Test *test)
{
	switch (test->kind) {
	case TEST_EXACT:
		return add_literal(b, LITERAL_EXACT, test->text, test->cased);
	case TEST_PREFIX:
		return add_literal(b, LITERAL_PREFIX, test->text, test->cased);
	case TEST_SUFFIX:
		return add_literal(b, LITERAL_SUFFIX, test->text, test->cased);
	case TEST_CONTAINS:
		return add_literal(b, LITERAL_CONTAINS, test->text, test->cased);
	case TEST_GLOB:
		return add_glob_literal(b, test->glob, test->cased);
	case TEST_REGEX:
		return add_regex_literal(b, test->regex);
	default:
		return LITERAL_NONE;
	}
}

/* ---- trees ---- */

static guint32 add_field(Builder *b, const char *name)
{
	gpointer known = g_hash_table_lookup(b->fields, name);

	if (known)
		return GPOINTER_TO_UINT(known) - 1;

	RulesetField field = { .name = name, .loose = ruleset_loose_name(name) };

	g_array_append_val(b->ruleset->fields, field);
	g_hash_table_insert(b->fields, (gpointer)name, GUINT_TO_POINTER(b->ruleset->fields->len));
	return b->ruleset->fields->len - 1;
}

static gboolean compares_fields(const Test *test)
{
	return test->kind >= TEST_FIELD_EXACT && test->kind <= TEST_FIELD_CONTAINS;
}

static guint32 add_test(Builder *b, const Test *test, GStringChunk *names)
{
	RulesetTest added = { .test = test,
		.kind = (guint8)test->kind,
		.field = RULESET_NO_FIELD,
		.other = RULESET_NO_FIELD };

	if (test->field)
		added.field = add_field(b, test->field);
	if (compares_fields(test)) {
		/* The name is a slice; the rule's chunk keeps it as a text, for the table. */
		const char *other = g_string_chunk_insert_len(
			names, (const char *)test->text.data, (gssize)test->text.size);

		added.other = add_field(b, other);
	}
	added.literal = add_test_literal(b, test);
	added.is_literal =
		added.literal != LITERAL_NONE && !test->cased && test->kind <= TEST_CONTAINS;
	g_array_append_val(b->ruleset->tests, added);
	return b->ruleset->tests->len - 1;
}

/* Appends a tree in prefix order. @depth_left ends the recursion; load() has checked the depth. */
static guint32 add_tree(Builder *b, const Node *node, GStringChunk *names, guint depth_left)
{
	GArray *nodes = b->ruleset->nodes;
	guint32 number = nodes->len;
	RulesetNode added = { .kind = node->kind };

	g_assert(depth_left > 0);
	if (node->kind == NODE_TEST)
		added.test = add_test(b, node->test, names);
	g_array_append_val(nodes, added);
	for (guint i = 0; i < node->n_children; i++)
		(void)add_tree(b, node->children[i], names, depth_left - 1);
	g_array_index(nodes, RulesetNode, number).end = nodes->len;
	return number;
}

/* ---- log sources ---- */

static void add_condition_test(Builder *b, const char *column, TestKind kind, Slice text)
{
	Test *test = g_new0(Test, 1);
	RulesetNode node = {
		.kind = NODE_TEST, .end = b->ruleset->nodes->len + 1, .test = b->ruleset->tests->len
	};
	RulesetTest added = { .test = test,
		.kind = (guint8)kind,
		.field = add_field(b, column),
		.other = RULESET_NO_FIELD };

	test->kind = kind;
	test->field = column;
	test->text = text;
	added.literal = add_test_literal(b, test);
	added.is_literal = added.literal != LITERAL_NONE;
	g_ptr_array_add(b->ruleset->own_tests, test);
	g_array_append_val(b->ruleset->tests, added);
	g_array_append_val(b->ruleset->nodes, node);
}

/* A condition's value as a test: whole, or a part of the text where a star stands at its ends. */
static void add_condition_value(Builder *b, const char *column, const char *value)
{
	Slice text = slice_from_text(value);
	gboolean open_end = text.size > 0 && text.data[text.size - 1] == '*';
	gboolean open_start = text.size > 1 && text.data[0] == '*';
	TestKind kind = open_start ? (open_end ? TEST_CONTAINS : TEST_SUFFIX)
		: open_end	   ? TEST_PREFIX
				   : TEST_EXACT;

	text.size -= open_end;
	if (open_start)
		text = slice_sub(text, 1, G_MAXSIZE);
	add_condition_test(b, column, kind, text);
}

static void add_alternative(Builder *b, const LogSourceAlternative *source)
{
	GArray *nodes = b->ruleset->nodes;
	RulesetAlternative added = { .source = source, .conditions = nodes->len };
	RulesetNode all = { .kind = NODE_AND }, any = { .kind = NODE_OR };

	g_array_append_val(nodes, all);
	for (guint i = 0; i < source->n_conditions; i++) {
		const LogSourceCondition *condition = &source->conditions[i];
		guint32 number = nodes->len;

		g_array_append_val(nodes, any);
		for (const char *const *value = condition->values; *value; value++)
			add_condition_value(b, condition->column, *value);
		if (condition->or_absent)
			add_condition_test(b, condition->column, TEST_NULL, SLICE_EMPTY);
		g_array_index(nodes, RulesetNode, number).end = nodes->len;
	}
	g_array_index(nodes, RulesetNode, added.conditions).end = nodes->len;
	g_array_append_val(b->ruleset->alternatives, added);
}

/* The group of the rule's log source, or NULL where the table knows no events for it. */
static RulesetGroup *find_group(Builder *b, const SigmaRule *rule)
{
	g_autofree char *key = g_strjoin("/", rule->product ? rule->product : "-",
		rule->category ? rule->category : "-", rule->service ? rule->service : "-", NULL);
	GArray *groups = b->ruleset->groups;
	gpointer known = g_hash_table_lookup(b->groups, key);
	const LogSourceAlternative *alternatives;
	guint n;

	if (known)
		return &g_array_index(groups, RulesetGroup, GPOINTER_TO_UINT(known) - 1);
	if (!b->sources ||
		!logsource_resolve(b->sources, rule->product, rule->category, rule->service,
			&alternatives, &n))
		return NULL;

	RulesetGroup group = { .first_alternative = b->ruleset->alternatives->len,
		.n_alternatives = n,
		.rules = g_array_new(FALSE, FALSE, sizeof(guint32)) };

	for (guint i = 0; i < n; i++)
		add_alternative(b, &alternatives[i]);
	g_array_append_val(groups, group);
	g_hash_table_insert(b->groups, g_steal_pointer(&key), GUINT_TO_POINTER(groups->len));
	return &g_array_index(groups, RulesetGroup, groups->len - 1);
}

static void add_hit_fields(Builder *b, char *const *names)
{
	for (; *names; names++) {
		guint32 field = add_field(b, *names);

		g_array_append_val(b->ruleset->hit_fields, field);
	}
}

static void add_hits(Builder *b, const SigmaRule *rule, RulesetRule *ret)
{
	Ruleset *p = b->ruleset;

	ret->first_hit = p->hits->len;
	ret->n_hits = rule->hits ? rule->hits->len : 0;
	for (guint i = 0; i < ret->n_hits; i++) {
		const RuleHit *hit = &g_array_index(rule->hits, RuleHit, i);
		const CorrelationPart *part = &hit->correlation->parts[hit->part];
		RulesetHit added = { .correlation = hit->correlation->rule,
			.part = hit->part,
			.first_field = p->hit_fields->len };

		add_hit_fields(b, part->group_by);
		add_hit_fields(b, part->fields);
		add_hit_fields(b, part->carried);
		added.n_fields = p->hit_fields->len - added.first_field;
		g_array_append_val(p->hits, added);
	}
}

static void add_observation(Builder *b, const SigmaRule *rule, RulesetRule *ret)
{
	const SigmaObservation *observation = rule->observation;
	GArray *fields = b->ruleset->hit_fields;
	guint32 field;

	if (!observation)
		return;
	ret->observes =
		(RulesetObservation){ observation->kind, fields->len, 1 + observation->n_subjects };
	field = add_field(b, observation->value);
	g_array_append_val(fields, field);
	for (guint i = 0; i < observation->n_subjects; i++) {
		field = add_field(b, observation->subjects[i]);
		g_array_append_val(fields, field);
	}
}

static void add_rule(Builder *b, const SigmaRule *rule)
{
	RulesetGroup *group = find_group(b, rule);

	if (!group)
		return;

	guint32 number = b->ruleset->rules->len;
	RulesetRule added = { .index = rule->info->index, .is_silent = rule->info->is_silent };

	/* One level more than load() lets through: filters are joined to the rule there. */
	added.root = add_tree(b, rule->condition, rule->texts, LIMIT_RULE_TREE_DEPTH + 2);
	add_hits(b, rule, &added);
	add_observation(b, rule, &added);
	g_array_append_val(b->ruleset->rules, added);
	g_array_append_val(group->rules, number);
}

static void finish_literals(Ruleset *p)
{
	literal_set_finish(p->literals);
	for (guint i = 0; i < p->tests->len; i++) {
		RulesetTest *test = &g_array_index(p->tests, RulesetTest, i);

		test->probability = 1;
		if (test->literal != LITERAL_NONE)
			test->probability =
				literal_set_get(p->literals, test->literal)->probability;
	}
}

static void clear_field(gpointer field)
{
	g_free(((RulesetField *)field)->loose);
}

static void clear_group(gpointer group)
{
	g_array_unref(((RulesetGroup *)group)->rules);
}

Ruleset *ruleset_new(const GPtrArray *rules, const LogSourceTable *sources)
{
	Ruleset *p = g_new0(Ruleset, 1);
	Builder b = { .ruleset = p, .sources = sources };

	p->nodes = g_array_new(FALSE, FALSE, sizeof(RulesetNode));
	p->tests = g_array_new(FALSE, FALSE, sizeof(RulesetTest));
	p->fields = g_array_new(FALSE, FALSE, sizeof(RulesetField));
	g_array_set_clear_func(p->fields, clear_field);
	p->rules = g_array_new(FALSE, FALSE, sizeof(RulesetRule));
	p->groups = g_array_new(FALSE, FALSE, sizeof(RulesetGroup));
	g_array_set_clear_func(p->groups, clear_group);
	p->alternatives = g_array_new(FALSE, FALSE, sizeof(RulesetAlternative));
	p->hits = g_array_new(FALSE, FALSE, sizeof(RulesetHit));
	p->hit_fields = g_array_new(FALSE, FALSE, sizeof(guint32));
	p->literals = literal_set_new();
	p->own_tests = g_ptr_array_new_with_free_func(g_free);
	b.fields = g_hash_table_new(g_str_hash, g_str_equal);
	b.groups = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	for (guint i = 0; i < rules->len; i++)
		add_rule(&b, g_ptr_array_index(rules, i));
	finish_literals(p);
	g_hash_table_unref(b.fields);
	g_hash_table_unref(b.groups);
	return p;
}

void ruleset_free(Ruleset *p)
{
	if (!p)
		return;
	g_array_unref(p->nodes);
	g_array_unref(p->tests);
	g_array_unref(p->fields);
	g_array_unref(p->rules);
	g_array_unref(p->groups);
	g_array_unref(p->alternatives);
	g_array_unref(p->hits);
	g_array_unref(p->hit_fields);
	literal_set_free(p->literals);
	g_ptr_array_unref(p->own_tests);
	g_free(p);
}
