/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files judged as wholes, from the walk to the case, with the tests' worker: each path has an event
 * of its own, and whatever happens on the way the case ends the same.
 */
#include <glib.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utime.h>

#include "archive-writer.h"
#include "base/limits.h"
#include "coordinator/test-case-support.h"
#include "sandbox/sandbox.h"

static char *case_name(const Fixture *fixture, const char *name)
{
	return g_build_filename(fixture->folder, name, NULL);
}

/* A whole case says too much where two of them differ. */
static void assert_same(const char *text, const char *other)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	g_auto(GStrv) others = g_strsplit(other, "\n", -1);

	for (guint i = 0; lines[i] && others[i]; i++)
		g_assert_cmpstr(lines[i], ==, others[i]);
	g_assert_cmpuint(g_strv_length(lines), ==, g_strv_length(others));
}

static void put_at(const Fixture *fixture, const char *folder, const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(fixture->evidence, folder, NULL);

	g_assert_cmpint(g_mkdir_with_parents(path, 0700), ==, 0);
	fixture_write(path, name, text, -1);
}

/* A zip with a script, and two members that no reader knows, one without a byte. */
static void put_zip(const Fixture *fixture, const char *name)
{
	g_autoptr(GByteArray) script = script_bytes("2*fine evil");
	const WrittenMember members[] = { { "in/script", script->data, script->len },
		{ "in/tool.exe", "MZ needle", 9 }, { "in/empty.exe", "", 0 } };
	g_autoptr(GByteArray) zip = archive_write("zip", NULL, NULL, members, 3);

	fixture_write(fixture->evidence, name, (const char *)zip->data, (gssize)zip->len);
}

static void write_rules(const Fixture *fixture)
{
	fixture_write(fixture->rules, "evil.rule", "evil\n", -1);
	fixture_write(fixture->rules, "known.rule", "know:x\n", -1);
	fixture_write(fixture->rules, "name.rule", "file:.exe\n", -1);
	fixture_write(fixture->rules, "needle.rule", "bytes:needle\n", -1);
}

static void write_evidence(const Fixture *fixture)
{
	write_rules(fixture);
	fixture_script(fixture, "a", "know:x 8*slow evil know:y 8*slow");
	fixture_script(fixture, "b", "learn:x 10*slow exit evil 8*slow");
	fixture_script(fixture, "copy-of-a", "know:x 8*slow evil know:y 8*slow");
	put_at(fixture, "one", "x.exe", "a needle");
	put_at(fixture, "two", "x.exe", "a needle");
	put_at(fixture, "two", "none.exe", "");
	put_at(fixture, "two", "notes.txt", "nothing");
	put_zip(fixture, "c.zip");
	put_zip(fixture, "d.zip");
}

static const char found[] = "SELECT title, locator, substr(path, instr(path, '/evidence/') + 10), "
			    "channel FROM v_finding WHERE locator LIKE 'file %' "
			    "ORDER BY title, locator";

static const char expected[] = "bytes:needle|file c.zip/in/tool.exe|c.zip/in/tool.exe|file|\n"
			       "bytes:needle|file d.zip/in/tool.exe|d.zip/in/tool.exe|file|\n"
			       "bytes:needle|file one/x.exe|one/x.exe|file|\n"
			       "bytes:needle|file two/x.exe|two/x.exe|file|\n"
			       "file:.exe|file c.zip/in/empty.exe|c.zip/in/empty.exe|file|\n"
			       "file:.exe|file c.zip/in/tool.exe|c.zip/in/tool.exe|file|\n"
			       "file:.exe|file d.zip/in/empty.exe|d.zip/in/empty.exe|file|\n"
			       "file:.exe|file d.zip/in/tool.exe|d.zip/in/tool.exe|file|\n"
			       "file:.exe|file one/x.exe|one/x.exe|file|\n"
			       "file:.exe|file two/none.exe|two/none.exe|file|\n"
			       "file:.exe|file two/x.exe|two/x.exe|file|\n";

