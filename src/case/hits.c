/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hits are rows of two tables that are only appended to, so that millions can be written while
 * evidence is judged: hit has what the event is, hit_place what it is to a correlation. Sorting is
 * left to the time when it is needed, and to SQLite, which spills to disk what exceeds its cache.
 */
#include "case/hits.h"

#include <string.h>

#include "base/error.h"
#include "case/case-private.h"

#define STEPS_BETWEEN_LOOKS 100000 /* of SQLite's machine: some milliseconds */

static void bind_blob(sqlite3_stmt *s, int index, Slice bytes)
{
	/* Fails only above 1 GB. */
	(void)sqlite3_bind_blob64(
		s, index, bytes.size ? (const void *)bytes.data : "", bytes.size, SQLITE_TRANSIENT);
}

static void bind_int(sqlite3_stmt *s, int index, gint64 number)
{
	(void)sqlite3_bind_int64(s, index, number); /* as case_bind_uint(): can not fail */
}

static const char *column_text(sqlite3_stmt *s, int index)
{
	const char *text = (const char *)sqlite3_column_text(s, index);

	return text ? text : "";
}

/* The number that @find gives, or of the row that @add adds; both are bound to the same texts. */
static gboolean find_or_add(Case *c, StatementId find, StatementId add,
	void (*bind)(sqlite3_stmt *s, const void *context), const void *context, gint64 *ret,
	GError **error)
{
	sqlite3_stmt *s = case_statement(c, find, error);
	int code;

	if (!s)
		return FALSE;
	bind(s, context);
	code = sqlite3_step(s);
	*ret = sqlite3_column_int64(s, 0);
	(void)sqlite3_reset(s); /* repeats the result of the step */
	if (code == SQLITE_ROW)
		return TRUE;
	if (code != SQLITE_DONE)
		return case_fail(c, error);
	s = case_statement(c, add, error);
	if (!s)
		return FALSE;
	bind(s, context);
	if (!case_run_statement(c, s, 128, error))
		return FALSE;
	*ret = sqlite3_last_insert_rowid(c->db);
	return TRUE;
}

/* ---- while evidence is judged ---- */

typedef struct Source {
	const char *correlation_sha256, *rule_sha256;
	guint part;
} Source;

static void bind_source(sqlite3_stmt *s, const void *context)
{
	const Source *source = context;

	case_bind_text(s, 1, source->correlation_sha256);
	case_bind_uint(s, 2, source->part);
	if (sqlite3_bind_parameter_count(s) > 2)
		case_bind_text(s, 3, source->rule_sha256);
}

gboolean case_hit_source(Case *c, const char *correlation_sha256, guint part,
	const char *rule_sha256, gint64 *ret, GError **error)
{
	const Source source = { correlation_sha256, rule_sha256, part };

	return find_or_add(
		c, STATEMENT_SOURCE_FIND, STATEMENT_SOURCE_ADD, bind_source, &source, ret, error);
}

static void bind_sha256(sqlite3_stmt *s, const void *context)
{
	case_bind_text(s, 1, context);
}

/* The number of the evidence; that of the last one is kept, since hits come file by file. */
static gboolean number_evidence(Case *c, const char *sha256, gint64 *ret, GError **error)
{
	CaseLastHit *last = &c->last_hit;

	if (last->evidence && g_str_equal(last->evidence_sha256, sha256)) {
		*ret = last->evidence;
		return TRUE;
	}
	if (!find_or_add(c, STATEMENT_HIT_EVIDENCE_FIND, STATEMENT_HIT_EVIDENCE_ADD, bind_sha256,
		    sha256, ret, error))
		return FALSE;
	last->evidence = *ret;
	last->number = 0;
	(void)g_strlcpy(last->evidence_sha256, sha256, sizeof last->evidence_sha256); /* fits */
	return TRUE;
}

static gboolean is_last_hit(const Case *c, const CaseFinding *hit)
{
	const CaseLastHit *last = &c->last_hit;

	return last->number && g_str_equal(last->evidence_sha256, hit->evidence_sha256) &&
		g_str_equal(last->rule_sha256, hit->rule->sha256) &&
		g_str_equal(last->locator, hit->locator);
}

