/* SPDX-License-Identifier: Apache-2.0 */
#include "readers/file/file-bytes.h"

#include <sys/mman.h>
#include <unistd.h>

#include "base/limits.h"

#define STREAM_BYTES                                                                               \
	(256u << 10)		/* read and hashed at once: it stays in the second-level cache     \
				 */
#define ALIVE_BYTES (64u << 20) /* a fraction of a second's work */

struct FileBytes {
	guint8 *buffer; /* LIMIT_FILE_BUFFER_BYTES, then STREAM_BYTES to stream through */
	void *mapping;	/* of the file at hand, or NULL */
	gsize mapped;	/* its size */
};

FileBytes *file_bytes_new(void)
{
	return g_new0(FileBytes, 1);
}

static void unmap(FileBytes *bytes)
{
	if (bytes->mapping)
		(void)munmap(bytes->mapping, bytes->mapped); /* it was mapped */
	bytes->mapping = NULL;
}

void file_bytes_free(FileBytes *bytes)
{
	if (!bytes)
		return;
	unmap(bytes);
	g_free(bytes->buffer);
	g_free(bytes);
}

/* One reading: what the helpers share. */
typedef struct Reading {
	FileBytes *bytes;
	const Source *source;
	Digests *digests;
	void (*alive)(void *context);
	void *context;
	guint64 next_alive;
} Reading;

static void tell_alive(Reading *reading, guint64 done)
{
	if (!reading->alive || done < reading->next_alive)
		return;
	reading->alive(reading->context);
	reading->next_alive = done + ALIVE_BYTES;
}

/* The file's bytes as a mapping; empty where there can be none. Files start anywhere in a spool. */
static Slice map(FileBytes *bytes, const Source *source)
{
	guint64 page = (guint64)sysconf(_SC_PAGESIZE);
	guint64 before = source->base % page;
	gsize size = (gsize)(source->size + before);
	void *mapping = mmap(
		NULL, size, PROT_READ, MAP_PRIVATE, source->fd, (off_t)(source->base - before));

	if (mapping == MAP_FAILED)
		return SLICE_EMPTY;
	bytes->mapping = mapping;
	bytes->mapped = size;
	return slice_sub(slice_make(mapping, size), (gsize)before, (gsize)source->size);
}

static void hash_mapped(Reading *reading, Slice content, FileBytesRead *ret)
{
	for (gsize done = 0; done < content.size; done += STREAM_BYTES) {
		digests_add(reading->digests, slice_sub(content, done, STREAM_BYTES));
		tell_alive(reading, done);
	}
	ret->size = content.size;
	ret->content = content;
	ret->head = slice_sub(content, 0, LIMIT_FILE_BUFFER_BYTES);
}

/* Where the next bytes go: the buffer's beginning is kept, the rest streams through its end. */
static guint8 *place_for(FileBytes *bytes, guint64 offset)
{
	return bytes->buffer +
		(offset < LIMIT_FILE_BUFFER_BYTES ? (gsize)offset : LIMIT_FILE_BUFFER_BYTES);
}

static gboolean stream(Reading *reading, FileBytesRead *ret, GError **error)
{
	FileBytes *bytes = reading->bytes;
	guint64 done = 0;
	gssize n;

	if (!bytes->buffer)
		bytes->buffer = g_malloc(LIMIT_FILE_BUFFER_BYTES + STREAM_BYTES);
	do {
		guint8 *place = place_for(bytes, done);

		n = source_read(reading->source, done, place, STREAM_BYTES, error);
		if (n < 0)
			return FALSE;
		digests_add(reading->digests, slice_make(place, (gsize)n));
		done += (guint64)n;
		tell_alive(reading, done);
	} while (n == STREAM_BYTES);
	ret->size = done;
	ret->head = slice_make(bytes->buffer, (gsize)MIN(done, LIMIT_FILE_BUFFER_BYTES));
	ret->content = done <= LIMIT_FILE_BUFFER_BYTES ? ret->head : SLICE_EMPTY;
	return TRUE;
}

/* Is its last byte still there? It may shrink all the same: then a mapping ends the worker. */
static gboolean is_whole(const Source *source)
{
	guint8 last;

	return source_read(source, source->size - 1, &last, 1, NULL) == 1;
}

gboolean file_bytes_read(FileBytes *bytes, const Source *source, Digests *digests,
	void (*alive)(void *context), void *context, FileBytesRead *ret, GError **error)
{
	Reading reading = { bytes, source, digests, alive, context, ALIVE_BYTES };
	Slice content = SLICE_EMPTY;

	G_STATIC_ASSERT(LIMIT_FILE_BUFFER_BYTES % STREAM_BYTES == 0);
	unmap(bytes);
	/* Bytes behind a file's end can be mapped but not touched. */
	if (source->size > LIMIT_FILE_BUFFER_BYTES && source->size <= LIMIT_FILE_CONTENT_BYTES &&
		is_whole(source))
		content = map(bytes, source);
	if (!content.size)
		return stream(&reading, ret, error);
	hash_mapped(&reading, content, ret);
	return TRUE;
}
