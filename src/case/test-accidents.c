/* SPDX-License-Identifier: Apache-2.0 */
/*
 * That no accident (a full disk, a killed scan, a second writer, a strange file) costs what was
 * committed to a case, or passes without a clear word.
 */
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sqlite3.h>

#include "case/case-fixture.h"

static void test_not_a_case(Folder *f, gconstpointer unused)
{
	g_autofree char *foreign = g_build_filename(f->path, "foreign.db", NULL);
	g_autofree char *before = NULL;
	g_autofree char *after = NULL;
	sqlite3 *db = NULL;
	gsize size = 0, size_after = 0;

	assert_open_fails(f->file, CASE_READ, "no such case");
	g_assert_false(g_file_test(f->file, G_FILE_TEST_EXISTS));
	g_assert_true(g_file_set_contents(f->file, "<html>no database at all</html>\n", -1, NULL));
	assert_open_fails(f->file, CASE_READ, "not a case");
	assert_open_fails(f->file, CASE_WRITE, "not a case");
	g_assert_true(g_file_get_contents(f->file, &before, NULL, NULL));
	g_assert_cmpstr(before, ==, "<html>no database at all</html>\n");
	g_clear_pointer(&before, g_free);
	assert_open_fails(f->path, CASE_WRITE, "folder");

	g_assert_cmpint(sqlite3_open(foreign, &db), ==, SQLITE_OK);
	g_assert_cmpint(sqlite3_exec(db, "CREATE TABLE t (x)", NULL, NULL, NULL), ==, SQLITE_OK);
	g_assert_cmpint(sqlite3_close(db), ==, SQLITE_OK);
	g_assert_true(g_file_get_contents(foreign, &before, &size, NULL));
	assert_open_fails(foreign, CASE_READ, "another program");
	assert_open_fails(foreign, CASE_WRITE, "another program");
	g_assert_true(g_file_get_contents(foreign, &after, &size_after, NULL));
	g_assert_cmpmem(before, size, after, size_after);
}

