/* SPDX-License-Identifier: Apache-2.0 */
/* Joining, where it gets large or is fed nonsense; tests/oracle/check_stix_joins.py has the rest.
 */
#include "base/limits.h"
#include "stix/join.h"
#include "stix/pattern.h"

static GByteArray *encode(const char *text)
{
	g_autoptr(StixPattern) pattern = stix_pattern_parse(slice_from_text(text), NULL);
	GByteArray *bytes = g_byte_array_new();

	g_assert_nonnull(pattern);
	stix_pattern_append_join(pattern, bytes);
	return bytes;
}

static StixJoin *decode(const char *text)
{
	g_autoptr(GByteArray) bytes = encode(text);
	StixJoin *join = stix_join_decode(slice_make(bytes->data, bytes->len), NULL);

	g_assert_nonnull(join);
	return join;
}

static void test_text(void)
{
	g_autoptr(StixJoin) join = decode(
		"([a:b = 1] FOLLOWEDBY [a:b = 2]) WITHIN 2.5 SECONDS OR [a:b = 3] REPEATS 5 TIMES");
	g_autofree char *text = stix_join_text(join);

	g_assert_cmpstr(
		text, ==, "(([1] FOLLOWEDBY [2]) WITHIN 2.5 SECONDS) OR ([3] REPEATS 5 TIMES)");
	g_assert_cmpuint(stix_join_n_parts(join), ==, 3);
}

static void test_possible(void)
{
	g_autoptr(StixJoin) join = decode("([a:b = 1] FOLLOWEDBY [a:b = 2]) OR [a:b = 3]");

	g_assert_false(stix_join_possible(join, (gboolean[]){ TRUE, FALSE, FALSE }));
	g_assert_true(stix_join_possible(join, (gboolean[]){ TRUE, TRUE, FALSE }));
	g_assert_true(stix_join_possible(join, (gboolean[]){ FALSE, FALSE, TRUE }));
}

/* Every truncation and every changed byte is refused, or is an expression within the limits. */
static void test_malformed(void)
{
	g_autoptr(GByteArray) bytes =
		encode("([a:b = 1] FOLLOWEDBY [a:b = 2]) WITHIN 5 SECONDS OR [a:b = 3] REPEATS 5 "
		       "TIMES AND "
		       "[a:b = 4] START t'2020-01-01T00:00:00Z' STOP t'2021-01-01T00:00:00Z'");

	for (guint size = 0; size < bytes->len; size++) {
		g_autofree guint8 *cut = g_memdup2(bytes->data, MAX(size, 1));

		g_assert_null(stix_join_decode(slice_make(cut, size), NULL));
	}
	for (guint i = 0; i < bytes->len * 256; i++) {
		g_autofree guint8 *changed = g_memdup2(bytes->data, bytes->len);

		changed[i / 256] = (guint8)i;
		stix_join_free(stix_join_decode(slice_make(changed, bytes->len), NULL));
	}
}

/* A tower of qualifiers as deep as can be sent. */
static void test_deep(void)
{
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	static const guint8 repeats[] = { 6, 1, 0, 0, 0 };

	g_byte_array_append(bytes, (const guint8 *)"\x01\x01\x00", 3);
	for (guint i = 0; i < 1000000; i++)
		g_byte_array_append(bytes, repeats, sizeof(repeats));
	g_byte_array_append(bytes, (const guint8 *)"\x01\x00\x00", 3);
	g_assert_null(stix_join_decode(slice_make(bytes->data, bytes->len), NULL));
}

typedef struct Case {
	StixJoin *join;
	StixSightings *sightings;
	guint64 steps;
	GArray *bound;
} Case;

static Case case_begin(const char *text)
{
	Case c = { .join = decode(text), .steps = LIMIT_STIX_STEPS };

	c.sightings = stix_sightings_new(stix_join_n_parts(c.join));
	c.bound = g_array_new(FALSE, FALSE, sizeof(StixBound));
	return c;
}

static void case_add(Case *c, gint64 seconds, guint64 parts)
{
	(void)stix_sightings_add(c->sightings, seconds * INSTANT_SECOND, seconds * INSTANT_SECOND);
	for (guint i = 0; parts; i++, parts >>= 1)
		if (parts & 1)
			stix_sightings_add_part(c->sightings, i);
}

