/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Search: tries events for each part in order of time, and goes back where it can not go on.
 *
 * What is still to be bound behind the part at hand is a chain of Next, innermost first, each on
 * the stack of the call that made it. What constrains an event is known before it is chosen:
 * FOLLOWEDBY and START/STOP are a range of times, WITHIN is a window around what was bound inside
 * of it. Since the repetitions of REPEATS can stand in any order, the first event of each must come
 * behind that of the one before: so no set of bindings is tried twice.
 *
 * The depth of the stack is that of the binding, to LIMIT_STIX_SEARCH_EVENTS.
 */
#include "base/limits.h"
#include "stix/join-private.h"

#define NO_FLOOR G_MAXUINT

/* Events must end at or after from, and begin before until. */
typedef struct Range {
	Instant from, until;
} Range;

/* A WITHIN that is being bound: events in it must be close to those from @begin on. */
typedef struct Window {
	const struct Window *outer;
	gint64 duration;
	guint begin; /* number of events that were bound before */
} Window;

typedef struct Next Next;

typedef struct Search {
	const StixJoin *join;
	StixSightings *sightings; /* is_used is set and cleared again */
	guint64 *steps;
	gboolean is_out;
	GArray *bound; /* StixBound, so far */
} Search;

/* What constrains whatever is bound next. */
typedef struct Context {
	Range range;
	const Window *window;
	guint floor; /* the next event must have a greater number, or NO_FLOOR */
} Context;

struct Next {
	gboolean (*run)(Search *search, const Next *next);
	const Next *up;
	Context context;      /* that it was made in */
	guint number;	      /* chains: the next operand; REPEATS: its child */
	guint begin;	      /* number of events that were bound before it */
	guint left;	      /* REPEATS: how often still */
	gboolean is_followed; /* chain of FOLLOWEDBY */
};

static gboolean bind(Search *s, guint number, const Context *context, const Next *next);

static gboolean go_on(Search *s, const Next *next)
{
	return next ? next->run(s, next) : TRUE;
}

static const StixBound *bound_at(const Search *s, guint index)
{
	return &g_array_index(s->bound, StixBound, index);
}

/* ---- parts --------------------------------------------------------------------------------------
 */

/* The earliest end and the latest beginning of the events from number @begin on. */
static void extent(const Search *s, guint begin, Instant *low, Instant *high)
{
	*low = INT64_MAX;
	*high = INT64_MIN;
	for (guint i = begin; i < s->bound->len; i++) {
		const Sighting *event = join_event(s->sightings, bound_at(s, i)->event);

		*low = MIN(*low, event->last);
		*high = MAX(*high, event->first);
	}
}

typedef enum Fit {
	FIT,
	FIT_NOT,
	FIT_NO_MORE, /* nor any later event */
} Fit;

static Fit fits_windows(const Search *s, const Window *window, const Sighting *event)
{
	for (; window; window = window->outer) {
		Instant low, high;

		if (window->begin == s->bound->len)
			continue;
		extent(s, window->begin, &low, &high);
		if (event->first > low &&
			(guint64)event->first - (guint64)low > (guint64)window->duration)
			return FIT_NO_MORE;
		if (high > event->last &&
			(guint64)high - (guint64)event->last > (guint64)window->duration)
			return FIT_NOT;
	}
	return FIT;
}

static Fit fits(const Search *s, const Context *context, guint number)
{
	const Sighting *event = join_event(s->sightings, number);

	if (event->first >= context->range.until && context->range.until != INT64_MAX)
		return FIT_NO_MORE;
	if (event->is_used || event->last < context->range.from ||
		(context->floor != NO_FLOOR && number <= context->floor))
		return FIT_NOT;
	return fits_windows(s, context->window, event);
}

static gboolean can_end_before(const Search *s, guint part, guint index, const Context *context)
{
	guint number = join_candidate(s->sightings, part, index);

	return (context->floor != NO_FLOOR && number <= context->floor) ||
		(!s->sightings->has_length &&
			join_event(s->sightings, number)->last < context->range.from);
}

