/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opening, committing and closing a case.
 *
 * A case is one file that can be copied: it uses a rollback journal (not a write-ahead log), which
 * is gone when the case is closed. A scan that is killed loses at most what was not committed; the
 * next one to open the case rolls that back.
 *
 * One writer at a time is held by a lock of the open file description on a byte far behind those
 * that SQLite locks. SQLite's own locks would let a second writer in between two commits. Readers
 * are not kept out but for the moments of a commit.
 */
#include "case/case-private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/hash.h"

#define LOCK_OFFSET	(INT64_C(1) << 62)
#define BUSY_TIMEOUT_MS 10000
#define CACHE_KIB	16384

/* How long a commit waits for readers: when it can be put off, and when it can not. */
#define POSTPONE_TIMEOUT_MS 100
#define INSIST_TIMEOUT_MS   300000
#define POSTPONED_BYTES_MAX (256u << 20)

#define LOCK_TRIES    20
#define LOCK_PAUSE_US 100000

static gboolean take_lock(Case *c, GError **error)
{
	struct flock lock = {
		.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = LOCK_OFFSET, .l_len = 1
	};

	c->lock_fd = open(c->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY, 0666);
	if (c->lock_fd < 0)
		return spoor_error_from_errno(error, "%s", c->path);
	/*
	 * A scan that was killed may have left a process between fork() and exec(), which holds the
	 * lock for a moment more.
	 */
	for (guint i = 0; i < LOCK_TRIES; i++) {
		if (fcntl(c->lock_fd, F_OFD_SETLK, &lock) == 0)
			return TRUE;
		if (errno != EAGAIN && errno != EACCES)
			break;
		g_usleep(LOCK_PAUSE_US);
	}
	if (errno != EAGAIN && errno != EACCES)
		return spoor_error_from_errno(error, "%s: locking", c->path);
	g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_STORE,
		"%s: the case is in use: another scan is writing it", c->path);
	return FALSE;
}

static gboolean query_number(Case *c, const char *sql, gint64 *ret, GError **error)
{
	sqlite3_stmt *statement = NULL;

	if (sqlite3_prepare_v2(c->db, sql, -1, &statement, NULL) != SQLITE_OK ||
		sqlite3_step(statement) != SQLITE_ROW) {
		(void)case_fail(c, error);	   /* the return value is always FALSE */
		(void)sqlite3_finalize(statement); /* repeats the result of the step */
		return FALSE;
	}
	*ret = sqlite3_column_int64(statement, 0);
	(void)sqlite3_finalize(statement); /* the row is there, nothing else was asked */
	return TRUE;
}

static gboolean not_a_case(Case *c, const char *why, GError **error)
{
	g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_STORE, "%s: %s", c->path, why);
	return FALSE;
}

/* Is it a case, and of a version that this program knows? *ret_empty: there is nothing in it yet.
 */
static gboolean check_identity(Case *c, gboolean *ret_empty, GError **error)
{
	g_autoptr(GError) trouble = NULL;
	gint64 application = 0, version = 0, tables = 0;
	gboolean same_schema = FALSE;

	if (!query_number(c, "SELECT count(*) FROM sqlite_schema", &tables, &trouble) ||
		!query_number(c, "PRAGMA application_id", &application, &trouble) ||
		!query_number(c, "PRAGMA user_version", &version, &trouble)) {
		if ((sqlite3_errcode(c->db) & 0xff) == SQLITE_NOTADB)
			return not_a_case(c, "not a case: the file is no SQLite database", error);
		g_propagate_error(error, g_steal_pointer(&trouble));
		return FALSE;
	}
	*ret_empty = tables == 0 && application == 0 && version == 0;
	if (*ret_empty)
		return TRUE;
	if (application != CASE_APPLICATION_ID)
		return not_a_case(c, "not a case: an SQLite database of another program", error);
	if (version > CASE_VERSION) {
		g_autofree char *why =
			g_strdup_printf("the case is of version %" G_GINT64_FORMAT
					", made by a newer spoor; this one knows version %d",
				version, CASE_VERSION);

		return not_a_case(c, why, error);
	}
	if (version < 1)
		return not_a_case(c, "not a case: it has no version", error);
	if (version < CASE_VERSION)
		return not_a_case(c,
			"the case was made by an older spoor, whose cases this one does not "
			"read; scan anew into another file",
			error);
	if (!case_check_schema(c, &same_schema, error))
		return FALSE;
	return same_schema ||
		not_a_case(c,
			"its tables are not those of a case of version 2: damaged, or made by "
			"an unfinished spoor",
			error);
}

static gboolean create_schema(Case *c, GError **error)
{
	g_autofree char *sql = g_strdup_printf("BEGIN IMMEDIATE; PRAGMA application_id = %d; "
					       "PRAGMA user_version = %d;\n%s\nCOMMIT;",
		CASE_APPLICATION_ID, CASE_VERSION, case_schema);

	return case_exec(c, sql, error);
}

static gboolean begin_writing(Case *c, GError **error)
{
	if (!case_exec(c, "BEGIN IMMEDIATE", error))
		return FALSE;
	c->writing = TRUE;
	return TRUE;
}

static gboolean prepare_writing(Case *c, gboolean is_new, GError **error)
{
	g_autofree char *settings = g_strdup_printf(
		"PRAGMA page_size = 8192;" /* of a new case: records are large */
		"PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL;"
		/* Debian's default overwrites what is freed, for each page split too */
		"PRAGMA secure_delete = OFF;"
		"PRAGMA cache_size = -%d; PRAGMA temp_store = FILE;"
		"CREATE TEMP TABLE seen_rule (sha256 TEXT, path TEXT, line INTEGER,"
		" PRIMARY KEY (sha256, path, line)) WITHOUT ROWID",
		CACHE_KIB);

	if (!case_exec(c, settings, error))
		return FALSE;
	if (is_new && !create_schema(c, error))
		return FALSE;
	return begin_writing(c, error);
}

