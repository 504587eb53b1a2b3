/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"
#include "base/limits.h"
#include "base/text.h"
#include "engines/sigma/engine.h"
#include "engines/sigma/test-event.h"
#include "engines/sigma/test-sources.h"

#define PROCESS_CREATION "logsource: {product: windows, category: process_creation}\n"

/* An engine and what it reports: rule numbers as "0 3 7", matches as lines. */
typedef struct Fixture {
	EngineState *engine;
	EngineReport report;
	guint n_rules, n_rejected;
	char *reason;
	GString *findings, *matches;
} Fixture;

static void note_rule(void *context, const RuleInfo *rule)
{
	Fixture *f = context;

	g_assert_cmpuint(rule->index, ==, f->n_rules);
	f->n_rules++;
	f->n_rejected += rule->status == RULE_REJECTED;
	if (!rule->reason[0])
		return;
	g_free(f->reason);
	f->reason = g_strdup(rule->reason);
}

static void note_finding(void *context, guint index, RuleLevel level, const Event *event,
	const Match *matches, guint n_matches)
{
	Fixture *f = context;

	g_string_append_printf(f->findings, "%s%u", f->findings->len ? " " : "", index);
	for (guint i = 0; i < n_matches; i++)
		g_string_append_printf(f->matches, "%s|%s|%s|%s|%s\n", matches[i].selection,
			matches[i].field, matches[i].source ? matches[i].source : "",
			matches[i].test, matches[i].value);
}

static void set_up(Fixture *f, gconstpointer unused)
{
	f->report = (EngineReport){ .rule = note_rule, .finding = note_finding, .context = f };
	f->findings = g_string_new(NULL);
	f->matches = g_string_new(NULL);
	f->engine = sigma_engine.new(1, &f->report);
	g_assert_true(sigma_engine.table(
		f->engine, "logsources.yml", slice_from_text(test_sources_text()), NULL));
}

static void tear_down(Fixture *f, gconstpointer unused)
{
	sigma_engine.free(f->engine);
	g_string_free(f->findings, TRUE);
	g_string_free(f->matches, TRUE);
	g_free(f->reason);
}

/* Loads a rule from its log source and its detection. */
static void load(Fixture *f, const char *logsource, const char *detection)
{
	g_autofree char *text = g_strdup_printf("title: t\n%sdetection:\n%s", logsource, detection);

	g_assert_cmpuint(
		sigma_engine.load(f->engine, "r.yml", slice_from_text(text), f->n_rules), ==, 1);
}

static void expect(Fixture *f, TestEvent *event, const char *findings)
{
	g_string_truncate(f->findings, 0);
	g_string_truncate(f->matches, 0);
	sigma_engine.judge(f->engine, test_event_get(event));
	g_assert_cmpstr(f->findings->str, ==, findings);
}

static TestEvent *sysmon_event(const char *id)
{
	TestEvent *event = test_event_new();

	test_event_constant(event, "Channel", TEST_CHANNEL);
	test_event_constant(event, "EventID", id);
	return event;
}

/* ---- tests ---- */

static void test_order(Fixture *f, gconstpointer unused)
{
	g_autoptr(TestEvent) event = sysmon_event("1");

	for (guint i = 0; i < 100; i++) {
		g_autofree char *detection =
			g_strdup_printf("  s: {CommandLine|contains: '%s'}\n  condition: s\n",
				i % 9 == 4 ? "evil" : "good");

		load(f, i % 2 ? PROCESS_CREATION : "logsource: {product: windows}\n", detection);
	}
	(void)sigma_engine.compile(f->engine, 0);
	test_event_text(event, "CommandLine", "an EVIL one");
	expect(f, event, "4 13 22 31 40 49 58 67 76 85 94");
	test_event_set_text(event, "CommandLine", "neither");
	expect(f, event, "");
	/* Of 100 rules, only those that the text triggers were looked at. */
	g_assert_cmpuint(sigma_engine_counts(f->engine)->candidates, ==, 11);
	test_event_set_text(event, "CommandLine", "evil");
	expect(f, event, "4 13 22 31 40 49 58 67 76 85 94");
}

