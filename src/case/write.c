/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a run adds to its case: evidence, findings and the ledger.
 */
#include "case/case-private.h"

#include <string.h>

#include "base/error.h"

/* ---- evidence ---- */

/* The first column of the row that the bound @s gives, or NULL; FALSE where it fails. */
static gboolean look_up(Case *c, sqlite3_stmt *s, char **ret_text, GError **error)
{
	int code = sqlite3_step(s);

	if (code == SQLITE_ROW)
		*ret_text = g_strdup((const char *)sqlite3_column_text(s, 0));
	else if (code != SQLITE_DONE)
		(void)case_fail(c, error); /* told by the return value below */
	(void)sqlite3_reset(s);		   /* repeats the result of the step */
	return code == SQLITE_ROW || code == SQLITE_DONE;
}

static gboolean add_evidence_row(Case *c, const CaseEvidence *evidence, GError **error)
{
	sqlite3_stmt *s = case_statement(c, STATEMENT_EVIDENCE, error);

	if (!s)
		return FALSE;
	case_bind_text(s, 1, evidence->sha256);
	case_bind_uint(s, 2, evidence->size);
	return case_run_statement(c, s, 256, error);
}

static sqlite3_stmt *bind_path(
	Case *c, StatementId id, const CaseEvidence *evidence, GError **error)
{
	sqlite3_stmt *s = case_statement(c, id, error);

	if (!s)
		return NULL;
	case_bind_text(s, 1, evidence->path);
	case_bind_text(s, 2, evidence->sha256);
	case_bind_instant(s, 3, evidence->modified);
	case_bind_text(s, 4, evidence->place ? evidence->place : evidence->path);
	return s;
}

/* Lets the path lead to these bytes; what it led to before goes where no other path leads there. */
static gboolean add_path(Case *c, const CaseEvidence *evidence, GError **error)
{
	g_autofree char *old = NULL;
	gboolean still_named = FALSE;
	sqlite3_stmt *s;

	s = bind_path(c, STATEMENT_PATH_OLD, evidence, error);
	if (!s || !look_up(c, s, &old, error) ||
		(old && !case_forget_files(c, evidence->path, FALSE, error)))
		return FALSE;
	s = bind_path(c, STATEMENT_PATH, evidence, error);
	if (!s)
		return FALSE;
	if (!case_run_statement(c, s, 256, error))
		return FALSE;
	s = case_statement(c, STATEMENT_PATH_GAPS, error);
	if (!s)
		return FALSE;
	case_bind_text(s, 1, evidence->path);
	if (!case_run_statement(c, s, 0, error))
		return FALSE;
	if (!old || g_str_equal(old, evidence->sha256))
		return TRUE;
	if (!case_is_named(c, old, &still_named, error))
		return FALSE;
	if (!case_move_members(c, evidence->path, old, error))
		return FALSE;
	return still_named || case_drop_evidence_rows(c, old, error);
}

gboolean case_add_member(Case *c, const char *archive_sha256, const char *sha256, GError **error)
{
	sqlite3_stmt *s = case_statement(c, STATEMENT_MEMBER, error);

	if (!s)
		return FALSE;
	case_bind_text(s, 1, archive_sha256);
	case_bind_text(s, 2, sha256);
	return case_run_statement(c, s, 128, error);
}

gboolean case_add_evidence(
	Case *c, const CaseEvidence *evidence, EvidenceState *ret_state, GError **error)
{
	g_autofree char *state = NULL;
	sqlite3_stmt *s = case_statement(c, STATEMENT_EVIDENCE_STATE, error);
	gboolean half_done;

	if (!s)
		return FALSE;
	case_bind_text(s, 1, evidence->sha256);
	if (!look_up(c, s, &state, error))
		return FALSE;
	if (!state && !add_evidence_row(c, evidence, error))
		return FALSE;
	if (!add_path(c, evidence, error))
		return FALSE;
	if (g_strcmp0(state, "done") == 0 || g_hash_table_contains(c->opened, evidence->sha256)) {
		*ret_state = EVIDENCE_DONE;
		return TRUE;
	}
	(void)g_hash_table_add(c->opened, g_strdup(evidence->sha256)); /* it was not in there */
	if (!case_evidence_is_half_done(c, evidence->sha256, &half_done, error))
		return FALSE;
	*ret_state = half_done ? EVIDENCE_HALF_DONE : EVIDENCE_NEW;
	return TRUE;
}

