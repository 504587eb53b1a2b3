/* SPDX-License-Identifier: Apache-2.0 */
#include "engines/yara/levels.h"

#include "base/error.h"
#include "engines/sigma/yaml-tree.h"

typedef struct Step {
	gint64 from;
	RuleLevel level;
} Step;

typedef struct Word {
	char *text;
	RuleLevel level;
} Word;

typedef struct Field {
	char *name;
	GArray *numbers; /* Step, ascending */
	GArray *words;	 /* Word */
} Field;

struct YaraLevels {
	GArray *fields; /* Field */
	RuleLevel otherwise;
};

static void clear_word(void *data)
{
	g_free(((Word *)data)->text);
}

static void clear_field(void *data)
{
	Field *field = data;

	g_free(field->name);
	g_array_unref(field->numbers);
	g_array_unref(field->words);
}

static gboolean fail(GError **error, const YamlNode *node, const char *what)
{
	g_set_error(
		error, SPOOR_ERROR, SPOOR_ERROR_INPUT, "line %u: %s", node ? node->line : 1, what);
	return FALSE;
}

static gboolean read_level(const YamlNode *node, RuleLevel *ret, GError **error)
{
	if (node && node->kind == YAML_KIND_TEXT &&
		rule_level_parse((const char *)node->text.data, ret))
		return TRUE;
	return fail(error, node, "a level is one of informational, low, medium, high, critical");
}

static gboolean read_numbers(Field *field, const YamlNode *map, GError **error)
{
	if (map && map->kind != YAML_KIND_MAP)
		return fail(error, map, "numbers is a map from the smallest value to a level");
	for (guint i = 0; map && i < map->n_children; i++) {
		const YamlNode *key = map->children[2 * i];
		Step step = { .from = key->integer };

		if (key->kind != YAML_KIND_INT)
			return fail(error, key, "a key of numbers is a whole number");
		if (field->numbers->len &&
			step.from <=
				g_array_index(field->numbers, Step, field->numbers->len - 1).from)
			return fail(error, key, "numbers are to ascend");
		if (!read_level(map->children[2 * i + 1], &step.level, error))
			return FALSE;
		g_array_append_val(field->numbers, step);
	}
	return TRUE;
}

static gboolean read_words(Field *field, const YamlNode *map, GError **error)
{
	if (map && map->kind != YAML_KIND_MAP)
		return fail(error, map, "words is a map from a word to a level");
	for (guint i = 0; map && i < map->n_children; i++) {
		Word word = { 0 };

		if (!read_level(map->children[2 * i + 1], &word.level, error))
			return FALSE;
		word.text = g_strdup((const char *)map->children[2 * i]->text.data);
		g_array_append_val(field->words, word);
	}
	return TRUE;
}

static gboolean read_field(YaraLevels *levels, const YamlNode *node, GError **error)
{
	const YamlNode *name = yaml_node_get(node, "field");
	Field field;

	if (!name || !yaml_node_is_scalar(name))
		return fail(error, node, "an entry names its field");
	field.name = g_strdup((const char *)name->text.data);
	field.numbers = g_array_new(FALSE, FALSE, sizeof(Step));
	field.words = g_array_new(FALSE, FALSE, sizeof(Word));
	g_array_set_clear_func(field.words, clear_word);
	g_array_append_val(levels->fields, field);
	return read_numbers(&field, yaml_node_get(node, "numbers"), error) &&
		read_words(&field, yaml_node_get(node, "words"), error);
}

static gboolean read_table(YaraLevels *levels, const YamlNode *root, GError **error)
{
	const YamlNode *fields = yaml_node_get(root, "fields");

	if (!fields || fields->kind != YAML_KIND_LIST)
		return fail(error, root, "the table has a list of fields");
	for (guint i = 0; i < fields->n_children; i++) {
		if (!read_field(levels, fields->children[i], error))
			return FALSE;
	}
	return read_level(yaml_node_get(root, "otherwise"), &levels->otherwise, error);
}

YaraLevels *yara_levels_new(Slice text, GError **error)
{
	g_autoptr(YamlStream) stream = yaml_stream_new(text);
	g_autoptr(YaraLevels) levels = g_new0(YaraLevels, 1);
	const YamlDocument *document;

	levels->fields = g_array_new(FALSE, FALSE, sizeof(Field));
	g_array_set_clear_func(levels->fields, clear_field);
	if (stream->documents->len != 1) {
		(void)fail(error, NULL, "the table is one document");
		return NULL;
	}
	document = &g_array_index(stream->documents, YamlDocument, 0);
	if (document->problem) {
		g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_INPUT, "line %u: %s", document->line,
			document->problem);
		return NULL;
	}
	return read_table(levels, document->root, error) ? g_steal_pointer(&levels) : NULL;
}

void yara_levels_free(YaraLevels *levels)
{
	if (!levels)
		return;
	g_array_unref(levels->fields);
	g_free(levels);
}

guint yara_levels_n_fields(const YaraLevels *levels)
{
	return levels->fields->len;
}

static const Field *get(const YaraLevels *levels, guint field)
{
	return &g_array_index(levels->fields, Field, field);
}

const char *yara_levels_field(const YaraLevels *levels, guint field)
{
	return get(levels, field)->name;
}

gboolean yara_levels_of_number(const YaraLevels *levels, guint field, gint64 value, RuleLevel *ret)
{
	const GArray *numbers = get(levels, field)->numbers;

	for (guint i = numbers->len; i > 0; i--) {
		const Step *step = &g_array_index(numbers, Step, i - 1);

		if (value >= step->from) {
			*ret = step->level;
			return TRUE;
		}
	}
	return FALSE;
}

gboolean yara_levels_of_text(
	const YaraLevels *levels, guint field, const char *value, RuleLevel *ret)
{
	const GArray *words = get(levels, field)->words;
	gint64 number;

	for (guint i = 0; i < words->len; i++) {
		const Word *word = &g_array_index(words, Word, i);

		if (g_ascii_strcasecmp(word->text, value) == 0) {
			*ret = word->level;
			return TRUE;
		}
	}
	return g_ascii_string_to_signed(value, 10, G_MININT64, G_MAXINT64, &number, NULL) &&
		yara_levels_of_number(levels, field, number, ret);
}

RuleLevel yara_levels_otherwise(const YaraLevels *levels)
{
	return levels->otherwise;
}
