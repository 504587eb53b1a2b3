/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>

#include "base/hash.h"
#include "base/limits.h"
#include "worker/tally.h"
#include "worker/worker.h"

static const char *const hosts[] = { "Computer", NULL };
static const char *const channels[] = { "Other", "Channel", NULL };
static const Reader reader = { .name = "test", .host_columns = hosts, .channel_columns = channels };

static Shape *make_shape(const char *channel)
{
	Shape *shape = shape_new("test");

	(void)shape_add_column(shape, "Channel", channel);
	(void)shape_add_column(shape, "Computer", NULL);
	return shape;
}

static void count(
	TallyTable *table, Shape *shape, const char *host, gint64 hour, EventOrigin origin)
{
	const Value values[] = {
		{ .type = VALUE_UTF8, .bytes = slice_from_text("Log") },
		{ .type = VALUE_UTF8, .bytes = slice_from_text(host) },
	};
	const Event event = {
		.shape = shape,
		.values = values,
		.time = hour == G_MININT64 ? INSTANT_NONE : hour * 3600 * INSTANT_SECOND + 1,
		.origin = origin,
	};
	const Tally *row = tally_table_count(table, &event);

	g_assert_cmpstr(row->host, ==, host);
}

static void append(void *context, const Tally *tally)
{
	gint64 hour = tally->hour == INSTANT_NONE ? -999 : tally->hour / INSTANT_SECOND / 3600;

	g_string_append_printf(context, "%d %s %s %u %u\n", (int)hour, tally->host, tally->channel,
		(guint)tally->in_use, (guint)tally->recovered);
}

static void assert_rows(TallyTable *table, const char *expected)
{
	g_autoptr(GString) text = g_string_new(NULL);

	tally_table_foreach(table, append, text);
	g_assert_cmpstr(text->str, ==, expected);
}

static void test_counts(void)
{
	g_autoptr(TallyTable) table = tally_table_new(&reader);
	g_autoptr(Shape) security = make_shape("Security");
	g_autoptr(Shape) system = make_shape("System");

	for (guint i = 0; i < 3; i++) {
		count(table, security, "B", 5, EVENT_IN_USE);
		count(table, system, "B", 5, EVENT_IN_USE);
		count(table, security, "A", 5, EVENT_RECOVERED);
		count(table, security, "A", -2, EVENT_IN_USE);
	}
	count(table, security, "", G_MININT64, EVENT_IN_USE);
	g_assert_false(tally_table_is_full(table));
	assert_rows(table,
		"-999  Security 1 0\n-2 A Security 3 0\n5 A Security 0 3\n5 B Security 3 0\n"
		"5 B System 3 0\n");
}

/* What a shape remembers of one task is not taken for another's. */
static void test_tables_apart(void)
{
	g_autoptr(TallyTable) first = tally_table_new(&reader);
	g_autoptr(TallyTable) second = tally_table_new(&reader);
	g_autoptr(Shape) shape = make_shape(NULL);

	count(first, shape, "A", 1, EVENT_IN_USE);
	count(second, shape, "A", 1, EVENT_IN_USE);
	count(first, shape, "A", 1, EVENT_IN_USE);
	assert_rows(first, "1 A Log 2 0\n");
	assert_rows(second, "1 A Log 1 0\n");
}

/* Where events lack columns of their shape, the first that is there tells. */
static void test_absent(void)
{
	static const char *const two_hosts[] = { "Computer", "host", NULL };
	const Reader other = {
		.name = "test", .host_columns = two_hosts, .channel_columns = channels
	};
	const Value first[] = { { .type = VALUE_UTF8, .bytes = slice_from_text("A") },
		{ .type = VALUE_ABSENT }, { .type = VALUE_ABSENT } };
	const Value second[] = { { .type = VALUE_NULL },
		{ .type = VALUE_UTF8, .bytes = slice_from_text("B") }, { .type = VALUE_ABSENT } };
	g_autoptr(TallyTable) table = tally_table_new(&other);
	g_autoptr(Shape) shape = shape_new("test");

	(void)shape_add_column(shape, "Computer", NULL);
	(void)shape_add_column(shape, "host", NULL);
	(void)shape_add_column(shape, "Channel", NULL);
	for (guint i = 0; i < 4; i++) {
		const Event event = { .shape = shape, .values = i % 2 ? second : first };

		(void)tally_table_count(table, &event);
	}
	assert_rows(table, "0 A  2 0\n0 B  2 0\n");
}

/* Hosts of any length and by the thousand cost bounded memory, and every event is counted. */
static void test_limit(void)
{
	g_autoptr(TallyTable) table = tally_table_new(&reader);
	g_autoptr(Shape) shape = make_shape("Security");
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; i < LIMIT_TALLY_ROWS + 10; i++) {
		const Value values[2] = { { .type = VALUE_ABSENT },
			{ .type = VALUE_UTF8, .bytes = slice_make(&i, sizeof i) } };
		const Event event = {
			.shape = shape, .values = values, .time = i * 7200 * INSTANT_SECOND
		};

		(void)tally_table_count(table, &event);
	}
	g_assert_true(tally_table_is_full(table));
	tally_table_foreach(table, append, text);
	g_assert_true(g_str_has_suffix(text->str, "-999   10 0\n"));
}

/* Versions of a log write the same column in different cases. */
static void test_any_case(void)
{
	g_autoptr(TallyTable) table = tally_table_new(&reader);
	g_autoptr(Shape) shape = shape_new("test");

	(void)shape_add_column(shape, "CHANNEL", NULL);
	(void)shape_add_column(shape, "computer", NULL);
	count(table, shape, "A", 1, EVENT_IN_USE);
	assert_rows(table, "1 A Log 1 0\n");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	hash_warm_up();
	g_test_add_func("/worker/tally/any-case", test_any_case);
	g_test_add_func("/tally/counts", test_counts);
	g_test_add_func("/tally/tables-apart", test_tables_apart);
	g_test_add_func("/tally/absent", test_absent);
	g_test_add_func("/tally/limit", test_limit);
	return g_test_run();
}