static gboolean open_database(Case *c, CaseMode mode, GError **error)
{
	/* READWRITE also for reading: a killed scan's journal has to be rolled back first. */
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;
	gboolean is_empty = FALSE;
	/* SQLite gives names that start with "file:" or ":" a meaning of their own. */
	g_autofree char *name =
		c->path[0] == '/' ? g_strdup(c->path) : g_strconcat("./", c->path, NULL);

	if (sqlite3_open_v2(name, &c->db, flags, NULL) != SQLITE_OK)
		return case_fail(c, error);
	(void)sqlite3_extended_result_codes(c->db, 1);
	(void)sqlite3_busy_timeout(c->db, BUSY_TIMEOUT_MS);
	/* A case may come from a stranger: its schema must not be able to run anything. */
	(void)sqlite3_db_config(c->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	(void)sqlite3_db_config(c->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	(void)sqlite3_db_config(c->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);

	if (!check_identity(c, &is_empty, error))
		return FALSE;
	if (mode == CASE_WRITE)
		return prepare_writing(c, is_empty, error);
	if (is_empty)
		return not_a_case(c, "not a case: the file is empty", error);
	return case_exec(c, "PRAGMA query_only = 1", error);
}

/* Keyed: evidence chooses the texts of entities. */
static guint hash_text(gconstpointer text)
{
	return (guint)slice_hash(slice_from_text(text));
}

/*
 * SQLite counts its memory under a mutex, which costs a twentieth of writing; nobody asks for it.
 * Fails, and changes nothing, once SQLite is in use.
 */
static void stop_counting_memory(void)
{
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); /* as above */
}

Case *case_open(const char *path, CaseMode mode, GError **error)
{
	g_autoptr(Case) c = g_new0(Case, 1);
	gboolean existed = access(path, F_OK) == 0;

	stop_counting_memory();
	c->lock_fd = -1;
	c->path = g_strdup(path);
	c->opened = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	c->entities = g_hash_table_new_full(hash_text, g_str_equal, g_free, g_free);
	c->sourced = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	c->applicable = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	c->entity_key = g_string_new(NULL);
	c->scratch = entity_scratch_new();
	c->last_event.locator = g_string_new(NULL);
	c->last_event.host = g_string_new(NULL);
	c->last_event.fields = g_string_new(NULL);
	if (mode == CASE_READ && !existed) {
		g_set_error(
			error, SPOOR_ERROR, SPOOR_ERROR_STORE, "%s: there is no such case", path);
		return NULL;
	}
	if (g_file_test(path, G_FILE_TEST_IS_DIR)) {
		g_set_error(
			error, SPOOR_ERROR, SPOOR_ERROR_STORE, "%s: not a case: a folder", path);
		return NULL;
	}
	if (mode == CASE_WRITE && !take_lock(c, error))
		return NULL;
	if (!open_database(c, mode, error)) {
		if (mode == CASE_WRITE && !existed)
			(void)unlink(path); /* the empty file that take_lock() made; best effort */
		return NULL;
	}
	return g_steal_pointer(&c);
}

/*
 * A reader in the middle of a long listing keeps a commit off. That must not end a scan, so a
 * commit is put off, until too much has piled up or the run is at its end.
 */
gboolean case_commit(Case *c, GError **error)
{
	gboolean insist = c->ended || c->pending_bytes >= POSTPONED_BYTES_MAX;
	int code;

	if (c->failure) {
		g_set_error_literal(error, SPOOR_ERROR, SPOOR_ERROR_STORE, c->failure);
		return FALSE;
	}
	if (!c->writing)
		return TRUE;
	if (!case_write_rules(c, error))
		return FALSE;
	(void)sqlite3_busy_timeout(c->db, insist ? INSIST_TIMEOUT_MS : POSTPONE_TIMEOUT_MS);
	code = sqlite3_exec(c->db, "COMMIT", NULL, NULL, NULL);
	(void)sqlite3_busy_timeout(c->db, BUSY_TIMEOUT_MS);
	if (code != SQLITE_OK)
		return (code & 0xff) == SQLITE_BUSY && !insist ? TRUE : case_fail(c, error);
	c->pending_bytes = 0;
	return begin_writing(c, error);
}

void case_close(Case *c)
{
	if (!c)
		return;
	for (guint i = 0; i < STATEMENT_N; i++)
		(void)sqlite3_finalize(c->statements[i]); /* repeats an error that was told */
	if (c->writing && !c->failure)
		(void)case_exec(c, "COMMIT", NULL); /* case.h: case_commit() is who tells */
	(void)sqlite3_close(c->db); /* rolls back what is left; no statement is open */
	if (c->lock_fd >= 0)
		(void)close(c->lock_fd); /* nothing was written through it */
	g_hash_table_unref(c->opened);
	g_hash_table_unref(c->entities);
	g_hash_table_unref(c->sourced);
	g_hash_table_unref(c->applicable);
	g_string_free(c->entity_key, TRUE);
	entity_scratch_free(c->scratch);
	g_string_free(c->last_event.locator, TRUE);
	g_string_free(c->last_event.host, TRUE);
	g_string_free(c->last_event.fields, TRUE);
	g_free(c->last_hit.locator);
	g_free(c->failure);
	g_free(c->path);
	g_free(c);
}

const char *case_library_version(void)
{
	return sqlite3_libversion();
}
