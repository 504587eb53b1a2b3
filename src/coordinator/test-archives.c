/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Evidence inside evidence, from the walk to the case, with the tests' worker: it is judged as if
 * it lay beside it, and whatever happens on the way the case ends the same.
 */
#include <glib.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "archive-writer.h"
#include "base/limits.h"
#include "coordinator/test-case-support.h"

#define PARTS_MAX 8

typedef struct Part {
	const char *name, *script;
} Part;

static const Part parts[] = {
	{ "a", "know:x 8*slow evil know:y 8*slow" },
	{ "b", "learn:x 10*slow exit evil 8*slow" },
	{ "c", "30*slow 2*missing evil know:x" },
	{ "d", "learn:y 4*slow know:y" },
	{ "unknown", NULL },
};

/* The bytes of a piece of evidence. */
static GByteArray *part_bytes(const Part *part)
{
	return part->script
		? script_bytes(part->script)
		: g_byte_array_append(g_byte_array_new(), (const guint8 *)"no reader's", 11);
}

static GByteArray *pack(const char *format, const char *filter, const Part *from, guint n)
{
	WrittenMember members[PARTS_MAX];
	GByteArray *bytes[PARTS_MAX], *ret;

	g_assert_cmpuint(n, <=, PARTS_MAX);
	for (guint i = 0; i < n; i++) {
		bytes[i] = part_bytes(&from[i]);
		members[i] = (WrittenMember){ from[i].name, bytes[i]->data, bytes[i]->len };
	}
	ret = archive_write(format, filter, NULL, members, n);
	for (guint i = 0; i < n; i++)
		g_byte_array_unref(bytes[i]);
	return ret;
}

static void put(const Fixture *fixture, const char *name, GByteArray *bytes)
{
	fixture_write(fixture->evidence, name, (const char *)bytes->data, (gssize)bytes->len);
	g_byte_array_unref(bytes);
}

static void write_rules(const Fixture *fixture)
{
	fixture_write(fixture->rules, "evil.rule", "evil\n", -1);
	fixture_write(fixture->rules, "known.rule", "know:x\n", -1);
}

/* a and b in a zip that is in a tar with c; d alone in a gz. */
static void write_archives(const Fixture *fixture)
{
	g_autoptr(GByteArray) zip = pack("zip", NULL, parts, 2);
	g_autoptr(GByteArray) c = part_bytes(&parts[2]);
	const WrittenMember members[] = { { "inner.zip", zip->data, zip->len },
		{ "c", c->data, c->len } };

	write_rules(fixture);
	put(fixture, "all.tgz", archive_write("paxr", "gzip", NULL, members, 2));
	put(fixture, "d.gz", pack("raw", "gzip", &parts[3], 1));
	put(fixture, "e.zip", pack("zip", NULL, &parts[2], 3));
}

static char *case_name(const Fixture *fixture, const char *name)
{
	return g_build_filename(fixture->folder, name, NULL);
}

static char *scan_whole(Trip *trip, const char *name)
{
	g_autofree char *path = case_name(trip->fixture, name);

	trip->case_path = path;
	(void)trip_scan(trip);
	return case_dump(path);
}

static const char found[] =
	"SELECT id, evidence_sha256, locator, recovered, time, event FROM v_finding ORDER BY id";

/* What lies in archives gives the findings that it gives outside, whoever reads it. */
static void test_inside(Fixture *fixture, gconstpointer data)
{
	g_autofree char *outside_path = case_name(fixture, "outside.case");
	g_autofree char *outside = NULL;
	g_autofree char *first = NULL;
	Trip trip = { .fixture = fixture, .case_path = outside_path, .n_workers = 2 };

	write_rules(fixture);
	for (guint i = 0; i < G_N_ELEMENTS(parts); i++)
		put(fixture, parts[i].name, part_bytes(&parts[i]));
	g_assert_cmpuint(trip_scan(&trip).totals.findings[LEVEL_HIGH], ==, 5);
	outside = case_rows(outside_path, found);
	for (guint i = 0; i < G_N_ELEMENTS(parts); i++) {
		g_autofree char *path = g_build_filename(fixture->evidence, parts[i].name, NULL);

		g_assert_cmpint(g_unlink(path), ==, 0);
	}
	write_archives(fixture);
	for (guint n = 1; n <= 4; n++) {
		g_autofree char *name = g_strdup_printf("%u.case", n);
		g_autofree char *path = case_name(fixture, name);
		g_autofree char *inside = NULL;
		g_autofree char *text = NULL;
		ScanOutcome outcome;

		trip = (Trip){
			.fixture = fixture, .case_path = path, .n_workers = n, .hash_later = n > 2
		};
		outcome = trip_scan(&trip);
		inside = case_rows(path, found);
		g_assert_cmpstr(inside, ==, outside);
		g_assert_cmpuint(outcome.totals.bytes_done, ==, outcome.totals.bytes_total);
		g_assert_cmpuint(outcome.totals.n_evidence_done, ==, outcome.totals.n_evidence);
		text = case_dump(path);
		if (!first)
			first = g_steal_pointer(&text);
		else
			g_assert_cmpstr(text, ==, first);
	}
	g_assert_nonnull(strstr(first, "/all.tgz/inner.zip/a|"));
	g_assert_nonnull(strstr(first, "/d.gz/d|"));
	g_assert_nonnull(strstr(first, "1 member, such as unknown"));
}

