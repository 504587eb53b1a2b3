/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tests of the case share: a temporary folder, and short ways to fill a case and to ask
 * it.
 */
#pragma once

#include <string.h>

#include <glib/gstdio.h>

#include "base/error.h"
#include "base/hash.h"
#include "case/case.h"

#define SHA_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define SHA_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define SHA_R "1111111111111111111111111111111111111111111111111111111111111111"

typedef struct Folder {
	char *path, *file; /* a temporary folder and the case in it */
} Folder;

static inline void folder_setup(Folder *f, gconstpointer unused)
{
	f->path = g_dir_make_tmp("spoor-case-XXXXXX", NULL);
	g_assert_nonnull(f->path);
	f->file = g_build_filename(f->path, "a.case", NULL);
}

static inline void folder_teardown(Folder *f, gconstpointer unused)
{
	g_autoptr(GDir) dir = g_dir_open(f->path, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename(f->path, name, NULL);

		(void)g_remove(path);
	}
	(void)g_rmdir(f->path);
	g_free(f->file);
	g_free(f->path);
}

/* RuleInfo owns its texts; here they are borrowed, and never freed. */
#define TEXT(text) ((char *)(text))

static inline RuleInfo make_rule(const char *sha256, RuleLevel level)
{
	return (RuleInfo){ .status = RULE_LOADED,
		.level = level,
		.engine = TEXT("sigma"),
		.sha256 = TEXT(sha256),
		.id = TEXT("id-1"),
		.title = TEXT("A title"),
		.path = TEXT("a.yml"),
		.line = 1,
		.reason = TEXT(""),
		.logsource = TEXT("windows/-/-"),
		.tags = TEXT("attack.t1059"),
		.author = TEXT(""),
		.description = TEXT(""),
		.falsepositives = TEXT(""),
		.references = TEXT(""),
		.source = TEXT("title: A title\n") };
}

static inline Case *open_for_run(const char *path, const char *rules_sha256)
{
	const CaseRun run = { "0.1.0", rules_sha256, "recovered=0", "spoor scan", "h", "u",
		"2026-01-01T00:00:00.0000000Z", TRUE, 2 };
	GError *error = NULL;
	Case *c = case_open(path, CASE_WRITE, &error);

	g_assert_no_error(error);
	g_assert_true(case_begin_run(c, &run, &error));
	g_assert_no_error(error);
	return c;
}

static inline EvidenceState add_evidence(Case *c, const char *sha256, const char *path)
{
	const CaseEvidence evidence = { sha256, path, 100, 0 };
	EvidenceState state = EVIDENCE_DONE;
	g_autoptr(GError) error = NULL;

	g_assert_true(case_add_evidence(c, &evidence, &state, &error));
	g_assert_no_error(error);
	return state;
}

static inline gboolean try_finding(Case *c, const char *sha256, guint number, GError **error)
{
	RuleInfo rule = make_rule(SHA_R, LEVEL_HIGH);
	g_autofree char *locator = g_strdup_printf("record %u at 0x%x", number, number * 4096);
	const CaseFinding finding = { .rule = &rule,
		.level = rule.level,
		.evidence_sha256 = sha256,
		.locator = locator,
		.record = number,
		.offset = number * 4096,
		.time = instant_from_parts(2021, 3, 2, 10, (int)number % 60, 0, 0),
		.host = "WS01",
		.channel = "Security",
		.matched_json = "[]",
		.event_json = "{\"Computer\":\"WS01\",\"SubjectUserName\":\"alice\","
			      "\"SubjectDomainName\":\"CORP\",\"Image\":\"C:\\\\a.exe\"}" };

	return case_add_finding(c, &finding, error);
}

static inline void add_finding(Case *c, const char *sha256, guint number)
{
	g_autoptr(GError) error = NULL;

	g_assert_true(try_finding(c, sha256, number, &error));
	g_assert_no_error(error);
}

static inline void add_rule(Case *c)
{
	RuleInfo rule = make_rule(SHA_R, LEVEL_HIGH);
	g_autoptr(GError) error = NULL;

	g_assert_true(case_add_rule(c, &rule, &error));
	g_assert_no_error(error);
}

static inline void add_tally(Case *c, const char *sha256, int hour, guint64 in_use)
{
	const Tally tally = { "WS01", "Security", instant_from_parts(2021, 3, 2, hour, 0, 0, 0),
		in_use, 0 };
	g_autoptr(GError) error = NULL;

	g_assert_true(case_add_tally(c, sha256, &tally, &error));
	g_assert_no_error(error);
}

static inline void finish_evidence(Case *c, const char *sha256)
{
	const CaseEvidenceResult result = { "evtx", 100, 10, 0, INSTANT_NONE, INSTANT_NONE };
	g_autoptr(GError) error = NULL;

	g_assert_true(case_evidence_done(c, sha256, &result, &error));
	g_assert_no_error(error);
}

static inline void end_run(Case *c, const char *outcome)
{
	g_autoptr(GError) error = NULL;

	g_assert_true(case_end_run(c, "2026-01-01T00:00:01.0000000Z", outcome, &error));
	g_assert_true(case_commit(c, &error));
	g_assert_no_error(error);
}

static inline gboolean append_row(void *context, guint n_columns, const char *const *columns)
{
	for (guint i = 0; i < n_columns; i++)
		g_string_append_printf(
			context, "%s%s", i ? "|" : "", columns[i] ? columns[i] : "NULL");
	g_string_append_c(context, '\n');
	return TRUE;
}

/* The rows of @sql as text. */
static inline char *ask(Case *c, const char *sql)
{
	GString *text = g_string_new(NULL);
	g_autoptr(GError) error = NULL;

	g_assert_true(case_query(c, sql, NULL, append_row, text, &error));
	g_assert_no_error(error);
	return g_string_free(text, FALSE);
}

static inline void assert_answer(Case *c, const char *sql, const char *expected)
{
	g_autofree char *text = ask(c, sql);

	g_assert_cmpstr(text, ==, expected);
}

static inline void assert_open_fails(const char *path, CaseMode mode, const char *part)
{
	g_autoptr(GError) error = NULL;
	Case *c = case_open(path, mode, &error);

	g_assert_null(c);
	g_assert_error(error, SPOOR_ERROR, SPOOR_ERROR_STORE);
	g_assert_nonnull(strstr(error->message, part));
	g_assert_nonnull(strstr(error->message, path));
}

static inline void add_test(const char *name, void (*run)(Folder *, gconstpointer))
{
	g_test_add(name, Folder, NULL, folder_setup, run, folder_teardown);
}
