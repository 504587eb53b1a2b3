/* SPDX-License-Identifier: Apache-2.0 */
/* Patterns on events, with a table of the test's own and with the one that spoor ships. */
#include "base/limits.h"
#include "base/text.h"
#include "engines/indicators/pattern-judge.h"
#include "engines/sigma/test-event.h"

typedef struct Told {
	GString *text; /* what was reported, a line each */
	PatternJudge *judge;
	EngineReport report;
	guint n_rules;
	guint n_judged;
} Told;

static void tell_rule(void *context, const RuleInfo *rule)
{
	Told *told = context;

	g_string_append_printf(told->text, "rule %u %s %s%s\n", rule->index,
		rule_kind_name(rule->kind), rule->title, rule->is_silent ? " (silent)" : "");
}

static void tell_correlation(void *context, const Correlation *correlation)
{
	Told *told = context;

	g_string_append_printf(
		told->text, "correlation %u of %u\n", correlation->rule, correlation->n_parts);
}

static void append_matches(Told *told, const Match *matches, guint n)
{
	for (guint i = 0; i < n; i++)
		g_string_append_printf(told->text, " %s(%s) %s: %s;", matches[i].field,
			matches[i].source, matches[i].test, matches[i].value);
	g_string_append_c(told->text, '\n');
}

static void tell_finding(void *context, guint index, RuleLevel level, const Event *event,
	const Match *matches, guint n_matches)
{
	Told *told = context;

	g_string_append_printf(told->text, "finding %u %s", index, rule_level_name(level));
	append_matches(told, matches, n_matches);
}

static void tell_hit(void *context, guint correlation, guint part, const Event *event, Slice key,
	const Match *matches, guint n_matches)
{
	Told *told = context;

	g_string_append_printf(told->text, "hit %u [%u]", correlation, part + 1);
	append_matches(told, matches, n_matches);
}

/* Medium, but high for what happened in 2021 or later. */
static RuleLevel level_of(void *context, const Indicator *indicator, Instant event)
{
	Instant begin = instant_from_parts(2021, 1, 1, 0, 0, 0, 0);

	return event != INSTANT_NONE && event >= begin ? LEVEL_HIGH : LEVEL_MEDIUM;
}

static Told *told_new(Slice table)
{
	Told *told = g_new0(Told, 1);
	g_autoptr(GError) error = NULL;

	told->text = g_string_new(NULL);
	told->report = (EngineReport){ .rule = tell_rule,
		.correlation = tell_correlation,
		.finding = tell_finding,
		.hit = tell_hit,
		.context = told };
	told->judge = pattern_judge_new(&told->report, level_of, NULL);
	if (!pattern_judge_table(told->judge, table, &error))
		g_error("%s", error->message);
	return told;
}

static void told_free(Told *told)
{
	pattern_judge_free(told->judge);
	g_string_free(told->text, TRUE);
	g_free(told);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Told, told_free)

static void add(Told *told, const char *pattern)
{
	const Indicator indicator = { .kind = INDICATOR_STIX_PATTERN,
		.value = pattern,
		.id = "indicator--1",
		.source = "S",
		.title = "T",
		.description = "",
		.reference = "",
		.tags = "",
		.confidence = 80,
		.valid_from = INSTANT_NONE,
		.valid_until = INSTANT_NONE };
	char *problem = NULL;
	guint n = pattern_judge_add(told->judge, &indicator, "x.json", told->n_rules, &problem);

	if (problem)
		g_string_append_printf(told->text, "problem %s\n", problem);
	g_free(problem);
	told->n_rules += n;
}

static void judge(Told *told, TestEvent *event, Instant time)
{
	Event at = *test_event_get(event);
	PatternBinding *binding = pattern_judge_bind(told->judge, at.shape);

	at.time = time;
	pattern_judge_judge(told->judge, binding, &at);
	pattern_binding_free(binding);
}

static void expect(Told *told, const char *text)
{
	g_assert_cmpstr(told->text->str, ==, text);
	g_string_truncate(told->text, 0);
}

