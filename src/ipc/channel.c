/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Descriptors and stream sockets: the kernel hands a descriptor over with the byte it was sent
 * beside, and may glue bytes sent before to it, never bytes sent behind. So descriptors are queued
 * as they come, and each message of a type that carries one takes the oldest.
 */
#include "ipc/channel.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/error.h"

#define SEND_BYTES	 65536	/* queue this much before writing */
#define RECEIVE_BYTES	 262144 /* read at most this much at once */
#define DESCRIPTORS_HELD 4

struct Channel {
	int fd;
	pid_t peer;
	GByteArray *out;
	GByteArray *in;
	gsize taken;	 /* bytes of @in handed out already */
	gsize last_size; /* of the frame handed out last, right before @taken */
	int held[DESCRIPTORS_HELD];
	guint n_held;
};

Channel *channel_new(int fd)
{
	Channel *channel = g_new0(Channel, 1);

	channel->fd = fd;
	channel->out = g_byte_array_new();
	channel->in = g_byte_array_new();
	return channel;
}

void channel_free(Channel *channel)
{
	if (!channel)
		return;
	for (guint i = 0; i < channel->n_held; i++)
		(void)close(channel->held[i]); /* nothing to be done about it */
	(void)close(channel->fd);
	g_byte_array_unref(channel->out);
	g_byte_array_unref(channel->in);
	g_free(channel);
}

gboolean channel_new_pair(
	guint patience_seconds, Channel **ret_channel, int *ret_fd, GError **error)
{
	struct timeval patience = { .tv_sec = patience_seconds };
	int on = 1, ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		return spoor_error_from_errno(error, "could not make a channel to a worker");

	g_autoptr(Channel) channel = channel_new(ends[0]);

	if (setsockopt(ends[0], SOL_SOCKET, SO_PASSCRED, &on, sizeof on) < 0 ||
		setsockopt(ends[0], SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) < 0 ||
		setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) < 0) {
		spoor_error_from_errno(error, "could not set up a channel to a worker");
		(void)close(ends[1]); /* the error above is what counts */
		return FALSE;
	}
	*ret_fd = ends[1];
	*ret_channel = g_steal_pointer(&channel);
	return TRUE;
}

int channel_fd(const Channel *channel)
{
	return channel->fd;
}

pid_t channel_peer_pid(const Channel *channel)
{
	return channel->peer;
}

/* ---- sending ---- */

static gboolean send_failed(GError **error)
{
	if (errno == EAGAIN || errno == EWOULDBLOCK)
		g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_PROTOCOL,
			"the other side does not take what it is sent");
	else
		spoor_error_from_errno(error, "could not send to the other side");
	return FALSE;
}

gboolean channel_flush(Channel *channel, GError **error)
{
	gsize sent = 0;

	while (sent < channel->out->len) {
		ssize_t n = send(channel->fd, channel->out->data + sent, channel->out->len - sent,
			MSG_NOSIGNAL);

		if (n < 0 && errno != EINTR)
			return send_failed(error);
		if (n > 0)
			sent += n;
	}
	g_byte_array_set_size(channel->out, 0);
	return TRUE;
}

gboolean channel_send(Channel *channel, const Message *message, GError **error)
{
	message_append(channel->out, message);
	return channel->out->len < SEND_BYTES || channel_flush(channel, error);
}

gboolean channel_send_frame(Channel *channel, Slice frame, GError **error)
{
	g_byte_array_append(channel->out, frame.data, frame.size);
	return channel->out->len < SEND_BYTES || channel_flush(channel, error);
}

/* Sends the first bytes of what is queued with @fd beside them. Returns how many, or -1. */
static ssize_t send_first(Channel *channel, int fd)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct iovec part = { channel->out->data, channel->out->len };
	struct msghdr head = {
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof control.bytes,
	};
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&head);
	ssize_t n;

	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(cmsg), &fd, sizeof fd);
	do
		n = sendmsg(channel->fd, &head, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n;
}

gboolean channel_send_with_fd(Channel *channel, const Message *message, int fd, GError **error)
{
	if (!channel_flush(channel, error))
		return FALSE;
	message_append(channel->out, message);

	ssize_t n = send_first(channel, fd);

	if (n < 0)
		return send_failed(error);
	g_byte_array_remove_range(channel->out, 0, n);
	return channel_flush(channel, error);
}

/* ---- receiving ---- */

/* Keeps the descriptors of @cmsg. FALSE where there are more than we ever expect. */
static gboolean hold_descriptors(Channel *channel, struct cmsghdr *cmsg)
{
	gsize n = (cmsg->cmsg_len - CMSG_LEN(0)) / sizeof(int);
	gboolean fits = TRUE;

	for (gsize i = 0; i < n; i++) {
		int fd;

		memcpy(&fd, CMSG_DATA(cmsg) + i * sizeof fd, sizeof fd);
		if (channel->n_held < DESCRIPTORS_HELD) {
			channel->held[channel->n_held++] = fd;
		} else {
			(void)close(fd); /* unwanted */
			fits = FALSE;
		}
	}
	return fits;
}