static void change_schema(const char *path, const char *sql)
{
	sqlite3 *db = NULL;

	g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
	g_assert_cmpint(sqlite3_exec(db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
	g_assert_cmpint(sqlite3_close(db), ==, SQLITE_OK);
}

static void test_newer_version(Folder *f, gconstpointer unused)
{
	case_close(open_for_run(f->file, "rules-1"));
	change_schema(f->file, "PRAGMA user_version = 5");
	assert_open_fails(f->file, CASE_READ, "newer spoor");
	assert_open_fails(f->file, CASE_WRITE, "newer spoor");
	change_schema(f->file, "PRAGMA user_version = 1");
	assert_open_fails(f->file, CASE_READ, "older spoor");
	assert_open_fails(f->file, CASE_WRITE, "older spoor");
}

/* A stranger's case: additions are fine, other tables under the same names are not. */
static void test_changed_schema(Folder *f, gconstpointer unused)
{
	case_close(open_for_run(f->file, "rules-1"));
	change_schema(f->file,
		"CREATE VIEW mine AS SELECT * FROM v_finding;"
		"CREATE INDEX my_index ON finding (host)");
	case_close(open_for_run(f->file, "rules-1"));
	change_schema(f->file,
		"DROP VIEW mine; DROP VIEW v_finding; CREATE VIEW v_finding AS "
		"SELECT NULL AS id");
	assert_open_fails(f->file, CASE_READ, "not those of a case");
	assert_open_fails(f->file, CASE_WRITE, "not those of a case");
}

static void test_one_writer(Folder *f, gconstpointer unused)
{
	Case *c = open_for_run(f->file, "rules-1");
	Case *reader;
	g_autoptr(GError) error = NULL;

	add_rule(c);
	g_assert_true(case_commit(c, &error)); /* in between two transactions, too */
	assert_open_fails(f->file, CASE_WRITE, "in use");
	reader = case_open(f->file, CASE_READ, &error);
	g_assert_no_error(error);
	assert_answer(reader, "SELECT count(*) FROM rule", "1\n");
	g_assert_false(case_query(reader, "DELETE FROM rule", NULL, append_row, NULL, &error));
	g_assert_error(error, SPOOR_ERROR, SPOOR_ERROR_USAGE);
	case_close(reader);
	case_close(c);
	case_close(open_for_run(f->file, "rules-1"));
}

typedef struct CommitWhileReading {
	Case *writer;
	guint rows;
} CommitWhileReading;

static gboolean commit_while_reading(void *context, guint n_columns, const char *const *columns)
{
	CommitWhileReading *both = context;
	g_autoptr(GError) error = NULL;

	add_finding(both->writer, SHA_A, 100 + both->rows++);
	g_assert_true(case_commit(both->writer, &error)); /* put off, not failed */
	g_assert_no_error(error);
	return TRUE;
}

/* Somebody pages through a listing: the scan goes on, and commits once they are through. */
static void test_reader_delays_commit(Folder *f, gconstpointer unused)
{
	Case *c = open_for_run(f->file, "rules-1");
	g_autoptr(Case) reader = NULL;
	g_autoptr(GError) error = NULL;
	CommitWhileReading both = { c, 0 };

	add_rule(c);
	(void)add_evidence(c, SHA_A, "a");
	for (guint i = 0; i < 3; i++)
		add_finding(c, SHA_A, i);
	g_assert_true(case_commit(c, &error));
	reader = case_open(f->file, CASE_READ, &error);
	g_assert_no_error(error);
	g_assert_true(case_query(
		reader, "SELECT id FROM finding", NULL, commit_while_reading, &both, &error));
	g_assert_cmpuint(both.rows, ==, 3);
	end_run(c, "complete");
	case_close(c);
	assert_answer(reader, "SELECT count(*) FROM finding", "6\n");
}

static void assert_only_file(const Folder *f)
{
	g_autoptr(GDir) dir = g_dir_open(f->path, 0, NULL);

	g_assert_cmpstr(g_dir_read_name(dir), ==, "a.case");
	g_assert_null(g_dir_read_name(dir));
}

/* A child writes and is killed in the middle: what it committed is there, the rest never was. */
static void test_killed(Folder *f, gconstpointer unused)
{
	Case *c = NULL;
	g_autoptr(GError) error = NULL;
	int pipe_fds[2], status = 0;
	char byte;
	pid_t child;

	g_assert_cmpint(pipe(pipe_fds), ==, 0);
	child = fork();
	g_assert_cmpint(child, >=, 0);
	if (child == 0) {
		c = open_for_run(f->file, "rules-1");
		add_rule(c);
		(void)add_evidence(c, SHA_A, "a.evtx");
		for (guint i = 0; i < 100; i++)
			add_finding(c, SHA_A, i);
		finish_evidence(c, SHA_A);
		g_assert_true(case_commit(c, NULL));
		(void)add_evidence(c, SHA_B, "b.evtx");
		for (guint i = 0; i < 20000; i++)
			add_finding(c, SHA_B, i);
		g_assert_cmpint(write(pipe_fds[1], "x", 1), ==, 1);
		for (guint i = 20000;; i++)
			add_finding(c, SHA_B, i);
	}
	g_assert_cmpint(read(pipe_fds[0], &byte, 1), ==, 1);
	g_assert_cmpint(kill(child, SIGKILL), ==, 0);
	g_assert_cmpint(waitpid(child, &status, 0), ==, child);
	g_assert_true(WIFSIGNALED(status));
	(void)close(pipe_fds[0]);
	(void)close(pipe_fds[1]);

	c = case_open(f->file, CASE_READ, &error);
	g_assert_no_error(error);
	assert_answer(
		c, "SELECT count(*) FROM finding WHERE evidence_sha256 = '" SHA_A "'", "100\n");
	assert_answer(c, "PRAGMA integrity_check", "ok\n");
	assert_answer(c, "SELECT outcome FROM run", "interrupted\n");
	case_close(c);

	c = open_for_run(f->file, "rules-1");
	g_assert_cmpint(add_evidence(c, SHA_A, "a.evtx"), ==, EVIDENCE_DONE);
	g_assert_cmpint(add_evidence(c, SHA_B, "b.evtx"), ==, EVIDENCE_NEW);
	assert_answer(c, "SELECT count(*) FROM finding", "100\n");
	end_run(c, "complete");
	case_close(c);
	assert_only_file(f);
}

/* Files may not grow beyond a limit, which fails as a full disk does: commits before it stay. */
static void test_full_disk(Folder *f, gconstpointer unused)
{
	g_autoptr(GError) error = NULL;
	Case *c = open_for_run(f->file, "rules-1");
	struct rlimit kept, small;
	gboolean failed = FALSE;

	add_rule(c);
	(void)add_evidence(c, SHA_A, "a.evtx");
	add_finding(c, SHA_A, 1);
	finish_evidence(c, SHA_A);
	g_assert_true(case_commit(c, NULL));

	g_assert_cmpint(getrlimit(RLIMIT_FSIZE, &kept), ==, 0);
	small = kept;
	small.rlim_cur = 1 << 20;
	(void)sigaction(SIGXFSZ, &(struct sigaction){ .sa_handler = SIG_IGN }, NULL);
	g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &small), ==, 0);
	(void)add_evidence(c, SHA_B, "b.evtx");
	for (guint i = 0; i < 20000 && !failed; i++)
		failed = !try_finding(c, SHA_B, i, &error);
	if (!failed)
		failed = !case_commit(c, &error);
	g_assert_true(failed);
	g_assert_error(error, SPOOR_ERROR, SPOOR_ERROR_STORE);
	g_assert_nonnull(strstr(error->message, "what was committed so far is kept"));
	/* It stays failed: nothing is written behind the loss. */
	g_assert_false(try_finding(c, SHA_B, 99999, NULL));
	g_assert_false(case_commit(c, NULL));
	case_close(c);
	g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &kept), ==, 0);

	c = open_for_run(f->file, "rules-1");
	assert_answer(c, "PRAGMA integrity_check", "ok\n");
	assert_answer(c, "SELECT count(*) FROM finding", "1\n");
	g_assert_cmpint(add_evidence(c, SHA_A, "a.evtx"), ==, EVIDENCE_DONE);
	case_close(c);
	assert_only_file(f);
}

