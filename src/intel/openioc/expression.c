/* SPDX-License-Identifier: Apache-2.0 */
#include "intel/openioc/expression.h"

#include <string.h>

#include "base/limits.h"
#include "intel/openioc/terms.h"
#include "intel/stix/pattern-kinds.h"

#define HANDLE_NEIGHBOURS 64 /* in which the name of a handle is looked for */

/* A part of a pattern: comparisons on one kind of object, or observations. */
typedef struct Part {
	GString *text;	    /* NULL: could not be said */
	const char *object; /* "file": may stand in brackets with its like; NULL: observations */
	gsize object_size;
	gboolean is_positive; /* asks for something that is there */
} Part;

typedef struct Making {
	const Ioc *ioc;
	ExpressionNote note;
	void *context;
} Making;

static void part_clear(gpointer part)
{
	if (((Part *)part)->text)
		g_string_free(((Part *)part)->text, TRUE);
}

void expression_append_literal(GString *ret, const char *text)
{
	for (; *text; text++) {
		if ((guint8)*text < 0x80 && !g_ascii_isalnum(*text) && *text != '_')
			g_string_append_c(ret, '\\');
		g_string_append_c(ret, *text);
	}
}

/* ---- one condition ---- */

/* path [NOT] = 'text', or MATCHES, by the condition. FALSE where there is no such condition. */
static gboolean append_text(GString *ret, const IocNode *item, const char *path,
	const char *condition, const char *text)
{
	gboolean is_whole = g_str_equal(condition, "is");
	gboolean at_start = is_whole || g_str_equal(condition, "starts-with");
	gboolean at_end = is_whole || g_str_equal(condition, "ends-with");
	gboolean is_regex = g_str_equal(condition, "matches");
	g_autoptr(GString) regex = g_string_new(item->keeps_case ? "" : "(?i)");

	if (!at_start && !at_end && !is_regex && !g_str_equal(condition, "contains"))
		return FALSE;
	g_string_append(ret, path);
	g_string_append(ret, item->is_negated ? " NOT " : " ");
	if (is_whole && item->keeps_case) {
		g_string_append(ret, "= ");
		stix_append_text(ret, text);
		return TRUE;
	}
	g_string_append(regex, at_start ? "^" : "");
	if (is_regex)
		g_string_append(regex, text);
	else
		expression_append_literal(regex, text);
	g_string_append(regex, at_end ? "$" : "");
	g_string_append(ret, "MATCHES ");
	stix_append_text(ret, regex->str);
	return TRUE;
}

static gboolean is_number(const char *text)
{
	gsize digits = strspn(text, "0123456789");

	return digits > 0 && digits <= 18 && !text[digits];
}

/* [1 TO 9], as OpenIOC 1.0 writes ranges. */
static gboolean append_range(GString *ret, const char *path, const char *content)
{
	g_auto(GStrv) ends = NULL;
	gsize length = strlen(content);
	g_autofree char *inner = NULL;

	if (length < 2 || content[0] != '[' || content[length - 1] != ']')
		return FALSE;
	inner = g_strndup(content + 1, length - 2);
	ends = g_strsplit(inner, " TO ", 2);
	if (!ends[0] || !ends[1] || !is_number(g_strstrip(ends[0])) ||
		!is_number(g_strstrip(ends[1])))
		return FALSE;
	g_string_append_printf(ret, "(%s >= %s AND %s <= %s)", path, ends[0], path, ends[1]);
	return TRUE;
}

static gboolean append_number(GString *ret, const IocNode *item, const char *path)
{
	const char *sign = NULL;

	if (g_str_equal(item->condition, "is") && !item->is_negated &&
		append_range(ret, path, item->content))
		return TRUE;
	if (g_str_equal(item->condition, "is"))
		sign = item->is_negated ? "!=" : "=";
	else if (g_str_equal(item->condition, "greater-than"))
		sign = item->is_negated ? "<=" : ">";
	else if (g_str_equal(item->condition, "less-than"))
		sign = item->is_negated ? ">=" : "<";
	if (!sign || !is_number(item->content))
		return FALSE;
	g_string_append_printf(ret, "%s %s %s", path, sign, item->content);
	return TRUE;
}

