/* SPDX-License-Identifier: Apache-2.0 */
#include "engines/indicators/pattern-event.h"

#include "analysers/fact.h"

enum { PRESENCE_UNKNOWN, PRESENCE_NONE, PRESENCE_IS };

void event_objects_init(EventObjects *objects, PatternObjects *table)
{
	*objects = (EventObjects){ .table = table };
	objects->arena = g_string_new(NULL);
	objects->texts = g_array_new(FALSE, FALSE, sizeof(EventText));
	objects->of_source = g_array_new(FALSE, TRUE, sizeof(EventTexts));
	objects->presence = g_array_new(FALSE, TRUE, sizeof(guint8));
	objects->input = g_string_new(NULL);
}

void event_objects_clear(EventObjects *objects)
{
	(void)g_string_free(objects->arena, TRUE);
	(void)g_string_free(objects->input, TRUE);
	g_array_unref(objects->texts);
	g_array_unref(objects->of_source);
	g_array_unref(objects->presence);
}

void event_objects_begin(EventObjects *objects, const ShapeObjects *shape, const Event *event)
{
	objects->shape = shape;
	objects->event = event;
	g_string_truncate(objects->arena, 0);
	g_array_set_size(objects->texts, 0);
	g_array_set_size(objects->of_source, 0);
	g_array_set_size(objects->of_source, shape->sources->len);
	g_array_set_size(objects->presence, 0);
	g_array_set_size(objects->presence, shape->objects->len);
}

/* ---- texts --------------------------------------------------------------------------------------
 */

/* What the arena has from @offset on becomes a text, unless it says nothing. */
static void settle_text(EventObjects *objects, gsize offset, guint source)
{
	Slice text = slice_make(objects->arena->str + offset, objects->arena->len - offset);
	EventText settled = { offset, text.size, source };

	if (fact_is_empty(text))
		g_string_truncate(objects->arena, offset);
	else
		g_array_append_val(objects->texts, settled);
}

static void add_value(EventObjects *objects, const Value *value, guint source)
{
	gsize offset = objects->arena->len;

	if (value->type == VALUE_LIST) {
		for (guint i = 0; i < value->n_items; i++) {
			offset = objects->arena->len;
			value_append_text(objects->arena, &value->items[i]);
			settle_text(objects, offset, source);
		}
		return;
	}
	value_append_text(objects->arena, value);
	settle_text(objects, offset, source);
}

static void add_lines(EventObjects *objects, gsize offset, guint source)
{
	g_autofree char *made =
		g_strndup(objects->arena->str + offset, objects->arena->len - offset);
	g_auto(GStrv) lines = g_strsplit(made, "\n", -1);

	g_string_truncate(objects->arena, offset);
	for (guint i = 0; lines[i]; i++) {
		offset = objects->arena->len;
		g_string_append(objects->arena, lines[i]);
		settle_text(objects, offset, source);
	}
}

static void add_fact(EventObjects *objects, const ObjectSource *of, guint source)
{
	gsize offset = objects->arena->len, ends[ANALYSER_MAX_INPUTS] = { 0 };
	Slice inputs[ANALYSER_MAX_INPUTS] = { { NULL, 0 } };

	g_string_truncate(objects->input, 0);
	for (guint i = 0; i < of->n_columns; i++) {
		if (of->columns[i] >= 0)
			value_append_text(objects->input, &objects->event->values[of->columns[i]]);
		ends[i] = objects->input->len;
	}
	for (guint i = 0; i < of->n_columns; i++) {
		gsize start = i ? ends[i - 1] : 0;

		if (ends[i] > start)
			inputs[i] = slice_make(objects->input->str + start, ends[i] - start);
	}
	if (!of->analyser->compute(inputs, of->n_columns, of->parameter, objects->arena))
		g_string_truncate(objects->arena, offset);
	else if (of->analyser->makes_list)
		add_lines(objects, offset, source);
	else
		settle_text(objects, offset, source);
}

