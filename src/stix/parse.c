/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Recursive descent over STIXPattern.g4, of both versions of the language: what 2.0 alone allows
 * (START '…' as a string, qualifiers of a kind twice) and what 2.1 alone allows (EXISTS) are taken,
 * and stix_pattern_check() tells them apart. Recursion is by parentheses and qualifiers, to
 * LIMIT_STIX_DEPTH.
 */
#include "base/error.h"
#include "base/limits.h"
#include "stix/tree.h"

typedef struct Reader {
	StixPattern *pattern;
	Slice text;
	StixToken token; /* the next one */
	guint depth;
	guint n_nodes;	   /* tests, literals and steps */
	GHashTable *paths; /* by text */
	GError **error;
} Reader;

static StixObservation *read_followed_by(Reader *reader);
static StixNode *read_or(Reader *reader);

/* ---- errors and tokens --------------------------------------------------------------------------
 */

static gpointer fail_at(Reader *reader, gsize offset, SpoorError code, const char *reason)
{
	guint line = 1, column = 1;

	for (gsize i = 0; i < offset; i++) {
		guint8 c = reader->text.data[i];

		if (c == '\n') {
			line++;
			column = 1;
		} else if ((c & 0xc0) != 0x80) {
			column++;
		}
	}
	if (line > 1)
		g_set_error(reader->error, SPOOR_ERROR, code, "line %u, character %u: %s", line,
			column, reason);
	else
		g_set_error(reader->error, SPOOR_ERROR, code, "character %u: %s", column, reason);
	return NULL;
}

static gpointer fail(Reader *reader, const char *reason)
{
	return fail_at(reader, reader->token.offset, SPOOR_ERROR_INPUT, reason);
}

static gpointer fail_expecting(Reader *reader, const char *what)
{
	g_autofree char *reason = NULL, *found = NULL;

	if (reader->token.kind == STIX_TOKEN_END) {
		reason = g_strdup_printf("the pattern ends where %s is expected", what);
	} else {
		found = g_utf8_make_valid((const char *)reader->token.text.data,
			(gssize)MIN(reader->token.text.size, 40));
		reason = g_strdup_printf("\"%s\" stands where %s is expected", found, what);
	}
	return fail(reader, reason);
}

static gpointer fail_limit(Reader *reader, const char *what, guint limit)
{
	g_autofree char *reason = g_strdup_printf("the pattern has more than %u %s", limit, what);

	return fail_at(reader, reader->token.offset, SPOOR_ERROR_LIMIT, reason);
}

static void advance(Reader *reader)
{
	reader->token =
		stix_token_read(reader->text, reader->token.offset + reader->token.text.size);
}

static gboolean is_word(const Reader *reader, StixTokenKind kind, const char *word)
{
	return reader->token.kind == kind && slice_equal(reader->token.text, slice_from_text(word));
}

static gboolean take(Reader *reader, StixTokenKind kind, const char *word)
{
	if (!is_word(reader, kind, word))
		return FALSE;
	advance(reader);
	return TRUE;
}

static gboolean take_keyword(Reader *reader, const char *word)
{
	return take(reader, STIX_TOKEN_KEYWORD, word);
}

static gboolean take_sign(Reader *reader, const char *sign)
{
	return take(reader, STIX_TOKEN_SIGN, sign);
}

static gboolean expect(Reader *reader, StixTokenKind kind, const char *word)
{
	g_autofree char *quoted = NULL;

	if (take(reader, kind, word))
		return TRUE;
	quoted = g_strdup_printf("\"%s\"", word);
	(void)fail_expecting(reader, quoted);
	return FALSE;
}

static gboolean count_node(Reader *reader)
{
	if (reader->n_nodes++ < LIMIT_STIX_NODES)
		return TRUE;
	(void)fail_limit(reader, "comparisons, values and steps of paths", LIMIT_STIX_NODES);
	return FALSE;
}

static gboolean deeper(Reader *reader)
{
	if (reader->depth++ < LIMIT_STIX_DEPTH)
		return TRUE;
	(void)fail_limit(reader, "parentheses and qualifiers in each other", LIMIT_STIX_DEPTH);
	return FALSE;
}

