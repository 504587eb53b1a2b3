/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Intelligence on its way from the files to the case, with the tests' worker: what becomes of
 * sources, of indicators that are found, and of the store that is made of them.
 */
#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "coordinator/temporary.h"
#include "coordinator/test-case-support.h"
#include "coordinator/tool.h"
#include "sandbox/sandbox.h"

static char *scan(const Fixture *fixture, const char *name, ScanOutcome *ret)
{
	char *path = g_build_filename(fixture->folder, name, NULL);
	const Trip trip = { .fixture = fixture, .case_path = path, .n_workers = 2 };

	*ret = trip_scan(&trip);
	return path;
}

static void assert_rows(const char *path, const char *query, const char *expected)
{
	g_autofree char *rows = case_rows(path, query);

	g_assert_cmpstr(rows, ==, expected);
}

/* Each at its own level; the rule's is another. */
static void test_found(Fixture *fixture, gconstpointer data)
{
	g_autofree char *path = NULL;
	ScanOutcome outcome;

	fixture_write(fixture->intel, "a.list", "one 4\ntwo 0\nthree 5\nfour 1\n", -1);
	fixture_script(fixture, "a", "one two fine three one");
	path = scan(fixture, "a.case", &outcome);
	g_assert_cmpuint(outcome.n_indicators, ==, 4);
	g_assert_cmpuint(outcome.rules_loaded, ==, 0);
	assert_rows(path, "SELECT title, level, locator FROM v_finding ORDER BY offset",
		"{\"word\":\"one\"}|critical|record 1 at 0x8|\n"
		"{\"word\":\"two\"}|informational|record 2 at 0x18|\n"
		"{\"word\":\"three\"}|medium|record 4 at 0x38|\n" /* the rule's own */
		"{\"word\":\"one\"}|critical|record 5 at 0x48|\n");
	assert_rows(path, "SELECT kind, level, source FROM rule ORDER BY kind, source",
		"indicator|medium|{\"word\":\"one\"}|\nindicator|medium|{\"word\":\"three\"}|\n"
		"indicator|medium|{\"word\":\"two\"}|\nindicators|medium||\n");
	assert_rows(path,
		"SELECT kind, status, findings, worst_rank FROM v_rule_summary "
		"ORDER BY kind, sha256 = '', worst_rank",
		"indicator|fired|1|0|\nindicator|fired|1|2|\nindicator|fired|2|4|\n"
		"indicators|fired|0|0|\n");
	g_assert_cmpuint(outcome.totals.findings[LEVEL_CRITICAL], ==, 2);
	g_assert_cmpuint(outcome.totals.findings[LEVEL_MEDIUM], ==, 1);
	assert_rows(path, "SELECT sum(critical), sum(medium) FROM v_host", "2|1|\n");
}

/* Nothing of a set was found; or there was nothing to look at. */
static void test_not_found(Fixture *fixture, gconstpointer data)
{
	g_autofree char *path = NULL, *empty = NULL;
	ScanOutcome outcome;

	fixture_write(fixture->intel, "a.list", "one 4\n", -1);
	empty = scan(fixture, "empty.case", &outcome);
	assert_rows(empty, "SELECT status FROM v_rule_summary", "not applicable|\n");
	fixture_script(fixture, "a", "fine");
	path = scan(fixture, "a.case", &outcome);
	assert_rows(path, "SELECT status FROM v_rule_summary", "quiet|\n");
}

/* An indicator leaves the case with the evidence it was found in. */
static void test_gone(Fixture *fixture, gconstpointer data)
{
	g_autofree char *path = NULL, *again = NULL;
	ScanOutcome outcome;

	fixture_write(fixture->intel, "a.list", "one 4\ntwo 4\n", -1);
	fixture_script(fixture, "a", "one");
	path = scan(fixture, "a.case", &outcome);
	assert_rows(
		path, "SELECT title FROM rule WHERE kind = 'indicator'", "{\"word\":\"one\"}|\n");
	fixture_script(fixture, "a", "two");
	again = scan(fixture, "a.case", &outcome);
	assert_rows(
		path, "SELECT title FROM rule WHERE kind = 'indicator'", "{\"word\":\"two\"}|\n");
	/* And it stays where a scan has nothing to read. */
	g_free(again);
	again = scan(fixture, "a.case", &outcome);
	assert_rows(
		path, "SELECT title FROM rule WHERE kind = 'indicator'", "{\"word\":\"two\"}|\n");
}