static void keep_last_hit(Case *c, const CaseFinding *hit, gint64 number)
{
	CaseLastHit *last = &c->last_hit;

	last->number = number;
	(void)g_strlcpy(last->rule_sha256, hit->rule->sha256, sizeof last->rule_sha256); /* fits */
	g_free(last->locator);
	last->locator = g_strdup(hit->locator);
}

gboolean case_add_hit(Case *c, const CaseFinding *hit, gint64 *ret_number, GError **error)
{
	sqlite3_stmt *s;
	gint64 evidence = 0;
	gsize size = strlen(hit->event_json) + strlen(hit->matched_json) + 128;

	if (is_last_hit(c, hit)) {
		*ret_number = c->last_hit.number;
		return TRUE;
	}
	if (!number_evidence(c, hit->evidence_sha256, &evidence, error))
		return FALSE;
	s = case_statement(c, STATEMENT_HIT, error);
	if (!s)
		return FALSE;
	bind_int(s, 1, evidence);
	case_bind_text(s, 2, hit->locator);
	case_bind_uint(s, 3, hit->record);
	case_bind_uint(s, 4, hit->offset);
	case_bind_uint(s, 5, hit->recovered ? 1 : 0);
	if (hit->time != INSTANT_NONE)
		bind_int(s, 6, hit->time);
	case_bind_text(s, 7, hit->host);
	case_bind_text(s, 8, hit->channel);
	case_bind_text(s, 9, hit->matched_json);
	case_bind_text(s, 10, hit->event_json);
	if (!case_run_statement(c, s, 0, error))
		return FALSE;
	*ret_number = sqlite3_last_insert_rowid(c->db);
	keep_last_hit(c, hit, *ret_number);
	return case_count_pending(c, size, error);
}

gboolean case_add_hit_place(Case *c, const CaseHitPlace *place, GError **error)
{
	sqlite3_stmt *s = case_statement(c, STATEMENT_HIT_PLACE, error);

	if (!s)
		return FALSE;
	bind_int(s, 1, place->source);
	bind_int(s, 2, place->hit);
	bind_blob(s, 3, place->key);
	case_bind_uint(s, 4, place->problem);
	bind_blob(s, 5, place->group_key);
	return case_run_statement(c, s, 48 + place->key.size + place->group_key.size, error);
}

/* ---- correlating ---- */

gboolean case_clear_correlated(Case *c, GError **error)
{
	c->last_hit.number = 0; /* numbers may be given again */
	case_forget_event(c);
	return case_exec(c,
		"DELETE FROM entity_place WHERE event IN "
		"(SELECT event FROM finding WHERE correlated <> 0);"
		"DELETE FROM event WHERE number IN "
		"(SELECT event FROM finding WHERE correlated <> 0);"
		"DELETE FROM finding WHERE correlated <> 0;"
		"DELETE FROM hit_place WHERE source IN (SELECT number FROM hit_source) AND hit IN "
		"(SELECT number FROM hit WHERE evidence = 0);"
		"DELETE FROM hit WHERE evidence = 0;"
		"DELETE FROM correlated_hit; DELETE FROM correlated; DELETE FROM correlation;"
		"DELETE FROM gap WHERE kind = 'not-correlated' OR "
		"(evidence_sha256 = '' AND path = '');"
		"UPDATE rule SET hits = 0 WHERE hits <> 0",
		error);
}

/* SQLite sorts by small numbers faster than by hashes: evidence in order of its SHA-256. */
static const char rank_evidence[] =
	"DROP TABLE IF EXISTS temp.evidence_rank;"
	"CREATE TEMP TABLE evidence_rank AS SELECT number, sha256, "
	"row_number() OVER (ORDER BY sha256) AS rank FROM main.hit_evidence;"
	"CREATE UNIQUE INDEX temp.evidence_by_number ON evidence_rank (number)";

static const char each_hit[] =
	"SELECT h.number, s.part, h.time, p.key, p.group_key, "
	"CASE WHEN h.evidence = 0 THEN h.record ELSE 0 END, coalesce(e.sha256, ''), h.offset, "
	"coalesce(d.id, h.locator) AS place, h.recovered "
	"FROM hit_source s CROSS JOIN hit_place p ON p.source = s.number "
	"CROSS JOIN hit h ON h.number = p.hit "
	"LEFT JOIN temp.evidence_rank e ON e.number = h.evidence "
	"LEFT JOIN correlated d ON h.evidence = 0 AND d.number = h.record "
	"WHERE s.correlation_sha256 = ?1 AND p.problem = 0 "
	"ORDER BY p.group_key, h.time, e.rank, h.offset, place, s.part, p.key";