static StixLiteral *take_literal(Reader *reader)
{
	const char *reason = NULL;
	StixLiteral *literal;

	if (!count_node(reader))
		return NULL;
	literal = stix_literal_read(reader->pattern, &reader->token, &reason);
	if (!literal)
		return fail(reader, reason);
	advance(reader);
	return literal;
}

/* ---- object paths -------------------------------------------------------------------------------
 */

static gboolean is_plain_key(const char *key)
{
	StixToken token = stix_token_read(slice_from_text(key), 0);

	return token.kind == STIX_TOKEN_NAME && token.text.size == strlen(key);
}

static void append_step(GString *text, const StixStep *step, gboolean is_first)
{
	if (step->kind == STIX_STEP_ANY) {
		g_string_append(text, "[*]");
		return;
	}
	if (step->kind == STIX_STEP_INDEX) {
		g_string_append_printf(text, "[%" G_GINT64_FORMAT "]", step->index);
		return;
	}
	g_string_append_c(text, is_first ? ':' : '.');
	if (is_plain_key(step->key)) {
		g_string_append(text, step->key);
		return;
	}
	g_string_append_c(text, '\'');
	for (const char *at = step->key; *at; at++) {
		if (*at == '\'' || *at == '\\')
			g_string_append_c(text, '\\');
		g_string_append_c(text, *at);
	}
	g_string_append_c(text, '\'');
}

static gboolean take_key(Reader *reader, StixStep *ret)
{
	StixLiteral *literal;

	ret->kind = STIX_STEP_KEY;
	if (reader->token.kind == STIX_TOKEN_NAME) {
		ret->key = stix_pattern_text(reader->pattern, (const char *)reader->token.text.data,
			(gssize)reader->token.text.size);
		advance(reader);
		return TRUE;
	}
	if (reader->token.kind != STIX_TOKEN_STRING) {
		(void)fail_expecting(reader, "the name of a property (quoted if it has a hyphen)");
		return FALSE;
	}
	literal = take_literal(reader);
	ret->key = literal ? literal->text : NULL;
	return literal != NULL;
}

/* What follows "[" */
static gboolean take_index(Reader *reader, StixStep *ret)
{
	StixLiteral *literal;

	ret->kind = STIX_STEP_ANY;
	if (take_sign(reader, "*"))
		return expect(reader, STIX_TOKEN_SIGN, "]");
	if (reader->token.kind != STIX_TOKEN_INTEGER) {
		(void)fail_expecting(reader, "a number or \"*\"");
		return FALSE;
	}
	literal = take_literal(reader);
	if (!literal)
		return FALSE;
	ret->kind = STIX_STEP_INDEX;
	ret->index = literal->is_exact ? literal->integer : -1;
	return expect(reader, STIX_TOKEN_SIGN, "]");
}

static gboolean take_steps(Reader *reader, GArray *steps)
{
	StixStep step = { 0 };

	if (!take_key(reader, &step))
		return FALSE;
	g_array_append_val(steps, step);
	for (;;) {
		gboolean is_key = take_sign(reader, ".");

		if (!is_key && !take_sign(reader, "["))
			return TRUE;
		if (steps->len == LIMIT_STIX_PATH_STEPS) {
			(void)fail_limit(reader, "steps in a path", LIMIT_STIX_PATH_STEPS);
			return FALSE;
		}
		step = (StixStep){ 0 };
		if (!count_node(reader) ||
			!(is_key ? take_key(reader, &step) : take_index(reader, &step)))
			return FALSE;
		g_array_append_val(steps, step);
	}
}

static guint type_number(StixPattern *pattern, const char *type)
{
	for (guint i = 0; i < pattern->types->len; i++)
		if (strcmp(pattern->types->pdata[i], type) == 0)
			return i;
	g_ptr_array_add(pattern->types, (gpointer)type);
	return pattern->types->len - 1;
}

/* The path that is like @path and was read before, or @path itself. */
static StixPath *same_path(Reader *reader, StixPath *path)
{
	GPtrArray *paths = reader->pattern->paths;
	StixPath *known = g_hash_table_lookup(reader->paths, path->text);

	if (known)
		return known;
	path->number = paths->len;
	g_ptr_array_add(paths, path);
	g_hash_table_insert(reader->paths, (gpointer)path->text, path);
	return path;
}

