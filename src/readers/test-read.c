/* SPDX-License-Identifier: Apache-2.0 */
#include "readers/test-read.h"

#include <sys/mman.h>
#include <unistd.h>

static void on_gap(void *context, const Gap *gap)
{
	TestRead *read = context;

	g_assert_nonnull(gap->note);
	g_assert_cmpuint(gap->kind, <, GAP_N_KINDS);
	g_ptr_array_add(read->notes,
		g_strdup_printf(
			"%s %u %s", gap_kind_name(gap->kind), (guint)gap->records, gap->note));
	read->n_losses += gap_kind_is_loss(gap->kind);
}

static void on_span(void *context, const Span *span)
{
	g_assert_nonnull(span->channel);
}

/* Engines look at raw instead of at the values, so it has to hold them all. */
static void check_raw(const Event *event)
{
	if (event->raw.size == 0)
		return;
	for (guint i = 0; i < event->shape->n_columns; i++) {
		const Value *value = &event->values[i];
		guint n_items = value->type == VALUE_LIST ? value->n_items : 1;
		const Value *items = value->type == VALUE_LIST ? value->items : value;

		if (value->type == VALUE_ABSENT || value->type == VALUE_NULL)
			continue; /* whatever bytes are left of an event before */
		for (guint k = 0; k < n_items && !event->shape->columns[i].constant; k++)
			g_assert_true(items[k].bytes.size == 0 ||
				memmem(event->raw.data, event->raw.size, items[k].bytes.data,
					items[k].bytes.size));
	}
}

/* Where the event says so, its values stand in raw one behind the other. */
static void check_order(const Event *event)
{
	const guint8 *at = event->raw.data;

	for (guint i = 0; event->raw_in_order && at && i < event->shape->n_columns; i++) {
		const Value *value = &event->values[i];

		if (event->shape->columns[i].constant || value->type == VALUE_ABSENT ||
			value->type == VALUE_NULL || value->bytes.size == 0)
			continue;
		g_assert_true(value->bytes.data >= at);
		at = value->bytes.data + value->bytes.size;
		g_assert_true(at <= event->raw.data + event->raw.size);
	}
}

static void keep_event(TestRead *read, const Event *event)
{
	g_autoptr(GString) fields = g_string_new(NULL);
	char time[INSTANT_TEXT_BYTES];

	check_raw(event);
	check_order(event);
	event_append_fields_json(fields, event);
	instant_format(event->time, time);
	g_ptr_array_add(read->lines,
		g_strdup_printf("%s %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %s", time,
			event->record, event->offset, fields->str));
	g_ptr_array_add(read->fields, g_strdup(fields->str));
}

static void read_task(TestRead *read, const Reader *reader, const Source *source,
	ReaderLibrary *library, ReadTask task)
{
	const ReaderReport report = { on_gap, on_span, read };
	void *state = reader->open(source, library, &task, &report, NULL);
	NextResult result;
	Event event;

	g_assert_nonnull(state);
	while ((result = reader_next(reader, state, &event)) != NEXT_END) {
		if (result == NEXT_EVENT)
			keep_event(read, &event);
	}
	reader->close(state);
}

TestRead *test_read_like(const Reader *reader, const void *bytes, gsize size, const Source *like,
	guint64 units_per_task)
{
	TestRead *read = g_new0(TestRead, 1);
	const ReaderReport report = { on_gap, on_span, read };
	ReaderLibrary *library = reader->library_new();
	int fd = memfd_create("evidence", MFD_CLOEXEC);
	Source source = *like;
	Plan plan = { 0 };

	source.fd = fd;
	source.size = size;
	read->lines = g_ptr_array_new_with_free_func(g_free);
	read->fields = g_ptr_array_new_with_free_func(g_free);
	read->notes = g_ptr_array_new_with_free_func(g_free);
	g_assert_true(fd >= 0 && write(fd, bytes, size) == (gssize)size);
	if (reader->plan(&source, &plan, &report, NULL)) {
		guint64 step = units_per_task ? units_per_task : plan.units_per_task;

		for (guint64 at = 0; at < plan.n_units; at += step)
			read_task(read, reader, &source, library,
				(ReadTask){ READ_IN_USE, at, MIN(step, plan.n_units - at) });
	}
	reader->library_free(library);
	(void)close(fd);
	return read;
}

TestRead *test_read_make(const Reader *reader, const void *bytes, gsize size, Instant modified,
	guint64 units_per_task)
{
	const Source like = { .modified = modified };

	return test_read_like(reader, bytes, size, &like, units_per_task);
}

TestRead *test_read_text(const Reader *reader, const char *text, Instant modified)
{
	return test_read_make(reader, text, strlen(text), modified, 0);
}

void test_read_free(TestRead *read)
{
	if (!read)
		return;
	g_ptr_array_unref(read->lines);
	g_ptr_array_unref(read->fields);
	g_ptr_array_unref(read->notes);
	g_free(read);
}

const char *test_read_fields(const TestRead *read, guint index)
{
	g_assert_cmpuint(index, <, read->fields->len);
	return g_ptr_array_index(read->fields, index);
}

void test_read_same(const TestRead *a, const TestRead *b)
{
	for (guint i = 0; i < MIN(a->lines->len, b->lines->len); i++)
		g_assert_cmpstr(g_ptr_array_index(a->lines, i), ==, g_ptr_array_index(b->lines, i));
	g_assert_cmpuint(a->lines->len, ==, b->lines->len);
}

void test_read_any(const Reader *reader, const void *bytes, gsize size)
{
	Slice head = slice_make(bytes, MIN(size, READER_PROBE_BYTES));
	g_autoptr(TestRead) read = NULL;

	(void)reader->probe(head, "fuzz");
	read = test_read_make(reader, bytes, size, 1600000000 * INSTANT_SECOND, 0);
}