EventTexts event_objects_texts(EventObjects *objects, guint source)
{
	EventTexts *texts = &g_array_index(objects->of_source, EventTexts, source);
	const ObjectSource *of = &g_array_index(objects->shape->sources, ObjectSource, source);

	if (texts->is_made)
		return *texts;
	texts->is_made = TRUE;
	texts->first = objects->texts->len;
	if (of->analyser)
		add_fact(objects, of, source);
	else
		add_value(objects, &objects->event->values[of->columns[0]], source);
	texts->n = objects->texts->len - texts->first;
	return *texts;
}

Slice event_objects_text(const EventObjects *objects, guint text)
{
	const EventText *t = &g_array_index(objects->texts, EventText, text);

	return slice_make(objects->arena->str + t->offset, t->size);
}

/* ---- objects ------------------------------------------------------------------------------------
 */

static const ShapeObject *object_at(const EventObjects *objects, guint object)
{
	return &g_array_index(objects->shape->objects, ShapeObject, object);
}

static const ObjectProperty *property_at(const EventObjects *objects, guint property)
{
	return &g_array_index(objects->shape->properties, ObjectProperty, property);
}

static gboolean has_text(EventObjects *objects, const ShapeObject *object)
{
	for (guint i = object->first; i < object->first + object->n; i++) {
		const ObjectProperty *property = property_at(objects, i);

		for (guint k = property->first; k < property->first + property->n; k++)
			if (event_objects_texts(objects, k).n > 0)
				return TRUE;
	}
	return FALSE;
}

static gboolean is_present(EventObjects *objects, guint object)
{
	guint8 *presence = &g_array_index(objects->presence, guint8, object);

	if (*presence == PRESENCE_UNKNOWN)
		*presence =
			has_text(objects, object_at(objects, object)) ? PRESENCE_IS : PRESENCE_NONE;
	return *presence == PRESENCE_IS;
}

static guint n_objects(void *context, const char *type)
{
	EventObjects *objects = context;
	guint number = pattern_objects_type(objects->table, type), n = 0;

	for (guint i = 0; i < objects->shape->objects->len; i++)
		if (object_at(objects, i)->type == number && is_present(objects, i))
			n++;
	return n;
}

/* Object number @n of @type among those that are present. */
static const ShapeObject *find_object(EventObjects *objects, guint type, guint n)
{
	for (guint i = 0; i < objects->shape->objects->len; i++)
		if (object_at(objects, i)->type == type && is_present(objects, i) && n-- == 0)
			return object_at(objects, i);
	return NULL;
}

static gboolean tell_source(EventObjects *objects, const ShapeObject *object, guint source,
	StixValueEach each, void *each_context)
{
	EventTexts texts = event_objects_texts(objects, source);

	for (guint i = texts.first; i < texts.first + texts.n; i++) {
		StixValue value = { .kind = STIX_VALUE_WORD,
			.text = event_objects_text(objects, i),
			.ignores_case = object->ignores_case,
			.tag = i };

		if (!each(each_context, &value))
			return FALSE;
	}
	return TRUE;
}

static void values(
	void *context, guint path, guint type, guint number, StixValueEach each, void *each_context)
{
	EventObjects *objects = context;
	const ShapeObject *object = find_object(objects, type, number);

	for (guint i = object ? object->first : 0; object && i < object->first + object->n; i++) {
		const ObjectProperty *property = property_at(objects, i);

		if (property->property != objects->properties[2 * path])
			continue;
		for (guint k = property->first; k < property->first + property->n; k++)
			if (!tell_source(objects, object, k, each, each_context))
				return;
	}
}

static void provide_values(
	void *context, guint path, guint object, StixValueEach each, void *each_context)
{
	const EventObjects *objects = context;

	values(context, path, objects->properties[2 * path + 1], object, each, each_context);
}

StixProvider event_objects_provider(EventObjects *objects, const guint *properties)
{
	objects->properties = properties;
	return (StixProvider){ n_objects, provide_values, objects };
}