static StixPath *read_path(Reader *reader)
{
	StixPattern *pattern = reader->pattern;
	g_autoptr(GArray) steps = g_array_new(FALSE, FALSE, sizeof(StixStep));
	g_autoptr(GString) text = g_string_new(NULL);
	StixPath *path;

	if (reader->token.kind != STIX_TOKEN_NAME && reader->token.kind != STIX_TOKEN_HYPHENED)
		return fail_expecting(reader, "an object type");
	path = stix_pattern_alloc(pattern, sizeof(StixPath));
	path->type = stix_pattern_text(
		pattern, (const char *)reader->token.text.data, (gssize)reader->token.text.size);
	advance(reader);
	if (!expect(reader, STIX_TOKEN_SIGN, ":") || !take_steps(reader, steps))
		return NULL;
	path->type_number = type_number(pattern, path->type);
	if (pattern->types->len > LIMIT_STIX_TYPES)
		return fail_limit(reader, "types of objects", LIMIT_STIX_TYPES);
	path->n_steps = steps->len;
	path->steps = stix_pattern_alloc(pattern, sizeof(StixStep) * steps->len);
	memcpy(path->steps, steps->data, sizeof(StixStep) * steps->len);
	g_string_append(text, path->type);
	for (guint i = 0; i < path->n_steps; i++)
		append_step(text, &path->steps[i], i == 0);
	path->text = stix_pattern_text(pattern, text->str, (gssize)text->len);
	return same_path(reader, path);
}

/* ---- comparison expressions ---------------------------------------------------------------------
 */

static gboolean is_literal(const Reader *reader)
{
	switch (reader->token.kind) {
	case STIX_TOKEN_INTEGER:
	case STIX_TOKEN_FLOAT:
	case STIX_TOKEN_STRING:
	case STIX_TOKEN_HEX:
	case STIX_TOKEN_BINARY:
	case STIX_TOKEN_TIMESTAMP:
		return TRUE;
	default:
		return is_word(reader, STIX_TOKEN_KEYWORD, "true") ||
			is_word(reader, STIX_TOKEN_KEYWORD, "false");
	}
}

static gboolean is_number(const StixLiteral *literal)
{
	return literal->kind == STIX_INTEGER || literal->kind == STIX_FLOAT;
}

static gboolean read_set(Reader *reader, StixNode *test)
{
	StixLiteral **end = &test->literals;

	if (!expect(reader, STIX_TOKEN_SIGN, "("))
		return FALSE;
	if (take_sign(reader, ")"))
		return TRUE;
	do {
		gsize offset = reader->token.offset;

		if (!is_literal(reader)) {
			(void)fail_expecting(reader, "a value");
			return FALSE;
		}
		*end = take_literal(reader);
		if (!*end)
			return FALSE;
		if ((*end)->kind != test->literals->kind &&
			!(is_number(*end) && is_number(test->literals))) {
			(void)fail_at(reader, offset, SPOOR_ERROR_INPUT,
				"the values of a set are of different kinds");
			return FALSE;
		}
		end = &(*end)->next;
		test->n_literals++;
	} while (take_sign(reader, ","));
	return expect(reader, STIX_TOKEN_SIGN, ")");
}

static gboolean read_value(Reader *reader, StixNode *test)
{
	gboolean wants_string = test->operator>= STIX_LIKE;
	gboolean wants_order = test->operator>= STIX_LT && test->operator<= STIX_GE;

	if (wants_string && reader->token.kind != STIX_TOKEN_STRING) {
		(void)fail_expecting(reader, "a string");
		return FALSE;
	}
	if (!is_literal(reader) || (wants_order && reader->token.kind == STIX_TOKEN_KEYWORD)) {
		(void)fail_expecting(reader, wants_order ? "a value that has an order" : "a value");
		return FALSE;
	}
	test->literals = take_literal(reader);
	test->n_literals = 1;
	return test->literals != NULL;
}