gboolean case_evidence_done(
	Case *c, const char *sha256, const CaseEvidenceResult *result, GError **error)
{
	sqlite3_stmt *s = case_statement(c, STATEMENT_EVIDENCE_DONE, error);

	if (!s)
		return FALSE;
	case_bind_text(s, 1, sha256);
	case_bind_text(s, 2, result->reader);
	case_bind_uint(s, 3, result->score);
	case_bind_uint(s, 4, result->in_use);
	case_bind_uint(s, 5, result->recovered);
	case_bind_instant(s, 6, result->first);
	case_bind_instant(s, 7, result->last);
	return case_run_statement(c, s, 256, error) && case_forget_half_done(c, sha256, error);
}

/* ---- events ---- */

void case_forget_event(Case *c)
{
	c->last_event.number = 0;
}

/* Findings of one event come one behind the other: only the last one need be remembered. */
static gboolean is_last_event(const CaseEvent *last, const CaseFinding *finding)
{
	return last->number && g_str_equal(last->sha256, finding->evidence_sha256) &&
		g_str_equal(last->locator->str, finding->locator) &&
		g_str_equal(last->host->str, finding->host ? finding->host : "") &&
		g_str_equal(last->fields->str, finding->event_json);
}

/* The number that the finding's event has, or shall have where *ret_new says so. */
static gboolean number_event(
	Case *c, const CaseFinding *finding, gint64 *ret_number, gboolean *ret_new, GError **error)
{
	sqlite3_stmt *s;
	int code;

	*ret_new = !is_last_event(&c->last_event, finding);
	*ret_number = c->last_event.number + *ret_new;
	if (c->last_event.number)
		return TRUE;
	s = case_statement(c, STATEMENT_LAST_EVENT, error);
	if (!s)
		return FALSE;
	code = sqlite3_step(s);
	*ret_number = sqlite3_column_int64(s, 0) + 1;
	(void)sqlite3_reset(s); /* repeats the result of the step */
	return code == SQLITE_ROW || case_fail(c, error);
}

static gboolean add_event(Case *c, const CaseFinding *finding, gint64 number, GError **error)
{
	sqlite3_stmt *s = case_statement(c, STATEMENT_EVENT, error);
	CaseEvent *last = &c->last_event;

	if (!s)
		return FALSE;
	(void)sqlite3_bind_int64(s, 1, number); /* as case_bind_text(): can not fail */
	case_bind_text(s, 2, finding->event_json);
	if (!case_run_statement(c, s, 0, error) || /* counted with the finding */
		!case_add_entities(c, number, finding->host, finding->event_json, error))
		return FALSE;
	last->number = number;
	(void)g_strlcpy(last->sha256, finding->evidence_sha256, sizeof(last->sha256));
	g_string_assign(last->locator, finding->locator);
	g_string_assign(last->host, finding->host ? finding->host : "");
	g_string_assign(last->fields, finding->event_json);
	return TRUE;
}

/* ---- findings and the ledger ---- */

