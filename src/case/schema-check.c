/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is the schema of a case the one that its version stands for?
 *
 * A case may come from a stranger. With the same tables and views, columns hold what schema.sql
 * says they hold (the tables are STRICT), so those who read a case need not look for NULLs, numbers
 * that are texts, or views that are something else. What somebody added of their own (an index, a
 * view) is left alone.
 */
#include "case/case-private.h"

#include "base/error.h"

/* Has @db the object that the row of @expected tells? 1, 0, or -1 where it can not be asked. */
static int has_object(sqlite3_stmt *lookup, sqlite3_stmt *expected)
{
	int code;

	for (int i = 0; i < 3; i++)
		case_bind_text(lookup, i + 1, (const char *)sqlite3_column_text(expected, i));
	code = sqlite3_step(lookup);
	(void)sqlite3_reset(lookup); /* repeats the result of the step */
	return code == SQLITE_ROW ? 1 : code == SQLITE_DONE ? 0 : -1;
}

/* A database in memory with nothing but the schema; NULL only where memory is short. */
static sqlite3 *open_model(void)
{
	sqlite3 *model = NULL;

	if (sqlite3_open(":memory:", &model) == SQLITE_OK &&
		sqlite3_exec(model, case_schema, NULL, NULL, NULL) == SQLITE_OK)
		return model;
	(void)sqlite3_close(model); /* accepts what open left behind */
	return NULL;
}

gboolean case_check_schema(Case *c, gboolean *ret_same, GError **error)
{
	sqlite3 *model = open_model();
	sqlite3_stmt *expected = NULL, *lookup = NULL;
	int found = 1;

	g_assert(model); /* the embedded schema is sound, or no test would pass */
	if (sqlite3_prepare_v2(model,
		    "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL", -1,
		    &expected, NULL) != SQLITE_OK ||
		sqlite3_prepare_v2(c->db,
			"SELECT 1 FROM sqlite_schema WHERE type = ?1 AND name = ?2 AND sql = ?3",
			-1, &lookup, NULL) != SQLITE_OK)
		found = -1;
	while (found == 1 && sqlite3_step(expected) == SQLITE_ROW)
		found = has_object(lookup, expected);
	if (found < 0)
		(void)case_fail(c, error); /* told by the return value below */
	(void)sqlite3_finalize(expected);  /* these repeat results that are known */
	(void)sqlite3_finalize(lookup);
	(void)sqlite3_close(model);
	*ret_same = found == 1;
	return found >= 0;
}
