/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <glib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "ipc/channel.h"

typedef struct Pair {
	Channel *ours; /* the coordinator's end */
	Channel *theirs;
	int raw; /* the descriptor of theirs */
} Pair;

static Pair pair_make(void)
{
	g_autoptr(GError) error = NULL;
	Pair pair;

	g_assert_true(channel_new_pair(1, &pair.ours, &pair.raw, &error));
	pair.theirs = channel_new(pair.raw);
	return pair;
}

static void pair_clear(Pair *pair)
{
	channel_free(pair->ours);
	channel_free(pair->theirs);
}

static Message failed(const char *text)
{
	Message m = message_begin(MESSAGE_FAILED);

	message_add_text(&m, text);
	return m;
}

static Message plan(guint64 size)
{
	Message m = message_begin(MESSAGE_PLAN);

	message_add_number(&m, size);
	for (guint i = 1; i < MESSAGE_SOURCE_FIELDS; i++)
		message_add_number(&m, 0);
	message_add_text(&m, "Security.evtx");
	return m;
}

static void test_many(void)
{
	Pair pair = pair_make();
	Message got;

	for (guint i = 0; i < 1000; i++) {
		Message m = failed("so it goes");

		g_assert_true(channel_send(pair.theirs, &m, NULL));
	}
	g_assert_true(channel_flush(pair.theirs, NULL));
	for (guint i = 0; i < 1000; i++) {
		g_assert_cmpint(
			channel_receive(pair.ours, FALSE, &got, NULL, NULL), ==, RECEIVE_MESSAGE);
		g_assert_cmpint(got.type, ==, MESSAGE_FAILED);
	}
	g_assert_cmpint(channel_receive(pair.ours, FALSE, &got, NULL, NULL), ==, RECEIVE_NOTHING);
	g_assert_cmpint(channel_peer_pid(pair.ours), ==, getpid());
	pair_clear(&pair);
}

/* Descriptors reach the message they were sent with, though stream bytes are glued together. */
static void test_descriptors(void)
{
	Pair pair = pair_make();
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC),
	    tmp = open("/tmp", O_RDONLY | O_CLOEXEC);
	Message first = plan(1), between = failed("x"), second = plan(2), got;
	struct stat about;
	int fd;

	g_assert_true(channel_send_with_fd(pair.ours, &first, null, NULL));
	g_assert_true(channel_send(pair.ours, &between, NULL));
	g_assert_true(channel_send_with_fd(pair.ours, &second, tmp, NULL));

	g_assert_cmpint(channel_receive(pair.theirs, TRUE, &got, &fd, NULL), ==, RECEIVE_MESSAGE);
	g_assert_cmpuint(got.fields[0].number, ==, 1);
	g_assert_true(fstat(fd, &about) == 0 && S_ISCHR(about.st_mode));
	close(fd);
	g_assert_cmpint(channel_receive(pair.theirs, TRUE, &got, &fd, NULL), ==, RECEIVE_MESSAGE);
	g_assert_cmpint(fd, ==, -1);
	g_assert_cmpint(channel_receive(pair.theirs, TRUE, &got, &fd, NULL), ==, RECEIVE_MESSAGE);
	g_assert_cmpuint(got.fields[0].number, ==, 2);
	g_assert_true(fstat(fd, &about) == 0 && S_ISDIR(about.st_mode));
	g_assert_cmpint(fcntl(fd, F_GETFD), ==, FD_CLOEXEC);
	close(fd);
	close(null);
	close(tmp);
	pair_clear(&pair);
}

static void test_missing_descriptor(void)
{
	g_autoptr(GError) error = NULL;
	Pair pair = pair_make();
	Message m = plan(1), got;
	int fd;

	g_assert_true(channel_send(pair.ours, &m, NULL));
	g_assert_true(channel_flush(pair.ours, NULL));
	g_assert_cmpint(channel_receive(pair.theirs, TRUE, &got, &fd, &error), ==, RECEIVE_FAILED);
	g_assert_error(error, SPOOR_ERROR, SPOOR_ERROR_PROTOCOL);
	pair_clear(&pair);
}