/* A folder is read in the order of its names; rules in other languages go to their engines. */
static void test_sources(Fixture *fixture, gconstpointer data)
{
	g_autofree char *second = g_build_filename(fixture->intel, "b.list", NULL);
	g_autofree char *path = NULL;
	ScanOutcome outcome;

	fixture_write(fixture->intel, "b.list", "one 4\n-bad\n+rule\n", -1);
	fixture_write(fixture->intel, "a.list", "two 0\n", -1);
	fixture_script(fixture, "a", "rule fine one");
	path = scan(fixture, "a.case", &outcome);
	assert_rows(path,
		"SELECT number, path, format, accepted, rules, rejected, kinds FROM intel_source",
		"1|a.list|words|1|0|0|{\"mutex\":1}|\n2|b.list|words|1|1|1|{\"mutex\":1}|\n");
	assert_rows(path, "SELECT source, ordinal, kind, line, value, reason FROM intel_note",
		"2|0|rejected|2|bad|It is bad.|\n");
	assert_rows(path, "SELECT path, kind, status FROM v_rule_summary ORDER BY path, kind",
		"a.list|indicators|quiet|\nb.list|indicator|fired|\nb.list|indicators|fired|\n"
		"b.list#rule|detection|fired|\n");
	/* Another judgement, and another set of sources. */
	g_assert_cmpint(g_remove(second), ==, 0);
	g_free(path);
	path = scan(fixture, "a.case", &outcome);
	assert_rows(path, "SELECT path FROM intel_source", "a.list|\n");
	assert_rows(path, "SELECT count(*) FROM intel_note", "0|\n");
	assert_rows(path, "SELECT count(*) FROM finding", "0|\n");
}

/* However much a source has to say, as much is told as has room; all is counted. */
static void test_many_notes(Fixture *fixture, gconstpointer data)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autofree char *path = NULL;
	ScanOutcome outcome;

	for (guint i = 0; i < LIMIT_INTEL_NOTES_PER_SOURCE + 10; i++)
		g_string_append_printf(text, "-%u\n", i);
	fixture_write(fixture->intel, "a.list", text->str, -1);
	fixture_write(fixture->intel, "b.list", "-bad\n", -1);
	path = scan(fixture, "a.case", &outcome);
	assert_rows(path, "SELECT path, rejected FROM intel_source", "a.list|1010|\nb.list|1|\n");
	assert_rows(
		path, "SELECT source, count(*) FROM intel_note GROUP BY source", "1|1000|\n2|1|\n");
}

/* What an engine can not judge of an event is a gap at its place. */
static void test_gaps(Fixture *fixture, gconstpointer data)
{
	g_autofree char *path = NULL;
	ScanOutcome outcome;

	fixture_write(fixture->intel, "a.list", "?big 4\n", -1);
	fixture_script(fixture, "a", "fine fine big");
	path = scan(fixture, "a.case", &outcome);
	assert_rows(path, "SELECT kind, offset, records, note FROM gap",
		"limit|40|1|That word is too much.|\n");
	g_assert_false(outcome.complete);
}

/* A file that is none, or can not be read, is told of and stops nothing. */
static void test_unreadable(Fixture *fixture, gconstpointer data)
{
	g_autofree char *fifo = g_build_filename(fixture->intel, "a.fifo", NULL);
	g_autofree char *path = NULL;
	ScanOutcome outcome;

	g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
	fixture_write(fixture->intel, "b.list", "one 1\n", -1);
	fixture_write(fixture->intel, "c.list", "", -1);
	fixture_script(fixture, "a", "one");
	path = scan(fixture, "a.case", &outcome);
	assert_rows(path, "SELECT path, format, accepted, rejected FROM intel_source",
		"a.fifo||0|1|\nb.list|words|1|0|\nc.list|words|0|0|\n");
	g_assert_cmpuint(outcome.totals.findings[LEVEL_LOW], ==, 1);
}

/* Many more than there is room for in one message, task or table of the coordinator's own. */
static void test_many(Fixture *fixture, gconstpointer data)
{
	g_autofree char *path = NULL;
	ScanOutcome outcome;

	fixture_write(fixture->intel, "a.list", "*200\n", -1);
	fixture_script(fixture, "a", "w0 w7 w199 w200 w7");
	path = scan(fixture, "a.case", &outcome);
	g_assert_cmpuint(outcome.n_indicators, ==, 200);
	assert_rows(path, "SELECT title, count(*) FROM v_finding GROUP BY title ORDER BY title",
		"{\"word\":\"w0\"}|1|\n{\"word\":\"w199\"}|1|\n{\"word\":\"w7\"}|2|\n");
}

/* ---- PDF files, by a program that is not ours ---- */

