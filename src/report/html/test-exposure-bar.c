/* SPDX-License-Identifier: Apache-2.0 */
/* Exposure bars: what is exposed, unknown and closed when, and that drawings hold no foreign text.
 */
#include <string.h>

#include "report/html/exposure-bar.h"

#define DAY (INT64_C(86400) * INSTANT_SECOND)

/* A server and a model with nothing else in them, on the stack of a test. */
typedef struct Fixture {
	StageInfo tried, entered;
	AssessedServer server;
	Assessment assessment;
	ReportModel model;
} Fixture;

static void setup(Fixture *f, gconstpointer unused)
{
	f->tried = (StageInfo){ (char *)"attempted", (char *)"Attempted", (char *)"" };
	f->entered = (StageInfo){ (char *)"entered", (char *)"Entered", (char *)"" };
	f->server = (AssessedServer){ (char *)"EX01", TRUE, g_ptr_array_new(), g_ptr_array_new(),
		g_ptr_array_new(), g_ptr_array_new(), g_ptr_array_new() };
	f->assessment = (Assessment){ g_ptr_array_new(), g_ptr_array_new() };
	g_ptr_array_add(f->assessment.stages, &f->tried);
	g_ptr_array_add(f->assessment.stages, &f->entered);
	g_ptr_array_add(f->assessment.servers, &f->server);
	f->model.assessment = &f->assessment;
	f->model.hits = g_array_new(FALSE, FALSE, sizeof(ModelHit));
}

static void teardown(Fixture *f, gconstpointer unused)
{
	g_ptr_array_unref(f->server.builds);
	g_ptr_array_unref(f->server.exposures);
	g_ptr_array_unref(f->server.stages);
	g_ptr_array_unref(f->server.pages);
	g_ptr_array_unref(f->server.logs);
	g_ptr_array_unref(f->assessment.stages);
	g_ptr_array_unref(f->assessment.servers);
	g_array_unref(f->model.hits);
}

static Exposure make_exposure(ExposureState state, Instant from, Instant least, Instant to)
{
	const Proof none = { INSTANT_NONE, NULL, NULL };

	return (Exposure){ (char *)"ProxyLogon", (char *)"", state, from, to, least, none, none, 0,
		0, 0, (char *)"" };
}

static void assert_part(const BarPart *part, ExposureState state, Instant from, Instant to)
{
	g_assert_cmpint(part->state, ==, state);
	g_assert_cmpint(part->from, ==, from);
	g_assert_cmpint(part->to, ==, to);
}

static void test_parts(Fixture *f, gconstpointer unused)
{
	const BarAxis axis = { 0, 100 };
	BarPart parts[BAR_PARTS_MAX];
	Exposure mended = make_exposure(EXPOSURE_CLOSED, 10, 40, 60);
	Exposure open = make_exposure(EXPOSURE_EXPOSED, 10, 90, INSTANT_NONE);
	Exposure undated = make_exposure(EXPOSURE_CLOSED, 10, 40, INSTANT_NONE);
	Exposure never = make_exposure(EXPOSURE_CLOSED, INSTANT_NONE, INSTANT_NONE, INSTANT_NONE);
	Exposure unknown =
		make_exposure(EXPOSURE_UNKNOWN, INSTANT_NONE, INSTANT_NONE, INSTANT_NONE);
	Exposure later = make_exposure(EXPOSURE_EXPOSED, 500, INSTANT_NONE, INSTANT_NONE);

	g_assert_cmpuint(exposure_parts(&f->server, &mended, &axis, parts), ==, 3);
	assert_part(&parts[0], EXPOSURE_EXPOSED, 10, 40);
	assert_part(&parts[1], EXPOSURE_UNKNOWN, 40, 60);
	assert_part(&parts[2], EXPOSURE_CLOSED, 60, 100);
	g_assert_cmpuint(exposure_parts(&f->server, &open, &axis, parts), ==, 2);
	assert_part(&parts[0], EXPOSURE_EXPOSED, 10, 90);
	assert_part(&parts[1], EXPOSURE_UNKNOWN, 90, 100);
	/* That it is closed, and nothing tells since when, is never drawn as closed. */
	g_assert_cmpuint(exposure_parts(&f->server, &undated, &axis, parts), ==, 2);
	assert_part(&parts[1], EXPOSURE_UNKNOWN, 40, 100);
	never.first_closed.time = 30;
	g_assert_cmpuint(exposure_parts(&f->server, &never, &axis, parts), ==, 2);
	assert_part(&parts[0], EXPOSURE_UNKNOWN, 0, 30);
	assert_part(&parts[1], EXPOSURE_CLOSED, 30, 100);
	g_assert_cmpuint(exposure_parts(&f->server, &unknown, &axis, parts), ==, 1);
	assert_part(&parts[0], EXPOSURE_UNKNOWN, 0, 100);
	g_assert_cmpuint(exposure_parts(&f->server, &later, &axis, parts), ==, 0);
}

