/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whole pipelines with real processes and a worker that misbehaves on demand (test-worker.c). What
 * they tell is written to a text, which must be the same for any number of workers.
 */
#include <glib.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/limits.h"
#include "coordinator/pipeline.h"
#include "coordinator/test-support.h"
#include "sandbox/sandbox.h"

/* ---- a sink that writes everything down ---- */

typedef struct Record {
	GString *text;
	volatile gint interrupted;
	guint interrupt_after; /* results; 0: never */
	guint n_results;
} Record;

static const TimeOptions times; /* none given */

static gboolean record_gap(void *context, const Evidence *evidence, const Gap *gap, GError **error)
{
	Record *record = context;
	g_autofree char *name = g_path_get_basename(evidence->file->shown);

	g_string_append_printf(record->text,
		"%s gap %s %" G_GUINT64_FORMAT "+%" G_GUINT64_FORMAT " %s\n", name,
		gap_kind_name(gap->kind), gap->offset, gap->size, gap->note);
	return TRUE;
}

static gboolean record_result(
	void *context, Evidence *evidence, const Message *message, GError **error)
{
	Record *record = context;
	g_autofree char *name = g_path_get_basename(evidence->file->shown);
	const MessageField *fields = message->fields;

	record->n_results++;
	if (record->interrupt_after && record->n_results >= record->interrupt_after)
		g_atomic_int_set(&record->interrupted, 1);
	if (message->type == MESSAGE_FINDING)
		g_string_append_printf(record->text, "%s finding %u record %u %s %.*s\n", name,
			(guint)fields[0].number, (guint)fields[1].number,
			fields[3].number ? "recovered" : "in use", (int)fields[8].bytes.size,
			(const char *)fields[8].bytes.data);
	if (message->type == MESSAGE_EVENT)
		g_string_append_len(record->text, (const char *)fields[0].bytes.data,
			(gssize)fields[0].bytes.size);
	if (message->type == MESSAGE_TALLY)
		g_string_append_printf(record->text, "%s tally %u %u\n", name,
			(guint)fields[1].number, (guint)fields[2].number);
	return TRUE;
}

static gboolean record_end(void *context, Evidence *evidence, GError **error)
{
	Record *record = context;
	g_autofree char *name = g_path_get_basename(evidence->file->shown);

	g_string_append_printf(record->text,
		"%s end reader '%s' in use %" G_GUINT64_FORMAT " recovered %" G_GUINT64_FORMAT "\n",
		name, evidence->reader ? evidence->reader : "", evidence->in_use,
		evidence->recovered);
	return TRUE;
}

static char *run(const Fixture *fixture, guint n_workers, guint flags, Record *record)
{
	const char *const rules[] = { fixture->rules, NULL };
	const char *const paths[] = { fixture->evidence, NULL };
	const ContentOptions content = { .rules = rules, .tables = fixture->tables };
	const PipelineOptions options = {
		.flags = flags,
		.recover = TRUE,
		.limits = { 2, 4 },
	};
	const ScanHooks hooks = { .interrupted = &record->interrupted };
	const Sink sink = {
		.gap = record_gap,
		.result = record_result,
		.end = record_end,
		.context = record,
	};
	g_autoptr(GError) error = NULL;
	g_autoptr(Loader) loader =
		loader_new(&content, &times, fixture->worker, sandbox_is_built(), &error);
	g_autoptr(Pipeline) pipeline = NULL;

	g_assert_no_error(error);
	record->text = g_string_new(NULL);
	pipeline = pipeline_new(loader, n_workers, paths, &options, &sink, &hooks, &error);
	g_assert_no_error(error);
	(void)pipeline_run(pipeline, &error); /* @error says it */
	g_assert_no_error(error);
	return g_string_free(record->text, FALSE);
}

/* The record with two workers, after it was found to be the same with one and four. */
static char *run_all(const Fixture *fixture, guint flags)
{
	Record record = { 0 };
	g_autofree char *one = run(fixture, 1, flags, &record);
	g_autofree char *four = run(fixture, 4, flags, &record);
	char *two = run(fixture, 2, flags, &record);

	g_assert_cmpstr(one, ==, two);
	g_assert_cmpstr(four, ==, two);
	return two;
}