static void test_workers(Fixture *fixture, gconstpointer data)
{
	g_autofree char *first = NULL;

	write_evidence(fixture);
	for (guint n = 1; n <= 4; n++) {
		g_autofree char *name = g_strdup_printf("%u.case", n);
		g_autofree char *path = case_name(fixture, name);
		g_autofree char *rows = NULL;
		g_autofree char *text = NULL;
		Trip trip = {
			.fixture = fixture, .case_path = path, .n_workers = n, .hash_later = n > 2
		};
		ScanOutcome outcome = trip_scan(&trip);

		rows = case_rows(path, found);
		g_assert_cmpstr(rows, ==, expected);
		/* evil in a, b, and in the zips' script; know:x in a */
		g_assert_cmpuint(outcome.totals.findings[LEVEL_HIGH], ==, 11 + 4);
		g_assert_cmpuint(outcome.totals.n_evidence_done, ==, outcome.totals.n_evidence);
		g_assert_cmpuint(outcome.totals.bytes_done, ==, outcome.totals.bytes_total);
		text = case_dump(path);
		if (!first)
			first = g_steal_pointer(&text);
		else
			assert_same(text, first);
	}
	g_assert_null(strstr(first, "|unsupported|")); /* they are judged as files */
}

/* Without a rule about files there is no such event, and what is in archives is passed over. */
static void test_unasked(Fixture *fixture, gconstpointer data)
{
	g_autofree char *path = case_name(fixture, "a.case");
	g_autofree char *rows = NULL;
	Trip trip = { .fixture = fixture, .case_path = path, .n_workers = 2 };

	fixture_write(fixture->rules, "evil.rule", "evil\n", -1);
	put_at(fixture, "one", "x.exe", "a needle");
	put_zip(fixture, "c.zip");
	g_assert_cmpuint(trip_scan(&trip).totals.findings[LEVEL_HIGH], ==, 1);
	rows = case_rows(path,
		"SELECT count(*), sum(judged) FROM evidence_path UNION ALL "
		"SELECT kind, count(*) FROM gap GROUP BY kind");
	g_assert_cmpstr(rows, ==, "3|0|\nunsupported|2|\n");
}

static void test_again(Fixture *fixture, gconstpointer data)
{
	g_autofree char *path = case_name(fixture, "a.case");
	g_autofree char *once = NULL;
	g_autofree char *twice = NULL;
	Trip trip = { .fixture = fixture, .case_path = path, .n_workers = 2 };
	ScanOutcome outcome;

	write_evidence(fixture);
	(void)trip_scan(&trip);
	once = case_dump(path);
	trip.hash_later = GPOINTER_TO_UINT(data);
	outcome = trip_scan(&trip);
	twice = case_dump(path);
	assert_same(once, twice);
	g_assert_cmpuint(outcome.totals.findings[LEVEL_HIGH], ==, 0); /* nothing is judged again */
	g_assert_cmpuint(outcome.totals.bytes_done, ==, outcome.totals.bytes_total);
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
	(void)trip_scan(&trip);
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
	assert_same(pieces, whole);
}

static void test_killed(Fixture *fixture, gconstpointer data)
{
	g_autofree char *whole_path = case_name(fixture, "whole.case");
	g_autofree char *path = case_name(fixture, "pieces.case");
	g_autofree char *whole = NULL;
	g_autofree char *pieces = NULL;
	Trip trip = { .fixture = fixture, .case_path = whole_path, .n_workers = 2 };

	write_evidence(fixture);
	(void)trip_scan(&trip);
	whole = case_dump(whole_path);
	trip.case_path = path;
	trip.hash_later = GPOINTER_TO_UINT(data);
	for (guint i = 0; i < 8; i++) {
		pid_t pid = fork();

		if (pid == 0) {
			(void)trip_scan(&trip);
			_exit(0);
		}
		g_usleep(20000 + 30000 * i);
		kill(pid, SIGKILL);
		g_assert_cmpint(waitpid(pid, NULL, 0), ==, pid);
	}
	(void)trip_scan(&trip);
	pieces = case_dump(path);
	assert_same(pieces, whole);
}

