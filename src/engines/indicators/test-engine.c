/* SPDX-License-Identifier: Apache-2.0 */
/* The engine as the worker uses it: from text files and stores to findings and the ledger. */
#include "base/hash.h"
#include "base/json-scan.h"
#include "base/text.h"
#include "engines/indicators/builder.h"
#include "engines/indicators/engine.h"
#include "engines/indicators/test-indicators.h"
#include "engines/sigma/test-event.h"

#define DAYS(n) ((Instant)(n)*86400 * INSTANT_SECOND)
#define EVENT	DAYS(18700)

/* What the engine told. */
typedef struct Told {
	GString *rules, *findings, *matches, *sources, *notes;
	guint n_rules;
	EngineReport report;
	EngineState *state;
	GPtrArray *stores; /* bytes that stay mapped */
} Told;

static void take_rule(void *context, const RuleInfo *rule)
{
	Told *told = context;

	g_assert_cmpuint(rule->index, ==, told->n_rules++);
	g_assert_cmpuint(strlen(rule->sha256), ==, 64);
	g_string_append_printf(told->rules, "%s | %s | %s\n", rule_kind_name(rule->kind),
		rule->title, rule->logsource);
}

static void take_finding(void *context, guint index, RuleLevel level, const Event *event,
	const Match *matches, guint n_matches)
{
	Told *told = context;
	g_autoptr(RuleInfo) rule = indicators_engine.describe(told->state, index - told->n_rules);

	g_assert_cmpuint(rule->index, ==, index);
	g_assert_cmpint(rule->kind, ==, RULE_INDICATOR);
	g_string_append_printf(told->findings, "%s: %s\n", rule_level_name(level), rule->title);
	for (guint i = 0; i < n_matches; i++)
		g_string_append_printf(told->matches, "%s | %s | %s | %s\n", matches[i].field,
			matches[i].test, matches[i].value, matches[i].selection);
}

static void take_source(void *context, const IntelSource *source)
{
	Told *told = context;

	g_string_append_printf(told->sources, "%s %s %" G_GUINT64_FORMAT "\n", source->path,
		source->name, source->accepted);
}

static void take_note(void *context, const IntelNote *note)
{
	g_string_append_printf(((Told *)context)->notes, "%s: %s\n",
		intel_note_kind_name(note->kind), note->reason);
}

static void offer_table(Told *told, const char *name)
{
	g_autofree char *path =
		g_build_filename(g_getenv("SPOOR_TEST_SOURCE"), "content", "tables", name, NULL);
	g_autoptr(GError) error = NULL;
	char *text;

	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	g_ptr_array_add(told->stores, text);
	(void)indicators_engine.table(told->state, name, slice_from_text(text), &error);
	g_assert_no_error(error);
}

static Told *told_new(void)
{
	Told *told = g_new0(Told, 1);

	told->rules = g_string_new(NULL);
	told->findings = g_string_new(NULL);
	told->matches = g_string_new(NULL);
	told->sources = g_string_new(NULL);
	told->notes = g_string_new(NULL);
	told->stores = g_ptr_array_new_with_free_func(g_free);
	told->report = (EngineReport){ .rule = take_rule,
		.finding = take_finding,
		.intel_note = take_note,
		.intel_source = take_source,
		.context = told };
	told->state = indicators_engine.new(0, &told->report);
	offer_table(told, "observables.yml");
	offer_table(told, "indicator-levels.yml");
	return told;
}

static void told_free(Told *told)
{
	indicators_engine.free(told->state);
	g_string_free(told->rules, TRUE);
	g_string_free(told->findings, TRUE);
	g_string_free(told->matches, TRUE);
	g_string_free(told->sources, TRUE);
	g_string_free(told->notes, TRUE);
	g_ptr_array_unref(told->stores);
	g_free(told);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Told, told_free)

typedef struct Line {
	IndicatorKind kind;
	const char *value, *title;
	guint confidence;
	gboolean is_silent;
} Line;