static void test_log_sources(Fixture *f, gconstpointer unused)
{
	g_autoptr(TestEvent) other = sysmon_event("2"), security = test_event_new();
	g_autoptr(TestEvent) sysmon = sysmon_event("1"), none = test_event_new();

	load(f, PROCESS_CREATION, "  s: {Image|endswith: '\\cmd.exe'}\n  condition: s\n");
	load(f, "logsource: {product: windows, service: security}\n",
		"  s: {EventID: 4688}\n  condition: s\n");
	load(f, "logsource: {product: linux}\n", "  s: {Image: '*'}\n  condition: s\n");
	(void)sigma_engine.compile(f->engine, 0);
	test_event_text(sysmon, "Image", "C:\\Windows\\System32\\cmd.exe");
	expect(f, sysmon, "0");
	test_event_text(other, "Image", "C:\\Windows\\System32\\cmd.exe");
	expect(f, other, "");
	test_event_constant(security, "channel", "security"); /* names and values of any case */
	test_event_constant(security, "EventID", "4688");
	test_event_text(security, "NewProcessName", "C:\\Windows\\System32\\CMD.EXE");
	expect(f, security, "0 1");
	test_event_text(none, "Image", "C:\\Windows\\System32\\cmd.exe");
	expect(f, none, "");
}

/* A second table completes the first; conditions on parts of texts, and on what is not there. */
static void test_more_tables(Fixture *f, gconstpointer unused)
{
	static const char table[] = "services:\n"
				    "  - service: web\n"
				    "    where:\n"
				    "      - {LogFormat: w3c, path: '*', host: null}\n"
				    "      - {LogFormat: json, name: ['*.example.*', '*end']}\n"
				    "    fields:\n"
				    "      both: {analyser: path-and-query, from: [path, query]}\n"
				    "      below: {analyser: each, from: a.*}\n"
				    "  - {service: tape, needs: a tape recorder}\n";
	g_autoptr(TestEvent) w3c = test_event_new(), json = test_event_new();

	g_assert_true(
		sigma_engine.table(f->engine, "logsources/more.yml", slice_from_text(table), NULL));
	load(f, "logsource: {service: web}\n",
		"  s: {both|startswith: ['/a\\?', 'q=', 'A:']}\n  condition: s\n");
	load(f, "logsource: {service: web}\n", "  s: {below: [one, two]}\n  condition: s\n");
	load(f, "logsource: {service: web}\n", "  s: [w3c, json]\n  condition: s\n");
	load(f, "logsource: {service: tape}\n", "  s: {a: b}\n  condition: s\n");
	g_assert_cmpuint(f->n_rejected, ==, 0);
	g_assert_cmpstr(f->reason, ==, "needs a tape recorder");
	load(f, "logsource: {service: none}\n", "  s: {a: b}\n  condition: s\n");
	g_assert_true(g_str_has_prefix(f->reason, "needs an entry in the log source tables"));
	(void)sigma_engine.compile(f->engine, 0);

	test_event_constant(w3c, "LogFormat", "w3c"); /* which no keyword finds */
	test_event_text(w3c, "path", "/a");
	test_event_text(w3c, "query", "x=1");
	test_event_absent(w3c, "host");
	expect(f, w3c, "0");
	g_assert_cmpstr(f->matches->str, ==, "s|both|path|startswith /a?|/a?x=1\n");
	test_event_set_text(w3c, "query", "Q=1");
	test_event_set_text(w3c, "path", "/b");
	expect(f, w3c, "0");
	g_assert_cmpstr(f->matches->str, ==, "s|both|path|startswith q=|Q=1\n");
	test_event_set_text(w3c, "path", "/b?q=");
	test_event_clear(w3c, "query", TRUE);
	expect(f, w3c, "");
	test_event_set_text(w3c, "path", "a:b");
	expect(f, w3c, "0");
	test_event_set_text(w3c, "host", "h");
	expect(f, w3c, "");

	test_event_constant(json, "LogFormat", "json");
	test_event_text(json, "name", "www.Example.org");
	test_event_text(json, "A.x", "no");
	test_event_text(json, "a.y.z", "two");
	test_event_text(json, "ab", "one");
	expect(f, json, "1");
	g_assert_cmpstr(f->matches->str, ==, "s|below|a.*|= two|two\n");
	test_event_set_text(json, "name", "example.org");
	expect(f, json, "");
	test_event_set_text(json, "name", "the end");
	expect(f, json, "1");
}