/* First one of them alone, then all: what was known already has its other paths judged. */
static void test_added(Fixture *fixture, gconstpointer data)
{
	g_autofree char *whole_path = case_name(fixture, "whole.case");
	g_autofree char *whole = NULL;
	Trip trip = { .fixture = fixture, .case_path = whole_path, .n_workers = 2 };

	write_evidence(fixture);
	(void)trip_scan(&trip);
	whole = case_dump(whole_path);
	for (const char *const *name =
			(const char *const[]){ "a", "one", "two/x.exe", "c.zip", NULL };
		*name; name++) {
		g_autofree char *first = g_build_filename(fixture->evidence, *name, NULL);
		g_autofree char *path = g_strconcat(fixture->folder, "/pieces.case", NULL);
		g_autofree char *pieces = NULL;

		(void)g_unlink(path);
		trip.case_path = path;
		trip.hash_later = GPOINTER_TO_UINT(data);
		trip.evidence = first;
		(void)trip_scan(&trip);
		trip.evidence = NULL;
		(void)trip_scan(&trip);
		pieces = case_dump(path);
		assert_same(pieces, whole);
	}
}

/* Equal files of two hosts are two findings, each of its own path; however it is named. */
static void test_named_together(Fixture *fixture, gconstpointer data)
{
	static const char *const names[][2] = { { "one", "two" }, { "one/x.exe", "two/x.exe" },
		{ "two/", "one/x.exe" } };

	write_rules(fixture);
	put_at(fixture, "one", "x.exe", "a needle");
	put_at(fixture, "two", "x.exe", "a needle");
	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *first = g_build_filename(fixture->evidence, names[i][0], NULL);
		g_autofree char *second = g_build_filename(fixture->evidence, names[i][1], NULL);
		g_autofree char *path = g_strdup_printf("%s/%u.case", fixture->folder, i);
		g_autofree char *rows = NULL;
		Trip trip = { .fixture = fixture,
			.case_path = path,
			.n_workers = 2,
			.evidence = first,
			.more_evidence = second };

		(void)trip_scan(&trip);
		rows = case_rows(path, found);
		g_assert_cmpstr(rows, ==,
			"bytes:needle|file one/x.exe|one/x.exe|file|\n"
			"bytes:needle|file two/x.exe|two/x.exe|file|\n"
			"file:.exe|file one/x.exe|one/x.exe|file|\n"
			"file:.exe|file two/x.exe|two/x.exe|file|\n");
	}
}

/* What was found at a path that holds other bytes now, or is of another time, is found no more. */
static void test_replaced(Fixture *fixture, gconstpointer data)
{
	g_autofree char *path = case_name(fixture, "pieces.case");
	g_autofree char *whole_path = case_name(fixture, "whole.case");
	g_autofree char *touched = g_build_filename(fixture->evidence, "two/x.exe", NULL);
	g_autofree char *whole = NULL;
	g_autofree char *pieces = NULL;
	const struct utimbuf time = { 1614679872, 1614679872 };
	Trip trip = { .fixture = fixture, .n_workers = 2, .case_path = path };

	write_evidence(fixture);
	(void)trip_scan(&trip);
	put_at(fixture, "one", "x.exe", "another");
	fixture_write(fixture->evidence, "c.zip", "no archive", -1);
	g_assert_cmpint(utime(touched, &time), ==, 0);
	(void)trip_scan(&trip);
	pieces = case_dump(path);
	trip.case_path = whole_path;
	(void)trip_scan(&trip);
	whole = case_dump(whole_path);
	assert_same(pieces, whole);
	g_assert_nonnull(strstr(whole, "2021-03-02T10:11:12"));
}

