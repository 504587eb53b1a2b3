/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a YAML document to a SigmaRule.
 *
 * What a rule says about itself is taken as generously as possible: a strange date or a missing
 * title is no reason to lose a detection. What decides when the rule fires, and how loudly (log
 * source, detection, condition, level), is taken strictly: a rule that spoor could misread is
 * rejected, and the ledger says why.
 */
#include "engines/sigma/parse.h"

#include "base/sha256.h"
#include "base/text.h"
#include "engines/sigma/condition.h"
#include "engines/sigma/correlation-rule.h"
#include "engines/sigma/observation-rule.h"
#include "engines/sigma/values.h"
#include "engines/sigma/yaml-tree.h"

#define TEXT_CHUNK_BYTES 1024

/* ---- what the rule says about itself ------------------------------------------------------------
 */

/* What decides is taken strictly, and would be cut short at a NUL. */
static gboolean holds_nul(const YamlNode *scalar)
{
	return memchr(scalar->text.data, 0, scalar->text.size) != NULL;
}

/* The text of a scalar for people; NULs, which no text of the case may hold, become U+FFFD. */
static void append_scalar(GString *ret, const YamlNode *node)
{
	for (gsize start = 0; start < node->text.size;) {
		const char *at = (const char *)node->text.data + start;
		gsize size = strlen(at);

		g_string_append_len(ret, at, (gssize)size);
		start += size;
		if (start < node->text.size) {
			g_string_append(ret, "\xEF\xBF\xBD");
			start++;
		}
	}
}

/* The scalar, or the scalars of the list, called @key; joined by @separator. "" where there is
 * none. */
static char *take_texts(const YamlNode *root, const char *key, const char *separator)
{
	const YamlNode *node = yaml_node_get(root, key);
	GString *joined = g_string_new(NULL);

	if (node && yaml_node_is_scalar(node) && node->kind != YAML_KIND_NULL)
		append_scalar(joined, node);
	for (guint i = 0; node && node->kind == YAML_KIND_LIST && i < node->n_children; i++) {
		const YamlNode *item = node->children[i];

		if (!yaml_node_is_scalar(item) || item->kind == YAML_KIND_NULL)
			continue;
		if (joined->len > 0)
			g_string_append(joined, separator);
		append_scalar(joined, item);
	}
	return g_string_free(joined, FALSE);
}

static void take_title(RuleInfo *info, const YamlNode *root)
{
	info->title = take_texts(root, "title", " ");
	if (info->title[0])
		return;
	g_free(info->title);
	info->title = info->id[0] ? g_strdup(info->id) : g_path_get_basename(info->path);
}

static void take_description(RuleInfo *info, const YamlNode *root)
{
	info->id = take_texts(root, "id", " ");
	info->name = take_texts(root, "name", " ");
	info->tags = take_texts(root, "tags", " ");
	info->author = take_texts(root, "author", ", ");
	info->description = take_texts(root, "description", "\n");
	info->falsepositives = take_texts(root, "falsepositives", "\n");
	info->references = take_texts(root, "references", "\n");
	take_title(info, root);
}

/* A rule without a level is a medium one: it is to be looked at, and decides no exit status. */
static gboolean take_level(Draft *draft, const YamlNode *root)
{
	const YamlNode *node = yaml_node_get(root, "level");

	draft->rule->info->level = LEVEL_MEDIUM;
	if (!node || node->kind == YAML_KIND_NULL)
		return TRUE;
	if (node->kind == YAML_KIND_TEXT && !holds_nul(node) &&
		rule_level_parse((const char *)node->text.data, &draft->rule->info->level))
		return TRUE;
	return draft_reject(draft, node->line,
		"the level is not one of informational, low, medium, high and critical");
}

/* ---- log source ---------------------------------------------------------------------------------
 */

static gboolean take_source_part(
	Draft *draft, const YamlNode *source, const char *key, const char **ret)
{
	const YamlNode *node = yaml_node_get(source, key);
	g_autofree char *lower = NULL;

	if (!node || node->kind == YAML_KIND_NULL)
		return TRUE;
	if (!yaml_node_is_scalar(node) || holds_nul(node))
		return draft_reject(draft, node->line, "the log source's %s is not text", key);
	if (node->text.size == 0)
		return TRUE;
	lower = g_utf8_strdown((const char *)node->text.data, -1);
	*ret = draft_string(draft, lower);
	return TRUE;
}