static void assert_has(const char *text, const char *part)
{
	if (!strstr(text, part))
		g_error("'%s' is missing in:\n%s", part, text);
}

static void assert_lacks(const char *text, const char *part)
{
	if (strstr(text, part))
		g_error("'%s' should not be in:\n%s", part, text);
}

static guint count(const char *text, const char *part)
{
	guint n = 0;

	while ((text = strstr(text, part))) {
		n++;
		text += strlen(part);
	}
	return n;
}

/* ---- tests ---- */

static void test_plain(Fixture *fixture, gconstpointer data)
{
	g_autofree char *text = NULL;

	fixture_write(fixture->rules, "evil.rule", "evil\n", -1);
	fixture_script(fixture, "a", "30*fine evil 30*fine");
	fixture_script(fixture, "b", "evil");
	fixture_write(fixture->evidence, "c", "no reader's", -1);
	text = run_all(fixture, READ_JUDGE);
	assert_has(text, "a finding 0 record 31 in use [{\"field\":\"Word\"");
	assert_has(text, "a end reader 'script' in use 61 recovered 0\n");
	assert_has(text, "b finding 0 record 1 in use");
	assert_has(text, "c gap unsupported 0+11");
	assert_has(text, "c end reader '' in use 0");
	g_assert_cmpuint(count(text, "gap"), ==, 1);
}

/* Events come in the order of path and offset, whoever read them. */
static void test_events_in_order(Fixture *fixture, gconstpointer data)
{
	g_autofree char *text = NULL;
	const char *at;

	for (guint i = 0; i < 20; i++) {
		g_autofree char *name = g_strdup_printf("%02u", i);

		fixture_script(fixture, name, "40*fine");
	}
	text = run_all(fixture, READ_EVENTS);
	g_assert_cmpuint(count(text, "\"fine\""), ==, 800);
	at = text;
	for (guint i = 0; i < 20; i++) {
		g_autofree char *name = g_strdup_printf("%02u end reader", i);

		at = strstr(at, name);
		g_assert_nonnull(at);
	}
}

typedef struct Deed {
	const char *word, *reason;
} Deed;

static const Deed deeds[] = {
	{ "crash", "the worker crashed (SIGSEGV)" },
	{ "hang", "the worker said nothing for 2 seconds" },
	{ "eat", "the worker ran out of memory" },
	{ "abort", "the worker gave up on an internal error" },
	{ "exit", "the worker ended by itself (status 0)" },
	{ "garbage", "the worker broke the protocol: " },
	{ "lie", "the worker broke the protocol: a message of type planned out of turn" },
	{ "open", "the worker was killed by the seal: it asked for a forbidden system call" },
};

/* One bad unit costs that unit: its neighbours in the task, the file and other files are judged. */
static void test_deed(Fixture *fixture, gconstpointer data)
{
	const Deed *deed = data;
	g_autofree char *script = g_strdup_printf("20*fine evil %s evil 20*fine", deed->word);
	g_autofree char *text = NULL;

	/* Sanitizers catch crashes themselves, and know no limit of memory. */
	if (!sandbox_is_built() &&
		(strcmp(deed->word, "open") == 0 || strcmp(deed->word, "eat") == 0 ||
			strcmp(deed->word, "crash") == 0)) {
		g_test_skip("needs a build with the seal");
		return;
	}
	fixture_write(fixture->rules, "evil.rule", "evil\n", -1);
	fixture_script(fixture, "a", "evil");
	fixture_script(fixture, "b", script);
	fixture_script(fixture, "c", "evil");
	text = run_all(fixture, READ_JUDGE);
	assert_has(text, "a finding 0 record 1 ");
	assert_has(text, "b finding 0 record 21 ");
	assert_has(text, "b finding 0 record 23 ");
	assert_has(text, "c finding 0 record 1 ");
	assert_has(text, "b gap worker 344+16 Parts 22 to 22 of 43 (16 bytes each): ");
	assert_has(text, deed->reason);
	assert_has(text, "b end reader 'script' in use 42");
	g_assert_cmpuint(count(text, "gap worker"), ==, 1);
}