gboolean case_add_finding(Case *c, const CaseFinding *finding, GError **error)
{
	char id[CASE_FINDING_ID_BYTES];
	sqlite3_stmt *s = case_statement(c, STATEMENT_FINDING, error);
	gint64 event;
	gboolean is_new_event;

	if (!s || !number_event(c, finding, &event, &is_new_event, error))
		return FALSE;
	case_finding_id(finding->rule->sha256, finding->evidence_sha256, finding->locator, id);
	case_bind_text(s, 1, id);
	case_bind_text(s, 2, finding->rule->sha256);
	case_bind_text(s, 3, finding->evidence_sha256);
	case_bind_text(s, 4, finding->locator);
	case_bind_uint(s, 5, finding->record);
	case_bind_uint(s, 6, finding->offset);
	case_bind_uint(s, 7, finding->recovered ? 1 : 0);
	case_bind_instant(s, 8, finding->time);
	case_bind_text(s, 9, finding->host);
	case_bind_text(s, 10, finding->channel);
	case_bind_text(s, 11, finding->matched_json);
	(void)sqlite3_bind_int64(s, 12, event); /* as case_bind_text(): can not fail */
	case_bind_uint(s, 13, finding->level);
	if (!case_run_statement(c, s, 0, error))
		return FALSE;
	if (sqlite3_changes(c->db) == 0)
		return TRUE; /* known already, with its event */
	return (!is_new_event || add_event(c, finding, event, error)) &&
		case_keep_rule_source(c, finding->rule, error) &&
		case_count_pending(c,
			strlen(finding->event_json) + strlen(finding->matched_json) + 256, error);
}

gboolean case_add_gap(
	Case *c, const char *evidence_sha256, const char *path, const Gap *gap, GError **error)
{
	sqlite3_stmt *s = case_statement(c, STATEMENT_GAP, error);

	if (!s)
		return FALSE;
	case_bind_text(s, 1, evidence_sha256);
	case_bind_text(s, 2, evidence_sha256 ? "" : path);
	case_bind_text(s, 3, gap_kind_name(gap->kind));
	case_bind_uint(s, 4, gap_kind_is_loss(gap->kind) ? 1 : 0);
	case_bind_uint(s, 5, gap->offset);
	case_bind_uint(s, 6, gap->size);
	case_bind_uint(s, 7, gap->records);
	case_bind_text(s, 8, gap->note);
	return case_run_statement(c, s, 256, error);
}

gboolean case_add_tally(Case *c, const char *evidence_sha256, const Tally *tally, GError **error)
{
	sqlite3_stmt *s = case_statement(c, STATEMENT_TALLY, error);

	if (!s)
		return FALSE;
	case_bind_text(s, 1, evidence_sha256);
	case_bind_text(s, 2, tally->host);
	case_bind_text(s, 3, tally->channel);
	case_bind_instant(s, 4, tally->hour);
	case_bind_uint(s, 5, tally->in_use);
	case_bind_uint(s, 6, tally->recovered);
	return case_run_statement(c, s, 128, error);
}

gboolean case_add_observation(Case *c, const RuleInfo *rule, const char *evidence_sha256,
	const char *place, const Observation *observation, guint *room, gboolean *ret_left_out,
	GError **error)
{
	sqlite3_stmt *s = case_statement(c, STATEMENT_OBSERVATION, error);

	if (!s)
		return FALSE;
	case_bind_text(s, 1, evidence_sha256);
	case_bind_text(s, 2, rule->sha256);
	case_bind_text(s, 3, observation->kind);
	case_bind_text(s, 4, observation->subject);
	case_bind_text(s, 5, observation->value);
	case_bind_text(s, 6, place ? place : "");
	case_bind_uint(s, 7, observation->n_events);
	case_bind_instant(s, 8, observation->first.time);
	case_bind_text(s, 9, observation->first.locator);
	case_bind_instant(s, 10, observation->last.time);
	case_bind_text(s, 11, observation->last.locator);
	case_bind_uint(s, 12, *room);
	sqlite3_set_last_insert_rowid(c->db, 0);
	if (!case_run_statement(c, s, 512, error))
		return FALSE;
	*ret_left_out = sqlite3_changes(c->db) == 0;
	*room -= *room && sqlite3_last_insert_rowid(c->db) != 0;
	return TRUE;
}
