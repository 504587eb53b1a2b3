/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines of hostile bytes: the same from whole and from split evidence. The first byte says into
 * how large units it is split.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "base/text.h"
#include "readers/text/lines.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	text_warm_up();
	return 0;
}

static void on_gap(void *context, const Gap *gap)
{
	g_assert(gap->note && gap->kind < GAP_N_KINDS);
}

static int kind_of(Slice line)
{
	return line.size > 1 ? line.data[1] % LINE_HEADER_KINDS : -1;
}

static void take(const Source *source, const ReadTask *task, const LineOptions *options,
	GString *log, GString *headers)
{
	ReaderReport report = { .gap = on_gap };
	LineReader *reader = line_reader_new(source, task, options, &report, NULL);
	Slice header;
	Line line;

	for (guint kind = 0; kind < LINE_HEADER_KINDS; kind++) {
		if (line_reader_header(reader, kind, &header))
			g_string_append_len(
				headers, (const char *)header.data, (gssize)header.size);
	}
	while (line_reader_next(reader, &line)) {
		g_string_append_printf(log, "%u %u %u %u ", (guint)line.number, (guint)line.offset,
			(guint)line.size, line.type);
		g_string_append_len(log, (const char *)line.text.data, (gssize)line.text.size);
	}
	line_reader_free(reader);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	guint unit = size ? 2 + data[0] / 2 * 2 : 2;
	int fd = memfd_create("lines", MFD_CLOEXEC);
	Source source = { .fd = fd, .size = size ? size - 1 : 0, .number = 1 };
	g_autoptr(GString) whole = g_string_new(NULL);
	g_autoptr(GString) split = g_string_new(NULL);
	g_autoptr(GString) remembered = g_string_new(NULL);
	g_autoptr(GString) skimmed = g_string_new(NULL);
	g_autoptr(GString) unused = g_string_new(NULL);
	LineMemo *memo = line_memo_new();
	LineOptions plain = { '#', kind_of, NULL, unit };
	LineOptions with_memo = { '#', kind_of, memo, unit };
	ReadTask all = { .n_units = G_MAXUINT64 };
	TextHead head;

	g_assert(fd >= 0 && write(fd, size ? data + 1 : data, source.size) == (gssize)source.size);
	take(&source, &all, &plain, whole, unused);
	for (guint64 at = 0; at * unit < source.size; at++) {
		ReadTask task = { .first_unit = at, .n_units = 1 };

		take(&source, &task, &with_memo, split, remembered);
		g_string_truncate(unused, 0);
		take(&source, &task, &plain, unused, skimmed);
	}
	g_assert(g_string_equal(whole, split));
	g_assert(g_string_equal(remembered, skimmed));
	text_head_init(&head, slice_make(data, MIN(size, READER_PROBE_BYTES)));
	text_head_clear(&head);
	line_memo_free(memo);
	(void)close(fd);
	return 0;
}