/* A condition on a column that is not constant is asked of each event. */
static void test_open_condition(Fixture *f, gconstpointer unused)
{
	g_autoptr(TestEvent) event = sysmon_event("13");

	load(f, "logsource: {product: windows, category: registry_set}\n",
		"  s: {TargetObject|contains: 'run'}\n  condition: s\n");
	load(f, "logsource: {product: windows, category: registry_set}\n",
		"  s: {EventID: 13}\n  condition: s\n");
	(void)sigma_engine.compile(f->engine, 0);
	test_event_text(event, "EventType", "SetValue");
	test_event_text(event, "TargetObject", "HKLM\\Run\\x");
	expect(f, event, "0 1");
	test_event_set_text(event, "EventType", "DeleteValue");
	expect(f, event, "");
	test_event_set_text(event, "EventType", "setsomething");
	expect(f, event, "0 1");
}

/* Two alternatives that both fit the shape: one finding, whichever is true. */
static void test_two_alternatives(Fixture *f, gconstpointer unused)
{
	const char *twice = "logsource: {product: windows, category: twice}\n";
	g_autoptr(TestEvent) event = sysmon_event("1");

	load(f, twice, "  s: {Image: a}\n  condition: s\n");
	load(f, twice, "  s: {Image: b}\n  condition: s\n");
	(void)sigma_engine.compile(f->engine, 0);
	test_event_text(event, "Image", "a");
	test_event_text(event, "OtherImage", "a");
	expect(f, event, "0");
	test_event_set_text(event, "OtherImage", "b");
	expect(f, event, "0 1");
	g_assert_cmpstr(f->matches->str, ==, "s|Image||= a|a\ns|Image|OtherImage|= b|b\n");
}

static void test_matches(Fixture *f, gconstpointer unused)
{
	g_autoptr(TestEvent) event = test_event_new();

	load(f, PROCESS_CREATION,
		"  a: {Image|endswith: ['\\no.exe', '\\Cmd.exe'], ParentImage: null}\n"
		"  b: {CommandLine|contains|all: ['/c', 'Whoami']}\n"
		"  kw: ['nothing', 'curity']\n"
		"  filter: {User: 'x'}\n"
		"  condition: a and b and kw and not filter\n");
	(void)sigma_engine.compile(f->engine, 0);
	test_event_constant(event, "Channel", "Security");
	test_event_constant(event, "EventID", "4688");
	test_event_text(event, "NewProcessName", "C:\\CMD.EXE");
	test_event_text(event, "CommandLine", "cmd /c WHOAMI");
	expect(f, event, "0");
	g_assert_cmpstr(f->matches->str, ==,
		"a|Image|NewProcessName|endswith \\Cmd.exe|C:\\CMD.EXE\n"
		"a|ParentImage||is null|\n"
		"b|CommandLine||contains /c|cmd /c WHOAMI\n"
		"b|CommandLine||contains Whoami|cmd /c WHOAMI\n"
		"kw||Channel|contains curity|Security\n");
}

/* Values are cut at a character, and a NUL inside does not hide what follows. */
static void test_match_limits(Fixture *f, gconstpointer unused)
{
	g_autoptr(TestEvent) event = sysmon_event("1");
	g_autoptr(GString) value = g_string_new("a"), many = g_string_new("  s:\n");

	while (value->len < LIMIT_MATCH_VALUE_BYTES + 10)
		g_string_append(value, "\xC3\xA4");
	for (guint i = 0; i < LIMIT_FINDING_MATCHES + 10; i++)
		g_string_append_printf(many, "    - {CommandLine|contains: '\xC3\xA4'}\n");
	g_string_append(many, "  condition: s\n");
	load(f, PROCESS_CREATION, "  s: {CommandLine|startswith: 'A'}\n  condition: s\n");
	load(f, PROCESS_CREATION, many->str);
	load(f, PROCESS_CREATION, "  s: {Data|contains: 'end'}\n  condition: s\n");
	(void)sigma_engine.compile(f->engine, 0);
	test_event_text(event, "CommandLine", value->str);
	test_event_bytes(event, "Data", VALUE_UTF8, slice_make("x\0end", 5));
	expect(f, event, "0 1 2");

	g_auto(GStrv) lines = g_strsplit(f->matches->str, "\n", -1);

	g_assert_cmpuint(g_strv_length(lines), ==, 1 + LIMIT_FINDING_MATCHES + 1 + 1);
	g_assert_true(g_str_has_suffix(lines[0], "\xC3\xA4\xE2\x80\xA6"));
	g_assert_cmpuint(strlen(lines[0]), <, LIMIT_MATCH_VALUE_BYTES + 64);
	g_assert_true(g_str_has_suffix(lines[LIMIT_FINDING_MATCHES + 1],
		"x\xEF\xBF\xBD"
		"end"));
}

