/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Correlations and filters in the engine: what they refer to, which rules are told of and when, the
 * hits of events, and what filters take away.
 */
#include "base/hash.h"
#include "base/limits.h"
#include "base/text.h"
#include "engines/sigma/engine.h"
#include "engines/sigma/test-event.h"
#include "engines/sigma/test-sources.h"
#include "model/correlation-set.h"

#define RULE(name, detection)                                                                      \
	"title: " name "\nname: " name "\nlogsource: {product: windows}\ndetection: " detection    \
	"\n---\n"
#define IMAGE_RULE(name, image) RULE(name, "{s: {Image|endswith: '" image "'}, condition: s}")
#define OVER(name, rest)	"title: " name "\nname: " name "\ncorrelation: {" rest "}\n---\n"
#define TEMPORAL(name, parts, rest)                                                                \
	OVER(name, "type: temporal, timespan: 1m, rules: [" parts "]" rest)
#define FILTER(name, source, rest)                                                                 \
	"title: " name "\nlogsource: {" source "}\nfilter: {" rest "}\n---\n"

/* An engine and what it reports, each as lines of text but for what tests look at more closely. */
typedef struct Fixture {
	EngineState *engine;
	EngineReport report;
	guint n_rules;
	GHashTable *seen;	  /* rule numbers told of */
	GString *rejected;	  /* "path:line: reason" */
	GString *notes;		  /* of those that were loaded */
	GString *findings, *hits; /* "0 2"; "correlation.part(key)" */
	GString *observations;	  /* "rule kind subject=value" */
	GString *matches;
	GPtrArray *correlations;
	guint64 n_left_out;
} Fixture;

static void note_rule(void *context, const RuleInfo *rule)
{
	Fixture *f = context;

	g_assert_true(g_hash_table_add(f->seen, GUINT_TO_POINTER(rule->index)));
	if (rule->status == RULE_REJECTED)
		g_string_append_printf(
			f->rejected, "%s:%u: %s\n", rule->path, rule->line, rule->reason);
	else if (rule->reason[0])
		g_string_append_printf(f->notes, "%s\n", rule->reason);
}

static void note_correlation(void *context, const Correlation *correlation)
{
	Fixture *f = context;
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	g_autoptr(GError) error = NULL;

	correlation_encode(correlation, bytes);
	g_ptr_array_add(
		f->correlations, correlation_decode(slice_make(bytes->data, bytes->len), &error));
	g_assert_no_error(error);
}

static void note_finding(void *context, guint index, RuleLevel level, const Event *event,
	const Match *matches, guint n_matches)
{
	Fixture *f = context;

	g_string_append_printf(f->findings, "%s%u", f->findings->len ? " " : "", index);
	for (guint i = 0; i < n_matches; i++)
		g_string_append_printf(f->matches, "%s|%s|%s\n", matches[i].selection,
			matches[i].field, matches[i].value);
}

static void note_hit(void *context, guint correlation, guint part, const Event *event, Slice key,
	const Match *matches, guint n_matches)
{
	Fixture *f = context;
	Slice values[LIMIT_CORRELATION_VALUES];
	guint n = correlation_n_values(correlation_set_find(f->correlations, correlation));

	g_assert_true(hit_key_read(key, n, values));
	g_assert_cmpuint(n_matches, >, 0);
	g_string_append_printf(f->hits, "%s%u.%u(", f->hits->len ? " " : "", correlation, part);
	for (guint i = 0; i < n; i++)
		g_string_append_printf(f->hits, "%s%.*s", i ? "," : "",
			values[i].data ? (int)values[i].size : 1,
			values[i].data ? (const char *)values[i].data : "?");
	g_string_append_c(f->hits, ')');
}

static void note_observation(void *context, guint index, const char *kind, const Event *event,
	const Slice *subject, Slice value)
{
	Fixture *f = context;

	g_string_append_printf(f->observations, "%u %s %.*s=%.*s\n", index, kind,
		subject ? (int)subject->size : 1, subject ? (const char *)subject->data : "?",
		(int)value.size, (const char *)value.data);
}

