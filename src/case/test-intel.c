/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a case keeps of intelligence: sources, the indicators that were found, and what of a source
 * could not be assessed.
 */
#include "case/case-fixture.h"

#define SHA_S "2222222222222222222222222222222222222222222222222222222222222222"
#define SHA_T "3333333333333333333333333333333333333333333333333333333333333333"
#define SHA_I "4444444444444444444444444444444444444444444444444444444444444444"

static RuleInfo make_set(const char *sha256, const char *path, const char *logsource)
{
	RuleInfo rule = make_rule(sha256, LEVEL_INFORMATIONAL);

	rule.engine = TEXT("indicators");
	rule.kind = RULE_INDICATORS;
	rule.path = TEXT(path);
	rule.title = TEXT(logsource);
	rule.logsource = TEXT(logsource);
	return rule;
}

static RuleInfo make_indicator(void)
{
	RuleInfo rule = make_set(SHA_I, "a.json", "indicator/md5/-");

	rule.kind = RULE_INDICATOR;
	rule.title = TEXT("a hash");
	rule.source = TEXT("{\"kind\":\"md5\",\"sources\":[{\"file\":\"a.json\"},{\"file\":"
			   "\"b.csv\",\"line\":7}]}");
	return rule;
}

static void add_source(Case *c, const char *path, const IntelNote *notes, guint n)
{
	IntelSource source = {
		.path = path, .format = "stix", .name = "AA21", .sha256 = SHA_A, .accepted = 5
	};
	g_autoptr(GError) error = NULL;

	source.kinds[INDICATOR_MD5] = 3;
	source.kinds[INDICATOR_HOST] = 2;
	source.notes[INTEL_OVER_BROAD] = n;
	g_assert_true(case_add_intel(c, &source, notes, n, &error));
	g_assert_no_error(error);
}

static void find_indicator(Case *c, const char *locator, RuleLevel level)
{
	const RuleInfo rule = make_indicator();
	const CaseFinding finding = { .rule = &rule,
		.level = level,
		.evidence_sha256 = SHA_A,
		.locator = locator,
		.time = INSTANT_NONE,
		.host = "WS01",
		.channel = "",
		.matched_json = "[]",
		.event_json = "{}" };

	g_assert_true(case_add_found_rule(c, &rule, NULL));
	g_assert_true(case_add_finding(c, &finding, NULL));
}

static void test_sources(Folder *f, gconstpointer unused)
{
	const IntelNote notes[] = { { INTEL_OVER_BROAD, 3, "x.example", "It is a zone." } };
	g_autoptr(Case) c = open_for_run(f->file, "rules-1");

	for (guint i = 0; i < 2; i++) { /* those of a later run take their place */
		g_assert_true(case_begin_intel(c, NULL));
		add_source(c, "a.json", notes, G_N_ELEMENTS(notes));
		add_source(c, "a.json", NULL, 0);
	}
	assert_answer(c,
		"SELECT number, path, format, accepted, over_broad, kinds FROM intel_source",
		"1|a.json|stix|5|1|{\"host\":2,\"md5\":3}\n2|a.json|stix|5|0|{\"host\":2,\"md5\":3}"
		"\n");
	assert_answer(c, "SELECT * FROM intel_note", "1|0|over-broad|3|x.example|It is a zone.\n");
}

