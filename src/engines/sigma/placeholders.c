/* SPDX-License-Identifier: Apache-2.0 */
#include "engines/sigma/placeholders.h"

#include "base/error.h"
#include "engines/sigma/yaml-tree.h"

struct Placeholders {
	GHashTable *values; /* name -> GPtrArray of char * */
};

Placeholders *placeholders_new(void)
{
	Placeholders *placeholders = g_new0(Placeholders, 1);

	placeholders->values = g_hash_table_new_full(
		g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
	return placeholders;
}

void placeholders_free(Placeholders *placeholders)
{
	if (!placeholders)
		return;
	g_hash_table_unref(placeholders->values);
	g_free(placeholders);
}

const GPtrArray *placeholders_get(const Placeholders *placeholders, const char *name)
{
	return placeholders ? g_hash_table_lookup(placeholders->values, name) : NULL;
}

static gboolean add_value(GPtrArray *values, const YamlNode *node, GError **error)
{
	if (!yaml_node_is_scalar(node) || node->kind == YAML_KIND_NULL) {
		g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_INPUT,
			"line %u: a placeholder's value is %s, not text", node->line,
			yaml_kind_name(node->kind));
		return FALSE;
	}
	if (memchr(node->text.data, 0, node->text.size)) {
		g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_INPUT,
			"line %u: a placeholder's value holds a NUL character", node->line);
		return FALSE;
	}
	g_ptr_array_add(values, g_strdup((const char *)node->text.data));
	return TRUE;
}

/* Values of a name that is there already are added to it: files complete each other. */
static gboolean add_name(
	Placeholders *placeholders, const YamlNode *key, const YamlNode *value, GError **error)
{
	const char *name = (const char *)key->text.data;
	GPtrArray *values = g_hash_table_lookup(placeholders->values, name);

	if (!values) {
		values = g_ptr_array_new_with_free_func(g_free);
		g_hash_table_insert(placeholders->values, g_strdup(name), values);
	}
	if (value->kind != YAML_KIND_LIST)
		return value->kind == YAML_KIND_NULL || add_value(values, value, error);
	for (guint i = 0; i < value->n_children; i++)
		if (!add_value(values, value->children[i], error))
			return FALSE;
	return TRUE;
}

static gboolean add_document(
	Placeholders *placeholders, const YamlDocument *document, GError **error)
{
	const YamlNode *root = document->root;

	if (!root || root->kind != YAML_KIND_MAP) {
		g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_INPUT, "line %u: %s", document->line,
			root ? "a placeholder file is a map from names to values"
			     : document->problem);
		return FALSE;
	}
	for (guint i = 0; i < root->n_children; i++)
		if (!add_name(
			    placeholders, root->children[2 * i], root->children[2 * i + 1], error))
			return FALSE;
	return TRUE;
}

gboolean placeholders_add(Placeholders *placeholders, Slice yaml, GError **error)
{
	g_autoptr(YamlStream) stream = yaml_stream_new(yaml);

	for (guint i = 0; i < stream->documents->len; i++)
		if (!add_document(placeholders, &g_array_index(stream->documents, YamlDocument, i),
			    error))
			return FALSE;
	return TRUE;
}
