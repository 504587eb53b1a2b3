/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tables are read into entries of three kinds (logsource-read.c). What a log source resolves to
 * is put together when it is asked for, and kept: a category's entry brings its own conditions and
 * those of the service it names; its field names stand before those of the service, and these
 * before those of the product.
 */
#include "engines/sigma/logsource.h"

#include "engines/sigma/logsource-private.h"

static void entry_free(void *data)
{
	LogSourceEntry *entry = data;

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

gboolean logsource_agree(const char *a, const char *b)
{
	return !a || !b || strcmp(a, b) == 0;
}

gboolean logsource_is_service_of(const LogSourceEntry *service, const LogSourceEntry *category)
{
	return strcmp(service->service, category->service) == 0 &&
		logsource_agree(service->product, category->product);
}

static void free_alternatives(void *alternatives)
{
	g_array_unref(alternatives);
}

LogSourceTable *logsource_table_new(Slice yaml, GError **error)
{
	g_autoptr(LogSourceTable) table = g_new0(LogSourceTable, 1);

	table->products = g_ptr_array_new_with_free_func(entry_free);
	table->services = g_ptr_array_new_with_free_func(entry_free);
	table->categories = g_ptr_array_new_with_free_func(entry_free);
	table->resolved = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_alternatives);
	table->texts = g_string_chunk_new(4096);
	table->blocks = g_ptr_array_new_with_free_func(g_free);
	if (!logsource_read(table, yaml, error))
		return NULL;
	return g_steal_pointer(&table);
}

gboolean logsource_table_add(LogSourceTable *table, Slice yaml, GError **error)
{
	g_hash_table_remove_all(table->resolved);
	return logsource_read(table, yaml, error);
}

/* ---- resolving ----------------------------------------------------------------------------------
 */

/* The table keeps what it puts together, so that callers may borrow it; its entries do not change.
 */
static LogSourceTable *writable(const LogSourceTable *table)
{
	return (LogSourceTable *)table;
}

static const LogSourceEntry *find_product(const LogSourceTable *table, const char *product)
{
	for (guint i = 0; product && i < table->products->len; i++) {
		const LogSourceEntry *entry = table->products->pdata[i];

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

/* The alternative of @entry, completed by @service, which it names, and by what all of its product
 * share. */
static void add_alternative(const LogSourceTable *table, const LogSourceEntry *entry,
	const LogSourceEntry *service, GArray *ret)
{
	const char *product = entry->product || !service ? entry->product : service->product;
	const LogSourceEntry *parts[] = { entry, service, find_product(table, product) };
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
		if (!alternative.keywords)
			alternative.keywords = parts[i]->keywords;
	}
	alternative.name = g_string_chunk_insert_const(table->texts, name);
	alternative.n_conditions = conditions->len;
	alternative.conditions =
		copy_array(writable(table), conditions, sizeof(LogSourceCondition));
	alternative.n_fields = fields->len;
	alternative.fields = copy_array(writable(table), fields, sizeof(LogSourceField));
	g_array_append_val(ret, alternative);
}

/* A category's entry has an alternative for each entry of the service that it names. */
static void add_alternatives(const LogSourceTable *table, const LogSourceEntry *entry, GArray *ret)
{
	if (entry->needs)
		return;
	if (!entry->category || !entry->service) {
		add_alternative(table, entry, NULL, ret);
		return;
	}
	for (guint i = 0; i < table->services->len; i++) {
		const LogSourceEntry *service = table->services->pdata[i];

		if (!service->needs && logsource_is_service_of(service, entry))
			add_alternative(table, entry, service, ret);
	}
}

/* The entries that fit a rule's log source, in order. */
static void find_entries(const LogSourceTable *table, const char *product, const char *category,
	const char *service, GPtrArray *ret)
{
	const GPtrArray *entries = category ? table->categories
		: service		    ? table->services
					    : table->products;

	for (guint i = 0; i < entries->len; i++) {
		LogSourceEntry *entry = entries->pdata[i];

		if (logsource_agree(entry->product, product) &&
			logsource_agree(entry->service, service) &&
			(!category || strcmp(entry->category, category) == 0))
			g_ptr_array_add(ret, entry);
	}
}

static GArray *resolve(
	const LogSourceTable *table, const char *product, const char *category, const char *service)
{
	GArray *ret = g_array_new(FALSE, TRUE, sizeof(LogSourceAlternative));
	g_autoptr(GPtrArray) entries = g_ptr_array_new();

	find_entries(table, product, category, service, entries);
	for (guint i = 0; i < entries->len; i++)
		add_alternatives(table, entries->pdata[i], ret);
	return ret;
}

const char *logsource_needs(
	const LogSourceTable *table, const char *product, const char *category, const char *service)
{
	g_autoptr(GPtrArray) entries = g_ptr_array_new();

	find_entries(table, product, category, service, entries);
	for (guint i = 0; i < entries->len; i++) {
		const LogSourceEntry *entry = entries->pdata[i];

		if (entry->needs)
			return entry->needs;
	}
	return NULL;
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
