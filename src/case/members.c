/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Members of archives are evidence under a path that begins with the archive's. Where that path
 * leads to other bytes now, they are found under another path of the same archive, or no more.
 */
#include "case/case-private.h"

#include "base/error.h"

/* Of what lies below folder ?1: '0' is the character behind the slash. */
#define BELOW "path > ?1 || '/' AND path < ?1 || '0'"

static gboolean keep_text(void *context, guint n_columns, const char *const *columns)
{
	if (columns[0])
		g_ptr_array_add(context, g_strdup(columns[0]));
	return TRUE;
}

static gboolean collect(Case *c, const char *sql, const char *text, GPtrArray *ret, GError **error)
{
	const char *const bind[] = { text, NULL };

	return case_query(c, sql, bind, keep_text, ret, error);
}

/* Runs @sql with its parameters bound to @first and @second. */
static gboolean run_with(
	Case *c, const char *sql, const char *first, const char *second, GError **error)
{
	sqlite3_stmt *statement = NULL;
	gboolean done;

	if (sqlite3_prepare_v2(c->db, sql, -1, &statement, NULL) != SQLITE_OK)
		return case_fail(c, error);
	case_bind_text(statement, 1, first);
	if (second)
		case_bind_text(statement, 2, second);
	done = sqlite3_step(statement) == SQLITE_DONE || case_fail(c, error);
	(void)sqlite3_finalize(statement); /* repeats the result of the step */
	return done;
}

static gboolean drop_unnamed(Case *c, const GPtrArray *hashes, GError **error)
{
	for (guint i = 0; i < hashes->len; i++) {
		gboolean named;

		if (!case_is_named(c, hashes->pdata[i], &named, error) ||
			(!named && !case_drop_evidence_rows(c, hashes->pdata[i], error)))
			return FALSE;
	}
	return TRUE;
}

gboolean case_move_members(Case *c, const char *path, const char *archive_sha256, GError **error)
{
	g_autoptr(GPtrArray) members = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GPtrArray) others = g_ptr_array_new_with_free_func(g_free);

	if (!collect(c, "SELECT sha256 FROM member WHERE archive_sha256 = ?1 LIMIT 1",
		    archive_sha256, members, error))
		return FALSE;
	if (!members->len)
		return TRUE; /* it was no archive */
	g_ptr_array_set_size(members, 0);
	/* Elsewhere they are other files, and are judged as such when their archive is. */
	if (!case_forget_files(c, path, TRUE, error))
		return FALSE;
	if (!collect(c, "SELECT min(path) FROM evidence_path WHERE sha256 = ?1", archive_sha256,
		    others, error))
		return FALSE;
	if (others->len)
		return run_with(c,
			       "UPDATE OR IGNORE evidence_path SET judged = 0, "
			       "path = ?2 || substr(path, length(?1) + 1), place = (SELECT place "
			       "FROM evidence_path WHERE path = ?2) || substr(path, length(?1) + "
			       "1) "
			       "WHERE " BELOW,
			       path, others->pdata[0], error) &&
			run_with(c, "DELETE FROM evidence_path WHERE " BELOW, path, NULL, error);
	return collect(c, "SELECT DISTINCT sha256 FROM evidence_path WHERE " BELOW, path, members,
		       error) &&
		run_with(c, "DELETE FROM evidence_path WHERE " BELOW, path, NULL, error) &&
		drop_unnamed(c, members, error);
}
