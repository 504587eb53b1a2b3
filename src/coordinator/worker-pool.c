/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A child is killed through a descriptor of its process (pidfd), never by number alone. The number
 * comes from the kernel beside the child's HELLO; as long as the channel is open behind that, the
 * process that sent it was alive when the descriptor was opened, so it is that process.
 */
#include "coordinator/worker-pool.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/limits.h"
#include "coordinator/protocol.h"
#include "sandbox/sandbox.h"

#define FALSE_STARTS_MAX 5   /* children in a row that end before their HELLO */
#define LISTEN_MAX	 128 /* messages of one child, before others are listened to */
#define END_SECONDS	 10  /* the loader has to tell of a child's end */

typedef struct Child {
	guint number; /* never used twice */
	ChildState state;
	Channel *channel; /* NULL once closed */
	int process;	  /* pidfd, or -1 */
	Task *task;	  /* borrowed; what it holds */
	char *reason;	  /* why we ended it, or NULL */
	gboolean timed_out;
	gboolean has_more;	      /* said, perhaps, than was listened to */
	gint64 last_word, task_start; /* monotonic, in microseconds */
} Child;

struct WorkerPool {
	Loader *loader;
	PoolLimits limits;
	const PoolHandler *handler;
	guint n_children, next_number, false_starts;
	Child *children;
	const GPtrArray *library; /* borrowed, or NULL */
	GError *broken;		  /* why the pool can not go on */
};

/* ---- starting and ending children ---- */

static void pool_break(WorkerPool *pool, GError *error)
{
	if (pool->broken)
		g_error_free(error);
	else
		pool->broken = error;
}

static void child_start(WorkerPool *pool, Child *child)
{
	Message spawn = message_begin(MESSAGE_SPAWN);
	GError *error = NULL;
	int theirs;

	*child = (Child){ .number = pool->next_number++, .process = -1 };
	child->last_word = g_get_monotonic_time();
	if (!channel_new_pair(pool->limits.task_seconds, &child->channel, &theirs, &error)) {
		pool_break(pool, error);
		return;
	}
	message_add_number(&spawn, child->number);
	if (!channel_send_with_fd(pool->loader->control, &spawn, theirs, &error))
		pool_break(pool, error);
	(void)close(theirs); /* the child's now */
}

static void child_clear(Child *child)
{
	g_clear_pointer(&child->channel, channel_free);
	if (child->process >= 0)
		(void)close(child->process);
	child->process = -1;
	g_clear_pointer(&child->reason, g_free);
}

static void child_close(Child *child)
{
	g_clear_pointer(&child->channel, channel_free);
	child->state = CHILD_ENDING;
}

/* Ends a child for @reason; its end is dealt with when the loader tells of it. */
static void child_kill(Child *child, const char *reason, gboolean timed_out)
{
	if (!child->reason)
		child->reason = g_strdup(reason);
	child->timed_out = timed_out;
	child->last_word = g_get_monotonic_time();
	if (child->process >= 0)
		(void)syscall(SYS_pidfd_send_signal, child->process, SIGKILL, NULL, 0);
	child_close(child);
}

static void child_open_process(Child *child)
{
	struct pollfd alive = { .fd = channel_fd(child->channel) };
	pid_t pid = channel_peer_pid(child->channel);

	child->process = pid > 0 ? (int)syscall(SYS_pidfd_open, pid, 0) : -1;
	if (child->process >= 0 && (poll(&alive, 1, 0) != 0 || alive.revents & POLLHUP)) {
		(void)close(child->process); /* perhaps another's by now */
		child->process = -1;
	}
}

static char *describe_exit(int status)
{
	switch (status) {
	case WORKER_EXIT_MEMORY:
		return g_strdup("ran out of memory");
	case WORKER_EXIT_INTERNAL:
		return g_strdup("gave up on an internal error");
	case WORKER_EXIT_SEAL:
		return g_strdup("could not seal itself");
	default:
		return g_strdup_printf("ended by itself (status %d)", status);
	}
}

static char *describe_end(int status)
{
	const char *name;

	if (WIFEXITED(status))
		return describe_exit(WEXITSTATUS(status));
	if (WTERMSIG(status) == SIGSYS)
		return g_strdup("was killed by the seal: it asked for a forbidden system call");
	if (WTERMSIG(status) == SIGKILL)
		return g_strdup("was killed by the system (out of memory, perhaps)");
	name = sigabbrev_np(WTERMSIG(status));
	return g_strdup_printf("crashed (SIG%s)", name ? name : "?");
}