static const struct {
	const char *word;
	StixTokenKind kind;
	StixOperator operator;
} OPERATORS[] = {
	{ "=", STIX_TOKEN_SIGN, STIX_EQ },
	{ "==", STIX_TOKEN_SIGN, STIX_EQ },
	{ "!=", STIX_TOKEN_SIGN, STIX_NE },
	{ "<>", STIX_TOKEN_SIGN, STIX_NE },
	{ "<", STIX_TOKEN_SIGN, STIX_LT },
	{ "<=", STIX_TOKEN_SIGN, STIX_LE },
	{ ">", STIX_TOKEN_SIGN, STIX_GT },
	{ ">=", STIX_TOKEN_SIGN, STIX_GE },
	{ "IN", STIX_TOKEN_KEYWORD, STIX_IN },
	{ "LIKE", STIX_TOKEN_KEYWORD, STIX_LIKE },
	{ "MATCHES", STIX_TOKEN_KEYWORD, STIX_MATCHES },
	{ "ISSUBSET", STIX_TOKEN_KEYWORD, STIX_ISSUBSET },
	{ "ISSUPERSET", STIX_TOKEN_KEYWORD, STIX_ISSUPERSET },
};

static gboolean take_operator(Reader *reader, StixOperator *ret)
{
	for (guint i = 0; i < G_N_ELEMENTS(OPERATORS); i++)
		if (take(reader, OPERATORS[i].kind, OPERATORS[i].word)) {
			*ret = OPERATORS[i].operator;
			return TRUE;
		}
	(void)fail_expecting(reader, "a comparison (=, !=, <, >, IN, LIKE, MATCHES …)");
	return FALSE;
}

static void note_hash(StixPattern *pattern, const StixNode *test)
{
	if (!pattern->wrong_hash)
		pattern->wrong_hash = stix_hash_problem(pattern, test);
}

static StixNode *read_exists(Reader *reader, StixNode *test)
{
	test->operator= STIX_EXISTS;
	reader->pattern->has_exists = TRUE;
	test->path = read_path(reader);
	stix_test_describe(reader->pattern, test);
	return test->path ? test : NULL;
}

static StixNode *read_test(Reader *reader)
{
	StixNode *test;

	if (take_sign(reader, "(")) {
		if (!deeper(reader))
			return NULL;
		test = read_or(reader);
		reader->depth--;
		return test && expect(reader, STIX_TOKEN_SIGN, ")") ? test : NULL;
	}
	if (!count_node(reader))
		return NULL;
	test = stix_pattern_alloc(reader->pattern, sizeof(StixNode));
	test->number = reader->pattern->n_tests++;
	if (take_keyword(reader, "NOT")) {
		test->is_negated = TRUE;
		return expect(reader, STIX_TOKEN_KEYWORD, "EXISTS") ? read_exists(reader, test)
								    : NULL;
	}
	if (take_keyword(reader, "EXISTS"))
		return read_exists(reader, test);
	test->path = read_path(reader);
	if (!test->path)
		return NULL;
	test->is_negated = take_keyword(reader, "NOT");
	if (!take_operator(reader, &test->operator) ||
		!(test->operator== STIX_IN ? read_set(reader, test) : read_value(reader, test)))
		return NULL;
	note_hash(reader->pattern, test);
	stix_test_describe(reader->pattern, test);
	return test;
}

/* One operand or several in a chain. A chain of the same kind in parentheses is taken in whole. */
static StixNode *read_chain(
	Reader *reader, StixNodeKind kind, const char *word, StixNode *(*operand)(Reader *))
{
	StixNode *first = operand(reader), *node, **end;

	if (!first || !is_word(reader, STIX_TOKEN_KEYWORD, word))
		return first;
	node = stix_pattern_alloc(reader->pattern, sizeof(StixNode));
	node->kind = kind;
	node->child = first;
	end = &first->next;
	while (take_keyword(reader, word)) {
		*end = operand(reader);
		if (!*end)
			return NULL;
		end = &(*end)->next;
	}
	return node;
}

static StixNode *read_and(Reader *reader)
{
	return read_chain(reader, STIX_AND, "AND", read_test);
}

static StixNode *read_or(Reader *reader)
{
	return read_chain(reader, STIX_OR, "OR", read_and);
}

/* ---- observation expressions --------------------------------------------------------------------
 */

static StixObservation *new_observation(Reader *reader, StixObservationKind kind)
{
	StixObservation *ret = stix_pattern_alloc(reader->pattern, sizeof(StixObservation));

	ret->kind = kind;
	return ret;
}

