/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fronts: what is true if an event could be bound as often as one likes.
 *
 * All that FOLLOWEDBY, WITHIN and START/STOP ask of a binding is when its events were, and two
 * times tell it: the earliest end ("low") and the latest beginning ("high") of any of them. A
 * FOLLOWEDBY B is high(A) <= low(B); A WITHIN d is high - low <= d. A binding with a later low and
 * an earlier high is at least as good as another in every respect. So of all bindings of an
 * expression only the best pairs are kept, its front: no more than there are events, sorted, both
 * times ascending. Fronts of operands make that of the whole in one pass.
 *
 * An empty front at the root says that there is no binding: exactly, since binding events once only
 * allows fewer. Else each pair knows what it was made of, and where the events are different ones
 * it is a binding. REPEATS of anything but a part is what this can not tell: it asks for n bindings
 * that differ.
 */
#include "base/limits.h"
#include "stix/join-private.h"

typedef struct Pair {
	Instant low, high;
	guint left, right; /* pairs of the operands' fronts; ANY: left of operand number right */
} Pair;

typedef struct Fronts {
	const StixJoin *join;
	const StixSightings *sightings;
	guint64 *steps;
	GArray **fronts;   /* by node: Pair; for chains of n operands the result */
	GArray ***chains;  /* by node: n fronts of the first 1, 2 … n operands; or NULL */
	gboolean is_rough; /* some REPEATS was not told exactly */
	gboolean is_out;   /* of steps or pairs */
	guint64 n_pairs;
} Fronts;

static GArray *front_new(void)
{
	return g_array_new(FALSE, FALSE, sizeof(Pair));
}

static const Pair *pair_at(const GArray *front, guint index)
{
	return &g_array_index(front, Pair, index);
}

static gboolean spend(Fronts *f, guint64 n)
{
	if (*f->steps < n) {
		*f->steps = 0;
		f->is_out = TRUE;
		return FALSE;
	}
	*f->steps -= n;
	return TRUE;
}

/* Before @n pairs are made. */
static gboolean spend_pairs(Fronts *f, guint64 n)
{
	f->n_pairs += n;
	if (f->n_pairs > LIMIT_STIX_FRONT_PAIRS)
		f->is_out = TRUE;
	return !f->is_out && spend(f, n);
}

/* By low, the later ones first; then by high, the earlier ones first; then as they were made. */
static gint compare_pairs(gconstpointer a, gconstpointer b)
{
	const Pair *x = a, *y = b;

	if (x->low != y->low)
		return x->low > y->low ? -1 : 1;
	if (x->high != y->high)
		return x->high < y->high ? -1 : 1;
	if (x->right != y->right)
		return x->right < y->right ? -1 : 1;
	return (x->left > y->left) - (x->left < y->left);
}

static void reverse(GArray *front)
{
	for (guint i = 0, j = front->len; i + 1 < j; i++) {
		Pair swapped = *pair_at(front, i);

		j--;
		g_array_index(front, Pair, i) = *pair_at(front, j);
		g_array_index(front, Pair, j) = swapped;
	}
}

/* Keeps the best of @front. */
static void settle(GArray *front)
{
	guint n = 0;

	g_array_sort(front, compare_pairs);
	for (guint i = 0; i < front->len; i++) {
		Pair pair = *pair_at(front, i);

		if (n == 0 || pair.high < pair_at(front, n - 1)->high)
			g_array_index(front, Pair, n++) = pair;
	}
	g_array_set_size(front, n);
	reverse(front);
}

