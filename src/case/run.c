/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The run: which judgement the case holds, and the record of who ran what.
 *
 *	case_begin_run()
 *	    same judgement     evidence that is done stays, what is half done is emptied
 *	    another one        all results are emptied, run records stay
 *	case_add_...()
 *	case_end_run()         rules that this run no longer has are removed
 *
 * Between the two the case is resumable at every commit: evidence is marked done in the same
 * transaction as the last of its rows.
 */
#include "case/case-private.h"

#include "base/error.h"
#include "case/hits.h"

#define DELETE_OPEN(table)                                                                         \
	"DELETE FROM " table " WHERE evidence_sha256 IN "                                          \
	"(SELECT sha256 FROM evidence WHERE state = 'open' AND "                                   \
	"sha256 NOT IN (SELECT sha256 FROM half_done));"

#define DELETE_EVENTS(table, column)                                                               \
	"DELETE FROM " table " WHERE " column " IN (SELECT event FROM finding WHERE "              \
	"evidence_sha256 IN (SELECT sha256 FROM evidence WHERE state = 'open' AND "                \
	"sha256 NOT IN (SELECT sha256 FROM half_done)));"

/* The hits of the evidence whose numbers @evidence gives. */
#define DELETE_HITS(evidence)                                                                      \
	"DELETE FROM hit_place WHERE source IN (SELECT number FROM hit_source) AND hit IN "        \
	"(SELECT number FROM hit WHERE evidence IN (" evidence "));"                               \
	"DELETE FROM hit WHERE evidence IN (" evidence ");"

/* Of files that are judged again. What is found in them is the same, and counts once; hits do not.
 */
#define UNJUDGED                                                                                   \
	"(SELECT h.number FROM evidence_path p JOIN hit_evidence e ON e.sha256 = p.sha256 "        \
	"JOIN hit h ON h.evidence = e.number AND h.locator = 'file ' || p.place "                  \
	"WHERE p.judged = 0 AND NOT EXISTS (SELECT 1 FROM evidence_path o WHERE "                  \
	"o.sha256 = p.sha256 AND o.place = p.place AND o.judged = 1))"
#define DELETE_FILE_HITS                                                                           \
	"DELETE FROM hit_place WHERE source IN (SELECT number FROM hit_source) AND hit "           \
	"IN " UNJUDGED ";DELETE FROM hit WHERE number IN " UNJUDGED ";"

static const char drop_half_done[] = DELETE_HITS(
	"SELECT h.number FROM hit_evidence h JOIN evidence e ON e.sha256 = h.sha256 "
	"WHERE e.state = 'open' AND e.sha256 NOT IN (SELECT sha256 FROM half_done)")
	DELETE_EVENTS("entity_place", "event") DELETE_EVENTS("event", "number")
		DELETE_OPEN("finding") DELETE_OPEN("gap") DELETE_OPEN("observation") DELETE_OPEN(
			"tally") "UPDATE evidence_path SET judged = 0 WHERE sha256 IN "
				 "(SELECT sha256 FROM evidence WHERE state = 'open' AND "
				 "sha256 NOT IN (SELECT sha256 FROM half_done));" DELETE_FILE_HITS;

static const char drop_everything[] =
	"DELETE FROM entity_place; DELETE FROM entity_value; DELETE FROM event;"
	"DELETE FROM finding; DELETE FROM gap; "
	"DELETE FROM tally; DELETE FROM observation;"
	"DELETE FROM evidence_path; DELETE FROM evidence; DELETE FROM rule; DELETE FROM judgement;"
	"DELETE FROM indicator_file; DELETE FROM learnt; DELETE FROM half_done; DELETE FROM member;"
	"DELETE FROM hit_place; DELETE FROM hit; DELETE FROM hit_source; DELETE FROM hit_evidence;";

static const char drop_unseen_rules[] =
	"DELETE FROM rule WHERE kind <> 'indicator' AND NOT EXISTS (SELECT 1 FROM temp.seen_rule s "
	"WHERE s.sha256 = rule.sha256 AND s.path = rule.path AND s.line = rule.line)";

/* What an indicator was found in may be gone. */
static const char drop_unfound_indicators[] =
	"DELETE FROM rule WHERE kind = 'indicator' AND NOT EXISTS (SELECT 1 FROM finding f WHERE "
	"f.rule_sha256 = rule.sha256);"
	"DELETE FROM indicator_file WHERE sha256 NOT IN (SELECT sha256 FROM rule)";

static const char drop_unnamed_entities[] =
	"DELETE FROM entity_value WHERE number NOT IN (SELECT entity FROM entity_place)";

static gboolean keep_row(void *context, guint n_columns, const char *const *columns)
{
	*(gboolean *)context = TRUE;
	return FALSE;
}

/* Does the case hold the judgement of @run already? */
static gboolean is_same_judgement(Case *c, const CaseRun *run, gboolean *ret_same, GError **error)
{
	const char *bind[] = { run->tool_version, run->rules_sha256, run->options, NULL };

	*ret_same = FALSE;
	return case_query(c,
		"SELECT 1 FROM judgement WHERE tool_version = ?1 AND rules_sha256 = ?2 AND options "
		"= ?3",
		bind, keep_row, ret_same, error);
}

