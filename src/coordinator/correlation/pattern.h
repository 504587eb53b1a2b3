/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Patterns: from the hits of one STIX pattern over several events, in order of time, to its
 * findings. The counterpart of correlate.h, which knows of windows; docs/stix-patterns.md.
 *
 * A finding is one binding: events that make the pattern true, each for one of its observations.
 * The earliest is found first, its events are set aside, and so on: findings of a pattern share no
 * events. All hits are held in memory, to LIMIT_CORRELATION_WINDOW_HITS.
 */
#pragma once

#include "coordinator/correlation/correlate.h"

typedef struct PatternJoin PatternJoin;

/* Both are borrowed; @correlation has an expression that pattern_join_check() let through. */
PatternJoin *pattern_join_new(const Correlation *correlation, const CorrelateSink *sink);
void pattern_join_free(PatternJoin *join); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PatternJoin, pattern_join_free)

/* Takes the next hit, and its row; in order of time. */
gboolean pattern_join_add(PatternJoin *join, const WindowHit *hit, GError **error);

/* There are no more: tells the findings. */
gboolean pattern_join_end(PatternJoin *join, GError **error);

/* FALSE with @error where @correlation is a pattern whose expression does not fit it. */
gboolean pattern_join_check(const Correlation *correlation, GError **error);

/* How a pattern reads: "([1] FOLLOWEDBY [2]) WITHIN 60 SECONDS". Owned by the caller. */
char *pattern_join_text(const Correlation *correlation);

/* Can the pattern be true where those parts can be of which @has (one for each) is TRUE? */
gboolean pattern_join_possible(const Correlation *correlation, const gboolean *has);
