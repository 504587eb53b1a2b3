/* SPDX-License-Identifier: Apache-2.0 */
#include "coordinator/correlation/pattern.h"

#include "base/error.h"
#include "base/limits.h"
#include "stix/join.h"

struct PatternJoin {
	const CorrelateSink *sink;
	StixJoin *join;
	StixSightings *sightings;
	GArray *hits;	/* WindowHit, those of one event together */
	GArray *firsts; /* guint, by event: its first hit */
	gsize n_bytes;
	gboolean is_cut;
	Instant cut; /* the first hit that was left out */
};

PatternJoin *pattern_join_new(const Correlation *correlation, const CorrelateSink *sink)
{
	PatternJoin *join = g_new0(PatternJoin, 1);

	join->sink = sink;
	join->join = stix_join_decode(correlation_expression(correlation), NULL);
	join->sightings = stix_sightings_new(correlation->n_parts);
	join->hits = g_array_new(FALSE, FALSE, sizeof(WindowHit));
	join->firsts = g_array_new(FALSE, FALSE, sizeof(guint));
	return join;
}

static const WindowHit *hit_at(const PatternJoin *join, guint index)
{
	return &g_array_index(join->hits, WindowHit, index);
}

static void free_row(const PatternJoin *join, gpointer row)
{
	if (join->sink->free_row)
		join->sink->free_row(row);
}

void pattern_join_free(PatternJoin *join)
{
	if (!join)
		return;
	for (guint i = 0; i < join->hits->len; i++)
		free_row(join, hit_at(join, i)->row);
	g_array_unref(join->hits);
	g_array_unref(join->firsts);
	stix_sightings_free(join->sightings);
	stix_join_free(join->join);
	g_free(join);
}

/* ---- hits ---------------------------------------------------------------------------------------
 */

gboolean pattern_join_add(PatternJoin *join, const WindowHit *hit, GError **error)
{
	const WindowHit *last = join->hits->len ? hit_at(join, join->hits->len - 1) : NULL;
	gboolean is_same = last && last->event == hit->event;

	if (is_same && last->part == hit->part) { /* another path to the same bytes */
		free_row(join, hit->row);
		return TRUE;
	}
	if (join->is_cut || join->hits->len >= LIMIT_CORRELATION_WINDOW_HITS ||
		join->n_bytes + hit->size > LIMIT_CORRELATION_WINDOW_BYTES) {
		if (!join->is_cut)
			join->cut = hit->time;
		join->is_cut = TRUE;
		free_row(join, hit->row);
		return TRUE;
	}
	join->n_bytes += hit->size;
	if (!is_same) {
		(void)stix_sightings_add(join->sightings, hit->time, hit->time);
		g_array_append_val(join->firsts, join->hits->len);
	}
	stix_sightings_add_part(join->sightings, hit->part);
	g_array_append_val(join->hits, *hit);
	return TRUE;
}

/* The hit by which an event was bound. */
static const WindowHit *find_hit(const PatternJoin *join, const StixBound *bound)
{
	guint index = g_array_index(join->firsts, guint, bound->event);

	while (hit_at(join, index)->part != bound->part)
		index++;
	return hit_at(join, index);
}

/* ---- findings -----------------------------------------------------------------------------------
 */

static gboolean tell(const PatternJoin *join, const GArray *bound, GError **error)
{
	const CorrelateSink *sink = join->sink;
	CorrelateSummary summary = { .first = INT64_MAX,
		.last = INT64_MIN,
		.n_hits = bound->len,
		.measure = (Decimal)bound->len * DECIMAL_ONE };

	for (guint i = 0; i < bound->len; i++) {
		const WindowHit *hit = find_hit(join, &g_array_index(bound, StixBound, i));

		summary.first = MIN(summary.first, hit->time);
		summary.last = MAX(summary.last, hit->time);
	}
	if (!sink->begin(sink->context, summary.first, error))
		return FALSE;
	for (guint i = 0; i < bound->len; i++) {
		const WindowHit *hit = find_hit(join, &g_array_index(bound, StixBound, i));

		if (!sink->hit(sink->context, hit, summary.last, error))
			return FALSE;
	}
	return sink->end(sink->context, &summary, error);
}

gboolean pattern_join_end(PatternJoin *join, GError **error)
{
	const CorrelateSink *sink = join->sink;
	g_autoptr(GArray) bound = g_array_new(FALSE, FALSE, sizeof(StixBound));
	guint64 steps = LIMIT_STIX_STEPS;
	StixJoined joined = STIX_JOINED;
	guint n = 0;

	if (join->is_cut && !sink->cut(sink->context, join->cut, error))
		return FALSE;
	while (joined == STIX_JOINED && n < LIMIT_STIX_FINDINGS) {
		joined = stix_join_find(join->join, join->sightings, &steps, bound);
		if (joined == STIX_JOINED && !tell(join, bound, error))
			return FALSE;
		n += joined == STIX_JOINED;
	}
	/* is there one more? */
	if (joined == STIX_JOINED)
		joined = stix_join_find(join->join, join->sightings, &steps, bound);
	if (joined == STIX_JOINED_NOT)
		return TRUE;
	return sink->undecided(sink->context, n, joined == STIX_JOINED, error);
}

/* ---- expressions --------------------------------------------------------------------------------
 */

gboolean pattern_join_check(const Correlation *correlation, GError **error)
{
	g_autoptr(StixJoin) join = NULL;

	if (correlation->type != CORRELATION_STIX_PATTERN)
		return TRUE;
	join = stix_join_decode(correlation_expression(correlation), error);
	if (!join)
		return FALSE;
	if (stix_join_n_parts(join) == correlation->n_parts)
		return TRUE;
	g_set_error_literal(error, SPOOR_ERROR, SPOOR_ERROR_PROTOCOL,
		"a STIX pattern has another number of observations than rules");
	return FALSE;
}

char *pattern_join_text(const Correlation *correlation)
{
	g_autoptr(StixJoin) join = stix_join_decode(correlation_expression(correlation), NULL);

	return join ? stix_join_text(join) : g_strdup("");
}

gboolean pattern_join_possible(const Correlation *correlation, const gboolean *has)
{
	g_autoptr(StixJoin) join = stix_join_decode(correlation_expression(correlation), NULL);

	return join && stix_join_possible(join, has);
}
