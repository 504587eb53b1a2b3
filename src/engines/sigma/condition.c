/* SPDX-License-Identifier: Apache-2.0 */
#include "engines/sigma/condition.h"

#include "base/limits.h"

typedef struct Reader {
	Draft *draft;
	guint line;
	const Selections *selections;
	GPtrArray *words; /* char *, NULL-terminated */
	guint next;
	guint depth;
	ConditionUse *use;
} Reader;

static Node *read_or(Reader *reader);

static Node *fail(Reader *reader, const char *format, ...) G_GNUC_PRINTF(2, 3);

static Node *fail(Reader *reader, const char *format, ...)
{
	g_autofree char *reason = NULL;
	va_list arguments;

	va_start(arguments, format);
	reason = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	(void)draft_reject(reader->draft, reader->line, "%s", reason);
	return NULL;
}

/* ---- words --------------------------------------------------------------------------------------
 */

static gboolean split_words(Reader *reader, const char *text)
{
	for (const char *at = text; *at;) {
		gsize size = strcspn(at, " \t\r\n()");

		if (size == 0 && !strchr("()", *at)) {
			at++;
			continue;
		}
		if (reader->use->n_words++ == LIMIT_CONDITION_TOKENS)
			return draft_reject(reader->draft, reader->line,
				"the condition has more than %u words", LIMIT_CONDITION_TOKENS);
		g_ptr_array_add(reader->words, g_strndup(at, MAX(size, 1)));
		at += MAX(size, 1);
	}
	g_ptr_array_add(reader->words, NULL);
	return TRUE;
}

static const char *peek(const Reader *reader, guint ahead)
{
	guint index = reader->next + ahead;

	return index < reader->words->len ? reader->words->pdata[index] : NULL;
}

static gboolean is_word(const char *word, const char *keyword)
{
	return word && g_ascii_strcasecmp(word, keyword) == 0;
}

/* Steps over the next word if it is @keyword. */
static gboolean take(Reader *reader, const char *keyword)
{
	if (!is_word(peek(reader, 0), keyword))
		return FALSE;
	reader->next++;
	return TRUE;
}

/* ---- operands -----------------------------------------------------------------------------------
 */

static guint count_nodes(const Node *node)
{
	guint n = 1;

	/* Depth is bounded: by that of the document, which is what selections are made of. */
	for (guint i = 0; i < node->n_children; i++)
		n += count_nodes(node->children[i]);
	return n;
}

static gboolean use_selection(Reader *reader, guint index, GPtrArray *ret)
{
	reader->use->n_nodes += count_nodes(reader->selections->nodes->pdata[index]);
	if (reader->use->n_nodes > LIMIT_CONDITION_NODES)
		return draft_reject(reader->draft, reader->line,
			"the condition names selections of more than %u tests in all",
			LIMIT_CONDITION_NODES);
	g_ptr_array_add(ret, reader->selections->nodes->pdata[index]);
	return TRUE;
}

/* Counts the next step of work. FALSE where it is one too many. */
static gboolean step(Reader *reader)
{
	if (reader->use->n_steps++ < LIMIT_CONDITION_STEPS)
		return TRUE;
	return draft_reject(reader->draft, reader->line,
		"the condition takes more than %u steps to find the selections it names",
		LIMIT_CONDITION_STEPS);
}

/*
 * TRUE where @name fits @pattern, in which * stands for any characters. It may take as many steps
 * as the product of their lengths, so these are counted; FALSE too where there are too many.
 */
static gboolean fits(Reader *reader, const char *pattern, const char *name)
{
	const char *star = NULL, *resume = NULL;

	while (*name && step(reader)) {
		if (*pattern == '*') {
			star = ++pattern;
			resume = name;
		} else if (*pattern == *name) {
			pattern++;
			name++;
		} else if (star) {
			pattern = star;
			name = ++resume;
		} else {
			return FALSE;
		}
	}
	while (*pattern == '*')
		pattern++;
	return *pattern == '\0' && *name == '\0';
}

