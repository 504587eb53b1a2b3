/* SPDX-License-Identifier: Apache-2.0 */
#include "stix/join.h"

#include "base/cursor.h"
#include "base/error.h"
#include "base/limits.h"
#include "stix/join-private.h"

/* ---- decoding -----------------------------------------------------------------------------------
 */

typedef struct Decoding {
	Cursor cursor;
	StixJoin *join;
	gboolean seen[LIMIT_STIX_PARTS];
	guint depth;
} Decoding;

static gboolean decode_node(Decoding *d, guint *ret_number);

static JoinNode *node_at(Decoding *d, guint number)
{
	return &g_array_index(d->join->nodes, JoinNode, number);
}

static gboolean decode_part(Decoding *d, JoinNode *node)
{
	guint16 part;

	if (!cursor_u16(&d->cursor, &part) || part >= d->join->n_parts || d->seen[part])
		return FALSE;
	d->seen[part] = TRUE;
	node->part = part;
	node->size = 1;
	return TRUE;
}

static gboolean decode_children(Decoding *d, guint number, guint n)
{
	guint last = 0;
	guint64 size = 0;

	for (guint i = 0; i < n; i++) {
		guint child;

		if (!decode_node(d, &child))
			return FALSE;
		if (last)
			node_at(d, last)->next = child;
		else
			node_at(d, number)->child = child;
		last = child;
		size = node_at(d, number)->kind == JOIN_ANY ? MAX(size, node_at(d, child)->size)
							    : size + node_at(d, child)->size;
	}
	size *= node_at(d, number)->kind == JOIN_REPEATS ? node_at(d, number)->times : 1;
	node_at(d, number)->size = (guint)MIN(size, LIMIT_STIX_BINDING + 1);
	return size <= LIMIT_STIX_BINDING;
}

/* What is special of @node's kind; *ret: how many children follow. */
static gboolean decode_kind(Decoding *d, JoinNode *node, guint *ret)
{
	guint64 a = 0, b = 0;
	guint32 times = 0;
	guint16 n = 0;

	*ret = 1;
	switch (node->kind) {
	case JOIN_PART:
		*ret = 0;
		return decode_part(d, node);
	case JOIN_ALL:
	case JOIN_ANY:
	case JOIN_FOLLOWED_BY:
		if (!cursor_u16(&d->cursor, &n))
			return FALSE;
		*ret = n;
		return n >= 2 && n <= LIMIT_STIX_PARTS;
	case JOIN_WITHIN:
		if (!cursor_u64(&d->cursor, &a))
			return FALSE;
		node->duration = (gint64)a;
		return node->duration > 0;
	case JOIN_REPEATS:
		if (!cursor_u32(&d->cursor, &times))
			return FALSE;
		node->times = times;
		return times >= 1 && times <= LIMIT_STIX_BINDING;
	case JOIN_START_STOP:
		if (!cursor_u64(&d->cursor, &a) || !cursor_u64(&d->cursor, &b))
			return FALSE;
		node->start = (Instant)a;
		node->stop = (Instant)b;
		return node->start != INSTANT_NONE && node->stop != INSTANT_NONE;
	}
	return FALSE;
}

static gboolean decode_node(Decoding *d, guint *ret_number)
{
	JoinNode node = { 0 };
	guint number = d->join->nodes->len, n = 0;
	guint8 kind;
	gboolean is_good;

	/* parentheses and qualifiers, and between two of them up to three chains */
	if (d->depth >= 4 * LIMIT_STIX_DEPTH || !cursor_u8(&d->cursor, &kind))
		return FALSE;
	node.kind = kind;
	if (!decode_kind(d, &node, &n))
		return FALSE;
	g_array_append_val(d->join->nodes, node);
	d->depth++;
	is_good = n == 0 || decode_children(d, number, n);
	d->depth--;
	*ret_number = number;
	return is_good;
}

StixJoin *stix_join_decode(Slice bytes, GError **error)
{
	g_autoptr(StixJoin) join = g_new0(StixJoin, 1);
	Decoding d = { .cursor = cursor_make(bytes), .join = join };
	guint8 version = 0;
	guint16 n_parts = 0;
	guint root;
	gboolean is_good;

	join->nodes = g_array_new(FALSE, TRUE, sizeof(JoinNode));
	is_good = cursor_u8(&d.cursor, &version) && version == 1 &&
		cursor_u16(&d.cursor, &n_parts) && n_parts >= 1 && n_parts <= LIMIT_STIX_PARTS;
	join->n_parts = n_parts;
	is_good = is_good && decode_node(&d, &root) && cursor_remaining(&d.cursor) == 0;
	for (guint i = 0; is_good && i < n_parts; i++)
		is_good = d.seen[i];
	if (!is_good) {
		g_set_error_literal(error, SPOOR_ERROR, SPOOR_ERROR_PROTOCOL,
			"the observation expression of a STIX pattern is malformed");
		return NULL;
	}
	return g_steal_pointer(&join);
}

void stix_join_free(StixJoin *join)
{
	if (!join)
		return;
	g_array_unref(join->nodes);
	g_free(join);
}

guint stix_join_n_parts(const StixJoin *join)
{
	return join->n_parts;
}

/* ---- for people ---------------------------------------------------------------------------------
 */

