/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Correlating: from the hits of one correlation, in order, to its findings. A pure function, which
 * knows nothing of cases or rules' texts; docs/correlations.md tells what it computes and why.
 *
 *	a window	as many hits of one group as a timespan holds: all that lie between two
 *			times no further apart than it
 *	it is maximal	where no further hit can be had without another being lost
 *	it is true	where all conditions hold of it
 *	a finding	maximal windows that are true and have hits in common, joined
 *
 * So a burst of any length is one finding, a hit is in one finding at most, and "fewer than five"
 * is not true of every corner of a busy hour.
 *
 * For correlations over this one, each hit of a finding also has a time from which it was known:
 * the first at which the conditions hold of the timespan that ends then and has the hit in it.
 *
 * Memory is that of one window of one group: hits come group by group.
 */
#pragma once

#include "coordinator/correlation/window.h"

typedef struct CorrelateSummary {
	Instant first, last;
	guint64 n_hits;
	Decimal measure; /* the largest of the true windows' */
} CorrelateSummary;

/* What becomes of a correlation's hits. Each returns FALSE with @error to end it all. */
typedef struct CorrelateSink {
	/* A finding begins; its hits follow in order, then its end. Findings do not overlap. */
	gboolean (*begin)(void *context, Instant first, GError **error);
	gboolean (*hit)(void *context, const WindowHit *hit, Instant known, GError **error);
	gboolean (*end)(void *context, const CorrelateSummary *summary, GError **error);
	/* Once for a group: a window had more than LIMIT_CORRELATION_WINDOW_HITS or _BYTES. */
	gboolean (*cut)(void *context, Instant time, GError **error);
	/*
	 * Of STIX patterns alone: @n findings were told; there are more, or whether there are is
	 * undecided, since LIMIT_STIX_STEPS were used up.
	 */
	gboolean (*undecided)(void *context, guint n, gboolean are_more, GError **error);
	GDestroyNotify free_row; /* of hits that are done with; may be NULL */
	void *context;
} CorrelateSink;

typedef struct Correlate Correlate;

/* Both are borrowed. */
Correlate *correlate_new(const Correlation *correlation, const CorrelateSink *sink);
void correlate_free(Correlate *correlate); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Correlate, correlate_free)

/*
 * Takes the next hit of the group, and its row; in order of time. @values and @number are as for
 * window_add().
 */
gboolean correlate_add(
	Correlate *correlate, const WindowHit *hit, Slice values, Decimal number, GError **error);

/* The group has no more hits: ends its findings. The next hit is of another group. */
gboolean correlate_end_group(Correlate *correlate, GError **error);
