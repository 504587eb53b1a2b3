/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/zone.h"

static Instant instant(const char *text)
{
	Instant ret = INSTANT_NONE;

	g_assert_true(instant_parse(slice_from_text(text), &ret));
	return ret;
}

static void assert_moment(const char *zone_text, const char *local, const char *expected)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Zone) zone = zone_new(zone_text, &error);
	char text[INSTANT_TEXT_BYTES];

	g_assert_no_error(error);
	instant_format(zone_from_local(zone, instant(local)), text);
	g_assert_cmpstr(text, ==, expected);
}

static void test_offsets(void)
{
	assert_moment("UTC", "2021-03-02T10:11:12.5", "2021-03-02T10:11:12.5000000Z");
	assert_moment("+02:00", "2021-03-02T10:11:12", "2021-03-02T08:11:12.0000000Z");
	assert_moment("-0530", "2021-03-02T23:11:12", "2021-03-03T04:41:12.0000000Z");
	assert_moment("+2", "2021-01-01T00:00:00", "2020-12-31T22:00:00.0000000Z");
	assert_moment("+01:00", "1969-12-31T23:59:59.5", "1969-12-31T22:59:59.5000000Z");
	g_assert_cmpint(zone_from_local(NULL, 5), ==, 5);
}

static void test_names(void)
{
	static const char *const none[] = { "", "Europe/Nowhere", "../../etc/passwd",
		"/etc/localtime", "+25:00", "+02:60", "+", "02:00", "+02:00x", "Europe" };
	g_autoptr(Zone) zone = zone_new("+0530", NULL);

	g_assert_cmpstr(zone_name(zone), ==, "+05:30");
	for (guint i = 0; i < G_N_ELEMENTS(none); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_null(zone_new(none[i], &error));
		g_assert_error(error, SPOOR_ERROR, SPOOR_ERROR_USAGE);
	}
}

static void test_changes(void)
{
	g_autoptr(Zone) zone = zone_new("Europe/Berlin", NULL);

	if (!zone) {
		g_test_skip("this machine has no time zone data");
		return;
	}
	assert_moment("Europe/Berlin", "2021-01-15T12:00:00", "2021-01-15T11:00:00.0000000Z");
	assert_moment("Europe/Berlin", "2021-07-15T12:00:00", "2021-07-15T10:00:00.0000000Z");
	/* Long behind the last change that tables list. */
	assert_moment("Europe/Berlin", "2100-07-15T12:00:00", "2100-07-15T10:00:00.0000000Z");
	/* Clocks are put forward at 02:00: 02:30 is told never, and read as if they were not. */
	assert_moment("Europe/Berlin", "2021-03-28T01:59:59", "2021-03-28T00:59:59.0000000Z");
	assert_moment("Europe/Berlin", "2021-03-28T02:30:00", "2021-03-28T01:30:00.0000000Z");
	assert_moment("Europe/Berlin", "2021-03-28T03:00:00", "2021-03-28T01:00:00.0000000Z");
	/* They are put back at 03:00: 02:30 is told twice, and read as the first. */
	assert_moment("Europe/Berlin", "2021-10-31T02:30:00", "2021-10-31T00:30:00.0000000Z");
	assert_moment("Europe/Berlin", "2021-10-31T02:59:59", "2021-10-31T00:59:59.0000000Z");
	assert_moment("Europe/Berlin", "2021-10-31T03:00:00", "2021-10-31T02:00:00.0000000Z");
}

static void test_west(void)
{
	g_autoptr(Zone) zone = zone_new("America/New_York", NULL);

	if (!zone) {
		g_test_skip("this machine has no time zone data");
		return;
	}
	assert_moment("America/New_York", "2021-03-14T01:59:59", "2021-03-14T06:59:59.0000000Z");
	assert_moment("America/New_York", "2021-03-14T02:30:00", "2021-03-14T07:30:00.0000000Z");
	assert_moment("America/New_York", "2021-03-14T03:00:00", "2021-03-14T07:00:00.0000000Z");
	assert_moment("America/New_York", "2021-11-07T01:30:00", "2021-11-07T05:30:00.0000000Z");
	assert_moment("America/New_York", "2021-11-07T02:00:00", "2021-11-07T07:00:00.0000000Z");
}

/* What does not fit says so; the environment is as it was. */
static void test_edges(void)
{
	g_autoptr(Zone) zone = zone_new("+05:00", NULL);

	g_assert_cmpint(zone_from_local(zone, INSTANT_NONE), ==, INSTANT_NONE);
	g_assert_cmpint(zone_from_local(zone, INT64_MIN + 1), ==, INSTANT_NONE);
	g_assert_cmpstr(g_getenv("TZ"), ==, "Asia/Tokyo");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_setenv("TZ", "Asia/Tokyo", TRUE); /* must not matter */
	g_test_add_func("/zone/offsets", test_offsets);
	g_test_add_func("/zone/names", test_names);
	g_test_add_func("/zone/changes", test_changes);
	g_test_add_func("/zone/west", test_west);
	g_test_add_func("/zone/edges", test_edges);
	return g_test_run();
}
