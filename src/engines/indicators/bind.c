/* SPDX-License-Identifier: Apache-2.0 */
#include "engines/indicators/bind.h"

#include "base/text.h"

#define KIND(kind) (1u << (kind))

/* Kinds that are looked for in fields that hold hashes in lists. */
#define HASH_KINDS                                                                                 \
	(KIND(INDICATOR_MD5) | KIND(INDICATOR_SHA1) | KIND(INDICATOR_SHA256) |                     \
		KIND(INDICATOR_IMPHASH))

/* More than they are evidence of: an address may stand where a host is expected, and so on. */
static guint32 wanted_kinds(guint32 holds)
{
	guint32 kinds = observables_kinds(holds);
	guint32 loose = OBSERVE_BIT(OBSERVE_TEXT) | OBSERVE_BIT(OBSERVE_HOST) |
		OBSERVE_BIT(OBSERVE_ADDRESS) | OBSERVE_BIT(OBSERVE_URL) |
		OBSERVE_BIT(OBSERVE_EMAIL);

	if (holds & loose)
		kinds |= observables_kinds(OBSERVE_BIT(OBSERVE_TEXT));
	if (holds & OBSERVE_BIT(OBSERVE_TEXT))
		kinds |= HASH_KINDS | KIND(INDICATOR_JA3);
	if (holds & OBSERVE_BIT(OBSERVE_HASHES))
		kinds |= HASH_KINDS;
	return kinds;
}

static void bind_column(
	BoundShape *binding, Finder *finder, const Shape *shape, guint column, guint32 holds)
{
	const BoundColumn bound = { column, holds };
	const char *constant = shape->columns[column].constant;

	if (constant)
		finder_look_in(finder, column, holds, slice_from_text(constant));
	else
		g_array_append_val(binding->columns, bound);
}

static void bind_url(BoundShape *binding, const Shape *shape, const UrlFields *fields)
{
	BoundUrl url = { observables_column(shape, fields->scheme),
		observables_column(shape, fields->host), observables_column(shape, fields->port),
		observables_column(shape, fields->path), observables_column(shape, fields->query) };

	if (url.host < 0 || url.path < 0)
		return;
	binding->kinds |= KIND(INDICATOR_URL);
	g_array_append_val(binding->urls, url);
}

BoundShape *bound_shape_new(const Observables *observables, Finder *finder, const Shape *shape)
{
	BoundShape *binding = g_new0(BoundShape, 1);

	binding->shape = shape;
	binding->columns = g_array_new(FALSE, FALSE, sizeof(BoundColumn));
	binding->urls = g_array_new(FALSE, FALSE, sizeof(BoundUrl));
	binding->constant = g_array_new(FALSE, FALSE, sizeof(Hit));
	finder_begin(finder);
	for (guint i = 0; i < shape->n_columns; i++) {
		gboolean is_named;
		guint32 holds = observables_find(observables, shape, i, &is_named);

		if (is_named)
			binding->kinds |= observables_kinds(holds);
		if (wanted_kinds(holds) & finder->kinds)
			bind_column(binding, finder, shape, i, holds);
	}
	for (guint i = 0; i < observables_count_urls(observables); i++)
		bind_url(binding, shape, observables_url(observables, i));
	if (!finder_has(finder, INDICATOR_URL))
		g_array_set_size(binding->urls, 0);
	if (finder->hits->len)
		g_array_append_vals(binding->constant, finder->hits->data, finder->hits->len);
	finder_begin(finder);
	return binding;
}

void bound_shape_free(BoundShape *binding)
{
	if (!binding)
		return;
	g_array_unref(binding->columns);
	g_array_unref(binding->urls);
	g_array_unref(binding->constant);
	pattern_binding_free(binding->stix);
	g_free(binding);
}

/* ---- events ---- */

/*
 * The text of @value, in the evidence or in @buffer; empty where it is none, such as a number.
 * Binary values are text where they may be hashes.
 */
static Slice text_of(const Value *value, gboolean is_hash, GString *buffer)
{
	switch (value->type) {
	case VALUE_UTF8:
		return value->bytes;
	case VALUE_BINARY:
		if (!is_hash)
			return SLICE_EMPTY;
		break;
	case VALUE_UTF16:
	case VALUE_ANSI:
	case VALUE_JSON:
		break;
	default:
		return SLICE_EMPTY;
	}
	g_string_truncate(buffer, 0);
	value_append_text(buffer, value);
	return slice_make(buffer->str, buffer->len);
}

static void look_in_column(Finder *finder, const BoundColumn *bound, const Value *value)
{
	gboolean is_text = (bound->holds & OBSERVE_BIT(OBSERVE_TEXT)) != 0;
	guint n = value->type == VALUE_LIST ? value->n_items : 1;

	for (guint i = 0; i < n; i++) {
		const Value *item = value->type == VALUE_LIST ? &value->items[i] : value;
		Slice text = text_of(item, !is_text, finder->plain);

		if (text.size)
			finder_look_in(finder, bound->column, bound->holds, text);
	}
}

static Slice part_of(const Event *event, int column, GString *buffer)
{
	const char *constant;

	if (column < 0)
		return SLICE_EMPTY;
	constant = event->shape->columns[column].constant;
	if (constant)
		return slice_from_text(constant);
	if (event->values[column].type == VALUE_UTF8)
		return event->values[column].bytes;
	g_string_truncate(buffer, 0);
	if (event->values[column].type != VALUE_LIST)
		value_append_text(buffer, &event->values[column]);
	return slice_make(buffer->str, buffer->len);
}

static void look_at_url(Finder *finder, const BoundUrl *url, const Event *event)
{
	g_autoptr(GString) host = NULL, port = NULL, path = NULL, query = NULL, scheme = NULL;
	Slice name;

	host = g_string_new(NULL);
	name = part_of(event, url->host, host);
	if (name.size == 0)
		return;
	scheme = g_string_new(NULL);
	port = g_string_new(NULL);
	path = g_string_new(NULL);
	query = g_string_new(NULL);
	finder->column = (guint32)url->host;
	finder->is_text = FALSE;
	find_url_parts(finder, part_of(event, url->scheme, scheme), name,
		part_of(event, url->port, port), part_of(event, url->path, path),
		part_of(event, url->query, query));
}

void bound_shape_look(const BoundShape *binding, Finder *finder, const Event *event)
{
	finder_begin(finder);
	if (binding->constant->len)
		g_array_append_vals(finder->hits, binding->constant->data, binding->constant->len);
	for (guint i = 0; i < binding->columns->len; i++) {
		const BoundColumn *bound = &g_array_index(binding->columns, BoundColumn, i);

		look_in_column(finder, bound, &event->values[bound->column]);
	}
	for (guint i = 0; i < binding->urls->len; i++)
		look_at_url(finder, &g_array_index(binding->urls, BoundUrl, i), event);
}
