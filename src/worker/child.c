/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A sealed child: it has its channel, one descriptor of evidence at a time, and nothing else. Where
 * it can not go on it ends; the coordinator makes a gap of what it held and asks for another child.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "sandbox/sandbox.h"
#include "worker/worker.h"

static void child_end(WorkerExit status) G_GNUC_NORETURN;

static void child_end(WorkerExit status)
{
	_exit(status); /* no exit handlers: they belong to the loader */
}

void worker_flush(Worker *worker)
{
	g_autoptr(GError) error = NULL;

	if (!channel_flush(worker->channel, &error))
		child_end(WORKER_EXIT_DONE);
}

void worker_send(Worker *worker, const Message *message)
{
	g_autoptr(GError) error = NULL;

	if (!channel_send(worker->channel, message, &error))
		child_end(WORKER_EXIT_DONE);
}

void worker_send_frame(Worker *worker, Slice frame)
{
	g_autoptr(GError) error = NULL;

	if (!channel_send_frame(worker->channel, frame, &error))
		child_end(WORKER_EXIT_DONE);
}

static void send_failed(Worker *worker, const GError *error)
{
	Message failed = message_begin(MESSAGE_FAILED);

	message_add_text(&failed, error ? error->message : "No reason is given.");
	worker_send(worker, &failed);
}

/* ---- PLAN ---- */

static void send_planned(Worker *worker, const Reader *reader, guint score, const Plan *plan)
{
	Message planned = message_begin(MESSAGE_PLANNED);
	guint traits = 0;

	message_add_text(&planned, reader ? reader->name : "");
	message_add_number(&planned, score);
	message_add_number(&planned, plan->n_units);
	message_add_number(&planned, plan->units_per_task);
	message_add_number(&planned, plan->unit_bytes);
	message_add_number(&planned, plan->first_offset);
	if (reader && reader->recovers)
		traits |= READER_RECOVERS;
	if (reader && reader->expand)
		traits |= READER_EXPANDS;
	message_add_number(&planned, traits);
	worker_send(worker, &planned);
}

static void run_plan(Worker *worker, const Source *source, const Message *message)
{
	const ReaderReport report = { .gap = worker_send_gap, .context = worker };
	g_autofree char *name = message_dup_text(message, MESSAGE_SOURCE_FIELDS);
	g_autoptr(GError) error = NULL;
	guint8 head[READER_PROBE_BYTES];
	gssize size = source_read(source, 0, head, sizeof head, &error);
	const Reader *reader;
	Plan plan = { 0 };
	guint score = 0;

	if (size < 0) {
		send_failed(worker, error);
		return;
	}
	reader = reader_probe(slice_make(head, (gsize)size), name, &score);
	if (reader && !reader->plan(source, &plan, &report, &error))
		send_failed(worker, error);
	else
		send_planned(worker, reader, reader ? score : 0, &plan);
}

/* ---- READ ---- */

static int reader_index(Slice name)
{
	for (int i = 0; reader_registry[i]; i++) {
		if (slice_equal(slice_from_text(reader_registry[i]->name), name))
			return i;
	}
	return -1;
}

static void run_read(Worker *worker, const Source *source, const Message *message)
{
	Slice name = message->fields[MESSAGE_SOURCE_FIELDS].bytes;
	int index = reader_index(name);
	g_autoptr(GError) error = NULL;

	if (slice_equal(name, slice_from_text(FILE_READER))) {
		judging_run(worker, NULL, NULL, source, message);
		return;
	}
	if (index >= 0 && reader_registry[index]->open) {
		judging_run(
			worker, reader_registry[index], worker->libraries[index], source, message);
		return;
	}
	g_set_error(&error, SPOOR_ERROR, SPOOR_ERROR_PROTOCOL, "there is no such reader");
	send_failed(worker, error);
}

/* ---- EXPAND ---- */

static void send_member(void *context, const char *name, Instant modified)
{
	Message member = message_begin(MESSAGE_MEMBER);

	message_add_text(&member, name);
	message_add_number(&member, (guint64)modified);
	worker_send(context, &member);
}

static void send_data(void *context, Slice bytes)
{
	Message data = message_begin(MESSAGE_DATA);

	message_add_slice(&data, bytes);
	worker_send(context, &data);
	/* Who waits for a sign of life waits for this. */
	if (!bytes.size)
		worker_flush(context);
}