/* ---- trouble ---- */

/* A file that its judge dies of is told, and costs its judgement alone. */
static void test_poison(Fixture *fixture, gconstpointer data)
{
	g_autofree char *path = case_name(fixture, "a.case");
	g_autofree char *rows = NULL;
	Trip trip = { .fixture = fixture, .n_workers = 2, .case_path = path };
	ScanOutcome outcome;

	write_rules(fixture);
	put_at(fixture, ".", "bad.exe", "needle POISON");
	put_at(fixture, ".", "good.exe", "needle");
	outcome = trip_scan(&trip);
	g_assert_false(outcome.complete);
	rows = case_rows(path,
		"SELECT locator, title FROM v_finding UNION ALL "
		"SELECT kind, substr(note, 1, instr(note, ':')) FROM v_gap");
	g_assert_cmpstr(rows, ==,
		"file good.exe|file:.exe|\nfile good.exe|bytes:needle|\n"
		"worker|It was not judged as a file:|\n"); /* how it ended, sanitizers decide */
}

/* Twice what is mapped instead of read; the needle lies across two of its pages. */
static void test_large(Fixture *fixture, gconstpointer data)
{
	const gsize size = 2 * LIMIT_FILE_BUFFER_BYTES;
	g_autofree char *path = case_name(fixture, "a.case");
	g_autofree char *bytes = g_malloc0(size);
	g_autofree char *rows = NULL;
	const WrittenMember members[] = { { "first", "odd", 3 }, { "large", bytes, size } };
	g_autoptr(GByteArray) tar = NULL;
	Trip trip = { .fixture = fixture, .n_workers = 2, .case_path = path };

	write_rules(fixture);
	memcpy(bytes + size - 4096 - 3, "needle", 6);
	tar = archive_write("ustar", "gzip", NULL, members, 2);
	fixture_write(fixture->evidence, "a.tgz", (const char *)tar->data, (gssize)tar->len);
	fixture_write(fixture->evidence, "large", bytes, (gssize)size);
	g_assert_true(trip_scan(&trip).complete);
	rows = case_rows(path, found);
	g_assert_cmpstr(rows, ==,
		"bytes:needle|file a.tgz/large|a.tgz/large|file|\n"
		"bytes:needle|file large|large|file|\n");
}

static gpointer shrink_later(gpointer path)
{
	g_usleep(500000);
	g_assert_cmpint(truncate(path, 100), ==, 0);
	return NULL;
}

/* A file that shrinks under the eyes of its judge ends the worker, and is told. */
static void test_shrinking(Fixture *fixture, gconstpointer data)
{
	const gsize size = 2 * LIMIT_FILE_BUFFER_BYTES;
	g_autofree char *path = case_name(fixture, "a.case");
	g_autofree char *file = g_build_filename(fixture->evidence, "large", NULL);
	g_autofree char *bytes = g_malloc0(size);
	g_autofree char *rows = NULL;
	Trip trip = { .fixture = fixture, .n_workers = 2, .case_path = path };
	GThread *thread;

	write_rules(fixture);
	memcpy(bytes + size - 6, "WATCH!", 6);
	fixture_write(fixture->evidence, "large", bytes, (gssize)size);
	fixture_write(fixture->evidence, "x.exe", "needle", -1);
	thread = g_thread_new("shrink", shrink_later, file);
	g_assert_false(trip_scan(&trip).complete);
	g_thread_join(thread);
	rows = case_rows(path,
		"SELECT DISTINCT kind FROM gap UNION ALL "
		"SELECT locator FROM finding");
	g_assert_cmpstr(rows, ==, "changed|\nfile x.exe|\nfile x.exe|\n");
}