static const char TABLE[] =
	"objects:\n"
	"    - {type: ipv4-addr, each: {value: [SourceIp, DestinationIp]}}\n"
	"    - type: network-traffic\n"
	"      properties: {dst_port: DestinationPort, dst_ref.value: DestinationIp}\n"
	"    - type: file\n"
	"      where: {EventID: [1, 11]}\n"
	"      ignore-case: true\n"
	"      properties:\n"
	"          name: {analyser: path-part, from: [Image], parameter: name}\n"
	"          hashes.SHA-256: {analyser: hash-part, from: [Hashes], parameter: SHA256}\n"
	"    - {type: process, properties: {command_line: CommandLine}}\n";

static TestEvent *process_event(const char *image, const char *command_line)
{
	TestEvent *event = test_event_new();

	test_event_constant(event, "EventID", "1");
	test_event_text(event, "Image", image);
	test_event_text(event, "CommandLine", command_line);
	test_event_text(event, "Hashes", "MD5=AA,SHA256=BBCC");
	return event;
}

static void test_alone(void)
{
	g_autoptr(Told) told = told_new(slice_from_text(TABLE));
	g_autoptr(TestEvent) event = process_event("C:\\a\\MT.exe", "mt.exe -p 445 10.0.0.1");

	add(told, "[file:name = 'mt.exe' AND process:command_line LIKE '%-p 445%']");
	add(told, "[file:hashes.'sha-256' = 'bbcc'] OR [file:name = 'other.exe']");
	add(told, "[file:name LIKE 'm_.exe' AND NOT EXISTS file:hashes.MD5]");
	add(told, "[process:command_line MATCHES '(?i)MT\\\\.EXE']");
	add(told, "[file:name = 'other.exe' OR ipv4-addr:value = '10.0.0.1']");
	add(told, "[mutex:name = 'x']");
	add(told, "[file:name MATCHES '(?=x)']");
	expect(told,
		"rule 0 detection T\nrule 1 detection T\nrule 2 detection T\n"
		"rule 3 detection T\nrule 4 detection T\nrule 5 detection T\n"
		"problem RE2 does not take the regular expression: invalid perl operator: (?=\n");
	pattern_judge_compile(told->judge);
	judge(told, event, instant_from_parts(2021, 3, 2, 0, 0, 0, 0));
	expect(told,
		"finding 0 high file:name(Image) = mt.exe: MT.exe; process:command_line"
		"(CommandLine) like %-p 445%: mt.exe -p 445 10.0.0.1;\n"
		"finding 1 high file:hashes.'sha-256'(Hashes) = bbcc: BBCC;\n"
		"finding 2 high file:name(Image) like m_.exe: MT.exe; file:hashes.MD5() not "
		"exists: ;\n"
		"finding 3 high process:command_line(CommandLine) matches (?i)MT\\.EXE: mt.exe -p "
		"445 10.0.0.1;\n");
	judge(told, event, INSTANT_NONE);
	g_assert_true(g_str_has_prefix(told->text->str, "finding 0 medium"));
}

static guint8 applicable_of(Told *told)
{
	guint8 bits = 0;

	pattern_judge_take_applicable(told->judge, &bits, 1);
	return bits;
}

static void test_applicable(void)
{
	g_autoptr(Told) told = told_new(slice_from_text(TABLE));
	g_autoptr(TestEvent) event = process_event("a.exe", "");
	g_autoptr(TestEvent) other = test_event_new();

	add(told, "[file:name = 'x' AND ipv4-addr:value = 'y']");
	add(told, "[file:name = 'x' OR ipv4-addr:value = 'y']");
	add(told, "[file:size = 5]");
	pattern_judge_compile(told->judge);
	g_assert_cmpuint(applicable_of(told), ==, 0);
	judge(told, event, INSTANT_NONE);
	g_assert_cmpuint(applicable_of(told), ==, 2);
	g_assert_cmpuint(applicable_of(told), ==, 0);
	judge(told, event, INSTANT_NONE);
	g_assert_cmpuint(applicable_of(told), ==, 2);
	test_event_text(other, "UtcTime", "x");
	judge(told, other, INSTANT_NONE);
	g_assert_cmpuint(applicable_of(told), ==, 0);
}

