/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hits: what a case keeps for correlations, and what came of them.
 *
 * Hits are written while evidence is judged and stay in the case, so that a later scan of more
 * evidence into it correlates all of them. What correlating came to is computed anew at the end of
 * each run: between case_begin_run() and then a case has no findings of correlations.
 *
 * As in case.h all functions return FALSE with @error set on failure.
 */
#pragma once

#include "case/case.h"

/* ---- while evidence is judged ---- */

/* The number of one of the rules that a correlation refers to, for case_add_hit_place(). */
gboolean case_hit_source(Case *c, const char *correlation_sha256, guint part,
	const char *rule_sha256, gint64 *ret, GError **error);

/*
 * Adds an event that a rule is true of, and tells its number. The same event of the same rule
 * again, at once, is not stored twice. Whether it makes a finding is another matter
 * (case_add_finding()).
 */
gboolean case_add_hit(Case *c, const CaseFinding *hit, gint64 *ret_number, GError **error);

typedef enum HitProblem {
	HIT_GOOD,
	HIT_NO_TIME,
	HIT_NO_GROUP, /* a field to group by is missing */
	HIT_NO_VALUE, /* a field to count is missing, or one to sum up is no number */
	HIT_N_PROBLEMS,
} HitProblem;

typedef struct CaseHitPlace {
	gint64 source, hit;
	Slice key;	 /* of all values, as they are written */
	Slice group_key; /* of those to group by, folded */
	HitProblem problem;
} CaseHitPlace;

gboolean case_add_hit_place(Case *c, const CaseHitPlace *place, GError **error);

/* ---- correlating ---- */

/* Forgets all that came of correlating before. */
gboolean case_clear_correlated(Case *c, GError **error);

typedef struct CaseHit {
	gint64 number;
	guint part;
	Instant time;
	Slice key, group_key;
	gint64 correlated; /* 0, or what the hit is a finding of */
	const char *evidence_sha256;
	guint64 offset;
	const char *locator; /* of what is correlated: its id */
	gboolean recovered;
} CaseHit;

typedef gboolean (*CaseHitFunc)(void *context, const CaseHit *hit, GError **error);

/*
 * Every hit of a correlation that can be correlated, group by group, and in these by time, SHA-256
 * of the evidence, offset, locator, part and key: an order that follows from the hits alone. @each
 * may write to the case. Once *@interrupted is set, by whatever thread or signal, it ends with
 * SPOOR_ERROR_STOPPED; NULL: never.
 */
gboolean case_each_hit(Case *c, const char *correlation_sha256, const volatile gint *interrupted,
	CaseHitFunc each, void *context, GError **error);

/* How many hits of one piece of evidence have a problem; in order of evidence and problem. */
typedef gboolean (*CaseProblemFunc)(
	void *context, const char *evidence_sha256, HitProblem problem, guint64 n, GError **error);
gboolean case_each_hit_problem(Case *c, const char *correlation_sha256, CaseProblemFunc each,
	void *context, GError **error);

typedef struct CaseCorrelation {
	const char *sha256; /* of its rule */
	const char *type, *timespan, *condition;
	const char *group_by, *fields; /* joined by line feeds */
} CaseCorrelation;

gboolean case_add_correlation(Case *c, const CaseCorrelation *correlation, GError **error);

/* Begins what correlating came to; its hits and its end follow. */
gboolean case_begin_correlated(
	Case *c, const char *correlation_sha256, gint64 *ret_number, GError **error);
/* @values is JSON: what the hit was grouped and counted by. */
gboolean case_list_correlated(Case *c, gint64 number, guint ordinal, guint part, gint64 hit,
	const char *values, GError **error);
/* Makes it a hit of another correlation from @time on; case_add_hit_place() says of which. */
gboolean case_add_correlated_hit(
	Case *c, gint64 number, Instant time, gint64 *ret_hit, GError **error);

typedef struct CaseCorrelated {
	gint64 number;
	const char *id;
	const RuleInfo *rule;
	Instant first, last;
	guint64 n_events;
	gboolean recovered;	  /* any of the events was */
	const char *value;	  /* the largest measure */
	const char *group_values; /* JSON */
	const char *matched_json; /* as in CaseFinding: which condition holds of what */
} CaseCorrelated;

/* Ends it. Unless its rule is silent it is a finding, with the entities of the listed events. */
gboolean case_end_correlated(Case *c, const CaseCorrelated *correlated, GError **error);

/* Keeps the document of a rule that findings rest on, so that the case can tell it. */
gboolean case_keep_source(Case *c, const RuleInfo *rule, GError **error);

/* Which rules are true of something only correlations tell, and how often. */
gboolean case_count_hits(Case *c, GError **error);

/* Adds a remark or a loss about a correlation as a whole; gone when correlating begins anew. */
gboolean case_add_correlation_gap(Case *c, const Gap *gap, GError **error);
