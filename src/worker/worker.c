/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What must happen before the seal: arguments, and all that libraries do once and could not do
 * later (a seal kills whoever opens a file or reads the locale). From here on nothing is set up
 * lazily.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/text.h"
#include "sandbox/sandbox.h"
#include "worker/worker.h"

typedef struct Arguments {
	const char *tables, *timezone;
	GPtrArray *placeholders, *intel, *texts, *check;
	gboolean store;
	gint64 year;
	gint64 control_fd, parent;
	gboolean sandbox;
} Arguments;

/*
 * GLib's own writer looks at the descriptor and the locale. In a child there is nobody to write to,
 * and a fatal message is the end: an allocation that failed, or a defect.
 */
static GLogWriterOutput log_writer(
	GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer context)
{
	const Worker *worker = context;
	const char *text = "";

	for (gsize i = 0; i < n_fields; i++) {
		if (strcmp(fields[i].key, "MESSAGE") == 0)
			text = fields[i].value;
	}
	if (!worker->in_child) {
		(void)!write(2, "spoor-worker: ", 14); /* nobody to tell if it fails */
		(void)!write(2, text, strlen(text));
		(void)!write(2, "\n", 1);
	}
	if (level & (G_LOG_LEVEL_ERROR | G_LOG_FLAG_FATAL))
		_exit(strstr(text, "failed to allocate") ? WORKER_EXIT_MEMORY
							 : WORKER_EXIT_INTERNAL);
	return G_LOG_WRITER_HANDLED;
}

static int compare_bytes(const void *a, const void *b)
{
	return *(const guint8 *)a - *(const guint8 *)b;
}

/* The first time that the C library's qsort() has much to sort it asks how much memory there is. */
static void warm_up_sorting(void)
{
	guint8 bytes[4096] = { 0 };

	qsort(bytes, sizeof bytes, 1, compare_bytes);
}

static void warm_up(void)
{
	warm_up_sorting();
	hash_warm_up();
	text_warm_up();
	(void)g_strerror(ENOENT); /* loads the messages */
}

static gboolean parse_number(const char *text, gint64 *ret)
{
	return g_ascii_string_to_signed(text, 10, 0, G_MAXINT, ret, NULL);
}

static gboolean parse_option(Arguments *arguments, int option)
{
	switch (option) {
	case 'c':
		return parse_number(optarg, &arguments->control_fd);
	case 'm':
		return parse_number(optarg, &arguments->parent);
	case 't':
		arguments->tables = optarg;
		return TRUE;
	case 'p':
		g_ptr_array_add(arguments->placeholders, optarg);
		return TRUE;
	case 'i':
		g_ptr_array_add(arguments->intel, optarg);
		return TRUE;
	case 'x':
		g_ptr_array_add(arguments->texts, optarg);
		return TRUE;
	case 'k':
		g_ptr_array_add(arguments->check, optarg);
		return TRUE;
	case 's':
		arguments->store = TRUE;
		return TRUE;
	case 'y':
		return parse_number(optarg, &arguments->year);
	case 'z':
		arguments->timezone = optarg;
		return TRUE;
	case 'n':
		arguments->sandbox = FALSE;
		return TRUE;
	default:
		return FALSE;
	}
}

static gboolean parse_arguments(int argc, char **argv, Arguments *ret)
{
	static const struct option options[] = {
		{ "control-fd", required_argument, NULL, 'c' },
		{ "parent", required_argument, NULL, 'm' },
		{ "tables", required_argument, NULL, 't' },
		{ "placeholders", required_argument, NULL, 'p' },
		{ "intel", required_argument, NULL, 'i' },
		{ "intel-text", required_argument, NULL, 'x' },
		{ "check", required_argument, NULL, 'k' },
		{ "store", no_argument, NULL, 's' },
		{ "timezone", required_argument, NULL, 'z' },
		{ "year", required_argument, NULL, 'y' },
		{ "no-sandbox", no_argument, NULL, 'n' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (!parse_option(ret, option))
			return FALSE;
	}
	g_ptr_array_add(ret->placeholders, NULL);
	g_ptr_array_add(ret->intel, NULL);
	g_ptr_array_add(ret->texts, NULL);
	g_ptr_array_add(ret->check, NULL);
	return ret->tables && ret->control_fd == SANDBOX_CHANNEL_FD &&
		fcntl((int)ret->control_fd, F_GETFD) >= 0;
}

/* Engines and libraries are made once, before any content, and shared by all children. */
static void make_families(Worker *worker)
{
	guint n_engines = 0, n_readers = 0;

	while (engine_registry[n_engines])
		n_engines++;
	while (reader_registry[n_readers])
		n_readers++;
	g_assert(n_engines <= TALLY_SLOT);
	worker->engines = g_new0(EngineState *, n_engines + 1);
	worker->late = g_new0(LateRange, n_engines + 1);
	worker->libraries = g_new0(ReaderLibrary *, n_readers + 1);
	for (guint i = 0; i < n_engines; i++)
		worker->engines[i] = engine_registry[i]->new (i, &worker->report);
	for (guint i = 0; i < n_readers; i++) {
		if (reader_registry[i]->library_new)
			worker->libraries[i] = reader_registry[i]->library_new();
	}
	worker->files = file_library_new();
}

int worker_main(int argc, char **argv)
{
	g_autoptr(GPtrArray) placeholders = g_ptr_array_new();
	g_autoptr(GPtrArray) intel = g_ptr_array_new();
	g_autoptr(GPtrArray) texts = g_ptr_array_new();
	g_autoptr(GPtrArray) check = g_ptr_array_new();
	Arguments arguments = { .placeholders = placeholders,
		.intel = intel,
		.texts = texts,
		.check = check,
		.sandbox = TRUE };
	g_autoptr(GError) error = NULL;
	g_autoptr(Zone) zone = NULL;
	WorkerOptions options;
	Worker worker = { .options = &options };

	if (!parse_arguments(argc, argv, &arguments)) {
		(void)fputs("spoor-worker is started by spoor, with its channel; see spoor(1).\n",
			stderr);
		return 2;
	}
	g_log_set_writer_func(log_writer, &worker, NULL);
	/* Standard error may be a file, and none may be written: then a complaint is lost. */
	(void)sigaction(SIGXFSZ, &(const struct sigaction){ .sa_handler = SIG_IGN }, NULL);
	/* The time zone's data is read here: later it would be too late. */
	worker.times.year = (int)arguments.year;
	if (arguments.timezone &&
		!(worker.times.zone = zone = zone_new(arguments.timezone, &error))) {
		(void)fprintf(stderr, "spoor-worker: %s\n", error->message);
		return 2;
	}
	warm_up();
	options = (WorkerOptions){
		.tables = arguments.tables,
		.placeholders = (const char *const *)placeholders->pdata,
		.rules = (const char *const *)argv + optind,
		.intel = (const char *const *)intel->pdata,
		.texts = (const char *const *)texts->pdata,
		.check = (const char *const *)check->pdata,
		.store = arguments.store,
		.sandbox = arguments.sandbox && sandbox_is_built(),
	};
	worker.report = (EngineReport){
		.finding = judging_finding,
		.observation = judging_observation,
		.hit = judging_hit,
		.hits_left_out = judging_hits_left_out,
		.gap = judging_gap,
		.context = &worker,
	};
	if (arguments.parent && !sandbox_die_with_parent((int)arguments.parent, &error))
		return WORKER_EXIT_DONE;
	worker.channel = channel_new(SANDBOX_CHANNEL_FD);
	make_families(&worker);
	return loader_run(&worker);
}
