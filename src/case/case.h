/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Case: the SQLite file in which a scan's findings and its coverage ledger are kept.
 *
 * schema.sql is the documentation of what is in it, with views for querying by hand. This header is
 * how the coordinator writes it and how show, explain and report read it.
 *
 * A case is a pure function of the set of findings and the ledger: rows are keyed by content, so
 * adding the same thing twice changes nothing, and every listing has an order that does not depend
 * on when rows came. Who ran what when is in the table run alone.
 *
 * All functions return FALSE with @error set on failure (a full disk, a file that is no case).
 */
#pragma once

#include <glib.h>

#include "base/instant.h"
#include "model/coverage.h"
#include "model/intel-report.h"
#include "model/observation.h"
#include "model/rule.h"

typedef struct Case Case;

typedef enum CaseMode {
	CASE_READ,  /* must exist */
	CASE_WRITE, /* created where absent; one writer at a time */
} CaseMode;

Case *case_open(const char *path, CaseMode mode, GError **error);
/* Commits what is pending and closes; accepts NULL. Failing to commit is said by case_commit(). */
void case_close(Case *c);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Case, case_close)

/* Makes everything written so far durable and begins anew. Call now and then, and at the end. */
gboolean case_commit(Case *c, GError **error);

/* ---- the run ---- */

typedef struct CaseRun {
	const char *tool_version; /* "0.1.0" */
	const char *rules_sha256; /* over the sorted hashes of all loaded rules and tables */
	const char *options;	  /* what shapes the result, canonical: "recovered=0" */
	const char *command_line, *host, *user, *started; /* the record apart: shapes nothing */
	gboolean sealed;
	guint n_workers;
} CaseRun;

/*
 * Begins a run. Where the case was made with other rules, tables, tool or options, its findings and
 * ledger are emptied first (evidence is judged anew): a case never mixes two judgements.
 */
gboolean case_begin_run(Case *c, const CaseRun *run, GError **error);
gboolean case_end_run(Case *c, const char *ended, const char *outcome, GError **error);
gboolean case_add_rule(Case *c, const RuleInfo *rule, GError **error);

/*
 * Adds all @rules (RuleInfo), perhaps later than now: they are borrowed until case_end_run(). All
 * that reads or commits sees them.
 */
gboolean case_begin_rules(Case *c, const GPtrArray *rules, GError **error);

/*
 * Adds an indicator that was found, with its document. It stays as long as some finding rests on
 * it, whether or not a run tells of it again.
 */
gboolean case_add_found_rule(Case *c, const RuleInfo *rule, GError **error);

/*
 * The sources of intelligence that the run judges with, one behind the other, instead of those that
 * the case had before.
 */
gboolean case_begin_intel(Case *c, GError **error);
gboolean case_add_intel(
	Case *c, const IntelSource *source, const IntelNote *notes, guint n_notes, GError **error);

/* ---- evidence ---- */

typedef struct CaseEvidence {
	const char *sha256; /* 64 hex digits */
	const char *path;
	guint64 size;
	Instant modified;
	const char *place; /* the path below the folder that was named, or that holds all that was;
			    * NULL: as path */
} CaseEvidence;

typedef enum EvidenceState {
	EVIDENCE_NEW,  /* unknown so far, or an interrupted scan left it half done (now emptied) */
	EVIDENCE_DONE, /* judged completely by this same judgement, or handed out as NEW in this run
			* already (one more path of the same bytes): need not be read again */
	EVIDENCE_HALF_DONE, /* its records in use were judged by an interrupted scan; call
			     * case_evidence_reopen(), then recover */
} EvidenceState;

/*
 * Adds evidence (or one more path of known bytes) and says what is known of it. Where the path led
 * to other bytes in an earlier run and no other path leads to those, what was found in them is
 * removed; and likewise with what lay in them, where they were an archive.
 */
gboolean case_add_evidence(
	Case *c, const CaseEvidence *evidence, EvidenceState *ret_state, GError **error);

/*
 * Whether the file at @path was judged as a whole, and of an archive all that lies in it; and that
 * it was. Evidence was added. A path that leads to other bytes, has another time of last change or
 * lies at another place below the folder that is named has to be judged again: what was found in it
 * is removed when it is added.
 */
