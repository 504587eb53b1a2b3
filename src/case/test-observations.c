/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Observations in a case: joined in the order of the evidence, with a limit, and gone with what
 * said them.
 */
#include "case/case-fixture.h"

#define ROWS                                                                                       \
	"SELECT substr(evidence_sha256, 1, 1), place, subject, value, events, "                    \
	"substr(first, 12, 8), first_locator, substr(last, 12, 8), last_locator FROM observation " \
	"ORDER BY 1, 2, 3, 4"

/* Of minute @first to @last (below 0: unknown), in records of the same numbers. TRUE: left out. */
static gboolean add(Case *c, const char *sha256, const char *place, const char *value, int first,
	int last, guint *room)
{
	RuleInfo rule = make_rule(SHA_R, LEVEL_MEDIUM);
	g_autofree char *first_locator = place ? g_strconcat("file ", place, NULL)
					       : g_strdup_printf("record %d at 0x0", ABS(first));
	g_autofree char *last_locator = place ? g_strconcat("file ", place, NULL)
					      : g_strdup_printf("record %d at 0x0", ABS(last));
	const Instant start = instant_from_parts(2021, 3, 2, 10, 0, 0, 0);
	const Observation observation = { .kind = "exchange-build",
		.subject = "EX01",
		.value = value,
		.n_events = 2,
		.first = { first < 0 ? INSTANT_NONE : start + first * 60 * INSTANT_SECOND,
			first_locator },
		.last = { last < 0 ? INSTANT_NONE : start + last * 60 * INSTANT_SECOND,
			last_locator } };
	gboolean left_out = TRUE;
	g_autoptr(GError) error = NULL;

	g_assert_true(case_add_observation(
		c, &rule, sha256, place, &observation, room, &left_out, &error));
	g_assert_no_error(error);
	return left_out;
}

static void test_joined(Folder *f, gconstpointer unused)
{
	g_autoptr(Case) c = open_for_run(f->file, "r1");
	guint room = 100;

	add_rule(c);
	(void)add_evidence(c, SHA_A, "a");
	(void)add_evidence(c, SHA_B, "b");
	g_assert_false(add(c, SHA_A, NULL, "9", 20, 30, &room));
	g_assert_false(add(c, SHA_A, NULL, "9", 10, 30, &room)); /* the later one of equal times */
	g_assert_false(add(c, SHA_A, NULL, "9", 10, 25, &room)); /* the earlier one of them */
	g_assert_false(
		add(c, SHA_A, NULL, "9", -40, -41, &room)); /* any time is better than none */
	g_assert_false(add(c, SHA_A, NULL, "2", -1, -2, &room));
	g_assert_false(add(c, SHA_A, NULL, "2", -3, -4, &room));
	g_assert_false(add(c, SHA_A, NULL, "1", -5, -6, &room));
	g_assert_false(add(c, SHA_A, NULL, "1", 7, 8, &room));
	g_assert_false(add(c, SHA_B, NULL, "9", 1, 2, &room));
	g_assert_cmpuint(room, ==, 96);
	assert_answer(c, ROWS,
		"a||EX01|1|4|10:07:00|record 7 at 0x0|10:08:00|record 8 at 0x0\n"
		"a||EX01|2|4||record 1 at 0x0||record 4 at 0x0\n"
		"a||EX01|9|8|10:10:00|record 10 at 0x0|10:30:00|record 30 at 0x0\n"
		"b||EX01|9|2|10:01:00|record 1 at 0x0|10:02:00|record 2 at 0x0\n");
	assert_answer(c,
		"SELECT kind, subject, value, rule_id, title, path FROM v_observation "
		"WHERE value = '9' ORDER BY path",
		"exchange-build|EX01|9|id-1|A title|a\nexchange-build|EX01|9|id-1|A title|b\n");
	assert_answer(c, "SELECT status FROM v_rule_summary", "observed\n");
}