static void note_left_out(void *context, guint correlation, const Event *event, guint64 n)
{
	((Fixture *)context)->n_left_out += n;
}

static void set_up(Fixture *f, gconstpointer unused)
{
	*f = (Fixture){ .seen = g_hash_table_new(NULL, NULL),
		.rejected = g_string_new(NULL),
		.notes = g_string_new(NULL),
		.findings = g_string_new(NULL),
		.hits = g_string_new(NULL),
		.observations = g_string_new(NULL),
		.matches = g_string_new(NULL),
		.correlations = g_ptr_array_new_with_free_func((GDestroyNotify)correlation_free) };
	f->report = (EngineReport){ .rule = note_rule,
		.correlation = note_correlation,
		.finding = note_finding,
		.hit = note_hit,
		.hits_left_out = note_left_out,
		.observation = note_observation,
		.context = f };
	f->engine = sigma_engine.new(1, &f->report);
	g_assert_true(sigma_engine.table(
		f->engine, "logsources.yml", slice_from_text(test_sources_text()), NULL));
}

static void tear_down(Fixture *f, gconstpointer unused)
{
	sigma_engine.free(f->engine);
	g_hash_table_unref(f->seen);
	g_string_free(f->rejected, TRUE);
	g_string_free(f->notes, TRUE);
	g_string_free(f->findings, TRUE);
	g_string_free(f->hits, TRUE);
	g_string_free(f->observations, TRUE);
	g_string_free(f->matches, TRUE);
	g_ptr_array_unref(f->correlations);
}

static void load(Fixture *f, const char *path, const char *text)
{
	f->n_rules += sigma_engine.load(f->engine, path, slice_from_text(text), f->n_rules);
}

static void compile(Fixture *f)
{
	(void)sigma_engine.compile(f->engine, 0);
	g_assert_cmpuint(g_hash_table_size(f->seen), ==, f->n_rules);
}

/* Loads one file and compiles; @rejected is what is told of rules that can not be used. */
static void expect_rejected(Fixture *f, const char *text, const char *rejected)
{
	load(f, "r.yml", text);
	compile(f);
	g_assert_cmpstr(f->rejected->str, ==, rejected);
}

static void expect(Fixture *f, TestEvent *event, const char *findings, const char *hits)
{
	g_string_truncate(f->findings, 0);
	g_string_truncate(f->hits, 0);
	g_string_truncate(f->matches, 0);
	g_string_truncate(f->observations, 0);
	sigma_engine.judge(f->engine, test_event_get(event));
	g_assert_cmpstr(f->findings->str, ==, findings);
	g_assert_cmpstr(f->hits->str, ==, hits);
}

static TestEvent *process(const char *image)
{
	TestEvent *event = test_event_new();

	test_event_constant(event, "Channel", TEST_CHANNEL);
	test_event_constant(event, "EventID", "1");
	test_event_text(event, "Image", image);
	return event;
}

/* ---- references ---- */

/* By name, or by id in either case; in files before, behind and of their own. */
static void test_references(Fixture *f, gconstpointer unused)
{
	const Correlation *c;

	load(f, "a.yml", TEMPORAL("outer", "inner, A6F2C5D4-0000-4000-8000-000000000001", ""));
	load(f, "b.yml", TEMPORAL("inner", "one, two", "") IMAGE_RULE("one", "1"));
	load(f, "c.yml",
		"id: a6f2c5d4-0000-4000-8000-000000000001\n" IMAGE_RULE("three", "3")
			IMAGE_RULE("two", "2"));
	compile(f);
	g_assert_cmpstr(f->rejected->str, ==, "");
	g_assert_cmpuint(f->correlations->len, ==, 2);
	c = f->correlations->pdata[0];
	g_assert_cmpuint(c->rule, ==, 0);
	g_assert_cmpuint(c->parts[0].rule, ==, 1);
	g_assert_cmpuint(c->parts[1].rule, ==, 3);
	c = f->correlations->pdata[1];
	g_assert_cmpuint(c->parts[0].rule, ==, 2);
	g_assert_cmpuint(c->parts[1].rule, ==, 4);
}

