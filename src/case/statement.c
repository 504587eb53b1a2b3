/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prepared statements: the only way rows get into a case. Texts are bound, never pasted into SQL.
 */
#include "case/case-private.h"

#include "base/error.h"

static const char *const statement_sql[STATEMENT_N] = {
	[STATEMENT_RULE] =
		"INSERT INTO rule (sha256, engine, path, line, status, reason, id, title, level, "
		"level_rank, logsource, tags, author, description, falsepositives, refs, source, "
		"applicable, kind, silent) "
		"VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,"
		"coalesce((SELECT max(source) FROM rule WHERE sha256 = ?1), ''),"
		"coalesce((SELECT max(applicable) FROM rule WHERE sha256 = ?1), 0),?17,?18) "
		"ON CONFLICT DO NOTHING",
	[STATEMENT_FIRST_RULE] =
		"INSERT INTO rule (sha256, engine, path, line, status, reason, id, title, level, "
		"level_rank, logsource, tags, author, description, falsepositives, refs, kind, "
		"silent, source, applicable) VALUES "
		"(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,?19,?20) "
		"ON CONFLICT DO NOTHING",
	[STATEMENT_RULE_SEEN] = "INSERT OR IGNORE INTO temp.seen_rule VALUES (?1,?2,?3)",
	[STATEMENT_RULE_SOURCE] = "UPDATE rule SET source = ?2 WHERE sha256 = ?1 AND source = ''",
	[STATEMENT_APPLICABLE] =
		"UPDATE rule SET applicable = 1 WHERE sha256 = ?1 AND applicable = 0",
	[STATEMENT_EVIDENCE_STATE] = "SELECT state FROM evidence WHERE sha256 = ?1",
	[STATEMENT_EVIDENCE] = "INSERT INTO evidence (sha256, size, state) VALUES (?1,?2,'open') "
			       "ON CONFLICT DO NOTHING",
	[STATEMENT_EVIDENCE_DONE] =
		"UPDATE evidence SET state = 'done', reader = ?2, score = ?3, in_use = ?4, "
		"recovered = ?5, first = ?6, last = ?7 WHERE sha256 = ?1",
	[STATEMENT_PATH_OLD] = "SELECT sha256 FROM evidence_path WHERE path = ?1 AND "
			       "(sha256, modified, place) <> (?2, ?3, ?4)",
	[STATEMENT_PATH] = "INSERT INTO evidence_path VALUES (?1,?2,?3,?4,0) ON CONFLICT DO UPDATE "
			   "SET judged = judged AND (sha256, modified, place) = (?2, ?3, ?4), "
			   "sha256 = ?2, modified = ?3, place = ?4",
	[STATEMENT_PATH_JUDGED] = "UPDATE evidence_path SET judged = 1 WHERE path = ?1",
	[STATEMENT_PATH_IS_JUDGED] = "SELECT 1 FROM evidence_path WHERE path = ?1 AND judged = 1",
	[STATEMENT_PATH_GAPS] = "DELETE FROM gap WHERE evidence_sha256 = '' AND path = ?1",
	[STATEMENT_MEMBER] = "INSERT OR IGNORE INTO member VALUES (?1,?2)",
	[STATEMENT_LAST_EVENT] = "SELECT coalesce(max(number), 0) FROM event",
	[STATEMENT_EVENT] = "INSERT INTO event VALUES (?1,?2)",
	[STATEMENT_FINDING] =
		"INSERT INTO finding (id, rule_sha256, evidence_sha256, locator, record, offset, "
		"recovered, time, host, channel, matched, event, level_rank) "
		"VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13) ON CONFLICT DO NOTHING",
	[STATEMENT_ENTITY_FIND] = "SELECT number FROM entity_value WHERE kind = ?1 AND value = ?2",
	[STATEMENT_ENTITY_ADD] = "INSERT INTO entity_value (kind, value) VALUES (?1,?2)",
	[STATEMENT_ENTITY_PLACE] = "INSERT OR IGNORE INTO entity_place VALUES (?1,?2,?3)",
	/* ENTITY_PLACES_AT_ONCE of them */
	[STATEMENT_ENTITY_PLACES] = "INSERT OR IGNORE INTO entity_place VALUES "
				    "(?1,?2,?3),(?1,?4,?5),(?1,?6,?7),(?1,?8,?9)",
	[STATEMENT_LEARNT] = "INSERT OR IGNORE INTO learnt VALUES (?1, ?2)",
	[STATEMENT_OPEN] = "UPDATE evidence SET state = 'open' WHERE sha256 = ?1",
	[STATEMENT_HALF_DONE] = "INSERT OR IGNORE INTO half_done VALUES (?1)",
	[STATEMENT_WHOLE] = "DELETE FROM half_done WHERE sha256 = ?1",
	[STATEMENT_IS_HALF_DONE] = "SELECT 1 FROM half_done WHERE sha256 = ?1",
	[STATEMENT_GAP] = "INSERT INTO gap VALUES (?1,?2,?3,?4,?5,?6,?7,?8) ON CONFLICT DO NOTHING",
	[STATEMENT_TALLY] = "INSERT INTO tally VALUES (?1,?2,?3,?4,?5,?6) ON CONFLICT DO UPDATE "
			    "SET in_use = in_use + excluded.in_use, "
			    "recovered = recovered + excluded.recovered",
	/* Tasks come in the order of the evidence: of equal times the first one's was there first,
	 * and the last one's last. '' is a time that is unknown, and less than any other. A file as
	 * a whole is one event, however often it is judged. */
	[STATEMENT_OBSERVATION] =
		"INSERT INTO observation (evidence_sha256, rule_sha256, kind, subject, value, "
		"place, events, first, first_locator, last, last_locator) "
		"SELECT ?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11 WHERE ?12 > 0 OR EXISTS (SELECT 1 FROM "
		"observation WHERE evidence_sha256 = ?1 AND rule_sha256 = ?2 AND subject = ?4 AND "
		"value = ?5 AND place = ?6) ON CONFLICT DO UPDATE SET "
		"events = excluded.events + CASE place WHEN '' THEN events ELSE 0 END, "
		"first_locator = CASE WHEN excluded.first <> '' AND "
		"(first = '' OR excluded.first < first) THEN excluded.first_locator "
		"ELSE first_locator END, "
		"first = CASE WHEN excluded.first <> '' AND "
		"(first = '' OR excluded.first < first) THEN excluded.first ELSE first END, "
		"last_locator = CASE WHEN excluded.last >= last THEN excluded.last_locator "
		"ELSE last_locator END, last = max(last, excluded.last)",
	[STATEMENT_SOURCE_FIND] =
		"SELECT number FROM hit_source WHERE correlation_sha256 = ?1 AND part = ?2",
	[STATEMENT_SOURCE_ADD] = "INSERT INTO hit_source (correlation_sha256, part, rule_sha256) "
				 "VALUES (?1,?2,?3)",
	[STATEMENT_HIT_EVIDENCE_FIND] = "SELECT number FROM hit_evidence WHERE sha256 = ?1",
	[STATEMENT_HIT_EVIDENCE_ADD] = "INSERT INTO hit_evidence (sha256) VALUES (?1)",
	[STATEMENT_HIT] = "INSERT INTO hit (evidence, locator, record, offset, recovered, time, "
			  "host, channel, matched, event) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10)",
	[STATEMENT_HIT_PLACE] =
		"INSERT INTO hit_place VALUES (?1,?2,?3,?4,?5) ON CONFLICT DO NOTHING",
	[STATEMENT_CORRELATION] =
		"INSERT INTO correlation VALUES (?1,?2,?3,?4,?5,?6) ON CONFLICT DO NOTHING",
	[STATEMENT_CORRELATED] = "INSERT INTO correlated (id, correlation_sha256, first, last, "
				 "events, value, group_values) VALUES ('',?1,'','',0,'','{}')",
	[STATEMENT_CORRELATED_HIT] = "INSERT INTO correlated_hit VALUES (?1,?2,?3,?4,?5)",
	[STATEMENT_CORRELATED_END] =
		"UPDATE correlated SET id = ?2, first = ?3, last = ?4, events = ?5, value = ?6, "
		"group_values = ?7 WHERE number = ?1",
	[STATEMENT_INTEL_SOURCE] =
		"INSERT INTO intel_source (path, format, name, sha256, accepted, rules, rejected, "
		"duplicate, contradictory, over_broad, suspicious, silent, unsupported, kinds) "
		"VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14)",
	[STATEMENT_INDICATOR_FILES] =
		"INSERT OR IGNORE INTO indicator_file SELECT ?1, atom FROM json_tree(CASE WHEN "
		"json_valid(?2) THEN ?2 ELSE '{}' END, '$.sources') "
		"WHERE key = 'file' AND type = 'text'",
	[STATEMENT_INTEL_NOTE] = "INSERT INTO intel_note VALUES (?1,?2,?3,?4,?5,?6)",
};