/* A whole path is a name and a folder: only its end can be said in parts, and all of it. */
static gboolean append_path(GString *ret, const IocNode *item)
{
	const char *slash = strrchr(item->content, '\\');
	gboolean is_end = g_str_equal(item->condition, "ends-with");
	g_autofree char *folder = NULL;

	if ((!is_end && !g_str_equal(item->condition, "is")) || item->is_negated)
		return FALSE;
	if (!slash)
		return append_text(ret, item, "file:name", item->condition, item->content);
	folder = g_strndup(item->content, (gsize)(slash - item->content));
	g_string_append_c(ret, '(');
	(void)append_text(ret, item, "file:name", "is", slash + 1); /* "is" is a condition */
	if (*folder) {
		g_string_append(ret, " AND ");
		(void)append_text(ret, item, "file:parent_directory_ref.path", item->condition,
			folder); /* likewise */
	}
	g_string_append_c(ret, ')');
	return TRUE;
}

static gboolean append_comparison(GString *ret, const IocNode *item, const Term *term)
{
	g_autofree char *text = NULL;

	switch (term->form) {
	case TERM_NUMBER:
		return append_number(ret, item, term->path);
	case TERM_PATH:
		return append_path(ret, item);
	case TERM_EXTENSION:
		text = g_strdup_printf("%s%s", item->content[0] == '.' ? "" : ".", item->content);
		return g_str_equal(item->condition, "is") &&
			append_text(ret, item, term->path, "ends-with", text);
	case TERM_HASH:
		if (!g_str_equal(item->condition, "is"))
			return FALSE;
		text = g_ascii_strdown(item->content, -1);
		g_string_append_printf(ret, "%s %s= ", term->path, item->is_negated ? "NOT " : "");
		stix_append_text(ret, text);
		return TRUE;
	default:
		return append_text(ret, item, term->path, item->condition, item->content);
	}
}

static Part make_item(const Making *m, const IocNode *item)
{
	const Term *term = term_find(item->term);
	Part part = { NULL, NULL, 0, !item->is_negated };

	if (!term) {
		m->note(m->context, item, "nothing here answers this term");
		return part;
	}
	part.text = g_string_new(NULL);
	if (!*item->content || !append_comparison(part.text, item, term)) {
		m->note(m->context, item, "this condition can not be said of this term");
		g_string_free(part.text, TRUE);
		part.text = NULL;
		return part;
	}
	part.object = term->path;
	part.object_size = strcspn(term->path, ":");
	return part;
}

/* ---- several ---- */

static gboolean is_like(const Part *a, const Part *b)
{
	return a->object && b->object && a->object_size == b->object_size &&
		memcmp(a->object, b->object, a->object_size) == 0;
}

/* Joins parts[i] and all behind it that are like it; these are taken out of the list. */
static Part join_like(GArray *parts, guint i, gboolean is_and)
{
	Part *first = &g_array_index(parts, Part, i);
	Part joined = *first;
	guint n = 1;

	first->text = NULL;
	for (guint k = i + 1; joined.object && k < parts->len; k++) {
		Part *part = &g_array_index(parts, Part, k);

		if (!part->text || !is_like(&joined, part))
			continue;
		g_string_append(joined.text, is_and ? " AND " : " OR ");
		g_string_append_len(joined.text, part->text->str, (gssize)part->text->len);
		joined.is_positive = is_and ? joined.is_positive || part->is_positive
					    : joined.is_positive && part->is_positive;
		g_string_free(part->text, TRUE);
		part->text = NULL;
		n++;
	}
	if (n > 1) {
		g_string_prepend_c(joined.text, '(');
		g_string_append_c(joined.text, ')');
	}
	return joined;
}

static void bracket(Part *part)
{
	if (!part->object)
		return;
	g_string_prepend_c(part->text, '[');
	g_string_append_c(part->text, ']');
	part->object = NULL;
}