/* What refers to nothing goes, and all that stands on it; other rules stay, and speak. */
static void test_missing(Fixture *f, gconstpointer unused)
{
	g_autoptr(TestEvent) event = process("x\\1");

	expect_rejected(f,
		TEMPORAL("outer", "one, inner", "") TEMPORAL("inner", "one, nobody", "")
			IMAGE_RULE("one", "1"),
		"r.yml:3: the rule \"inner\" was rejected: r.yml line 7\n"
		"r.yml:7: there is no rule with the id or name \"nobody\" among those loaded\n");
	g_assert_cmpuint(f->correlations->len, ==, 0);
	expect(f, event, "2", "");
}

static void test_rejected(Fixture *f, gconstpointer unused)
{
	expect_rejected(f,
		RULE("one", "{s: {A|nonsense: 1}, condition: s}") TEMPORAL("both", "one", ""),
		"r.yml:4: unknown modifier \"nonsense\"\n"
		"r.yml:8: the rule \"one\" was rejected: r.yml line 4\n");
}

/* One name for two rules is no name; the same document twice is one rule. */
static void test_ambiguous(Fixture *f, gconstpointer unused)
{
	load(f, "a.yml", IMAGE_RULE("one", "1"));
	load(f, "b.yml", IMAGE_RULE("one", "1"));
	load(f, "c.yml", TEMPORAL("good", "one", "") IMAGE_RULE("two", "1") IMAGE_RULE("two", "2"));
	load(f, "d.yml", TEMPORAL("bad", "two", ""));
	compile(f);
	g_assert_cmpstr(f->rejected->str, ==,
		"d.yml:3: \"two\" is more than one rule: c.yml line 5 and c.yml line 10\n");
	g_assert_cmpuint(f->correlations->len, ==, 1);
}

static void test_circles(Fixture *f, gconstpointer unused)
{
	expect_rejected(f,
		TEMPORAL("a", "b, one", "") TEMPORAL("b", "c", "") TEMPORAL("c", "a", "") TEMPORAL(
			"self", "self", "") TEMPORAL("over", "a", "") IMAGE_RULE("one", "1"),
		"r.yml:3: correlations refer to each other in a circle: a \xE2\x86\x92 b "
		"\xE2\x86\x92 c "
		"\xE2\x86\x92 a\n"
		"r.yml:7: correlations refer to each other in a circle: b \xE2\x86\x92 c "
		"\xE2\x86\x92 a "
		"\xE2\x86\x92 b\n"
		"r.yml:11: correlations refer to each other in a circle: c \xE2\x86\x92 a "
		"\xE2\x86\x92 b "
		"\xE2\x86\x92 c\n"
		"r.yml:15: correlations refer to each other in a circle: self \xE2\x86\x92 self\n"
		"r.yml:19: the correlation stands on a circle of correlations, or on more than 32 "
		"above each other\n");
}

static void test_height(Fixture *f, gconstpointer unused)
{
	g_autoptr(GString) text = g_string_new(IMAGE_RULE("c0", "1"));

	for (guint i = 1; i <= LIMIT_CORRELATION_DEPTH + 1; i++)
		g_string_append_printf(text,
			"title: c%u\nname: c%u\ncorrelation: {type: temporal, timespan: 1s, rules: "
			"c%u}\n---\n",
			i, i, i - 1);
	load(f, "r.yml", text->str);
	compile(f);
	g_assert_cmpuint(f->correlations->len, ==, LIMIT_CORRELATION_DEPTH);
	g_assert_nonnull(strstr(f->rejected->str, "more than 32"));
}

static void test_twice(Fixture *f, gconstpointer unused)
{
	expect_rejected(f, "id: x\n" IMAGE_RULE("one", "1") TEMPORAL("both", "one, X", ""),
		"r.yml:9: the correlation refers to one rule twice, the second time as \"X\"\n");
}

