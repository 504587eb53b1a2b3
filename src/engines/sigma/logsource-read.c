/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads log source tables: YAML of the form that the head of content/tables/logsources/windows.yml
 * explains.
 */
#include "analysers/analyser.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/text.h"
#include "engines/sigma/logsource-private.h"
#include "engines/sigma/yaml-tree.h"

static void *table_alloc(LogSourceTable *table, gsize size)
{
	void *memory = g_malloc0(size);

	g_ptr_array_add(table->blocks, memory);
	return memory;
}

static const char *table_text(LogSourceTable *table, const char *text)
{
	return g_string_chunk_insert_const(table->texts, text);
}

static gboolean fail(const YamlNode *node, GError **error, const char *format, ...)
	G_GNUC_PRINTF(3, 4);

static gboolean fail(const YamlNode *node, GError **error, const char *format, ...)
{
	g_autofree char *message = NULL;
	va_list arguments;

	va_start(arguments, format);
	message = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_INPUT, "line %u: %s", node->line, message);
	return FALSE;
}

static const char *key_of(const YamlNode *map, guint i)
{
	return (const char *)map->children[2 * i]->text.data;
}

/* The text of a scalar that says something; a number is taken as it is written. */
static const char *take_text(
	LogSourceTable *table, const YamlNode *node, const char *what, GError **error)
{
	if (!yaml_node_is_scalar(node) || node->kind == YAML_KIND_NULL ||
		memchr(node->text.data, 0, node->text.size)) {
		(void)fail(node, error, "%s must be text", what);
		return NULL;
	}
	return table_text(table, (const char *)node->text.data);
}

/* ---- conditions ---------------------------------------------------------------------------------
 */

/* A value of a condition, or null for "the event has no such column". */
static gboolean read_condition_value(LogSourceTable *table, const YamlNode *item,
	LogSourceCondition *condition, const char **ret, GError **error)
{
	const char *text;
	g_autofree char *folded = NULL;

	if (item->kind == YAML_KIND_NULL) {
		condition->or_absent = TRUE;
		return TRUE;
	}
	text = take_text(table, item, "a condition's value", error);
	if (!text)
		return FALSE;
	folded = text_fold(text);
	*ret = table_text(table, folded);
	return TRUE;
}

static gboolean read_condition(LogSourceTable *table, const char *column, const YamlNode *node,
	GArray *ret, GError **error)
{
	guint n = node->kind == YAML_KIND_LIST ? node->n_children : 1, n_values = 0;
	const char **values = table_alloc(table, (n + 1) * sizeof(char *));
	LogSourceCondition condition = { .column = table_text(table, column), .values = values };

	if (n == 0)
		return fail(node, error, "the condition on %s has no value", column);
	for (guint i = 0; i < n; i++) {
		const YamlNode *item = node->kind == YAML_KIND_LIST ? node->children[i] : node;

		if (!read_condition_value(table, item, &condition, &values[n_values], error))
			return FALSE;
		n_values += values[n_values] != NULL;
	}
	g_array_append_val(ret, condition);
	return TRUE;
}

static gboolean read_conditions(
	LogSourceTable *table, const YamlNode *node, GArray *ret, GError **error)
{
	if (node->kind != YAML_KIND_MAP || node->n_children == 0)
		return fail(node, error, "\"where\" must be a map from columns to values");
	for (guint i = 0; i < node->n_children; i++)
		if (!read_condition(table, key_of(node, i), node->children[2 * i + 1], ret, error))
			return FALSE;
	return TRUE;
}

/* ---- fields -------------------------------------------------------------------------------------
 */

static gboolean read_inputs(
	LogSourceTable *table, const YamlNode *node, LogSourceField *field, GError **error)
{
	guint n = node->kind == YAML_KIND_LIST ? node->n_children : 1;
	const char **from;

	if (n == 0 || n > ANALYSER_MAX_INPUTS)
		return fail(node, error, "\"from\" must name 1 to %d fields", ANALYSER_MAX_INPUTS);
	from = table_alloc(table, n * sizeof(char *));
	for (guint i = 0; i < n; i++) {
		const YamlNode *item = node->kind == YAML_KIND_LIST ? node->children[i] : node;

		from[i] = take_text(table, item, "the name of a field", error);
		if (!from[i])
			return FALSE;
	}
	field->from = from;
	field->n_from = n;
	return TRUE;
}

static gboolean check_fact(const YamlNode *node, const LogSourceField *field, GError **error)
{
	const Analyser *analyser = field->analyser;

	if (!analyser || field->n_from == 0)
		return fail(node, error, "a fact needs \"analyser\" and \"from\"");
	if (field->n_from < analyser->min_inputs || field->n_from > analyser->max_inputs)
		return fail(node, error, "the analyser %s takes %u to %u fields", analyser->name,
			analyser->min_inputs, analyser->max_inputs);
	for (guint i = 0; i < field->n_from && !analyser->takes_any_number; i++)
		if (g_str_has_suffix(field->from[i], ".*"))
			return fail(node, error, "the analyser %s takes no \"%s\"", analyser->name,
				field->from[i]);
	if (analyser->needs_parameter && !field->parameter[0])
		return fail(node, error, "the analyser %s needs a parameter", analyser->name);
	return TRUE;
}

