/* SPDX-License-Identifier: Apache-2.0 */
#include "engines/sigma/draft.h"

#include "base/limits.h"

gboolean draft_reject(Draft *draft, guint line, const char *format, ...)
{
	va_list arguments;

	if (draft->reason)
		return FALSE;
	va_start(arguments, format);
	draft->reason = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	draft->line = line;
	return FALSE;
}

Slice draft_text(Draft *draft, Slice text)
{
	const char *copy = g_string_chunk_insert_len(
		draft->rule->texts, text.size ? (const char *)text.data : "", (gssize)text.size);

	draft->n_bytes += text.size;
	return slice_make(copy, text.size);
}

const char *draft_string(Draft *draft, const char *text)
{
	return g_string_chunk_insert(draft->rule->texts, text);
}

void *draft_alloc(Draft *draft, gsize size)
{
	void *memory = g_malloc0(size);

	g_ptr_array_add(draft->rule->blocks, memory);
	return memory;
}

Node *draft_join(Draft *draft, NodeKind kind, const GPtrArray *children)
{
	if (children->len == 1)
		return children->pdata[0];

	Node *node = draft_alloc(draft, sizeof(*node));

	node->kind = kind;
	if (children->len == 0) {
		node->kind = kind == NODE_AND ? NODE_TRUE : NODE_FALSE;
		return node;
	}
	node->n_children = children->len;
	node->children = draft_alloc(draft, children->len * sizeof(Node *));
	for (guint i = 0; i < children->len; i++)
		node->children[i] = children->pdata[i];
	return node;
}

Node *draft_not(Draft *draft, Node *child)
{
	Node *node = draft_alloc(draft, sizeof(*node));

	node->kind = NODE_NOT;
	node->n_children = 1;
	node->children = draft_alloc(draft, sizeof(Node *));
	node->children[0] = child;
	return node;
}

Node *draft_test(Draft *draft, const Test *test, guint line)
{
	if (++draft->n_values > LIMIT_RULE_VALUES) {
		(void)draft_reject(draft, line,
			"the rule has more than %u values after its modifiers spread them",
			LIMIT_RULE_VALUES);
		return NULL;
	}

	if (draft->n_bytes > LIMIT_RULE_FILE_BYTES) {
		(void)draft_reject(draft, line,
			"the rule's values have more than %u bytes after its modifiers spread them",
			LIMIT_RULE_FILE_BYTES);
		return NULL;
	}

	/* One block for both: most of a rule is these. */
	struct {
		Node node;
		Test test;
	} *both = draft_alloc(draft, sizeof(*both));

	both->test = *test;
	both->node.kind = NODE_TEST;
	both->node.test = &both->test;
	return &both->node;
}

Regex *draft_regex(Draft *draft, const char *pattern, RegexFlags flags, guint line)
{
	g_autoptr(GError) error = NULL;
	Regex *regex;

	if (draft->rule->regexes->len == LIMIT_RULE_REGEXES) {
		(void)draft_reject(draft, line, "the rule has more than %u regular expressions",
			LIMIT_RULE_REGEXES);
		return NULL;
	}
	regex = regex_new(pattern, flags, &error);
	if (!regex) {
		(void)draft_reject(draft, line, "%s", error->message);
		return NULL;
	}
	g_ptr_array_add(draft->rule->regexes, regex);
	return regex;
}