static void test_bad_aliases(Fixture *f, gconstpointer unused)
{
	expect_rejected(f,
		IMAGE_RULE("one", "1") IMAGE_RULE("two", "2")
			TEMPORAL("a", "one", ", aliases: {u: {two: User}}")
				TEMPORAL("b", "a, two", "") "id: y\n" IMAGE_RULE("three", "3")
					TEMPORAL("c", "three", ", aliases: {u: {three: A, y: B}}"),
		"r.yml:13: the alias \"u\" is for \"two\", which is not a rule of the correlation\n"
		"r.yml:17: the rule \"a\" was rejected: r.yml line 13\n"
		"r.yml:27: the alias \"u\" is two fields of \"y\"\n");
}

/* ---- hits ---- */

static void test_hits(Fixture *f, gconstpointer unused)
{
	g_autoptr(TestEvent) one = process("x\\1"), two = process("x\\2"), other = process("x\\3");

	load(f, "r.yml",
		IMAGE_RULE("one", "1") IMAGE_RULE("two", "2") TEMPORAL("t", "two, one",
			", group-by: [u, Computer], aliases: {u: {one: User, two: Account}}")
			OVER("v",
				"type: value_count, timespan: 1m, rules: one, group-by: u, "
				"condition: "
				"{field: [User, Image], gt: 1}, generate: true"));
	compile(f);
	g_assert_cmpstr(f->rejected->str, ==, "");
	test_event_text(one, "User", "Admin");
	test_event_text(one, "Account", "wrong");
	test_event_text(one, "Computer", "PC");
	/* Rule 0 speaks, since one of its two correlations generates; rule 1 does not. */
	expect(f, one, "0", "2.1(Admin,PC) 3.0(?,Admin,x\\1)");
	test_event_text(two, "User", "wrong");
	test_event_text(two, "Account", "Guest");
	test_event_null(two, "Computer"); /* without value is missing */
	expect(f, two, "", "2.0(Guest,?)");
	expect(f, other, "", "");
}

/* Fields are where the rule's own are: 4688 has Image as NewProcessName. */
static void test_hits_mapped(Fixture *f, gconstpointer unused)
{
	g_autoptr(TestEvent) event = test_event_new();

	load(f, "r.yml",
		"name: one\nlogsource: {product: windows, category: process_creation}\n"
		"detection: {s: {Image|endswith: '1'}, condition: s}\n---\n" TEMPORAL(
			"t", "one", ", group-by: [Image, Channel]"));
	compile(f);
	test_event_constant(event, "Channel", "Security");
	test_event_constant(event, "EventID", "4688");
	test_event_text(event, "NewProcessName", "x\\1");
	expect(f, event, "", "1.0(x\\1,Security)");
}

static void test_hits_of_lists(Fixture *f, gconstpointer unused)
{
	static const char *const ips[] = { "10.0.0.1", "A", "a", "10.0.0.2", NULL };
	static const char *const users[] = { "x", "y", NULL };
	g_autoptr(TestEvent) event = process("x\\1");

	load(f, "r.yml", IMAGE_RULE("one", "1") TEMPORAL("t", "one", ", group-by: [ip, user]"));
	compile(f);
	test_event_list(event, "ip", ips);
	test_event_list(event, "user", users);
	expect(f, event, "",
		"1.0(10.0.0.1,x) 1.0(10.0.0.1,y) 1.0(A,x) 1.0(A,y) 1.0(10.0.0.2,x) "
		"1.0(10.0.0.2,y)");
	g_assert_cmpuint(f->n_left_out, ==, 0);
}

static void test_hits_limit(Fixture *f, gconstpointer unused)
{
	char *items[101] = { NULL };
	g_autoptr(TestEvent) event = process("x\\1");
	guint n = 0;

	for (guint i = 0; i < 100; i++)
		items[i] = g_strdup_printf("%u", i);
	load(f, "r.yml", IMAGE_RULE("one", "1") TEMPORAL("t", "one", ", group-by: [ip, Image]"));
	compile(f);
	test_event_list(event, "ip", (const char *const *)items);
	sigma_engine.judge(f->engine, test_event_get(event));
	for (const char *at = f->hits->str; (at = strchr(at, '(')); at++)
		n++;
	g_assert_cmpuint(n, ==, LIMIT_HITS_PER_EVENT);
	g_assert_cmpuint(f->n_left_out, ==, 100 - LIMIT_HITS_PER_EVENT);
	for (guint i = 0; i < 100; i++)
		g_free(items[i]);
}

