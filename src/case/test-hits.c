/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hits in a case: what goes with evidence that goes, and what is computed anew.
 */
#include "case/hits.h"

#include "case/case-fixture.h"

#define SHA_C "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"

static void add_hit(Case *c, const char *sha256, guint offset, gboolean recovered)
{
	RuleInfo rule = make_rule(SHA_R, LEVEL_LOW);
	g_autofree char *locator = g_strdup_printf("at %u", offset);
	const CaseFinding hit = { .rule = &rule,
		.evidence_sha256 = sha256,
		.locator = locator,
		.offset = offset,
		.recovered = recovered,
		.time = instant_from_parts(2021, 3, 2, 10, (int)offset % 60, 0, 0),
		.host = "WS01",
		.channel = "Security",
		.matched_json = "[]",
		.event_json = "{\"Computer\":\"WS01\"}" };
	CaseHitPlace place = { .key = slice_from_text("k"), .group_key = slice_from_text("g") };
	gint64 again = 0;
	g_autoptr(GError) error = NULL;

	g_assert_true(case_hit_source(c, SHA_C, 0, SHA_R, &place.source, &error));
	g_assert_true(case_add_hit(c, &hit, &place.hit, &error));
	g_assert_true(case_add_hit(c, &hit, &again, &error)); /* of another correlation */
	g_assert_cmpint(again, ==, place.hit);
	g_assert_true(case_add_hit_place(c, &place, &error));
	g_assert_true(case_add_hit_place(c, &place, &error)); /* changes nothing */
	g_assert_no_error(error);
}

static gboolean tell_place(void *context, const CaseHit *hit, GError **error)
{
	g_string_append_printf(
		context, "%.1s:%" G_GUINT64_FORMAT " ", hit->evidence_sha256, hit->offset);
	return TRUE;
}

static void assert_hits(Case *c, const char *expected)
{
	g_autoptr(GString) told = g_string_new(NULL);
	g_autoptr(GError) error = NULL;

	g_assert_true(case_each_hit(c, SHA_C, NULL, tell_place, told, &error));
	g_assert_no_error(error);
	g_assert_cmpstr(told->str, ==, expected);
}

/* In order of time, then evidence, whichever was written first. */
static void test_order(Folder *f, gconstpointer unused)
{
	g_autoptr(Case) c = open_for_run(f->file, "r1");

	add_hit(c, SHA_B, 5, FALSE);
	add_hit(c, SHA_B, 1, FALSE);
	add_hit(c, SHA_A, 65, FALSE); /* as late as 5 */
	add_hit(c, SHA_A, 5, FALSE);
	assert_hits(c, "b:1 a:5 a:65 b:5 ");
}

/* Evidence that was not done goes with its hits; so does what was recovered; a judgement with all.
 */
static void test_gone(Folder *f, gconstpointer unused)
{
	g_autoptr(GError) error = NULL;
	Case *c = open_for_run(f->file, "r1");

	(void)add_evidence(c, SHA_A, "a");
	(void)add_evidence(c, SHA_B, "b");
	add_hit(c, SHA_A, 1, FALSE);
	add_hit(c, SHA_A, 2, TRUE);
	add_hit(c, SHA_B, 3, FALSE);
	finish_evidence(c, SHA_A);
	end_run(c, "interrupted");
	case_close(c);

	c = open_for_run(f->file, "r1");
	assert_hits(c, "a:1 a:2 ");
	g_assert_true(case_evidence_reopen(c, SHA_A, &error));
	assert_hits(c, "a:1 ");
	add_hit(c, SHA_B, 4, FALSE);
	assert_hits(c, "a:1 b:4 ");
	(void)add_evidence(c, SHA_B, "a"); /* the path leads to other bytes now */
	assert_hits(c, "b:4 ");
	end_run(c, "complete");
	case_close(c);

	c = open_for_run(f->file, "r2");
	assert_hits(c, "");
	assert_answer(c, "SELECT count(*) FROM hit_place", "0\n");
	case_close(c);
}

/* A finding tells of its first event and has the entities of all; it goes when all begins anew. */
static void test_correlated(Folder *f, gconstpointer unused)
{
	g_autoptr(Case) c = open_for_run(f->file, "r1");
	RuleInfo rule = make_rule(SHA_C, LEVEL_HIGH);
	CaseCorrelated correlated = { .id = "0123",
		.rule = &rule,
		.first = instant_from_parts(2021, 3, 2, 10, 1, 0, 0),
		.last = instant_from_parts(2021, 3, 2, 10, 3, 0, 0),
		.n_events = 2,
		.value = "2",
		.group_values = "{}",
		.matched_json = "[]" };
	g_autoptr(GError) error = NULL;

	g_assert_true(case_add_rule(c, &rule, &error));
	add_rule(c);
	(void)add_evidence(c, SHA_A, "a");
	add_hit(c, SHA_A, 3, FALSE);
	add_hit(c, SHA_A, 1, FALSE);
	add_finding(c, SHA_A, 7);
	g_assert_true(case_begin_correlated(c, SHA_C, &correlated.number, &error));
	g_assert_true(case_list_correlated(c, correlated.number, 0, 0, 2, "{}", &error));
	g_assert_true(case_list_correlated(c, correlated.number, 1, 0, 1, "{}", &error));
	g_assert_true(case_end_correlated(c, &correlated, &error));
	g_assert_no_error(error);
	add_finding(c, SHA_A, 8);
	assert_answer(c,
		"SELECT id, locator, correlated <> 0 FROM v_finding WHERE title <> '' "
		"AND id = '0123'",
		"0123|at 1|1\n");
	assert_answer(c, "SELECT kind, value FROM entity WHERE finding_id = '0123'", "host|ws01\n");
	g_assert_true(case_count_hits(c, &error));
	assert_answer(c, "SELECT status FROM v_rule_summary ORDER BY sha256", "fired\nfired\n");
	assert_answer(c,
		"SELECT hits FROM rule WHERE kind = 'detection' ORDER BY hits DESC LIMIT 1", "2\n");
	g_assert_true(case_clear_correlated(c, &error));
	assert_answer(c, "SELECT count(*) FROM finding", "2\n");
	assert_answer(c, "SELECT count(*) FROM event", "2\n");
	assert_hits(c, "a:1 a:3 ");
}

/* Who is interrupted, be it while hits are sorted or told, has a case that works. */
static void test_interrupted(Folder *f, gconstpointer unused)
{
	g_autoptr(Case) c = open_for_run(f->file, "r1");
	g_autoptr(GString) told = g_string_new(NULL);
	volatile gint interrupted = 1;
	guint n = 1;

	for (guint round = 0; round < 2; round++) {
		g_autoptr(GError) error = NULL;

		for (; n <= (round ? 20000 : 2); n++)
			add_hit(c, SHA_A, n, FALSE);
		g_assert_false(case_each_hit(c, SHA_C, &interrupted, tell_place, told, &error));
		g_assert_error(error, SPOOR_ERROR, SPOOR_ERROR_STOPPED);
		g_assert_cmpstr(told->str, ==, "");
	}
	add_hit(c, SHA_A, n, FALSE);
	assert_answer(c, "SELECT count(*) FROM hit", "20001\n");
	end_run(c, "interrupted");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	add_test("/hits/order", test_order);
	add_test("/hits/gone", test_gone);
	add_test("/hits/correlated", test_correlated);
	add_test("/hits/interrupted", test_interrupted);
	return g_test_run();
}
