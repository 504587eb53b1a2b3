/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bounds of a window. What correlating computes is held to vectors and to a slow evaluator by
 * tests/oracle/check_correlations.py.
 */
#include "coordinator/correlation/correlate.h"

#include "base/limits.h"

typedef struct Told {
	guint n_findings, n_cut;
	guint64 n_hits;
} Told;

static gboolean tell_begin(void *context, Instant first, GError **error)
{
	((Told *)context)->n_findings++;
	return TRUE;
}

static gboolean tell_hit(void *context, const WindowHit *hit, Instant known, GError **error)
{
	((Told *)context)->n_hits++;
	return TRUE;
}

static gboolean tell_end(void *context, const CorrelateSummary *summary, GError **error)
{
	return TRUE;
}

static gboolean tell_cut(void *context, Instant time, GError **error)
{
	((Told *)context)->n_cut++;
	return TRUE;
}

/* @n events of @size bytes, a second apart, of which @least have to lie within a day. */
static Told correlate(guint n, gsize size, guint least)
{
	CorrelationCondition condition = { CORRELATION_GTE, least };
	const Correlation correlation = { .type = CORRELATION_EVENT_COUNT,
		.timespan = 86400 * INSTANT_SECOND,
		.conditions = &condition,
		.n_conditions = 1,
		.n_parts = 1 };
	Told told = { 0 };
	const CorrelateSink sink = { tell_begin, tell_hit, tell_end, tell_cut, NULL, NULL, &told };
	g_autoptr(Correlate) c = correlate_new(&correlation, &sink);
	g_autoptr(GError) error = NULL;

	for (guint group = 0; group < 2; group++) {
		for (guint i = 0; i < n; i++) {
			const WindowHit hit = {
				.time = i * INSTANT_SECOND, .event = i, .size = size
			};

			g_assert_true(correlate_add(c, &hit, SLICE_EMPTY, 0, &error));
		}
		g_assert_true(correlate_end_group(c, &error));
	}
	g_assert_no_error(error);
	return told;
}

static void assert_told(Told told, guint n_findings, guint64 n_hits, guint n_cut)
{
	g_assert_cmpuint(told.n_findings, ==, n_findings);
	g_assert_cmpuint(told.n_hits, ==, n_hits);
	g_assert_cmpuint(told.n_cut, ==, n_cut);
}

/* Each group by itself. */
static void test_bytes(void)
{
	const gsize third = LIMIT_CORRELATION_WINDOW_BYTES / 3;

	assert_told(correlate(4, 100, 4), 2, 8, 0);
	assert_told(correlate(4, third, 4), 0, 0, 2);
	assert_told(correlate(4, third, 3), 2, 8, 2);
	assert_told(correlate(4, third + 1, 3), 0, 0, 2);
	/* One event is always taken. */
	assert_told(correlate(2, (gsize)LIMIT_CORRELATION_WINDOW_BYTES + 1, 1), 4, 4, 2);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/correlate/bytes", test_bytes);
	return g_test_run();
}
