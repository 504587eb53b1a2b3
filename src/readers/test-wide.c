/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"
#include "base/limits.h"
#include "base/text.h"
#include "readers/wide.h"

static const WideColumn fixed[] = { { "LogFormat", "test" }, { "host", NULL }, { "user", NULL } };

static Value text(const char *value)
{
	return wide_text(slice_from_text(value), VALUE_UTF8);
}

static char *fields(Wide *wide, Shape **ret_shape)
{
	Event event = { 0 };
	GString *json = g_string_new(NULL);

	wide_finish(wide, &event);
	event_append_fields_json(json, &event);
	if (ret_shape)
		*ret_shape = event.shape;
	return g_string_free(json, FALSE);
}

static Wide *wide_fixture(void)
{
	return wide_new("test", fixed, G_N_ELEMENTS(fixed));
}

static void test_order(void)
{
	Wide *wide = wide_fixture();
	g_autofree char *first = NULL, *second = NULL, *third = NULL;
	Shape *a, *b, *c;

	wide_start(wide);
	(void)wide_add(wide, slice_from_text("zone"), text("z"));
	(void)wide_add(wide, slice_from_text("user"), text("u"));
	(void)wide_add(wide, slice_from_text("area"), text("a"));
	first = fields(wide, &a);
	g_assert_cmpstr(
		first, ==, "{\"LogFormat\":\"test\",\"user\":\"u\",\"area\":\"a\",\"zone\":\"z\"}");

	wide_start(wide);
	(void)wide_set(wide, 1, text("h"));
	(void)wide_add(wide, slice_from_text("zone"), text("y"));
	second = fields(wide, &b);
	g_assert_cmpstr(second, ==, "{\"LogFormat\":\"test\",\"host\":\"h\",\"zone\":\"y\"}");
	g_assert_true(a == b);

	wide_start(wide);
	(void)wide_add(wide, slice_from_text("more"), text("m"));
	third = fields(wide, &c);
	g_assert_cmpstr(third, ==, "{\"LogFormat\":\"test\",\"more\":\"m\"}");
	g_assert_cmpuint(c->n_columns, ==, 6);
	wide_free(wide);
}

static void test_lists(void)
{
	Wide *wide = wide_fixture();
	g_autofree char *first = NULL, *second = NULL;

	wide_start(wide);
	(void)wide_add(wide, slice_from_text("b"), text("1"));
	(void)wide_add(wide, slice_from_text("a"), text("2"));
	(void)wide_add(wide, slice_from_text("b"), text("3"));
	(void)wide_add(wide, slice_from_text("a"), text("4"));
	(void)wide_add(wide, slice_from_text("b"), text("5"));
	first = fields(wide, NULL);
	g_assert_cmpstr(first, ==,
		"{\"LogFormat\":\"test\",\"a\":[\"2\",\"4\"],\"b\":[\"1\",\"3\",\"5\"]}");
	wide_start(wide);
	(void)wide_add(wide, slice_from_text("b"), text("6"));
	second = fields(wide, NULL);
	g_assert_cmpstr(second, ==, "{\"LogFormat\":\"test\",\"b\":\"6\"}");
	wide_free(wide);
}

static char *event_with(Wide *wide, guint event, guint n_fields)
{
	wide_start(wide);
	(void)wide_set(wide, 1, text("h"));
	for (guint i = 0; i < n_fields; i++) {
		g_autofree char *name = g_strdup_printf("e%02u-%03u", event, i);

		g_assert_true(wide_add(wide, slice_from_text(name), text("1")));
		g_assert_true(wide_add(wide, slice_from_text(name), text("2")));
	}
	return fields(wide, NULL);
}

static void on_gap(void *context, const Gap *gap)
{
	g_string_append_printf(context, "%s %u; ", gap_kind_name(gap->kind), (guint)gap->records);
}

/* What a task's events have does not depend on the columns that others brought. */
static void test_limit(void)
{
	Wide *wide = wide_fixture();
	g_autofree char *first = NULL;
	g_autoptr(GString) gaps = g_string_new(NULL);
	const ReaderReport report = { .gap = on_gap, .context = gaps };

	for (guint task = 0; task < 20; task++) {
		g_autofree char *a = NULL, *b = NULL, *c = NULL, *d = NULL;

		wide_begin_task(wide);
		a = event_with(wide, task, 200);
		g_assert_nonnull(strstr(a, "-199\":[\"1\",\"2\"]}"));
		g_assert_null(strstr(a, "other_fields"));
		wide_report(wide, &report);
		g_assert_cmpstr(gaps->str, ==, "");
		b = event_with(wide, 99, 100); /* 56 of them have a column */
		g_assert_nonnull(strstr(b, "\"e99-055\":[\"1\",\"2\"]"));
		g_assert_nonnull(
			strstr(b, "\"other_fields\":[\"e99-056=1\",\"e99-056=2\",\"e99-057=1\""));
		c = event_with(wide, task, 200);
		g_assert_cmpstr(a, ==, c);
		d = event_with(wide, 98, 1);
		g_assert_cmpstr(d, ==,
			"{\"LogFormat\":\"test\",\"host\":\"h\",\"other_fields\":[\"e98-000=1\","
			"\"e98-000=2\"]}");
		if (task == 0)
			first = g_steal_pointer(&b);
		else
			g_assert_cmpstr(first, ==, b);
		wide_report(wide, &report);
		g_assert_cmpstr(gaps->str, ==, "limit 2; ");
		g_string_truncate(gaps, 0);
	}
	wide_free(wide);
}

/* All values in order, for one look at them; nothing where one is not text, or there are too many.
 */
static void test_raw(void)
{
	Wide *wide = wide_fixture();
	g_autofree char *much = g_strnfill((64 << 10) + 1, 'm');
	Event event = { 0 };

	wide_start(wide);
	(void)wide_add(wide, slice_from_text("b"), text("1"));
	(void)wide_add(wide, slice_from_text("a"), text("2"));
	(void)wide_add(wide, slice_from_text("b"), text("3"));
	(void)wide_add(wide, slice_from_text("user"), text("u"));
	(void)wide_add(wide, slice_from_text("c"), (Value){ .type = VALUE_NULL });
	wide_finish(wide, &event);
	g_assert_true(slice_equal(event.raw, slice_from_text(" u 2 1\n3")));
	wide_start(wide);
	(void)wide_add(wide, slice_from_text("a"), text("2"));
	(void)wide_add(wide, slice_from_text("b"), wide_text(slice_from_text("7"), VALUE_BARE));
	wide_finish(wide, &event);
	g_assert_cmpuint(event.raw.size, ==, 0);
	wide_start(wide);
	(void)wide_add(wide, slice_from_text("a"), text(much));
	wide_finish(wide, &event);
	g_assert_cmpuint(event.raw.size, ==, 0);
	wide_free(wide);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	text_warm_up();
	hash_warm_up();
	g_test_add_func("/wide/fixed-columns-first-others-by-name", test_order);
	g_test_add_func("/wide/names-that-repeat-make-lists", test_lists);
	g_test_add_func("/wide/limits-count-one-task-alone", test_limit);
	g_test_add_func("/wide/raw-holds-all-values", test_raw);
	return g_test_run();
}
