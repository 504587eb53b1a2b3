/* SPDX-License-Identifier: Apache-2.0 */
#include "stix/test-objects.h"

#include "stix/tree.h"

/* ---- JSON, which may be trusted here ------------------------------------------------------------
 */

static void skip_blanks(const char **at)
{
	while (g_ascii_isspace(**at))
		(*at)++;
}

static char *read_string(const char **at)
{
	GString *text = g_string_new(NULL);

	for ((*at)++; **at != '"'; (*at)++) {
		g_assert_true(**at);
		if (**at != '\\') {
			g_string_append_c(text, **at);
			continue;
		}
		(*at)++;
		if (**at == 'u') {
			guint64 code;
			g_autofree char *digits = g_strndup(*at + 1, 4);

			g_assert_true(
				g_ascii_string_to_unsigned(digits, 16, 0, 65535, &code, NULL));
			g_string_append_unichar(text, (gunichar)code);
			*at += 4;
		} else {
			static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
			const char *known = strchr(from, **at);

			g_string_append_c(text, known ? to[known - from] : **at);
		}
	}
	(*at)++;
	return g_string_free(text, FALSE);
}

static void read_items(TestJson *json, const char **at, char end)
{
	json->keys = g_ptr_array_new_with_free_func(g_free);
	json->items = g_ptr_array_new_with_free_func((GDestroyNotify)test_json_free);
	(*at)++;
	skip_blanks(at);
	while (**at != end) {
		if (json->kind == TEST_OBJECT) {
			g_ptr_array_add(json->keys, read_string(at));
			skip_blanks(at);
			g_assert_cmpint(*(*at)++, ==, ':');
		}
		g_ptr_array_add(json->items, test_json_read(at));
		skip_blanks(at);
		if (**at == ',')
			(*at)++;
		skip_blanks(at);
	}
	(*at)++;
}

static void read_number(TestJson *json, const char **at)
{
	gsize size = strspn(*at, "0123456789+-.eE");
	g_autofree char *text = g_strndup(*at, size);

	g_assert_cmpuint(size, >, 0);
	json->kind = strpbrk(text, ".eE") ? TEST_FLOAT : TEST_INTEGER;
	json->number = g_ascii_strtod(text, NULL);
	json->integer = g_ascii_strtoll(text, NULL, 10);
	*at += size;
}

TestJson *test_json_read(const char **at)
{
	TestJson *json = g_new0(TestJson, 1);

	skip_blanks(at);
	if (**at == '"') {
		json->kind = TEST_STRING;
		json->text = read_string(at);
	} else if (**at == '{' || **at == '[') {
		json->kind = **at == '{' ? TEST_OBJECT : TEST_LIST;
		read_items(json, at, **at == '{' ? '}' : ']');
	} else if (**at == 't' || **at == 'f') {
		json->kind = TEST_BOOLEAN;
		json->number = **at == 't';
		*at += **at == 't' ? 4 : 5;
	} else if (**at == 'n') {
		*at += 4;
	} else {
		read_number(json, at);
	}
	return json;
}

void test_json_free(TestJson *json)
{
	if (json->keys)
		g_ptr_array_unref(json->keys);
	if (json->items)
		g_ptr_array_unref(json->items);
	g_free(json->text);
	g_free(json);
}

TestJson *test_json_get(const TestJson *object, const char *key)
{
	for (guint i = 0; object->kind == TEST_OBJECT && i < object->keys->len; i++)
		if (strcmp(object->keys->pdata[i], key) == 0)
			return object->items->pdata[i];
	return NULL;
}

const char *test_json_text(const TestJson *object, const char *key)
{
	const TestJson *value = test_json_get(object, key);

	return value && value->kind == TEST_STRING ? value->text : NULL;
}

/* ---- paths --------------------------------------------------------------------------------------
 */

typedef struct Walk {
	TestObservation *observation;
	const StixPath *path;
	StixValueEach each;
	void *context;
} Walk;