static gboolean take_logsource(Draft *draft, const YamlNode *root)
{
	const YamlNode *source = yaml_node_get(root, "logsource");
	SigmaRule *rule = draft->rule;

	if (!source || source->kind != YAML_KIND_MAP)
		return draft_reject(
			draft, source ? source->line : root->line, "the rule has no log source");
	if (!take_source_part(draft, source, "product", &rule->product) ||
		!take_source_part(draft, source, "category", &rule->category) ||
		!take_source_part(draft, source, "service", &rule->service))
		return FALSE;
	if (!rule->product && !rule->category && !rule->service)
		return draft_reject(draft, source->line,
			"the log source has neither product nor category nor service");
	g_free(rule->info->logsource);
	rule->info->logsource = g_strdup_printf("%s/%s/%s", rule->product ? rule->product : "-",
		rule->category ? rule->category : "-", rule->service ? rule->service : "-");
	return TRUE;
}

/* ---- detection ----------------------------------------------------------------------------------
 */

static Node *read_selection(Draft *draft, const YamlNode *node);

static Node *read_map(Draft *draft, const YamlNode *map)
{
	g_autoptr(GPtrArray) nodes = g_ptr_array_new();

	for (guint i = 0; i < map->n_children; i++) {
		Node *node = values_read(draft, map->children[2 * i], map->children[2 * i + 1]);

		if (!node)
			return NULL;
		g_ptr_array_add(nodes, node);
	}
	return draft_join(draft, NODE_AND, nodes);
}

static Node *read_list(Draft *draft, const YamlNode *list)
{
	g_autoptr(GPtrArray) nodes = g_ptr_array_new();

	for (guint i = 0; i < list->n_children; i++) {
		Node *node = read_selection(draft, list->children[i]);

		if (!node)
			return NULL;
		g_ptr_array_add(nodes, node);
	}
	return draft_join(draft, NODE_OR, nodes);
}

/* A map: all of its lines. A list: any of its items. A scalar: a keyword. Depth is the document's.
 */
static Node *read_selection(Draft *draft, const YamlNode *node)
{
	if (yaml_node_is_scalar(node))
		return values_read(draft, NULL, node);
	if (node->n_children == 0) {
		(void)draft_reject(
			draft, node->line, "the selection \"%s\" is empty", draft->selection);
		return NULL;
	}
	return node->kind == YAML_KIND_MAP ? read_map(draft, node) : read_list(draft, node);
}

/* Words of a detection that are no selections; timeframe is a leftover of Sigma 1. Of a filter,
 * rules is one, too. */
static gboolean is_reserved(const Draft *draft, const char *name)
{
	return strcmp(name, "condition") == 0 ||
		strcmp(name, draft->rule->info->kind == RULE_FILTER ? "rules" : "timeframe") == 0;
}

static gboolean read_selections(Draft *draft, const YamlNode *detection, Selections *ret)
{
	for (guint i = 0; i < detection->n_children; i++) {
		const char *name = (const char *)detection->children[2 * i]->text.data;
		Node *node;

		if (is_reserved(draft, name))
			continue;
		draft->selection = draft_string(draft, name);
		node = read_selection(draft, detection->children[2 * i + 1]);
		if (!node)
			return FALSE;
		g_ptr_array_add(ret->names, (char *)draft->selection);
		g_ptr_array_add(ret->nodes, node);
	}
	return TRUE;
}

static Node *read_one_condition(
	Draft *draft, const YamlNode *node, const Selections *selections, ConditionUse *use)
{
	if (node->kind != YAML_KIND_TEXT && node->kind != YAML_KIND_INT) {
		(void)draft_reject(draft, node->line, "the condition is %s, not text",
			yaml_kind_name(node->kind));
		return NULL;
	}
	if (holds_nul(node)) {
		(void)draft_reject(draft, node->line, "the condition holds a NUL character");
		return NULL;
	}
	return condition_read(draft, (const char *)node->text.data, node->line, selections, use);
}

/* Of a list of conditions any is enough. */
static Node *read_conditions(Draft *draft, const YamlNode *detection, const Selections *selections)
{
	const YamlNode *node = yaml_node_get(detection, "condition");
	g_autoptr(GPtrArray) parts = g_ptr_array_new();
	ConditionUse use = { 0 };

	if (!node || (node->kind == YAML_KIND_LIST && node->n_children == 0)) {
		(void)draft_reject(draft, node ? node->line : detection->line,
			"the %s has no condition", rule_kind_name(draft->rule->info->kind));
		return NULL;
	}
	if (node->kind != YAML_KIND_LIST)
		return read_one_condition(draft, node, selections, &use);
	for (guint i = 0; i < node->n_children; i++) {
		Node *part = read_one_condition(draft, node->children[i], selections, &use);

		if (!part)
			return NULL;
		g_ptr_array_add(parts, part);
	}
	return draft_join(draft, NODE_OR, parts);
}

