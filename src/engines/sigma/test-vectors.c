/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/oracle/vectors.yml and vectors_filters.yml, through the whole engine. Each vector is judged
 * twice: once with columns that may change from event to event, so that prefilters and code decide,
 * and once with constant columns, so that folding does.
 */
#include "base/hash.h"
#include "base/json.h"
#include "base/text.h"
#include "engines/sigma/engine.h"
#include "engines/sigma/test-event.h"
#include "engines/sigma/test-sources.h"
#include "engines/sigma/yaml-tree.h"

#define VECTORS	  "tests/oracle/vectors.yml"
#define REFUSALS  "tests/oracle/vectors_rejected.yml"
#define FILTERS	  "tests/oracle/vectors_filters.yml"
#define RULE_HEAD "title: vector\nlogsource: {product: windows, service: security}\ndetection: "

/* What the engine said. */
typedef struct Said {
	guint n_loaded, n_rejected, n_findings;
	char *reason;
} Said;

static void note_rule(void *context, const RuleInfo *rule)
{
	Said *said = context;

	said->n_loaded += rule->status == RULE_LOADED;
	said->n_rejected += rule->status == RULE_REJECTED;
	g_free(said->reason);
	said->reason = g_strdup(rule->reason);
}

static void note_finding(void *context, guint index, RuleLevel level, const Event *event,
	const Match *matches, guint n_matches)
{
	((Said *)context)->n_findings++;
}

/* ---- from YAML trees to rules and events ---- */

/* Writes a node as YAML again, in flow style. */
static void append_yaml(GString *ret, const YamlNode *node)
{
	gboolean is_map = node->kind == YAML_KIND_MAP;
	Json json = json_begin(ret);

	if (yaml_node_is_scalar(node)) {
		if (node->kind == YAML_KIND_TEXT)
			json_slice(&json, node->text);
		else if (node->kind == YAML_KIND_NULL)
			g_string_append(ret, "null");
		else
			g_string_append_len(
				ret, (const char *)node->text.data, (gssize)node->text.size);
		return;
	}
	g_string_append_c(ret, is_map ? '{' : '[');
	for (guint i = 0; i < node->n_children; i++) {
		if (i > 0)
			g_string_append(ret, ", ");
		if (is_map) {
			append_yaml(ret, node->children[2 * i]);
			g_string_append(ret, ": ");
			append_yaml(ret, node->children[2 * i + 1]);
		} else {
			append_yaml(ret, node->children[i]);
		}
	}
	g_string_append_c(ret, is_map ? '}' : ']');
}

/* The bytes of @value lie in @room, or in the node. */
static Value value_of(const YamlNode *node, guint8 room[8])
{
	Value value = { .type = VALUE_UTF8, .bytes = node->text };

	switch (node->kind) {
	case YAML_KIND_NULL:
		return (Value){ .type = VALUE_NULL };
	case YAML_KIND_BOOL:
		memset(room, 0, 8);
		room[0] = node->boolean;
		return (Value){ .type = VALUE_BOOL, .bytes = slice_make(room, 4) };
	case YAML_KIND_INT:
		memcpy(room, &node->integer, 8);
		return (Value){ .type = VALUE_INT, .bytes = slice_make(room, 8) };
	case YAML_KIND_FLOAT:
		if (!memchr(node->text.data, '.', node->text.size)) /* a large integer */
			return value;
		memcpy(room, &node->real, 8);
		return (Value){ .type = VALUE_REAL, .bytes = slice_make(room, 8) };
	default:
		return value;
	}
}

/* What spoor reads otherwise, and says so. */
static const struct {
	const char *name, *reason;
} exceptions[] = {
	{ "wide puts a zero after each character",
		"a value's trailing NULs are cut (model/value.h)" },
};

static const char *exception_for(const char *name)
{
	for (guint i = 0; i < G_N_ELEMENTS(exceptions); i++) {
		if (strcmp(exceptions[i].name, name) == 0)
			return exceptions[i].reason;
	}
	return NULL;
}