/* The specification's example: the outer one groups by what the inner one does not. */
static void test_carried(Fixture *f, gconstpointer unused)
{
	g_autoptr(TestEvent) event = process("x\\1");
	const Correlation *inner;

	load(f, "r.yml",
		IMAGE_RULE("one", "1") IMAGE_RULE("two", "2") OVER("many",
			"type: event_count, timespan: 1m, rules: one, group-by: Computer, "
			"condition: {gte: 3}") TEMPORAL("then", "many, two",
			", group-by: [u], aliases: {u: {many: User, two: Account}}"));
	compile(f);
	g_assert_cmpstr(f->rejected->str, ==, "");
	inner = f->correlations->pdata[0];
	g_assert_cmpstr(inner->carried[0], ==, "User");
	g_assert_null(inner->carried[1]);
	g_assert_cmpstr(
		((Correlation *)f->correlations->pdata[1])->parts[0].group_by[0], ==, "User");
	test_event_text(event, "User", "Admin");
	test_event_text(event, "Computer", "PC");
	expect(f, event, "", "2.0(PC,Admin)");
}

static void test_carried_limit(Fixture *f, gconstpointer unused)
{
	g_autoptr(GString) text = g_string_new(IMAGE_RULE("one", "1") OVER("inner",
		"type: event_count, timespan: 1m, rules: one, group-by: x, "
		"condition: {gte: 3}"));

	g_string_append(text,
		"title: outer\ncorrelation: {type: temporal, timespan: 1m, rules: "
		"inner, group-by: [");
	for (guint i = 0; i < LIMIT_CORRELATION_VALUES; i++)
		g_string_append_printf(text, "%sf%u", i ? ", " : "", i);
	g_string_append(text, "]}\n");
	load(f, "r.yml", text->str);
	compile(f);
	g_assert_cmpuint(f->correlations->len, ==, 0);
	g_assert_nonnull(
		strstr(f->rejected->str, "counting those that correlations over it ask for"));
	g_assert_nonnull(strstr(f->rejected->str, "\"inner\" was rejected"));
}

/* ---- filters ---- */

static void test_filter(Fixture *f, gconstpointer unused)
{
	g_autoptr(TestEvent) bad = process("x\\1"), good = process("x\\1"), two = process("x\\2");

	load(f, "f.yml",
		FILTER("f", "product: windows",
			"rules: [one], s: {User: system}, t: {User: other}, condition: not 1 of "
			"them"));
	load(f, "r.yml", IMAGE_RULE("one", "1") IMAGE_RULE("two", "2"));
	compile(f);
	g_assert_cmpstr(f->rejected->str, ==, "");
	test_event_text(bad, "User", "Admin");
	expect(f, bad, "1", "");
	/* Why: the rule's own reason; what a filter does not find is none. */
	g_assert_cmpstr(f->matches->str, ==, "s|Image|x\\1\n");
	test_event_text(good, "User", "SYSTEM");
	expect(f, good, "", "");
	test_event_text(two, "User", "SYSTEM");
	expect(f, two, "2", "");
}

/* A filter whose condition is not negated asks for something more, and that is a reason. */
static void test_filter_asks(Fixture *f, gconstpointer unused)
{
	g_autoptr(TestEvent) event = process("x\\1"), other = process("x\\1");

	load(f, "r.yml",
		IMAGE_RULE("one", "1") FILTER("f", "product: windows",
			"rules: any, only: {User: a}, condition: only") FILTER("g",
			"product: windows", "rules: any, s: {Computer: c}, condition: not s"));
	compile(f);
	test_event_text(event, "User", "a");
	expect(f, event, "0", "");
	g_assert_cmpstr(f->matches->str, ==, "s|Image|x\\1\nonly|User|a\n");
	expect(f, other, "", "");
	test_event_text(other, "User", "b");
}