static gpointer interrupt_later(gpointer flag)
{
	g_usleep(60000);
	g_atomic_int_set((gint *)flag, 1);
	return NULL;
}

static void test_interrupted(Fixture *fixture, gconstpointer data)
{
	g_autofree char *path = case_name(fixture, "pieces.case");
	g_autofree char *whole = NULL;
	g_autofree char *pieces = NULL;
	Trip trip = { .fixture = fixture, .n_workers = 1 };
	ScanOutcome outcome;
	guint n = 0;

	write_archives(fixture);
	whole = scan_whole(&trip, "whole.case");
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
	g_autofree char *path = case_name(fixture, "pieces.case");
	g_autofree char *whole = NULL;
	g_autofree char *pieces = NULL;
	Trip trip = { .fixture = fixture, .n_workers = 2 };

	write_archives(fixture);
	whole = scan_whole(&trip, "whole.case");
	trip.case_path = path;
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
	g_assert_cmpstr(pieces, ==, whole);
}

/* What is learnt from evidence that comes later is put to use inside archives that were done. */
static void test_added(Fixture *fixture, gconstpointer data)
{
	g_autofree char *path = case_name(fixture, "pieces.case");
	g_autofree char *first = g_build_filename(fixture->evidence, "e.zip", NULL);
	g_autofree char *whole = NULL;
	g_autofree char *pieces = NULL;
	Trip trip = { .fixture = fixture, .n_workers = 2 };

	write_archives(fixture);
	whole = scan_whole(&trip, "whole.case");
	trip.case_path = path;
	trip.evidence = first;
	(void)trip_scan(&trip);
	trip.evidence = NULL;
	(void)trip_scan(&trip);
	pieces = case_dump(path);
	g_assert_cmpstr(pieces, ==, whole);
	g_assert_cmpuint(trip_scan(&trip).totals.events, ==, 0); /* nothing is read again */
}

/* An archive that another one took the place of leaves nothing behind. */
static void test_replaced(Fixture *fixture, gconstpointer data)
{
	static const char left[] =
		"SELECT path, sha256 FROM evidence_path UNION ALL "
		"SELECT archive_sha256, sha256 FROM member UNION ALL "
		"SELECT sha256, state FROM evidence UNION ALL "
		"SELECT id, '' FROM finding UNION ALL SELECT evidence_sha256, note FROM gap";
	g_autofree char *path = case_name(fixture, "pieces.case");
	g_autofree char *whole_path = case_name(fixture, "whole.case");
	g_autofree char *whole = NULL;
	g_autofree char *pieces = NULL;
	Trip trip = { .fixture = fixture, .n_workers = 2, .case_path = path };

	write_rules(fixture);
	put(fixture, "x.zip", pack("zip", NULL, &parts[2], 2));
	g_assert_cmpuint(trip_scan(&trip).totals.findings[LEVEL_HIGH], ==, 1);
	put(fixture, "x.zip", pack("zip", NULL, &parts[3], 2));
	(void)trip_scan(&trip);
	pieces = case_rows(path, left);
	trip.case_path = whole_path;
	(void)trip_scan(&trip);
	whole = case_rows(whole_path, left);
	g_assert_cmpstr(pieces, ==, whole);
}

/* Where a copy of it is left, what lies in it is found there. */
static void test_copy(Fixture *fixture, gconstpointer data)
{
	g_autofree char *path = case_name(fixture, "a.case");
	g_autofree char *rows = NULL;
	Trip trip = { .fixture = fixture, .n_workers = 2, .case_path = path };

	write_rules(fixture);
	put(fixture, "x.zip", pack("zip", NULL, &parts[2], 1));
	put(fixture, "y.zip", pack("zip", NULL, &parts[2], 1));
	g_assert_cmpuint(trip_scan(&trip).totals.findings[LEVEL_HIGH], ==, 1);
	fixture_write(fixture->evidence, "x.zip", "nothing", -1);
	(void)trip_scan(&trip);
	rows = case_rows(path, "SELECT substr(path, -7) FROM v_finding");
	g_assert_cmpstr(rows, ==, "y.zip/c|\n");
}

/* ---- limits ---- */

