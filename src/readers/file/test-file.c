/* SPDX-License-Identifier: Apache-2.0 */
/* The event of a file: names, numbers, hashes; in memory, mapped and streamed. */
#include <sys/mman.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/limits.h"
#include "base/text.h"
#include "readers/file/file.h"

typedef struct Fixture {
	FileLibrary *library;
	GString *gaps;
} Fixture;

static void setup(Fixture *f, gconstpointer data)
{
	f->library = file_library_new();
	f->gaps = g_string_new(NULL);
}

static void teardown(Fixture *f, gconstpointer data)
{
	file_library_free(f->library);
	(void)g_string_free(f->gaps, TRUE);
}

static void on_gap(void *context, const Gap *gap)
{
	Fixture *f = context;

	g_string_append_printf(f->gaps, "%s: %s\n", gap_kind_name(gap->kind), gap->note);
}

static int make_file(const void *bytes, gsize size)
{
	int fd = memfd_create("file", MFD_CLOEXEC);

	g_assert_cmpint(fd, >=, 0);
	g_assert_cmpint(write(fd, bytes, size), ==, size);
	return fd;
}

static Event read_file(Fixture *f, const FileInput *input)
{
	const ReaderReport report = { .gap = on_gap, .context = f };
	g_autoptr(GError) error = NULL;
	Event event;

	g_assert_true(file_read(f->library, input, &report, &event, &error));
	g_assert_no_error(error);
	return event;
}

/* What column @name of @event says; "" where it is absent. */
static char *value_of(const Event *event, const char *name)
{
	GString *text = g_string_new(NULL);
	int column = shape_find_column(event->shape, name);

	g_assert_cmpint(column, >=, 0);
	value_append_text(text, &event->values[column]);
	return g_string_free(text, FALSE);
}

static void assert_value(const Event *event, const char *name, const char *expected)
{
	g_autofree char *value = value_of(event, name);

	g_assert_cmpstr(value, ==, expected);
}

