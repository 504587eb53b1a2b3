/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>

#include "readers/exchange/windows-zone.h"

static void check(const char *name, const char *local, const char *utc)
{
	char text[INSTANT_TEXT_BYTES];
	WindowsZone zone;
	Instant instant;

	g_assert_true(windows_zone_read(slice_from_text(name), &zone));
	g_assert_true(zone.is_sure);
	g_assert_true(instant_parse(slice_from_text(local), &instant));
	instant_format(windows_zone_from_local(&zone, instant), text);
	text[19] = 0;
	g_assert_cmpstr(text, ==, utc);
}

static void test_seasons(void)
{
	static const char central[] = "(UTC-06:00) Central Time (US & Canada).";
	static const char berlin[] =
		"(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna.";
	static const char london[] = "(UTC+00:00) Dublin, Edinburgh, Lisbon, London.";
	static const char sydney[] = "(UTC+10:00) Canberra, Melbourne, Sydney";
	static const char auckland[] = "(UTC+12:00) Auckland, Wellington";
	static const char tokyo[] = "(UTC+09:00) Osaka, Sapporo, Tokyo.";

	check(central, "2021-03-07T18:53:15", "2021-03-08T00:53:15");
	check(central, "2021-08-05T23:45:58", "2021-08-06T04:45:58");
	/* 2021: from March 14 to November 7; what clocks never showed is standard time. */
	check(central, "2021-03-14T01:59:59", "2021-03-14T07:59:59");
	check(central, "2021-03-14T02:30:00", "2021-03-14T08:30:00");
	check(central, "2021-03-14T03:00:00", "2021-03-14T08:00:00");
	check(central, "2021-11-07T01:30:00", "2021-11-07T06:30:00"); /* twice: the earlier */
	check(central, "2021-11-07T02:00:00", "2021-11-07T08:00:00");
	/* From March 28 to October 31. */
	check(berlin, "2021-03-28T01:59:59", "2021-03-28T00:59:59");
	check(berlin, "2021-03-28T03:00:00", "2021-03-28T01:00:00");
	check(berlin, "2021-10-31T02:59:59", "2021-10-31T00:59:59");
	check(berlin, "2021-10-31T03:00:00", "2021-10-31T02:00:00");
	check(london, "2021-03-09T01:19:06", "2021-03-09T01:19:06");
	check(london, "2021-07-01T00:00:00", "2021-06-30T23:00:00");
	/* To April 4, from October 3; New Zealand from September 26. */
	check(sydney, "2021-03-09T12:00:00", "2021-03-09T01:00:00");
	check(sydney, "2021-04-04T03:00:00", "2021-04-03T17:00:00");
	check(sydney, "2021-10-03T03:00:00", "2021-10-02T16:00:00");
	check(auckland, "2021-09-26T03:00:00", "2021-09-25T14:00:00");
	check(auckland, "2021-07-01T12:00:00", "2021-07-01T00:00:00");
	check(tokyo, "2022-03-09T16:33:20", "2022-03-09T07:33:20");
	check("(UTC) Coordinated Universal Time", "2021-03-09T16:33:20", "2021-03-09T16:33:20");
	check("(GMT+05:30) Chennai, Kolkata, Mumbai, New Delhi", "2021-03-09T05:30:00",
		"2021-03-09T00:00:00");
	check("(UTC-03:30) Newfoundland", "2021-07-01T00:00:00", "2021-07-01T02:30:00");
}

static void test_unknown(void)
{
	static const char *const none[] = { "", "(", "(UTC", "(UTC-6:00) X", "(UTC-06:0x) X",
		"(UTC-99:00) X", "UTC-06:00", "(UTC-06:00", "(UTX-06:00) X" };
	WindowsZone zone;

	for (guint i = 0; i < G_N_ELEMENTS(none); i++)
		g_assert_false(windows_zone_read(slice_from_text(none[i]), &zone));
	g_assert_true(windows_zone_read(slice_from_text("(UTC+03:00) Nowhere"), &zone));
	g_assert_false(zone.is_sure);
	g_assert_cmpint(windows_zone_from_local(&zone, 0), ==, -3 * 3600 * INSTANT_SECOND);
	g_assert_cmpint(windows_zone_from_local(&zone, INSTANT_NONE), ==, INSTANT_NONE);
	g_assert_cmpint(windows_zone_from_local(&zone, INT64_MAX), ==, INSTANT_NONE);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/windows-zone/seasons", test_seasons);
	g_test_add_func("/windows-zone/unknown", test_unknown);
	return g_test_run();
}
