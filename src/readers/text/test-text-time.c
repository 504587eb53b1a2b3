/* SPDX-License-Identifier: Apache-2.0 */
#include "readers/text/text-time.h"

static void expect(Instant time, const char *wanted)
{
	char text[INSTANT_TEXT_BYTES];

	instant_format(time, text);
	g_assert_cmpstr(text, ==, wanted);
}

static void test_w3c(void)
{
	TextDay day = { 0 };
	Slice date = slice_from_text("2021-03-02");

	expect(text_day_time(&day, date, slice_from_text("10:11:12")),
		"2021-03-02T10:11:12.0000000Z");
	expect(text_day_time(&day, date, slice_from_text("23:59:59.5")),
		"2021-03-02T23:59:59.5000000Z");
	expect(text_day_time(&day, slice_from_text("2021-03-03"), slice_from_text("0:00:00")),
		"2021-03-03T00:00:00.0000000Z");
	expect(text_day_time(&day, date, slice_from_text("24:00:00")), "");
	expect(text_day_time(&day, date, slice_from_text("10:11:12x")), "");
	expect(text_day_time(&day, slice_from_text("2021-02-30"), slice_from_text("10:11:12")), "");
	expect(text_day_time(&day, slice_from_text("2021-02-30"), slice_from_text("10:11:12")), "");
	expect(text_day_time(&day, SLICE_EMPTY, slice_from_text("10:11:12")), "");
	expect(text_day_time(&day, date, SLICE_EMPTY), "");
}

static void test_ncsa(void)
{
	expect(text_time_ncsa(slice_from_text("10/Oct/2000:13:55:36 -0700")),
		"2000-10-10T20:55:36.0000000Z");
	expect(text_time_ncsa(slice_from_text("10/Oct/2000:13:55:36.25 +0200")),
		"2000-10-10T11:55:36.2500000Z");
	expect(text_time_ncsa(slice_from_text("10/Oct/2000:13:55:36")),
		"2000-10-10T13:55:36.0000000Z");
	expect(text_time_ncsa(slice_from_text("10/Okt/2000:13:55:36")), "");
	expect(text_time_ncsa(slice_from_text("10/Oct/2000:13:55:36 -07")), "");
	expect(text_time_ncsa(slice_from_text("10/Oct/2000:13:55:36 -0700 ")), "");
}

static void test_epoch(void)
{
	expect(text_time_epoch(slice_from_text("1588205199.82437")),
		"2020-04-30T00:06:39.8243700Z");
	expect(text_time_epoch(slice_from_text("0")), "1970-01-01T00:00:00.0000000Z");
	expect(text_time_epoch(slice_from_text("9223372036")), "");
	expect(text_time_epoch(slice_from_text("99999999999999999999999999")), "");
	expect(text_time_epoch(slice_from_text("-1")), "");
	expect(text_time_epoch(slice_from_text("")), "");
	expect(text_time_epoch(slice_from_text("12.5.")), "");
}

typedef struct Any {
	const char *text, *time;
	guint assumed;
} Any;

static void test_any(void)
{
	static const Any cases[] = {
		{ "2021-03-02T10:11:12.1234567Z", "2021-03-02T10:11:12.1234567Z", 0 },
		{ "2021-03-02T10:11:12+01:00", "2021-03-02T09:11:12.0000000Z", 0 },
		{ "2021-03-02 10:11:12 +0100", "2021-03-02T09:11:12.0000000Z", 0 },
		{ "2021-03-02 10:11:12 UTC", "2021-03-02T10:11:12.0000000Z", 0 },
		{ "2021-03-02 10:11", "2021-03-02T10:11:00.0000000Z", TEXT_TIME_ZONE },
		{ " 2021-03-02 10:11:12,5 ", "2021-03-02T10:11:12.5000000Z", TEXT_TIME_ZONE },
		{ "2021-03-02", "2021-03-02T00:00:00.0000000Z", TEXT_TIME_ZONE },
		{ "2021/03/02 10:11:12", "2021-03-02T10:11:12.0000000Z", TEXT_TIME_ZONE },
		{ "3/2/2021 9:11:12 PM", "2021-03-02T21:11:12.0000000Z",
			TEXT_TIME_ZONE | TEXT_TIME_MONTH_DAY },
		{ "3/2/2021 12:11:12 AM", "2021-03-02T00:11:12.0000000Z",
			TEXT_TIME_ZONE | TEXT_TIME_MONTH_DAY },
		{ "3/3/2021, 12:11:12 pm", "2021-03-03T12:11:12.0000000Z", TEXT_TIME_ZONE },
		{ "25/03/2021 10:11:12", "2021-03-25T10:11:12.0000000Z", TEXT_TIME_ZONE },
		{ "3/25/2021 10:11:12", "2021-03-25T10:11:12.0000000Z", TEXT_TIME_ZONE },
		{ "02.03.2021 10:11:12", "2021-03-02T10:11:12.0000000Z", TEXT_TIME_ZONE },
		{ "10/Oct/2000:13:55:36 -0700", "2000-10-10T20:55:36.0000000Z", 0 },
		{ "1588205199.5", "2020-04-30T00:06:39.5000000Z", 0 },
		{ "1588205199500", "2020-04-30T00:06:39.5000000Z", 0 },
		{ "1588205199500000", "2020-04-30T00:06:39.5000000Z", 0 },
		{ "1588205199500000000", "2020-04-30T00:06:39.5000000Z", 0 },
		{ "/Date(1588205199500)/", "2020-04-30T00:06:39.5000000Z", 0 },
		{ "13/13/2021 10:11:12", "", 0 },
		{ "3/2/2021 13:11:12 PM", "", 0 },
		{ "2021-03-02T10:11:12 CEST", "", 0 },
		{ "12345", "", 0 },
		{ "192.168.0.1", "", 0 },
		{ "yesterday", "", 0 },
		{ "", "", 0 },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		guint assumed = 0;

		expect(text_time_any(slice_from_text(cases[i].text), NULL, &assumed),
			cases[i].time);
		g_assert_cmpuint(assumed, ==, cases[i].assumed);
	}
}

static void test_zone(void)
{
	g_autoptr(Zone) zone = zone_new("+02:00", NULL);
	guint assumed = 0;

	expect(text_time_any(slice_from_text("2021-03-02 10:11:12"), zone, &assumed),
		"2021-03-02T08:11:12.0000000Z");
	expect(text_time_any(slice_from_text("2021-03-02 10:11:12Z"), zone, &assumed),
		"2021-03-02T10:11:12.0000000Z");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/text/time/w3c", test_w3c);
	g_test_add_func("/text/time/ncsa", test_ncsa);
	g_test_add_func("/text/time/epoch", test_epoch);
	g_test_add_func("/text/time/any", test_any);
	g_test_add_func("/text/time/zone", test_zone);
	return g_test_run();
}