static gboolean read_fact(
	LogSourceTable *table, const YamlNode *node, LogSourceField *field, GError **error)
{
	for (guint i = 0; i < node->n_children; i++) {
		const char *key = key_of(node, i);
		const YamlNode *value = node->children[2 * i + 1];

		if (strcmp(key, "from") == 0) {
			if (!read_inputs(table, value, field, error))
				return FALSE;
			continue;
		}

		const char *text = take_text(table, value, key, error);

		if (!text)
			return FALSE;
		if (strcmp(key, "analyser") == 0)
			field->analyser = analyser_find(text);
		else if (strcmp(key, "parameter") == 0)
			field->parameter = text;
		else
			return fail(value, error, "a fact has no \"%s\"", key);
		if (strcmp(key, "analyser") == 0 && !field->analyser)
			return fail(value, error, "there is no analyser called \"%s\"", text);
	}
	return check_fact(node, field, error);
}

/* Another name, a fact, or a list of these of which the first that an event can serve is taken. */
static gboolean read_field(
	LogSourceTable *table, const char *name, const YamlNode *node, GArray *ret, GError **error)
{
	LogSourceField field = { .field = table_text(table, name), .parameter = "" };

	if (node->kind == YAML_KIND_LIST) {
		for (guint i = 0; i < node->n_children; i++) {
			const YamlNode *item = node->children[i];

			if (item->kind == YAML_KIND_LIST)
				return fail(item, error, "a list in a list makes no sense here");
			if (!read_field(table, name, item, ret, error))
				return FALSE;
		}
		return TRUE;
	}
	if (node->kind == YAML_KIND_MAP ? !read_fact(table, node, &field, error)
					: !read_inputs(table, node, &field, error))
		return FALSE;
	g_array_append_val(ret, field);
	return TRUE;
}

static gboolean read_fields(
	LogSourceTable *table, const YamlNode *node, GArray *ret, GError **error)
{
	if (node->kind != YAML_KIND_MAP)
		return fail(node, error, "\"fields\" must be a map from fields to what they are");
	for (guint i = 0; i < node->n_children; i++)
		if (!read_field(table, key_of(node, i), node->children[2 * i + 1], ret, error))
			return FALSE;
	return TRUE;
}

/* ---- entries ------------------------------------------------------------------------------------
 */

/*
 * An entry as it stands in the file: "where" may be a list of maps, each an alternative, and a
 * product, category or service may be a list of names. It becomes one LogSourceEntry for each
 * combination.
 */
typedef struct Draft {
	const YamlNode *parts[LOGSOURCE_N_PARTS], *where, *fields;
	const char *needs, *keywords;
} Draft;

static const char *const part_names[LOGSOURCE_N_PARTS] = { "product", "category", "service" };

static gboolean read_entry_key(
	LogSourceTable *table, Draft *draft, const char *key, const YamlNode *value, GError **error)
{
	for (guint i = 0; i < LOGSOURCE_N_PARTS; i++) {
		if (strcmp(key, part_names[i]) != 0)
			continue;
		if (value->kind == YAML_KIND_LIST && value->n_children == 0)
			return fail(value, error, "%s must be text", key);
		draft->parts[i] = value;
		return TRUE;
	}
	if (strcmp(key, "where") == 0) {
		draft->where = value;
		return TRUE;
	}
	if (strcmp(key, "fields") == 0) {
		draft->fields = value;
		return TRUE;
	}
	if (strcmp(key, "keywords") == 0) {
		draft->keywords = take_text(table, value, key, error);
		return draft->keywords != NULL;
	}
	if (strcmp(key, "needs") == 0) {
		draft->needs = take_text(table, value, key, error);
		return draft->needs != NULL;
	}
	return fail(value, error, "an entry has no \"%s\"", key);
}

/*
 * What an entry takes is said by its own conditions, or, in the section of categories, by those of
 * the service that it names.
 */
static gboolean check_draft(
	const Draft *draft, const YamlNode *node, const char *section_key, GError **error)
{
	if (draft->needs && (draft->where || draft->fields || draft->keywords))
		return fail(node, error,
			"an entry with \"needs\" is about evidence that is not read: it can have "
			"no "
			"\"where\", \"fields\" or \"keywords\"");
	if (!draft->needs && !draft->where &&
		!(strcmp(section_key, "category") == 0 && draft->parts[LOGSOURCE_SERVICE]))
		return fail(node, error, "the entry has no \"where\": it would take every event");
	return TRUE;
}

static guint n_choices(const YamlNode *node)
{
	return node && node->kind == YAML_KIND_LIST ? node->n_children : 1;
}

static const YamlNode *choice(const YamlNode *node, guint i)
{
	return node && node->kind == YAML_KIND_LIST ? node->children[i] : node;
}

static gboolean read_part(LogSourceTable *table, const YamlNode *node, const char *what,
	const char **ret, GError **error)
{
	const char *text = take_text(table, node, what, error);
	g_autofree char *lower = text ? g_utf8_strdown(text, -1) : NULL;

	if (!lower)
		return FALSE;
	*ret = table_text(table, lower); /* as rules' are */
	return TRUE;
}

