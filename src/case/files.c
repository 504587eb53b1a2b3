/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files that are judged as wholes. What is found in one is found at a path, not in bytes wherever
 * they lie: each path has a state of its own, and what was found there goes when the path does.
 */
#include "case/case-private.h"

/* At path ?1, and below it: '0' is the character behind the slash. */
#define AT_PATH(path)	 path " = ?1"
#define BELOW_PATH(path) path " > ?1 || '/' AND " path " < ?1 || '0'"

/* The rows p of evidence_path, which no other path is as good as. */
#define ONLY(condition)                                                                            \
	" WHERE " condition("p.path") " AND NOT EXISTS (SELECT 1 FROM evidence_path o WHERE "      \
				      "o.sha256 = p.sha256 AND o.place = p.place AND NOT "         \
				      "(" condition("o.path") "))"

#define FINDINGS(column, condition)                                                                \
	"(SELECT f." column " FROM evidence_path p JOIN finding f ON "                             \
	"f.evidence_sha256 = p.sha256 AND f.locator = 'file ' || p.place" ONLY(condition) ")"

#define HITS(condition)                                                                            \
	"(SELECT h.number FROM evidence_path p JOIN hit_evidence e ON e.sha256 = p.sha256 "        \
	"JOIN hit h ON h.evidence = e.number AND h.locator = 'file ' || p.place" ONLY(             \
		condition) ")"

#define OBSERVATIONS(condition)                                                                    \
	"(SELECT b.number FROM evidence_path p JOIN observation b ON "                             \
	"b.evidence_sha256 = p.sha256 AND b.place = p.place AND b.place <> ''" ONLY(condition) ")"

#define FORGET(condition)                                                                          \
	{                                                                                          \
		"DELETE FROM entity_place WHERE event IN " FINDINGS("event", condition),           \
			"DELETE FROM event WHERE number IN " FINDINGS("event", condition),         \
			"DELETE FROM hit_place WHERE source IN (SELECT number FROM hit_source) "   \
			"AND hit IN " HITS(condition),                                             \
			"DELETE FROM hit WHERE number IN " HITS(condition),                        \
			"DELETE FROM finding WHERE number IN " FINDINGS("number", condition),      \
			"DELETE FROM observation WHERE number IN " OBSERVATIONS(condition),        \
	}

#define N_STATEMENTS 6

static const char *const forget_at[N_STATEMENTS] = FORGET(AT_PATH);
static const char *const forget_below[N_STATEMENTS] = FORGET(BELOW_PATH);

gboolean case_forget_files(Case *c, const char *path, gboolean below, GError **error)
{
	c->last_hit.number = 0; /* numbers may be given again */
	case_forget_event(c);
	for (guint i = 0; i < N_STATEMENTS; i++) {
		sqlite3_stmt *s = NULL;
		gboolean done;

		if (sqlite3_prepare_v2(c->db, below ? forget_below[i] : forget_at[i], -1, &s,
			    NULL) != SQLITE_OK)
			return case_fail(c, error);
		case_bind_text(s, 1, path);
		done = sqlite3_step(s) == SQLITE_DONE || case_fail(c, error);
		(void)sqlite3_finalize(s); /* repeats the result of the step */
		if (!done)
			return FALSE;
	}
	return TRUE;
}

gboolean case_file_is_judged(Case *c, const char *path, gboolean *ret_judged, GError **error)
{
	sqlite3_stmt *s = case_statement(c, STATEMENT_PATH_IS_JUDGED, error);
	int code;

	if (!s)
		return FALSE;
	case_bind_text(s, 1, path);
	code = sqlite3_step(s);
	*ret_judged = code == SQLITE_ROW;
	if (code != SQLITE_ROW && code != SQLITE_DONE)
		(void)case_fail(c, error); /* told by the return value below */
	(void)sqlite3_reset(s);		   /* repeats the result of the step */
	return code == SQLITE_ROW || code == SQLITE_DONE;
}

gboolean case_file_judged(Case *c, const char *path, GError **error)
{
	sqlite3_stmt *s = case_statement(c, STATEMENT_PATH_JUDGED, error);

	if (!s)
		return FALSE;
	case_bind_text(s, 1, path);
	return case_run_statement(c, s, 128, error);
}
