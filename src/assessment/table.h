/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables of content/tables: lines of cells with a tab between them; lines that are empty or start
 * with # say nothing.
 */
#pragma once

#include <glib.h>

/* Takes a row of @n_cells; FALSE with *@ret_reason (static) where it is malformed. */
typedef gboolean (*TableRowFunc)(
	void *context, guint n_cells, char *const *cells, const char **ret_reason);

/* Reads @name in folder @tables. FALSE with @error naming file, line and reason. */
gboolean table_read(
	const char *tables, const char *name, TableRowFunc row, void *context, GError **error);

/* Midnight (UTC) of "2021-03-02"; the first of the month for "2021-03"; *@ret is INSTANT_NONE for
 * "". FALSE for anything else. */
gboolean table_parse_date(const char *text, gint64 *ret);
