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

/* What an event has does not depend on the columns that others brought. */
static void test_limit(void)
{
	Wide *wide = wide_fixture();
	guint n_taken = 0;

	for (guint event = 0; event < 40; event++) {
		g_autofree char *json = NULL;

		wide_start(wide);
		(void)wide_set(wide, 1, text("h"));
		for (guint i = 0; i < 100; i++) {
			g_autofree char *name = g_strdup_printf("e%02u-%02u", event, i);

			g_assert_true(wide_add(wide, slice_from_text(name), text("1")));
			g_assert_true(wide_add(wide, slice_from_text(name), text("2")));
		}
		json = fields(wide, NULL);
		g_assert_nonnull(strstr(json, "-99\":[\"1\",\"2\"]}"));
		g_assert_nonnull(strstr(json, "\"host\":\"h\""));
	}
	wide_start(wide);
	for (guint i = 0; i < 1000; i++) {
		g_autofree char *name = g_strdup_printf("n%u", i);

		n_taken += wide_add(wide, slice_from_text(name), text("1"));
	}
	g_assert_cmpuint(n_taken, ==, LIMIT_EVENT_COLUMNS - G_N_ELEMENTS(fixed));
	g_assert_true(wide_add(wide, slice_from_text("host"), text("h")));
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
	(void)wide_add(wide, slice_from_text("b"), wide_uint(wide, 7));
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
	g_test_add_func("/wide/limits-count-one-event-alone", test_limit);
	g_test_add_func("/wide/raw-holds-all-values", test_raw);
	return g_test_run();
}
