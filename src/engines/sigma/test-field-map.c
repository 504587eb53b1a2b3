/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"
#include "base/text.h"
#include "engines/sigma/engine.h"
#include "engines/sigma/test-event.h"

/*
 * One log source whose fields come from everywhere; rules ask for one field each, and the finding
 * says what it was found to hold.
 */
static const char table_text[] =
	"services:\n"
	"  - service: security\n"
	"    product: windows\n"
	"    where: {Channel: Security}\n"
	"    fields:\n"
	"      Image: [Absent, NewProcessName, Other]\n"
	"      Lacking: [Lack, Void, {analyser: decimal, from: Lack}, Other, Exact]\n"
	"      OnlyNull: [Lack, Void]\n"
	"      Nothing: [Lack, {analyser: decimal, from: Lack}]\n"
	"      Swapped: Exact\n"
	"      Gone: NowhereAtAll\n"
	"      Whose: Account\n"
	"      Decimal: {analyser: decimal, from: ProcessId}\n"
	"      Again: {analyser: decimal, from: processid}\n"
	"      NoInput: {analyser: decimal, from: NowhereAtAll}\n"
	"      FromConstant: {analyser: decimal, from: Constant}\n"
	"      NoFact: {analyser: hash-part, from: Exact, parameter: MD5}\n"
	"      Said: {analyser: phrase, from: NewProcessName, parameter: '<%1>'}\n"
	"    keywords: Said\n";

static void note_rule(void *context, const RuleInfo *rule)
{
	g_assert_cmpint(rule->status, ==, RULE_LOADED);
}

static void note_finding(void *context, guint index, RuleLevel level, const Event *event,
	const Match *matches, guint n_matches)
{
	g_assert_cmpuint(n_matches, ==, 1);
	g_string_printf(
		context, "%s=%s", matches[0].source ? matches[0].source : "", matches[0].value);
}

/* What a rule finds whose selection is @selection: "source=value", or "" where that is nothing. */
static char *find(const char *selection)
{
	g_autoptr(TestEvent) event = test_event_new();
	g_autofree char *rule = g_strdup_printf("title: t\n"
						"logsource: {product: windows, service: security}\n"
						"detection:\n"
						"  s: %s\n"
						"  condition: s\n",
		selection);
	GString *found = g_string_new(NULL);
	EngineReport report = { .rule = note_rule, .finding = note_finding, .context = found };
	EngineState *engine = sigma_engine.new(0, &report);
	g_autoptr(GError) error = NULL;

	(void)sigma_engine.table(engine, "logsources.yml", slice_from_text(table_text), &error);
	g_assert_no_error(error);
	g_assert_cmpuint(sigma_engine.load(engine, "r.yml", slice_from_text(rule), 0), ==, 1);
	(void)sigma_engine.compile(engine, 0);
	test_event_constant(event, "Channel", "Security");
	test_event_constant(event, "Constant", "0x10");
	test_event_text(event, "NewProcessName", "new");
	test_event_text(event, "Other", "other");
	test_event_absent(event, "Lack");
	test_event_null(event, "Void");
	test_event_text(event, "Exact", "exact");
	test_event_text(event, "Swapped", "not this");
	test_event_text(event, "Gone", "still here");
	test_event_text(event, "ProcessId", "0x2a");
	test_event_text(event, "Threat Name", "eicar");
	test_event_text(event, "THREAT NAME", "second");
	test_event_text(event, "exact", "lower");
	test_event_absent(event, "Account");
	test_event_text(event, "account", "who");
	sigma_engine.judge(engine, test_event_get(event));
	sigma_engine.free(engine);
	return g_string_free(found, FALSE);
}

/* The same of one that asks whether @field exists. */
static void expect(const char *field, const char *expected)
{
	g_autofree char *selection = g_strdup_printf("{'%s|exists': true}", field);
	g_autofree char *found = find(selection);

	g_assert_cmpstr(found, ==, expected);
}

static void expect_keyword(const char *keyword, const char *expected)
{
	g_autofree char *selection = g_strdup_printf("['%s']", keyword);
	g_autofree char *found = find(selection);

	g_assert_cmpstr(found, ==, expected);
}

static void test_mapped(void)
{
	expect("Image", "NewProcessName=new"); /* the first of the list that there is */
	expect("Swapped", "Exact=exact");      /* the map comes before the name */
	expect("image", "NewProcessName=new"); /* also by a name that differs in case */
	expect("GONE", "Gone=still here");
	expect("DECIMAL", "ProcessId=42");
	expect("swapped", "Exact=exact");
	expect("Gone", "=still here"); /* but the name where the map leads nowhere */
}

/* Of several that the shape can serve, each event has the first that it has. */
static void test_choices(void)
{
	expect("Lacking", "Other=other");
	expect("LACKING", "Other=other");
	expect("OnlyNull", "Void=");
	expect("Nothing", "");
}

static void test_names(void)
{
	expect("Exact", "=exact");
	expect("exact", "=lower");
	expect("EXACT", "Exact=exact"); /* the first that fits but for case */
	expect("ThreatName", "Threat Name=eicar");
	expect("threatname", "Threat Name=eicar");
	expect("Threat", "");
}

/* Keys may differ in case from event to event: those that this one lacks do not hide the others. */
static void test_twins(void)
{
	expect("Account", "account=who");
	expect("account", "=who");
	expect("ACCOUNT", "account=who");
	expect("Whose", "account=who");
}

static void test_facts(void)
{
	expect("Decimal", "ProcessId=42");
	expect("Again", "processid=42"); /* as the table writes it */
	expect("FromConstant", "Constant=16");
	expect("NoInput", "");
	expect("NoFact", "");
}

/* A log source may name a fact in which keywords are sought, too. */
static void test_keywords(void)
{
	expect_keyword("<new", "NewProcessName=<new>");
	expect_keyword("<n*>", "NewProcessName=<new>");
	expect_keyword("still", "Gone=still here");
	expect_keyword("secur", "Channel=Security"); /* a constant */
	expect_keyword("<old>", "");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	text_warm_up();
	hash_warm_up();
	g_test_add_func("/sigma/field-map/mapped", test_mapped);
	g_test_add_func("/sigma/field-map/choices", test_choices);
	g_test_add_func("/sigma/field-map/names", test_names);
	g_test_add_func("/sigma/field-map/twins", test_twins);
	g_test_add_func("/sigma/field-map/facts", test_facts);
	g_test_add_func("/sigma/field-map/keywords", test_keywords);
	return g_test_run();
}
