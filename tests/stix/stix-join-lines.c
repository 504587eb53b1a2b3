/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tests/oracle/check_stix_joins.py: joins what it reads from standard input.
 *
 *	pattern [x:p = 0] FOLLOWEDBY [x:p = 1]
 *	event SECONDS PART…	by time; an event, and which parts are true of it
 *	join			answers a line of event numbers for each binding, then "none"
 */
#include <stdio.h>

#include "base/limits.h"
#include "stix/join.h"
#include "stix/pattern.h"

typedef struct State {
	StixJoin *join;
	StixSightings *sightings;
	Instant base;
} State;

static void state_clear(State *state)
{
	g_clear_pointer(&state->join, stix_join_free);
	g_clear_pointer(&state->sightings, stix_sightings_free);
}

static void take_pattern(State *state, const char *text)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(StixPattern) pattern = stix_pattern_parse(slice_from_text(text), &error);
	g_autoptr(GByteArray) bytes = g_byte_array_new();

	if (!pattern)
		g_error("%s: %s", text, error->message);
	state_clear(state);
	stix_pattern_append_join(pattern, bytes);
	state->join = stix_join_decode(slice_make(bytes->data, bytes->len), &error);
	if (!state->join)
		g_error("%s: %s", text, error->message);
	state->sightings = stix_sightings_new(stix_join_n_parts(state->join));
}

static void take_event(State *state, char *const *words)
{
	Instant time = state->base + (Instant)g_ascii_strtoull(words[0], NULL, 10) * INSTANT_SECOND;

	(void)stix_sightings_add(state->sightings, time, time);
	for (guint i = 1; words[i]; i++)
		stix_sightings_add_part(
			state->sightings, (guint)g_ascii_strtoull(words[i], NULL, 10));
}

static void answer(State *state)
{
	g_autoptr(GArray) bound = g_array_new(FALSE, FALSE, sizeof(StixBound));
	guint64 steps = LIMIT_STIX_STEPS;
	StixJoined joined;

	while ((joined = stix_join_find(state->join, state->sightings, &steps, bound)) ==
		STIX_JOINED) {
		for (guint i = 0; i < bound->len; i++)
			printf("%s%u", i ? " " : "", g_array_index(bound, StixBound, i).event);
		printf("\n");
	}
	printf("%s\n", joined == STIX_JOINED_NOT ? "none" : "undecided");
}

int main(void)
{
	State state = { .base = instant_from_parts(2021, 3, 2, 0, 0, 0, 0) };
	g_autoptr(GString) input = g_string_new(NULL);
	g_auto(GStrv) lines = NULL;
	char buffer[4096];
	gsize n;

	while ((n = fread(buffer, 1, sizeof(buffer), stdin)) > 0)
		g_string_append_len(input, buffer, (gssize)n);
	lines = g_strsplit(input->str, "\n", -1);
	for (guint i = 0; lines[i]; i++) {
		g_auto(GStrv) words = g_strsplit(lines[i], " ", -1);

		if (g_str_has_prefix(lines[i], "pattern "))
			take_pattern(&state, lines[i] + strlen("pattern "));
		else if (g_str_has_prefix(lines[i], "event "))
			take_event(&state, words + 1);
		else if (g_str_equal(lines[i], "join"))
			answer(&state);
	}
	state_clear(&state);
	return 0;
}
