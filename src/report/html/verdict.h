/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Verdict: one word for a case, by a rule that can be read here, in docs/report.md and on the page.
 *
 * It is derived from how far intruders got on Exchange servers (src/assessment), from the levels
 * that rules give their findings and from the ledger; it never says that something is clean.
 * Findings that the assessment counts as attempts are left out of all lines but that about them.
 * The first line that applies:
 *
 *	a server that was entered, or worse                     Signs of compromise
 *	a critical finding                                      Signs of compromise
 *	on one host, high findings of 3 rules and 2 tactics or  Signs of compromise
 *	more
 *	a high or medium finding                                Suspicious
 *	attempts on a server                                    Attacked; no sign that it succeeded
 *	no event judged, no rule applicable, less than half of  Could not be assessed
 *	the logs' bytes judged, or the last scan interrupted
 *	otherwise                                               Nothing found in what was assessed
 */
#pragma once

#include <glib.h>

#include "model/rule.h"

typedef enum VerdictKind {
	VERDICT_COMPROMISE,
	VERDICT_SUSPICIOUS,
	VERDICT_ATTACKED,
	VERDICT_NOTHING_FOUND,
	VERDICT_NOT_ASSESSED,
	VERDICT_N_KINDS,
} VerdictKind;

typedef struct VerdictFacts {
	guint64 findings[LEVEL_N];
	gboolean entered;		      /* some server, or worse */
	gboolean attacked;		      /* some server: there are attempts */
	guint64 attempts[LEVEL_N];	      /* of findings: those that are attempts and no more */
	guint high_rules, high_tactics;	      /* the most of one host that reaches both; or 0;
					       * without attempts */
	guint64 n_events, n_applicable_rules; /* files, and sets of indicators, as well */
	guint64 evidence_bytes, unjudged_bytes; /* of files that are logs as far as is known */
	guint64 n_losses;			/* gaps that cost something */
	gboolean interrupted; /* the last scan: what it did not come to is not even listed */
} VerdictFacts;

typedef struct Verdict {
	VerdictKind kind;
	gboolean complete;  /* everything that was given could be judged */
	const char *words;  /* "Signs of compromise" */
	const char *slug;   /* "compromise": for CSS and for content/guidance */
	const char *reason; /* a sentence: which line of the rule applied */
} Verdict;

#define VERDICT_HIGH_RULES   3
#define VERDICT_HIGH_TACTICS 2

Verdict verdict_of(const VerdictFacts *facts);
