/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever the bytes: members in order, gaps with notes, and an end. */
#include <sys/mman.h>
#include <unistd.h>

#include "base/limits.h"
#include "readers/archive/archive.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	archive_warm_up();
	return 0;
}

static void on_member(void *context, const char *name, Instant modified)
{
	g_assert(*name && g_utf8_validate(name, -1, NULL));
	g_assert(strlen(name) <= LIMIT_ARCHIVE_NAME_BYTES + 16 && modified >= 0);
	*(gboolean *)context = TRUE;
}

static void on_bytes(void *context, Slice bytes)
{
	g_assert(*(gboolean *)context || !bytes.size);
}

static void on_gap(void *context, const Gap *gap)
{
	g_assert(gap->note && gap->kind < GAP_N_KINDS);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	int fd = memfd_create("archive", MFD_CLOEXEC);
	const Source source = { .fd = fd, .size = size };
	gboolean begun = FALSE;
	const MemberReport report = { on_member, on_bytes, on_gap, &begun };
	g_autoptr(GString) unknown = g_string_new(NULL);
	Expanded expanded = { .unknown = unknown };

	g_assert(fd >= 0 && write(fd, data, size) == (gssize)size);
	archive_expand(&source, "fuzz.gz", &report, &expanded);
	(void)close(fd);
	return 0;
}