static gboolean take_detection(Draft *draft, const YamlNode *root)
{
	const YamlNode *detection = yaml_node_get(root, "detection");
	Selections selections = { g_ptr_array_new(), g_ptr_array_new() };

	if (!detection || detection->kind != YAML_KIND_MAP)
		(void)draft_reject(draft, detection ? detection->line : root->line,
			"the rule has no detection");
	else if (read_selections(draft, detection, &selections))
		draft->rule->condition = read_conditions(draft, detection, &selections);
	g_ptr_array_unref(selections.names);
	g_ptr_array_unref(selections.nodes);
	return draft->rule->condition != NULL;
}

/* ---- filters ------------------------------------------------------------------------------------
 */

static gboolean add_target(Draft *draft, const YamlNode *node)
{
	FilterTarget target = { .line = node->line };

	if (!yaml_node_is_scalar(node) || node->kind == YAML_KIND_NULL || node->text.size == 0 ||
		holds_nul(node))
		return draft_reject(draft, node->line, "a rule of the filter is not a name");
	target.name = draft_string(draft, (const char *)node->text.data);
	g_array_append_val(draft->rule->filter_targets, target);
	return TRUE;
}

/* "any", one rule, or a list of rules; an empty list is any (so pySigma). */
static gboolean take_targets(Draft *draft, const YamlNode *filter)
{
	const YamlNode *node = yaml_node_get(filter, "rules");
	SigmaRule *rule = draft->rule;

	rule->filter_targets = g_array_new(FALSE, FALSE, sizeof(FilterTarget));
	if (!node || node->kind == YAML_KIND_NULL || node->kind == YAML_KIND_MAP)
		return draft_reject(draft, node ? node->line : filter->line,
			"the filter does not say for which rules it is: a list, or any");
	if (node->kind == YAML_KIND_LIST) {
		rule->filters_any = node->n_children == 0;
		for (guint i = 0; i < node->n_children; i++) {
			if (!add_target(draft, node->children[i]))
				return FALSE;
		}
		return TRUE;
	}
	rule->filters_any = g_ascii_strcasecmp((const char *)node->text.data, "any") == 0;
	return rule->filters_any || add_target(draft, node);
}

/* A filter's condition is one text; a list, which for rules means any of them, it can not be. */
static gboolean take_filter(Draft *draft, const YamlNode *root)
{
	const YamlNode *filter = yaml_node_get(root, "filter");
	Selections selections = { g_ptr_array_new(), g_ptr_array_new() };

	if (filter->kind != YAML_KIND_MAP)
		(void)draft_reject(draft, filter->line, "the filter is %s, not a map",
			yaml_kind_name(filter->kind));
	else if (yaml_node_get(filter, "condition") &&
		yaml_node_get(filter, "condition")->kind == YAML_KIND_LIST)
		(void)draft_reject(draft, yaml_node_get(filter, "condition")->line,
			"the filter's condition is a list, not text");
	else if (take_targets(draft, filter) && read_selections(draft, filter, &selections))
		draft->rule->condition = read_conditions(draft, filter, &selections);
	g_ptr_array_unref(selections.names);
	g_ptr_array_unref(selections.nodes);
	return draft->rule->condition != NULL;
}

/* ---- documents ----------------------------------------------------------------------------------
 */

/* A document is of the kind whose section it has, and of one alone. */
static gboolean take_kind(Draft *draft, const YamlNode *root)
{
	static const struct {
		const char *name;
		RuleKind kind;
	} sections[] = {
		{ "detection", RULE_DETECTION },
		{ "correlation", RULE_CORRELATION },
		{ "filter", RULE_FILTER },
	};
	const YamlNode *found = NULL;

	if (root->kind != YAML_KIND_MAP)
		return draft_reject(draft, root->line, "the document is %s, not a rule",
			yaml_kind_name(root->kind));
	if (yaml_node_get(root, "action"))
		return draft_reject(draft, yaml_node_get(root, "action")->line,
			"rule collections (action) are obsolete and not supported");
	for (guint i = 0; i < G_N_ELEMENTS(sections); i++) {
		const YamlNode *section = yaml_node_get(root, sections[i].name);

		if (section && found)
			return draft_reject(draft, section->line,
				"the document has a %s, and a %s besides: which is it?",
				rule_kind_name(draft->rule->info->kind), sections[i].name);
		if (section) {
			found = section;
			draft->rule->info->kind = sections[i].kind;
		}
	}
	if (!yaml_node_get(root, "observation"))
		return TRUE;
	if (draft->rule->info->kind != RULE_DETECTION)
		return draft_reject(draft, yaml_node_get(root, "observation")->line,
			"the document has a %s, and an observation besides: which is it?",
			rule_kind_name(draft->rule->info->kind));
	draft->rule->info->kind = RULE_OBSERVATION;
	return TRUE;
}

