/* SPDX-License-Identifier: Apache-2.0 */
#include "coordinator/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/error.h"
#include "coordinator/temporary.h"

#define RELEASE_BYTES (1u << 20) /* less is not worth a call */

struct Spool {
	gint n_refs;
	int write_fd, read_fd;
	guint64 size;
};

Spool *spool_new(GError **error)
{
	g_autoptr(Spool) spool = g_new0(Spool, 1);
	g_autofree char *path = NULL;

	spool->n_refs = 1;
	spool->read_fd = -1;
	spool->write_fd = temporary_open(error);
	if (spool->write_fd < 0)
		return NULL;
	/* A child gets what it can only read from. */
	path = g_strdup_printf("/proc/self/fd/%d", spool->write_fd);
	spool->read_fd = open(path, O_RDONLY | O_CLOEXEC);
	if (spool->read_fd < 0) {
		spoor_error_from_errno(error, "a temporary file could not be opened again");
		return NULL;
	}
	return g_steal_pointer(&spool);
}

Spool *spool_ref(Spool *spool)
{
	g_atomic_int_inc(&spool->n_refs);
	return spool;
}

void spool_unref(Spool *spool)
{
	if (!spool || !g_atomic_int_dec_and_test(&spool->n_refs))
		return;
	if (spool->read_fd >= 0)
		(void)close(spool->read_fd); /* it goes away with these */
	if (spool->write_fd >= 0)
		(void)close(spool->write_fd);
	g_free(spool);
}

gboolean spool_append(Spool *spool, Slice bytes, GError **error)
{
	gsize written = 0;

	while (written < bytes.size) {
		ssize_t n = pwrite(spool->write_fd, bytes.data + written, bytes.size - written,
			(off_t)(spool->size + written));

		if (n < 0 && errno != EINTR)
			return spoor_error_from_errno(error,
				"could not write to a temporary file in %s", temporary_folder());
		if (n > 0)
			written += (gsize)n;
	}
	spool->size += written;
	return TRUE;
}

guint64 spool_size(const Spool *spool)
{
	return spool->size;
}

int spool_fd(const Spool *spool)
{
	return spool->read_fd;
}

void spool_release(Spool *spool, guint64 offset, guint64 size)
{
	if (size >= RELEASE_BYTES)
		(void)fallocate(spool->write_fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
			(off_t)offset, (off_t)size); /* not every file system can */
}