static void test_deep(Fixture *fixture, gconstpointer data)
{
	GByteArray *bytes = pack("ustar", NULL, &parts[2], 1);
	g_autofree char *text = NULL;
	Trip trip = { .fixture = fixture, .n_workers = 2 };

	write_rules(fixture);
	for (guint i = 0; i < LIMIT_ARCHIVE_DEPTH; i++) {
		const WrittenMember one = { "t", bytes->data, bytes->len };
		GByteArray *outer = archive_write("ustar", NULL, NULL, &one, 1);

		g_byte_array_unref(bytes);
		bytes = outer;
	}
	put(fixture, "deep", bytes);
	text = scan_whole(&trip, "deep.case");
	g_assert_nonnull(strstr(text, "/deep/t/t/t/t|"));
	g_assert_null(strstr(text, "/deep/t/t/t/t/c|"));
	g_assert_nonnull(strstr(text, "LIMIT_ARCHIVE_DEPTH"));
}

/* The same archive, many times in many: it is unpacked once. */
static void test_sevenfold(Fixture *fixture, gconstpointer data)
{
	GByteArray *bytes = pack("ustar", NULL, &parts[2], 1);
	g_autofree char *text = NULL;
	Trip trip = { .fixture = fixture, .n_workers = 2 };

	write_rules(fixture);
	for (guint i = 0; i < LIMIT_ARCHIVE_DEPTH - 1; i++) {
		WrittenMember seven[7];
		GByteArray *outer;

		for (guint k = 0; k < 7; k++)
			seven[k] = (WrittenMember){ "t", bytes->data, bytes->len };
		outer = archive_write("zip", NULL, NULL, seven, 7);
		g_byte_array_unref(bytes);
		bytes = outer;
	}
	put(fixture, "many", bytes);
	text = scan_whole(&trip, "many.case");
	g_assert_nonnull(strstr(text, "/many/t/t/t/c|"));
	g_assert_nonnull(strstr(text, "/many/t #7|")); /* a path of the same bytes */
	g_assert_null(strstr(text, "/many/t #2/"));
}

/* A member that kills its worker costs itself. */
static void test_poison(Fixture *fixture, gconstpointer data)
{
	static const Part poisonous[] = { { "x", "crash" }, { "y", "evil" },
		{ "z", "plan-crash" } };
	g_autofree char *path = case_name(fixture, "a.case");
	g_autofree char *gaps = NULL;
	Trip trip = { .fixture = fixture, .n_workers = 2, .case_path = path };
	ScanOutcome outcome;

	write_rules(fixture);
	put(fixture, "p.tar", pack("ustar", NULL, poisonous, 3));
	outcome = trip_scan(&trip);
	g_assert_cmpuint(outcome.totals.findings[LEVEL_HIGH], ==, 1);
	g_assert_false(outcome.complete);
	gaps = case_rows(path, "SELECT substr(path, -7), kind FROM v_gap ORDER BY path");
	g_assert_cmpstr(gaps, ==, "p.tar/x|worker|\np.tar/z|worker|\n");
}

/* Where the disk is full, what was unpacked before is judged, and all other evidence. */
static void test_full(Fixture *fixture, gconstpointer data)
{
	g_autofree char *path = case_name(fixture, "full.case");
	g_autofree char *large = g_malloc0(2 << 20);
	g_autoptr(GByteArray) evil = script_bytes("evil");
	const WrittenMember members[] = { { "x", evil->data, evil->len }, { "y", large, 2 << 20 } };
	const struct rlimit limit = { 1 << 20, 1 << 20 };
	g_autofree char *rows = NULL;
	int status;
	pid_t pid;

	memcpy(large, "SCRIPT1\n", 8);
	write_rules(fixture);
	put(fixture, "f.tgz", archive_write("ustar", "gzip", NULL, members, 2));
	fixture_script(fixture, "g", "2*fine evil");
	pid = fork();
	if (pid == 0) {
		Trip trip = { .fixture = fixture, .n_workers = 2, .case_path = path };

		(void)sigaction(SIGXFSZ, &(const struct sigaction){ .sa_handler = SIG_IGN }, NULL);
		(void)setrlimit(RLIMIT_FSIZE, &limit);
		(void)trip_scan(&trip);
		_exit(0);
	}
	g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
	g_assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	rows = case_rows(path,
		"SELECT substr(path, -7), count(*) FROM v_finding GROUP BY path UNION ALL "
		"SELECT kind, instr(note, 'first 1 members were judged') > 0 FROM v_gap");
	g_assert_cmpstr(rows, ==, "f.tgz/x|1|\ndence/g|1|\nlimit|1|\n");
}

#define ADD(name, function, hash_later)                                                            \
	g_test_add("/archives/" name, Fixture, GUINT_TO_POINTER(hash_later), fixture_set_up,       \
		function, fixture_tear_down)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("inside-as-outside", test_inside, 0);
	ADD("interrupted", test_interrupted, 0);
	ADD("interrupted-while-hashed", test_interrupted, 1);
	ADD("killed", test_killed, 0);
	ADD("added", test_added, 0);
	ADD("replaced", test_replaced, 0);
	ADD("copy", test_copy, 0);
	ADD("deep", test_deep, 0);
	ADD("sevenfold", test_sevenfold, 0);
	ADD("poison", test_poison, 0);
	ADD("full-disk", test_full, 0);
	return g_test_run();
}