static Slice column_blob(sqlite3_stmt *s, int index)
{
	const void *bytes = sqlite3_column_blob(s, index);

	return slice_make(bytes, (gsize)sqlite3_column_bytes(s, index));
}

static gboolean tell_hit(sqlite3_stmt *s, CaseHitFunc each, void *context, GError **error)
{
	const CaseHit hit = {
		.number = sqlite3_column_int64(s, 0),
		.part = (guint)sqlite3_column_int64(s, 1),
		.time = sqlite3_column_int64(s, 2),
		.key = column_blob(s, 3),
		.group_key = column_blob(s, 4),
		.correlated = sqlite3_column_int64(s, 5),
		.evidence_sha256 = column_text(s, 6),
		.offset = (guint64)sqlite3_column_int64(s, 7),
		.locator = column_text(s, 8),
		.recovered = sqlite3_column_int64(s, 9) != 0,
	};

	return each(context, &hit, error);
}

static int is_interrupted(void *interrupted)
{
	const volatile gint *flag = interrupted;

	return flag && g_atomic_int_get(flag);
}

/* All sorting is done in the first step, and may take long. */
static int first_step(Case *c, sqlite3_stmt *s, const volatile gint *interrupted)
{
	int code;

	sqlite3_progress_handler(c->db, STEPS_BETWEEN_LOOKS, is_interrupted, (void *)interrupted);
	code = sqlite3_step(s);
	sqlite3_progress_handler(c->db, 0, NULL, NULL);
	return code;
}

static gboolean each_row(Case *c, sqlite3_stmt *s, const volatile gint *interrupted,
	CaseHitFunc each, void *context, GError **error)
{
	int code = first_step(c, s, interrupted);

	for (; code == SQLITE_ROW && !is_interrupted((void *)interrupted); code = sqlite3_step(s)) {
		if (!tell_hit(s, each, context, error))
			return FALSE;
	}
	if (code == SQLITE_DONE)
		return TRUE;
	if (code != SQLITE_ROW && code != SQLITE_INTERRUPT)
		return case_fail(c, error);
	g_set_error_literal(error, SPOOR_ERROR, SPOOR_ERROR_STOPPED, "interrupted");
	return FALSE;
}

gboolean case_each_hit(Case *c, const char *correlation_sha256, const volatile gint *interrupted,
	CaseHitFunc each, void *context, GError **error)
{
	sqlite3_stmt *s = NULL;
	gboolean told;

	if (!case_exec(c, rank_evidence, error))
		return FALSE;
	if (sqlite3_prepare_v2(c->db, each_hit, -1, &s, NULL) != SQLITE_OK)
		return case_fail(c, error);
	case_bind_text(s, 1, correlation_sha256);
	told = each_row(c, s, interrupted, each, context, error);
	(void)sqlite3_finalize(s); /* repeats the result of the step */
	return told;
}

gboolean case_each_hit_problem(Case *c, const char *correlation_sha256, CaseProblemFunc each,
	void *context, GError **error)
{
	sqlite3_stmt *s = NULL;
	gboolean told = TRUE;
	int code = SQLITE_DONE;

	if (sqlite3_prepare_v2(c->db,
		    "SELECT coalesce(e.sha256, ''), p.problem, count(DISTINCT h.number) "
		    "FROM hit_source s JOIN hit_place p ON p.source = s.number "
		    "JOIN hit h ON h.number = p.hit LEFT JOIN hit_evidence e ON e.number = "
		    "h.evidence "
		    "WHERE s.correlation_sha256 = ?1 AND p.problem <> 0 GROUP BY 1, 2 ORDER BY 1, "
		    "2",
		    -1, &s, NULL) != SQLITE_OK)
		return case_fail(c, error);
	case_bind_text(s, 1, correlation_sha256);
	while (told && (code = sqlite3_step(s)) == SQLITE_ROW)
		told = each(context, column_text(s, 0), (HitProblem)sqlite3_column_int64(s, 1),
			(guint64)sqlite3_column_int64(s, 2), error);
	if (told && code != SQLITE_DONE)
		told = case_fail(c, error);
	(void)sqlite3_finalize(s); /* repeats the result of the step */
	return told;
}

