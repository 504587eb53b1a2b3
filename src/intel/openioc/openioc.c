/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OpenIOC 1.0 and 1.1: a tree of alternatives (OR) and conjunctions (AND) of conditions on terms.
 *
 *	an alternative "is", of a term that spoor looks for by itself    an indicator
 *	another condition on a path                                      a pattern on paths
 *	any other, and every AND                                         a pattern of STIX
 *	what no evidence can answer                                      a note that names the term
 *
 * An AND with one part that can not be answered can not be, either; an alternative costs only
 * itself.
 */
#include "intel/openioc/openioc.h"

#include <string.h>

#include "base/hash.h"
#include "intel/claim.h"
#include "intel/openioc/expression.h"
#include "intel/openioc/terms.h"
#include "intel/openioc/tree.h"
#include "intel/stix/pattern-kinds.h"

#define AUTHOR_BYTES 256

typedef struct Reading {
	Collector *collector;
	const Ioc *ioc;
	Claim document; /* what holds for all of it */
	Claim claim;
	GHashTable *parameters; /* "ref-id\nname" to the value of the last such */
} Reading;

static void note(void *context, const IocNode *node, const char *reason)
{
	Reading *r = context;
	g_autofree char *value = node->is_item
		? g_strdup_printf("%s %s%s %s", node->term, node->is_negated ? "not " : "",
			  node->condition, node->content)
		: g_strdup(node->is_and ? "AND" : "OR");

	collector_note(r->collector, INTEL_UNSUPPORTED, node->line, value, reason);
}

static const char *parameter(Reading *r, const char *id, const char *name)
{
	g_autofree char *text = g_strdup_printf("%s\n%s", id, name);
	Slice key = slice_from_text(text);

	return g_hash_table_lookup(r->parameters, &key);
}

static void begin_claim(Reading *r, const IocNode *node)
{
	const char *comment = *node->id ? parameter(r, node->id, "comment") : NULL;
	const char *confidence = *node->id ? parameter(r, node->id, "confidence") : NULL;
	guint64 number;

	claim_copy(&r->claim, &r->document);
	r->claim.is.line = node->line;
	if (*node->id)
		g_string_assign(r->claim.id, node->id);
	if (comment)
		claim_append(r->claim.description, "\n", comment);
	if (confidence && g_ascii_string_to_unsigned(confidence, 10, 0, 100, &number, NULL))
		r->claim.is.confidence = (guint)number;
}

/* Any condition but "is" on a whole path: a regular expression on paths, which are written with
 * one separator. */
static gboolean tell_path_pattern(Reading *r, const IocNode *item)
{
	gboolean is_regex = g_str_equal(item->condition, "matches");
	g_autoptr(GString) regex = g_string_new(item->keeps_case ? "" : "(?i)");

	if (item->is_negated)
		return FALSE;
	if (g_str_equal(item->condition, "starts-with"))
		g_string_append_c(regex, '^');
	else if (!is_regex && !g_str_equal(item->condition, "contains") &&
		!g_str_equal(item->condition, "ends-with"))
		return FALSE;
	if (is_regex)
		g_string_append(regex, item->content);
	else
		expression_append_literal(regex, item->content);
	if (g_str_equal(item->condition, "ends-with"))
		g_string_append_c(regex, '$');
	claim_tell(&r->claim, r->collector, INDICATOR_FILE_PATTERN, regex->str);
	return TRUE;
}

/* Whether @item is a value that is looked for by itself. */
static gboolean is_plain(const IocNode *item, const Term *term)
{
	return term && term->kind >= 0 && !item->is_negated && *item->content &&
		g_str_equal(item->condition, "is") &&
		(term->form != TERM_URI || strstr(item->content, "://"));
}

static void tell_pattern(Reading *r, guint i)
{
	g_autofree char *pattern = expression_make(r->ioc, i, note, r);

	if (!pattern)
		return;
	begin_claim(r, ioc_node(r->ioc, i));
	stix_tell_pattern(&r->claim, r->collector, pattern);
}

static void tell_item(Reading *r, guint i)
{
	const IocNode *item = ioc_node(r->ioc, i);
	const Term *term = term_find(item->term);
	IndicatorKind kind;

	begin_claim(r, item);
	if (is_plain(item, term)) {
		kind = (IndicatorKind)term->kind;
		if (kind == INDICATOR_FILE_NAME)
			kind = stix_file_kind(item->content);
		claim_tell(&r->claim, r->collector, kind, item->content);
	} else if (!term || term->form != TERM_PATH || !tell_path_pattern(r, item)) {
		tell_pattern(r, i);
	}
}

/* An AND of just one thing is that thing. */
static guint only_child(const Ioc *ioc, const IocNode *and)
{
	guint only = IOC_NONE;

	for (guint k = and->first; k != IOC_NONE; k = ioc_node(ioc, k)->next) {
		if (expression_is_implied(ioc, and, ioc_node(ioc, k)))
			continue;
		if (only != IOC_NONE)
			return IOC_NONE;
		only = k;
	}
	return only;
}

