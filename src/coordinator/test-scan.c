/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scans into a case with the tests' worker: whatever happens on the way (another number of workers,
 * an interrupt, a kill, evidence that comes later), the case ends the same.
 */
#include <errno.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "coordinator/test-case-support.h"

static char *case_name(const Fixture *fixture, const char *name)
{
	return g_build_filename(fixture->folder, name, NULL);
}

static void write_evidence(const Fixture *fixture)
{
	fixture_write(fixture->rules, "evil.rule", "evil\n", -1);
	fixture_write(fixture->rules, "known.rule", "know:x\n", -1);
	fixture_write(fixture->rules, "bad.rule", "", -1);
	fixture_write(fixture->rules, "see.rule", "see:slow\n", -1);
	fixture_write(fixture->intel, "words.list", "evil 1\nknow:x 0\n-bad\nunseen 4\n", -1);
	fixture_script(fixture, "a", "know:x 8*slow evil know:y 8*slow");
	fixture_script(fixture, "b", "learn:x 10*slow exit evil 8*slow");
	fixture_script(fixture, "c", "30*slow 2*missing evil know:x");
	fixture_script(fixture, "copy-of-c", "30*slow 2*missing evil know:x");
	fixture_script(fixture, "d", "learn:y 4*slow know:y");
	fixture_write(fixture->evidence, "e", "no reader's", -1);
}

/* Counted over all tasks, also those of a task that was halved since its child died; what is read
 * twice is counted once, and c and its copy are the same evidence. */
static void assert_observations(const char *path)
{
	g_autofree char *rows = case_rows(path,
		"SELECT subject, value, events, substr(first, 12, 5), first_locator, "
		"substr(last, 12, 5), last_locator, substr(path, -1) FROM v_observation "
		"ORDER BY path");

	g_assert_cmpstr(rows, ==,
		"HOST|slow|16|00:33|record 2 at 0x18|05:16|record 19 at 0x128|a|\n"
		"HOST|slow|18|00:33|record 2 at 0x18|05:50|record 21 at 0x148|b|\n"
		"HOST|slow|30|00:16|record 1 at 0x8|08:20|record 30 at 0x1d8|c|\n"
		"HOST|slow|4|00:33|record 2 at 0x18|01:23|record 5 at 0x48|d|\n");
}

static void test_workers(Fixture *fixture, gconstpointer data)
{
	g_autofree char *one = NULL;

	write_evidence(fixture);
	for (guint n = 1; n <= 4; n++) {
		g_autofree char *name = g_strdup_printf("%u.case", n);
		g_autofree char *path = case_name(fixture, name);
		g_autofree char *text = NULL;
		Trip trip = {
			.fixture = fixture, .case_path = path, .n_workers = n, .hash_later = n > 2
		};
		ScanOutcome outcome = trip_scan(&trip);

		g_assert_cmpuint(outcome.rules_loaded, ==, 3);
		g_assert_cmpuint(outcome.n_indicators, ==, 3);
		g_assert_cmpuint(outcome.rules_rejected, ==, 1);
		g_assert_false(outcome.complete); /* one part was lost */
		g_assert_false(outcome.interrupted);
		/* evil in a, b, c; know:x in a and c */
		g_assert_cmpuint(outcome.totals.findings[LEVEL_HIGH], ==, 5);
		/* The same again as indicators, each at its level. */
		g_assert_cmpuint(outcome.totals.findings[LEVEL_LOW], ==, 3);
		g_assert_cmpuint(outcome.totals.findings[LEVEL_INFORMATIONAL], ==, 2);
		g_assert_cmpuint(outcome.totals.n_evidence_done, ==, outcome.totals.n_evidence);
		g_assert_cmpuint(outcome.totals.bytes_done, ==, outcome.totals.bytes_total);
		assert_observations(path);
		text = case_dump(path);
		if (!one)
			one = g_steal_pointer(&text);
		else
			g_assert_cmpstr(text, ==, one);
	}
}

static void test_again(Fixture *fixture, gconstpointer data)
{
	g_autofree char *path = case_name(fixture, "a.case");
	g_autofree char *once = NULL;
	g_autofree char *twice = NULL;
	Trip trip = { .fixture = fixture, .case_path = path, .n_workers = 2 };
	ScanOutcome outcome;

	write_evidence(fixture);
	trip_scan(&trip);
	once = case_dump(path);
	trip.hash_later = GPOINTER_TO_UINT(data);
	outcome = trip_scan(&trip);
	twice = case_dump(path);
	g_assert_cmpstr(once, ==, twice);
	g_assert_cmpuint(outcome.totals.events, ==, 0); /* nothing was read again */
	g_assert_false(outcome.complete);		/* but what is missing is still missing */
}

static gpointer interrupt_later(gpointer flag)
{
	g_usleep(60000);
	g_atomic_int_set((gint *)flag, 1);
	return NULL;
}

static void test_interrupted(Fixture *fixture, gconstpointer data)
{
	g_autofree char *whole_path = case_name(fixture, "whole.case");
	g_autofree char *path = case_name(fixture, "pieces.case");
	g_autofree char *whole = NULL;
	g_autofree char *pieces = NULL;
	Trip trip = { .fixture = fixture, .case_path = whole_path, .n_workers = 1 };
	ScanOutcome outcome;
	guint n = 0;

	write_evidence(fixture);
	trip_scan(&trip);
	whole = case_dump(whole_path);
	trip.case_path = path;
	trip.hash_later = GPOINTER_TO_UINT(data);
	do {
		volatile gint flag = 0;
		GThread *thread = g_thread_new("interrupt", interrupt_later, (gpointer)&flag);

		trip.interrupted = n < 20 ? &flag : NULL; /* it has to end on any machine */
		outcome = trip_scan(&trip);
		g_thread_join(thread);
		n++;
	} while (outcome.interrupted);
	pieces = case_dump(path);
	g_assert_cmpuint(n, >, 1);
	g_assert_cmpstr(pieces, ==, whole);
}

