/* SPDX-License-Identifier: Apache-2.0 */
/* Several stores put together to one, source by source and word by word. */
#include "base/text.h"
#include "engines/indicators/builder.h"
#include "engines/indicators/catalogue.h"
#include "engines/indicators/form.h"

typedef struct Joining {
	Builder *builder;
	const Catalogue *catalogue;
	GArray *sources; /* guint: the number of each store's sources in the builder */
	GString *value, *exception;
	guint64 n_left; /* parts of the store at hand that were not taken yet */
} Joining;

static void add_sources(Joining *joining, guint i)
{
	const Store *store = catalogue_store(joining->catalogue, i);

	for (guint k = 0; k < store->n_sources; k++) {
		g_autofree char *path = NULL;
		IntelSource source;
		guint number;

		store_source(store, k, &source);
		path = catalogue_path(joining->catalogue->paths->pdata[i], source.path);
		number = builder_begin_source(joining->builder, path);
		builder_end_source(joining->builder, &source);
		g_array_append_val(joining->sources, number);
	}
}

/* Names of warning lists as an array; free the container alone. */
static const char **split_lists(char *lists)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	char *name = lists;

	while (name && *name) {
		char *end = strchr(name, '\n');

		g_ptr_array_add(names, name);
		name = end ? end + 1 : NULL;
		if (end)
			*end = 0;
	}
	g_ptr_array_add(names, NULL);
	return (const char **)g_ptr_array_free(g_steal_pointer(&names), FALSE);
}

/* An indicator as it was when it was added first. */
static void add_part(Joining *joining, IndicatorKind kind, const StorePart *part)
{
	g_autofree char *lists = g_strdup(part->lists);
	g_autofree const char **names = split_lists(lists);
	const Indicator indicator = { .kind = kind,
		.value = *part->written ? part->written : joining->value->str,
		.exception = joining->exception->str,
		.id = part->id,
		.source = part->source,
		.title = part->title,
		.description = part->description,
		.reference = part->reference,
		.tags = part->tags,
		.confidence = part->confidence,
		.valid_from = part->valid_from,
		.valid_until = part->valid_until,
		.is_silent = part->is_silent,
		.lists = names[0] ? names : NULL,
		.line = part->line };

	(void)builder_add(joining->builder, &indicator);
}

static void add_indicator(Joining *joining, const Store *store, guint first, guint32 number)
{
	IndicatorKind kind = store_kind(store, number);
	Slice value = store_value(store, number), key = form_key(kind, value);
	guint n = store_count_parts(store, number);

	g_string_truncate(joining->value, 0);
	store_append_value(joining->value, store, number);
	g_string_truncate(joining->exception, 0);
	if (kind == INDICATOR_FILE_PATTERN)
		text_append_utf8(joining->exception, slice_sub(value, key.size + 1, value.size));
	/* A store that lies may give each indicator all parts there are. */
	for (guint i = 0; i < n && joining->n_left > 0; i++, joining->n_left--) {
		StorePart part;
		StoreSet set;

		store_part(store, number, i, &part);
		store_set(store, part.set, &set);
		if (set.source >= store->n_sources)
			continue;
		builder_turn_to_source(joining->builder,
			g_array_index(joining->sources, guint, first + set.source));
		add_part(joining, kind, &part);
	}
}

guint8 *catalogue_join(const Catalogue *catalogue, gsize *ret_size)
{
	g_autoptr(Builder) builder = builder_new();
	g_autoptr(GArray) sources = g_array_new(FALSE, FALSE, sizeof(guint));
	g_autoptr(GString) value = g_string_new(NULL), exception = g_string_new(NULL);
	Joining joining = { builder, catalogue, sources, value, exception, 0 };
	guint n_refused;

	for (guint i = 0; i < catalogue->stores->len; i++) {
		const Store *store = catalogue_store(catalogue, i);
		guint first = sources->len;

		add_sources(&joining, i);
		joining.n_left = store->n_parts;
		for (guint32 number = 0; number < store->n; number++)
			add_indicator(&joining, store, first, number);
	}
	return builder_finish(builder, ret_size, &n_refused);
}
