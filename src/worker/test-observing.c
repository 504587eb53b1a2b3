/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"
#include "worker/observing.h"

#define RULE 7

static void add(ObservationTable *table, const char *subject, const char *value, Instant time,
	guint64 record)
{
	const Event event = { .time = time, .record = record, .offset = record * 16 };

	observation_table_add(table, RULE, "exchange-build", slice_from_text(subject),
		slice_from_text(value), &event);
}

static void append(void *context, guint rule, const Observation *o)
{
	g_assert_cmpuint(rule, ==, RULE);
	g_assert_cmpstr(o->kind, ==, "exchange-build");
	g_string_append_printf(context, "%s %s %u %d %s %d %s\n", o->subject, o->value,
		(guint)o->n_events, o->first.time == INSTANT_NONE ? -1 : (int)o->first.time,
		o->first.locator, o->last.time == INSTANT_NONE ? -1 : (int)o->last.time,
		o->last.locator);
}

static void assert_rows(ObservationTable *table, const char *place, const char *expected)
{
	g_autoptr(GString) text = g_string_new(NULL);

	observation_table_foreach(table, place, append, text);
	g_assert_cmpstr(text->str, ==, expected);
}

/* The earliest and the latest count, not the first and last that come; ties by place. */
static void test_condenses(void)
{
	g_autoptr(ObservationTable) table = observation_table_new();

	add(table, "EX01", "15.1.2176.9", 50, 1);
	add(table, "EX01", "15.1.2176.2", 20, 2);
	add(table, "EX01", "15.1.2176.2", 10, 3);
	add(table, "EX01", "15.1.2176.2", 10, 4);
	add(table, "EX01", "15.1.2176.2", 20, 5);
	add(table, "EX00", "15.1.2176.2", 5, 6);
	assert_rows(table, NULL,
		"EX00 15.1.2176.2 1 5 record 6 at 0x60 5 record 6 at 0x60\n"
		"EX01 15.1.2176.2 4 10 record 3 at 0x30 20 record 5 at 0x50\n"
		"EX01 15.1.2176.9 1 50 record 1 at 0x10 50 record 1 at 0x10\n");
	g_assert_false(observation_table_is_full(table));
}

static void test_without_time(void)
{
	g_autoptr(ObservationTable) table = observation_table_new();

	add(table, "", "a", INSTANT_NONE, 1);
	add(table, "", "a", INSTANT_NONE, 2);
	add(table, "", "b", INSTANT_NONE, 3);
	add(table, "", "b", 9, 4);
	add(table, "", "b", INSTANT_NONE, 5);
	assert_rows(table, NULL,
		" a 2 -1 record 1 at 0x10 -1 record 2 at 0x20\n"
		" b 3 9 record 4 at 0x40 9 record 4 at 0x40\n");
}

static void test_of_file(void)
{
	g_autoptr(ObservationTable) table = observation_table_new();

	add(table, "", "a", 3, 0);
	assert_rows(
		table, "bin/ExSetup.exe", " a 1 3 file bin/ExSetup.exe 3 file bin/ExSetup.exe\n");
}

/* Long texts are cut between characters, and a NUL does not end a text. */
static void test_texts(void)
{
	g_autoptr(ObservationTable) table = observation_table_new();
	g_autoptr(GString) text = g_string_new(NULL), expected = g_string_new(" ");
	const Event event = { .time = 1, .record = 1, .offset = 16 };

	while (text->len < LIMIT_OBSERVATION_BYTES - 1)
		g_string_append_c(text, 'x');
	g_string_append(text, "\xc3\xa4more");
	observation_table_add(table, RULE, "exchange-build", SLICE_EMPTY,
		slice_make(text->str, text->len), &event);
	g_string_append_len(expected, text->str, LIMIT_OBSERVATION_BYTES - 1);
	g_string_append(expected, " 1 1 record 1 at 0x10 1 record 1 at 0x10\n");
	assert_rows(table, NULL, expected->str);

	g_autoptr(ObservationTable) other = observation_table_new();

	observation_table_add(
		other, RULE, "exchange-build", SLICE_EMPTY, slice_make("a\0b", 3), &event);
	assert_rows(other, NULL,
		" a\xef\xbf\xbd"
		"b 1 1 record 1 at 0x10 1 record 1 at 0x10\n");
}

/* What is no UTF-8 grows by being made so, and is the same as what it then is. */
static void test_bad_texts(void)
{
	g_autoptr(ObservationTable) table = observation_table_new();
	g_autoptr(GString) bad = g_string_new(NULL), expected = g_string_new(" ");
	const Event event = { .time = 1, .record = 1, .offset = 16 };

	while (bad->len < 2 * LIMIT_OBSERVATION_BYTES)
		g_string_append_c(bad, '\x80');
	while (expected->len + 3 <= 1 + LIMIT_OBSERVATION_BYTES)
		g_string_append(expected, "\xef\xbf\xbd");
	g_string_append(expected, " 2 1 record 1 at 0x10 1 record 1 at 0x10\n");
	observation_table_add(
		table, RULE, "exchange-build", SLICE_EMPTY, slice_make(bad->str, bad->len), &event);
	g_string_truncate(bad, LIMIT_OBSERVATION_BYTES);
	observation_table_add(
		table, RULE, "exchange-build", SLICE_EMPTY, slice_make(bad->str, bad->len), &event);
	assert_rows(table, NULL, expected->str);

	g_autoptr(ObservationTable) other = observation_table_new();

	add(other, "\xff", "a\xff", 1, 1);
	add(other, "\xef\xbf\xbd", "a\xef\xbf\xbd", 2, 2);
	add(other, "\xfe", "a\xfe", 3, 3);
	assert_rows(other, NULL,
		"\xef\xbf\xbd a\xef\xbf\xbd 3 1 record 1 at 0x10 3 record 3 at 0x30\n");
}

static void test_full(void)
{
	g_autoptr(ObservationTable) table = observation_table_new();

	for (guint i = 0; i <= LIMIT_OBSERVATIONS; i++) {
		g_autofree char *value = g_strdup_printf("%u", i);

		g_assert_false(observation_table_is_full(table));
		add(table, "", value, i, i);
	}
	g_assert_true(observation_table_is_full(table));
	add(table, "", "0", LIMIT_OBSERVATIONS, LIMIT_OBSERVATIONS); /* is there already */

	g_autoptr(GString) text = g_string_new(NULL);

	observation_table_foreach(table, NULL, append, text);
	g_assert_true(g_str_has_prefix(
		text->str, " 0 2 0 record 0 at 0x0 16384 record 16384 at 0x40000\n"));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/observing/condenses", test_condenses);
	g_test_add_func("/observing/without-time", test_without_time);
	g_test_add_func("/observing/of-file", test_of_file);
	g_test_add_func("/observing/texts", test_texts);
	g_test_add_func("/observing/bad-texts", test_bad_texts);
	g_test_add_func("/observing/full", test_full);
	return g_test_run();
}
