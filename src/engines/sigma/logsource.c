/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table is read once into entries of three kinds (see the head of
 * content/tables/logsources.yml). What a log source resolves to is put together when it is asked
 * for, and kept: a category's entry brings its own conditions and those of the service it names;
 * its field names stand before those of the service, and these before those of the product.
 */
#include "engines/sigma/logsource.h"

#include "analysers/analyser.h"
#include "base/error.h"
#include "base/text.h"
#include "engines/sigma/yaml-tree.h"

typedef struct Entry {
	guint line;
	const char *product, *category, *service; /* NULL where unset */
	GArray *conditions;			  /* of LogSourceCondition */
	GArray *fields;				  /* of LogSourceField */
} Entry;

struct LogSourceTable {
	GPtrArray *products, *services, *categories; /* of Entry */
	GHashTable *resolved; /* "product/category/service" -> GArray of LogSourceAlternative */
	GStringChunk *texts;
	GPtrArray *blocks; /* owns arrays of pointers (g_free) */
};

static void entry_free(void *data)
{
	Entry *entry = data;

	g_array_unref(entry->conditions);
	g_array_unref(entry->fields);
	g_free(entry);
}

void logsource_table_free(LogSourceTable *table)
{
	if (!table)
		return;
	g_ptr_array_unref(table->products);
	g_ptr_array_unref(table->services);
	g_ptr_array_unref(table->categories);
	g_hash_table_unref(table->resolved);
	g_string_chunk_free(table->texts);
	g_ptr_array_unref(table->blocks);
	g_free(table);
}

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

