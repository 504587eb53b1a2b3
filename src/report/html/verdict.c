/* SPDX-License-Identifier: Apache-2.0 */
#include "report/html/verdict.h"

static const struct {
	const char *words, *slug;
} verdicts[VERDICT_N_KINDS] = {
	[VERDICT_COMPROMISE] = { "Signs of compromise", "compromise" },
	[VERDICT_SUSPICIOUS] = { "Suspicious", "suspicious" },
	[VERDICT_ATTACKED] = { "Attacked; no sign that it succeeded", "attacked" },
	[VERDICT_NOTHING_FOUND] = { "Nothing found in what was assessed", "nothing" },
	[VERDICT_NOT_ASSESSED] = { "Could not be assessed", "unassessed" },
};

/* Findings of @level that are more than attempts. */
static guint64 beyond_attempts(const VerdictFacts *facts, RuleLevel level)
{
	return facts->findings[level] - MIN(facts->findings[level], facts->attempts[level]);
}

/* Where nothing was found: why that may not mean much, or NULL. */
static const char *why_unassessed(const VerdictFacts *facts)
{
	if (facts->n_events == 0)
		return "No event could be judged.";
	if (facts->n_applicable_rules == 0)
		return "No rule applies to the kinds of logs that were given, and no indicator.";
	if (facts->unjudged_bytes > facts->evidence_bytes / 2)
		return "Less than half of the logs, by size, could be judged.";
	if (facts->interrupted)
		return "The last scan was interrupted: nobody knows what it did not come to.";
	return NULL;
}

static VerdictKind decide(const VerdictFacts *facts, const char **ret_reason)
{
	if (facts->entered) {
		*ret_reason = "Somebody got into a server.";
		return VERDICT_COMPROMISE;
	}
	if (beyond_attempts(facts, LEVEL_CRITICAL)) {
		*ret_reason = "At least one finding is of level critical.";
		return VERDICT_COMPROMISE;
	}
	if (facts->high_rules >= VERDICT_HIGH_RULES &&
		facts->high_tactics >= VERDICT_HIGH_TACTICS) {
		*ret_reason = "On one host, three or more different rules of level high fired, of "
			      "two or more ATT&CK tactics.";
		return VERDICT_COMPROMISE;
	}
	if (beyond_attempts(facts, LEVEL_HIGH) || beyond_attempts(facts, LEVEL_MEDIUM)) {
		*ret_reason =
			"There are findings of level high or medium, but none critical, and no "
			"host with several kinds of high ones.";
		return VERDICT_SUSPICIOUS;
	}
	if (facts->attacked) {
		*ret_reason = "Attempts to get into a server were found, and nothing in this "
			      "evidence shows that one of them worked.";
		return VERDICT_ATTACKED;
	}
	*ret_reason = why_unassessed(facts);
	if (*ret_reason)
		return VERDICT_NOT_ASSESSED;
	*ret_reason =
		"No finding is of level medium or above. This holds only for the evidence, the "
		"time and the rules under Coverage.";
	return VERDICT_NOTHING_FOUND;
}

Verdict verdict_of(const VerdictFacts *facts)
{
	Verdict verdict = { 0 };

	verdict.kind = decide(facts, &verdict.reason);
	verdict.words = verdicts[verdict.kind].words;
	verdict.slug = verdicts[verdict.kind].slug;
	verdict.complete = facts->n_losses == 0 && facts->n_events > 0 && !facts->interrupted;
	return verdict;
}