/* Loads a store of one source called @name that was first seen at EVENT. */
static void load(Told *told, const char *name, const Line *lines, guint n)
{
	g_autoptr(Builder) builder = builder_new();
	g_autofree char *path = g_strconcat(name, ".csv", NULL);
	guint8 *bytes;
	gsize size;
	guint n_refused;

	(void)builder_begin_source(builder, path);
	for (guint i = 0; i < n; i++) {
		Indicator indicator = test_indicator(lines[i].kind, lines[i].value);

		indicator.title = lines[i].title ? lines[i].title : "";
		indicator.source = name;
		indicator.confidence =
			lines[i].confidence ? lines[i].confidence : INDICATOR_CONFIDENCE_UNKNOWN;
		indicator.is_silent = lines[i].is_silent;
		indicator.valid_from = EVENT;
		indicator.line = i + 1;
		g_assert_cmpstr(builder_add(builder, &indicator), ==, NULL);
	}
	builder_end_source(builder,
		&(IntelSource){ .path = path,
			.format = "csv",
			.name = name,
			.sha256 = "00",
			.accepted = n });
	bytes = builder_finish(builder, &size, &n_refused);
	g_ptr_array_add(told->stores, bytes);
	(void)indicators_engine.load_intel(
		told->state, name, slice_make(bytes, size), told->n_rules);
}

static void judge(Told *told, const Event *event)
{
	Event timed = *event;

	timed.time = EVENT;
	g_string_truncate(told->findings, 0);
	g_string_truncate(told->matches, 0);
	indicators_engine.judge(told->state, &timed);
}

static gboolean is_applicable(Told *told, guint index)
{
	guint8 bits[8] = { 0 };

	indicators_engine.take_applicable(told->state, bits, sizeof(bits));
	return bits[index / 8] >> index % 8 & 1;
}

static void test_findings(void)
{
	static const Line lines[] = {
		{ INDICATOR_HOST, "evil.example", "Command and control" },
		{ INDICATOR_MD5, "0123456789abcdef0123456789abcdef", NULL },
		{ INDICATOR_ADDRESS, "192.0.2.1", NULL, 30 },
		{ INDICATOR_HOST, "silent.example", NULL, 0, TRUE },
	};
	g_autoptr(Told) told = told_new();
	g_autoptr(TestEvent) event = test_event_new();

	load(told, "AA21", lines, G_N_ELEMENTS(lines));
	g_assert_cmpstr(told->rules->str, ==,
		"indicators | 2 host names of AA21 | indicator/host/-\n"
		"indicators | 1 address of AA21 | indicator/address/-\n"
		"indicators | 1 MD5 hash of AA21 | indicator/md5/-\n");
	g_assert_cmpstr(told->sources->str, ==, "AA21/AA21.csv AA21 4\n");
	g_assert_cmpuint(indicators_engine.compile(told->state, told->n_rules), ==, 4);
	test_event_constant(event, "LogFormat", "w3c");
	test_event_text(event, "cs-host", "www.evil.example");
	test_event_text(event, "c-ip", "192.0.2.1");
	test_event_text(event, "note", "evil.example silent.example");
	judge(told, test_event_get(event));
	g_assert_cmpstr(told->findings->str, ==,
		"high: evil.example (host of AA21: Command and control)\n"
		"low: 192.0.2.1 (address of AA21)\n");
	g_assert_nonnull(strstr(told->matches->str,
		"cs-host | host evil.example, its parent | www.evil.example | indicator\n"));
	g_assert_nonnull(strstr(told->matches->str, "level | kind host | high | level\n"));
	g_assert_nonnull(strstr(told->matches->str,
		"AA21: Command and control (AA21/AA21.csv, line 1) | source\n"));
	g_assert_nonnull(strstr(told->matches->str, "little confidence"));
}

