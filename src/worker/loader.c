/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The LOADER: reads tables, placeholders and rules into all engines, then forks sealed children.
 *
 * Everything is read in one order that depends on names alone, so rules get the same numbers and
 * are reported in the same order on every machine.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/limits.h"
#include "sandbox/sandbox.h"
#include "worker/files.h"
#include "worker/intel-files.h"
#include "worker/intel-loading.h"
#include "worker/telling.h"
#include "worker/worker.h"

typedef struct Loader {
	Worker *worker;
	GHashTable *loaded;   /* "device:inode" of rule files, each of which is read but once */
	GHashTable *children; /* process id -> child number */
	GString *tables;      /* names and hashes of tables, for LOADED */
	guint n_late;	      /* late rules of all engines */
	int signal_fd;	      /* readable when a child ended */
} Loader;

/* ---- tables ---- */

static gboolean offer_table(Loader *loader, const char *name, Slice text, GError **error)
{
	if (!file_library_table(loader->worker->files, name, text, error))
		return FALSE;
	for (guint i = 0; engine_registry[i]; i++) {
		if (engine_registry[i]->table &&
			!engine_registry[i]->table(loader->worker->engines[i], name, text, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean load_table(Loader *loader, const char *path, const char *name, GError **error)
{
	g_autoptr(GBytes) bytes = content_file_read(path, error);
	g_autofree char *sha256 = NULL;
	gconstpointer data;
	gsize size;

	if (!bytes)
		return FALSE;
	data = g_bytes_get_data(bytes, &size);
	sha256 = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, bytes);
	g_string_append_printf(loader->tables, "%s\n%s\n", name, sha256);
	if (!offer_table(loader, name, slice_make(data, size), error)) {
		g_prefix_error(error, "%s: ", path);
		return FALSE;
	}
	return TRUE;
}

static gboolean load_tables(Loader *loader, GError **error)
{
	const WorkerOptions *options = loader->worker->options;
	g_autoptr(GPtrArray) files = content_files_find(options->tables, error);

	if (!files)
		return FALSE;
	for (guint i = 0; i < files->len; i++) {
		const ContentFile *file = files->pdata[i];

		if (!load_table(loader, file->path, file->shown, error))
			return FALSE;
	}
	for (guint i = 0; options->placeholders[i]; i++) {
		/* Whatever the user's file is called, it is taken for what it was named as. */
		if (!load_table(loader, options->placeholders[i], PLACEHOLDERS_NAME, error))
			return FALSE;
	}
	return TRUE;
}

/* ---- rules ---- */

static void tell_rule(void *context, const RuleInfo *rule)
{
	telling_add_rule(((Worker *)context)->telling, rule);
}

static void tell_correlation(void *context, const Correlation *correlation)
{
	telling_add_correlation(((Worker *)context)->telling, correlation);
}

static gboolean is_new(Loader *loader, const char *path)
{
	struct stat about;

	if (stat(path, &about) != 0)
		return TRUE; /* reading it will say why */
	return g_hash_table_add(loader->loaded,
		g_strdup_printf("%ju:%ju", (uintmax_t)about.st_dev, (uintmax_t)about.st_ino));
}

static int find_engine(const char *path)
{
	for (int i = 0; engine_registry[i]; i++) {
		if (engine_registry[i]->accepts(path))
			return i;
	}
	return -1;
}

static void load_rule_file(Loader *loader, const ContentFile *file, int engine)
{
	Worker *worker = loader->worker;
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) bytes = content_file_read(file->path, &error);
	gconstpointer data;
	gsize size;

	if (!bytes) {
		telling_reject(worker, file->shown, NULL, error->message);
		return;
	}
	if (worker->n_rules >= LIMIT_RULES) {
		telling_reject(worker, file->shown, bytes, "more rules than LIMIT_RULES allows");
		return;
	}
	data = g_bytes_get_data(bytes, &size);
	worker->n_rules += engine_registry[engine]->load(
		worker->engines[engine], file->shown, slice_make(data, size), worker->n_rules);
}

static gboolean load_rules_at(Loader *loader, const char *path, GError **error)
{
	g_autoptr(GPtrArray) files = content_files_find(path, error);
	gboolean named;

	if (!files)
		return FALSE;
	/* A file that was named itself is never passed over without a word. */
	named = files->len == 1 && strcmp(((ContentFile *)files->pdata[0])->path, path) == 0;
	for (guint i = 0; i < files->len; i++) {
		const ContentFile *file = files->pdata[i];
		int engine = find_engine(file->path);

		if (engine < 0 && named)
			telling_reject(loader->worker, file->shown, NULL,
				"no engine takes a file of this name for rules");
		if (engine >= 0 && is_new(loader, file->path))
			load_rule_file(loader, file, engine);
	}
	return TRUE;
}

static void add_wants(Worker *worker, const Engine *engine, EngineState *state)
{
	gboolean content = engine->wants_content && engine->wants_content(state);
	gboolean files = engine->wants_files ? engine->wants_files(state)
					     : content || !engine->wants_content;

	if (files)
		worker->wants |= WANTS_FILES;
	if (content)
		worker->wants |= WANTS_FILES | WANTS_CONTENT;
}

static gboolean load_intel_at(
	Loader *loader, IntelLoading *loading, const char *path, GError **error)
{
	g_autoptr(GPtrArray) files = content_files_find(path, error);

	if (!files)
		return FALSE;
	for (guint i = 0; i < files->len; i++) {
		const ContentFile *file = files->pdata[i];

		if (is_new(loader, file->path))
			intel_loading_load(loading, file);
	}
	return TRUE;
}

/* Behind the rules, so that these have the numbers they have without it. */
static gboolean load_intel(Loader *loader, GError **error)
{
	g_autoptr(IntelLoading) loading = intel_loading_new(loader->worker);
	const char *const *paths = loader->worker->options->intel;

	for (guint i = 0; paths[i]; i++) {
		if (!load_intel_at(loader, loading, paths[i], error))
			return FALSE;
	}
	return TRUE;
}

/* Late rules have the numbers behind all others, engine by engine. */
static gboolean compile(Loader *loader, GError **error)
{
	Worker *worker = loader->worker;

	for (guint i = 0; engine_registry[i]; i++) {
		guint first = worker->n_rules + loader->n_late;
		guint n = engine_registry[i]->compile(worker->engines[i], first);

		if (n > LIMIT_LATE_RULES - loader->n_late) {
			g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_INPUT,
				"there are more indicators than LIMIT_LATE_RULES (%u)",
				LIMIT_LATE_RULES);
			return FALSE;
		}
		worker->late[i] = (LateRange){ first, n };
		loader->n_late += n;
	}
	for (guint i = 0; engine_registry[i]; i++)
		add_wants(worker, engine_registry[i], worker->engines[i]);
	telling_finish(worker->telling);
	return TRUE;
}

static gboolean load_content(Loader *loader, GError **error)
{
	Worker *worker = loader->worker;

	if (!load_tables(loader, error))
		return FALSE;
	for (guint i = 0; worker->options->rules[i]; i++) {
		if (!load_rules_at(loader, worker->options->rules[i], error))
			return FALSE;
	}
	return load_intel(loader, error) && compile(loader, error);
}

static void send_loaded(Loader *loader, const GError *problem)
{
	g_autofree char *sha256 =
		g_compute_checksum_for_string(G_CHECKSUM_SHA256, loader->tables->str, -1);
	Message loaded = message_begin(MESSAGE_LOADED);

	message_add_number(&loaded, loader->worker->n_rules);
	message_add_text(&loaded, sha256);
	message_add_text(&loaded, problem ? problem->message : "");
	message_add_number(&loaded, loader->worker->wants);
	message_add_number(&loaded, problem ? 0 : loader->n_late);
	worker_send(loader->worker, &loaded);
	worker_flush(loader->worker);
}

/* ---- children ---- */

static void reap(Loader *loader)
{
	struct signalfd_siginfo told;
	int status;
	pid_t pid;

	(void)!read(loader->signal_fd, &told, sizeof told); /* waitpid() says the rest */
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		gpointer key = GINT_TO_POINTER(pid);
		Message exited = message_begin(MESSAGE_EXITED);

		message_add_number(
			&exited, GPOINTER_TO_UINT(g_hash_table_lookup(loader->children, key)));
		message_add_number(&exited, (guint)status);
		g_hash_table_remove(loader->children, key);
		worker_send(loader->worker, &exited);
	}
	worker_flush(loader->worker);
}

