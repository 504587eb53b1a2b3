/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spoor show intel: what was looked for beside rules. Sources of intelligence and what became of
 * them, and for each kind of indicator in one whether it was found, or could not have been.
 */
#include <string.h>

#include "cli/session.h"
#include "cli/show.h"
#include "report/visible.h"

/* ---- sources ---- */

static const RowField source_fields[] = { { "path", ROW_TEXT }, { "format", ROW_MAYBE },
	{ "name", ROW_TEXT }, { "sha256", ROW_TEXT }, { "accepted", ROW_NUMBER },
	{ "kinds", ROW_JSON }, { "rules", ROW_NUMBER }, { "rejected", ROW_NUMBER },
	{ "duplicate", ROW_NUMBER }, { "contradictory", ROW_NUMBER }, { "over-broad", ROW_NUMBER },
	{ "suspicious", ROW_NUMBER }, { "silent", ROW_NUMBER }, { "unsupported", ROW_NUMBER } };

#define FIRST_NOTES 7 /* the column of "rejected" */

static void append_source(const Terminal *terminal, GString *ret, const char *const *columns)
{
	gboolean any = FALSE;

	if (!columns)
		return;
	visible_append_text(ret, columns[0]);
	g_string_append(ret, ": ");
	if (columns[1][0] == '\0') {
		terminal_append_styled(terminal, ret, STYLE_WARN, "of no format that spoor reads");
	} else {
		append_number(ret, columns[4]);
		g_string_append(
			ret, g_str_equal(columns[4], "1") ? " indicator of " : " indicators of ");
		visible_append_text(ret, columns[2]);
	}
	for (guint i = FIRST_NOTES; i < G_N_ELEMENTS(source_fields); i++) {
		if (g_str_equal(columns[i], "0"))
			continue;
		g_string_append(ret, any ? ", " : "; ");
		append_number(ret, columns[i]);
		g_string_append_printf(ret, " %s", source_fields[i].name);
		any = TRUE;
	}
	g_string_append_c(ret, '\n');
}

static const Listing source_listing = {
	.schema = "spoor.intel-source/1",
	.sql = "SELECT path, format, name, sha256, accepted, "
	       "CASE WHEN json_valid(kinds) THEN json(kinds) ELSE '{}' END, rules, rejected, "
	       "duplicate, contradictory, over_broad, suspicious, silent, unsupported "
	       "FROM intel_source ORDER BY number",
	.fields = source_fields,
	.n_fields = G_N_ELEMENTS(source_fields),
	.append = append_source,
};

/* ---- kinds of indicators ---- */

static const RowField set_fields[] = { { "path", ROW_TEXT }, { "title", ROW_TEXT },
	{ "kind", ROW_TEXT }, { "status", ROW_TEXT }, { "found", ROW_NUMBER },
	{ "findings", ROW_NUMBER } };

static void append_set(const Terminal *terminal, GString *ret, const char *const *columns)
{
	g_autofree char *status = NULL;

	if (!columns)
		return;
	status = g_strdup_printf("%-14s", columns[3]);
	g_string_append(ret, "  ");
	terminal_append_styled(terminal, ret,
		g_str_equal(columns[3], "not assessed") ? STYLE_WARN : STYLE_PLAIN, status);
	terminal_append_clipped(ret, columns[1], terminal->width - 40);
	if (!g_str_equal(columns[4], "0")) {
		g_string_append(ret, ": ");
		append_number(ret, columns[4]);
		g_string_append(ret, ", in ");
		append_number(ret, columns[5]);
		g_string_append(ret, g_str_equal(columns[5], "1") ? " finding" : " findings");
	} else if (g_str_equal(columns[3], "not assessed")) {
		g_string_append(ret, ": no evidence that could hold any");
	}
	g_string_append_c(ret, '\n');
}

static const Listing set_listing = {
	.schema = "spoor.indicators/1",
	.sql = "SELECT path, title, kind, status, found, findings FROM v_indicators "
	       "ORDER BY CASE status WHEN 'found' THEN 0 WHEN 'not assessed' THEN 1 ELSE 2 END, "
	       "path, kind, title",
	.fields = set_fields,
	.n_fields = G_N_ELEMENTS(set_fields),
	.append = append_set,
};

/* ---- notes: JSON only; spoor intel import shows them for people ---- */

static const RowField note_fields[] = { { "path", ROW_TEXT }, { "kind", ROW_TEXT },
	{ "line", ROW_NUMBER }, { "value", ROW_TEXT }, { "reason", ROW_TEXT } };

static const Listing note_listing = {
	.schema = "spoor.intel-note/1",
	.sql = "SELECT s.path, n.kind, n.line, n.value, n.reason FROM intel_note n "
	       "JOIN intel_source s ON s.number = n.source ORDER BY n.source, n.ordinal",
	.fields = note_fields,
	.n_fields = G_N_ELEMENTS(note_fields),
};

gboolean show_intel(const Arguments *arguments, Case *c, const Terminal *terminal, GError **error)
{
	guint64 n = 0;

	if (!listing_print(&source_listing, c, NULL, terminal, &n, error) ||
		!listing_print(&set_listing, c, NULL, terminal, NULL, error))
		return FALSE;
	show_nothing(terminal, n, "intelligence");
	return terminal || listing_print(&note_listing, c, NULL, NULL, NULL, error);
}
