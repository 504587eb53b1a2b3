/* SPDX-License-Identifier: Apache-2.0 */
#include "engines/indicators/pattern-objects.h"

#include "base/error.h"
#include "engines/sigma/yaml-tree.h"

typedef struct Source {
	const Analyser *analyser;
	const char *parameter;
	const YamlNode *from; /* a name, or a list of names */
} Source;

typedef struct Property {
	guint property;
	GArray *sources; /* Source */
} Property;

typedef struct Entry {
	guint type;
	gboolean ignores_case;
	const YamlNode *where; /* a list of maps, a map, or NULL */
	GArray *properties;    /* Property */
} Entry;

struct PatternObjects {
	YamlStream *stream; /* owns the texts */
	char *text;
	GArray *entries;	/* Entry */
	GHashTable *properties; /* name to number + 1 */
	GHashTable *types;
};

static void clear_property(gpointer property)
{
	g_array_unref(((Property *)property)->sources);
}

static void clear_entry(gpointer entry)
{
	g_array_unref(((Entry *)entry)->properties);
}

PatternObjects *pattern_objects_new(void)
{
	PatternObjects *objects = g_new0(PatternObjects, 1);

	objects->entries = g_array_new(FALSE, FALSE, sizeof(Entry));
	g_array_set_clear_func(objects->entries, clear_entry);
	objects->properties = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	objects->types = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	return objects;
}

void pattern_objects_free(PatternObjects *objects)
{
	if (!objects)
		return;
	g_array_unref(objects->entries);
	g_hash_table_unref(objects->properties);
	g_hash_table_unref(objects->types);
	yaml_stream_free(objects->stream);
	g_free(objects->text);
	g_free(objects);
}

/* ---- names --------------------------------------------------------------------------------------
 */

static guint number_of(GHashTable *numbers, const char *name)
{
	gpointer known = g_hash_table_lookup(numbers, name);

	if (known)
		return GPOINTER_TO_UINT(known) - 1;
	g_hash_table_insert(
		numbers, g_strdup(name), GUINT_TO_POINTER(g_hash_table_size(numbers) + 1));
	return g_hash_table_size(numbers) - 1;
}

/* The end of the key that starts at @at. */
static const char *append_key(const char *at, GString *ret)
{
	if (*at != '\'') {
		gsize size = strcspn(at, ".[");

		g_string_append_len(ret, at, (gssize)size);
		return at + size;
	}
	for (at++; *at && *at != '\''; at++) {
		if (*at == '\\' && at[1])
			at++;
		g_string_append_c(ret, *at);
	}
	return *at ? at + 1 : at;
}

/* "SHA-256", "sha256" and "SHA256" are one. */
static void normalise_hash(GString *name, gsize from)
{
	gsize to = from;

	for (gsize i = from; i < name->len; i++)
		if (g_ascii_isalnum(name->str[i]))
			name->str[to++] = g_ascii_toupper(name->str[i]);
	g_string_truncate(name, to);
}

guint pattern_objects_property(PatternObjects *objects, const char *path)
{
	g_autoptr(GString) name = g_string_new(NULL);
	const char *at = strchr(path, ':');
	gboolean is_hash = FALSE;

	at = at ? at + 1 : path;
	g_string_append_len(name, path, at - path);
	for (;;) {
		gsize from = name->len;

		at = append_key(at, name);
		if (is_hash)
			normalise_hash(name, from);
		is_hash = strcmp(name->str + from, "hashes") == 0;
		while (*at == '[') {
			at += strcspn(at, "]");
			at += *at == ']';
		}
		if (*at != '.')
			break;
		g_string_append_c(name, '.');
		at++;
	}
	return number_of(objects->properties, name->str);
}

guint pattern_objects_type(PatternObjects *objects, const char *type)
{
	return number_of(objects->types, type);
}

guint pattern_objects_n_properties(const PatternObjects *objects)
{
	return g_hash_table_size(objects->properties);
}

guint pattern_objects_n_types(const PatternObjects *objects)
{
	return g_hash_table_size(objects->types);
}

/* ---- reading ------------------------------------------------------------------------------------
 */

static gboolean fail(GError **error, const YamlNode *node, const char *reason)
{
	g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_INPUT, "line %u: %s", node ? node->line : 0,
		reason);
	return FALSE;
}

static guint n_items(const YamlNode *node)
{
	return !node ? 0 : node->kind == YAML_KIND_LIST ? node->n_children : 1;
}