/* What SQLite's code means for the person at the keyboard. */
static char *explain(const Case *c, int code)
{
	const char *detail = sqlite3_errmsg(c->db);

	switch (code & 0xff) {
	case SQLITE_FULL:
		return g_strdup_printf("%s: the disk is full; what was committed so far is kept, "
				       "the same command resumes once there is room",
			c->path);
	case SQLITE_IOERR:
		return g_strdup_printf("%s: the case can not be read or written (%s); what was "
				       "committed so far is kept",
			c->path, detail);
	case SQLITE_READONLY:
		return g_strdup_printf("%s: the case, or the folder it is in, can not be written "
				       "(%s)",
			c->path, detail);
	case SQLITE_CANTOPEN:
		return g_strdup_printf("%s: the case can not be opened (%s)", c->path, detail);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return g_strdup_printf("%s: the case is in use by another program", c->path);
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return g_strdup_printf("%s: the case is damaged (%s)", c->path, detail);
	default:
		return g_strdup_printf("%s: %s", c->path, detail);
	}
}

gboolean case_fail(Case *c, GError **error)
{
	g_autofree char *text = explain(c, sqlite3_extended_errcode(c->db));

	g_set_error_literal(error, SPOOR_ERROR, SPOOR_ERROR_STORE, text);
	if (c->writing && !c->failure)
		c->failure = g_steal_pointer(&text);
	return FALSE;
}