/* Combination @number of the draft's choices, counted as digits of a number are. */
static gboolean read_combination(LogSourceTable *table, const Draft *draft, guint number,
	LogSourceEntry *entry, GError **error)
{
	const char **const parts[LOGSOURCE_N_PARTS] = { &entry->product, &entry->category,
		&entry->service };

	for (guint i = 0; i < LOGSOURCE_N_PARTS; i++) {
		guint n = n_choices(draft->parts[i]);

		if (draft->parts[i] &&
			!read_part(table, choice(draft->parts[i], number % n), part_names[i],
				parts[i], error))
			return FALSE;
		number /= n;
	}
	entry->needs = draft->needs;
	entry->keywords = draft->keywords;
	if (draft->where &&
		!read_conditions(table, choice(draft->where, number), entry->conditions, error))
		return FALSE;
	return !draft->fields || read_fields(table, draft->fields, entry->fields, error);
}

/* Reads one entry of a section, which must set what the section is about (@key). */
static gboolean read_entry(LogSourceTable *table, const YamlNode *node, const char *key,
	GPtrArray *ret, GError **error)
{
	Draft draft = { 0 };
	guint n;

	if (node->kind != YAML_KIND_MAP || !yaml_node_get(node, key))
		return fail(node, error, "an entry here must be a map with \"%s\"", key);
	for (guint i = 0; i < node->n_children; i++)
		if (!read_entry_key(
			    table, &draft, key_of(node, i), node->children[2 * i + 1], error))
			return FALSE;
	if (!check_draft(&draft, node, key, error))
		return FALSE;
	n = n_choices(draft.where);
	if (n == 0)
		return fail(node, error, "\"where\" has no alternative");
	for (guint i = 0; i < LOGSOURCE_N_PARTS; i++) {
		n *= n_choices(draft.parts[i]);
		if (n > LIMIT_LOGSOURCE_CHOICES)
			return fail(node, error, "the entry stands for more than %d",
				LIMIT_LOGSOURCE_CHOICES);
	}
	for (guint i = 0; i < n; i++) {
		LogSourceEntry *entry = g_new0(LogSourceEntry, 1);

		entry->line = node->line;
		entry->conditions = g_array_new(FALSE, TRUE, sizeof(LogSourceCondition));
		entry->fields = g_array_new(FALSE, TRUE, sizeof(LogSourceField));
		g_ptr_array_add(ret, entry);
		if (!read_combination(table, &draft, i, entry, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean read_section(LogSourceTable *table, const YamlNode *root, guint i, GError **error)
{
	const char *name = key_of(root, i);
	const YamlNode *list = root->children[2 * i + 1];
	const struct {
		const char *section, *key;
		GPtrArray *entries;
	} sections[] = {
		{ "products", "product", table->products },
		{ "services", "service", table->services },
		{ "categories", "category", table->categories },
	};

	for (guint s = 0; s < G_N_ELEMENTS(sections); s++) {
		if (strcmp(name, sections[s].section) != 0)
			continue;
		if (list->kind != YAML_KIND_LIST)
			return fail(list, error, "\"%s\" must be a list of entries", name);
		for (guint e = 0; e < list->n_children; e++)
			if (!read_entry(table, list->children[e], sections[s].key,
				    sections[s].entries, error))
				return FALSE;
		return TRUE;
	}
	return fail(root->children[2 * i], error,
		"there is no section \"%s\", only products, services and categories", name);
}

static gboolean has_service(const LogSourceTable *table, const LogSourceEntry *category)
{
	for (guint i = 0; i < table->services->len; i++)
		if (logsource_is_service_of(table->services->pdata[i], category))
			return TRUE;
	return FALSE;
}

static gboolean check_services(const LogSourceTable *table, GError **error)
{
	for (guint i = 0; i < table->categories->len; i++) {
		const LogSourceEntry *entry = table->categories->pdata[i];

		if (!entry->service || entry->needs || has_service(table, entry))
			continue;
		g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_INPUT,
			"line %u: the category %s names the service %s, which the table lacks",
			entry->line, entry->category, entry->service);
		return FALSE;
	}
	return TRUE;
}

gboolean logsource_read(LogSourceTable *table, Slice yaml, GError **error)
{
	g_autoptr(YamlStream) stream = yaml_stream_new(yaml);
	const YamlDocument *document;

	if (stream->documents->len != 1) {
		g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_INPUT,
			"line 1: a log source table is one YAML document");
		return FALSE;
	}
	document = &g_array_index(stream->documents, YamlDocument, 0);
	if (!document->root) {
		g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_INPUT, "line %u: %s", document->line,
			document->problem);
		return FALSE;
	}
	if (document->root->kind != YAML_KIND_MAP)
		return fail(document->root, error, "a log source table is a map");
	for (guint i = 0; i < document->root->n_children; i++)
		if (!read_section(table, document->root, i, error))
			return FALSE;
	return check_services(table, error);
}