static void spawn(Loader *loader, guint number, int fd)
{
	int parent = getpid();
	pid_t pid = fork();

	if (pid == 0)
		child_run(loader->worker, fd, parent);
	(void)close(fd); /* the child's now */
	if (pid > 0) {
		g_hash_table_insert(
			loader->children, GINT_TO_POINTER(pid), GUINT_TO_POINTER(number));
		return;
	}
	/* No process to be had: told like a child that ended at once. */
	Message exited = message_begin(MESSAGE_EXITED);

	message_add_number(&exited, number);
	message_add_number(&exited, (guint)WORKER_EXIT_MEMORY << 8);
	worker_send(loader->worker, &exited);
	worker_flush(loader->worker);
}

/* FALSE when the coordinator has hung up. */
static gboolean take_orders(Loader *loader, GError **error)
{
	for (;;) {
		Message message;
		int fd;
		ReceiveResult result =
			channel_receive(loader->worker->channel, FALSE, &message, &fd, error);

		if (result == RECEIVE_NOTHING)
			return TRUE;
		if (result != RECEIVE_MESSAGE || message.type != MESSAGE_SPAWN)
			return FALSE;
		spawn(loader, (guint)message.fields[0].number, fd);
	}
}

static int serve(Loader *loader)
{
	struct pollfd wait[] = {
		{ .fd = channel_fd(loader->worker->channel), .events = POLLIN },
		{ .fd = loader->signal_fd, .events = POLLIN },
	};
	g_autoptr(GError) error = NULL;

	for (;;) {
		if (poll(wait, G_N_ELEMENTS(wait), -1) < 0 && errno != EINTR)
			return WORKER_EXIT_INTERNAL;
		if (wait[1].revents)
			reap(loader);
		if (wait[0].revents && !take_orders(loader, &error))
			return error ? WORKER_EXIT_INTERNAL : WORKER_EXIT_DONE;
	}
}