static void test_applicable(void)
{
	static const Line lines[] = {
		{ INDICATOR_MD5, "0123456789abcdef0123456789abcdef", NULL },
	};
	g_autoptr(Told) told = told_new();
	g_autoptr(TestEvent) event = test_event_new();
	const char *other = "SHA1=0000000000000000000000000000000000000000";

	load(told, "A", lines, 1);
	(void)indicators_engine.compile(told->state, told->n_rules);
	test_event_text(event, "Hashes", other);
	test_event_text(event, "whatever", "ffffffffffffffffffffffffffffffff");
	judge(told, test_event_get(event));
	g_assert_false(is_applicable(told, 0)); /* a list of hashes without MD5, and text */
	test_event_set_text(event, "Hashes", "MD5=00000000000000000000000000000000");
	judge(told, test_event_get(event));
	g_assert_true(is_applicable(told, 0));
	g_assert_false(is_applicable(told, 0)); /* since the last call */
	test_event_clear(event, "Hashes", TRUE);
	test_event_set_text(event, "whatever", "0123456789abcdef0123456789abcdef");
	judge(told, test_event_get(event));
	g_assert_cmpstr(told->findings->str, ==,
		"high: 0123456789abcdef0123456789abcdef (MD5 hash of A)\n");
	g_assert_true(is_applicable(told, 0)); /* it was found, after all */
}

/* One indicator of two stores is one finding with both sources, and one late rule. */
static void test_two_stores(void)
{
	static const Line first[] = { { INDICATOR_HOST, "evil.example", "One", 20 },
		{ INDICATOR_HOST, "a.example", NULL } };
	static const Line second[] = { { INDICATOR_HOST, "z.example", NULL },
		{ INDICATOR_HOST, "evil.example", "Two" } };
	g_autoptr(Told) told = told_new();
	g_autoptr(TestEvent) event = test_event_new();

	load(told, "First", first, 2);
	load(told, "Second", second, 2);
	g_assert_cmpuint(indicators_engine.compile(told->state, told->n_rules), ==, 4);
	test_event_text(event, "cs-host", "evil.example");
	judge(told, test_event_get(event));
	g_assert_cmpstr(told->findings->str, ==, "high: evil.example (host of First: One)\n");
	g_assert_nonnull(strstr(told->matches->str, "First: One"));
	g_assert_nonnull(strstr(told->matches->str, "Second: Two"));
}

static void write_all(void *context, Slice bytes)
{
	g_byte_array_append(context, bytes.data, (guint)bytes.size);
}

static void count(void *context, guint number)
{
	(*(guint *)context)++;
}

/* What compile_intel() writes is what was loaded; the same again, too. */
static void test_compiled_again(void)
{
	static const Line first[] = { { INDICATOR_HOST, "evil.example", "One" },
		{ INDICATOR_FILE_PATH, "Temp\\Evil.exe", "Three", 50, TRUE } };
	static const Line second[] = { { INDICATOR_HOST, "evil.example", "Two" },
		{ INDICATOR_URL, "http://evil.example/", NULL } };
	g_autoptr(Told) told = told_new(), again = told_new();
	g_autoptr(GByteArray) store = g_byte_array_new(), other = g_byte_array_new();
	guint n = 0;

	load(told, "First", first, 2);
	load(told, "Second", second, 2);
	(void)indicators_engine.compile(told->state, told->n_rules);
	indicators_engine.compile_intel(told->state, write_all, store);
	(void)indicators_engine.load_intel(
		again->state, "S", slice_make(store->data, store->len), 0);
	g_assert_cmpstr(again->rules->str, ==, told->rules->str);
	g_assert_cmpuint(indicators_engine.compile(again->state, again->n_rules), ==, 3);
	indicators_engine.compile_intel(again->state, write_all, other);
	g_assert_cmpuint(other->len, >, 100);
	indicators_engine.look_up(
		again->state, slice_from_text("hxxp://evil[.]example"), count, &n);
	g_assert_cmpuint(n, ==, 2); /* the URL, and its host */
}

