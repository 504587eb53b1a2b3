/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The reader on any bytes at all: the input is the image of a file. Both passes are made, templates
 * travel as they would between processes, and every event is rendered.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/text.h"
#include "readers/evtx/evtx.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	text_warm_up();
	hash_warm_up();
	return 0;
}

static void on_gap(void *context, const Gap *gap)
{
	g_assert(gap->note && gap->kind < GAP_N_KINDS);
}

static void on_span(void *context, const Span *span)
{
	g_assert(span->channel);
}

static void give(void *context, Slice entry)
{
	evtx_reader.library_give(context, entry);
}

static void read_all(const Source *source, ReaderLibrary *library, ReadPass pass)
{
	ReaderReport report = { on_gap, on_span, NULL };
	Plan plan;

	if (!evtx_reader.plan(source, &plan, &report, NULL))
		return;

	ReadTask task = { pass, 0, plan.n_units };
	void *state = evtx_reader.open(source, library, &task, &report, NULL);
	g_autoptr(GString) line = g_string_new(NULL);
	NextResult result;
	Event event;

	while (state && (result = evtx_reader.next(state, &event)) != NEXT_END) {
		if (result != NEXT_EVENT)
			continue;
		g_string_truncate(line, 0);
		event_append_line(line, &event, "fuzz");
	}
	evtx_reader.close(state);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	int fd = memfd_create("evtx", MFD_CLOEXEC);
	Source source = { fd, size };
	ReaderLibrary *library = evtx_reader.library_new();
	ReaderLibrary *other = evtx_reader.library_new();

	g_assert(fd >= 0 && write(fd, data, size) == (gssize)size);
	(void)evtx_reader.probe(slice_make(data, MIN(size, READER_PROBE_BYTES)), "fuzz.evtx");
	read_all(&source, library, READ_IN_USE);
	evtx_reader.library_take(library, give, other);
	read_all(&source, other, READ_RECOVERED);
	evtx_reader.library_give(other, slice_make(data, size));
	evtx_reader.library_free(library);
	evtx_reader.library_free(other);
	(void)close(fd);
	return 0;
}
