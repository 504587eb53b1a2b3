/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A tool for measuring: reads evidence of any format with its reader alone, without processes, seal
 * and rules.
 *
 *	reader-dump [--print] FILE…
 *
 * Says what each file is taken for and how fast it was read, by processor time; --print prints its
 *events, too.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/text.h"
#include "readers/reader.h"

static void on_gap(void *context, const Gap *gap)
{
	fprintf(stderr, "%s at %" G_GUINT64_FORMAT ": %s\n", gap_kind_name(gap->kind), gap->offset,
		gap->note);
}

static void on_span(void *context, const Span *span)
{
}

static guint64 read_task(const Reader *reader, const Source *source, ReaderLibrary *library,
	const ReadTask *task, gboolean print)
{
	const ReaderReport report = { .gap = on_gap, .span = on_span };
	void *state = reader->open(source, library, task, &report, NULL);
	g_autoptr(GString) line = g_string_new(NULL);
	guint64 n_events = 0;
	NextResult result;
	Event event;

	while (state && (result = reader_next(reader, state, &event)) != NEXT_END) {
		if (result != NEXT_EVENT)
			continue;
		n_events++;
		if (!print)
			continue;
		g_string_truncate(line, 0);
		event_append_line(line, &event, "-");
		(void)fwrite(line->str, 1, line->len, stdout);
	}
	reader->close(state);
	return n_events;
}

static guint64 read_evidence(const Reader *reader, const Source *source, gboolean print)
{
	const ReaderReport report = { .gap = on_gap, .span = on_span };
	ReaderLibrary *library = reader->library_new();
	guint64 n_events = 0;
	Plan plan;

	if (!reader->plan(source, &plan, &report, NULL))
		plan = (Plan){ 0 };
	for (guint64 at = 0; at < plan.n_units; at += plan.units_per_task) {
		ReadTask task = { READ_IN_USE, at, MIN(plan.units_per_task, plan.n_units - at) };

		n_events += read_task(reader, source, library, &task, print);
	}
	reader->library_free(library);
	return n_events;
}

/* Seconds of processor that this process took: others do not disturb that. */
static double processor_seconds(void)
{
	struct rusage usage = { 0 };

	(void)getrusage(RUSAGE_SELF, &usage); /* can not fail for oneself */
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
		(double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void dump_file(const char *path, gboolean print)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	guint8 head[READER_PROBE_BYTES];
	struct stat status;
	guint64 n_events;
	double start, seconds;
	guint score;

	if (fd < 0 || fstat(fd, &status) != 0) {
		fprintf(stderr, "%s: %s\n", path, g_strerror(errno));
		return;
	}

	Source source = { .fd = fd, .size = (guint64)status.st_size, .number = 1 };
	gssize size = source_read(&source, 0, head, sizeof(head), NULL);
	const Reader *reader = reader_probe(slice_make(head, (gsize)MAX(size, 0)), path, &score);

	if (!reader) {
		fprintf(stderr, "%s: no reader knows it\n", path);
		(void)close(fd);
		return;
	}
	start = processor_seconds();
	n_events = read_evidence(reader, &source, print);
	seconds = processor_seconds() - start;
	fprintf(stderr,
		"%s: %s (%u), %" G_GUINT64_FORMAT " events, %.3f s of processor, %.0f MB/s\n", path,
		reader->name, score, n_events, seconds, (double)source.size / 1e6 / seconds);
	(void)close(fd);
}

int main(int argc, char **argv)
{
	gboolean print = argc > 1 && strcmp(argv[1], "--print") == 0;

	text_warm_up();
	hash_warm_up();
	for (int i = print ? 2 : 1; i < argc; i++)
		dump_file(argv[i], print);
	return 0;
}