static void test_applicable(Fixture *f, gconstpointer unused)
{
	g_autoptr(TestEvent) event = sysmon_event("1");
	guint8 bits[1] = { 0 };

	load(f, PROCESS_CREATION, "  s: {Image: a}\n  condition: s\n");
	load(f, "logsource: {product: linux}\n", "  s: {Image: a}\n  condition: s\n");
	load(f, PROCESS_CREATION, "  s: {NoSuchField: a}\n  condition: s\n");
	load(f, "logsource: {product: windows, service: security}\n",
		"  s: {Image: a}\n  condition: s\n");
	(void)sigma_engine.compile(f->engine, 0);
	sigma_engine.take_applicable(f->engine, bits, sizeof(bits));
	g_assert_cmpuint(bits[0], ==, 0);
	test_event_text(event, "Image", "b");
	expect(f, event, "");
	expect(f, event, "");
	sigma_engine.take_applicable(f->engine, bits, sizeof(bits));
	g_assert_cmpuint(bits[0], ==, 1 << 0 | 1 << 2);
	bits[0] = 0;
	sigma_engine.take_applicable(f->engine, bits, sizeof(bits));
	g_assert_cmpuint(bits[0], ==, 0);
	expect(f, event, "");
	sigma_engine.take_applicable(f->engine, bits, sizeof(bits));
	g_assert_cmpuint(bits[0], ==, 1 << 0 | 1 << 2);
}

static void test_rejected(Fixture *f, gconstpointer unused)
{
	load(f, PROCESS_CREATION, "  s: {Image|nonsense: a}\n  condition: s\n");
	g_assert_cmpuint(f->n_rejected, ==, 1);
	load(f, PROCESS_CREATION, "  s: {Image: a}\n  condition: s\n");
	(void)sigma_engine.compile(f->engine, 0);
	g_assert_cmpuint(f->n_rejected, ==, 1);

	g_autoptr(TestEvent) event = sysmon_event("1");

	test_event_text(event, "Image", "A");
	expect(f, event, "1"); /* rejected rules count in numbering */
}

static void test_tables(Fixture *f, gconstpointer unused)
{
	g_autoptr(GError) error = NULL;

	g_assert_true(
		sigma_engine.table(f->engine, "something-else.txt", slice_from_text("::"), &error));
	g_assert_false(sigma_engine.table(
		f->engine, "logsources.yml", slice_from_text("services: 5\n"), &error));
	g_assert_nonnull(error);
	g_assert_true(sigma_engine.accepts("a/b.yml"));
	g_assert_true(sigma_engine.accepts("a/b.yaml"));
	g_assert_false(sigma_engine.accepts("a/b.yml.bak"));
}

/* Without a table, and without rules, everything is well defined. */
static void test_nothing(Fixture *f, gconstpointer unused)
{
	EngineState *bare = sigma_engine.new(0, &f->report);
	g_autoptr(TestEvent) event = sysmon_event("1");
	guint8 bits[1] = { 0 };

	(void)sigma_engine.compile(bare, 0);
	sigma_engine.judge(bare, test_event_get(event));
	sigma_engine.take_applicable(bare, bits, 1);
	g_assert_cmpuint(bits[0], ==, 0);
	sigma_engine.free(bare);
	sigma_engine.free(sigma_engine.new(0, &f->report));
}

/* 512 columns, thousands of items, a text of 1 MiB, and every rule true of it. */
static void test_large_events(Fixture *f, gconstpointer unused)
{
	g_autoptr(TestEvent) event = sysmon_event("1");
	g_autofree char *large = g_strnfill(LIMIT_VALUE_BYTES, 'a');
	g_autofree Value *items = g_new0(Value, 5000);

	for (guint i = 0; i < 200; i++) {
		g_autofree char *detection = g_strdup_printf(
			"  s: {Large|contains: 'a%.*s'}\n  t: {Items|endswith: ['z', '-%u']}\n"
			"  k: ['*aa?a*']\n  condition: s and t and k\n",
			(int)(i % 20), "aaaaaaaaaaaaaaaaaaaa", i);

		load(f, PROCESS_CREATION, detection);
	}
	(void)sigma_engine.compile(f->engine, 0);
	for (guint i = 0; i < 5000; i++)
		items[i] = (Value){ .type = VALUE_UTF8, .bytes = slice_from_text("item-z") };
	test_event_items(event, "Items", items, 5000);
	test_event_text(event, "Large", large);
	for (guint i = 0; i < LIMIT_EVENT_COLUMNS - 4; i++) {
		g_autofree char *name = g_strdup_printf("Column%u", i);

		test_event_text(event, name, "some text");
	}
	sigma_engine.judge(f->engine, test_event_get(event));

	g_auto(GStrv) found = g_strsplit(f->findings->str, " ", -1);

	g_assert_cmpuint(g_strv_length(found), ==, 200);
}