static guint count_descriptors(void)
{
	guint n = 0;

	for (int fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

/* A child that sends a descriptor is found out, and the descriptor does not get in. */
static void test_unwanted_descriptor(void)
{
	g_autoptr(GError) error = NULL;
	Pair pair = pair_make();
	guint before = count_descriptors();
	Message m = failed("take this"), got;

	g_assert_true(channel_send_with_fd(pair.theirs, &m, 1, NULL));
	g_assert_cmpint(channel_receive(pair.ours, TRUE, &got, NULL, &error), ==, RECEIVE_FAILED);
	g_assert_error(error, SPOOR_ERROR, SPOOR_ERROR_PROTOCOL);
	g_assert_cmpuint(count_descriptors(), ==, before);
	pair_clear(&pair);
}

static void test_closed(void)
{
	g_autoptr(GError) error = NULL;
	Pair pair = pair_make();
	Message m = failed("last words"), got;

	g_assert_true(channel_send(pair.theirs, &m, NULL));
	g_assert_true(channel_flush(pair.theirs, NULL));
	g_clear_pointer(&pair.theirs, channel_free);
	g_assert_cmpint(channel_receive(pair.ours, TRUE, &got, NULL, NULL), ==, RECEIVE_MESSAGE);
	g_assert_cmpint(channel_receive(pair.ours, TRUE, &got, NULL, NULL), ==, RECEIVE_CLOSED);
	/* And nobody is killed by a signal for talking to the dead. */
	g_assert_true(channel_send(pair.ours, &m, NULL));
	g_assert_false(channel_flush(pair.ours, &error));
	pair_clear(&pair);
}

static void test_closed_inside(void)
{
	g_autoptr(GError) error = NULL;
	Pair pair = pair_make();
	Message got;

	g_assert_cmpint(send(pair.raw, "\x10\0\0\0", 4, 0), ==, 4);
	g_clear_pointer(&pair.theirs, channel_free);
	g_assert_cmpint(channel_receive(pair.ours, TRUE, &got, NULL, &error), ==, RECEIVE_FAILED);
	g_assert_error(error, SPOOR_ERROR, SPOOR_ERROR_PROTOCOL);
	pair_clear(&pair);
}

/* Someone who never reads does not hold up the coordinator for ever. */
static void test_peer_does_not_read(void)
{
	g_autofree char *text = g_strnfill(65536, 'a');
	g_autoptr(GError) error = NULL;
	Pair pair = pair_make();
	Message m = failed(text);
	gint64 start = g_get_monotonic_time();

	while (!error)
		(void)channel_send(pair.ours, &m, &error);
	g_assert_error(error, SPOOR_ERROR, SPOOR_ERROR_PROTOCOL);
	g_assert_cmpint(g_get_monotonic_time() - start, <, 10 * G_USEC_PER_SEC);
	pair_clear(&pair);
}

/* Nor does someone who never says anything. */
static void test_peer_is_silent(void)
{
	Pair pair = pair_make();
	Message got;

	g_assert_cmpint(channel_receive(pair.ours, TRUE, &got, NULL, NULL), ==, RECEIVE_NOTHING);
	pair_clear(&pair);
}

/* A large message, with the two ends in different processes. */
static void test_large(void)
{
	Pair pair = pair_make();
	Message got;
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		g_autofree char *text = g_strnfill(4 << 20, 'b');
		Message m = failed(text);

		_exit(channel_send(pair.theirs, &m, NULL) && channel_flush(pair.theirs, NULL) ? 0
											      : 1);
	}
	g_assert_cmpint(channel_receive(pair.ours, TRUE, &got, NULL, NULL), ==, RECEIVE_MESSAGE);
	g_assert_cmpuint(got.fields[0].bytes.size, ==, 4 << 20);
	g_assert_cmpuint(channel_last_frame(pair.ours).size, ==, (4 << 20) + 9);
	g_assert_cmpint(channel_peer_pid(pair.ours), ==, pid);
	g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
	g_assert_cmpint(status, ==, 0);
	pair_clear(&pair);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/channel/many-messages", test_many);
	g_test_add_func("/channel/descriptors", test_descriptors);
	g_test_add_func("/channel/missing-descriptor", test_missing_descriptor);
	g_test_add_func("/channel/unwanted-descriptor", test_unwanted_descriptor);
	g_test_add_func("/channel/closed", test_closed);
	g_test_add_func("/channel/closed-inside-a-message", test_closed_inside);
	g_test_add_func("/channel/peer-does-not-read", test_peer_does_not_read);
	g_test_add_func("/channel/peer-is-silent", test_peer_is_silent);
	g_test_add_func("/channel/large-message", test_large);
	return g_test_run();
}
