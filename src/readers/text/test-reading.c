/* SPDX-License-Identifier: Apache-2.0 */
#include "readers/text/test-reading.h"

#include <sys/mman.h>
#include <unistd.h>

#include "readers/text/lines.h"

static void on_gap(void *context, const Gap *gap)
{
	TextReading *reading = context;

	g_assert_nonnull(gap->note);
	reading->gaps[gap->kind]++;
	reading->gap_records[gap->kind] += gap->records;
	g_ptr_array_add(reading->notes,
		g_strdup_printf("%s@%" G_GUINT64_FORMAT ": %s", gap_kind_name(gap->kind),
			gap->offset, gap->note));
}

static void on_span(void *context, const Span *span)
{
}

static void keep_event(TextReading *reading, const Event *event)
{
	GString *line = g_string_new(NULL), *fields = g_string_new(NULL);

	for (guint i = 0; i < event->shape->n_columns; i++) {
		const char *constant = event->shape->columns[i].constant;

		if (!constant)
			continue;
		/* Readers promise that values of constant columns are there, too. */
		g_autoptr(GString) text = g_string_new(NULL);

		value_append_text(text, &event->values[i]);
		g_assert_cmpstr(text->str, ==, constant);
	}
	event_append_line(line, event, "x");
	g_string_truncate(line, line->len - 1);
	event_append_fields_json(fields, event);
	g_ptr_array_add(reading->events, g_string_free(line, FALSE));
	g_ptr_array_add(reading->fields, g_string_free(fields, FALSE));
	g_array_append_val(reading->times, event->time);
}

static void read_task(TextReading *reading, const Reader *reader, const Source *source,
	ReaderLibrary *library, const ReadTask *task)
{
	ReaderReport report = { on_gap, on_span, reading };
	void *state = reader->open(source, library, task, &report, NULL);
	guint64 last_offset = 0;
	NextResult result;
	Event event;

	g_assert_nonnull(state);
	while ((result = reader_next(reader, state, &event)) != NEXT_END) {
		if (result != NEXT_EVENT)
			continue;
		g_assert_cmpuint(event.offset, <, source->size);
		g_assert_true(last_offset == 0 || event.offset > last_offset);
		last_offset = event.offset;
		reading->n_events++;
		if (!reading->only_counts)
			keep_event(reading, &event);
	}
	reader->close(state);
}

static TextReading *read_source(const Reader *reader, const void *bytes, gsize size, guint units,
	gboolean only_counts, ReaderLibrary *library)
{
	TextReading *reading = g_new0(TextReading, 1);
	int fd = memfd_create("reading", MFD_CLOEXEC);
	Source source = { .fd = fd, .size = size, .number = units ? 1 : 0 };
	ReaderReport report = { on_gap, on_span, reading };
	Plan plan;

	reading->only_counts = only_counts;
	g_assert_cmpint(write(fd, bytes, size), ==, (gssize)size);
	reading->events = g_ptr_array_new_with_free_func(g_free);
	reading->fields = g_ptr_array_new_with_free_func(g_free);
	reading->notes = g_ptr_array_new_with_free_func(g_free);
	reading->times = g_array_new(FALSE, FALSE, sizeof(Instant));
	if (reader->plan(&source, &plan, &report, NULL)) {
		guint64 step = units ? units : plan.units_per_task;

		for (guint64 at = 0; at < plan.n_units; at += step) {
			ReadTask task = { .first_unit = at,
				.n_units = MIN(step, plan.n_units - at) };

			read_task(reading, reader, &source, library, &task);
		}
	}
	(void)close(fd);
	return reading;
}

TextReading *text_reading_new(const Reader *reader, const void *bytes, gsize size, gboolean by_unit,
	ReaderLibrary *library)
{
	return read_source(reader, bytes, size, by_unit, FALSE, library);
}

void text_reading_free(TextReading *reading)
{
	if (!reading)
		return;
	g_ptr_array_unref(reading->events);
	g_ptr_array_unref(reading->fields);
	g_ptr_array_unref(reading->notes);
	g_array_unref(reading->times);
	g_free(reading);
}