static gboolean read_condition(LogSourceTable *table, const char *column, const YamlNode *node,
	GArray *ret, GError **error)
{
	guint n = node->kind == YAML_KIND_LIST ? node->n_children : 1;
	const char **values = table_alloc(table, (n + 1) * sizeof(char *));
	LogSourceCondition condition = { table_text(table, column), values };

	if (n == 0)
		return fail(node, error, "the condition on %s has no value", column);
	for (guint i = 0; i < n; i++) {
		const YamlNode *item = node->kind == YAML_KIND_LIST ? node->children[i] : node;
		const char *text = take_text(table, item, "a condition's value", error);
		g_autofree char *folded = NULL;

		if (!text)
			return FALSE;
		folded = text_fold(text);
		values[i] = table_text(table, folded);
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

static gboolean read_entry_key(
	LogSourceTable *table, Entry *entry, const char *key, const YamlNode *value, GError **error)
{
	const char **part = strcmp(key, "product") == 0 ? &entry->product
		: strcmp(key, "category") == 0		? &entry->category
		: strcmp(key, "service") == 0		? &entry->service
							: NULL;

	if (part) {
		const char *text = take_text(table, value, key, error);
		g_autofree char *lower = text ? g_utf8_strdown(text, -1) : NULL;

		*part = lower ? table_text(table, lower) : NULL; /* as rules' are */
		return *part != NULL;
	}
	if (strcmp(key, "where") == 0)
		return read_conditions(table, value, entry->conditions, error);
	if (strcmp(key, "fields") == 0)
		return read_fields(table, value, entry->fields, error);
	return fail(value, error, "an entry has no \"%s\"", key);
}

/* Reads one entry of a section, which must set what the section is about (@key). */
static gboolean read_entry(LogSourceTable *table, const YamlNode *node, const char *key,
	GPtrArray *ret, GError **error)
{
	Entry *entry = g_new0(Entry, 1);

	entry->line = node->line;
	entry->conditions = g_array_new(FALSE, TRUE, sizeof(LogSourceCondition));
	entry->fields = g_array_new(FALSE, TRUE, sizeof(LogSourceField));
	g_ptr_array_add(ret, entry);
	if (node->kind != YAML_KIND_MAP || !yaml_node_get(node, key))
		return fail(node, error, "an entry here must be a map with \"%s\"", key);
	for (guint i = 0; i < node->n_children; i++)
		if (!read_entry_key(
			    table, entry, key_of(node, i), node->children[2 * i + 1], error))
			return FALSE;
	if (entry->conditions->len == 0)
		return fail(node, error, "the entry has no \"where\": it would take every event");
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

/* TRUE where two parts of a log source can be meant together: they are equal, or one is unset. */
static gboolean agree(const char *a, const char *b)
{
	return !a || !b || strcmp(a, b) == 0;
}

static const Entry *find_service(const LogSourceTable *table, const Entry *category)
{
	for (guint i = 0; i < table->services->len; i++) {
		const Entry *service = table->services->pdata[i];

		if (strcmp(service->service, category->service) == 0 &&
			agree(service->product, category->product))
			return service;
	}
	return NULL;
}

static gboolean check_services(const LogSourceTable *table, GError **error)
{
	for (guint i = 0; i < table->categories->len; i++) {
		const Entry *entry = table->categories->pdata[i];

		if (!entry->service || find_service(table, entry))
			continue;
		g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_INPUT,
			"line %u: the category %s names the service %s, which the table lacks",
			entry->line, entry->category, entry->service);
		return FALSE;
	}
	return TRUE;
}

static gboolean read_table(LogSourceTable *table, const YamlStream *stream, GError **error)
{
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

static void free_alternatives(void *alternatives)
{
	g_array_unref(alternatives);
}

LogSourceTable *logsource_table_new(Slice yaml, GError **error)
{
	g_autoptr(LogSourceTable) table = g_new0(LogSourceTable, 1);
	g_autoptr(YamlStream) stream = yaml_stream_new(yaml);

	table->products = g_ptr_array_new_with_free_func(entry_free);
	table->services = g_ptr_array_new_with_free_func(entry_free);
	table->categories = g_ptr_array_new_with_free_func(entry_free);
	table->resolved = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_alternatives);
	table->texts = g_string_chunk_new(4096);
	table->blocks = g_ptr_array_new_with_free_func(g_free);
	if (!read_table(table, stream, error))
		return NULL;
	return g_steal_pointer(&table);
}

/* ---- resolving ----------------------------------------------------------------------------------
 */

/* The table keeps what it puts together, so that callers may borrow it; its entries do not change.
 */
static LogSourceTable *writable(const LogSourceTable *table)
{
	return (LogSourceTable *)table;
}

static const Entry *find_product(const LogSourceTable *table, const char *product)
{
	for (guint i = 0; product && i < table->products->len; i++) {
		const Entry *entry = table->products->pdata[i];

		if (strcmp(entry->product, product) == 0)
			return entry;
	}
	return NULL;
}

static void *copy_array(LogSourceTable *table, const GArray *array, gsize element_size)
{
	void *copy = g_memdup2(array->data, array->len * element_size);

	g_ptr_array_add(table->blocks, copy);
	return copy;
}

/* The alternative of @entry, completed by the service it names and by what all of its product
 * share. */
static void add_alternative(const LogSourceTable *table, const Entry *entry, GArray *ret)
{
	const Entry *service =
		entry->category && entry->service ? find_service(table, entry) : NULL;
	const char *product = entry->product || !service ? entry->product : service->product;
	const Entry *parts[] = { entry, service, find_product(table, product) };
	g_autoptr(GArray) conditions = g_array_new(FALSE, TRUE, sizeof(LogSourceCondition));
	g_autoptr(GArray) fields = g_array_new(FALSE, TRUE, sizeof(LogSourceField));
	LogSourceAlternative alternative = { 0 };
	g_autofree char *name = g_strdup_printf("%s/%s/%s", entry->product ? entry->product : "-",
		entry->category ? entry->category : "-", entry->service ? entry->service : "-");

	for (guint i = 0; i < G_N_ELEMENTS(parts); i++) {
		if (!parts[i] || (i > 0 && parts[i] == entry))
			continue;
		/* The product's own conditions are for rules that name nothing but the product. */
		if (i < 2)
			g_array_append_vals(
				conditions, parts[i]->conditions->data, parts[i]->conditions->len);
		g_array_append_vals(fields, parts[i]->fields->data, parts[i]->fields->len);
	}
	alternative.name = table_text(writable(table), name);
	alternative.n_conditions = conditions->len;
	alternative.conditions =
		copy_array(writable(table), conditions, sizeof(LogSourceCondition));
	alternative.n_fields = fields->len;
	alternative.fields = copy_array(writable(table), fields, sizeof(LogSourceField));
	g_array_append_val(ret, alternative);
}

static GArray *resolve(
	const LogSourceTable *table, const char *product, const char *category, const char *service)
{
	GArray *ret = g_array_new(FALSE, TRUE, sizeof(LogSourceAlternative));
	const GPtrArray *entries = category ? table->categories
		: service		    ? table->services
					    : table->products;

	for (guint i = 0; i < entries->len; i++) {
		const Entry *entry = entries->pdata[i];
		gboolean fits = agree(entry->product, product) && agree(entry->service, service);

		if (category)
			fits = fits && strcmp(entry->category, category) == 0;
		if (fits)
			add_alternative(table, entry, ret);
	}
	return ret;
}

gboolean logsource_resolve(const LogSourceTable *table, const char *product, const char *category,
	const char *service, const LogSourceAlternative **ret_alternatives, guint *ret_n)
{
	g_autofree char *key = g_strjoin("/", product ? product : "-", category ? category : "-",
		service ? service : "-", NULL);
	const GArray *known = g_hash_table_lookup(table->resolved, key);

	if (!product && !category && !service)
		return FALSE;
	if (!known) {
		GArray *fresh = resolve(table, product, category, service);

		g_hash_table_insert(table->resolved, g_steal_pointer(&key), fresh);
		known = fresh;
	}
	if (known->len == 0)
		return FALSE;
	*ret_alternatives = (const LogSourceAlternative *)(const void *)known->data;
	*ret_n = known->len;
	return TRUE;
}