static void add_field(TestEvent *event, const char *name, const YamlNode *node, gboolean constant)
{
	guint8 rooms[16][8];
	Value items[16];

	if (node->kind == YAML_KIND_LIST) {
		g_assert_cmpuint(node->n_children, <=, G_N_ELEMENTS(items));
		for (guint i = 0; i < node->n_children; i++)
			items[i] = value_of(node->children[i], rooms[i]);
		test_event_items(event, name, items, node->n_children);
		return;
	}
	items[0] = value_of(node, rooms[0]);
	if (!constant || node->kind == YAML_KIND_NULL) {
		test_event_bytes(event, name, items[0].type, items[0].bytes);
		return;
	}

	g_autoptr(GString) text = g_string_new(NULL);

	value_append_text(text, &items[0]);
	if (strlen(text->str) == text->len)
		test_event_constant(event, name, text->str);
	else /* constants can not hold NULs */
		test_event_bytes(event, name, items[0].type, items[0].bytes);
}

static TestEvent *event_of(const YamlNode *map, gboolean constant)
{
	TestEvent *event = test_event_new();

	test_event_constant(event, "Channel", "Security");
	for (guint i = 0; map && i < map->n_children; i++)
		add_field(event, (const char *)map->children[2 * i]->text.data,
			map->children[2 * i + 1], constant);
	return event;
}

static EngineState *engine_for(const YamlNode *vector, const EngineReport *report)
{
	g_autoptr(GString) text = g_string_new(NULL);
	const YamlNode *placeholders = yaml_node_get(vector, "placeholders");
	EngineState *engine = sigma_engine.new(0, report);

	g_assert_true(sigma_engine.table(
		engine, "logsources.yml", slice_from_text(test_sources_text()), NULL));
	if (placeholders) {
		append_yaml(text, placeholders);
		g_assert_true(sigma_engine.table(
			engine, "placeholders.yml", slice_make(text->str, text->len), NULL));
	}
	g_string_assign(text, RULE_HEAD);
	append_yaml(text, yaml_node_get(vector, "detection"));
	g_string_append_c(text, '\n');
	g_assert_cmpuint(
		sigma_engine.load(engine, "vector.yml", slice_make(text->str, text->len), 0), ==,
		1);
	(void)sigma_engine.compile(engine, 0);
	return engine;
}

/* The rule and its filters, a document each. */
static EngineState *filtered_engine_for(const YamlNode *vector, const EngineReport *report)
{
	g_autoptr(GString) text = g_string_new(NULL);
	const YamlNode *filters = yaml_node_get(vector, "filters");
	EngineState *engine = sigma_engine.new(0, report);

	g_assert_true(sigma_engine.table(
		engine, "logsources.yml", slice_from_text(test_sources_text()), NULL));
	append_yaml(text, yaml_node_get(vector, "rule"));
	for (guint i = 0; i < filters->n_children; i++) {
		g_string_append(text, "\n---\n");
		append_yaml(text, filters->children[i]);
	}
	g_string_append_c(text, '\n');
	g_assert_cmpuint(
		sigma_engine.load(engine, "vector.yml", slice_make(text->str, text->len), 0), ==,
		1 + filters->n_children);
	(void)sigma_engine.compile(engine, 0);
	return engine;
}

/* ---- the tests ---- */

/* Vectors whose note starts with "silent" leave a choice; docs/matching.md says what spoor chose.
 */
static gboolean is_free_choice(const YamlNode *vector)
{
	const YamlNode *note = yaml_node_get(vector, "note");

	return note && g_str_has_prefix((const char *)note->text.data, "silent");
}

static gboolean check_vector(const YamlNode *vector, gboolean constant)
{
	const char *name = (const char *)yaml_node_get(vector, "name")->text.data;
	gboolean expected = yaml_node_get(vector, "expect")->boolean;
	Said said = { 0 };
	EngineReport report = { .rule = note_rule, .finding = note_finding, .context = &said };
	EngineState *engine = engine_for(vector, &report);
	TestEvent *event = event_of(yaml_node_get(vector, "event"), constant);
	gboolean right;

	if (said.n_loaded > 0)
		sigma_engine.judge(engine, test_event_get(event));
	right = said.n_loaded == 1 && (gboolean)said.n_findings == expected;
	if (!right)
		g_test_message("%s%s: expected %d, got %u findings%s%s (%s)", name,
			constant ? " (constant)" : "", expected, said.n_findings,
			said.n_rejected ? "; rejected: " : "", said.n_rejected ? said.reason : "",
			is_free_choice(vector)	      ? "a free choice"
				: exception_for(name) ? exception_for(name)
						      : "wrong");
	test_event_free(event);
	sigma_engine.free(engine);
	g_free(said.reason);
	return right || is_free_choice(vector) || exception_for(name);
}