/* A page that says @text; the offsets of a real file's table are left out, which readers mend. */
static void write_pdf(const char *folder, const char *name, const char *text)
{
	g_autofree char *stream = g_strdup_printf("BT /F1 12 Tf 72 720 Td (%s) Tj ET", text);
	g_autofree char *pdf = g_strdup_printf(
		"%%PDF-1.4\n"
		"1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
		"2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n"
		"3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
		"/Resources << /Font << /F1 5 0 R >> >> >>\nendobj\n"
		"4 0 obj\n<< /Length %zu >>\nstream\n%s\nendstream\nendobj\n"
		"5 0 obj\n<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>\nendobj\n"
		"trailer\n<< /Root 1 0 R /Size 6 >>\n%%%%EOF\n",
		strlen(stream), stream);

	fixture_write(folder, name, pdf, -1);
}

static gboolean has_program(const char *path)
{
	if (g_file_test(path, G_FILE_TEST_IS_EXECUTABLE))
		return TRUE;
	g_autofree char *why = g_strdup_printf("%s is not there", path);

	g_test_skip(why);
	return FALSE;
}

/* Each PDF file is read as its text, in its place; what is none is told. */
static void test_pdf(Fixture *fixture, gconstpointer data)
{
	g_autofree char *path = NULL;
	ScanOutcome outcome;

	if (!has_program("/usr/bin/pdftotext"))
		return;
	write_pdf(fixture->intel, "a.pdf", "one 4");
	fixture_write(fixture->intel, "b.pdf", "%PDF-1.4 and no more", -1);
	write_pdf(fixture->intel, "c.bin", "two 1");
	fixture_script(fixture, "a", "one fine two");
	path = scan(fixture, "a.case", &outcome);
	assert_rows(path, "SELECT path, format, accepted FROM intel_source",
		"a.pdf|words|1|\nb.pdf||0|\nc.bin|words|1|\n");
	assert_rows(path,
		"SELECT reason LIKE '%pdftotext (poppler-utils)%could not read it' "
		"FROM intel_note",
		"1|\n");
	g_assert_cmpuint(outcome.totals.findings[LEVEL_CRITICAL], ==, 1);
	g_assert_cmpuint(outcome.totals.findings[LEVEL_LOW], ==, 1);
}

/* What @program says of @script, confined or not; NULL where it ends badly. */
static char *run_tool(
	const char *program, const char *option, const char *script, gboolean confined)
{
	const char *const argv[] = { program, option, script, NULL };
	int in = open("/dev/null", O_RDONLY | O_CLOEXEC), out = temporary_open(NULL);
	char text[256] = "";
	gboolean fine;

	g_assert_cmpint(in, >=, 0);
	g_assert_cmpint(out, >=, 0);
	fine = tool_run(argv, in, out, confined, NULL);
	g_assert_cmpint(pread(out, text, sizeof text - 1, 0), >=, 0);
	(void)close(in);
	(void)close(out);
	return fine ? g_strdup(text) : NULL;
}

/* And only there. */
static void assert_fails_confined(const char *program, const char *script)
{
	g_autofree char *confined = run_tool(program, "-c", script, TRUE);
	g_autofree char *free = run_tool(program, "-c", script, FALSE);

	g_test_message("%s", script);
	g_assert_null(confined);
	g_assert_nonnull(free);
}

/* It can compute and say what it found, and that is all. */
static void test_confined(Fixture *fixture, gconstpointer data)
{
	g_autofree char *target = g_build_filename(fixture->folder, "written", NULL);
	g_autofree char *write_it = g_strdup_printf("echo x > %s", target);
	g_autofree char *read_it = g_strdup_printf("read x < %s/known", fixture->folder);
	g_autofree char *said = NULL;
	/* What Landlock alone would let pass, some of it on older kernels only. */
	static const char *const changes[] = { "os.chmod(path, 0o600)", "os.utime(path, (1, 1))",
		"os.chown(path, os.getuid(), os.getgid())", "os.truncate(path, 3)",
		"os.open(path, os.O_RDONLY | os.O_TRUNC)" };

	if (!sandbox_is_built()) {
		g_test_skip("this build has no seal");
		return;
	}
	fixture_write(fixture->folder, "known", "secret\n", -1);
	said = run_tool("/bin/sh", "-c", "echo fine", TRUE);
	g_assert_cmpstr(said, ==, "fine\n");
	g_free(said);
	said = run_tool("/bin/sh", "-c", write_it, TRUE);
	g_assert_null(said);
	g_assert_false(g_file_test(target, G_FILE_TEST_EXISTS));
	assert_fails_confined("/bin/sh", read_it);
	assert_fails_confined("/bin/sh", "/bin/true | /bin/true"); /* processes of its own */
	assert_fails_confined("/bin/sh", "kill -0 $PPID");
	if (!has_program("/usr/bin/python3"))
		return;
	for (guint i = 0; i < G_N_ELEMENTS(changes); i++) {
		g_autofree char *change = g_strdup_printf(
			"import os; path = '%s/known'; %s", fixture->folder, changes[i]);

		assert_fails_confined("/usr/bin/python3", change);
	}
	assert_fails_confined("/usr/bin/python3", "import socket; socket.socket()");
}

