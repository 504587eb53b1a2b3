/* SPDX-License-Identifier: Apache-2.0 */
#include "coordinator/result-buffer.h"

#include <errno.h>
#include <unistd.h>

#include "base/error.h"
#include "base/limits.h"
#include "coordinator/temporary.h"

#define MEMORY_BYTES 65536 /* kept in memory, for each task ahead; more goes to the file */
#define READ_BYTES   262144

struct ResultBuffer {
	GByteArray *memory; /* what comes behind the file's content */
	int fd;		    /* -1 until needed */
	guint64 in_file;    /* bytes */
};

ResultBuffer *result_buffer_new(void)
{
	ResultBuffer *buffer = g_new0(ResultBuffer, 1);

	buffer->memory = g_byte_array_new();
	buffer->fd = -1;
	return buffer;
}

void result_buffer_free(ResultBuffer *buffer)
{
	if (!buffer)
		return;
	result_buffer_clear(buffer);
	g_byte_array_unref(buffer->memory);
	g_free(buffer);
}

void result_buffer_clear(ResultBuffer *buffer)
{
	g_byte_array_set_size(buffer->memory, 0);
	if (buffer->fd >= 0)
		(void)close(buffer->fd); /* it goes away with this */
	buffer->fd = -1;
	buffer->in_file = 0;
}

guint64 result_buffer_size(const ResultBuffer *buffer)
{
	return buffer->in_file + buffer->memory->len;
}

static gboolean spill(ResultBuffer *buffer, GError **error)
{
	gsize written = 0;

	if (buffer->fd < 0)
		buffer->fd = temporary_open(error);
	if (buffer->fd < 0)
		return FALSE;
	while (written < buffer->memory->len) {
		ssize_t n = pwrite(buffer->fd, buffer->memory->data + written,
			buffer->memory->len - written, (off_t)(buffer->in_file + written));

		if (n < 0 && errno != EINTR)
			return spoor_error_from_errno(error,
				"could not write results to a temporary file in %s",
				temporary_folder());
		if (n > 0)
			written += n;
	}
	buffer->in_file += written;
	g_byte_array_set_size(buffer->memory, 0);
	return TRUE;
}

gboolean result_buffer_add(ResultBuffer *buffer, Slice frame, GError **error)
{
	g_byte_array_append(buffer->memory, frame.data, frame.size);
	return buffer->memory->len <= MEMORY_BYTES || spill(buffer, error);
}

/* ---- reading back ---- */

/* Hands out the whole messages at the start of @bytes; *ret_used is how much they took. */
static gboolean each_of(
	Slice bytes, ResultFunc each, void *context, gsize *ret_used, GError **error)
{
	*ret_used = 0;
	for (;;) {
		Message message;
		gsize size;

		if (!message_parse_again(
			    slice_sub(bytes, *ret_used, bytes.size), &message, &size, error))
			return FALSE;
		if (!size)
			return TRUE;
		if (!each(context, &message, error))
			return FALSE;
		*ret_used += size;
	}
}

static gboolean each_in_file(ResultBuffer *buffer, ResultFunc each, void *context, GError **error)
{
	g_autoptr(GByteArray) held = g_byte_array_new();
	guint64 offset = 0;

	while (offset < buffer->in_file) {
		guint before = held->len;
		gsize used;
		ssize_t n;

		g_byte_array_set_size(held, before + READ_BYTES);
		n = pread(buffer->fd, held->data + before, READ_BYTES, (off_t)offset);
		if (n <= 0)
			return spoor_error_from_errno(error, "could not read results back");
		g_byte_array_set_size(held, before + (guint)n);
		offset += (guint64)n;
		if (!each_of(slice_make(held->data, held->len), each, context, &used, error))
			return FALSE;
		if (used)
			g_byte_array_remove_range(held, 0, (guint)used);
	}
	return TRUE;
}

gboolean result_buffer_foreach(ResultBuffer *buffer, ResultFunc each, void *context, GError **error)
{
	gsize used;

	/* The file always ends with a whole message: spill() writes nothing else. */
	return each_in_file(buffer, each, context, error) &&
		each_of(slice_make(buffer->memory->data, buffer->memory->len), each, context, &used,
			error);
}
