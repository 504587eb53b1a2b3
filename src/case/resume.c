/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a scan that resumes needs, so that it ends like one that was never interrupted.
 *
 * Evidence is read twice: for what is in use, and, once all of it was, for what can be recovered
 * with what readers learnt from the whole. So a case remembers what was learnt, and which evidence
 * has the first reading behind it but not the second ("half done"; its state is still open).
 */
#include "case/case-private.h"

#include "base/error.h"

/* Prepares @sql; for what is rare enough (once a file that is done over) to be prepared each time.
 */
static sqlite3_stmt *prepare(Case *c, const char *sql, GError **error)
{
	sqlite3_stmt *statement = NULL;

	if (c->failure || !c->writing) {
		g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_STORE, "%s",
			c->failure ? c->failure : "the case was opened for reading only");
		return NULL;
	}
	if (sqlite3_prepare_v2(c->db, sql, -1, &statement, NULL) != SQLITE_OK)
		(void)case_fail(c, error); /* told by the return value below */
	return statement;
}

static gboolean finish(Case *c, sqlite3_stmt *statement, gsize size, GError **error)
{
	gboolean done = sqlite3_step(statement) == SQLITE_DONE || case_fail(c, error);

	(void)sqlite3_finalize(statement); /* repeats the result of the step */
	return done && case_count_pending(c, size, error);
}

/* Runs @sql with @text, mostly a hash, as its parameter. */
static gboolean run_sql_for(Case *c, const char *sql, const char *text, GError **error)
{
	sqlite3_stmt *statement = prepare(c, sql, error);

	if (!statement)
		return FALSE;
	case_bind_text(statement, 1, text);
	return finish(c, statement, 128, error);
}

/* Runs statement @id with @sha256 as its parameter. */
static gboolean run_for(Case *c, StatementId id, const char *sha256, GError **error)
{
	sqlite3_stmt *statement = case_statement(c, id, error);

	if (!statement)
		return FALSE;
	case_bind_text(statement, 1, sha256);
	return case_run_statement(c, statement, 128, error);
}

gboolean case_add_learnt(
	Case *c, const char *reader, Slice entry, gboolean *ret_new, GError **error)
{
	sqlite3_stmt *statement = case_statement(c, STATEMENT_LEARNT, error);

	if (!statement)
		return FALSE;
	case_bind_text(statement, 1, reader);
	(void)sqlite3_bind_blob64(statement, 2, entry.size ? (const void *)entry.data : "",
		entry.size, SQLITE_STATIC); /* fails only above 1 GB */
	if (!case_run_statement(c, statement, 0, error))
		return FALSE;
	*ret_new = sqlite3_changes(c->db) > 0;
	return case_count_pending(c, entry.size + 64, error);
}

gboolean case_learnt_more(Case *c, const char *reader, GError **error)
{
	return run_sql_for(c,
		"INSERT OR IGNORE INTO half_done "
		"WITH RECURSIVE concerned (sha256) AS ("
		"SELECT sha256 FROM evidence WHERE reader = ?1 UNION "
		"SELECT m.archive_sha256 FROM concerned c JOIN member m ON m.sha256 = c.sha256) "
		"SELECT e.sha256 FROM concerned c JOIN evidence e ON e.sha256 = c.sha256 "
		"WHERE e.state = 'done'",
		reader, error);
}

gboolean case_each_learnt(Case *c, CaseLearntFunc each, void *context, GError **error)
{
	sqlite3_stmt *statement = NULL;
	gboolean done;
	int code;

	if (sqlite3_prepare_v2(c->db, "SELECT reader, entry FROM learnt ORDER BY reader, entry", -1,
		    &statement, NULL) != SQLITE_OK)
		return case_fail(c, error);
	while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
		const char *reader = (const char *)sqlite3_column_text(statement, 0);
		const void *entry = sqlite3_column_blob(statement, 1);

		each(context, reader ? reader : "",
			slice_make(entry, (gsize)sqlite3_column_bytes(statement, 1)));
	}
	done = code == SQLITE_DONE || case_fail(c, error);
	(void)sqlite3_finalize(statement); /* repeats the result of the step */
	return done;
}

gboolean case_evidence_half_done(
	Case *c, const char *sha256, const CaseEvidenceResult *result, GError **error)
{
	/* As if done, for what is known of it; then open again. */
	return case_evidence_done(c, sha256, result, error) &&
		run_for(c, STATEMENT_OPEN, sha256, error) &&
		run_for(c, STATEMENT_HALF_DONE, sha256, error);
}

gboolean case_evidence_reopen(Case *c, const char *sha256, GError **error)
{
	static const char *const statements[] = {
		("DELETE FROM entity_place WHERE event IN (SELECT event FROM finding "
		 "WHERE evidence_sha256 = ?1 AND recovered = 1)"),
		("DELETE FROM event WHERE number IN (SELECT event FROM finding "
		 "WHERE evidence_sha256 = ?1 AND recovered = 1)"),
		"DELETE FROM finding WHERE evidence_sha256 = ?1 AND recovered = 1",
		("DELETE FROM hit_place WHERE source IN (SELECT number FROM hit_source) AND hit IN "
		 "(SELECT number FROM hit WHERE recovered = 1 AND evidence IN "
		 "(SELECT number FROM hit_evidence WHERE sha256 = ?1))"),
		("DELETE FROM hit WHERE recovered = 1 AND evidence IN "
		 "(SELECT number FROM hit_evidence WHERE sha256 = ?1)"),
		"UPDATE tally SET recovered = 0 WHERE evidence_sha256 = ?1",
		"DELETE FROM tally WHERE evidence_sha256 = ?1 AND in_use = 0",
		"UPDATE evidence SET state = 'open', recovered = 0 WHERE sha256 = ?1",
		"INSERT OR IGNORE INTO half_done VALUES (?1)",
	};

	c->last_hit.number = 0; /* numbers may be given again */
	for (guint i = 0; i < G_N_ELEMENTS(statements); i++) {
		if (!run_sql_for(c, statements[i], sha256, error))
			return FALSE;
	}
	return TRUE;
}

gboolean case_forget_half_done(Case *c, const char *sha256, GError **error)
{
	return run_for(c, STATEMENT_WHOLE, sha256, error);
}

gboolean case_evidence_is_half_done(Case *c, const char *sha256, gboolean *ret, GError **error)
{
	sqlite3_stmt *statement = case_statement(c, STATEMENT_IS_HALF_DONE, error);
	int code;

	if (!statement)
		return FALSE;
	case_bind_text(statement, 1, sha256);
	code = sqlite3_step(statement);
	*ret = code == SQLITE_ROW;
	if (code != SQLITE_ROW && code != SQLITE_DONE)
		(void)case_fail(c, error); /* told by the return value below */
	(void)sqlite3_reset(statement);	   /* repeats the result of the step */
	return code == SQLITE_ROW || code == SQLITE_DONE;
}