/* Saying much is no way to go on for ever. */
static void test_babble(Fixture *fixture, gconstpointer data)
{
	Record record = { 0 };
	g_autofree char *text = NULL;

	fixture_script(fixture, "a", "babble");
	fixture_script(fixture, "b", "fine");
	text = run(fixture, 2, READ_JUDGE, &record);
	assert_has(text, "a gap worker 0+24 Nothing of it could be read: the worker ");
	assert_has(text, "b end reader 'script' in use 1");
	assert_lacks(text, "so it goes");
}

static void test_plan_troubles(Fixture *fixture, gconstpointer data)
{
	g_autofree char *text = NULL;

	fixture_script(fixture, "a", "plan-crash 5*fine");
	fixture_script(fixture, "b", "plan-fail 5*fine");
	fixture_script(fixture, "c", "5*fine");
	text = run_all(fixture, READ_JUDGE);
	assert_has(text, "a gap worker 0+104 Nothing of it could be read: the worker ");
	assert_has(text, "b gap damaged 0+104 Nothing of it could be read: the plan is no good.");
	assert_has(text, "c end reader 'script' in use 5");
}

/* A file of nothing but poison is given up after a while; the next one is read. */
static void test_given_up(Fixture *fixture, gconstpointer data)
{
	Record record = { 0 };
	g_autofree char *text = NULL;

	fixture_script(fixture, "a", "1200*exit");
	fixture_script(fixture, "b", "fine");
	text = run(fixture, 2, READ_JUDGE, &record);
	assert_has(text, "given up, since too many workers were lost over what lies before");
	assert_has(text, "b end reader 'script' in use 1");
}

/* What one file teaches helps to recover from another, wherever it was read. */
static void test_recovery(Fixture *fixture, gconstpointer data)
{
	g_autofree char *text = NULL;

	fixture_write(fixture->rules, "evil.rule", "know:z\n", -1);
	fixture_script(fixture, "a", "fine know:z know:unknown");
	fixture_script(fixture, "b", "20*fine learn:x learn:y 20*fine learn:z crash");
	text = run_all(fixture, READ_JUDGE | READ_RECOVERED_TOO);
	assert_has(text, "a finding 0 record 2 recovered");
	assert_has(text, "a end reader 'script' in use 1 recovered 1");
	g_free(text);
	text = run_all(fixture, READ_JUDGE);
	assert_lacks(text, "finding");
	assert_has(text, "a end reader 'script' in use 1 recovered 1");
}

static void test_spans(Fixture *fixture, gconstpointer data)
{
	g_autofree char *text = NULL;

	fixture_script(fixture, "a", "10*fine 3*missing 10*fine");
	text = run_all(fixture, READ_JUDGE);
	assert_has(text, "a gap record-ids 216+0 Records 11 to 13 of Script are missing.");
	g_assert_cmpuint(count(text, "gap"), ==, 1);
}

/* What is no regular file is told, and nothing outside the folder is read. */
static void test_odd_files(Fixture *fixture, gconstpointer data)
{
	g_autofree char *pipe = g_build_filename(fixture->evidence, "pipe", NULL);
	g_autofree char *link = g_build_filename(fixture->evidence, "link", NULL);
	g_autofree char *loop = g_build_filename(fixture->evidence, "loop", NULL);
	g_autofree char *text = NULL;

	g_assert_cmpint(mkfifo(pipe, 0600), ==, 0);
	g_assert_cmpint(symlink("/etc/passwd", link), ==, 0);
	g_assert_cmpint(symlink(".", loop), ==, 0);
	fixture_script(fixture, "n\xff", "fine");
	text = run_all(fixture, READ_JUDGE);
	assert_has(text, "pipe gap unreadable 0+0 It is passed over: a pipe");
	assert_has(text, "link gap unsupported");
	assert_has(text, "loop gap unsupported");
	assert_has(text, "n\\xFF end reader 'script'");
	g_assert_cmpuint(count(text, " end "), ==, 1);
}

static void test_interrupted(Fixture *fixture, gconstpointer data)
{
	Record record = { .interrupt_after = 10 };
	g_autofree char *text = NULL;
	gint64 start;

	fixture_script(fixture, "a", "4000*fine");
	fixture_script(fixture, "b", "hang");
	start = g_get_monotonic_time();
	text = run(fixture, 2, READ_EVENTS, &record);
	g_assert_cmpint(g_get_monotonic_time() - start, <, 5 * G_USEC_PER_SEC);
	assert_lacks(text, " end ");
}