gboolean case_add_correlation(Case *c, const CaseCorrelation *correlation, GError **error)
{
	const char *texts[] = { correlation->sha256, correlation->type, correlation->timespan,
		correlation->condition, correlation->group_by, correlation->fields };
	sqlite3_stmt *s = case_statement(c, STATEMENT_CORRELATION, error);

	if (!s)
		return FALSE;
	for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
		case_bind_text(s, (int)i + 1, texts[i]);
	return case_run_statement(c, s, 256, error);
}

gboolean case_begin_correlated(
	Case *c, const char *correlation_sha256, gint64 *ret_number, GError **error)
{
	sqlite3_stmt *s = case_statement(c, STATEMENT_CORRELATED, error);

	if (!s)
		return FALSE;
	case_bind_text(s, 1, correlation_sha256);
	if (!case_run_statement(c, s, 128, error))
		return FALSE;
	*ret_number = sqlite3_last_insert_rowid(c->db);
	return TRUE;
}

gboolean case_list_correlated(Case *c, gint64 number, guint ordinal, guint part, gint64 hit,
	const char *values, GError **error)
{
	sqlite3_stmt *s = case_statement(c, STATEMENT_CORRELATED_HIT, error);

	if (!s)
		return FALSE;
	bind_int(s, 1, number);
	case_bind_uint(s, 2, ordinal);
	case_bind_uint(s, 3, part);
	bind_int(s, 4, hit);
	case_bind_text(s, 5, values);
	return case_run_statement(c, s, 32 + strlen(values), error);
}

gboolean case_add_correlated_hit(
	Case *c, gint64 number, Instant time, gint64 *ret_hit, GError **error)
{
	sqlite3_stmt *s = case_statement(c, STATEMENT_HIT, error);

	if (!s)
		return FALSE;
	bind_int(s, 1, 0);
	case_bind_text(s, 2, "");
	bind_int(s, 3, number);
	bind_int(s, 4, 0);
	bind_int(s, 5, 0);
	bind_int(s, 6, time);
	for (int i = 7; i <= 10; i++)
		case_bind_text(s, i, "");
	if (!case_run_statement(c, s, 64, error))
		return FALSE;
	*ret_hit = sqlite3_last_insert_rowid(c->db);
	return TRUE;
}

static gboolean end_row(Case *c, const CaseCorrelated *correlated, GError **error)
{
	sqlite3_stmt *s = case_statement(c, STATEMENT_CORRELATED_END, error);

	if (!s)
		return FALSE;
	bind_int(s, 1, correlated->number);
	case_bind_text(s, 2, correlated->id);
	case_bind_instant(s, 3, correlated->first);
	case_bind_instant(s, 4, correlated->last);
	case_bind_uint(s, 5, correlated->n_events);
	case_bind_text(s, 6, correlated->value);
	case_bind_text(s, 7, correlated->group_values);
	return case_run_statement(c, s, 128, error);
}

/*
 * The events that are listed, also those behind the findings of other correlations that are; in the
 * order in which they are listed. Circles can not be: inner correlations come first.
 */
#define BELOW_MAX "1000" /* findings of other correlations; what else they list is in those */
#define LISTED_EVENTS                                                                              \
	"WITH RECURSIVE below (number, way) AS (SELECT ?1, '' UNION ALL "                          \
	"SELECT h.record, b.way || printf('%08d', l.ordinal) FROM below b "                        \
	"JOIN correlated_hit l ON l.correlated = b.number "                                        \
	"JOIN hit h ON h.number = l.hit AND h.evidence = 0 LIMIT " BELOW_MAX ") "
#define FROM_LISTED_EVENTS                                                                         \
	"FROM below b JOIN correlated_hit l ON l.correlated = b.number "                           \
	"JOIN hit h ON h.number = l.hit JOIN hit_evidence e ON e.number = h.evidence "
#define FIRST_OF_THEM "ORDER BY h.time, e.sha256, h.offset, h.locator LIMIT 1"

static const char add_event[] = LISTED_EVENTS "INSERT INTO event (number, fields) SELECT (SELECT "
					      "coalesce(max(number), 0) + 1 FROM event), "
					      "h.event " FROM_LISTED_EVENTS FIRST_OF_THEM;

