/* SPDX-License-Identifier: Apache-2.0 */
#include "case/case-private.h"

#include "base/error.h"

#define QUERY_COLUMNS_MAX 64

static gboolean run_query(
	Case *c, sqlite3_stmt *statement, CaseRowFunc row, void *context, GError **error)
{
	const char *columns[QUERY_COLUMNS_MAX] = { NULL };
	int n_columns = sqlite3_column_count(statement);
	int code;

	g_return_val_if_fail(n_columns > 0 && n_columns <= QUERY_COLUMNS_MAX, FALSE);
	while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
		for (int i = 0; i < n_columns; i++)
			columns[i] = (const char *)sqlite3_column_text(statement, i);
		if (!row(context, (guint)n_columns, columns))
			return TRUE;
	}
	return code == SQLITE_DONE ? TRUE : case_fail(c, error);
}

gboolean case_query(Case *c, const char *sql, const char *const *bind, CaseRowFunc row,
	void *context, GError **error)
{
	sqlite3_stmt *statement = NULL;
	gboolean done;

	if (!case_write_rules(c, error)) /* it may ask for them */
		return FALSE;
	if (sqlite3_prepare_v2(c->db, sql, -1, &statement, NULL) != SQLITE_OK)
		return case_fail(c, error);
	if (!sqlite3_stmt_readonly(statement)) {
		(void)sqlite3_finalize(statement); /* it never ran */
		g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_USAGE, "not a reading query: %s", sql);
		return FALSE;
	}
	for (int i = 0; bind && bind[i]; i++)
		(void)sqlite3_bind_text(statement, i + 1, bind[i], -1, SQLITE_TRANSIENT);
	done = run_query(c, statement, row, context, error);
	(void)sqlite3_finalize(statement); /* repeats the result of the last step */
	return done;
}
