/* SPDX-License-Identifier: Apache-2.0 */
#include "readers/evtx/test-reading.h"

#include <sys/mman.h>
#include <unistd.h>

static void event_free(gpointer data)
{
	ReadEvent *event = data;

	g_free(event->fields);
	g_free(event);
}

void reading_free(Reading *reading)
{
	if (!reading)
		return;
	g_ptr_array_unref(reading->events);
	g_ptr_array_unref(reading->notes);
	g_array_unref(reading->spans);
	g_free(reading->channel);
	g_free(reading);
}

static void on_gap(void *context, const Gap *gap)
{
	Reading *reading = context;

	g_assert_nonnull(gap->note);
	g_ptr_array_add(
		reading->notes, g_strdup_printf("%s: %s", gap_kind_name(gap->kind), gap->note));
	reading->gaps[gap->kind]++;
	reading->gap_records[gap->kind] += gap->records;
	reading->n_gaps++;
	reading->n_losses += gap_kind_is_loss(gap->kind);
}

static void on_span(void *context, const Span *span)
{
	Reading *reading = context;
	Span kept = *span;

	g_free(reading->channel);
	reading->channel = g_strdup(span->channel);
	kept.channel = NULL;
	g_array_append_val(reading->spans, kept);
}

static void keep_event(Reading *reading, const Event *event)
{
	ReadEvent *kept = g_new0(ReadEvent, 1);
	GString *fields = g_string_new(NULL);

	event_append_fields_json(fields, event);
	kept->fields = g_string_free(fields, FALSE);
	kept->shape = event->shape;
	kept->origin = event->origin;
	kept->time = event->time;
	kept->record = event->record;
	kept->offset = event->offset;
	g_ptr_array_add(reading->events, kept);
}

static void read_task(Reading *reading, const Source *source, ReaderLibrary *library,
	const ReadTask *task, const ReaderReport *report)
{
	void *state = evtx_reader.open(source, library, task, report, NULL);
	NextResult result;
	Event event;

	g_assert_nonnull(state);
	while ((result = evtx_reader.next(state, &event)) != NEXT_END) {
		if (result == NEXT_EVENT)
			keep_event(reading, &event);
	}
	evtx_reader.close(state);
}

/* ---- what remains for recovery ---- */

static void no_gap(void *context, const Gap *gap)
{
}

static void no_span(void *context, const Span *span)
{
}

static void on_remains(void *context, guint64 unit)
{
	GByteArray *bits = context;

	g_assert_cmpuint(unit / 8, <, bits->len);
	bits->data[unit / 8] |= 1u << unit % 8;
}

/* A bit for each unit, by a reading of what is in use that knows nothing else. */
static GByteArray *find_remains(const Source *source, const Plan *plan)
{
	GByteArray *bits = g_byte_array_new();
	const ReaderReport report = { no_gap, no_span, bits, on_remains };
	const ReadTask task = { READ_IN_USE, 0, plan->n_units, SLICE_EMPTY };
	ReaderLibrary *library = evtx_reader.library_new();
	void *state;
	Event event;

	g_byte_array_set_size(bits, (guint)(plan->n_units / 8 + 1));
	memset(bits->data, 0, bits->len);
	state = evtx_reader.open(source, library, &task, &report, NULL);
	g_assert_nonnull(state);
	while (evtx_reader.next(state, &event) != NEXT_END)
		;
	evtx_reader.close(state);
	evtx_reader.library_free(library);
	return bits;
}

/* Whether the units without a bit are passed over must make no difference. */
static guint count_events(
	const Source *source, ReaderLibrary *library, const Plan *plan, Slice wanted)
{
	const ReaderReport report = { no_gap, no_span, NULL, NULL };
	const ReadTask task = { READ_RECOVERED, 0, plan->n_units, wanted };
	void *state = evtx_reader.open(source, library, &task, &report, NULL);
	NextResult result;
	Event event;
	guint n = 0;

	while ((result = evtx_reader.next(state, &event)) != NEXT_END)
		n += result == NEXT_EVENT;
	evtx_reader.close(state);
	return n;
}

static void check_remains(const Source *source, ReaderLibrary *library, const Plan *plan)
{
	g_autoptr(GByteArray) bits = find_remains(source, plan);

	g_assert_cmpuint(count_events(source, library, plan, SLICE_EMPTY), ==,
		count_events(source, library, plan, slice_make(bits->data, bits->len)));
}

Reading *reading_make(
	ReaderLibrary *library, const void *bytes, gsize size, ReadPass pass, guint units_per_task)
{
	Reading *reading = g_new0(Reading, 1);
	ReaderReport report = { on_gap, on_span, reading, NULL };
	int fd = memfd_create("evtx", MFD_CLOEXEC);
	Source source = { fd, size };

	reading->events = g_ptr_array_new_with_free_func(event_free);
	reading->notes = g_ptr_array_new_with_free_func(g_free);
	reading->spans = g_array_new(FALSE, FALSE, sizeof(Span));
	g_assert_true(fd >= 0 && write(fd, bytes, size) == (gssize)size);
	reading->opened = evtx_reader.plan(&source, &reading->plan, &report, NULL);
	if (reading->opened) {
		g_assert_cmpuint(reading->plan.first_offset, <=, size);
		guint64 step = units_per_task ? units_per_task : reading->plan.units_per_task;

		for (guint64 at = 0; at < reading->plan.n_units; at += step) {
			ReadTask task = { pass, at, MIN(step, reading->plan.n_units - at),
				SLICE_EMPTY };

			read_task(reading, &source, library, &task, &report);
		}
		if (pass == READ_RECOVERED)
			check_remains(&source, library, &reading->plan);
	}
	(void)close(fd);
	return reading;
}

const char *reading_fields(const Reading *reading, guint index)
{
	g_assert_cmpuint(index, <, reading->events->len);
	return ((ReadEvent *)g_ptr_array_index(reading->events, index))->fields;
}
