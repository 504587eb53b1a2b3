/* SPDX-License-Identifier: Apache-2.0 */
/*
 * STIX patterns judged on events. What stands in [brackets] is judged here, in the worker; patterns
 * over several events are joined in the coordinator (coordinator/correlation/pattern.h), of hits.
 *
 * Thousands of patterns must not cost thousands of evaluations for each event:
 *
 *	- of most comparisons of a part that are joined by AND, one is = or IN. Its values are
 *	  "anchors" in one table, by property and text; an event's values are looked up there, and
 *	  only parts of which an anchor is found are evaluated;
 *	- of the others, most have a LIKE or MATCHES with a piece that a value must have: all pieces
 *	  are looked for in one pass over a value (engines/sigma/prefilter.h);
 *	- parts without either are evaluated for events that have the properties they need, which is
 *	  worked out once for each set of properties that shapes have.
 *
 * Owned by the engine of indicators, which tells it of everything:
 *
 *	new() → table() → add() for each pattern → compile() → bind() for each shape → judge() …
 */
#pragma once

#include "engines/engine.h"

typedef struct PatternJudge PatternJudge;
typedef struct PatternBinding PatternBinding;

/* How much finding @indicator in an event of @event means; INSTANT_NONE: in no event at hand. */
typedef RuleLevel (*PatternLevelFunc)(void *context, const Indicator *indicator, Instant event);

/* @report and @level_context outlive it. */
PatternJudge *pattern_judge_new(
	const EngineReport *report, PatternLevelFunc level, void *level_context);
void pattern_judge_free(PatternJudge *judge); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PatternJudge, pattern_judge_free)

/* content/tables/stix-objects.yml. FALSE with @error where it is malformed. */
#define PATTERN_JUDGE_TABLE "stix-objects.yml"
gboolean pattern_judge_table(PatternJudge *judge, Slice text, GError **error);

/*
 * Takes an indicator of kind STIX_PATTERN (not a silent one), and reports its rules, the first with
 * number @first_index. Returns how many there are; 0 with *ret_problem (g_free'd by the caller; a
 * sentence without capital and full stop) where there can be none: a regular expression that RE2
 * does not take. @path is that of the source.
 */
guint pattern_judge_add(PatternJudge *judge, const Indicator *indicator, const char *path,
	guint first_index, char **ret_problem);

/* Is some pattern about files, so that they are to be looked at? */
gboolean pattern_judge_wants_files(const PatternJudge *judge);

/* All are added: reports the correlations. */
void pattern_judge_compile(PatternJudge *judge);

/* What there is to know of @shape; NULL where no pattern can be true of its events. */
PatternBinding *pattern_judge_bind(PatternJudge *judge, const Shape *shape);
void pattern_binding_free(PatternBinding *binding); /* accepts NULL */

/* Judges @event, whose shape has @binding (may be NULL). */
void pattern_judge_judge(PatternJudge *judge, PatternBinding *binding, const Event *event);

/* As Engine.take_applicable(). */
void pattern_judge_take_applicable(PatternJudge *judge, guint8 *bits, gsize n_bytes);