static void test_damaged_store(void)
{
	g_autoptr(Told) told = told_new();

	g_assert_cmpuint(indicators_engine.load_intel(
				 told->state, "bad", slice_from_text("SPOORIND rest"), 0),
		==, 0);
	g_assert_nonnull(strstr(told->notes->str, "rejected: it is no store"));
	g_assert_cmpstr(told->sources->str, ==, "bad bad 0\n");
	g_assert_cmpuint(indicators_engine.compile(told->state, 0), ==, 0);
}

static void test_plain_list(void)
{
	static const char text[] = "evil.example\n192.0.2.7\nevil.example\n# comment\n"
				   "0123456789abcdef0123456789abcde\n";
	g_autoptr(Told) told = told_new();
	g_autoptr(TestEvent) event = test_event_new();

	(void)indicators_engine.load_intel(
		told->state, "list.txt", slice_from_text(text), told->n_rules);
	g_assert_nonnull(strstr(told->rules->str, "indicators | 1 host of "));
	g_assert_nonnull(strstr(told->notes->str, "rejected: "));
	(void)indicators_engine.compile(told->state, told->n_rules);
	test_event_text(event, "QueryName", "x.evil.example");
	judge(told, test_event_get(event));
	g_assert_nonnull(strstr(told->findings->str, "high: evil.example (host of "));
}

/* What all events of a shape have is found in each of them. */
static void test_constants(void)
{
	static const Line lines[] = { { INDICATOR_HOST, "evil.example", NULL } };
	g_autoptr(Told) told = told_new();
	g_autoptr(TestEvent) event = test_event_new();

	load(told, "A", lines, 1);
	(void)indicators_engine.compile(told->state, told->n_rules);
	test_event_constant(event, "hostname", "evil.example");
	test_event_text(event, "x", "y");
	for (guint i = 0; i < 2; i++) {
		judge(told, test_event_get(event));
		g_assert_cmpstr(told->findings->str, ==, "high: evil.example (host of A)\n");
	}
}

/* Values of all types of an event log. */
static void test_types(void)
{
	static const Line lines[] = { { INDICATOR_HOST, "evil.example", NULL },
		{ INDICATOR_ADDRESS, "192.0.2.1", NULL } };
	static const guint8 utf16[] = { 'e', 0, 'v', 0, 'i', 0, 'l', 0, '.', 0, 'e', 0, 'x', 0, 'a',
		0, 'm', 0, 'p', 0, 'l', 0, 'e', 0 };
	static const char *const list[] = { "10.0.0.1", "192.0.2.1", NULL };
	g_autoptr(Told) told = told_new();
	g_autoptr(TestEvent) event = test_event_new();

	load(told, "A", lines, 2);
	(void)indicators_engine.compile(told->state, told->n_rules);
	test_event_bytes(event, "QueryName", VALUE_UTF16, slice_make(utf16, sizeof(utf16)));
	test_event_list(event, "ip", list);
	test_event_null(event, "SourceIp");
	test_event_absent(event, "DestinationIp");
	test_event_bytes(event, "port", VALUE_UINT, slice_make(utf16, 4));
	judge(told, test_event_get(event));
	g_assert_cmpstr(told->findings->str, ==,
		"high: evil.example (host of A)\nmedium: 192.0.2.1 (address of A)\n");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	text_warm_up();
	hash_warm_up();
	g_test_add_func("/indicators-engine/findings", test_findings);
	g_test_add_func("/indicators-engine/applicable", test_applicable);
	g_test_add_func("/indicators-engine/two-stores", test_two_stores);
	g_test_add_func("/indicators-engine/compiled-again", test_compiled_again);
	g_test_add_func("/indicators-engine/damaged-store", test_damaged_store);
	g_test_add_func("/indicators-engine/plain-list", test_plain_list);
	g_test_add_func("/indicators-engine/constants", test_constants);
	g_test_add_func("/indicators-engine/types", test_types);
	return g_test_run();
}
