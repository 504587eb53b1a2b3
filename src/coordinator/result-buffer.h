/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ResultBuffer: the messages of one task until its turn comes.
 *
 * A task's results count only once it has finished, and are taken over in the order of the
 * evidence, whichever child was faster. Until then they wait here: in memory, and beyond some size
 * in a file without a name, so that the coordinator's memory does not grow with what children send.
 */
#pragma once

#include <glib.h>

#include "ipc/message.h"

typedef struct ResultBuffer ResultBuffer;

ResultBuffer *result_buffer_new(void);
void result_buffer_free(ResultBuffer *buffer); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ResultBuffer, result_buffer_free)

/* Forgets everything. */
void result_buffer_clear(ResultBuffer *buffer);

/* Keeps the bytes of a message, frame and all. FALSE with @error where the disk is full. */
gboolean result_buffer_add(ResultBuffer *buffer, Slice frame, GError **error);

guint64 result_buffer_size(const ResultBuffer *buffer);

/* Calls @each for all messages in the order in which they were added, until it returns FALSE. */
typedef gboolean (*ResultFunc)(void *context, const Message *message, GError **error);
gboolean result_buffer_foreach(
	ResultBuffer *buffer, ResultFunc each, void *context, GError **error);