static YamlStream *read_vectors(const char *name, char **ret_text)
{
	g_autofree char *path = g_build_filename(g_getenv("SPOOR_TEST_SOURCE"), name, NULL);
	gsize size;

	if (!g_getenv("SPOOR_TEST_SOURCE") || !g_file_get_contents(path, ret_text, &size, NULL)) {
		g_test_skip("SPOOR_TEST_SOURCE does not name the source folder");
		return NULL;
	}
	return yaml_stream_new(slice_make(*ret_text, size));
}

static const YamlNode *root_of(const YamlStream *stream)
{
	g_assert_cmpuint(stream->documents->len, ==, 1);

	const YamlDocument *document = &g_array_index(stream->documents, YamlDocument, 0);

	g_assert_cmpstr(document->problem, ==, NULL);
	return document->root;
}

static void test_vectors(void)
{
	g_autofree char *text = NULL;
	g_autoptr(YamlStream) stream = read_vectors(VECTORS, &text);
	guint n_wrong = 0;

	if (!stream)
		return;

	const YamlNode *vectors = root_of(stream);

	g_assert_cmpuint(vectors->n_children, >, 300);
	for (guint i = 0; i < vectors->n_children; i++) {
		n_wrong += !check_vector(vectors->children[i], FALSE);
		n_wrong += !check_vector(vectors->children[i], TRUE);
	}
	g_assert_cmpuint(n_wrong, ==, 0);
}

static gboolean check_filtered(const YamlNode *vector, gboolean constant)
{
	gboolean expected = yaml_node_get(vector, "expect")->boolean;
	guint n_refused = yaml_node_get(vector, "refused") ? 1 : 0;
	Said said = { 0 };
	EngineReport report = { .rule = note_rule, .finding = note_finding, .context = &said };
	EngineState *engine = filtered_engine_for(vector, &report);
	TestEvent *event = event_of(yaml_node_get(vector, "event"), constant);
	gboolean right;

	sigma_engine.judge(engine, test_event_get(event));
	right = said.n_rejected == n_refused && (gboolean)said.n_findings == expected;
	if (!right)
		g_test_message("%s%s: expected %d, got %u findings, %u rejected (%s)",
			(const char *)yaml_node_get(vector, "name")->text.data,
			constant ? " (constant)" : "", expected, said.n_findings, said.n_rejected,
			said.reason);
	test_event_free(event);
	sigma_engine.free(engine);
	g_free(said.reason);
	return right;
}

static void test_filters(void)
{
	g_autofree char *text = NULL;
	g_autoptr(YamlStream) stream = read_vectors(FILTERS, &text);
	guint n_wrong = 0;

	if (!stream)
		return;

	const YamlNode *vectors = root_of(stream);

	g_assert_cmpuint(vectors->n_children, >, 30);
	for (guint i = 0; i < vectors->n_children; i++) {
		n_wrong += !check_filtered(vectors->children[i], FALSE);
		n_wrong += !check_filtered(vectors->children[i], TRUE);
	}
	g_assert_cmpuint(n_wrong, ==, 0);
}

static void test_refusals(void)
{
	g_autofree char *text = NULL;
	g_autoptr(YamlStream) stream = read_vectors(REFUSALS, &text);
	guint n_wrong = 0;

	if (!stream)
		return;

	const YamlNode *vectors = root_of(stream);

	for (guint i = 0; i < vectors->n_children; i++) {
		const YamlNode *vector = vectors->children[i];
		Said said = { 0 };
		EngineReport report = {
			.rule = note_rule, .finding = note_finding, .context = &said
		};

		sigma_engine.free(engine_for(vector, &report));
		if (said.n_rejected != 1 && !is_free_choice(vector)) {
			g_test_message("accepted: %s",
				(const char *)yaml_node_get(vector, "name")->text.data);
			n_wrong++;
		}
		g_free(said.reason);
	}
	g_assert_cmpuint(n_wrong, ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	text_warm_up();
	hash_warm_up();
	g_test_add_func("/sigma/vectors/vectors", test_vectors);
	g_test_add_func("/sigma/vectors/filters", test_filters);
	g_test_add_func("/sigma/vectors/refusals", test_refusals);
	return g_test_run();
}