/* ---- what children say ---- */

static void give_library(WorkerPool *pool, Child *child)
{
	g_autoptr(GError) error = NULL;

	for (guint i = 0; pool->library && i < pool->library->len; i++) {
		gsize size;
		gconstpointer data = g_bytes_get_data(pool->library->pdata[i], &size);

		if (!channel_send_frame(child->channel, slice_make(data, size), &error))
			break;
	}
	if (error || !channel_flush(child->channel, &error))
		child_kill(child, error->message, FALSE);
}

static void take_hello(WorkerPool *pool, Child *child, const Message *message)
{
	if (message->type == MESSAGE_FAILED) {
		g_autofree char *reason = message_dup_text(message, 0);

		pool_break(pool,
			g_error_new(SPOOR_ERROR, SPOOR_ERROR_SYSTEM,
				"a worker could not seal itself: %s", reason));
		return;
	}
	if (pool->loader->sealed && message->fields[1].number != 1) {
		pool_break(pool,
			g_error_new_literal(
				SPOOR_ERROR, SPOOR_ERROR_SYSTEM, "a worker did not seal itself"));
		return;
	}
	pool->false_starts = 0;
	child_open_process(child);
	child->state = CHILD_IDLE;
	give_library(pool, child);
}

static void take_last_word(WorkerPool *pool, Child *child, const Message *message)
{
	Task *task = g_steal_pointer(&child->task);

	child->state = CHILD_IDLE;
	pool->handler->task_finished(pool->handler->context, task, message);
}

/* What is unpacked does not wait among the results. */
static void take_member(Child *child, const Message *message)
{
	g_autoptr(GError) error = NULL;

	if (!expansion_take(child->task->expansion, message, &error))
		child_kill(child, error->message, FALSE);
}

static void take_result(WorkerPool *pool, Child *child, const Message *message)
{
	GError *error = NULL;
	ResultBuffer *results = child->task->results;

	if (message->type == MESSAGE_MEMBER || message->type == MESSAGE_DATA) {
		take_member(child, message);
		return;
	}
	if (message->type == MESSAGE_ALIVE)
		return;
	if (!result_buffer_add(results, channel_last_frame(child->channel), &error)) {
		pool_break(pool, error);
		return;
	}
	if (result_buffer_size(results) > LIMIT_TASK_RESULT_BYTES)
		child_kill(child, "sent more results than LIMIT_TASK_RESULT_BYTES", FALSE);
	else if (protocol_ends_task(message->type))
		take_last_word(pool, child, message);
}

/* Takes what the child has sent so far; some of it, where that is much. */
static void listen_to_child(WorkerPool *pool, Child *child)
{
	const ProtocolContent content = { pool->loader->rules, pool->loader->correlations,
		pool->loader->late };

	child->has_more = FALSE;
	for (guint n = 0; child->channel && !pool->broken; n++) {
		g_autoptr(GError) error = NULL;
		Message message;
		ReceiveResult result;

		if (n == LISTEN_MAX) {
			child->has_more = TRUE;
			return;
		}
		result = channel_receive(child->channel, FALSE, &message, NULL, &error);
		if (result == RECEIVE_NOTHING)
			return;
		if (result == RECEIVE_CLOSED) {
			child_close(child);
			return;
		}
		child->last_word = g_get_monotonic_time();
		if (result == RECEIVE_FAILED ||
			!protocol_check(child->state, child->task, &content, &message, &error)) {
			g_autofree char *reason =
				g_strdup_printf("broke the protocol: %s", error->message);

			child_kill(child, reason, FALSE);
		} else if (child->state == CHILD_STARTING) {
			take_hello(pool, child, &message);
		} else {
			take_result(pool, child, &message);
		}
	}
}

/* ---- what the loader says ---- */

static Child *find_child(WorkerPool *pool, guint64 number)
{
	for (guint i = 0; i < pool->n_children; i++) {
		if (pool->children[i].number == number)
			return &pool->children[i];
	}
	return NULL;
}

static void replace_child(WorkerPool *pool, Child *child, int status)
{
	g_autofree char *told = describe_end(status);
	Task *task = g_steal_pointer(&child->task);

	if (task) {
		task_clear_results(task);
		pool->handler->task_lost(pool->handler->context, task,
			child->reason ? child->reason : told, child->timed_out);
	} else if (child->state == CHILD_STARTING || child->process < 0) {
		if (++pool->false_starts >= FALSE_STARTS_MAX)
			pool_break(pool,
				g_error_new(SPOOR_ERROR, SPOOR_ERROR_SYSTEM,
					"workers can not be started: the last one %s", told));
	}
	child_clear(child);
	if (!pool->broken)
		child_start(pool, child);
}

