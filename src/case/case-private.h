/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of src/case share: the open case, its prepared statements, its way to fail.
 *
 * Writing goes on inside one transaction that is committed now and then (case_commit(), and by the
 * case itself after PENDING_BYTES_MAX). Once a write has failed SQLite may have rolled back, so the
 * case remembers the failure: every later write fails likewise and nothing more is committed.
 */
#pragma once

#include <sqlite3.h>

#include "case/case.h"

#define CASE_APPLICATION_ID 0x73706f72	/* "spor" in the header of the file */
#define CASE_VERSION	    4		/* PRAGMA user_version; schema.sql says what it means */
#define PENDING_BYTES_MAX   (32u << 20) /* written since the last commit; bounds memory */

extern const char case_schema[]; /* schema.sql, embedded at build time */

/* The statements of writing, prepared when first used. statement.c has the SQL. */
typedef enum StatementId {
	STATEMENT_RULE,
	STATEMENT_FIRST_RULE,
	STATEMENT_RULE_SEEN,
	STATEMENT_RULE_SOURCE,
	STATEMENT_APPLICABLE,
	STATEMENT_EVIDENCE_STATE,
	STATEMENT_EVIDENCE,
	STATEMENT_EVIDENCE_DONE,
	STATEMENT_PATH_OLD,
	STATEMENT_PATH,
	STATEMENT_PATH_JUDGED,
	STATEMENT_PATH_IS_JUDGED,
	STATEMENT_PATH_GAPS,
	STATEMENT_MEMBER,
	STATEMENT_LAST_EVENT,
	STATEMENT_EVENT,
	STATEMENT_FINDING,
	STATEMENT_ENTITY_FIND,
	STATEMENT_ENTITY_ADD,
	STATEMENT_ENTITY_PLACE,
	STATEMENT_ENTITY_PLACES,
	STATEMENT_LEARNT,
	STATEMENT_OPEN,
	STATEMENT_HALF_DONE,
	STATEMENT_WHOLE,
	STATEMENT_IS_HALF_DONE,
	STATEMENT_GAP,
	STATEMENT_TALLY,
	STATEMENT_OBSERVATION,
	STATEMENT_SOURCE_FIND,
	STATEMENT_SOURCE_ADD,
	STATEMENT_HIT_EVIDENCE_FIND,
	STATEMENT_HIT_EVIDENCE_ADD,
	STATEMENT_HIT,
	STATEMENT_HIT_PLACE,
	STATEMENT_CORRELATION,
	STATEMENT_CORRELATED,
	STATEMENT_CORRELATED_HIT,
	STATEMENT_CORRELATED_END,
	STATEMENT_INTEL_SOURCE,
	STATEMENT_INTEL_NOTE,
	STATEMENT_INDICATOR_FILES,
	STATEMENT_N,
} StatementId;

/* What tells one event from another, and its number. */
typedef struct CaseEvent {
	gint64 number;
	char sha256[65];
	GString *locator, *host, *fields;
} CaseEvent;

#define ENTITY_PLACES_AT_ONCE 4 /* of STATEMENT_ENTITY_PLACES */

typedef struct EntityScratch EntityScratch; /* entities.c */

EntityScratch *entity_scratch_new(void);
void entity_scratch_free(EntityScratch *scratch);

/* The hit that was added last: one event often is a hit of several correlations (hits.c). */
typedef struct CaseLastHit {
	gint64 number, evidence; /* 0 where there is none */
	char rule_sha256[65], evidence_sha256[65];
	char *locator;
} CaseLastHit;

struct Case {
	sqlite3 *db;
	char *path;
	int lock_fd;	   /* WRITE: holds the writer's lock; -1 in READ */
	gboolean writing;  /* in a transaction */
	gboolean is_fresh; /* the run began with no rules in the case: all that come are its own */
	gboolean ended;	   /* case_end_run() was called: the next commit has to succeed */
	gint64 run_id;	   /* of the run table; 0 before case_begin_run() */
	gsize pending_bytes;
	char *failure; /* why writing failed; NULL while all is well */
	sqlite3_stmt *statements[STATEMENT_N];
	GHashTable *opened;   /* SHA-256 of evidence that this run has begun to judge */
	GHashTable *entities; /* "kind value" -> number of entity_value, as gint64; bounded */
	GString *entity_key;  /* scratch: a key of it */
	CaseEvent last_event; /* that was added */
	EntityScratch *scratch;
	GHashTable *sourced;	/* SHA-256 of rules whose document is stored, or will be */
	GHashTable *applicable; /* SHA-256 of rules that were applicable while they waited */
	const GPtrArray *waiting_rules; /* RuleInfo: not written yet (rules.c); NULL: all are */
	CaseLastHit last_hit;
};

/* Sets @error to a sentence on what SQLite said last, and remembers it where @c writes. FALSE. */
gboolean case_fail(Case *c, GError **error);

/* Runs SQL without parameters or rows. */
gboolean case_exec(Case *c, const char *sql, GError **error);

/*
 * The statement @id, reset and ready to be bound; NULL with @error set. Fails where the case was
 * opened for reading or has failed before.
 */
sqlite3_stmt *case_statement(Case *c, StatementId id, GError **error);

/* Runs a bound statement to its end, resets it; counts @size bytes as pending. */
gboolean case_run_statement(Case *c, sqlite3_stmt *statement, gsize size, GError **error);

/* Counts @size bytes as written since the last commit; commits where there are enough. */
gboolean case_count_pending(Case *c, gsize size, GError **error);

/* NULL is ''. @text is borrowed until the statement has run. */
void case_bind_text(sqlite3_stmt *statement, int index, const char *text);
void case_bind_uint(sqlite3_stmt *statement, int index, guint64 number);
void case_bind_instant(sqlite3_stmt *statement, int index, Instant instant);

/* Removes the evidence @sha256, which no path leads to any more, and all that was found in it. */
gboolean case_drop_evidence_rows(Case *c, const char *sha256, GError **error);

/*
 * @path led to the archive @archive_sha256 and does no more: what lies in it is found under another
 * path of it, or removed where there is none (members.c).
 */
gboolean case_move_members(Case *c, const char *path, const char *archive_sha256, GError **error);

/*
 * What was found in the file at @path as a whole is not true any more, or (@below) in those below
 * it; unless they are found at other paths too (files.c).
 */
gboolean case_forget_files(Case *c, const char *path, gboolean below, GError **error);

/* Does any path lead to the evidence @sha256? */
gboolean case_is_named(Case *c, const char *sha256, gboolean *ret_named, GError **error);

/* Evidence is half done no more (resume.c). */
gboolean case_forget_half_done(Case *c, const char *sha256, GError **error);

/* Has the case all tables and views of schema.sql, as they are there? */
gboolean case_check_schema(Case *c, gboolean *ret_same, GError **error);

/* The next finding's event is taken for a new one. */
void case_forget_event(Case *c);

/* Writes the rules that wait, where there are any. */
gboolean case_write_rules(Case *c, GError **error);

/* Stores the document of @rule, which has a finding (rules.c). */
gboolean case_keep_rule_source(Case *c, const RuleInfo *rule, GError **error);

/* Adds what the event @number names (entities.c). */
gboolean case_add_entities(
	Case *c, gint64 number, const char *host, const char *event_json, GError **error);
