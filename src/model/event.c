/* SPDX-License-Identifier: Apache-2.0 */
#include "model/event.h"

#include "base/json.h"

Shape *shape_new(const char *format)
{
	Shape *shape = g_new0(Shape, 1);

	shape->format = format;
	return shape;
}

void shape_free(Shape *shape)
{
	if (!shape)
		return;
	for (guint i = 0; i < SHAPE_MAX_BINDINGS; i++) {
		if (shape->bindings[i].data)
			shape->bindings[i].free(shape->bindings[i].data);
	}
	for (guint i = 0; i < shape->n_columns; i++) {
		g_free(shape->columns[i].name);
		g_free(shape->columns[i].constant);
	}
	g_free(shape->columns);
	g_free(shape);
}

guint shape_add_column(Shape *shape, const char *name, const char *constant)
{
	guint n = shape->n_columns;

	/* Room is made in powers of two: a new block whenever the count reaches one. */
	if ((n & (n - 1)) == 0)
		shape->columns = g_renew(ShapeColumn, shape->columns, n ? n * 2 : 1);
	shape->columns[n] = (ShapeColumn){ g_strdup(name), g_strdup(constant) };
	return shape->n_columns++;
}

int shape_find_column(const Shape *shape, const char *name)
{
	for (guint i = 0; i < shape->n_columns; i++) {
		if (strcmp(shape->columns[i].name, name) == 0)
			return (int)i;
	}
	return -1;
}

void event_append_locator(GString *ret, const Event *event)
{
	if (event->place) {
		g_string_append_printf(ret, "file %s", event->place);
		return;
	}
	g_string_append_printf(ret, "%srecord %" G_GUINT64_FORMAT " at 0x%" G_GINT64_MODIFIER "x",
		event->origin == EVENT_RECOVERED ? "recovered " : "", event->record, event->offset);
}

void event_append_fields_json(GString *ret, const Event *event)
{
	Json j = json_begin(ret);

	json_object_begin(&j);
	for (guint i = 0; i < event->shape->n_columns; i++) {
		if (event->values[i].type == VALUE_ABSENT)
			continue;
		json_key(&j, event->shape->columns[i].name);
		value_append_json(ret, &event->values[i]);
		j.pending = TRUE; /* the value went past the writer */
	}
	json_object_end(&j);
}

void event_append_line(GString *ret, const Event *event, const char *path)
{
	char time[INSTANT_TEXT_BYTES];
	g_autoptr(GString) locator = g_string_new(NULL);
	Json j = json_begin(ret);

	instant_format(event->time, time);
	event_append_locator(locator, event);
	json_object_begin(&j);
	json_member_text(&j, "schema", "spoor.event/1");
	json_member_text(&j, "evidence", path);
	json_member_text(&j, "locator", locator->str);
	json_member_bool(&j, "recovered", event->origin == EVENT_RECOVERED);
	json_member_text(&j, "time", time[0] ? time : NULL);
	json_key(&j, "fields");
	event_append_fields_json(ret, event);
	j.pending = TRUE;
	json_object_end(&j);
	g_string_append_c(ret, '\n');
}