/* Observations joined; a part that only asks for what is not there can not be one. */
static Part join_unlike(const Making *m, GArray *parts, const IocNode *node)
{
	Part joined = { g_string_new("("), NULL, 0, TRUE };

	for (guint i = 0; i < parts->len; i++) {
		Part *part = &g_array_index(parts, Part, i);

		if (!part->is_positive) {
			m->note(m->context, node,
				"it asks that something is not there, and of nothing that it is");
			g_string_free(joined.text, TRUE);
			joined.text = NULL;
			return joined;
		}
		bracket(part);
		if (i)
			g_string_append(joined.text, node->is_and ? " AND " : " OR ");
		g_string_append_len(joined.text, part->text->str, (gssize)part->text->len);
	}
	g_string_append_c(joined.text, ')');
	return joined;
}

static Part make_node(const Making *m, guint i);

/* The parts of what is in @node, joined as far as they are alike. NULL where an AND lacks one. */
static GArray *make_parts(const Making *m, const IocNode *node)
{
	g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(Part));
	g_autoptr(GArray) ret = g_array_new(FALSE, FALSE, sizeof(Part));

	g_array_set_clear_func(all, part_clear);
	g_array_set_clear_func(ret, part_clear);
	for (guint k = node->first; k != IOC_NONE; k = ioc_node(m->ioc, k)->next) {
		Part part = { 0 };

		if (expression_is_implied(m->ioc, node, ioc_node(m->ioc, k)))
			continue;
		part = make_node(m, k);
		if (part.text)
			g_array_append_val(all, part);
		else if (node->is_and)
			return NULL;
	}
	for (guint k = 0; k < all->len; k++) {
		Part part;

		if (!g_array_index(all, Part, k).text)
			continue; /* joined with one before it */
		part = join_like(all, k, node->is_and);
		g_array_append_val(ret, part);
	}
	return ret->len ? g_steal_pointer(&ret) : NULL;
}

/* Recursion is as deep as the tree: LIMIT_OPENIOC_DEPTH. */
static Part make_node(const Making *m, guint i)
{
	const IocNode *node = ioc_node(m->ioc, i);
	g_autoptr(GArray) parts = NULL;
	Part part = { 0 };

	if (node->is_item)
		return make_item(m, node);
	parts = make_parts(m, node);
	if (!parts)
		return part;
	if (parts->len > 1)
		return join_unlike(m, parts, node);
	part = g_array_index(parts, Part, 0);
	g_array_index(parts, Part, 0).text = NULL;
	return part;
}

char *expression_make(const Ioc *ioc, guint i, ExpressionNote note, void *context)
{
	Making m = { ioc, note, context };
	Part part = make_node(&m, i);

	if (!part.text)
		return NULL;
	if (!part.is_positive || part.text->len > LIMIT_OPENIOC_PATTERN_BYTES) {
		note(context, ioc_node(ioc, i),
			part.is_positive ? "it is longer than LIMIT_OPENIOC_PATTERN_BYTES"
					 : "it asks only that something is not there");
		g_string_free(part.text, TRUE);
		return NULL;
	}
	bracket(&part);
	return g_string_free(part.text, FALSE);
}

gboolean expression_is_implied(const Ioc *ioc, const IocNode *and, const IocNode *item)
{
	static const char handle[] = "ProcessItem/HandleList/Handle/";

	if (!and->is_and || !item->is_item || item->is_negated ||
		g_ascii_strcasecmp(item->term, "ProcessItem/HandleList/Handle/Type") != 0 ||
		(g_ascii_strcasecmp(item->content, "Mutant") != 0 &&
			g_ascii_strcasecmp(item->content, "Mutex") != 0))
		return FALSE;
	for (guint k = and->first, n = 0; k != IOC_NONE && n < HANDLE_NEIGHBOURS; n++) {
		const IocNode *other = ioc_node(ioc, k);

		k = other->next;
		if (other->is_item && other != item && g_str_has_prefix(other->term, handle) &&
			g_ascii_strcasecmp(other->term + strlen(handle), "Name") == 0)
			return TRUE;
	}
	return FALSE;
}