static const char add_finding[] = LISTED_EVENTS
	"INSERT INTO finding (id, rule_sha256, evidence_sha256, locator, record, offset, "
	"recovered, "
	"time, host, channel, matched, event, correlated, level_rank) "
	"SELECT ?2, ?3, e.sha256, h.locator, h.record, h.offset, ?4, ?5, h.host, h.channel, ?6, "
	"?7, ?1, ?8 " FROM_LISTED_EVENTS FIRST_OF_THEM;

/* Runs @sql, whose first parameter is @number, once. */
static gboolean run_once(
	Case *c, const char *sql, const CaseCorrelated *correlated, gint64 event, GError **error)
{
	sqlite3_stmt *s = NULL;
	gboolean done;

	if (sqlite3_prepare_v2(c->db, sql, -1, &s, NULL) != SQLITE_OK)
		return case_fail(c, error);
	bind_int(s, 1, correlated->number);
	if (sqlite3_bind_parameter_count(s) > 1) {
		case_bind_text(s, 2, correlated->id);
		case_bind_text(s, 3, correlated->rule->sha256);
		case_bind_uint(s, 4, correlated->recovered ? 1 : 0);
		case_bind_instant(s, 5, correlated->first);
		case_bind_text(s, 6, correlated->matched_json);
		bind_int(s, 7, event);
		case_bind_uint(s, 8, correlated->rule->level);
	}
	done = sqlite3_step(s) == SQLITE_DONE || case_fail(c, error);
	(void)sqlite3_finalize(s); /* repeats the result of the step */
	return done && case_count_pending(c, 4096, error);
}

static gboolean add_entities(Case *c, gint64 correlated, gint64 event, GError **error)
{
	static const char sql[] = LISTED_EVENTS "SELECT h.host, h.event " FROM_LISTED_EVENTS
						"ORDER BY b.way, l.ordinal";
	sqlite3_stmt *s = NULL;
	gboolean added = TRUE;
	int code = SQLITE_DONE;

	if (sqlite3_prepare_v2(c->db, sql, -1, &s, NULL) != SQLITE_OK)
		return case_fail(c, error);
	bind_int(s, 1, correlated);
	while (added && (code = sqlite3_step(s)) == SQLITE_ROW)
		added = case_add_entities(c, event, column_text(s, 0), column_text(s, 1), error);
	if (added && code != SQLITE_DONE)
		added = case_fail(c, error);
	(void)sqlite3_finalize(s); /* repeats the result of the step */
	return added;
}

/*
 * Its finding, which tells of the first event that it rests on. The record of that is stored once
 * more, so that the entities of all listed events can be its own.
 */
static gboolean add_correlated_finding(Case *c, const CaseCorrelated *correlated, GError **error)
{
	gint64 event;

	case_forget_event(c); /* the next finding's number is to be asked for again */
	if (!run_once(c, add_event, correlated, 0, error))
		return FALSE;
	event = sqlite3_last_insert_rowid(c->db);
	return run_once(c, add_finding, correlated, event, error) &&
		add_entities(c, correlated->number, event, error);
}

gboolean case_end_correlated(Case *c, const CaseCorrelated *correlated, GError **error)
{
	return end_row(c, correlated, error) &&
		(correlated->rule->is_silent || add_correlated_finding(c, correlated, error));
}

gboolean case_keep_source(Case *c, const RuleInfo *rule, GError **error)
{
	return case_keep_rule_source(c, rule, error);
}

gboolean case_count_hits(Case *c, GError **error)
{
	if (!case_write_rules(c, error))
		return FALSE;
	return case_exec(c,
		"UPDATE rule SET hits = n.hits FROM (SELECT rule_sha256, max(hits) AS hits FROM "
		"(SELECT s.rule_sha256, count(DISTINCT p.hit) AS hits FROM hit_source s "
		"JOIN hit_place p ON p.source = s.number GROUP BY s.number) GROUP BY rule_sha256) "
		"n "
		"WHERE n.rule_sha256 = rule.sha256",
		error);
}

gboolean case_add_correlation_gap(Case *c, const Gap *gap, GError **error)
{
	return case_add_gap(c, NULL, "", gap, error);
}