static const YamlNode *item_of(const YamlNode *node, guint i)
{
	return node->kind == YAML_KIND_LIST ? node->children[i] : node;
}

static gboolean are_names(const YamlNode *node)
{
	for (guint i = 0; i < n_items(node); i++)
		if (!yaml_node_is_scalar(item_of(node, i)))
			return FALSE;
	return n_items(node) > 0;
}

static const char *text_of(const YamlNode *node)
{
	return (const char *)node->text.data;
}

/* A field's name, or {analyser: …, from: …, parameter: …}. */
static gboolean read_source(const YamlNode *node, Source *ret, GError **error)
{
	const YamlNode *analyser = yaml_node_get(node, "analyser");
	const YamlNode *parameter = yaml_node_get(node, "parameter");

	*ret = (Source){ .parameter = "", .from = node };
	if (yaml_node_is_scalar(node))
		return TRUE;
	ret->from = yaml_node_get(node, "from");
	if (!analyser || !yaml_node_is_scalar(analyser) || !ret->from || !are_names(ret->from))
		return fail(
			error, node, "a field's name, or a map of analyser and from, is missing");
	ret->analyser = analyser_find(text_of(analyser));
	if (!ret->analyser)
		return fail(error, analyser, "there is no such analyser");
	if (parameter && !yaml_node_is_scalar(parameter))
		return fail(error, parameter, "the parameter is no text");
	if (parameter)
		ret->parameter = text_of(parameter);
	if (n_items(ret->from) < ret->analyser->min_inputs ||
		n_items(ret->from) > ret->analyser->max_inputs)
		return fail(error, ret->from, "the analyser takes another number of fields");
	return TRUE;
}

static gboolean read_property(PatternObjects *objects, Entry *entry, const YamlNode *type,
	const YamlNode *key, const YamlNode *value, GError **error)
{
	g_autofree char *path = g_strdup_printf("%s:%s", text_of(type), text_of(key));
	Property property = { pattern_objects_property(objects, path),
		g_array_new(FALSE, FALSE, sizeof(Source)) };

	g_array_append_val(entry->properties, property);
	for (guint i = 0; i < n_items(value); i++) {
		Source source;

		if (!read_source(item_of(value, i), &source, error))
			return FALSE;
		g_array_append_val(property.sources, source);
	}
	return TRUE;
}

static Entry *add_entry(PatternObjects *objects, const YamlNode *node, const YamlNode *type)
{
	const YamlNode *ignore_case = yaml_node_get(node, "ignore-case");
	Entry entry = { .type = pattern_objects_type(objects, text_of(type)) };

	entry.ignores_case =
		ignore_case && ignore_case->kind == YAML_KIND_BOOL && ignore_case->boolean;
	entry.where = yaml_node_get(node, "where");
	entry.properties = g_array_new(FALSE, FALSE, sizeof(Property));
	g_array_set_clear_func(entry.properties, clear_property);
	g_array_append_val(objects->entries, entry);
	return &g_array_index(objects->entries, Entry, objects->entries->len - 1);
}

/* Each source is an object of its own, which has nothing but it. */
static gboolean read_each(PatternObjects *objects, const YamlNode *node, const YamlNode *type,
	const YamlNode *each, GError **error)
{
	for (guint i = 0; i < each->n_children; i++)
		for (guint k = 0; k < n_items(each->children[2 * i + 1]); k++)
			if (!read_property(objects, add_entry(objects, node, type), type,
				    each->children[2 * i], item_of(each->children[2 * i + 1], k),
				    error))
				return FALSE;
	return TRUE;
}

static gboolean read_entry(PatternObjects *objects, const YamlNode *node, GError **error)
{
	const YamlNode *type = yaml_node_get(node, "type");
	const YamlNode *each = yaml_node_get(node, "each");
	const YamlNode *properties = yaml_node_get(node, "properties");
	Entry *entry;

	if (!type || !yaml_node_is_scalar(type))
		return fail(error, node, "the object has no type");
	if (each && each->kind == YAML_KIND_MAP)
		return read_each(objects, node, type, each, error);
	if (!properties || properties->kind != YAML_KIND_MAP)
		return fail(error, node, "the object has neither properties nor each");
	entry = add_entry(objects, node, type);
	for (guint i = 0; i < properties->n_children; i++)
		if (!read_property(objects, entry, type, properties->children[2 * i],
			    properties->children[2 * i + 1], error))
			return FALSE;
	return TRUE;
}