/* The filter's log source has to be the rule's, as far as it says one. */
static void test_filter_sources(Fixture *f, gconstpointer unused)
{
	expect_rejected(f,
		IMAGE_RULE("one", "1") FILTER(
			"a", "product: windows", "rules: any, s: {A: 1}, condition: not s")
			FILTER("b", "product: linux", "rules: any, s: {A: 1}, condition: not s")
				FILTER("c", "product: windows, service: sysmon",
					"rules: [one], s: {A: 1}, condition: not s"),
		"r.yml:10: the filter is for no rule: no rule has its log source\n"
		"r.yml:16: the filter is for no rule: \"one\" has another log source\n");
}

static void test_filter_of_nothing(Fixture *f, gconstpointer unused)
{
	expect_rejected(f,
		IMAGE_RULE("one", "1") TEMPORAL("t", "one", "") FILTER(
			"a", "product: windows", "rules: [nobody], s: {A: 1}, condition: not s")
			FILTER("b", "product: windows", "rules: [t], s: {A: 1}, condition: not s")
				FILTER("c", "product: windows",
					"rules: [one, x, t, y, z], s: {A: 1}, condition: not s"),
		"r.yml:12: the filter is for no rule: \"nobody\" is not the id or name of a loaded "
		"rule\n"
		"r.yml:16: the filter is for no rule: \"t\" is a correlation: name the rules it "
		"refers "
		"to\n");
	g_assert_cmpstr(f->notes->str, ==,
		"the filter is for 1 rule, but \"x\" is not the id or name of a loaded rule, \"t\" "
		"is a "
		"correlation: name the rules it refers to, \"y\" is not the id or name of a loaded "
		"rule, "
		"and 1 more\n");
}

/* Filters reach the rules that correlations stand on. */
static void test_filter_and_hits(Fixture *f, gconstpointer unused)
{
	g_autoptr(TestEvent) good = process("x\\1"), bad = process("x\\1");

	load(f, "r.yml",
		IMAGE_RULE("one", "1") TEMPORAL("t", "one", ", group-by: User") FILTER(
			"a", "product: windows", "rules: one, s: {User: a}, condition: not s"));
	compile(f);
	test_event_text(good, "User", "A");
	expect(f, good, "", "");
	test_event_text(bad, "User", "B");
	expect(f, bad, "", "1.0(B)");
}

/* ---- */

#define ADD(name, function)                                                                        \
	g_test_add("/sigma/meta/" name, Fixture, NULL, set_up, function, tear_down)

/* ---- observations ---- */

#define OBSERVATION(name, rest)                                                                    \
	"title: " name "\nname: " name "\nlogsource: {product: windows}\n"                         \
	"detection: {s: {Image|endswith: '1'}, condition: s}\nobservation: " rest "\n---\n"

/* The first field of the subject that says anything; no finding, whatever else it is. */
static void test_observation(Fixture *f, gconstpointer unused)
{
	g_autoptr(TestEvent) event = process("x\\1"), silent = process("x\\1");
	g_autoptr(TestEvent) other = process("x\\2");

	load(f, "r.yml",
		OBSERVATION("a", "{kind: exchange-build, subject: [Server, Host], value: Build}")
			OBSERVATION("b", "{kind: other, value: build}"));
	compile(f);
	test_event_text(event, "Server", "-");
	test_event_text(event, "Host", "EX01");
	test_event_text(event, "Build", "15.1");
	expect(f, event, "", "");
	g_assert_cmpstr(f->observations->str, ==, "0 exchange-build EX01=15.1\n1 other ?=15.1\n");
	test_event_text(silent, "Build", "-");
	expect(f, silent, "", "");
	g_assert_cmpstr(f->observations->str, ==, "");
	test_event_text(other, "Build", "15.1");
	expect(f, other, "", "");
	g_assert_cmpstr(f->observations->str, ==, "");
}

static void test_observation_of_list(Fixture *f, gconstpointer unused)
{
	static const char *const values[] = { "A", "a", "-", "b", NULL };
	g_autoptr(TestEvent) event = process("x\\1");

	load(f, "r.yml", OBSERVATION("a", "{kind: k, value: Build}"));
	compile(f);
	test_event_list(event, "Build", values);
	expect(f, event, "", "");
	g_assert_cmpstr(f->observations->str, ==, "0 k ?=A\n0 k ?=b\n");
}