static void append_text(const StixJoin *join, guint number, GString *ret);

static void append_operand(const StixJoin *join, guint number, GString *ret)
{
	gboolean is_part = join_node(join, number)->kind == JOIN_PART;

	g_string_append(ret, is_part ? "" : "(");
	append_text(join, number, ret);
	g_string_append(ret, is_part ? "" : ")");
}

static void append_seconds(gint64 duration, GString *ret)
{
	g_string_append_printf(ret, "%" G_GINT64_FORMAT, duration / INSTANT_SECOND);
	if (duration % INSTANT_SECOND) {
		g_string_append_printf(ret, ".%09" G_GINT64_FORMAT, duration % INSTANT_SECOND);
		while (ret->str[ret->len - 1] == '0')
			g_string_truncate(ret, ret->len - 1);
	}
}

static void append_qualifier(const JoinNode *node, GString *ret)
{
	char start[INSTANT_TEXT_BYTES], stop[INSTANT_TEXT_BYTES];

	if (node->kind == JOIN_WITHIN) {
		g_string_append(ret, " WITHIN ");
		append_seconds(node->duration, ret);
		g_string_append(ret, " SECONDS");
	} else if (node->kind == JOIN_REPEATS) {
		g_string_append_printf(ret, " REPEATS %u TIMES", node->times);
	} else {
		instant_format(node->start, start);
		instant_format(node->stop, stop);
		g_string_append_printf(ret, " START t'%s' STOP t'%s'", start, stop);
	}
}

static void append_text(const StixJoin *join, guint number, GString *ret)
{
	const JoinNode *node = join_node(join, number);
	const char *between = node->kind == JOIN_ALL ? " AND "
		: node->kind == JOIN_ANY	     ? " OR "
						     : " FOLLOWEDBY ";

	if (node->kind == JOIN_PART) {
		g_string_append_printf(ret, "[%u]", node->part + 1);
		return;
	}
	if (node->kind >= JOIN_WITHIN) {
		append_operand(join, node->child, ret);
		append_qualifier(node, ret);
		return;
	}
	for (guint child = node->child; child; child = join_node(join, child)->next) {
		if (child != node->child)
			g_string_append(ret, between);
		append_operand(join, child, ret);
	}
}

char *stix_join_text(const StixJoin *join)
{
	GString *text = g_string_new(NULL);

	append_text(join, 0, text);
	return g_string_free(text, FALSE);
}

static gboolean node_possible(const StixJoin *join, guint number, const gboolean *has)
{
	const JoinNode *node = join_node(join, number);

	if (node->kind == JOIN_PART)
		return has[node->part];
	for (guint child = node->child; child; child = join_node(join, child)->next) {
		gboolean is = node_possible(join, child, has);

		if (is == (node->kind == JOIN_ANY))
			return is;
	}
	return node->kind != JOIN_ANY;
}

gboolean stix_join_possible(const StixJoin *join, const gboolean *has)
{
	return node_possible(join, 0, has);
}

/* ---- sightings ----------------------------------------------------------------------------------
 */

StixSightings *stix_sightings_new(guint n_parts)
{
	StixSightings *sightings = g_new0(StixSightings, 1);

	sightings->events = g_array_new(FALSE, FALSE, sizeof(Sighting));
	sightings->n_parts = n_parts;
	sightings->parts = g_new0(GArray *, n_parts);
	for (guint i = 0; i < n_parts; i++)
		sightings->parts[i] = g_array_new(FALSE, FALSE, sizeof(guint));
	return sightings;
}

void stix_sightings_free(StixSightings *sightings)
{
	if (!sightings)
		return;
	for (guint i = 0; i < sightings->n_parts; i++)
		g_array_unref(sightings->parts[i]);
	g_free(sightings->parts);
	g_array_unref(sightings->events);
	g_free(sightings);
}

guint stix_sightings_add(StixSightings *sightings, Instant first, Instant last)
{
	Sighting sighting = { first, MAX(first, last), FALSE };

	sightings->has_length = sightings->has_length || last > first;
	g_array_append_val(sightings->events, sighting);
	return sightings->events->len - 1;
}

void stix_sightings_add_part(StixSightings *sightings, guint part)
{
	guint event = sightings->events->len - 1;

	g_array_append_val(sightings->parts[part], event);
}

/* ---- joining ------------------------------------------------------------------------------------
 */

static gint compare_bound(gconstpointer a, gconstpointer b)
{
	const StixBound *x = a, *y = b;

	return (x->event > y->event) - (x->event < y->event);
}

StixJoined stix_join_find(
	const StixJoin *join, StixSightings *sightings, guint64 *steps, GArray *ret)
{
	StixJoined joined;

	g_array_set_size(ret, 0);
	joined = stix_join_by_fronts(join, sightings, steps, ret);
	if (joined == STIX_JOINED_UNDECIDED)
		joined = stix_join_by_search(join, sightings, steps, ret);
	if (joined != STIX_JOINED) {
		g_array_set_size(ret, 0);
		return joined;
	}
	g_array_sort(ret, compare_bound);
	for (guint i = 0; i < ret->len; i++)
		join_event(sightings, g_array_index(ret, StixBound, i).event)->is_used = TRUE;
	return STIX_JOINED;
}