/* Where there is no room for new ones, those that are there still count on. */
static void test_limit(Folder *f, gconstpointer unused)
{
	g_autoptr(Case) c = open_for_run(f->file, "r1");
	guint room = 1;

	add_rule(c);
	(void)add_evidence(c, SHA_A, "a");
	g_assert_false(add(c, SHA_A, NULL, "1", 1, 1, &room));
	g_assert_true(add(c, SHA_A, NULL, "2", 2, 2, &room));
	g_assert_false(add(c, SHA_A, NULL, "1", 3, 3, &room));
	g_assert_cmpuint(room, ==, 0);
	assert_answer(c, ROWS, "a||EX01|1|4|10:01:00|record 1 at 0x0|10:03:00|record 3 at 0x0\n");
}

/* A file as a whole is observed at a place, says it once, and goes with its last path. */
static void test_of_files(Folder *f, gconstpointer unused)
{
	g_autoptr(GError) error = NULL;
	Case *c = open_for_run(f->file, "r1");
	const CaseEvidence copies[] = { { .sha256 = SHA_A, .path = "e/in/a", .place = "in/a" },
		{ .sha256 = SHA_A, .path = "e/b", .place = "b" } };
	EvidenceState state;
	guint room = 100;

	add_rule(c);
	for (guint i = 0; i < G_N_ELEMENTS(copies); i++) {
		g_assert_true(case_add_evidence(c, &copies[i], &state, &error));
		g_assert_false(add(c, SHA_A, copies[i].place, "9", 1, 1, &room));
		g_assert_false(add(c, SHA_A, copies[i].place, "9", 1, 1, &room));
	}
	g_assert_false(add(c, SHA_A, NULL, "9", 5, 6, &room)); /* and by its records */
	assert_answer(c, "SELECT path, place, events FROM v_observation ORDER BY 2",
		"e/b||2\ne/b|b|2\ne/in/a|in/a|2\n");
	(void)add_evidence(c, SHA_B, "e/in/a"); /* the path leads to other bytes now */
	assert_answer(
		c, "SELECT path, place, events FROM v_observation ORDER BY 2", "e/b||2\ne/b|b|2\n");
	(void)add_evidence(c, SHA_B, "e/b");
	assert_answer(c, "SELECT count(*) FROM observation", "0\n");
	case_close(c);
}

/* What was interrupted is told anew, what is done stays, another judgement begins with nothing. */
static void test_gone(Folder *f, gconstpointer unused)
{
	g_autoptr(GError) error = NULL;
	Case *c = open_for_run(f->file, "r1");
	const CaseEvidenceResult result = { "evtx", 100, 10, 0, INSTANT_NONE, INSTANT_NONE };
	guint room = 100;

	add_rule(c);
	(void)add_evidence(c, SHA_A, "a");
	(void)add_evidence(c, SHA_B, "b");
	(void)add(c, SHA_A, NULL, "9", 1, 2, &room);
	(void)add(c, SHA_B, NULL, "9", 3, 4, &room);
	g_assert_true(case_evidence_half_done(c, SHA_A, &result, &error));
	end_run(c, "interrupted");
	case_close(c);

	c = open_for_run(f->file, "r1");
	assert_answer(c, "SELECT substr(evidence_sha256, 1, 1) FROM observation", "a\n");
	g_assert_true(case_evidence_reopen(c, SHA_A, &error)); /* to recover what can be */
	assert_answer(c, "SELECT substr(evidence_sha256, 1, 1) FROM observation", "a\n");
	add_rule(c);
	end_run(c, "complete");
	case_close(c);

	c = open_for_run(f->file, "r2");
	assert_answer(c, "SELECT count(*) FROM observation", "0\n");
	case_close(c);
}

#define ADD(name, function)                                                                        \
	g_test_add(                                                                                \
		"/case/observations/" name, Folder, NULL, folder_setup, function, folder_teardown)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("joined", test_joined);
	ADD("limit", test_limit);
	ADD("of-files", test_of_files);
	ADD("gone", test_gone);
	return g_test_run();
}