static gboolean check_taxonomy(Draft *draft, const YamlNode *root)
{
	const YamlNode *node = yaml_node_get(root, "taxonomy");

	if (!node ||
		(node->kind == YAML_KIND_TEXT &&
			strcmp((const char *)node->text.data, "sigma") == 0))
		return TRUE;
	return draft_reject(draft, node->line,
		"the rule's taxonomy is not sigma, so its fields have names that spoor does not "
		"know");
}

static gboolean read_rule(Draft *draft, const YamlNode *root)
{
	take_description(draft->rule->info, root);
	if (!take_kind(draft, root) || !take_level(draft, root) || !check_taxonomy(draft, root))
		return FALSE;
	switch (draft->rule->info->kind) {
	case RULE_CORRELATION:
		return correlation_rule_read(draft, root);
	case RULE_FILTER:
		return take_logsource(draft, root) && take_filter(draft, root);
	case RULE_OBSERVATION:
		return take_logsource(draft, root) && observation_rule_read(draft, root) &&
			take_detection(draft, root);
	default:
		return take_logsource(draft, root) && take_detection(draft, root);
	}
}

/* The document as text. One that was read is UTF-8; of others nothing is known. */
static char *source_text(const YamlDocument *document)
{
	GString *text;

	if (document->root)
		return g_strndup((const char *)document->bytes.data, document->bytes.size);
	text = g_string_sized_new(document->bytes.size + 1);
	text_append_utf8(text, document->bytes);
	for (gsize i = 0; i < text->len; i++)
		if (text->str[i] == '\0')
			text->str[i] = '?';
	return g_string_free(text, FALSE);
}

static SigmaRule *rule_new(const char *path, const YamlDocument *document)
{
	SigmaRule *rule = g_new0(SigmaRule, 1);
	RuleInfo *info = g_new0(RuleInfo, 1);

	rule->info = info;
	rule->texts = g_string_chunk_new(TEXT_CHUNK_BYTES);
	rule->blocks = g_ptr_array_new_with_free_func(g_free);
	rule->regexes = g_ptr_array_new_with_free_func((GDestroyNotify)regex_free);
	info->engine = g_strdup("sigma");
	info->sha256 = g_malloc(SHA256_HEX_BYTES);
	sha256_hex(&document->bytes, 1, info->sha256);
	info->path = g_strdup(path);
	info->line = document->line;
	info->level = LEVEL_MEDIUM;
	info->logsource = g_strdup("-/-/-");
	info->source = source_text(document);
	return rule;
}

static SigmaRule *read_document(
	const char *path, const YamlDocument *document, const Placeholders *placeholders)
{
	SigmaRule *rule = rule_new(path, document);
	g_autoptr(GString) scratch = g_string_new(NULL), folded = g_string_new(NULL);
	Draft draft = {
		.rule = rule, .placeholders = placeholders, .scratch = scratch, .folded = folded
	};

	if (document->root) {
		(void)read_rule(&draft, document->root);
	} else {
		take_description(rule->info, NULL);
		(void)draft_reject(&draft, document->line, "%s", document->problem);
	}
	rule->info->status = draft.reason ? RULE_REJECTED : RULE_LOADED;
	if (draft.reason) {
		rule->condition = NULL;
		rule->info->line = draft.line;
	}
	rule->info->reason = draft.reason ? draft.reason : g_strdup("");
	return rule;
}

void sigma_parse(const char *path, Slice text, const Placeholders *placeholders, SigmaRuleFunc each,
	void *context)
{
	g_autoptr(YamlStream) stream = yaml_stream_new(text);
	static char no_rule[] = "the file holds no rule";
	const YamlDocument nothing = { .line = 1, .bytes = text, .problem = no_rule };
	GArray *documents = stream->documents;

	/* The only document of a file is the file, whatever stands around it. */
	for (guint i = 0; i < documents->len; i++) {
		YamlDocument *document = &g_array_index(documents, YamlDocument, i);

		if (documents->len == 1)
			document->bytes = text;
		each(context, read_document(path, document, placeholders));
	}
	if (documents->len == 0)
		each(context, read_document(path, &nothing, placeholders));
}