static StixJoined case_find(Case *c)
{
	return stix_join_find(c->join, c->sightings, &c->steps, c->bound);
}

static void case_end(Case *c)
{
	stix_join_free(c->join);
	stix_sightings_free(c->sightings);
	g_array_unref(c->bound);
}

/* The first step alone decides, whatever the number of events. */
static void test_large(void)
{
	Case c = case_begin(
		"([a:b = 1] REPEATS 1000 TIMES FOLLOWEDBY [a:b = 2]) WITHIN 999 SECONDS");

	for (guint i = 0; i < 100000; i++)
		case_add(&c, i * 2, 1);
	case_add(&c, 200000, 2);
	g_assert_cmpint(case_find(&c), ==, STIX_JOINED_NOT);
	case_end(&c);
	c = case_begin("([a:b = 1] REPEATS 1000 TIMES FOLLOWEDBY [a:b = 2]) WITHIN 2000 SECONDS");
	for (guint i = 0; i < 100000; i++)
		case_add(&c, i * 2, i == 50000 ? 2 : 1);
	g_assert_cmpint(case_find(&c), ==, STIX_JOINED);
	g_assert_cmpuint(c.bound->len, ==, 1001);
	g_assert_cmpuint(g_array_index(c.bound, StixBound, 1000).event, ==, 50000);
	g_assert_cmpint(case_find(&c), ==, STIX_JOINED_NOT);
	case_end(&c);
}

static void test_many_findings(void)
{
	Case c = case_begin("[a:b = 1] FOLLOWEDBY [a:b = 2]");

	for (guint i = 0; i < 200; i++)
		case_add(&c, i, 1 + i % 2);
	for (guint i = 0; i < 100; i++) {
		g_assert_cmpint(case_find(&c), ==, STIX_JOINED);
		g_assert_cmpuint(g_array_index(c.bound, StixBound, 0).event, ==, 2 * i);
		g_assert_cmpuint(g_array_index(c.bound, StixBound, 1).event, ==, 2 * i + 1);
	}
	g_assert_cmpint(case_find(&c), ==, STIX_JOINED_NOT);
	case_end(&c);
}

/* Thirty pairs are asked for; there are 29, but only trying all of them would tell. */
static void test_bound_is_said(void)
{
	Case c = case_begin("([a:b = 1] FOLLOWEDBY [a:b = 2]) REPEATS 30 TIMES");

	case_add(&c, 0, 2);
	for (guint i = 1; i < 60; i++)
		case_add(&c, i, i % 2 ? 1 : 2);
	g_assert_cmpint(case_find(&c), ==, STIX_JOINED_UNDECIDED);
	g_assert_cmpuint(c.steps, ==, 0);
	g_assert_cmpuint(c.bound->len, ==, 0);
	case_end(&c);
	/* too large to search */
	c = case_begin("([a:b = 1] FOLLOWEDBY [a:b = 2]) REPEATS 1000 TIMES");
	case_add(&c, 0, 3);
	case_add(&c, 1, 3);
	g_assert_cmpint(case_find(&c), ==, STIX_JOINED_UNDECIDED);
	case_end(&c);
}

/* An event that two parts are true of is bound to one of them. */
static void test_once(void)
{
	Case c = case_begin("[a:b = 1] AND [a:b = 2]");

	case_add(&c, 0, 3);
	g_assert_cmpint(case_find(&c), ==, STIX_JOINED_NOT);
	case_add(&c, 100, 2);
	g_assert_cmpint(case_find(&c), ==, STIX_JOINED);
	g_assert_cmpuint(g_array_index(c.bound, StixBound, 0).part, ==, 0);
	g_assert_cmpuint(g_array_index(c.bound, StixBound, 1).part, ==, 1);
	case_end(&c);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/stix/join/text", test_text);
	g_test_add_func("/stix/join/possible", test_possible);
	g_test_add_func("/stix/join/malformed", test_malformed);
	g_test_add_func("/stix/join/deep", test_deep);
	g_test_add_func("/stix/join/large", test_large);
	g_test_add_func("/stix/join/many-findings", test_many_findings);
	g_test_add_func("/stix/join/bound-is-said", test_bound_is_said);
	g_test_add_func("/stix/join/once", test_once);
	return g_test_run();
}