/* The first pair of @front whose low is not before @time; its length where there is none. */
static guint first_from(const GArray *front, Instant time)
{
	guint from = 0, to = front->len;

	while (from < to) {
		guint middle = from + (to - from) / 2;

		if (pair_at(front, middle)->low < time)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

/* ---- operands -----------------------------------------------------------------------------------
 */

static GArray *front_of_part(Fronts *f, guint part)
{
	const GArray *events = f->sightings->parts[part];
	GArray *front = front_new();

	if (!spend_pairs(f, events->len + 1))
		return front;
	for (guint i = 0; i < events->len; i++) {
		const Sighting *event = join_event(f->sightings, g_array_index(events, guint, i));
		Pair pair = { event->last, event->first, 0, 0 };

		if (!event->is_used)
			g_array_append_val(front, pair);
	}
	settle(front);
	return front;
}

static gint compare_last(gconstpointer a, gconstpointer b)
{
	const Sighting *x = *(const Sighting *const *)a, *y = *(const Sighting *const *)b;

	return (x->last < y->last) - (x->last > y->last);
}

/* The nth smallest beginning among ever more events, as their ends go down. */
static void front_of_lasting(Fronts *f, GPtrArray *events, guint times, GArray *front)
{
	g_autoptr(GArray) firsts = g_array_new(FALSE, FALSE, sizeof(Instant));

	g_ptr_array_sort(events, compare_last);
	for (guint i = 0; i < events->len && spend(f, i + 1); i++) {
		const Sighting *event = events->pdata[i];
		guint at = firsts->len;
		Pair pair = { .low = event->last };

		while (at > 0 && g_array_index(firsts, Instant, at - 1) > event->first)
			at--;
		g_array_insert_val(firsts, at, event->first);
		if (firsts->len < times)
			continue;
		pair.high = g_array_index(firsts, Instant, times - 1);
		g_array_append_val(front, pair);
	}
}

static GArray *front_of_repeated(Fronts *f, guint part, guint times)
{
	const GArray *numbers = f->sightings->parts[part];
	g_autoptr(GPtrArray) events = g_ptr_array_new();
	GArray *front = front_new();

	if (!spend_pairs(f, numbers->len + 1))
		return front;
	for (guint i = 0; i < numbers->len; i++) {
		Sighting *event = join_event(f->sightings, g_array_index(numbers, guint, i));

		if (!event->is_used)
			g_ptr_array_add(events, event);
	}
	if (f->sightings->has_length) {
		front_of_lasting(f, events, times, front);
	} else {
		for (guint i = 0; i + times <= events->len; i++) {
			const Sighting *low = events->pdata[i];
			const Sighting *high = events->pdata[i + times - 1];
			Pair pair = { low->last, high->first, 0, 0 };

			g_array_append_val(front, pair);
		}
	}
	settle(front);
	return front;
}

/* ---- operators ----------------------------------------------------------------------------------
 */

/* For each low there can be: the best of either operand from there on. */
static GArray *front_of_both(Fronts *f, const GArray *a, const GArray *b)
{
	GArray *front = front_new();
	guint i = 0, j = 0;

	if (!spend_pairs(f, (guint64)a->len + b->len))
		return front;
	while (i < a->len && j < b->len) {
		const Pair *x = pair_at(a, i), *y = pair_at(b, j);
		Pair pair = { MIN(x->low, y->low), MAX(x->high, y->high), i, j };

		g_array_append_val(front, pair);
		if (x->low <= y->low)
			i++;
		if (y->low <= x->low)
			j++;
	}
	settle(front);
	return front;
}

static GArray *front_of_followed(Fronts *f, const GArray *a, const GArray *b)
{
	GArray *front = front_new();

	if (!spend_pairs(f, a->len))
		return front;
	for (guint i = 0; i < a->len; i++) {
		const Pair *x = pair_at(a, i);
		guint j = first_from(b, x->high);
		Pair pair;

		if (j == b->len)
			break;
		pair = (Pair){ MIN(x->low, pair_at(b, j)->low), MAX(x->high, pair_at(b, j)->high),
			i, j };
		g_array_append_val(front, pair);
	}
	settle(front);
	return front;
}

static GArray *front_of(Fronts *f, guint number);

static guint n_children(const StixJoin *join, const JoinNode *node)
{
	guint n = 0;

	for (guint child = node->child; child; child = join_node(join, child)->next)
		n++;
	return n;
}

static GArray *front_of_any(Fronts *f, const JoinNode *node)
{
	GArray *front = front_new();
	guint n = 0;

	for (guint child = node->child; child; child = join_node(f->join, child)->next, n++) {
		const GArray *of_child = front_of(f, child);

		if (!spend_pairs(f, of_child->len + 1))
			break;
		for (guint i = 0; i < of_child->len; i++) {
			Pair pair = *pair_at(of_child, i);

			pair.left = i;
			pair.right = n;
			g_array_append_val(front, pair);
		}
	}
	settle(front);
	return front;
}

static GArray *front_of_chain(Fronts *f, guint number, const JoinNode *node)
{
	GArray **chain = g_new0(GArray *, n_children(f->join, node));
	guint n = 0;

	f->chains[number] = chain;
	for (guint child = node->child; child; child = join_node(f->join, child)->next, n++) {
		GArray *of_child = front_of(f, child);

		chain[n] = n == 0		 ? g_array_ref(of_child)
			: node->kind == JOIN_ALL ? front_of_both(f, chain[n - 1], of_child)
						 : front_of_followed(f, chain[n - 1], of_child);
	}
	return g_array_ref(chain[n - 1]);
}

/* Those pairs of the operand that are as the qualifier asks; left says which. */
static GArray *front_of_qualified(Fronts *f, const JoinNode *node)
{
	const GArray *inner = front_of(f, node->child);
	GArray *front = front_new();

	for (guint i = 0; i < inner->len && spend_pairs(f, 1); i++) {
		Pair pair = *pair_at(inner, i);
		gboolean is;

		pair.left = i;
		if (node->kind == JOIN_WITHIN)
			is = pair.high <= pair.low ||
				(guint64)pair.high - (guint64)pair.low <= (guint64)node->duration;
		else if (node->kind == JOIN_START_STOP)
			is = node->start < node->stop && pair.high < node->stop &&
				pair.low >= node->start;
		else
			is = TRUE;
		if (is)
			g_array_append_val(front, pair);
	}
	return front;
}

static gboolean repeats_part(const StixJoin *join, const JoinNode *node)
{
	return node->kind == JOIN_REPEATS && join_node(join, node->child)->kind == JOIN_PART;
}

static GArray *front_of(Fronts *f, guint number)
{
	const JoinNode *node = join_node(f->join, number);
	GArray *front;

	if (node->kind == JOIN_PART) {
		front = front_of_part(f, node->part);
	} else if (node->kind == JOIN_ANY) {
		front = front_of_any(f, node);
	} else if (node->kind == JOIN_ALL || node->kind == JOIN_FOLLOWED_BY) {
		front = front_of_chain(f, number, node);
	} else if (repeats_part(f->join, node)) {
		front = front_of_repeated(f, join_node(f->join, node->child)->part, node->times);
	} else {
		f->is_rough = f->is_rough || (node->kind == JOIN_REPEATS && node->times > 1);
		front = front_of_qualified(f, node);
	}
	f->fronts[number] = front;
	return front;
}

/* ---- from a pair to its events ------------------------------------------------------------------
 */

typedef struct Taking {
	Fronts *f;
	GHashTable *taken; /* events, by number + 1 */
	GArray *ret;
} Taking;

/* Takes @n events of @part that are no worse than @pair, and not taken yet. */
static gboolean take_events(Taking *t, guint part, const Pair *pair, guint n)
{
	const StixSightings *sightings = t->f->sightings;
	const GArray *events = sightings->parts[part];
	guint from = 0, to = events->len;

	while (!sightings->has_length && from < to) { /* to the first that is not before low */
		guint middle = from + (to - from) / 2;

		if (join_event(sightings, g_array_index(events, guint, middle))->last < pair->low)
			from = middle + 1;
		else
			to = middle;
	}
	for (guint i = from; n > 0 && i < events->len && spend(t->f, 1); i++) {
		StixBound bound = { g_array_index(events, guint, i), part };
		const Sighting *event = join_event(sightings, bound.event);

		if (event->first > pair->high)
			break;
		if (event->last < pair->low || event->is_used ||
			!g_hash_table_add(t->taken, GUINT_TO_POINTER(bound.event + 1)))
			continue;
		g_array_append_val(t->ret, bound);
		n--;
	}
	return n == 0;
}

static gboolean take(Taking *t, guint number, guint index);

static gboolean take_any(Taking *t, const JoinNode *node, const Pair *pair)
{
	guint child = node->child;

	for (guint i = 0; i < pair->right; i++)
		child = join_node(t->f->join, child)->next;
	return take(t, child, pair->left);
}

/* From the last operand to the first, as the chain was made. */
static gboolean take_chain(Taking *t, guint number, guint index)
{
	const StixJoin *join = t->f->join;
	const JoinNode *node = join_node(join, number);
	guint n = n_children(join, node);
	g_autofree guint *children = g_new(guint, n);
	guint i = 0;

	for (guint child = node->child; child; child = join_node(join, child)->next)
		children[i++] = child;
	for (i = n - 1; i > 0; i--) {
		const Pair *pair = pair_at(t->f->chains[number][i], index);

		if (!take(t, children[i], pair->right))
			return FALSE;
		index = pair->left;
	}
	return take(t, children[0], index);
}

static gboolean take(Taking *t, guint number, guint index)
{
	const JoinNode *node = join_node(t->f->join, number);
	const Pair *pair = pair_at(t->f->fronts[number], index);

	switch (node->kind) {
	case JOIN_PART:
		return take_events(t, node->part, pair, 1);
	case JOIN_ANY:
		return take_any(t, node, pair);
	case JOIN_ALL:
	case JOIN_FOLLOWED_BY:
		return take_chain(t, number, index);
	default:
		if (repeats_part(t->f->join, node))
			return take_events(
				t, join_node(t->f->join, node->child)->part, pair, node->times);
		return take(t, node->child, pair->left);
	}
}

/* ---- the whole ----------------------------------------------------------------------------------
 */

static void fronts_clear(Fronts *f)
{
	for (guint i = 0; i < f->join->nodes->len; i++) {
		guint n = f->chains[i] ? n_children(f->join, join_node(f->join, i)) : 0;

		for (guint k = 0; k < n; k++)
			g_array_unref(f->chains[i][k]);
		g_free(f->chains[i]);
		if (f->fronts[i])
			g_array_unref(f->fronts[i]);
	}
	g_free(f->fronts);
	g_free(f->chains);
}

StixJoined stix_join_by_fronts(
	const StixJoin *join, const StixSightings *sightings, guint64 *steps, GArray *ret)
{
	Fronts f = { .join = join, .sightings = sightings, .steps = steps };
	g_autoptr(GHashTable) taken = g_hash_table_new(NULL, NULL);
	Taking taking = { &f, taken, ret };
	StixJoined joined = STIX_JOINED_UNDECIDED;
	const GArray *root;

	f.fronts = g_new0(GArray *, join->nodes->len);
	f.chains = g_new0(GArray **, join->nodes->len);
	root = front_of(&f, 0);
	if (!f.is_out && root->len == 0)
		joined = STIX_JOINED_NOT;
	for (guint i = 0; joined == STIX_JOINED_UNDECIDED && !f.is_out && !f.is_rough &&
		i < MIN(root->len, LIMIT_STIX_FRONT_TRIES);
		i++) {
		g_hash_table_remove_all(taken);
		g_array_set_size(ret, 0);
		if (take(&taking, 0, i))
			joined = STIX_JOINED;
	}
	fronts_clear(&f);
	return joined;
}