static void test_no_folder(Folder *f, gconstpointer unused)
{
	g_autofree char *path = g_build_filename(f->path, "nowhere", "a.case", NULL);
	g_autoptr(GError) error = NULL;

	g_assert_null(case_open(path, CASE_WRITE, &error));
	g_assert_error(error, SPOOR_ERROR, SPOOR_ERROR_SYSTEM);
	g_assert_nonnull(strstr(error->message, path));
}

static void test_read_only(Folder *f, gconstpointer unused)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Case) c = NULL;

	if (getuid() == 0) {
		g_test_skip("root may write everywhere");
		return;
	}
	case_close(open_for_run(f->file, "rules-1"));
	g_assert_cmpint(g_chmod(f->path, 0500), ==, 0);
	g_assert_cmpint(g_chmod(f->file, 0400), ==, 0);
	c = case_open(f->file, CASE_WRITE, &error);
	g_assert_null(c);
	g_assert_nonnull(error);
	g_clear_error(&error);
	c = case_open(f->file, CASE_READ, &error);
	g_assert_no_error(error);
	assert_answer(c, "SELECT count(*) FROM run", "1\n");
	g_assert_cmpint(g_chmod(f->path, 0700), ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	hash_warm_up();
	add_test("/accidents/not-a-case", test_not_a_case);
	add_test("/accidents/newer-version", test_newer_version);
	add_test("/accidents/changed-schema", test_changed_schema);
	add_test("/accidents/one-writer", test_one_writer);
	add_test("/accidents/reader-delays-commit", test_reader_delays_commit);
	add_test("/accidents/killed", test_killed);
	add_test("/accidents/full-disk", test_full_disk);
	add_test("/accidents/no-folder", test_no_folder);
	add_test("/accidents/read-only", test_read_only);
	return g_test_run();
}