/* What is named a log and is none is told, wherever it lies; of what is named and no log, too. */
static void test_words(Fixture *fixture, gconstpointer data)
{
	g_autofree char *path = case_name(fixture, "a.case");
	g_autofree char *other_path = case_name(fixture, "b.case");
	g_autofree char *log = g_build_filename(fixture->evidence, "Security.evtx", NULL);
	g_autofree char *rows = NULL;
	g_autofree char *named = NULL;
	Trip trip = { .fixture = fixture, .n_workers = 2, .case_path = path };

	write_rules(fixture);
	put_at(fixture, ".", "Security.evtx", "garbage");
	put_at(fixture, ".", "picture.png", "whatever");
	g_assert_true(trip_scan(&trip).complete);
	rows = case_rows(path, "SELECT substr(path, -13), kind FROM v_gap");
	g_assert_cmpstr(rows, ==, "Security.evtx|unsupported|\n");
	trip.evidence = log;
	trip.case_path = other_path;
	g_assert_false(trip_scan(&trip).complete);
	named = case_rows(other_path, "SELECT kind, note FROM v_gap");
	g_assert_cmpstr(named, ==,
		"unreadable|It is called a log, but no reader knows its format: it was judged as a "
		"file alone, and none of its records.|\n");
}

/* Links to one file are files of their own; links elsewhere, pipes and so on are told. */
static void test_odd_files(Fixture *fixture, gconstpointer data)
{
	g_autofree char *path = case_name(fixture, "a.case");
	g_autofree char *file = g_build_filename(fixture->evidence, "a.exe", NULL);
	g_autofree char *hard = g_build_filename(fixture->evidence, "hard.exe", NULL);
	g_autofree char *soft = g_build_filename(fixture->evidence, "soft.exe", NULL);
	g_autofree char *loop = g_build_filename(fixture->evidence, "loop", NULL);
	g_autofree char *pipe = g_build_filename(fixture->evidence, "pipe.exe", NULL);
	g_autofree char *rows = NULL;
	Trip trip = { .fixture = fixture, .n_workers = 2, .case_path = path };

	write_rules(fixture);
	fixture_write(fixture->evidence, "a.exe", "bytes", -1);
	fixture_write(fixture->evidence, "n\xff.exe", "bytes", -1);
	g_assert_cmpint(link(file, hard), ==, 0);
	g_assert_cmpint(symlink("/bin/true", soft), ==, 0);
	g_assert_cmpint(symlink(".", loop), ==, 0);
	g_assert_cmpint(mkfifo(pipe, 0600), ==, 0);
	g_assert_false(trip_scan(&trip).complete);
	rows = case_rows(path,
		"SELECT locator FROM v_finding UNION ALL SELECT kind || ' ' || "
		"substr(path, -8) FROM v_gap ORDER BY 1");
	g_assert_cmpstr(rows, ==,
		"file a.exe|\nfile hard.exe|\nfile n\\xFF.exe|\nunreadable pipe.exe|\n"
		"unsupported nce/loop|\nunsupported soft.exe|\n");
}

#define ADD(name, function, hash_later)                                                            \
	g_test_add("/files/" name, Fixture, GUINT_TO_POINTER(hash_later), fixture_set_up,          \
		function, fixture_tear_down)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("any-number-of-workers", test_workers, 0);
	ADD("unasked", test_unasked, 0);
	ADD("once-more", test_again, 0);
	ADD("once-more-hashed-late", test_again, 1);
	ADD("interrupted", test_interrupted, 0);
	ADD("interrupted-hashed-late", test_interrupted, 1);
	ADD("killed", test_killed, 0);
	ADD("killed-hashed-late", test_killed, 1);
	ADD("added", test_added, 0);
	ADD("added-hashed-late", test_added, 1);
	ADD("named-together", test_named_together, 0);
	ADD("replaced", test_replaced, 0);
	ADD("poison", test_poison, 0);
	ADD("large", test_large, 0);
	ADD("shrinking", test_shrinking, 0);
	ADD("words", test_words, 0);
	ADD("odd-files", test_odd_files, 0);
	return g_test_run();
}