/* The first candidate worth a look. */
static guint first_candidate(const Search *s, guint part, const Context *context)
{
	guint from = 0, to = s->sightings->parts[part]->len;

	while (from < to) {
		guint middle = from + (to - from) / 2;

		if (can_end_before(s, part, middle, context))
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

static gboolean bind_part(Search *s, guint part, const Context *context, const Next *next)
{
	guint n = s->sightings->parts[part]->len;

	for (guint i = first_candidate(s, part, context); i < n; i++) {
		StixBound bound = { join_candidate(s->sightings, part, i), part };
		Fit fit;

		if (*s->steps <= s->bound->len) {
			*s->steps = 0;
			s->is_out = TRUE;
			return FALSE;
		}
		*s->steps -= s->bound->len + 1;
		fit = fits(s, context, bound.event);
		if (fit == FIT_NO_MORE)
			return FALSE;
		if (fit == FIT_NOT)
			continue;
		join_event(s->sightings, bound.event)->is_used = TRUE;
		g_array_append_val(s->bound, bound);
		if (go_on(s, next))
			return TRUE;
		g_array_set_size(s->bound, s->bound->len - 1);
		join_event(s->sightings, bound.event)->is_used = FALSE;
		if (s->is_out)
			return FALSE;
	}
	return FALSE;
}

/* ---- AND, FOLLOWEDBY ----------------------------------------------------------------------------
 */

static gboolean bind_operand(Search *s, const Next *chain, guint number, const Context *context)
{
	guint sibling = join_node(s->join, number)->next;
	Next next = *chain;

	if (!sibling)
		return bind(s, number, context, chain->up);
	next.number = sibling;
	return bind(s, number, context, &next);
}

static gboolean run_chain(Search *s, const Next *next)
{
	Context context = next->context;
	Instant low, high;

	context.floor = NO_FLOOR;
	if (next->is_followed) {
		extent(s, next->begin, &low, &high);
		context.range.from = MAX(context.range.from, high);
	}
	return bind_operand(s, next, next->number, &context);
}

static gboolean bind_chain(
	Search *s, const JoinNode *node, const Context *context, const Next *next)
{
	Next chain = { .run = run_chain, .up = next, .context = *context, .begin = s->bound->len };

	chain.is_followed = node->kind == JOIN_FOLLOWED_BY;
	return bind_operand(s, &chain, node->child, context);
}

/* ---- qualifiers ---------------------------------------------------------------------------------
 */

static gboolean run_repeat(Search *s, const Next *next)
{
	Context context = next->context;
	Next again = *next;

	if (next->left == 0)
		return go_on(s, next->up);
	/* the first event of the repetition before this one */
	context.floor = bound_at(s, next->begin)->event;
	again.left--;
	again.begin = s->bound->len;
	return bind(s, next->number, &context, &again);
}

static gboolean bind_repeated(
	Search *s, const JoinNode *node, const Context *context, const Next *next)
{
	Next again = { .run = run_repeat, .up = next, .context = *context, .begin = s->bound->len };

	again.number = node->child;
	again.left = node->times - 1;
	return bind(s, node->child, context, &again);
}

static gboolean bind_started(
	Search *s, const JoinNode *node, const Context *context, const Next *next)
{
	Context inner = *context;

	if (node->start >= node->stop)
		return FALSE;
	inner.range.from = MAX(inner.range.from, node->start);
	inner.range.until = MIN(inner.range.until, node->stop);
	return bind(s, node->child, &inner, next);
}

static gboolean bind_within(
	Search *s, const JoinNode *node, const Context *context, const Next *next)
{
	Window window = { context->window, node->duration, s->bound->len };
	Context inner = *context;

	inner.window = &window;
	return bind(s, node->child, &inner, next);
}

/* ---- any node -----------------------------------------------------------------------------------
 */

static gboolean bind(Search *s, guint number, const Context *context, const Next *next)
{
	const JoinNode *node = join_node(s->join, number);

	switch (node->kind) {
	case JOIN_PART:
		return bind_part(s, node->part, context, next);
	case JOIN_ALL:
	case JOIN_FOLLOWED_BY:
		return bind_chain(s, node, context, next);
	case JOIN_ANY:
		for (guint child = node->child; child && !s->is_out;
			child = join_node(s->join, child)->next)
			if (bind(s, child, context, next))
				return TRUE;
		return FALSE;
	case JOIN_REPEATS:
		return bind_repeated(s, node, context, next);
	case JOIN_WITHIN:
		return bind_within(s, node, context, next);
	case JOIN_START_STOP:
		return bind_started(s, node, context, next);
	}
	return FALSE;
}

StixJoined stix_join_by_search(
	const StixJoin *join, const StixSightings *sightings, guint64 *steps, GArray *ret)
{
	/* what is chosen is marked as used, and unmarked again */
	Search search = {
		.join = join, .sightings = (StixSightings *)sightings, .steps = steps, .bound = ret
	};
	Context context = { { INT64_MIN, INT64_MAX }, NULL, NO_FLOOR };
	gboolean is_found;

	g_array_set_size(ret, 0);
	if (join_node(join, 0)->size > LIMIT_STIX_SEARCH_EVENTS)
		return STIX_JOINED_UNDECIDED;
	is_found = bind(&search, 0, &context, NULL);
	for (guint i = 0; i < ret->len; i++)
		join_event(sightings, g_array_index(ret, StixBound, i).event)->is_used = FALSE;
	if (is_found)
		return STIX_JOINED;
	return search.is_out ? STIX_JOINED_UNDECIDED : STIX_JOINED_NOT;
}