/* Years of logs around a week in March leave that week its room; extreme times do no harm. */
static void test_axis(Fixture *f, gconstpointer unused)
{
	StageFacts facts = { .stage = &f->entered };
	ModelHit hit = { 0, &facts, 1000 * DAY };
	BuildSpan build = { .build = (char *)"15.1.2176.2" };
	BarAxis axis = exposure_axis(&f->model);

	g_assert_cmpint(axis.from, ==, INSTANT_NONE);
	build.first.time = 10 * DAY;
	build.last.time = 3000 * DAY;
	g_ptr_array_add(f->server.builds, &build);
	axis = exposure_axis(&f->model);
	g_assert_true(axis.from < 10 * DAY && axis.to > 3000 * DAY);
	g_array_append_val(f->model.hits, hit);
	axis = exposure_axis(&f->model);
	g_assert_true(axis.from == 999 * DAY && axis.to == 1001 * DAY);
	hit.time = INT64_MAX;
	g_array_append_val(f->model.hits, hit);
	hit.time = INT64_MIN + 1;
	g_array_append_val(f->model.hits, hit);
	axis = exposure_axis(&f->model);
	g_assert_true(axis.from < axis.to && axis.from != INSTANT_NONE);
}

static void test_drawing(Fixture *f, gconstpointer unused)
{
	StageFacts tried = { .stage = &f->tried }, entered = { .stage = &f->entered };
	const ModelHit hits[] = { { 0, &tried, 20 * DAY }, { 0, &entered, 30 * DAY },
		{ 1, &entered, 31 * DAY }, { 0, &entered, INSTANT_NONE } };
	Exposure exposure = make_exposure(EXPOSURE_CLOSED, 10 * DAY, 40 * DAY, 60 * DAY);
	BuildSpan build = { .build = (char *)"15.1<script>" };
	g_autoptr(GString) out = g_string_new(NULL);
	BarAxis axis;

	build.first.time = 10 * DAY;
	build.last.time = 60 * DAY;
	g_ptr_array_add(f->server.builds, &build);
	g_ptr_array_add(f->server.exposures, &exposure);
	exposure.flaw = (char *)"<script>";
	g_array_append_vals(f->model.hits, hits, G_N_ELEMENTS(hits));
	axis = exposure_axis(&f->model);
	exposure_append_bars(out, &f->model, &axis, 0);
	g_assert_null(strstr(out->str, "<script"));
	g_assert_nonnull(strstr(out->str, ">exposed</text>"));
	g_assert_nonnull(strstr(out->str, "<title>unknown, 1970-02-10 00:00 to 1970-03-02 00:00"));
	g_assert_nonnull(strstr(out->str, "<title>Attempted, 1970-01-21 00:00</title>"));
	g_assert_nonnull(strstr(out->str, "<title>Entered, 1970-01-31 00:00</title>"));
	g_assert_null(strstr(out->str, "1970-02-01 00:00</title>")); /* of another server */
}

#define ADD(name, function)                                                                        \
	g_test_add("/report/exposure-bar/" name, Fixture, NULL, setup, function, teardown)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("parts", test_parts);
	ADD("axis", test_axis);
	ADD("drawing", test_drawing);
	return g_test_run();
}
