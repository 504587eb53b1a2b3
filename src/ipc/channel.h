/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Channel: one end of a stream socket pair that carries messages, and descriptors beside them.
 *
 * Sending is buffered: results of a task are collected and written in large pieces. Receiving hands
 * out one message at a time; its slices live until the next receive.
 *
 * Inside the seal a channel needs but two system calls: sendto (without an address) and recvmsg.
 * The coordinator sends descriptors with sendmsg; nobody ever sends it one.
 */
#pragma once

#include <glib.h>
#include <sys/types.h>

#include "ipc/message.h"

typedef struct Channel Channel;

/* Takes over @fd. */
Channel *channel_new(int fd);
void channel_free(Channel *channel); /* closes; accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Channel, channel_free)

/*
 * Makes a socket pair: @ret_channel is our end, *ret_fd the peer's (owned by the caller). Both are
 * closed on exec. Blocking on our end, to send or to receive, gives up after @patience_seconds
 * without progress.
 */
gboolean channel_new_pair(
	guint patience_seconds, Channel **ret_channel, int *ret_fd, GError **error);

int channel_fd(const Channel *channel); /* for poll() */

/*
 * The process that sent what was received last, as the kernel vouches for it; 0 where unknown. Only
 * on ends made by channel_new_pair().
 */
pid_t channel_peer_pid(const Channel *channel);

/* Queues @message; writes when enough is queued. Blocks while the peer does not read. */
gboolean channel_send(Channel *channel, const Message *message, GError **error);

/* Like channel_send(), with descriptor @fd (not consumed) beside it; flushes. */
gboolean channel_send_with_fd(Channel *channel, const Message *message, int fd, GError **error);

/* Queues a whole frame that message_append() made. */
gboolean channel_send_frame(Channel *channel, Slice frame, GError **error);

gboolean channel_flush(Channel *channel, GError **error);

typedef enum ReceiveResult {
	RECEIVE_MESSAGE, /* *ret is set */
	RECEIVE_NOTHING, /* would block; with wait TRUE: no patience left */
	RECEIVE_CLOSED,	 /* the peer is gone, in between two messages */
	RECEIVE_FAILED,	 /* @error is set: bad message, or the peer went away in the middle */
} ReceiveResult;

/*
 * The next message. @wait: block until there is one. *ret_fd gets the descriptor that came with it,
 * owned by the caller, or -1; @ret_fd is NULL where none is allowed: then the kernel does not even
 * let one in, and its coming is an error.
 */
ReceiveResult channel_receive(
	Channel *channel, gboolean wait, Message *ret, int *ret_fd, GError **error);

/* The bytes of the message that was received last, frame and all; live until the next receive. */
Slice channel_last_frame(const Channel *channel);
