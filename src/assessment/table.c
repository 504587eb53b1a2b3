/* SPDX-License-Identifier: Apache-2.0 */
#include "assessment/table.h"

#include "base/error.h"
#include "base/instant.h"
#include "base/limits.h"

static gboolean take_line(char *line, TableRowFunc row, void *context, const char **ret_reason)
{
	g_auto(GStrv) cells = NULL;

	if (line[0] == '\0' || line[0] == '#')
		return TRUE;
	cells = g_strsplit(line, "\t", -1);
	return row(context, g_strv_length(cells), cells, ret_reason);
}

gboolean table_read(
	const char *tables, const char *name, TableRowFunc row, void *context, GError **error)
{
	g_autofree char *path = g_build_filename(tables, name, NULL);
	g_autofree char *text = NULL;
	g_auto(GStrv) lines = NULL;
	gsize size = 0;

	if (!g_file_get_contents(path, &text, &size, error))
		return FALSE;
	if (size > LIMIT_TABLE_BYTES || !g_utf8_validate(text, (gssize)size, NULL)) {
		g_set_error(
			error, SPOOR_ERROR, SPOOR_ERROR_INPUT, "%s: too large, or no UTF-8", path);
		return FALSE;
	}
	lines = g_strsplit(text, "\n", -1);
	for (guint i = 0; lines[i]; i++) {
		const char *reason = "malformed";

		if (!take_line(lines[i], row, context, &reason)) {
			g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_INPUT, "%s:%u: %s", path, i + 1,
				reason);
			return FALSE;
		}
	}
	return TRUE;
}

gboolean table_parse_date(const char *text, gint64 *ret)
{
	g_autofree char *whole = NULL;
	Instant instant = INSTANT_NONE;
	gsize size = strlen(text);

	if (size == 0) {
		*ret = INSTANT_NONE;
		return TRUE;
	}
	if (size != strlen("2021-03") && size != strlen("2021-03-02"))
		return FALSE;
	whole = g_strconcat(text, size == strlen("2021-03") ? "-01" : "", "T00:00:00", NULL);
	if (!instant_parse(slice_from_text(whole), &instant))
		return FALSE;
	*ret = instant;
	return TRUE;
}