static Node *read_selector(Reader *reader)
{
	const char *quantifier = peek(reader, 0), *pattern = peek(reader, 2);
	g_autoptr(GPtrArray) chosen = g_ptr_array_new();
	gboolean every = is_word(quantifier, "all"), them = is_word(pattern, "them");

	if (!every && !is_word(quantifier, "any") && !is_word(quantifier, "1"))
		return fail(reader, "\"%s of\" is not 1 of, any of or all of", quantifier);
	if (!pattern || strchr("()", pattern[0]))
		return fail(reader, "the condition ends after \"%s of\"", quantifier);
	reader->next += 3;
	for (guint i = 0; i < reader->selections->names->len; i++) {
		const char *name = reader->selections->names->pdata[i];

		if (!step(reader))
			return NULL;
		if (name[0] == '_' && (them || pattern[0] != '_'))
			continue;
		if ((them || fits(reader, pattern, name)) && !use_selection(reader, i, chosen))
			return NULL;
	}
	if (chosen->len == 0)
		return fail(reader, "\"%s of %s\" fits no selection", quantifier, pattern);
	return draft_join(reader->draft, every ? NODE_AND : NODE_OR, chosen);
}

static Node *read_identifier(Reader *reader)
{
	const char *name = peek(reader, 0);
	g_autoptr(GPtrArray) chosen = g_ptr_array_new();

	if (!name)
		return fail(reader, "the condition ends too early");
	for (guint i = 0; i < reader->selections->names->len && chosen->len == 0; i++)
		if (!step(reader) ||
			(strcmp(reader->selections->names->pdata[i], name) == 0 &&
				!use_selection(reader, i, chosen)))
			return NULL;
	if (chosen->len == 0)
		return fail(reader, "the condition names \"%s\", which is no selection of the rule",
			name);
	reader->next++;
	return chosen->pdata[0];
}

static Node *read_operand(Reader *reader)
{
	Node *node;

	if (is_word(peek(reader, 1), "of"))
		return read_selector(reader);
	if (!take(reader, "("))
		return read_identifier(reader);
	if (++reader->depth > LIMIT_CONDITION_DEPTH)
		return fail(reader, "the condition nests deeper than %u parentheses",
			LIMIT_CONDITION_DEPTH);
	node = read_or(reader);
	reader->depth--;
	if (node && !take(reader, ")"))
		return fail(reader, "a parenthesis of the condition is not closed");
	return node;
}

/* ---- operators ----------------------------------------------------------------------------------
 */

static Node *read_not(Reader *reader)
{
	gboolean negated = FALSE;
	Node *node;

	while (take(reader, "not"))
		negated = !negated;
	node = read_operand(reader);
	return node && negated ? draft_not(reader->draft, node) : node;
}

static Node *read_operator(
	Reader *reader, const char *word, NodeKind kind, Node *(*read_part)(Reader *reader))
{
	g_autoptr(GPtrArray) parts = g_ptr_array_new();

	do {
		Node *part = read_part(reader);

		if (!part)
			return NULL;
		g_ptr_array_add(parts, part);
	} while (take(reader, word));
	return draft_join(reader->draft, kind, parts);
}

static Node *read_and(Reader *reader)
{
	return read_operator(reader, "and", NODE_AND, read_not);
}

static Node *read_or(Reader *reader)
{
	return read_operator(reader, "or", NODE_OR, read_and);
}

/* ---- the whole ----------------------------------------------------------------------------------
 */

static Node *read_condition(Reader *reader, const char *text)
{
	Node *node;

	if (strchr(text, '|'))
		return fail(reader,
			"the condition uses an aggregation (|), which is obsolete: "
			"Sigma has correlation rules instead");
	if (!split_words(reader, text))
		return NULL;
	if (!peek(reader, 0))
		return fail(reader, "the condition is empty");
	node = read_or(reader);
	if (node && peek(reader, 0))
		return fail(
			reader, "the condition can not be read from \"%s\" on", peek(reader, 0));
	return node;
}

Node *condition_read(
	Draft *draft, const char *text, guint line, const Selections *selections, ConditionUse *use)
{
	g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
	Reader reader = {
		.draft = draft, .line = line, .selections = selections, .words = words, .use = use
	};

	return read_condition(&reader, text);
}