static void take_exited(WorkerPool *pool, const Message *message)
{
	Child *child = find_child(pool, message->fields[0].number);

	if (!child)
		return; /* of no child that we know: nothing to do */
	/* What it said before its end counts. */
	do
		listen_to_child(pool, child);
	while (child->has_more);
	if (!pool->broken)
		replace_child(pool, child, (int)message->fields[1].number);
}

static void listen_to_loader(WorkerPool *pool)
{
	while (!pool->broken) {
		GError *error = NULL;
		Message message;
		ReceiveResult result =
			channel_receive(pool->loader->control, FALSE, &message, NULL, &error);

		if (result == RECEIVE_NOTHING)
			return;
		if (result == RECEIVE_MESSAGE && message.type == MESSAGE_EXITED) {
			take_exited(pool, &message);
			continue;
		}
		if (!error)
			error = g_error_new(SPOOR_ERROR, SPOOR_ERROR_PROTOCOL, "the worker %s",
				result == RECEIVE_CLOSED ? "ended" : "broke the protocol");
		pool_break(pool, error);
	}
}

/* ---- giving ---- */

static Child *find_idle(const WorkerPool *pool)
{
	for (guint i = 0; i < pool->n_children; i++) {
		if (pool->children[i].state == CHILD_IDLE)
			return &pool->children[i];
	}
	return NULL;
}

gboolean pool_has_idle(const WorkerPool *pool)
{
	return find_idle(pool) != NULL;
}

gboolean pool_is_busy(const WorkerPool *pool)
{
	for (guint i = 0; i < pool->n_children; i++) {
		if (pool->children[i].task)
			return TRUE;
	}
	return FALSE;
}

/* The bits of the units that a task of recovery is about; empty where all are. */
static GBytes *wanted_units(const Task *task)
{
	const Evidence *evidence = task->evidence;
	guint64 n_bytes = (task->n_units + 7) / 8;
	guint8 *bits;

	if (task->pass != READ_RECOVERED || !evidence->remains)
		return g_bytes_new(NULL, 0);
	bits = g_malloc0(n_bytes); /* there are LIMIT_REMAINS_UNITS at most */
	for (guint64 i = 0; i < task->n_units; i++) {
		if (evidence_remains_at(evidence, task->first_unit + i))
			bits[i / 8] |= 1u << i % 8;
	}
	return g_bytes_new_take(bits, n_bytes);
}

static const struct {
	MessageType order;
	ChildState state;
} orders[] = {
	[TASK_PLAN] = { MESSAGE_PLAN, CHILD_PLANNING },
	[TASK_READ] = { MESSAGE_READ, CHILD_READING },
	[TASK_FILE] = { MESSAGE_READ, CHILD_READING },
	[TASK_EXPAND] = { MESSAGE_EXPAND, CHILD_EXPANDING },
};

/* Of a file whose records a reader takes. */
static guint file_flags(const Evidence *evidence)
{
	return evidence->reader && *evidence->reader && !evidence->expands ? READ_LOG : 0;
}

static Message make_order(const Task *task, const char *name, GBytes *wanted)
{
	const Evidence *evidence = task->evidence;
	gconstpointer bits;
	gsize n_bytes;
	Message order = message_begin(orders[task->kind].order);

	message_add_number(&order, evidence->size);
	message_add_number(&order, evidence->base);
	message_add_number(&order, evidence->number);
	/* A file as a whole tells its time: never the clock's. */
	message_add_number(&order,
		task->kind == TASK_FILE && evidence->has_no_time ? 0 : (guint64)evidence->modified);
	if (task->kind == TASK_PLAN) {
		message_add_text(&order, name);
		return order;
	}
	message_add_text(&order, task->kind == TASK_FILE ? FILE_READER : evidence->reader);
	if (task->kind == TASK_EXPAND) {
		message_add_text(&order, name);
		message_add_number(&order, task->flags & EXPAND_ALL);
		return order;
	}
	message_add_number(&order, task->pass);
	message_add_number(&order, task->first_unit);
	message_add_number(&order, task->n_units);
	message_add_number(
		&order, task->flags | (task->kind == TASK_FILE ? file_flags(evidence) : 0));
	message_add_text(&order, evidence->file->shown);
	bits = g_bytes_get_data(wanted, &n_bytes);
	message_add_slice(&order, slice_make(bits, n_bytes));
	message_add_text(&order, evidence->file->place);
	message_add_text(&order, evidence->sha256);
	return order;
}