static void test_killed(Fixture *fixture, gconstpointer data)
{
	g_autofree char *whole_path = case_name(fixture, "whole.case");
	g_autofree char *path = case_name(fixture, "pieces.case");
	g_autofree char *whole = NULL;
	g_autofree char *pieces = NULL;
	Trip trip = { .fixture = fixture, .case_path = whole_path, .n_workers = 2 };

	write_evidence(fixture);
	trip_scan(&trip);
	whole = case_dump(whole_path);
	trip.case_path = path;
	trip.hash_later = GPOINTER_TO_UINT(data);
	for (guint i = 0; i < 8; i++) {
		pid_t pid = fork();

		if (pid == 0) {
			trip_scan(&trip);
			_exit(0);
		}
		g_usleep(20000 + 30000 * i);
		kill(pid, SIGKILL);
		g_assert_cmpint(waitpid(pid, NULL, 0), ==, pid);
	}
	trip_scan(&trip);
	pieces = case_dump(path);
	g_assert_cmpstr(pieces, ==, whole);
}

/* First one file, then all: the same case as all at once, also where a later file taught something.
 */
static void test_added(Fixture *fixture, gconstpointer data)
{
	g_autofree char *whole_path = case_name(fixture, "whole.case");
	g_autofree char *path = case_name(fixture, "pieces.case");
	g_autofree char *first = g_build_filename(fixture->evidence, "a", NULL);
	g_autofree char *whole = NULL;
	g_autofree char *pieces = NULL;
	Trip trip = { .fixture = fixture, .case_path = whole_path, .n_workers = 2 };

	write_evidence(fixture);
	trip_scan(&trip);
	whole = case_dump(whole_path);
	trip.case_path = path;
	trip.hash_later = GPOINTER_TO_UINT(data);
	trip.evidence = first;
	trip_scan(&trip);
	trip.evidence = NULL;
	trip_scan(&trip);
	pieces = case_dump(path);
	g_assert_cmpstr(pieces, ==, whole);
}

static gint bad_inode; /* atomic: of a file on a part of the disk that has gone bad */

/*
 * Stands in for that of the C library in this process, where evidence is hashed, not in workers.
 * They have time to read the file before it turns out to be bad.
 */
ssize_t pread(int fd, void *buffer, size_t size, off_t offset)
{
	struct stat about;
	gint bad = g_atomic_int_get(&bad_inode);

	if (bad && fstat(fd, &about) == 0 && (gint)about.st_ino == bad) {
		g_usleep(200000);
		errno = EIO;
		return -1;
	}
	return syscall(SYS_pread64, fd, buffer, size, offset);
}

/* What was read of a file that then could not be hashed does not count: it has no name. */
static void test_hash_fails(Fixture *fixture, gconstpointer data)
{
	g_autofree char *bad = g_build_filename(fixture->evidence, "c", NULL);
	g_autofree char *first = NULL;
	struct stat about;

	write_evidence(fixture);
	g_assert_cmpint(stat(bad, &about), ==, 0);
	g_atomic_int_set(&bad_inode, (gint)about.st_ino);
	for (guint hash_later = 0; hash_later < 2; hash_later++) {
		g_autofree char *path =
			case_name(fixture, hash_later ? "later.case" : "first.case");
		g_autofree char *gaps = NULL;
		g_autofree char *text = NULL;
		Trip trip = { .fixture = fixture,
			.case_path = path,
			.n_workers = 2,
			.hash_later = hash_later };
		ScanOutcome outcome = trip_scan(&trip);

		g_assert_cmpuint(
			outcome.totals.findings[LEVEL_HIGH], ==, 5); /* its copy has them */
		g_assert_cmpuint(outcome.totals.n_evidence_done, ==, outcome.totals.n_evidence);
		g_assert_cmpuint(outcome.totals.bytes_done, ==, outcome.totals.bytes_total);
		gaps = case_rows(path,
			"SELECT kind, note FROM gap WHERE evidence_sha256 = '' AND path LIKE "
			"'%/c'");
		g_assert_cmpstr(gaps, ==,
			"unreadable|It could not be read to its end: Input/output error.|\n");
		text = case_dump(path);
		if (hash_later)
			g_assert_cmpstr(text, ==, first);
		else
			first = g_steal_pointer(&text);
	}
	g_atomic_int_set(&bad_inode, 0);
}

#define ADD(name, function, hash_later)                                                            \
	g_test_add("/scan/" name, Fixture, GUINT_TO_POINTER(hash_later), fixture_set_up, function, \
		fixture_tear_down)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("any-number-of-workers", test_workers, 0);
	ADD("once-more", test_again, 0);
	ADD("once-more-hashed-late", test_again, 1);
	ADD("interrupted", test_interrupted, 0);
	ADD("interrupted-hashed-late", test_interrupted, 1);
	ADD("killed", test_killed, 0);
	ADD("killed-hashed-late", test_killed, 1);
	ADD("evidence-added", test_added, 0);
	ADD("evidence-added-hashed-late", test_added, 1);
	ADD("hash-fails", test_hash_fails, 0);
	return g_test_run();
}