static StixObservation *read_part(Reader *reader)
{
	StixPattern *pattern = reader->pattern;
	StixObservation *part;

	if (pattern->parts->len == LIMIT_STIX_PARTS)
		return fail_limit(reader, "observations in brackets", LIMIT_STIX_PARTS);
	part = new_observation(reader, STIX_PART);
	part->part = pattern->parts->len;
	part->size = 1;
	g_ptr_array_add(pattern->parts, part);
	part->test = read_or(reader);
	return part->test && expect(reader, STIX_TOKEN_SIGN, "]") ? part : NULL;
}

static StixObservation *read_primary(Reader *reader)
{
	StixObservation *inner;

	if (take_sign(reader, "["))
		return read_part(reader);
	if (!take_sign(reader, "("))
		return fail_expecting(reader, "\"[\" or \"(\"");
	if (!deeper(reader))
		return NULL;
	inner = read_followed_by(reader);
	reader->depth--;
	if (!inner || !expect(reader, STIX_TOKEN_SIGN, ")"))
		return NULL;
	inner->is_in_parentheses = TRUE;
	return inner;
}

static gboolean read_repeats(Reader *reader, StixObservation *q)
{
	StixLiteral *literal;

	if (reader->token.kind != STIX_TOKEN_INTEGER || reader->token.text.data[0] == '-') {
		(void)fail_expecting(reader, "how many times");
		return FALSE;
	}
	literal = take_literal(reader);
	if (!literal)
		return FALSE;
	if (!literal->is_exact || literal->integer < 1) {
		(void)fail(reader, "REPEATS asks for at least one");
		return FALSE;
	}
	q->times = (guint)MIN(literal->integer, (gint64)LIMIT_STIX_BINDING + 1);
	q->size = q->child->size * q->times;
	return expect(reader, STIX_TOKEN_KEYWORD, "TIMES");
}

static gboolean read_within(Reader *reader, StixObservation *q)
{
	const double most = (double)LIMIT_CORRELATION_SECONDS;
	StixLiteral *literal;

	if ((reader->token.kind != STIX_TOKEN_INTEGER && reader->token.kind != STIX_TOKEN_FLOAT) ||
		reader->token.text.data[0] == '-') {
		(void)fail_expecting(reader, "a number of seconds");
		return FALSE;
	}
	literal = take_literal(reader);
	if (!literal)
		return FALSE;
	if (!(literal->number > 0)) {
		(void)fail(reader, "WITHIN asks for more than no time");
		return FALSE;
	}
	q->nanoseconds = (gint64)(MIN(literal->number, most) * 1e9 + 0.5);
	q->size = q->child->size;
	return expect(reader, STIX_TOKEN_KEYWORD, "SECONDS");
}

static gboolean read_time(Reader *reader, StixObservation *q, Instant *ret)
{
	StixLiteral *literal;

	if (reader->token.kind != STIX_TOKEN_TIMESTAMP && reader->token.kind != STIX_TOKEN_STRING) {
		(void)fail_expecting(reader, "a time (t'2021-03-02T00:00:00Z')");
		return FALSE;
	}
	literal = take_literal(reader);
	if (!literal)
		return FALSE;
	*ret = literal->time;
	if (literal->kind == STIX_STRING) {
		q->has_text_times = TRUE;
		if (!stix_time_parse(slice_from_text(literal->text), ret) || *ret == INSTANT_NONE) {
			(void)fail(reader, "the string before is no time");
			return FALSE;
		}
	}
	return TRUE;
}

static gboolean read_start_stop(Reader *reader, StixObservation *q)
{
	q->size = q->child->size;
	return read_time(reader, q, &q->start) && expect(reader, STIX_TOKEN_KEYWORD, "STOP") &&
		read_time(reader, q, &q->stop);
}

static gboolean take_qualifier(Reader *reader, StixQualifier *ret)
{
	if (take_keyword(reader, "WITHIN"))
		*ret = STIX_WITHIN;
	else if (take_keyword(reader, "REPEATS"))
		*ret = STIX_REPEATS;
	else if (take_keyword(reader, "START"))
		*ret = STIX_START_STOP;
	else
		return FALSE;
	return TRUE;
}