static void test_numbers(void)
{
	g_autoptr(Told) told = told_new(slice_from_text(TABLE));
	g_autoptr(TestEvent) event = test_event_new();

	test_event_text(event, "SourceIp", "10.0.0.1");
	test_event_text(event, "DestinationIp", "198.51.100.7");
	test_event_text(event, "DestinationPort", "0x1bb");
	add(told,
		"[network-traffic:dst_port IN (443, 8443) AND "
		"network-traffic:dst_ref.value ISSUBSET '198.51.100.0/24']");
	add(told, "[network-traffic:dst_port < 443]");
	add(told, "[ipv4-addr:value = '10.0.0.1' AND ipv4-addr:value = '198.51.100.7']");
	add(told, "[ipv4-addr:value = '10.0.0.1' AND network-traffic:dst_port >= 443.0]");
	pattern_judge_compile(told->judge);
	g_string_truncate(told->text, 0);
	judge(told, event, INSTANT_NONE);
	expect(told,
		"finding 0 medium network-traffic:dst_port(DestinationPort) in 443, 8443: "
		"0x1bb; network-traffic:dst_ref.value(DestinationIp) issubset "
		"198.51.100.0/24: 198.51.100.7;\n"
		"finding 3 medium ipv4-addr:value(SourceIp) = 10.0.0.1: 10.0.0.1; "
		"network-traffic:dst_port(DestinationPort) >= 443.0: 0x1bb;\n");
}

static void test_several(void)
{
	g_autoptr(Told) told = told_new(slice_from_text(TABLE));
	g_autoptr(TestEvent) event = process_event("b.exe", "x y");

	add(told, "[file:name = 'a.exe'] FOLLOWEDBY [file:name = 'b.exe'] WITHIN 5 SECONDS");
	add(told,
		"[file:name = 'b.exe'] START t'2021-01-01T00:00:00Z' "
		"STOP t'2021-02-01T00:00:00Z'");
	expect(told,
		"rule 0 correlation T\nrule 1 detection T, observation 1 (silent)\n"
		"rule 2 detection T, observation 2 (silent)\nrule 3 detection T\n");
	pattern_judge_compile(told->judge);
	expect(told, "correlation 0 of 2\n");
	judge(told, event, instant_from_parts(2021, 2, 1, 0, 0, 0, 0));
	expect(told, "hit 0 [2] file:name(Image) = b.exe: b.exe;\n");
	judge(told, event, instant_from_parts(2021, 1, 1, 0, 0, 0, 0));
	expect(told,
		"hit 0 [2] file:name(Image) = b.exe: b.exe;\n"
		"finding 3 high file:name(Image) = b.exe: b.exe;\n");
	judge(told, event, INSTANT_NONE);
	expect(told, "hit 0 [2] file:name(Image) = b.exe: b.exe;\n");
}

/* Thousands of patterns: only those of which a value is there are evaluated. */
static void test_many(void)
{
	g_autoptr(Told) told = told_new(slice_from_text(TABLE));
	g_autoptr(TestEvent) event = process_event("n4999.exe", "x");

	for (guint i = 0; i < 5000; i++) {
		g_autofree char *pattern = g_strdup_printf(
			"[file:name = 'N%u.exe' AND process:command_line = 'x']", i);

		add(told, pattern);
	}
	pattern_judge_compile(told->judge);
	g_string_truncate(told->text, 0);
	judge(told, event, INSTANT_NONE);
	expect(told,
		"finding 4999 medium file:name(Image) = N4999.exe: n4999.exe; "
		"process:command_line(CommandLine) = x: x;\n");
}

