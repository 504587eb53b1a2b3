/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>

#include "base/limits.h"
#include "coordinator/span-list.h"

/* A chunk at @offset with records @first to @last of one second each, from second @time on. */
static void add_of(SpanList *list, const char *channel, guint64 offset, guint64 first, guint64 last,
	gint64 time)
{
	Span span = {
		.offset = offset,
		.first_record = first,
		.last_record = last,
		.first_time = time * INSTANT_SECOND,
		.last_time = (time + (gint64)(last - first)) * INSTANT_SECOND,
		.n_records = last - first + 1,
		.channel = channel,
	};

	span_list_add(list, &span);
}

static void add(SpanList *list, guint64 offset, guint64 first, guint64 last, gint64 time)
{
	add_of(list, "Security", offset, first, last, time);
}

static gboolean note(void *context, const Gap *gap, GError **error)
{
	g_string_append_printf(context, "%s@%" G_GUINT64_FORMAT "(%" G_GUINT64_FORMAT ") ",
		gap_kind_name(gap->kind), gap->offset, gap->records);
	return TRUE;
}

static void assert_gaps(SpanList *list, const char *expected)
{
	g_autoptr(GString) text = g_string_new(NULL);

	g_assert_true(span_list_check(list, note, text, NULL));
	g_assert_cmpstr(text->str, ==, expected);
}

static void test_continuous(void)
{
	g_autoptr(SpanList) list = span_list_new(LIMIT_SPAN_BYTES);

	/* In any order of coming. */
	add(list, 2000, 21, 30, 120);
	add(list, 0, 1, 10, 100);
	add(list, 1000, 11, 20, 110);
	assert_gaps(list, "");
}

static void test_missing(void)
{
	g_autoptr(SpanList) list = span_list_new(LIMIT_SPAN_BYTES);

	add(list, 0, 1, 10, 100);
	add(list, 1000, 15, 20, 120);
	assert_gaps(list, "record-ids@1000(4) ");
}

static void test_time_back(void)
{
	g_autoptr(SpanList) list = span_list_new(LIMIT_SPAN_BYTES);

	add(list, 0, 1, 10, 10000);
	add(list, 1000, 11, 20, 9980); /* within tolerance */
	add(list, 2000, 21, 30, 5000);
	assert_gaps(list, "time-back@2000(0) ");
}

/* A full log goes on at its start: the newest stand before the oldest, and that is no gap. */
static void test_ring(void)
{
	g_autoptr(SpanList) list = span_list_new(LIMIT_SPAN_BYTES);

	add(list, 0, 41, 50, 500);
	add(list, 1000, 51, 55, 510);
	add(list, 2000, 21, 30, 300);
	add(list, 3000, 31, 40, 400);
	assert_gaps(list, "");
}

/* In such a log, what is missing where the file begins anew is found too. */
static void test_ring_with_gap(void)
{
	g_autoptr(SpanList) list = span_list_new(LIMIT_SPAN_BYTES);

	add(list, 0, 43, 50, 500);
	add(list, 1000, 21, 30, 300);
	add(list, 2000, 31, 40, 400);
	assert_gaps(list, "record-ids@0(2) ");
}

/* Numbers that begin again at one are no ring: the log was cleared or replaced. */
static void test_restart(void)
{
	g_autoptr(SpanList) list = span_list_new(LIMIT_SPAN_BYTES);

	add(list, 0, 1, 10, 100);
	add(list, 1000, 1, 10, 200);
	add(list, 2000, 11, 20, 300);
	assert_gaps(list, "record-ids@1000(0) ");
}

/* What does not fit is passed over, and that is known. */
static void test_cut(void)
{
	g_autoptr(SpanList) list = span_list_new(2 * (sizeof(Span) + strlen("Security")));

	add(list, 0, 1, 10, 100);
	add(list, 1000, 11, 20, 110);
	g_assert_false(span_list_is_cut(list));
	add(list, 2000, 100, 110, 200);
	g_assert_true(span_list_is_cut(list));
	assert_gaps(list, "");
}

static void test_logs_apart(void)
{
	g_autoptr(SpanList) list = span_list_new(LIMIT_SPAN_BYTES);

	add_of(list, "A", 0, 1, 10, 100);
	add_of(list, "B", 1000, 500, 510, 50);
	add_of(list, "A", 2000, 11, 20, 200);
	add_of(list, "B", 3000, 512, 520, 60);
	assert_gaps(list, "record-ids@3000(1) ");
}

static void test_extremes(void)
{
	g_autoptr(SpanList) list = span_list_new(LIMIT_SPAN_BYTES);
	Span empty = { .channel = "" };
	Span wild = {
		.offset = G_MAXUINT64,
		.first_record = G_MAXUINT64,
		.last_record = G_MAXUINT64,
		.first_time = G_MAXINT64,
		.last_time = INSTANT_NONE + 1,
		.n_records = 1,
		.channel = "",
	};

	span_list_add(list, &empty);
	span_list_add(list, &wild);
	span_list_add(list, &wild);
	wild.first_record = 0;
	span_list_add(list, &wild);
	g_autoptr(GString) text = g_string_new(NULL);

	g_assert_true(span_list_check(list, note, text, NULL)); /* and no sanitizer complains */
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/span-list/continuous", test_continuous);
	g_test_add_func("/span-list/missing", test_missing);
	g_test_add_func("/span-list/time-back", test_time_back);
	g_test_add_func("/span-list/ring", test_ring);
	g_test_add_func("/span-list/ring-with-gap", test_ring_with_gap);
	g_test_add_func("/span-list/restart", test_restart);
	g_test_add_func("/span-list/cut", test_cut);
	g_test_add_func("/span-list/logs-apart", test_logs_apart);
	g_test_add_func("/span-list/extremes", test_extremes);
	return g_test_run();
}
