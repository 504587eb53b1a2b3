/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a pattern to what join.c reads: little-endian, each node before its children.
 *
 *	u8 version, u16 parts, then nodes: u8 kind, and
 *	part		u16 number
 *	all, any,
 *	followed by	u16 children
 *	within		i64 nanoseconds
 *	repeats		u32 times
 *	start-stop	i64 start, i64 stop
 */
#include "stix/join-private.h"
#include "stix/tree.h"

static void append_number(GByteArray *ret, guint64 number, guint n_bytes)
{
	for (guint i = 0; i < n_bytes; i++) {
		guint8 byte = (guint8)(number >> (8 * i));

		g_byte_array_append(ret, &byte, 1);
	}
}

static void append_qualified(const StixObservation *observation, GByteArray *ret)
{
	switch (observation->qualifier) {
	case STIX_WITHIN:
		append_number(ret, JOIN_WITHIN, 1);
		append_number(ret, (guint64)observation->nanoseconds, 8);
		return;
	case STIX_REPEATS:
		append_number(ret, JOIN_REPEATS, 1);
		append_number(ret, observation->times, 4);
		return;
	default:
		append_number(ret, JOIN_START_STOP, 1);
		append_number(ret, (guint64)observation->start, 8);
		append_number(ret, (guint64)observation->stop, 8);
	}
}

static void append_node(const StixObservation *observation, GByteArray *ret)
{
	static const guint8 kinds[] = {
		[STIX_ALL] = JOIN_ALL, [STIX_ANY] = JOIN_ANY, [STIX_FOLLOWED_BY] = JOIN_FOLLOWED_BY
	};
	guint n = 0;

	if (observation->kind == STIX_PART) {
		append_number(ret, JOIN_PART, 1);
		append_number(ret, observation->part, 2);
		return;
	}
	if (observation->kind == STIX_QUALIFIED) {
		append_qualified(observation, ret);
		append_node(observation->child, ret);
		return;
	}
	for (const StixObservation *child = observation->child; child; child = child->next)
		n++;
	append_number(ret, kinds[observation->kind], 1);
	append_number(ret, n, 2);
	for (const StixObservation *child = observation->child; child; child = child->next)
		append_node(child, ret);
}

void stix_pattern_append_join(const StixPattern *pattern, GByteArray *ret)
{
	append_number(ret, 1, 1);
	append_number(ret, pattern->parts->len, 2);
	append_node(pattern->root, ret);
}