/* ---- loading ---- */

static Loader *load(const Fixture *fixture, const char *rules, GError **error)
{
	const char *const paths[] = { rules, NULL };
	const ContentOptions content = { .rules = paths, .tables = fixture->tables };

	return loader_new(&content, &times, fixture->worker, sandbox_is_built(), error);
}

static void test_rules(Fixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Loader) loader = NULL;
	g_autofree char *below = g_build_filename(fixture->rules, "below", NULL);
	const RuleInfo *rule;

	g_assert_cmpint(g_mkdir(below, 0700), ==, 0);
	fixture_write(fixture->rules, "c.rule", "c", -1);
	fixture_write(fixture->rules, "a.rule", "", -1);
	fixture_write(below, "x.rule", "x", -1);
	fixture_write(fixture->rules, "notes.txt", "not a rule", -1);
	fixture_write(fixture->rules, ".hidden.rule", "hidden", -1);
	loader = load(fixture, fixture->rules, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(loader->rules->len, ==, 3);
	g_assert_true(loader->sealed == sandbox_is_built());
	rule = loader->rules->pdata[0];
	g_assert_cmpstr(rule->path, ==, "a.rule");
	g_assert_cmpint(rule->status, ==, RULE_REJECTED);
	rule = loader->rules->pdata[1];
	g_assert_cmpstr(rule->path, ==, "below/x.rule");
	rule = loader->rules->pdata[2];
	g_assert_cmpstr(rule->title, ==, "c");
}

static void test_bad_content(Fixture *fixture, gconstpointer data)
{
	g_autoptr(GError) missing = NULL;
	g_autoptr(GError) table = NULL;

	g_assert_null(load(fixture, "/nonexistent/rules", &missing));
	g_assert_error(missing, SPOOR_ERROR, SPOOR_ERROR_INPUT);
	g_assert_nonnull(strstr(missing->message, "/nonexistent/rules: No such file"));
	fixture_write(fixture->tables, "t.yml", "!", -1);
	g_assert_null(load(fixture, fixture->rules, &table));
	g_assert_nonnull(strstr(table->message, "line 1: a malformed table"));
}

/* The hash changes with rules and tables, and with nothing else. */
static void test_content_hash(Fixture *fixture, gconstpointer data)
{
	char *hashes[4];

	for (guint i = 0; i < 4; i++) {
		g_autoptr(Loader) loader = NULL;

		if (i == 0)
			fixture_write(fixture->rules, "a.rule", "a", -1);
		if (i == 1)
			fixture_write(fixture->rules, "again.rule", "a", -1);
		if (i == 2)
			fixture_write(fixture->rules, "b.rule", "b", -1);
		if (i == 3)
			fixture_write(fixture->tables, "t.yml", "t", -1);
		loader = load(fixture, fixture->rules, NULL);
		hashes[i] = loader_content_sha256(loader);
	}
	g_assert_cmpstr(hashes[0], ==, hashes[1]);
	g_assert_cmpstr(hashes[1], !=, hashes[2]);
	g_assert_cmpstr(hashes[2], !=, hashes[3]);
	for (guint i = 0; i < 4; i++)
		g_free(hashes[i]);
}

#define ADD(name, function)                                                                        \
	g_test_add("/pipeline/" name, Fixture, NULL, fixture_set_up, function, fixture_tear_down)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("plain", test_plain);
	ADD("events-in-order", test_events_in_order);
	for (guint i = 0; i < G_N_ELEMENTS(deeds); i++) {
		g_autofree char *name = g_strdup_printf("/pipeline/deed/%s", deeds[i].word);

		g_test_add(name, Fixture, &deeds[i], fixture_set_up, test_deed, fixture_tear_down);
	}
	ADD("babble", test_babble);
	ADD("plan-troubles", test_plan_troubles);
	ADD("given-up", test_given_up);
	ADD("recovery", test_recovery);
	ADD("spans", test_spans);
	ADD("odd-files", test_odd_files);
	ADD("interrupted", test_interrupted);
	ADD("rules", test_rules);
	ADD("bad-content", test_bad_content);
	ADD("content-hash", test_content_hash);
	return g_test_run();
}