static void test_small(Fixture *f, gconstpointer data)
{
	int fd = make_file("abc", 3);
	const Source source = { .fd = fd, .size = 3, .modified = 1614679872 * INSTANT_SECOND };
	const FileInput input = {
		.source = &source, .path = "DC01/C/Users/x/A.b.EXE", .place = "C/Users/x/A.b.EXE"
	};
	Event event = read_file(f, &input);

	assert_value(&event, "LogFormat", "file");
	assert_value(&event, "FileName", "A.b.EXE");
	assert_value(&event, "FilePath", "DC01/C/Users/x/A.b.EXE");
	assert_value(&event, "Extension", ".exe");
	assert_value(&event, "Size", "3");
	assert_value(&event, "Modified", "2021-03-02T10:11:12.0000000Z");
	assert_value(&event, "Entropy", "1.585");
	assert_value(&event, "md5", "900150983cd24fb0d6963f7d28e17f72");
	assert_value(&event, "sha1", "a9993e364706816aba3e25717850c26c9cd0d89d");
	assert_value(&event, "sha256",
		"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	g_assert_cmpint(event.time, ==, source.modified);
	g_assert_cmpstr(event.place, ==, "C/Users/x/A.b.EXE");
	g_assert_true(slice_equal(event.content, slice_from_text("abc")));
	g_assert_cmpstr(f->gaps->str, ==, "");
	(void)close(fd);
}

static void test_nothing_known(Fixture *f, gconstpointer data)
{
	int fd = make_file("", 0);
	const Source source = { .fd = fd };
	const FileInput input = { .source = &source, .path = ".bashrc" };
	Event event = read_file(f, &input);

	assert_value(&event, "FileName", ".bashrc");
	assert_value(&event, "Extension", "");
	assert_value(&event, "Modified", "");
	assert_value(&event, "Size", "0");
	assert_value(&event, "Entropy", "0.000");
	assert_value(&event, "md5", "d41d8cd98f00b204e9800998ecf8427e");
	g_assert_cmpint(event.time, ==, INSTANT_NONE);
	g_assert_cmpstr(event.place, ==, ".bashrc");
	(void)close(fd);
}

static void test_known_sha256(Fixture *f, gconstpointer data)
{
	int fd = make_file("abc", 3);
	const Source source = { .fd = fd, .size = 3 };
	const FileInput input = { .source = &source, .path = "x", .sha256 = "0123" };
	Event event = read_file(f, &input);

	assert_value(&event, "sha256", "0123"); /* taken as it is given */
	assert_value(&event, "md5", "900150983cd24fb0d6963f7d28e17f72");
	(void)close(fd);
}

static void count_alive(void *context)
{
	(*(guint *)context)++;
}

/* GLib's hashes of the same bytes. */
static void assert_hashes(const Event *event, const guint8 *bytes, gsize size)
{
	g_autofree char *md5 = g_compute_checksum_for_data(G_CHECKSUM_MD5, bytes, size);
	g_autofree char *sha1 = g_compute_checksum_for_data(G_CHECKSUM_SHA1, bytes, size);
	g_autofree char *sha256 = g_compute_checksum_for_data(G_CHECKSUM_SHA256, bytes, size);

	assert_value(event, "md5", md5);
	assert_value(event, "sha1", sha1);
	assert_value(event, "sha256", sha256);
}

/* Sizes around each border, as a member of a spool that begins somewhere in a page. */
static void test_sizes(Fixture *f, gconstpointer data)
{
	static const gsize sizes[] = { 1, 7, 8, 9, 16384, (256 << 10) - 1, 256 << 10,
		LIMIT_FILE_BUFFER_BYTES - 1, LIMIT_FILE_BUFFER_BYTES, LIMIT_FILE_BUFFER_BYTES + 1,
		LIMIT_FILE_BUFFER_BYTES + (300 << 10) };
	const gsize before = 5000, all = 2 * LIMIT_FILE_BUFFER_BYTES;
	g_autofree guint8 *bytes = g_malloc(all);
	int fd;

	for (gsize i = 0; i < all; i++)
		bytes[i] = (guint8)(i * 2654435761u >> 24);
	fd = make_file(bytes, all);
	for (guint i = 0; i < G_N_ELEMENTS(sizes); i++) {
		const Source source = { .fd = fd, .size = sizes[i], .base = before };
		const FileInput input = { .source = &source, .path = "x" };
		Event event = read_file(f, &input);

		assert_hashes(&event, bytes + before, sizes[i]);
		g_assert_true(slice_equal(event.content, slice_make(bytes + before, sizes[i])));
	}
	(void)close(fd);
}

/* A file with a hole: of that size, but it takes no room. */
static void test_too_large(Fixture *f, gconstpointer data)
{
	const guint64 size = LIMIT_FILE_CONTENT_BYTES + 1;
	int fd = make_file("MZ", 2);
	guint n_alive = 0;
	const Source source = { .fd = fd, .size = size };
	const FileInput input = { .source = &source,
		.path = "x",
		.sha256 = "known",
		.alive = count_alive,
		.context = &n_alive };
	Event event;

	g_assert_cmpint(ftruncate(fd, (off_t)size), ==, 0);
	event = read_file(f, &input);
	assert_value(&event, "Size", "268435457");
	assert_value(&event, "Entropy", "0.000");
	g_assert_cmpuint(event.content.size, ==, 0);
	g_assert_cmpuint(n_alive, >=, 3);
	(void)close(fd);
}

/* A program that is made large lest it is looked into: it says so. */
static void test_large_program(Fixture *f, gconstpointer data)
{
	const guint64 size = LIMIT_FILE_CONTENT_BYTES + 1;
	guint8 head[1024] = { 'M', 'Z' };
	Source source = { .size = size };
	const FileInput input = { .source = &source, .path = "x.exe", .sha256 = "known" };
	int fd;

	head[0x3C] = 0x40;
	head[0x40] = 'P';
	head[0x41] = 'E';
	head[0x58] = 0x0B; /* PE32 */
	head[0x59] = 0x01;
	fd = source.fd = make_file((const char *)head, sizeof head);
	g_assert_cmpint(ftruncate(fd, (off_t)size), ==, 0);
	(void)read_file(f, &input);
	g_assert_nonnull(strstr(f->gaps->str, "limit: the program"));
	(void)g_string_truncate(f->gaps, 0);
	g_assert_cmpint(ftruncate(fd, (off_t)sizeof head), ==, 0);
	source.size = sizeof head;
	(void)read_file(f, &input);
	g_assert_cmpstr(f->gaps->str, ==, "");
	(void)close(fd);
}

static void test_shrunk(Fixture *f, gconstpointer data)
{
	static const guint64 sizes[] = { 1000, 2 * LIMIT_FILE_BUFFER_BYTES };
	int fd = make_file("abc", 3);

	for (guint i = 0; i < G_N_ELEMENTS(sizes); i++) {
		const Source source = { .fd = fd, .size = sizes[i] };
		const FileInput input = { .source = &source, .path = "x" };
		Event event = read_file(f, &input);

		assert_value(&event, "Size", "3");
		assert_value(&event, "md5", "900150983cd24fb0d6963f7d28e17f72");
		g_assert_true(slice_equal(event.content, slice_from_text("abc")));
		g_assert_true(g_str_has_prefix(f->gaps->str, "changed: the file shrank"));
		(void)g_string_truncate(f->gaps, 0);
	}
	(void)close(fd);
}

static void test_unreadable(Fixture *f, gconstpointer data)
{
	const ReaderReport report = { .gap = on_gap, .context = f };
	const Source source = { .fd = -1, .size = 3 };
	const FileInput input = { .source = &source, .path = "x" };
	g_autoptr(GError) error = NULL;
	Event event;

	g_assert_false(file_read(f->library, &input, &report, &event, &error));
	g_assert_nonnull(error);
}

static void add(const char *name, void (*test)(Fixture *f, gconstpointer data))
{
	g_test_add(name, Fixture, NULL, setup, test, teardown);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	text_warm_up();
	hash_warm_up();
	add("/file/small", test_small);
	add("/file/nothing-known", test_nothing_known);
	add("/file/known-sha256", test_known_sha256);
	add("/file/sizes", test_sizes);
	add("/file/too-large", test_too_large);
	add("/file/large-program", test_large_program);
	add("/file/shrunk", test_shrunk);
	add("/file/unreadable", test_unreadable);
	return g_test_run();
}