/* ---- questions ---- */

static void append_source(void *context, const IntelSource *source, const IntelNote *notes, guint n)
{
	g_string_append_printf(context, "%s %s %" G_GUINT64_FORMAT "\n", source->path,
		source->format, source->accepted);
	for (guint i = 0; i < n; i++)
		g_string_append_printf(
			context, "%u %s: %s\n", notes[i].line, notes[i].value, notes[i].reason);
}

static void append_indicator(void *context, guint value, const RuleInfo *indicator)
{
	g_string_append_printf(context, "%u is %s\n", value, indicator->title);
}

static char *ask(
	const Fixture *fixture, const char *source, const IntelQuestion *question, GError **error)
{
	const char *const intel[] = { source, NULL };
	const ScanOptions options = {
		.content = { .intel = intel, .tables = fixture->tables },
		.sandbox = TRUE,
		.worker_path = fixture->worker,
	};
	g_autoptr(GString) text = g_string_new(NULL);
	const IntelAnswers answers = {
		.source = append_source, .indicator = append_indicator, .context = text
	};

	if (!scan_ask_intel(&options, question, &answers, error))
		return NULL;
	return g_string_free(g_steal_pointer(&text), FALSE);
}

static void test_check(Fixture *fixture, gconstpointer data)
{
	const char *const values[] = { "two", "none", "one", NULL };
	const IntelQuestion question = { .values = values };
	g_autoptr(GError) error = NULL;
	g_autofree char *text = NULL;

	fixture_write(fixture->intel, "a.list", "one 4\n-bad\n", -1);
	fixture_write(fixture->intel, "b.list", "two 1\none 1\n", -1);
	text = ask(fixture, fixture->intel, &question, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(text, ==,
		"a.list words 1\n2 bad: It is bad.\nb.list words 2\n0 is {\"word\":\"two\"}\n"
		"2 is {\"word\":\"one\"}\n2 is {\"word\":\"one\"}\n");
}

/* A store is there whole, or not at all, and is itself intelligence. */
static void test_store(Fixture *fixture, gconstpointer data)
{
	g_autofree char *path = g_build_filename(fixture->folder, "x.list", NULL);
	g_autofree char *nowhere = g_build_filename(fixture->folder, "no", "x.list", NULL);
	const IntelQuestion question = { .store = path }, wrong = { .store = nowhere };
	g_autoptr(GError) error = NULL;
	g_autofree char *text = NULL, *store = NULL, *again = NULL, *failed = NULL;

	fixture_write(fixture->intel, "a.list", "-bad\n", -1);
	failed = ask(fixture, fixture->intel, &question, &error);
	g_assert_null(failed);
	g_assert_nonnull(strstr(error->message, "no indicator"));
	g_clear_error(&error);
	g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));

	fixture_write(fixture->intel, "b.list", "one 4\n*100000\n", -1); /* more than a piece */
	failed = ask(fixture, fixture->intel, &wrong, &error);
	g_assert_null(failed);
	g_assert_nonnull(strstr(error->message, "No such file"));
	g_clear_error(&error);
	text = ask(fixture, fixture->intel, &question, &error);
	g_assert_no_error(error);
	g_assert_true(g_file_get_contents(path, &store, NULL, NULL));
	g_assert_true(g_str_has_prefix(store, "one 4\nw0 1\n"));
	g_assert_true(g_str_has_suffix(store, "w99999 1\n"));
	again = ask(fixture, path, &question, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(again, ==, "x.list words 100001\n");
}

#define ADD(name, function)                                                                        \
	g_test_add("/intel/" name, Fixture, NULL, fixture_set_up, function, fixture_tear_down)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("found", test_found);
	ADD("not-found", test_not_found);
	ADD("gone", test_gone);
	ADD("sources", test_sources);
	ADD("many-notes", test_many_notes);
	ADD("gaps", test_gaps);
	ADD("unreadable", test_unreadable);
	ADD("many", test_many);
	ADD("pdf", test_pdf);
	ADD("confined-program", test_confined);
	ADD("check", test_check);
	ADD("store", test_store);
	return g_test_run();
}
