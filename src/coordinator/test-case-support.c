/* SPDX-License-Identifier: Apache-2.0 */
#include "coordinator/test-case-support.h"

static gboolean append_row(void *context, guint n_columns, const char *const *columns)
{
	for (guint i = 0; i < n_columns; i++)
		g_string_append_printf(context, "%s|", columns[i] ? columns[i] : "NULL");
	g_string_append_c(context, '\n');
	return TRUE;
}

static void append_rows(Case *c, const char *query, GString *ret)
{
	g_autoptr(GError) error = NULL;

	(void)case_query(c, query, NULL, append_row, ret, &error); /* @error says it */
	g_assert_no_error(error);
}

static Case *open_case(const char *path)
{
	g_autoptr(GError) error = NULL;
	Case *c = case_open(path, CASE_READ, &error);

	g_assert_no_error(error);
	return c;
}

char *case_rows(const char *path, const char *query)
{
	g_autoptr(Case) c = open_case(path);
	GString *text = g_string_new(NULL);

	append_rows(c, query, text);
	return g_string_free(text, FALSE);
}

char *case_dump(const char *path)
{
	static const char *const queries[] = {
		"SELECT * FROM judgement",
		"SELECT * FROM evidence ORDER BY sha256",
		"SELECT * FROM evidence_path ORDER BY path",
		"SELECT * FROM rule ORDER BY sha256, path",
		("SELECT id, rule_sha256, evidence_sha256, locator, record, offset, recovered, "
		 "time, host, channel, matched, event, level_rank FROM v_finding ORDER BY id"),
		"SELECT * FROM intel_source ORDER BY number",
		"SELECT * FROM indicator_file ORDER BY sha256, path",
		"SELECT * FROM intel_note ORDER BY source, ordinal",
		"SELECT * FROM entity ORDER BY kind, value, finding_id, field",
		"SELECT * FROM gap ORDER BY evidence_sha256, path, offset, kind, note",
		"SELECT * FROM tally ORDER BY evidence_sha256, host, channel, hour",
		"SELECT * FROM v_observation ORDER BY evidence_sha256, rule_sha256, subject, value",
		"SELECT reader, hex(entry) FROM learnt ORDER BY reader, entry",
		"SELECT * FROM half_done ORDER BY sha256",
		"SELECT * FROM member ORDER BY archive_sha256, sha256",
	};
	g_autoptr(Case) c = open_case(path);
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < G_N_ELEMENTS(queries); i++) {
		g_string_append_printf(text, "-- %s\n", queries[i]);
		append_rows(c, queries[i], text);
	}
	return g_string_free(text, FALSE);
}

ScanOutcome trip_scan(const Trip *trip)
{
	const char *const rules[] = { trip->fixture->rules, NULL };
	const char *const intel[] = { trip->fixture->intel, NULL };
	const char *const paths[] = { trip->evidence ? trip->evidence : trip->fixture->evidence,
		trip->more_evidence, NULL };
	const ScanOptions options = {
		.content = { .rules = rules, .intel = intel, .tables = trip->fixture->tables },
		.evidence = paths,
		.n_workers = trip->n_workers,
		.recovered = TRUE,
		.sandbox = TRUE,
		.worker_path = trip->fixture->worker,
		.hash_later = trip->hash_later,
		.tool_version = "test",
		.command_line = "test",
	};
	const ScanHooks hooks = { .interrupted = trip->interrupted };
	g_autoptr(GError) error = NULL;
	g_autoptr(Case) c = case_open(trip->case_path, CASE_WRITE, &error);
	ScanOutcome outcome = { 0 };

	g_assert_no_error(error);
	(void)scan_run(&options, c, &hooks, &outcome, &error); /* @error says it */
	g_assert_no_error(error);
	return outcome;
}