gboolean pattern_objects_read(PatternObjects *objects, Slice text, GError **error)
{
	const YamlDocument *document;
	const YamlNode *list;

	g_return_val_if_fail(!objects->stream, FALSE);
	objects->text = g_memdup2(text.data, text.size);
	objects->stream = yaml_stream_new(slice_make(objects->text, text.size));
	if (objects->stream->documents->len == 0)
		return fail(error, NULL, "the table is empty");
	document = &g_array_index(objects->stream->documents, YamlDocument, 0);
	if (!document->root) {
		g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_INPUT, "line %u: %s", document->line,
			document->problem);
		return FALSE;
	}
	list = yaml_node_get(document->root, "objects");
	if (!list || list->kind != YAML_KIND_LIST)
		return fail(error, document->root, "there is no list called objects");
	for (guint i = 0; i < list->n_children; i++)
		if (!read_entry(objects, list->children[i], error))
			return FALSE;
	return TRUE;
}

/* ---- binding ------------------------------------------------------------------------------------
 */

/* Has the column a constant that is one of @values? '*': the shape has the column. */
static gboolean column_fits(const Shape *shape, const YamlNode *name, const YamlNode *values)
{
	int column = shape_find_column(shape, text_of(name));
	const char *constant = column >= 0 ? shape->columns[column].constant : NULL;

	for (guint i = 0; i < n_items(values); i++) {
		const YamlNode *value = item_of(values, i);

		if (!yaml_node_is_scalar(value))
			continue;
		if (column >= 0 && strcmp(text_of(value), "*") == 0)
			return TRUE;
		if (constant && g_ascii_strcasecmp(constant, text_of(value)) == 0)
			return TRUE;
	}
	return FALSE;
}

static gboolean shape_fits(const Shape *shape, const YamlNode *where)
{
	for (guint i = 0; i < n_items(where); i++) {
		const YamlNode *map = item_of(where, i);
		gboolean is = map->kind == YAML_KIND_MAP;

		for (guint k = 0; is && k < map->n_children; k++)
			is = column_fits(shape, map->children[2 * k], map->children[2 * k + 1]);
		if (is)
			return TRUE;
	}
	return !where;
}

/* FALSE where @shape has none of its fields. */
static gboolean bind_source(const Shape *shape, const Source *source, ObjectSource *ret)
{
	gboolean is_there = FALSE;

	*ret = (ObjectSource){ .analyser = source->analyser,
		.parameter = source->parameter,
		.n_columns = n_items(source->from) };
	for (guint i = 0; i < ret->n_columns; i++) {
		const char *name = text_of(item_of(source->from, i));

		ret->columns[i] = shape_find_column(shape, name);
		if (ret->columns[i] >= 0 && !is_there)
			ret->name = name;
		is_there = is_there || ret->columns[i] >= 0;
	}
	return is_there;
}

static void bind_entry(const Shape *shape, const Entry *entry, ShapeObjects *ret)
{
	ShapeObject object = { .type = entry->type,
		.ignores_case = entry->ignores_case,
		.first = ret->properties->len };

	for (guint i = 0; i < entry->properties->len; i++) {
		const Property *of = &g_array_index(entry->properties, Property, i);
		ObjectProperty property = { of->property, ret->sources->len, 0 };

		for (guint k = 0; k < of->sources->len; k++) {
			ObjectSource source;

			if (!bind_source(shape, &g_array_index(of->sources, Source, k), &source))
				continue;
			g_array_append_val(ret->sources, source);
			property.n++;
		}
		if (property.n)
			g_array_append_val(ret->properties, property);
	}
	object.n = ret->properties->len - object.first;
	if (object.n)
		g_array_append_val(ret->objects, object);
}

ShapeObjects *pattern_objects_bind(const PatternObjects *objects, const Shape *shape)
{
	ShapeObjects *ret = g_new0(ShapeObjects, 1);

	ret->objects = g_array_new(FALSE, FALSE, sizeof(ShapeObject));
	ret->properties = g_array_new(FALSE, FALSE, sizeof(ObjectProperty));
	ret->sources = g_array_new(FALSE, FALSE, sizeof(ObjectSource));
	for (guint i = 0; i < objects->entries->len; i++) {
		const Entry *entry = &g_array_index(objects->entries, Entry, i);

		if (shape_fits(shape, entry->where))
			bind_entry(shape, entry, ret);
	}
	return ret;
}

void shape_objects_free(ShapeObjects *shape)
{
	if (!shape)
		return;
	g_array_unref(shape->objects);
	g_array_unref(shape->properties);
	g_array_unref(shape->sources);
	g_free(shape);
}
