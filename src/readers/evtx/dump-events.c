/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A tool for tests: reads event logs with the reader alone, without processes and seal.
 *
 *	evtx-dump [--quiet] [--recovered] [--gaps] [--repeat N] [--reader NAME] FILE…
 *
 * Prints a line for each event, as `spoor show events` does; --quiet only counts, and --repeat
 * reads everything N times, which is how the reader is profiled.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/text.h"
#include "readers/evtx/evtx.h"

typedef struct Dump {
	const Reader *reader;
	const char *path;
	ReaderLibrary *library;
	gboolean quiet, recovered, gaps;
	guint64 n_events, n_recovered, n_bytes, n_gaps[GAP_N_KINDS], n_spans;
	GString *line;
} Dump;

static void on_gap(void *context, const Gap *gap)
{
	Dump *dump = context;

	dump->n_gaps[gap->kind]++;
	if (dump->gaps)
		fprintf(stderr,
			"%s: %s at 0x%" G_GINT64_MODIFIER "x, %" G_GUINT64_FORMAT
			" bytes, %" G_GUINT64_FORMAT " records: %s\n",
			dump->path, gap_kind_name(gap->kind), gap->offset, gap->size, gap->records,
			gap->note);
}

static void on_span(void *context, const Span *span)
{
	Dump *dump = context;

	dump->n_spans++;
}

static void dump_task(Dump *dump, const Source *source, const ReadTask *task)
{
	ReaderReport report = { on_gap, on_span, dump };
	g_autoptr(GError) error = NULL;
	void *state = dump->reader->open(source, dump->library, task, &report, &error);
	NextResult result;
	Event event;

	if (!state) {
		fprintf(stderr, "%s: %s\n", dump->path, error->message);
		return;
	}
	while ((result = dump->reader->next(state, &event)) != NEXT_END) {
		if (result != NEXT_EVENT)
			continue;
		if (event.origin == EVENT_RECOVERED)
			dump->n_recovered++;
		else
			dump->n_events++;
		if (dump->quiet)
			continue;
		g_string_truncate(dump->line, 0);
		event_append_line(dump->line, &event, dump->path);
		(void)fwrite(dump->line->str, 1, dump->line->len, stdout);
	}
	dump->reader->close(state);
}

static void dump_file(Dump *dump, const char *path, ReadPass pass)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ReaderReport report = { on_gap, on_span, dump };
	g_autoptr(GError) error = NULL;
	struct stat status;
	Plan plan;

	dump->path = path;
	if (fd < 0 || fstat(fd, &status) != 0) {
		fprintf(stderr, "%s: %s\n", path, g_strerror(errno));
		return;
	}

	Source source = { .fd = fd, .size = (guint64)status.st_size, .number = 1 };

	dump->n_bytes += source.size;
	if (!dump->reader->plan(&source, &plan, &report, &error))
		fprintf(stderr, "%s: %s\n", path, error->message);
	else
		for (guint64 at = 0; at < plan.n_units; at += plan.units_per_task) {
			ReadTask task = { pass, at, MIN(plan.units_per_task, plan.n_units - at) };

			dump_task(dump, &source, &task);
		}
	(void)close(fd);
}

int main(int argc, char **argv)
{
	Dump dump = { .line = g_string_new(NULL) };
	g_autofree char *reader = NULL;
	gint repeat = 1;
	g_auto(GStrv) files = NULL;
	GOptionEntry entries[] = {
		{ "quiet", 'q', 0, G_OPTION_ARG_NONE, &dump.quiet, "Only count", NULL },
		{ "recovered", 'r', 0, G_OPTION_ARG_NONE, &dump.recovered, "Recover, too", NULL },
		{ "gaps", 'g', 0, G_OPTION_ARG_NONE, &dump.gaps, "Print gaps", NULL },
		{ "repeat", 'n', 0, G_OPTION_ARG_INT, &repeat, "Read N times", "N" },
		{ "reader", 0, 0, G_OPTION_ARG_STRING, &reader, "Another reader", "NAME" },
		{ G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &files, NULL, "FILE…" },
		{ NULL },
	};
	g_autoptr(GOptionContext) options = g_option_context_new(NULL);
	g_autoptr(GError) error = NULL;

	g_option_context_add_main_entries(options, entries, NULL);
	if (!g_option_context_parse(options, &argc, &argv, &error) || !files) {
		fprintf(stderr, "%s\n", error ? error->message : "no files");
		return 2;
	}
	text_warm_up();
	hash_warm_up();
	dump.reader = reader_find(reader ? reader : "evtx");
	if (!dump.reader)
		return 2;
	dump.library = dump.reader->library_new();

	gint64 start = g_get_monotonic_time();

	for (gint i = 0; i < repeat; i++) {
		for (char **file = files; *file; file++)
			dump_file(&dump, *file, READ_IN_USE);
	}
	if (dump.recovered) {
		for (char **file = files; *file; file++)
			dump_file(&dump, *file, READ_RECOVERED);
	}

	double seconds = (double)(g_get_monotonic_time() - start) / G_USEC_PER_SEC;

	fprintf(stderr,
		"%" G_GUINT64_FORMAT " events, %" G_GUINT64_FORMAT " recovered, %" G_GUINT64_FORMAT
		" spans, %.3f s, %.0f MB/s, %.0f events/s\n",
		dump.n_events, dump.n_recovered, dump.n_spans, seconds,
		(double)dump.n_bytes / 1e6 / seconds,
		(double)(dump.n_events + dump.n_recovered) / seconds);
	for (guint kind = 0; kind < GAP_N_KINDS; kind++) {
		if (dump.n_gaps[kind] > 0)
			fprintf(stderr, "%s: %" G_GUINT64_FORMAT "\n", gap_kind_name((GapKind)kind),
				dump.n_gaps[kind]);
	}
	(void)g_string_free(dump.line, TRUE);
	dump.reader->library_free(dump.library);
	return 0;
}