static TextReading *read_bytes(const Reader *reader, const void *bytes, gsize size)
{
	ReaderLibrary *library = reader->library_new();
	TextReading *reading = text_reading_new(reader, bytes, size, FALSE, library);

	reader->library_free(library);
	return reading;
}

TextReading *text_reading_of(const Reader *reader, const char *text)
{
	return read_bytes(reader, text, strlen(text));
}

guint text_probe(const Reader *reader, const char *text)
{
	return reader->probe(slice_make(text, MIN(strlen(text), READER_PROBE_BYTES)), "");
}

void text_reading_expect(
	const TextReading *reading, guint index, const char *json, const char *time)
{
	char text[INSTANT_TEXT_BYTES];

	g_assert_cmpuint(index, <, reading->events->len);
	g_assert_cmpstr(g_ptr_array_index(reading->fields, index), ==, json);
	instant_format(g_array_index(reading->times, Instant, index), text);
	g_assert_cmpstr(text, ==, time);
}

/* With the border between two units at each byte of a line: the lines before are made longer. */
static void check_borders(const Reader *reader, const char *head, const char *line, guint n_events)
{
	gsize size = strlen(line);

	for (gsize shift = 0; shift <= size; shift++) {
		ReaderLibrary *library = reader->library_new();
		g_autoptr(GString) text = g_string_new(head);
		g_autoptr(TextReading) split = NULL;
		guint n_lines = 3;

		for (; text->len + size + shift <= LINES_UNIT_BYTES; n_lines++)
			g_string_append(text, line);
		while (text->len + shift < LINES_UNIT_BYTES)
			g_string_append_c(text, '\n'); /* empty lines */
		for (guint i = 0; i < 3; i++)
			g_string_append(text, line);
		split = read_source(reader, text->str, text->len, 1, TRUE, library);
		g_assert_cmpuint(split->n_events, ==, n_lines * n_events);
		reader->library_free(library);
	}
}

void text_reading_check_splits(
	const Reader *reader, const char *head, const char *line, guint n_events)
{
	ReaderLibrary *library = reader->library_new();
	g_autoptr(GString) text = g_string_new(head);
	g_autoptr(TextReading) whole = NULL;
	g_autoptr(TextReading) split = NULL;
	guint n_lines = 0;

	/* In units of 1 MiB; a size of no power of two moves the border through the line. */
	for (; text->len < LINES_UNIT_BYTES * 2u + 1000; n_lines++)
		g_string_append(text, line);
	whole = text_reading_new(reader, text->str, text->len, FALSE, library);
	split = text_reading_new(reader, text->str, text->len, TRUE, library);
	g_assert_cmpuint(whole->events->len, ==, n_lines * n_events);
	g_assert_cmpuint(split->events->len, ==, n_lines * n_events);
	for (guint i = 0; i < whole->events->len; i++)
		g_assert_cmpstr(g_ptr_array_index(whole->events, i), ==,
			g_ptr_array_index(split->events, i));
	for (guint kind = 0; kind < GAP_N_KINDS; kind++)
		g_assert_cmpuint(whole->gap_records[kind], ==, split->gap_records[kind]);
	g_clear_pointer(&split, text_reading_free);

	check_borders(reader, head, line, n_events);
	reader->library_free(library);
}

void text_reading_check_damage(const Reader *reader, const char *text)
{
	gsize size = strlen(text);
	static const guint8 bytes[] = { 0, '\n', '\r', ' ', '"', '-', '\t', ',', 0xc3, 0xff };

	for (gsize length = 0; length < size; length++) {
		g_autofree char *copy = g_memdup2(text, MAX(length, 1));
		g_autoptr(TextReading) reading = read_bytes(reader, copy, length);

		(void)reader->probe(slice_make(copy, length), "");
		g_assert_nonnull(reading);
	}
	for (gsize at = 0; at < size; at++) {
		for (gsize i = 0; i < G_N_ELEMENTS(bytes); i++) {
			g_autofree char *copy = g_memdup2(text, size);
			g_autoptr(TextReading) reading = NULL;

			copy[at] = (char)bytes[i];
			(void)reader->probe(slice_make(copy, size), "");
			reading = read_bytes(reader, copy, size);
		}
	}
}