/* Evidence with ever new shapes makes the engine bind them, but not keep all it bound. */
static void test_many_shapes(Fixture *f, gconstpointer unused)
{
	g_autoptr(GPtrArray) events =
		g_ptr_array_new_with_free_func((GDestroyNotify)test_event_free);
	g_autoptr(GString) many = g_string_new("  s:\n    CommandLine|contains:\n");
	gsize most = 0, last = 0;
	guint n = 0;

	for (guint i = 0; i < LIMIT_RULE_VALUES / 2; i++)
		g_string_append_printf(many, "      - 'part-%u-of-many'\n", i);
	g_string_append(many, "  condition: s\n");
	load(f, PROCESS_CREATION, many->str);
	(void)sigma_engine.compile(f->engine, 0);
	while (sigma_engine_bound_bytes(f->engine) >= last) { /* until it forgets */
		TestEvent *event = sysmon_event("1");

		last = sigma_engine_bound_bytes(f->engine);
		most = MAX(most, last);
		g_ptr_array_add(events, event);
		test_event_text(event, "CommandLine", n++ % 2 ? "part-7-of-many" : "a part");
		expect(f, event, n % 2 ? "" : "0");
		g_assert_cmpuint(n, <, 10000);
	}
	g_assert_cmpuint(most, <, LIMIT_SIGMA_BINDING_BYTES * 1.1);
	g_assert_cmpuint(n, >, 4);
	/* Those that were forgotten are bound anew, and shapes may go before the engine. */
	expect(f, g_ptr_array_index(events, 0), "");
	expect(f, g_ptr_array_index(events, 1), "0");
	g_ptr_array_set_size(events, 0);
	g_assert_cmpuint(sigma_engine_bound_bytes(f->engine), ==, 0);
}

/* What a log source asks for is in the event itself: a fact is only made where that is there. */
static void test_condition_triggers(Fixture *f, gconstpointer unused)
{
	static const char table[] =
		"categories:\n"
		"  - category: dns\n"
		"    where: {LogFormat: test, message: '*: query: *'}\n"
		"    fields:\n"
		"      query: {analyser: between, from: message, parameter: ': query: | IN '}\n";
	g_autoptr(TestEvent) event = test_event_new();

	g_assert_true(
		sigma_engine.table(f->engine, "logsources/dns.yml", slice_from_text(table), NULL));
	load(f, "logsource: {category: dns}\n", "  s: {query|contains: evil}\n  condition: s\n");
	(void)sigma_engine.compile(f->engine, 0);
	test_event_constant(event, "LogFormat", "test");
	test_event_text(event, "message", "evil, but no question IN DNS");
	expect(f, event, "");
	g_assert_cmpuint(sigma_engine_counts(f->engine)->candidates, ==, 0);
	test_event_set_text(event, "message", "client 10.0.0.1: query: good.org IN A");
	expect(f, event, "");
	g_assert_cmpuint(sigma_engine_counts(f->engine)->candidates, ==, 1);
	test_event_set_text(event, "message", "client 10.0.0.1: query: x.EVIL.org IN A");
	expect(f, event, "0");
}

#define ADD(name, function)                                                                        \
	g_test_add("/sigma/engine/" name, Fixture, NULL, set_up, function, tear_down)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	text_warm_up();
	hash_warm_up();
	ADD("order", test_order);
	ADD("log-sources", test_log_sources);
	ADD("open-condition", test_open_condition);
	ADD("more-tables", test_more_tables);
	ADD("two-alternatives", test_two_alternatives);
	ADD("matches", test_matches);
	ADD("match-limits", test_match_limits);
	ADD("applicable", test_applicable);
	ADD("rejected", test_rejected);
	ADD("tables", test_tables);
	ADD("nothing", test_nothing);
	ADD("large-events", test_large_events);
	ADD("many-shapes", test_many_shapes);
	ADD("condition-triggers", test_condition_triggers);
	return g_test_run();
}
