/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The window always ends with the latest hit. It is maximal when the next hit comes so late that
 * the earliest has to go; that is when it is judged.
 *
 * What is known from when is a number for each hit, in a ring like the window's own.
 */
#include "coordinator/correlation/correlate.h"

#include "base/limits.h"

struct Correlate {
	const Correlation *correlation;
	const CorrelateSink *sink;
	Window *window;
	Instant time;  /* of the latest hit */
	GArray *known; /* Instant of the hits from known_first on */
	guint64 known_first;
	gboolean in_finding;
	guint64 told; /* hits up to here are in the finding */
	CorrelateSummary summary;
	gboolean was_cut; /* in this group */
};

Correlate *correlate_new(const Correlation *correlation, const CorrelateSink *sink)
{
	Correlate *c = g_new0(Correlate, 1);

	c->correlation = correlation;
	c->sink = sink;
	c->window = window_new(correlation, sink->free_row);
	c->known = g_array_new(FALSE, FALSE, sizeof(Instant));
	return c;
}

void correlate_free(Correlate *c)
{
	if (!c)
		return;
	window_free(c->window);
	g_array_unref(c->known);
	g_free(c);
}

/* ---- findings ---- */

static gboolean end_finding(Correlate *c, GError **error)
{
	if (!c->in_finding)
		return TRUE;
	c->in_finding = FALSE;
	return c->sink->end(c->sink->context, &c->summary, error);
}

static gboolean begin_finding(Correlate *c, Decimal measure, GError **error)
{
	if (!end_finding(c, error))
		return FALSE;
	c->in_finding = TRUE;
	c->told = window_first(c->window);
	c->summary = (CorrelateSummary){
		.first = window_hit(c->window, c->told)->time,
		.measure = measure,
	};
	return c->sink->begin(c->sink->context, c->summary.first, error);
}

/* Is the window, which is maximal, true? Then its hits are in a finding. */
static gboolean judge(Correlate *c, GError **error)
{
	guint64 end = window_end(c->window);
	Decimal measure;

	if (window_first(c->window) == end || !window_holds(c->window, &measure))
		return TRUE;
	if ((!c->in_finding || window_first(c->window) >= c->told) &&
		!begin_finding(c, measure, error))
		return FALSE;
	for (; c->told < end; c->told++) {
		const WindowHit *hit = window_hit(c->window, c->told);
		Instant known = g_array_index(c->known, Instant, c->told - c->known_first);

		c->summary.n_hits++;
		if (!c->sink->hit(c->sink->context, hit, known, error))
			return FALSE;
	}
	c->summary.last = window_hit(c->window, end - 1)->time;
	c->summary.measure = MAX(c->summary.measure, measure);
	return TRUE;
}

/* ---- from when ---- */

/* Drops what is known of hits that have left the window, now and then. */
static void trim_known(Correlate *c)
{
	guint64 gone = window_first(c->window) - c->known_first;

	if (gone < 1024 || gone < c->known->len / 2)
		return;
	g_array_remove_range(c->known, 0, (guint)gone);
	c->known_first += gone;
}

/* All hits of this time are there: if the conditions hold now, all that are in it are known. */
static void settle(Correlate *c)
{
	guint64 end = window_end(c->window);
	Decimal measure;

	window_settle(c->window);
	if (!window_holds(c->window, &measure))
		return;
	/* From the end back to the first that was known before: each is set once. */
	for (guint64 i = end; i > window_first(c->window); i--) {
		Instant *known = &g_array_index(c->known, Instant, i - 1 - c->known_first);

		if (*known != INSTANT_NONE)
			break;
		*known = c->time;
	}
}

/* ---- hits ---- */

static Instant earliest_beside(const Correlate *c, Instant time)
{
	Instant earliest;

	return __builtin_sub_overflow(time, c->correlation->timespan, &earliest) ? G_MININT64
										 : earliest;
}

static gboolean move_on(Correlate *c, Instant time, GError **error)
{
	Instant earliest = earliest_beside(c, time);
	guint64 first = window_first(c->window);

	settle(c);
	if (first < window_end(c->window) && window_hit(c->window, first)->time < earliest) {
		if (!judge(c, error))
			return FALSE;
		window_expire(c->window, earliest);
		trim_known(c);
	}
	return TRUE;
}

/* There is no room for another hit: what is there counts as maximal, and the earliest goes. */
static gboolean make_room(Correlate *c, GError **error)
{
	settle(c);
	if (!judge(c, error))
		return FALSE;
	window_shift(c->window);
	trim_known(c);
	if (c->was_cut)
		return TRUE;
	c->was_cut = TRUE;
	return c->sink->cut(c->sink->context, c->time, error);
}

static gboolean has_room(const Window *window, const WindowHit *hit)
{
	guint64 n = window_end(window) - window_first(window);

	return n == 0 ||
		(n < LIMIT_CORRELATION_WINDOW_HITS &&
			window_size(window) + hit->size <= LIMIT_CORRELATION_WINDOW_BYTES);
}

gboolean correlate_add(
	Correlate *c, const WindowHit *hit, Slice values, Decimal number, GError **error)
{
	const Instant unknown = INSTANT_NONE;

	if (window_end(c->window) > 0 && hit->time != c->time && !move_on(c, hit->time, error))
		return FALSE;
	while (!has_room(c->window, hit)) {
		if (!make_room(c, error))
			return FALSE;
	}
	c->time = hit->time;
	window_add(c->window, hit, values, number);
	g_array_append_val(c->known, unknown);
	return TRUE;
}

gboolean correlate_end_group(Correlate *c, GError **error)
{
	settle(c);
	if (!judge(c, error) || !end_finding(c, error))
		return FALSE;
	window_reset(c->window);
	g_array_set_size(c->known, 0);
	c->known_first = c->told = 0;
	c->was_cut = FALSE;
	return TRUE;
}