/* Of each LIKE and MATCHES a piece is looked for; none may be lost by it. */
static void test_pieces(void)
{
	static const char *const is[] = { "command_line LIKE '%Quarterly%'",
		"command_line LIKE 'the_quarterly report'", "command_line LIKE '%r%'",
		"command_line MATCHES 'terly'", "command_line MATCHES '(?i)QUART(er|ly)'",
		"command_line MATCHES '(alpha|quarterly) rep'", "command_line MATCHES '^...'",
		"command_line MATCHES 'quarterl?y.*t$'" };
	static const char *const is_not[] = { "command_line LIKE '%quarterly'",
		"command_line LIKE '%nothing%'", "command_line MATCHES 'alpha|beta'",
		"command_line MATCHES 'Quarterly'" };
	g_autoptr(Told) told = told_new(slice_from_text(
		"objects: [{type: process, ignore-case: true, properties: {command_line: "
		"CommandLine}}]"));
	g_autoptr(TestEvent) event = process_event("x", "the quarterly report");

	for (guint i = 0; i < G_N_ELEMENTS(is) + G_N_ELEMENTS(is_not); i++) {
		g_autofree char *pattern = g_strdup_printf("[process:%s]",
			i < G_N_ELEMENTS(is) ? is[i] : is_not[i - G_N_ELEMENTS(is)]);

		add(told, pattern);
	}
	pattern_judge_compile(told->judge);
	g_string_truncate(told->text, 0);
	judge(told, event, INSTANT_NONE);
	for (guint i = 0; i < G_N_ELEMENTS(is) + G_N_ELEMENTS(is_not); i++) {
		g_autofree char *line = g_strdup_printf("finding %u ", i);

		if ((strstr(told->text->str, line) != NULL) != (i < G_N_ELEMENTS(is)))
			g_error("%s: %s", line, told->text->str);
	}
}

static void test_broken_tables(void)
{
	static const char *const tables[] = { "", "objects: 5", "objects: [5]", "a: [",
		"objects: [{type: a}]", "objects: [{type: a, properties: {b: {analyser: c}}}]",
		"objects: [{type: a, properties: {b: {analyser: magic, from: c}}}]",
		"objects: [{type: a, properties: {b: {analyser: url, from: c}}}]" };

	for (guint i = 0; i < G_N_ELEMENTS(tables); i++) {
		g_autoptr(PatternJudge) judge = pattern_judge_new(NULL, level_of, NULL);
		g_autoptr(GError) error = NULL;

		g_assert_false(pattern_judge_table(judge, slice_from_text(tables[i]), &error));
		g_assert_nonnull(error);
	}
}

static void test_shipped_table(void)
{
	const char *source = g_getenv("SPOOR_TEST_SOURCE");
	g_autofree char *path =
		g_build_filename(source, "content/tables", PATTERN_JUDGE_TABLE, NULL);
	g_autofree char *text = NULL;
	g_autoptr(TestEvent) web = test_event_new();
	gsize size;

	g_assert_true(g_file_get_contents(path, &text, &size, NULL));
	g_autoptr(Told) told = told_new(slice_make(text, size));

	add(told,
		"[network-traffic:extensions.'http-request-ext'.request_header.'User-Agent' = "
		"'Mozilla 5' AND network-traffic:extensions.'http-request-ext'.request_method = "
		"'POST' AND url:value = 'http://mail.example/owa/x.js?a=1']");
	pattern_judge_compile(told->judge);
	g_string_truncate(told->text, 0);
	test_event_constant(web, "LogFormat", "w3c");
	test_event_text(web, "cs-host", "mail.example");
	test_event_text(web, "cs-method", "POST");
	test_event_text(web, "cs-uri-stem", "/owa/x.js");
	test_event_text(web, "cs-uri-query", "a=1");
	test_event_text(web, "cs(User-Agent)", "Mozilla+5");
	judge(told, web, INSTANT_NONE);
	g_assert_true(g_str_has_prefix(told->text->str, "finding 0 medium"));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	text_warm_up();
	g_test_add_func("/indicators/pattern/alone", test_alone);
	g_test_add_func("/indicators/pattern/applicable", test_applicable);
	g_test_add_func("/indicators/pattern/numbers", test_numbers);
	g_test_add_func("/indicators/pattern/several", test_several);
	g_test_add_func("/indicators/pattern/many", test_many);
	g_test_add_func("/indicators/pattern/pieces", test_pieces);
	g_test_add_func("/indicators/pattern/broken-tables", test_broken_tables);
	g_test_add_func("/indicators/pattern/shipped-table", test_shipped_table);
	return g_test_run();
}