gboolean case_exec(Case *c, const char *sql, GError **error)
{
	if (sqlite3_exec(c->db, sql, NULL, NULL, NULL) != SQLITE_OK)
		return case_fail(c, error);
	return TRUE;
}

sqlite3_stmt *case_statement(Case *c, StatementId id, GError **error)
{
	if (c->failure || !c->writing) {
		g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_STORE, "%s",
			c->failure ? c->failure : "the case was opened for reading only");
		return NULL;
	}
	if (!c->statements[id] &&
		sqlite3_prepare_v3(c->db, statement_sql[id], -1, SQLITE_PREPARE_PERSISTENT,
			&c->statements[id], NULL) != SQLITE_OK) {
		(void)case_fail(c, error); /* the return value is always FALSE */
		return NULL;
	}
	return c->statements[id];
}

gboolean case_run_statement(Case *c, sqlite3_stmt *statement, gsize size, GError **error)
{
	int code = sqlite3_step(statement);
	gboolean done = code == SQLITE_DONE || code == SQLITE_ROW;

	if (!done)
		(void)case_fail(c, error);	 /* said now: reset forgets the message */
	(void)sqlite3_reset(statement);		 /* repeats the result of the step */
	(void)sqlite3_clear_bindings(statement); /* always succeeds */
	return done && case_count_pending(c, size, error);
}

gboolean case_count_pending(Case *c, gsize size, GError **error)
{
	c->pending_bytes += size;
	if (c->pending_bytes >= PENDING_BYTES_MAX)
		return case_commit(c, error);
	return TRUE;
}

/* Binding fails only for an index that does not exist or a text above 1 GB: neither can be. */
void case_bind_text(sqlite3_stmt *statement, int index, const char *text)
{
	(void)sqlite3_bind_text(statement, index, text ? text : "", -1, SQLITE_STATIC);
}

void case_bind_uint(sqlite3_stmt *statement, int index, guint64 number)
{
	/* SQLite has no unsigned numbers: above its range the largest one stands. */
	(void)sqlite3_bind_int64(statement, index, (gint64)MIN(number, (guint64)G_MAXINT64));
}

void case_bind_instant(sqlite3_stmt *statement, int index, Instant instant)
{
	char text[INSTANT_TEXT_BYTES];

	instant_format(instant, text);
	(void)sqlite3_bind_text(statement, index, text, -1, SQLITE_TRANSIENT);
}