static void run_expand(Worker *worker, const Source *source, const Message *message)
{
	const MemberReport report = { send_member, send_data, worker_send_gap, worker,
		message->fields[MESSAGE_SOURCE_FIELDS + 2].number & EXPAND_ALL };
	int index = reader_index(message->fields[MESSAGE_SOURCE_FIELDS].bytes);
	g_autofree char *name = message_dup_text(message, MESSAGE_SOURCE_FIELDS + 1);
	g_autoptr(GString) unknown = g_string_new(NULL);
	Expanded expanded = { .unknown = unknown };
	Message done = message_begin(MESSAGE_EXPANDED);

	if (index < 0 || !reader_registry[index]->expand)
		child_end(WORKER_EXIT_INTERNAL);
	reader_registry[index]->expand(source, name, &report, &expanded);
	message_add_number(&done, expanded.n_unknown);
	message_add_slice(&done, slice_make(unknown->str, unknown->len));
	worker_send(worker, &done);
}

/* ---- LIBRARY ---- */

static void run_library(Worker *worker, const Message *message)
{
	int index = reader_index(message->fields[0].bytes);

	if (index >= 0 && reader_registry[index]->library_give)
		reader_registry[index]->library_give(
			worker->libraries[index], message->fields[1].bytes);
}

/* ---- the loop ---- */

static void take_source(Source *source, const Message *message)
{
	source->size = message->fields[0].number;
	source->base = message->fields[1].number;
	source->number = message->fields[2].number;
	source->modified = (Instant)message->fields[3].number;
}

static void dispatch(Worker *worker, const Message *message, int fd)
{
	Source source = { .fd = fd, .times = worker->times };

	switch (message->type) {
	case MESSAGE_PLAN:
		take_source(&source, message);
		run_plan(worker, &source, message);
		break;
	case MESSAGE_READ:
		take_source(&source, message);
		run_read(worker, &source, message);
		break;
	case MESSAGE_EXPAND:
		take_source(&source, message);
		run_expand(worker, &source, message);
		break;
	case MESSAGE_LIBRARY:
		run_library(worker, message);
		return;
	default:
		child_end(WORKER_EXIT_INTERNAL);
	}
	(void)close(fd); /* only read from */
	worker_flush(worker);
}

static void serve(Worker *worker)
{
	for (;;) {
		g_autoptr(GError) error = NULL;
		Message message;
		int fd;
		ReceiveResult result =
			channel_receive(worker->channel, TRUE, &message, &fd, &error);

		if (result == RECEIVE_CLOSED)
			return;
		if (result != RECEIVE_MESSAGE)
			child_end(WORKER_EXIT_INTERNAL);
		dispatch(worker, &message, fd);
	}
}

/* Leaves only the channel open; unsealed, standard error as well, for sanitizers. */
static gboolean close_others(const Worker *worker, int channel_fd, GError **error)
{
	if (dup2(channel_fd, SANDBOX_CHANNEL_FD) < 0 ||
		close_range(SANDBOX_CHANNEL_FD + 1, ~0u, 0) != 0)
		return spoor_error_from_errno(error, "descriptors could not be closed");
	(void)close(0); /* may be closed already */
	(void)close(1);
	if (worker->options->sandbox)
		(void)close(2);
	return TRUE;
}

static gboolean seal(Worker *worker, int parent, GError **error)
{
	if (!sandbox_die_with_parent(parent, error) ||
		!sandbox_limit(SANDBOX_READER, worker->intel_memory, error))
		return FALSE;
	if (worker->options->sandbox && !sandbox_seal(SANDBOX_READER, NULL, error))
		return FALSE;
	worker->sealed = worker->options->sandbox;
	return TRUE;
}

void child_run(Worker *worker, int channel_fd, int parent)
{
	Message hello = message_begin(MESSAGE_HELLO);
	g_autoptr(GError) error = NULL;

	worker->in_child = TRUE;
	if (!close_others(worker, channel_fd, &error))
		child_end(WORKER_EXIT_SEAL);
	worker->channel = channel_new(SANDBOX_CHANNEL_FD);
	if (!seal(worker, parent, &error)) {
		send_failed(worker, error);
		worker_flush(worker);
		child_end(WORKER_EXIT_SEAL);
	}
	message_add_number(&hello, PROTOCOL_VERSION);
	message_add_number(&hello, worker->sealed);
	worker_send(worker, &hello);
	worker_flush(worker);
	serve(worker);
	child_end(WORKER_EXIT_DONE);
}
