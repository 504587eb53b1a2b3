/* SPDX-License-Identifier: Apache-2.0 */
/* The rule of the verdict, line by line. */
#include "report/html/verdict.h"

typedef struct Line {
	VerdictFacts facts;
	VerdictKind kind;
	gboolean complete;
} Line;

#define JUDGED .n_events = 100, .n_applicable_rules = 5, .evidence_bytes = 1000

static const Line lines[] = {
	{ { .entered = TRUE, .attacked = TRUE, JUDGED }, VERDICT_COMPROMISE, TRUE },
	{ { .attacked = TRUE, JUDGED }, VERDICT_ATTACKED, TRUE },
	/* Attempts are told as such, however severe their rules are; other findings are not less.
	 */
	{ { .attacked = TRUE,
		  .findings = { [LEVEL_CRITICAL] = 2, [LEVEL_HIGH] = 3 },
		  .attempts = { [LEVEL_CRITICAL] = 2, [LEVEL_HIGH] = 3 },
		  JUDGED },
		VERDICT_ATTACKED, TRUE },
	{ { .attacked = TRUE,
		  .findings = { [LEVEL_CRITICAL] = 2 },
		  .attempts = { [LEVEL_CRITICAL] = 1 },
		  JUDGED },
		VERDICT_COMPROMISE, TRUE },
	{ { .attacked = TRUE,
		  .findings = { [LEVEL_MEDIUM] = 2 },
		  .attempts = { [LEVEL_MEDIUM] = 1 },
		  JUDGED },
		VERDICT_SUSPICIOUS, TRUE },
	{ { .attacked = TRUE, JUDGED, .unjudged_bytes = 900, .n_losses = 1 }, VERDICT_ATTACKED,
		FALSE },
	{ { .findings = { [LEVEL_CRITICAL] = 1 }, JUDGED }, VERDICT_COMPROMISE, TRUE },
	/* A critical finding is told however little was judged. */
	{ { .findings = { [LEVEL_CRITICAL] = 1 }, JUDGED, .unjudged_bytes = 900, .n_losses = 1 },
		VERDICT_COMPROMISE, FALSE },
	{ { .findings = { [LEVEL_HIGH] = 3 }, .high_rules = 3, .high_tactics = 2, JUDGED },
		VERDICT_COMPROMISE, TRUE },
	{ { .findings = { [LEVEL_HIGH] = 900 }, .high_rules = 2, .high_tactics = 5, JUDGED },
		VERDICT_SUSPICIOUS, TRUE },
	{ { .findings = { [LEVEL_HIGH] = 900 }, .high_rules = 9, .high_tactics = 1, JUDGED },
		VERDICT_SUSPICIOUS, TRUE },
	{ { .findings = { [LEVEL_HIGH] = 1 }, JUDGED }, VERDICT_SUSPICIOUS, TRUE },
	{ { .findings = { [LEVEL_MEDIUM] = 1 }, JUDGED }, VERDICT_SUSPICIOUS, TRUE },
	{ { .findings = { [LEVEL_LOW] = 7, [LEVEL_INFORMATIONAL] = 7 }, JUDGED },
		VERDICT_NOTHING_FOUND, TRUE },
	{ { JUDGED }, VERDICT_NOTHING_FOUND, TRUE },
	{ { JUDGED, .unjudged_bytes = 500, .n_losses = 2 }, VERDICT_NOTHING_FOUND, FALSE },
	{ { JUDGED, .unjudged_bytes = 501, .n_losses = 2 }, VERDICT_NOT_ASSESSED, FALSE },
	{ { .n_events = 100, .evidence_bytes = 1000 }, VERDICT_NOT_ASSESSED, TRUE },
	{ { JUDGED, .interrupted = TRUE }, VERDICT_NOT_ASSESSED, FALSE },
	{ { .findings = { [LEVEL_LOW] = 1 }, JUDGED, .interrupted = TRUE }, VERDICT_NOT_ASSESSED,
		FALSE },
	{ { .findings = { [LEVEL_HIGH] = 1 }, JUDGED, .interrupted = TRUE }, VERDICT_SUSPICIOUS,
		FALSE },
	{ { .n_applicable_rules = 5, .evidence_bytes = 1000 }, VERDICT_NOT_ASSESSED, FALSE },
	{ .kind = VERDICT_NOT_ASSESSED, .complete = FALSE },
};

static void test_lines(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(lines); i++) {
		Verdict verdict = verdict_of(&lines[i].facts);

		g_test_message("line %u", i);
		g_assert_cmpint(verdict.kind, ==, lines[i].kind);
		g_assert_cmpint(verdict.complete, ==, lines[i].complete);
		g_assert_nonnull(verdict.words);
		g_assert_nonnull(verdict.slug);
		g_assert_cmpuint(strlen(verdict.reason), >, 20);
	}
}

/* No verdict may ever say that something is clean. */
static void test_words(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(lines); i++) {
		Verdict verdict = verdict_of(&lines[i].facts);

		g_assert_null(strstr(verdict.words, "clean"));
		g_assert_null(strstr(verdict.reason, "clean"));
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/report/verdict/lines", test_lines);
	g_test_add_func("/report/verdict/words", test_words);
	return g_test_run();
}