/* ---- the seal ---- */

/* Which of the paths exist; of the others, opening them will say what is wrong. */
static void collect_paths(GPtrArray *ret, const char *const *paths)
{
	for (; *paths; paths++) {
		if (access(*paths, F_OK) == 0)
			g_ptr_array_add(ret, (gpointer)*paths);
	}
}

static gboolean seal(Worker *worker, GError **error)
{
	const WorkerOptions *options = worker->options;
	const char *const tables[] = { options->tables, NULL };
	g_autoptr(GPtrArray) paths = g_ptr_array_new();

	worker->intel_memory = intel_files_memory(options->intel);
	if (!options->sandbox)
		return sandbox_limit(SANDBOX_LOADER, worker->intel_memory, error);
	collect_paths(paths, tables);
	collect_paths(paths, options->placeholders);
	collect_paths(paths, options->rules);
	collect_paths(paths, options->intel);
	g_ptr_array_add(paths, NULL);
	if (!sandbox_prepare(SANDBOX_READER, error) || !sandbox_prepare(SANDBOX_LOADER, error) ||
		!sandbox_limit(SANDBOX_LOADER, worker->intel_memory, error) ||
		!sandbox_seal(SANDBOX_LOADER, (const char *const *)paths->pdata, error))
		return FALSE;
	worker->sealed = TRUE;
	return TRUE;
}

static void say_hello(Worker *worker, const GError *problem)
{
	Message message = message_begin(problem ? MESSAGE_FAILED : MESSAGE_HELLO);

	if (problem) {
		message_add_text(&message, problem->message);
	} else {
		message_add_number(&message, PROTOCOL_VERSION);
		message_add_number(&message, worker->sealed);
	}
	worker_send(worker, &message);
	worker_flush(worker);
}

/* Child ends arrive as something to read, and interrupt nothing. */
static int open_signal_fd(void)
{
	sigset_t ends;

	sigemptyset(&ends);
	sigaddset(&ends, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &ends, NULL) != 0)
		return -1;
	return signalfd(-1, &ends, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* What the coordinator wants to know beside the rules. */
static void answer(Worker *worker)
{
	const WorkerOptions *options = worker->options;

	if (*options->check)
		intel_loading_check(worker, options->check);
	if (options->store)
		intel_loading_send_store(worker);
}

int loader_run(Worker *worker)
{
	g_autoptr(GHashTable) loaded = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GHashTable) children = g_hash_table_new(NULL, NULL);
	g_autoptr(GString) tables = g_string_new(NULL);
	g_autoptr(GError) error = NULL;
	Loader loader = {
		.worker = worker,
		.loaded = loaded,
		.children = children,
		.tables = tables,
		.signal_fd = open_signal_fd(),
	};

	if (loader.signal_fd < 0)
		spoor_error_from_errno(&error, "signalfd");
	else
		(void)seal(worker, &error); /* @error says it */
	say_hello(worker, error);
	if (error)
		return WORKER_EXIT_SEAL;

	worker->report.rule = tell_rule;
	worker->report.correlation = tell_correlation;
	worker->telling = telling_new(worker);
	(void)load_content(&loader, &error); /* @error says it */
	if (*worker->options->texts)
		(void)close(WORKER_TEXTS_FD); /* what is needed of it is mapped */
	g_clear_pointer(&worker->telling, telling_free);
	send_loaded(&loader, error);
	if (!error)
		answer(worker);
	return error ? WORKER_EXIT_DONE : serve(&loader);
}