/* Recursion is as deep as the tree: LIMIT_OPENIOC_DEPTH. */
static void tell_node(Reading *r, guint i)
{
	const IocNode *node = ioc_node(r->ioc, i);
	guint only;

	if (node->is_item) {
		tell_item(r, i);
		return;
	}
	if (!node->is_and) {
		for (guint k = node->first; k != IOC_NONE; k = ioc_node(r->ioc, k)->next)
			tell_node(r, k);
		return;
	}
	only = only_child(r->ioc, node);
	if (only != IOC_NONE)
		tell_node(r, only);
	else if (node->first != IOC_NONE)
		tell_pattern(r, i);
}

static void take_document_texts(Reading *r, const Ioc *ioc)
{
	Claim *document = &r->document;
	g_auto(GStrv) links = g_strsplit(ioc->links->str, "\n", -1);
	g_autofree char *author = claim_clip(ioc->author->str, AUTHOR_BYTES);

	claim_reset(document);
	claim_append(document->id, "", ioc->id->str);
	claim_append(document->title, "", ioc->title->str);
	claim_append(document->source, "", ioc->title->str);
	if (ioc->author->len && document->source->len)
		g_string_append_printf(document->source, " (%s)", author);
	else
		claim_append(document->source, "", ioc->author->str);
	claim_append(document->description, "", ioc->description->str);
	for (guint i = 0; links[i]; i++)
		if (g_str_has_prefix(links[i], "http://") || g_str_has_prefix(links[i], "https://"))
			claim_add_reference(document, links[i]);
	(void)instant_parse(slice_make(ioc->date->str, ioc->date->len),
		&document->is.valid_from); /* else it is not known */
}

/* Keys come from the file, so they are hashed with a key of our own. */
static void take_parameters(Reading *r, const Ioc *ioc)
{
	r->parameters = g_hash_table_new_full(slice_hash_key, slice_equal_key, g_free, NULL);
	for (guint i = 0; i < ioc->parameters->len; i++) {
		const IocParameter *p = &g_array_index(ioc->parameters, IocParameter, i);
		g_autofree char *text = g_strdup_printf("%s\n%s", p->ref_id, p->name);
		Slice key = slice_from_text(g_string_chunk_insert(ioc->texts, text));

		(void)g_hash_table_replace(r->parameters, g_memdup2(&key, sizeof key),
			(char *)p->value); /* new or not */
	}
}

static void take_ioc(void *context, const Ioc *ioc)
{
	Reading *r = context;

	r->ioc = ioc;
	take_parameters(r, ioc);
	take_document_texts(r, ioc);
	if (ioc->title->len)
		collector_set_name(r->collector, r->document.title->str);
	tell_node(r, 0);
	if (ioc->nodes->len == 1)
		collector_note(r->collector, INTEL_REJECTED, ioc->line, r->document.id->str,
			"has no indicators");
	g_hash_table_unref(r->parameters);
}

static void read_openioc(Slice text, const char *name, Collector *collector)
{
	Reading r = { .collector = collector };
	const char *reason;
	guint line;

	claim_init(&r.document);
	claim_init(&r.claim);
	if (!ioc_read(text, take_ioc, &r, &reason, &line)) {
		g_autofree char *sentence = g_strdup_printf("can not be read as XML: %s", reason);

		collector_note(collector, INTEL_REJECTED, line, "", sentence);
	}
	claim_clear(&r.claim);
	claim_clear(&r.document);
}

#define PROBE_BYTES 4096

/* The name of the root element, in any encoding of which ASCII can be read; and its name space. */
static guint probe_openioc(Slice text, const char *name)
{
	g_autoptr(GString) ascii = g_string_new(NULL);
	const char *root;
	gsize length;

	text = slice_sub(text, 0, PROBE_BYTES);
	for (gsize i = 0; i < text.size; i++)
		if (text.data[i] && text.data[i] < 0x80)
			g_string_append_c(ascii, (char)text.data[i]);
	for (root = ascii->str; (root = strchr(root, '<')); root++)
		if (root[1] != '?' && root[1] != '!')
			break;
	if (!root)
		return 0;
	root++;
	length = strcspn(root, " \t\r\n/>");
	for (const char *colon; (colon = memchr(root, ':', length));) {
		length -= (gsize)(colon + 1 - root);
		root = colon + 1;
	}
	if (length == 7 && strncmp(root, "OpenIOC", 7) == 0)
		return 95;
	if (length == 3 && strncmp(root, "ioc", 3) == 0)
		return strstr(root, "schemas.mandiant.com") ? 95 : 60;
	return 0;
}

const IntelFormat intel_openioc = {
	.name = "openioc",
	.description = "OpenIOC 1.0 and 1.1",
	.docs = "docs/intelligence.md",
	.probe = probe_openioc,
	.read = read_openioc,
};
