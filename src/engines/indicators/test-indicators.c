/* SPDX-License-Identifier: Apache-2.0 */
#include "engines/indicators/test-indicators.h"

#include "engines/indicators/builder.h"

Indicator test_indicator(IndicatorKind kind, const char *value)
{
	return (Indicator){ .kind = kind,
		.value = value,
		.exception = "",
		.id = "",
		.source = "",
		.title = "",
		.description = "",
		.reference = "",
		.tags = "",
		.confidence = INDICATOR_CONFIDENCE_UNKNOWN,
		.valid_from = INSTANT_NONE,
		.valid_until = INSTANT_NONE };
}

TestStore *test_store_new(const char *const *lines)
{
	g_autoptr(Builder) builder = builder_new();
	TestStore *made = g_new0(TestStore, 1);
	guint n_refused;

	builder_begin_source(builder, "test.txt");
	for (guint i = 0; lines[i]; i++) {
		g_auto(GStrv) parts = g_strsplit(lines[i], " ", 2);
		IndicatorKind kind;
		Indicator indicator;

		g_assert_true(indicator_kind_parse(parts[0], &kind));
		indicator = test_indicator(kind, parts[1]);
		indicator.line = i + 1;
		g_assert_cmpstr(builder_add(builder, &indicator), ==, NULL);
	}
	builder_end_source(builder,
		&(IntelSource){
			.path = "test.txt", .format = "test", .name = "Test", .sha256 = "" });
	made->bytes = builder_finish(builder, &made->size, &n_refused);
	g_assert_cmpuint(n_refused, ==, 0);
	g_assert_true(store_open(&made->store, slice_make(made->bytes, made->size), NULL));
	return made;
}

void test_store_free(TestStore *store)
{
	if (!store)
		return;
	g_free(store->bytes);
	g_free(store);
}

static int compare_hits(gconstpointer a, gconstpointer b)
{
	const Hit *x = a, *y = b;

	return (x->number > y->number) - (x->number < y->number);
}

char *test_find(Finder *finder, guint32 holds, const char *text)
{
	g_autoptr(GString) found = g_string_new(NULL);
	guint32 last = G_MAXUINT32;

	finder_begin(finder);
	finder_look_in(finder, 0, holds, slice_from_text(text));
	g_array_sort(finder->hits, compare_hits);
	for (guint i = 0; i < finder->hits->len; i++) {
		const Hit *hit = &g_array_index(finder->hits, Hit, i);
		const Store *store = &finder->stores[hit->store];

		if (hit->number == last)
			continue;
		last = hit->number;
		g_string_append_printf(found, "%s%s ", found->len ? ", " : "",
			indicator_kind_name(store_kind(store, hit->number)));
		store_append_value(found, store, hit->number);
	}
	return g_string_free(g_steal_pointer(&found), FALSE);
}