static StixObservation *read_qualified(Reader *reader)
{
	StixObservation *inner = read_primary(reader);
	StixQualifier qualifier;
	guint depth = reader->depth;

	while (inner && take_qualifier(reader, &qualifier)) {
		StixObservation *outer = new_observation(reader, STIX_QUALIFIED);
		gboolean is_read;

		if (!deeper(reader))
			return NULL;
		outer->child = inner;
		outer->qualifier = qualifier;
		is_read = qualifier == STIX_WITHIN  ? read_within(reader, outer)
			: qualifier == STIX_REPEATS ? read_repeats(reader, outer)
						    : read_start_stop(reader, outer);
		if (!is_read)
			return NULL;
		if (outer->size > LIMIT_STIX_BINDING)
			return fail_limit(reader, "observations together", LIMIT_STIX_BINDING);
		inner = outer;
	}
	reader->depth = depth;
	return inner;
}

static StixObservation *read_observations(Reader *reader, StixObservationKind kind,
	const char *word, StixObservation *(*operand)(Reader *))
{
	StixObservation *first = operand(reader), *node, **end;

	if (!first || !is_word(reader, STIX_TOKEN_KEYWORD, word))
		return first;
	node = new_observation(reader, kind);
	node->child = first;
	node->size = first->size;
	end = &first->next;
	while (take_keyword(reader, word)) {
		*end = operand(reader);
		if (!*end)
			return NULL;
		node->size = kind == STIX_ANY ? MAX(node->size, (*end)->size)
					      : node->size + (*end)->size;
		if (node->size > LIMIT_STIX_BINDING)
			return fail_limit(reader, "observations together", LIMIT_STIX_BINDING);
		end = &(*end)->next;
	}
	return node;
}

static StixObservation *read_all(Reader *reader)
{
	return read_observations(reader, STIX_ALL, "AND", read_qualified);
}

static StixObservation *read_any(Reader *reader)
{
	return read_observations(reader, STIX_ANY, "OR", read_all);
}

static StixObservation *read_followed_by(Reader *reader)
{
	return read_observations(reader, STIX_FOLLOWED_BY, "FOLLOWEDBY", read_any);
}

/* ---- the whole ----------------------------------------------------------------------------------
 */

gpointer stix_pattern_alloc(StixPattern *pattern, gsize size)
{
	gpointer ret = g_malloc0(MAX(size, 1));

	g_ptr_array_add(pattern->owned, ret);
	return ret;
}

const char *stix_pattern_text(StixPattern *pattern, const char *text, gssize size)
{
	return g_string_chunk_insert_len(pattern->texts, text ? text : "", text ? size : 0);
}

StixPattern *stix_pattern_parse(Slice text, GError **error)
{
	g_autoptr(StixPattern) pattern = g_new0(StixPattern, 1);
	g_autoptr(GHashTable) paths = g_hash_table_new(g_str_hash, g_str_equal);
	Reader reader = { .pattern = pattern, .text = text, .paths = paths, .error = error };

	pattern->owned = g_ptr_array_new_with_free_func(g_free);
	pattern->parts = g_ptr_array_new();
	pattern->types = g_ptr_array_new();
	pattern->paths = g_ptr_array_new();
	pattern->tests = g_ptr_array_new();
	pattern->regexes = g_ptr_array_new_with_free_func(stix_regex_free);
	pattern->texts = g_string_chunk_new(256);
	if (text.size > LIMIT_STIX_PATTERN_BYTES) {
		g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_LIMIT,
			"the pattern has more than %u bytes", LIMIT_STIX_PATTERN_BYTES);
		return NULL;
	}
	if (text.size && !g_utf8_validate_len((const char *)text.data, text.size, NULL)) {
		g_set_error_literal(error, SPOOR_ERROR, SPOOR_ERROR_INPUT,
			"the pattern is no UTF-8 text, or holds a NUL");
		return NULL;
	}
	reader.token = stix_token_read(text, 0);
	pattern->root = read_followed_by(&reader);
	if (!pattern->root)
		return NULL;
	if (reader.token.kind != STIX_TOKEN_END)
		return fail_expecting(&reader, "an operator or the end");
	return g_steal_pointer(&pattern);
}

void stix_pattern_free(StixPattern *pattern)
{
	if (!pattern)
		return;
	g_ptr_array_unref(pattern->owned);
	g_ptr_array_unref(pattern->parts);
	g_ptr_array_unref(pattern->types);
	g_ptr_array_unref(pattern->paths);
	g_ptr_array_unref(pattern->tests);
	g_ptr_array_unref(pattern->regexes);
	g_string_chunk_free(pattern->texts);
	g_free(pattern);
}