static const TestJson *referred(const TestObservation *observation, const TestJson *reference)
{
	for (guint i = 0; reference->kind == TEST_STRING && i < observation->names->len; i++)
		if (strcmp(observation->names->pdata[i], reference->text) == 0)
			return observation->objects->pdata[i];
	return NULL;
}

static gboolean tell(Walk *walk, const char *key, const TestJson *json)
{
	StixValue value = { .kind = STIX_VALUE_OTHER };
	g_autofree guint8 *bytes = NULL;

	if (json->kind == TEST_STRING) {
		value.kind = STIX_VALUE_TEXT;
		value.text = slice_from_text(json->text);
		if (key && g_str_has_suffix(key, "_bin")) {
			value.kind = STIX_VALUE_BYTES;
			bytes = g_base64_decode(json->text, &value.text.size);
			value.text.data = bytes;
		} else if (key && g_str_has_suffix(key, "_hex")) {
			value.kind = STIX_VALUE_BYTES;
			value.text.size = strlen(json->text) / 2;
			bytes = g_malloc0(value.text.size + 1);
			for (gsize i = 0; i < value.text.size; i++)
				bytes[i] = (guint8)(g_ascii_xdigit_value(json->text[2 * i]) << 4 |
					g_ascii_xdigit_value(json->text[2 * i + 1]));
			value.text.data = bytes;
		}
	} else if (json->kind == TEST_INTEGER || json->kind == TEST_FLOAT) {
		value.kind = json->kind == TEST_INTEGER ? STIX_VALUE_INTEGER : STIX_VALUE_FLOAT;
		value.integer = json->integer;
		value.number = json->number;
	} else if (json->kind == TEST_BOOLEAN) {
		value.kind = STIX_VALUE_BOOLEAN;
		value.number = json->number;
	}
	return walk->each(walk->context, &value);
}

static gboolean step(Walk *walk, guint number, const char *key, const TestJson *at);

/* @value of property @key, or what it refers to. */
static gboolean enter(Walk *walk, guint number, const char *key, const TestJson *value)
{
	if (g_str_has_suffix(key, "_ref")) {
		value = referred(walk->observation, value);
		return !value || step(walk, number, key, value);
	}
	return step(walk, number, key, value);
}

static gboolean step_items(Walk *walk, guint number, const char *key, const TestJson *list)
{
	const StixStep *s = &walk->path->steps[number];
	gboolean refers = key && g_str_has_suffix(key, "_refs");

	for (guint i = 0; i < list->items->len; i++) {
		const TestJson *item = list->items->pdata[i];

		if (s->kind == STIX_STEP_INDEX && (gint64)i != s->index)
			continue;
		item = refers ? referred(walk->observation, item) : item;
		if (item && !step(walk, number + 1, key, item))
			return FALSE;
	}
	return TRUE;
}

static gboolean step(Walk *walk, guint number, const char *key, const TestJson *at)
{
	const StixStep *s = &walk->path->steps[number];
	const TestJson *member;

	if (number == walk->path->n_steps)
		return tell(walk, key, at);
	if (s->kind != STIX_STEP_KEY)
		return at->kind != TEST_LIST || step_items(walk, number, key, at);
	member = test_json_get(at, s->key);
	return !member || enter(walk, number + 1, s->key, member);
}

static const TestJson *object_of_type(
	const TestObservation *observation, const char *type, guint number)
{
	for (guint i = 0; i < observation->objects->len; i++)
		if (g_strcmp0(test_json_text(observation->objects->pdata[i], "type"), type) == 0 &&
			number-- == 0)
			return observation->objects->pdata[i];
	return NULL;
}

static guint n_objects(void *context, const char *type)
{
	guint n = 0;

	while (object_of_type(context, type, n))
		n++;
	return n;
}

static void values(void *context, guint path, guint object, StixValueEach each, void *each_context)
{
	TestObservation *observation = context;
	Walk walk = { observation, observation->pattern->paths->pdata[path], each, each_context };

	(void)step(&walk, 0, NULL, object_of_type(observation, walk.path->type, object));
}

StixProvider test_observation_provider(TestObservation *observation)
{
	return (StixProvider){ n_objects, values, observation };
}