/* Neither are they events of correlations, nor do filters take them away. */
static void test_observation_apart(Fixture *f, gconstpointer unused)
{
	g_autoptr(TestEvent) event = process("x\\1");

	load(f, "r.yml",
		OBSERVATION("a", "{kind: k, value: Build}") IMAGE_RULE("one", "1")
			TEMPORAL("t", "one, a", ""));
	load(f, "f.yml",
		FILTER("f", "product: windows", "rules: any, s: {Build: '15'}, condition: not s")
			FILTER("g", "product: windows",
				"rules: [a, b], s: {Build: '15'}, condition: not s"));
	compile(f);
	g_assert_cmpstr(f->rejected->str, ==,
		"r.yml:14: \"a\" is an observation, which tells facts and has no events to be "
		"correlated\n"
		"f.yml:7: the filter is for no rule: \"a\" is an observation, which tells facts: "
		"there is nothing to be taken "
		"away, \"b\" is not the id or name of a loaded rule\n");
	test_event_text(event, "Build", "15");
	expect(f, event, "", "");
	g_assert_cmpstr(f->observations->str, ==, "0 k ?=15\n");
}

static void test_observation_rejected(Fixture *f, gconstpointer unused)
{
	static const struct {
		const char *section, *reason;
	} bad[] = {
		{ "[]", "the observation is a list, not a map" },
		{ "{value: a}", "the observation has no kind" },
		{ "{kind: k}", "the observation has no value" },
		{ "{kind: Two Words, value: a}",
			"the observation's kind \"Two Words\" is not made of lower-case letters, "
			"digits and hyphens, such as exchange-build" },
		{ "{kind: [k], value: a}", "the observation's kind is a list, not text" },
		{ "{kind: k, value: ''}", "the observation's value is empty" },
		{ "{kind: k, value: a, subject: {a: b}}",
			"the observation's subject is a map, not text" },
		{ "{kind: k, value: a, subject: [1, 2, 3, 4, 5, 6, 7, 8, 9]}",
			"the observation has more than 8 fields as subject" },
		{ "{kind: k, value: a, host: b}",
			"the observation has \"host\", which is none of kind, subject and value" },
	};
	g_autoptr(GString) expected = g_string_new(NULL);

	for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autofree char *path = g_strdup_printf("%u.yml", i);
		g_autofree char *text = g_strconcat("title: t\nlogsource: {product: windows}\n"
						    "detection: {s: {A: 1}, condition: s}\n"
						    "observation: ",
			bad[i].section, "\n", NULL);

		load(f, path, text);
		g_string_append_printf(expected, "%s:4: %s\n", path, bad[i].reason);
	}
	load(f, "c.yml",
		"title: t\nobservation: {kind: k, value: a}\ncorrelation: {type: temporal}\n");
	g_string_append(expected,
		"c.yml:2: the document has a correlation, and an observation besides: which is "
		"it?\n");
	compile(f);
	g_assert_cmpstr(f->rejected->str, ==, expected->str);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	text_warm_up();
	hash_warm_up();
	ADD("references", test_references);
	ADD("missing", test_missing);
	ADD("rejected", test_rejected);
	ADD("ambiguous", test_ambiguous);
	ADD("circles", test_circles);
	ADD("height", test_height);
	ADD("twice", test_twice);
	ADD("bad-aliases", test_bad_aliases);
	ADD("hits", test_hits);
	ADD("hits-mapped", test_hits_mapped);
	ADD("hits-of-lists", test_hits_of_lists);
	ADD("hits-limit", test_hits_limit);
	ADD("carried", test_carried);
	ADD("carried-limit", test_carried_limit);
	ADD("filter", test_filter);
	ADD("filter-asks", test_filter_asks);
	ADD("filter-sources", test_filter_sources);
	ADD("filter-of-nothing", test_filter_of_nothing);
	ADD("filter-and-hits", test_filter_and_hits);
	ADD("observation", test_observation);
	ADD("observation-of-list", test_observation_of_list);
	ADD("observation-apart", test_observation_apart);
	ADD("observation-rejected", test_observation_rejected);
	return g_test_run();
}