gboolean case_is_named(Case *c, const char *sha256, gboolean *ret_named, GError **error)
{
	const char *bind[] = { sha256, NULL };

	*ret_named = FALSE;
	return case_query(c, "SELECT 1 FROM evidence_path WHERE sha256 = ?1", bind, keep_row,
		ret_named, error);
}

/* Runs @sql once with its parameters bound to @texts. */
static gboolean run_once(Case *c, const char *sql, const char *const *texts, GError **error)
{
	sqlite3_stmt *statement = NULL;
	gboolean done;

	if (c->failure || !c->writing) {
		g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_STORE, "%s",
			c->failure ? c->failure : "the case was opened for reading only");
		return FALSE;
	}
	if (sqlite3_prepare_v2(c->db, sql, -1, &statement, NULL) != SQLITE_OK)
		return case_fail(c, error);
	for (int i = 0; texts[i]; i++)
		case_bind_text(statement, i + 1, texts[i]);
	done = sqlite3_step(statement) == SQLITE_DONE || case_fail(c, error);
	(void)sqlite3_finalize(statement); /* repeats the result of the step */
	return done;
}

static const char *text_or_empty(const char *text)
{
	return text ? text : "";
}

gboolean case_begin_run(Case *c, const CaseRun *run, GError **error)
{
	g_autofree char *workers = g_strdup_printf("%u", run->n_workers);
	const char *judgement[] = { run->tool_version, run->rules_sha256, run->options, NULL };
	const char *record[] = { text_or_empty(run->started), text_or_empty(run->command_line),
		text_or_empty(run->host), text_or_empty(run->user), run->sealed ? "1" : "0",
		workers, NULL };
	gboolean same = FALSE;

	if (!is_same_judgement(c, run, &same, error))
		return FALSE;
	if (!case_clear_correlated(c, error) ||
		!case_exec(c, same ? drop_half_done : drop_everything, error))
		return FALSE;
	if (!same && !run_once(c, "INSERT INTO judgement VALUES (1, ?1, ?2, ?3)", judgement, error))
		return FALSE;
	if (!run_once(c,
		    "INSERT INTO run (started, command_line, host, user, sealed, workers) "
		    "VALUES (?1, ?2, ?3, ?4, CAST(?5 AS INTEGER), CAST(?6 AS INTEGER))",
		    record, error))
		return FALSE;
	c->run_id = sqlite3_last_insert_rowid(c->db);
	c->is_fresh = !same;
	c->waiting_rules = NULL;
	case_forget_event(c);
	c->ended = FALSE;
	g_hash_table_remove_all(c->opened);
	g_hash_table_remove_all(c->entities);
	g_hash_table_remove_all(c->sourced);
	g_hash_table_remove_all(c->applicable);
	c->last_hit.evidence = c->last_hit.number = 0;
	return case_exec(c, "DELETE FROM temp.seen_rule", error);
}

gboolean case_end_run(Case *c, const char *ended, const char *outcome, GError **error)
{
	g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT, c->run_id);
	const char *texts[] = { ended, outcome, id, NULL };
	gboolean finished = g_str_equal(outcome, "complete") || g_str_equal(outcome, "incomplete");

	if (!case_write_rules(c, error) || !case_exec(c, drop_unfound_indicators, error))
		return FALSE;
	/* An interrupted run has perhaps not named all of its rules: nothing is removed then. */
	if (finished && !c->is_fresh &&
		(!case_exec(c, drop_unseen_rules, error) ||
			!case_exec(c, drop_unnamed_entities, error)))
		return FALSE;
	c->ended = TRUE;
	return run_once(c, "UPDATE run SET ended = ?1, outcome = ?2 WHERE id = CAST(?3 AS INTEGER)",
		texts, error);
}

gboolean case_drop_evidence_rows(Case *c, const char *sha256, GError **error)
{
	static const char *const statements[] = {
		("DELETE FROM entity_place WHERE event IN "
		 "(SELECT event FROM finding WHERE evidence_sha256 = ?1)"),
		("DELETE FROM event WHERE number IN "
		 "(SELECT event FROM finding WHERE evidence_sha256 = ?1)"),
		"DELETE FROM finding WHERE evidence_sha256 = ?1",
		"DELETE FROM gap WHERE evidence_sha256 = ?1",
		"DELETE FROM tally WHERE evidence_sha256 = ?1",
		"DELETE FROM observation WHERE evidence_sha256 = ?1",
		"DELETE FROM evidence WHERE sha256 = ?1",
		"DELETE FROM half_done WHERE sha256 = ?1",
		("DELETE FROM hit_place WHERE source IN (SELECT number FROM hit_source) AND hit IN "
		 "(SELECT number FROM hit WHERE evidence IN "
		 "(SELECT number FROM hit_evidence WHERE sha256 = ?1))"),
		("DELETE FROM hit WHERE evidence IN "
		 "(SELECT number FROM hit_evidence WHERE sha256 = ?1)"),
		"DELETE FROM member WHERE archive_sha256 = ?1",
	};
	const char *texts[] = { sha256, NULL };

	c->last_hit.number = 0; /* numbers may be given again */
	for (guint i = 0; i < G_N_ELEMENTS(statements); i++)
		if (!run_once(c, statements[i], texts, error))
			return FALSE;
	return TRUE;
}