static gboolean take_control(Channel *channel, struct msghdr *head)
{
	gboolean fine = !(head->msg_flags & MSG_CTRUNC);

	for (struct cmsghdr *c = CMSG_FIRSTHDR(head); c; c = CMSG_NXTHDR(head, c)) {
		struct ucred sender;

		if (c->cmsg_level != SOL_SOCKET)
			continue;
		if (c->cmsg_type == SCM_RIGHTS)
			fine = hold_descriptors(channel, c) && fine;
		if (c->cmsg_type == SCM_CREDENTIALS && c->cmsg_len >= CMSG_LEN(sizeof sender)) {
			memcpy(&sender, CMSG_DATA(c), sizeof sender);
			channel->peer = sender.pid;
		}
	}
	return fine;
}

/* Reads what there is behind what is held already. MESSAGE stands for "some bytes came". */
static ReceiveResult receive_bytes(
	Channel *channel, gboolean wait, gboolean descriptors, GError **error)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int)) + CMSG_SPACE(sizeof(struct ucred))];
	} control;
	guint held = channel->in->len;
	struct iovec part;
	struct msghdr head = {
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		/* Without the room for one, the kernel drops a descriptor and says so. */
		.msg_controllen =
			descriptors ? sizeof control.bytes : CMSG_SPACE(sizeof(struct ucred)),
	};
	ssize_t n;

	g_byte_array_set_size(channel->in, held + RECEIVE_BYTES);
	part = (struct iovec){ channel->in->data + held, RECEIVE_BYTES };
	do
		n = recvmsg(channel->fd, &head, MSG_CMSG_CLOEXEC | (wait ? 0 : MSG_DONTWAIT));
	while (n < 0 && errno == EINTR);
	g_byte_array_set_size(channel->in, held + MAX(n, 0));

	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return RECEIVE_NOTHING;
	if (n < 0 && errno != ECONNRESET) {
		spoor_error_from_errno(error, "could not receive from the other side");
		return RECEIVE_FAILED;
	}
	if (n <= 0)
		return RECEIVE_CLOSED;
	if (!take_control(channel, &head)) {
		g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_PROTOCOL,
			"a descriptor came where none is allowed");
		return RECEIVE_FAILED;
	}
	return RECEIVE_MESSAGE;
}

/* Gives @ret_fd the descriptor that belongs to a message of @type. */
static gboolean take_descriptor(Channel *channel, MessageType type, int *ret_fd, GError **error)
{
	if (ret_fd)
		*ret_fd = -1;
	if (!message_carries_descriptor(type))
		return TRUE;
	if (!ret_fd || !channel->n_held) {
		g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_PROTOCOL,
			"a message of type %s came %s", message_type_name(type),
			ret_fd ? "without its descriptor" : "where none is allowed");
		return FALSE;
	}
	*ret_fd = channel->held[0];
	channel->n_held--;
	memmove(channel->held, channel->held + 1, channel->n_held * sizeof channel->held[0]);
	return TRUE;
}

static void forget_taken(Channel *channel)
{
	if (channel->taken)
		g_byte_array_remove_range(channel->in, 0, channel->taken);
	channel->taken = channel->last_size = 0;
}

ReceiveResult channel_receive(
	Channel *channel, gboolean wait, Message *ret, int *ret_fd, GError **error)
{
	for (;;) {
		Slice all = slice_make(channel->in->data, channel->in->len);
		Slice rest = slice_sub(all, channel->taken, all.size);
		ReceiveResult result;
		gsize size;

		if (!message_parse(rest, ret, &size, error))
			return RECEIVE_FAILED;
		if (size) {
			channel->taken += size;
			channel->last_size = size;
			return take_descriptor(channel, ret->type, ret_fd, error) ? RECEIVE_MESSAGE
										  : RECEIVE_FAILED;
		}
		forget_taken(channel);
		result = receive_bytes(channel, wait, ret_fd != NULL, error);
		if (result == RECEIVE_CLOSED && channel->in->len) {
			g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_PROTOCOL,
				"the other side went away in the middle of a message");
			return RECEIVE_FAILED;
		}
		if (result != RECEIVE_MESSAGE)
			return result;
	}
}

Slice channel_last_frame(const Channel *channel)
{
	Slice all = slice_make(channel->in->data, channel->in->len);

	return slice_sub(all, channel->taken - channel->last_size, channel->last_size);
}