/* An indicator that two sources tell of is found in both; what had no evidence is not assessed. */
static void test_sets(Folder *f, gconstpointer unused)
{
	const RuleInfo md5s = make_set(SHA_S, "a.json", "indicator/md5/-");
	const RuleInfo others = make_set(SHA_S, "b.csv", "indicator/md5/-");
	const RuleInfo hosts = make_set(SHA_T, "a.json", "indicator/host/-");
	g_autoptr(Case) c = open_for_run(f->file, "rules-1");

	g_assert_true(case_add_rule(c, &md5s, NULL));
	g_assert_true(case_add_rule(c, &others, NULL));
	g_assert_true(case_add_rule(c, &hosts, NULL));
	assert_answer(c, "SELECT path, kind, status, found FROM v_indicators ORDER BY 1, 2",
		"a.json|host|not assessed|0\na.json|md5|not assessed|0\nb.csv|md5|not "
		"assessed|0\n");
	g_assert_true(case_add_applicable(c, SHA_S, NULL));
	(void)add_evidence(c, SHA_A, "a");
	find_indicator(c, "record 1", LEVEL_LOW);
	find_indicator(c, "record 2", LEVEL_CRITICAL);
	assert_answer(c,
		"SELECT path, kind, status, found, findings FROM v_indicators ORDER BY 1, 2",
		"a.json|host|not assessed|0|0\na.json|md5|found|1|2\nb.csv|md5|found|1|2\n");
	assert_answer(c,
		"SELECT kind, status, findings, worst_rank FROM v_rule_summary ORDER BY 1, path, 2",
		"indicator|fired|2|4\nindicators|fired|0|0\nindicators|not applicable|0|0\n"
		"indicators|fired|0|0\n");
	assert_answer(c, "SELECT level, title FROM v_finding ORDER BY level",
		"critical|a hash\nlow|a hash\n");
	assert_answer(c, "SELECT critical, high, low FROM v_host", "1|0|1\n");
	assert_answer(c, "SELECT level_rank FROM v_entity", "4\n");
	finish_evidence(c, SHA_A);
	end_run(c, "complete");
}

static RuleInfo make_pattern(const char *sha256)
{
	RuleInfo rule = make_set(sha256, "a.json", "stix");

	rule.kind = RULE_DETECTION;
	rule.author = TEXT("AA21");
	return rule;
}

/* Patterns of a source are told with its indicators, those that nothing could judge apart; the
 * parts of one are none. */
static void test_patterns(Folder *f, gconstpointer unused)
{
	const RuleInfo judged = make_pattern(SHA_S), other = make_pattern(SHA_T);
	RuleInfo part = make_pattern(SHA_I);
	g_autoptr(Case) c = open_for_run(f->file, "rules-1");

	part.is_silent = TRUE;
	g_assert_true(case_add_rule(c, &judged, NULL));
	g_assert_true(case_add_rule(c, &other, NULL));
	g_assert_true(case_add_rule(c, &part, NULL));
	assert_answer(c, "SELECT title, kind, status, found, findings FROM v_indicators",
		"2 STIX patterns of AA21|stix-pattern|not assessed|0|0\n");
	g_assert_true(case_add_applicable(c, SHA_S, NULL));
	assert_answer(c, "SELECT title, status FROM v_indicators ORDER BY status",
		"1 STIX pattern of AA21|not assessed\n1 STIX pattern of AA21|not found\n");
	end_run(c, "complete");
}

/* An indicator stays as long as a finding rests on it, though no later run tells of it. */
static void test_again(Folder *f, gconstpointer unused)
{
	g_autoptr(Case) c = open_for_run(f->file, "rules-1");

	(void)add_evidence(c, SHA_A, "a");
	find_indicator(c, "record 1", LEVEL_LOW);
	finish_evidence(c, SHA_A);
	end_run(c, "complete");
	g_clear_pointer(&c, case_close);
	c = open_for_run(f->file, "rules-1");
	g_assert_cmpint(add_evidence(c, SHA_A, "a"), ==, EVIDENCE_DONE);
	end_run(c, "complete");
	assert_answer(c, "SELECT title FROM rule", "a hash\n");
	/* Its evidence is another now. */
	g_clear_pointer(&c, case_close);
	c = open_for_run(f->file, "rules-1");
	(void)add_evidence(c, SHA_B, "a");
	finish_evidence(c, SHA_B);
	end_run(c, "complete");
	assert_answer(c, "SELECT count(*) FROM rule", "0\n");
	assert_answer(c, "SELECT count(*) FROM indicator_file", "0\n");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	hash_warm_up();
	add_test("/case-intel/sources", test_sources);
	add_test("/case-intel/sets", test_sets);
	add_test("/case-intel/patterns", test_patterns);
	add_test("/case-intel/again", test_again);
	return g_test_run();
}