gboolean case_file_is_judged(Case *c, const char *path, gboolean *ret_judged, GError **error);
gboolean case_file_judged(Case *c, const char *path, GError **error);

/* Notes that evidence lies in an archive. Both were added. */
gboolean case_add_member(Case *c, const char *archive_sha256, const char *sha256, GError **error);

typedef struct CaseEvidenceResult {
	const char *reader; /* "" where no reader knew the format */
	guint score;
	guint64 in_use, recovered; /* events */
	Instant first, last;	   /* time of the events in use */
} CaseEvidenceResult;

gboolean case_evidence_done(
	Case *c, const char *sha256, const CaseEvidenceResult *result, GError **error);

/* As case_evidence_done(), where the records in use are judged and only recovery is left. */
gboolean case_evidence_half_done(
	Case *c, const char *sha256, const CaseEvidenceResult *result, GError **error);

gboolean case_evidence_is_half_done(Case *c, const char *sha256, gboolean *ret, GError **error);

/* Removes what was recovered from evidence that is done, or half done, and makes it half done. */
gboolean case_evidence_reopen(Case *c, const char *sha256, GError **error);

/* ---- what is found ---- */

typedef struct CaseFinding {
	const RuleInfo *rule;
	RuleLevel level; /* of this finding; most often the rule's */
	const char *evidence_sha256;
	const char *locator;
	guint64 record, offset;
	gboolean recovered;
	Instant time;
	const char *host, *channel;
	const char *matched_json; /* [{"field","source","test","value","selection"}…] */
	const char *event_json;	  /* {"Provider_Name":…} */
} CaseFinding;

/* Adds a finding and its entities; its id is computed here. */
gboolean case_add_finding(Case *c, const CaseFinding *finding, GError **error);

/* Where @evidence_sha256 is NULL, @path tells which file could not even be hashed. */
gboolean case_add_gap(
	Case *c, const char *evidence_sha256, const char *path, const Gap *gap, GError **error);
/* Sums up: tallies of the same hour, host and channel of one piece of evidence are added. */
gboolean case_add_tally(Case *c, const char *evidence_sha256, const Tally *tally, GError **error);
/* What evidence says of a system, joined with what it said before. @place: of a file as a whole, or
 * NULL. *room, for new rows, is counted down; *ret_left_out: there was none. */
gboolean case_add_observation(Case *c, const RuleInfo *rule, const char *evidence_sha256,
	const char *place, const Observation *observation, guint *room, gboolean *ret_left_out,
	GError **error);

/* Rules bound to events of a log source that was there; of the others nothing can be said. */
gboolean case_add_applicable(Case *c, const char *rule_sha256, GError **error);

/*
 * The id of a finding: the first 32 hex digits of SHA-256 over "spoor-finding-1", the rule's
 * SHA-256, the evidence's SHA-256 and the locator, each followed by a line feed. NUL ends @ret.
 */
#define CASE_FINDING_ID_BYTES 33
void case_finding_id(const char *rule_sha256, const char *evidence_sha256, const char *locator,
	char ret[CASE_FINDING_ID_BYTES]);

/*
 * What readers learnt from the evidence of the case, as bytes that only they understand: a scan
 * that resumes needs it for recovery, since it does not read evidence again that is done.
 */
gboolean case_add_learnt(
	Case *c, const char *reader, Slice entry, gboolean *ret_new, GError **error);
/*
 * Makes evidence of @reader that is done half done, and the archives it lies in, since more was
 * learnt than when it was recovered from.
 */
gboolean case_learnt_more(Case *c, const char *reader, GError **error);
typedef void (*CaseLearntFunc)(void *context, const char *reader, Slice entry);
gboolean case_each_learnt(Case *c, CaseLearntFunc each, void *context, GError **error);

/* ---- reading ---- */

/* Runs @sql (read-only) with text parameters @bind (NULL-terminated, may be NULL); calls @row for
 * each row with its columns as texts (NULL for SQL NULL), until it returns FALSE. For report/ and
 * cli/. */
typedef gboolean (*CaseRowFunc)(void *context, guint n_columns, const char *const *columns);
gboolean case_query(Case *c, const char *sql, const char *const *bind, CaseRowFunc row,
	void *context, GError **error);

/* Which SQLite it is, for `spoor doctor`. */
const char *case_library_version(void);
