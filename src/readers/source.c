/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "readers/reader.h"

gssize source_read(const Source *source, guint64 offset, void *buffer, gsize size, GError **error)
{
	gsize done = 0;

	/* Behind what was there when the evidence was opened there is nothing, even if it grew. */
	if (offset >= source->size)
		return 0;
	size = MIN(size, source->size - offset);
	while (done < size) {
		ssize_t n = pread(source->fd, (guint8 *)buffer + done, size - done,
			(off_t)(source->base + offset + done));

		if (n == 0)
			break;
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			(void)spoor_error_from_errno(
				error, "reading at offset %" G_GUINT64_FORMAT, offset + done);
			return -1;
		}
		done += (gsize)n;
	}
	return (gssize)done;
}

const Reader *reader_probe(Slice head, const char *name, guint *ret_score)
{
	const Reader *best = NULL;
	guint best_score = 0;

	/* None can be better than certain, and of equal ones the first counts. */
	for (const Reader *const *reader = reader_registry; *reader && best_score < 100; reader++) {
		guint score = (*reader)->probe(head, name);

		if (score > best_score) {
			best = *reader;
			best_score = score;
		}
	}
	if (ret_score)
		*ret_score = best_score;
	return best;
}

const Reader *reader_find(const char *name)
{
	for (const Reader *const *reader = reader_registry; *reader; reader++) {
		if (strcmp((*reader)->name, name) == 0)
			return *reader;
	}
	return NULL;
}

NextResult reader_next(const Reader *reader, void *state, Event *ret_event)
{
	*ret_event = (Event){ .time = INSTANT_NONE };
	return reader->next(state, ret_event);
}
