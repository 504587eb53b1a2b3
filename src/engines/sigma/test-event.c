/* SPDX-License-Identifier: Apache-2.0 */
#include "engines/sigma/test-event.h"

struct TestEvent {
	Shape *shape;
	GArray *values;	  /* Value */
	GPtrArray *owned; /* bytes and items */
	Event event;
};

TestEvent *test_event_new(void)
{
	TestEvent *event = g_new0(TestEvent, 1);

	event->shape = shape_new("test");
	event->values = g_array_new(FALSE, TRUE, sizeof(Value));
	event->owned = g_ptr_array_new_with_free_func(g_free);
	return event;
}

void test_event_free(TestEvent *event)
{
	if (!event)
		return;
	shape_free(event->shape);
	g_array_unref(event->values);
	g_ptr_array_unref(event->owned);
	g_free(event);
}

static Slice keep(TestEvent *event, Slice bytes)
{
	guint8 *copy = g_malloc(bytes.size + 1);

	if (bytes.size)
		memcpy(copy, bytes.data, bytes.size);
	g_ptr_array_add(event->owned, copy);
	return slice_make(copy, bytes.size);
}

static void add(TestEvent *event, const char *name, const char *constant, Value value)
{
	(void)shape_add_column(event->shape, name, constant);
	g_array_append_val(event->values, value);
}

void test_event_bytes(TestEvent *event, const char *name, ValueType type, Slice bytes)
{
	add(event, name, NULL, (Value){ .type = type, .bytes = keep(event, bytes) });
}

void test_event_constant(TestEvent *event, const char *name, const char *text)
{
	add(event, name, text,
		(Value){ .type = VALUE_UTF8, .bytes = keep(event, slice_from_text(text)) });
}

void test_event_text(TestEvent *event, const char *name, const char *text)
{
	test_event_bytes(event, name, VALUE_UTF8, slice_from_text(text));
}

void test_event_items(TestEvent *event, const char *name, const Value *items, guint n)
{
	Value *kept = g_new0(Value, n + 1);

	g_ptr_array_add(event->owned, kept);
	for (guint i = 0; i < n; i++)
		kept[i] = (Value){ .type = items[i].type, .bytes = keep(event, items[i].bytes) };
	add(event, name, NULL, (Value){ .type = VALUE_LIST, .n_items = n, .items = kept });
}

void test_event_list(TestEvent *event, const char *name, const char *const *texts)
{
	guint n = g_strv_length((char **)texts);
	g_autofree Value *items = g_new0(Value, n + 1);

	for (guint i = 0; i < n; i++)
		items[i] = (Value){ .type = VALUE_UTF8, .bytes = slice_from_text(texts[i]) };
	test_event_items(event, name, items, n);
}

void test_event_null(TestEvent *event, const char *name)
{
	add(event, name, NULL, (Value){ .type = VALUE_NULL });
}

void test_event_absent(TestEvent *event, const char *name)
{
	add(event, name, NULL, (Value){ .type = VALUE_ABSENT });
}

static void set(TestEvent *event, const char *name, Value value)
{
	int column = shape_find_column(event->shape, name);

	g_assert_cmpint(column, >=, 0);
	g_array_index(event->values, Value, column) = value;
}

void test_event_set_text(TestEvent *event, const char *name, const char *text)
{
	set(event, name,
		(Value){ .type = VALUE_UTF8, .bytes = keep(event, slice_from_text(text)) });
}

void test_event_clear(TestEvent *event, const char *name, gboolean absent)
{
	set(event, name, (Value){ .type = absent ? VALUE_ABSENT : VALUE_NULL });
}

const Event *test_event_get(TestEvent *event)
{
	event->event = (Event){ .shape = event->shape,
		.values = (const Value *)(const void *)event->values->data,
		.time = INSTANT_NONE,
		.record = 1 };
	return &event->event;
}
