/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "coordinator/intake.h"
#include "coordinator/test-support.h"
#include "coordinator/walk.h"

/* Waits for the next evidence; NULL at the end. */
static Evidence *next(Intake *intake)
{
	gboolean end = FALSE;

	for (;;) {
		Evidence *evidence = intake_next(intake, &end);
		struct pollfd wait = { .fd = intake_wake_fd(intake), .events = POLLIN };

		if (evidence || end)
			return evidence;
		g_assert_cmpint(poll(&wait, 1, 10000), ==, 1);
	}
}

static Intake *start(const char *const *paths)
{
	g_autoptr(GError) error = NULL;
	Intake *intake = intake_new(paths, NULL, INTAKE_HASH_FIRST, NULL, &error);

	g_assert_no_error(error);
	intake_start(intake);
	return intake;
}

static char *inside(const Fixture *fixture, const char *name)
{
	return g_build_filename(fixture->evidence, name, NULL);
}

static void test_hash(Fixture *fixture, gconstpointer data)
{
	const char *const paths[] = { fixture->evidence, NULL };
	g_autofree char *zeros = g_malloc0((5 << 20) + 3);
	g_autofree char *expected =
		g_compute_checksum_for_data(G_CHECKSUM_SHA256, (guchar *)zeros, (5 << 20) + 3);
	g_autoptr(Intake) intake = NULL;
	Evidence *evidence;

	fixture_write(fixture->evidence, "abc", "abc", -1);
	fixture_write(fixture->evidence, "large", zeros, (5 << 20) + 3);
	fixture_write(fixture->evidence, "nothing", "", 0);
	intake = start(paths);
	g_assert_cmpuint(intake_count(intake), ==, 3);
	g_assert_cmpuint(intake_total_bytes(intake), ==, (5 << 20) + 6);
	evidence = next(intake);
	g_assert_cmpstr(evidence->sha256, ==,
		"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	evidence_free(evidence);
	evidence = next(intake);
	g_assert_cmpstr(evidence->sha256, ==, expected);
	evidence_free(evidence);
	evidence = next(intake);
	g_assert_cmpstr(evidence->sha256, ==,
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	evidence_free(evidence);
	g_assert_null(next(intake));
}

/* Bytewise by path, each path once, whatever the order on the command line. */
static void test_order(Fixture *fixture, gconstpointer data)
{
	g_autofree char *folder = inside(fixture, "b");
	g_autofree char *first = inside(fixture, "a.txt");
	const char *const paths[] = { fixture->evidence, folder, first, NULL };
	static const char *const expected[] = { "a.txt", "b/B", "b/a", "b.c" };
	static const char *const sorted[] = { "a.txt", "b.c", "b/B", "b/a" };
	g_autoptr(Intake) intake = NULL;

	g_assert_cmpint(g_mkdir(folder, 0700), ==, 0);
	for (guint i = 0; i < G_N_ELEMENTS(expected); i++)
		fixture_write(fixture->evidence, expected[i], "x", -1);
	intake = start(paths);
	for (guint i = 0; i < G_N_ELEMENTS(sorted); i++) {
		Evidence *evidence = next(intake);

		g_assert_true(g_str_has_suffix(evidence->file->path, sorted[i]));
		g_assert_true(evidence->file->named == (i == 0));
		evidence_free(evidence);
	}
	g_assert_null(next(intake));
}

/* A folder that turns into a link between the walk and the opening is not followed. */
static void test_swapped_for_link(Fixture *fixture, gconstpointer data)
{
	const char *const paths[] = { fixture->evidence, NULL };
	g_autofree char *folder = inside(fixture, "folder");
	g_autofree char *away = inside(fixture, ".away");
	g_autoptr(Intake) intake = NULL;
	Evidence *evidence;

	g_assert_cmpint(g_mkdir(folder, 0700), ==, 0);
	fixture_write(folder, "secret", "x", -1);
	intake = intake_new(paths, NULL, INTAKE_HASH_FIRST, NULL, NULL);
	g_assert_cmpint(g_rename(folder, away), ==, 0);
	g_assert_cmpint(symlink(".away", folder), ==, 0);
	intake_start(intake);
	evidence = next(intake);
	g_assert_nonnull(strstr(evidence->problem, "It could not be opened"));
	evidence_free(evidence);
	g_assert_null(next(intake));
}

/* A link that the user names himself is followed. */
static void test_named_link(Fixture *fixture, gconstpointer data)
{
	g_autofree char *link = inside(fixture, "link");
	const char *const paths[] = { link, NULL };
	g_autoptr(Intake) intake = NULL;
	Evidence *evidence;

	fixture_write(fixture->evidence, "real", "abc", -1);
	g_assert_cmpint(symlink("real", link), ==, 0);
	intake = start(paths);
	evidence = next(intake);
	g_assert_null(evidence->problem);
	g_assert_cmpuint(evidence->size, ==, 3);
	evidence_free(evidence);
}

static void test_changed(Fixture *fixture, gconstpointer data)
{
	const char *const paths[] = { fixture->evidence, NULL };
	g_autoptr(GError) error = NULL;
	g_autoptr(Intake) intake = NULL;
	Evidence *evidence;

	fixture_write(fixture->evidence, "a", "abc", -1);
	intake = start(paths);
	evidence = next(intake);
	g_assert_false(intake_has_changed(evidence));
	evidence_close(evidence);
	g_assert_true(intake_reopen(evidence, NULL));
	evidence_close(evidence);
	fixture_write(fixture->evidence, "a", "abcd", -1); /* another file under the name */
	g_assert_false(intake_reopen(evidence, &error));
	g_assert_error(error, SPOOR_ERROR, SPOOR_ERROR_INPUT);
	evidence_free(evidence);
}

/* What can be opened and not read has a problem, and keeps no descriptor. */
static void test_unreadable(Fixture *fixture, gconstpointer data)
{
	const char *const paths[] = { "/proc/self/mem", NULL };
	g_autoptr(Intake) intake = start(paths);
	Evidence *evidence = next(intake);

	g_assert_nonnull(strstr(evidence->problem, "It could not be read to its end"));
	g_assert_cmpint(evidence->fd, ==, -1);
	evidence_free(evidence);
}

/* A file that is longer or shorter after it was hashed: both are seen. */
static void test_resized(Fixture *fixture, gconstpointer data)
{
	const char *const paths[] = { fixture->evidence, NULL };
	g_autofree char *path = inside(fixture, "a");
	g_autoptr(Intake) intake = NULL;
	Evidence *evidence;

	fixture_write(fixture->evidence, "a", "abc", -1);
	intake = start(paths);
	evidence = next(intake);
	g_assert_cmpint(truncate(path, 1), ==, 0);
	g_assert_true(intake_has_changed(evidence));
	g_assert_cmpint(truncate(path, 5), ==, 0);
	g_assert_true(intake_has_changed(evidence));
	evidence_free(evidence);
}

static void test_written_to(Fixture *fixture, gconstpointer data)
{
	const char *const paths[] = { fixture->evidence, NULL };
	g_autofree char *path = inside(fixture, "a");
	g_autoptr(Intake) intake = NULL;
	Evidence *evidence;
	int fd;

	fixture_write(fixture->evidence, "a", "abc", -1);
	intake = start(paths);
	evidence = next(intake);
	fd = open(path, O_WRONLY | O_APPEND);
	g_assert_cmpint(write(fd, "d", 1), ==, 1);
	close(fd);
	g_assert_true(intake_has_changed(evidence));
	evidence_free(evidence);
}

static void test_own_files(Fixture *fixture, gconstpointer data)
{
	const char *const paths[] = { fixture->evidence, NULL };
	g_autoptr(GArray) own_files = g_array_new(FALSE, FALSE, sizeof(OwnFile));
	g_autofree char *path = inside(fixture, "my.case");
	g_autoptr(Intake) intake = NULL;
	struct stat about;
	OwnFile own;

	fixture_write(fixture->evidence, "my.case", "x", -1);
	fixture_write(fixture->evidence, "other.case", "x", -1);
	g_assert_cmpint(stat(path, &about), ==, 0);
	own = (OwnFile){ about.st_dev, about.st_ino };
	g_array_append_val(own_files, own);
	intake = intake_new(paths, own_files, INTAKE_HASH_FIRST, NULL, NULL);
	g_assert_cmpuint(intake_count(intake), ==, 1);
}

static void test_missing(Fixture *fixture, gconstpointer data)
{
	g_autofree char *path = inside(fixture, "nowhere");
	const char *const paths[] = { path, NULL };
	g_autoptr(GError) error = NULL;

	g_assert_null(intake_new(paths, NULL, INTAKE_HASH_FIRST, NULL, &error));
	g_assert_error(error, SPOOR_ERROR, SPOOR_ERROR_SYSTEM);
}

/* Many files, of which nobody takes any: the intake can be stopped all the same. */
static void test_stop(Fixture *fixture, gconstpointer data)
{
	const char *const paths[] = { fixture->evidence, NULL };
	Intake *intake;

	for (guint i = 0; i < 200; i++) {
		g_autofree char *name = g_strdup_printf("%u", i);

		fixture_write(fixture->evidence, name, "x", -1);
	}
	intake = start(paths);
	g_usleep(50000);
	intake_free(intake);
}

#define ADD(name, function)                                                                        \
	g_test_add("/intake/" name, Fixture, NULL, fixture_set_up, function, fixture_tear_down)

/* Lets @fd stand in for standard input; returns what it was. */
static int replace_input(int fd)
{
	int before = dup(STDIN_FILENO);

	g_assert_cmpint(dup2(fd, STDIN_FILENO), ==, STDIN_FILENO);
	(void)close(fd);
	return before;
}

/* Standard input becomes evidence that can be read as often as a file. */
static void test_input(Fixture *fixture, gconstpointer data)
{
	const char *const paths[] = { "-", NULL };
	g_autofree char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, "abc", -1);
	g_autoptr(Intake) intake = NULL;
	char bytes[8] = { 0 };
	Evidence *evidence;
	int ends[2], before;

	g_assert_cmpint(pipe(ends), ==, 0);
	g_assert_cmpint(write(ends[1], "abc", 3), ==, 3);
	(void)close(ends[1]);
	before = replace_input(ends[0]);
	intake = start(paths);
	evidence = next(intake);
	(void)close(replace_input(before));
	g_assert_cmpstr(evidence->file->shown, ==, "-");
	g_assert_cmpstr(evidence_called(evidence), ==, "standard input");
	g_assert_true(evidence->file->named);
	g_assert_null(evidence->problem);
	g_assert_cmpstr(evidence->sha256, ==, sum);
	g_assert_cmpuint(evidence->size, ==, 3);
	evidence_close(evidence);
	g_assert_true(intake_reopen(evidence, NULL));
	g_assert_cmpint(pread(evidence->fd, bytes, sizeof bytes, 0), ==, 3);
	g_assert_cmpstr(bytes, ==, "abc");
	g_assert_false(intake_has_changed(evidence));
	evidence_free(evidence);
	g_assert_null(next(intake));
}

/* Who waits for input that never comes can still be stopped. */
static void test_no_input(Fixture *fixture, gconstpointer data)
{
	const char *const paths[] = { "-", NULL };
	Intake *intake;
	int ends[2], before;

	g_assert_cmpint(pipe(ends), ==, 0);
	before = replace_input(ends[0]);
	intake = start(paths);
	g_usleep(20000);
	intake_free(intake);
	(void)close(replace_input(before));
	(void)close(ends[1]);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("hash", test_hash);
	ADD("order", test_order);
	ADD("swapped-for-a-link", test_swapped_for_link);
	ADD("named-link", test_named_link);
	ADD("changed", test_changed);
	ADD("written-to", test_written_to);
	ADD("unreadable", test_unreadable);
	ADD("resized", test_resized);
	ADD("own-files", test_own_files);
	ADD("missing", test_missing);
	ADD("stop", test_stop);
	ADD("standard-input", test_input);
	ADD("no-input", test_no_input);
	return g_test_run();
}
