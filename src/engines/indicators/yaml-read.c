/* SPDX-License-Identifier: Apache-2.0 */
#include "engines/indicators/yaml-read.h"

#include "base/error.h"

gboolean yaml_fail(GError **error, const YamlNode *node, const char *what, ...)
{
	va_list arguments;
	g_autofree char *text = NULL;

	va_start(arguments, what);
	text = g_strdup_vprintf(what, arguments);
	va_end(arguments);
	g_set_error(
		error, SPOOR_ERROR, SPOOR_ERROR_INPUT, "line %u: %s", node ? node->line : 1, text);
	return FALSE;
}

const YamlNode *yaml_read_map(Slice text, YamlStream **ret_stream, GError **error)
{
	g_autoptr(YamlStream) stream = yaml_stream_new(text);
	const YamlDocument *document;

	if (stream->documents->len != 1) {
		(void)yaml_fail(error, NULL, "it is to be one document");
		return NULL;
	}
	document = &g_array_index(stream->documents, YamlDocument, 0);
	if (!document->root) {
		g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_INPUT, "line %u: %s", document->line,
			document->problem);
		return NULL;
	}
	if (document->root->kind != YAML_KIND_MAP) {
		(void)yaml_fail(error, document->root, "it is to be a map");
		return NULL;
	}
	*ret_stream = g_steal_pointer(&stream);
	return document->root;
}

guint yaml_count(const YamlNode *node)
{
	if (!node)
		return 0;
	return node->kind == YAML_KIND_LIST ? node->n_children : 1;
}

const char *yaml_text(const YamlNode *node, guint i)
{
	if (node && node->kind == YAML_KIND_LIST)
		node = node->children[i];
	return node && yaml_node_is_scalar(node) ? (const char *)node->text.data : NULL;
}

gboolean yaml_check_keys(const YamlNode *map, const char *const *names, GError **error)
{
	if (map->kind != YAML_KIND_MAP)
		return yaml_fail(error, map, "this is to be a map");
	for (guint i = 0; i < map->n_children; i++) {
		const char *key = (const char *)map->children[2 * i]->text.data;

		if (!key || !g_strv_contains(names, key))
			return yaml_fail(error, map->children[2 * i], "nobody knows what '%s' is",
				key ? key : "");
	}
	return TRUE;
}
