/* SPDX-License-Identifier: Apache-2.0 */
#include <sys/mman.h>
#include <unistd.h>

#include "readers/reader.h"

static void test_read(void)
{
	int fd = memfd_create("source", MFD_CLOEXEC);
	Source source = { fd, 8 };
	Source closed = { -1, 8 };
	g_autoptr(GError) error = NULL;
	char buffer[16] = { 0 };

	g_assert_cmpint(write(fd, "0123456789", 10), ==, 10);
	g_assert_cmpint(source_read(&source, 2, buffer, 4, NULL), ==, 4);
	g_assert_cmpmem(buffer, 4, "2345", 4);
	/* What was appended after the evidence was opened does not belong to it. */
	g_assert_cmpint(source_read(&source, 6, buffer, sizeof(buffer), NULL), ==, 2);
	g_assert_cmpint(source_read(&source, 8, buffer, sizeof(buffer), NULL), ==, 0);
	g_assert_cmpint(source_read(&source, G_MAXUINT64, buffer, sizeof(buffer), NULL), ==, 0);
	/* It was cut off meanwhile: there is less, and that is no error. */
	source.size = 20;
	g_assert_cmpint(source_read(&source, 4, buffer, sizeof(buffer), NULL), ==, 6);
	g_assert_cmpint(source_read(&closed, 0, buffer, 1, &error), ==, -1);
	g_assert_nonnull(error);
	(void)close(fd);
}

static void test_registry(void)
{
	guint score = 7;

	for (const Reader *const *reader = reader_registry; *reader; reader++) {
		g_assert_true(reader_find((*reader)->name) == *reader);
		g_assert_nonnull((*reader)->docs);
		g_assert_nonnull((*reader)->host_columns);
		if (reader[1])
			g_assert_cmpstr((*reader)->name, <, reader[1]->name);
	}
	g_assert_null(reader_find("no such format"));
	g_assert_null(reader_probe(slice_from_text("nothing anybody knows"), "x", &score));
	g_assert_cmpuint(score, ==, 0);
	g_assert_true(reader_probe(slice_make("ElfFile\0", 8), "", &score) == reader_find("evtx"));
	g_assert_cmpuint(score, ==, 100);
}

static NextResult next_time_only(void *state, Event *ret_event)
{
	ret_event->time = 7;
	return NEXT_EVENT;
}

/* An event of a reader that knows no raw line once had whatever stood on the stack. */
static void test_next(void)
{
	static const guint8 garbage[] = "garbage";
	const Reader reader = { .name = "test", .next = next_time_only };
	Event event = { .raw = slice_make(garbage, sizeof garbage), .record = 12 };

	g_assert_cmpint(reader_next(&reader, NULL, &event), ==, NEXT_EVENT);
	g_assert_cmpint(event.time, ==, 7);
	g_assert_cmpuint(event.raw.size, ==, 0);
	g_assert_cmpuint(event.record, ==, 0);
}

/* What a reader calls its documentation is there. */
static void test_docs(void)
{
	const char *top = g_getenv("SPOOR_TEST_SOURCE");

	if (!top) {
		g_test_skip("SPOOR_TEST_SOURCE is not set");
		return;
	}
	for (guint i = 0; reader_registry[i]; i++) {
		g_autofree char *path = g_build_filename(top, reader_registry[i]->docs, NULL);

		g_test_message("%s", path);
		g_assert_true(g_file_test(path, G_FILE_TEST_IS_REGULAR));
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/readers/source/read", test_read);
	g_test_add_func("/readers/registry", test_registry);
	g_test_add_func("/readers/next", test_next);
	g_test_add_func("/readers/docs", test_docs);
	return g_test_run();
}