void pool_give(WorkerPool *pool, Task *task)
{
	g_autofree char *name = g_path_get_basename(task->evidence->file->shown);
	g_autoptr(GBytes) wanted = wanted_units(task);
	Message order = make_order(task, name, wanted);
	Child *child = find_idle(pool);
	g_autoptr(GError) error = NULL;

	g_assert(child && task->state == TASK_RUNNING && task->kind < G_N_ELEMENTS(orders));
	child->task = task;
	child->state = orders[task->kind].state;
	child->task_start = child->last_word = g_get_monotonic_time();
	if (!channel_send_with_fd(child->channel, &order, task->evidence->fd, &error))
		child_kill(child, error->message, FALSE);
}

void pool_share_library(WorkerPool *pool, const GPtrArray *frames)
{
	pool->library = frames;
	for (guint i = 0; i < pool->n_children; i++) {
		/* The others get it when they say HELLO. */
		if (pool->children[i].state == CHILD_IDLE)
			give_library(pool, &pool->children[i]);
	}
}

/* ---- waiting ---- */

static void check_patience(WorkerPool *pool, Child *child, gint64 now)
{
	g_autofree char *reason = NULL;
	gint64 silent = (now - child->last_word) / G_USEC_PER_SEC;
	gint64 total = (now - child->task_start) / G_USEC_PER_SEC;

	if (child->state == CHILD_ENDING && silent >= END_SECONDS)
		replace_child(pool, child, SIGKILL); /* its end was lost on the way */
	if (child->state == CHILD_IDLE || child->state == CHILD_ENDING)
		return;
	if (silent >= pool->limits.task_seconds)
		reason = g_strdup_printf("said nothing for %u seconds", pool->limits.task_seconds);
	else if (child->task && total >= pool->limits.task_total_seconds)
		reason = g_strdup_printf(
			"was not done after %u seconds", pool->limits.task_total_seconds);
	if (reason)
		child_kill(child, reason, TRUE);
}

gboolean pool_step(WorkerPool *pool, int wake_fd, int timeout_ms, GError **error)
{
	g_autofree struct pollfd *wait = g_new0(struct pollfd, pool->n_children + 2);
	gboolean has_more = FALSE;

	wait[0] = (struct pollfd){ .fd = channel_fd(pool->loader->control), .events = POLLIN };
	wait[1] = (struct pollfd){ .fd = wake_fd, .events = POLLIN };
	for (guint i = 0; i < pool->n_children; i++) {
		const Child *child = &pool->children[i];

		wait[i + 2] = (struct pollfd){
			.fd = child->channel ? channel_fd(child->channel) : -1,
			.events = POLLIN,
		};
		has_more = has_more || child->has_more;
	}
	if (poll(wait, pool->n_children + 2, has_more ? 0 : timeout_ms) < 0 && errno != EINTR)
		return spoor_error_from_errno(error, "poll");
	for (guint i = 0; i < pool->n_children; i++) {
		if (wait[i + 2].revents || pool->children[i].has_more)
			listen_to_child(pool, &pool->children[i]);
	}
	if (wait[0].revents)
		listen_to_loader(pool);
	for (guint i = 0; i < pool->n_children && !pool->broken; i++)
		check_patience(pool, &pool->children[i], g_get_monotonic_time());
	if (!pool->broken)
		return TRUE;
	g_propagate_error(error, g_error_copy(pool->broken));
	return FALSE;
}

/* ---- life ---- */

WorkerPool *pool_new(Loader *loader, guint n_children, const PoolLimits *limits,
	const PoolHandler *handler, GError **error)
{
	g_autoptr(WorkerPool) pool = g_new0(WorkerPool, 1);

	pool->loader = loader;
	pool->limits = *limits;
	pool->handler = handler;
	pool->n_children = n_children;
	pool->children = g_new0(Child, n_children);
	for (guint i = 0; i < n_children; i++)
		pool->children[i].process = -1;
	for (guint i = 0; i < n_children && !pool->broken; i++)
		child_start(pool, &pool->children[i]);
	if (!pool->broken)
		return g_steal_pointer(&pool);
	g_propagate_error(error, g_steal_pointer(&pool->broken));
	return NULL;
}

void pool_free(WorkerPool *pool)
{
	if (!pool)
		return;
	for (guint i = 0; i < pool->n_children; i++)
		child_clear(&pool->children[i]);
	g_free(pool->children);
	g_clear_error(&pool->broken);
	g_free(pool);
}
