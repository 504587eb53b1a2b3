/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The plain listings of `spoor show`: rules, entities, gaps, timeline, runs.
 */
#include "cli/session.h"
#include "cli/show.h"
#include "report/visible.h"

#include <string.h>

void show_nothing(const Terminal *terminal, guint64 n, const char *what)
{
	g_autoptr(GString) text = g_string_new(NULL);

	if (!terminal || n > 0)
		return;
	g_string_append_printf(text, "No %s.\n", what);
	session_print(text);
}

static void append_level(const Terminal *terminal, GString *ret, const char *name)
{
	RuleLevel level = LEVEL_INFORMATIONAL;
	g_autofree char *padded = terminal_pad(name, 14);

	(void)rule_level_parse(name, &level); /* rule_level_name() wrote it */
	terminal_append_styled(terminal, ret, terminal_level_style(level), padded);
}

/* ---- rules ---- */

static const RowField rule_fields[] = { { "status", ROW_TEXT }, { "id", ROW_TEXT },
	{ "title", ROW_TEXT }, { "level", ROW_TEXT }, { "logsource", ROW_TEXT },
	{ "tags", ROW_WORDS }, { "path", ROW_TEXT }, { "line", ROW_NUMBER },
	{ "reason", ROW_MAYBE }, { "findings", ROW_NUMBER }, { "recovered", ROW_NUMBER },
	{ "hosts", ROW_NUMBER }, { "first", ROW_MAYBE }, { "last", ROW_MAYBE },
	{ "sha256", ROW_TEXT }, { "kind", ROW_TEXT } };

/* Rules without findings have no level. */
static void append_level_or_kind(
	const Terminal *terminal, GString *ret, const char *level, const char *kind)
{
	gboolean has_level = !g_str_equal(kind, "filter") && !g_str_equal(kind, "observation");

	if (has_level)
		append_level(terminal, ret, level);
	else
		g_string_append_printf(ret, "%-14s", kind);
}

static void append_rule(const Terminal *terminal, GString *ret, const char *const *columns)
{
	if (!columns)
		return;
	g_string_append_printf(ret, "%-15s", columns[0]);
	if (g_str_equal(columns[0], "rejected")) {
		terminal_append_path(ret, columns[6], terminal->width - 15 - 8);
		g_string_append_printf(ret, ":%s\n", columns[7]);
		terminal_append_wrapped(ret, columns[8], terminal->width, "               ");
		return;
	}
	append_level_or_kind(terminal, ret, columns[3], columns[15]);
	terminal_append_clipped(ret, columns[2], terminal->width - 15 - 14 - 9);
	if (!g_str_equal(columns[9], "0")) {
		g_string_append(ret, "  ");
		append_number(ret, columns[9]);
	}
	g_string_append_c(ret, '\n');
	if (g_str_equal(columns[0], "not applicable") && columns[8] && *columns[8])
		terminal_append_wrapped(ret, columns[8], terminal->width, "               ");
}

static const Listing rule_listing = {
	.schema = "spoor.rule/1",
	.sql = "SELECT status, id, title, level, logsource, tags, path, line, reason, findings, "
	       "recovered, hosts, first, last, sha256, kind FROM v_rule_summary "
	       "WHERE kind NOT IN ('indicator', 'indicators') "
	       "AND (?1 = '' OR status = ?1) AND level_rank >= CAST(?2 AS INTEGER) "
	       "AND (?3 = '' OR id = ?3 COLLATE NOCASE OR sha256 = ?3 OR title = ?3) "
	       "ORDER BY CASE status WHEN 'fired' THEN 0 WHEN 'correlated' THEN 1 "
	       "WHEN 'quiet' THEN 2 WHEN 'not applicable' THEN 3 WHEN 'filter' THEN 4 WHEN "
	       "'observed' THEN 5 ELSE 6 END, "
	       "level_rank DESC, findings DESC, "
	       "path, line, sha256",
	.fields = rule_fields,
	.n_fields = G_N_ELEMENTS(rule_fields),
	.append = append_rule,
};

gboolean show_rules(const Arguments *arguments, Case *c, const Terminal *terminal, GError **error)
{
	const char *status = arguments_value(arguments, "status");
	const char *level_text = arguments_value(arguments, "level");
	const char *rule = arguments_value(arguments, "rule");
	RuleLevel level = LEVEL_INFORMATIONAL;
	g_autofree char *rank = NULL;
	g_autofree char *status_text = g_strdup(status ? status : "");
	const char *bind[] = { status_text, NULL, rule ? rule : "", NULL };
	guint64 n = 0;

	if (level_text)
		(void)rule_level_parse(level_text, &level); /* the option's choices are its words */
	rank = g_strdup_printf("%d", (int)level);
	bind[1] = rank;
	g_strdelimit(status_text, "-", ' '); /* --status not-applicable */
	if (!listing_print(&rule_listing, c, bind, terminal, &n, error))
		return FALSE;
	show_nothing(terminal, n, "rules");
	return TRUE;
}

/* ---- entities ---- */

static const RowField entity_fields_json[] = { { "kind", ROW_TEXT }, { "value", ROW_TEXT },
	{ "findings", ROW_NUMBER }, { "level", ROW_TEXT }, { "first", ROW_MAYBE },
	{ "last", ROW_MAYBE } };

static void append_entity(const Terminal *terminal, GString *ret, const char *const *columns)
{
	if (!columns)
		return;
	g_string_append_printf(ret, "%-9s", columns[0]);
	append_level(terminal, ret, columns[3]);
	g_string_append_printf(ret, "%7s  ", columns[2]);
	terminal_append_path(ret, columns[1], terminal->width - 9 - 14 - 9);
	g_string_append_c(ret, '\n');
}

static const Listing entity_listing = {
	.schema = "spoor.entity/1",
	.sql = "SELECT kind, value, findings, CASE level_rank WHEN 4 THEN 'critical' "
	       "WHEN 3 THEN 'high' WHEN 2 THEN 'medium' WHEN 1 THEN 'low' "
	       "ELSE 'informational' END, first, last FROM v_entity "
	       "WHERE ?1 = '' OR kind = ?1 ORDER BY kind, level_rank DESC, findings DESC, value",
	.fields = entity_fields_json,
	.n_fields = G_N_ELEMENTS(entity_fields_json),
	.append = append_entity,
};

gboolean show_entities(
	const Arguments *arguments, Case *c, const Terminal *terminal, GError **error)
{
	const char *kind = arguments_value(arguments, "kind");
	const char *bind[] = { kind ? kind : "", NULL };
	guint64 n = 0;

	if (!listing_print(&entity_listing, c, bind, terminal, &n, error))
		return FALSE;
	show_nothing(terminal, n, "entities");
	return TRUE;
}

/* ---- gaps ---- */

static const RowField gap_fields[] = { { "path", ROW_TEXT }, { "sha256", ROW_MAYBE },
	{ "kind", ROW_TEXT }, { "loss", ROW_TRUTH }, { "offset", ROW_NUMBER },
	{ "size", ROW_NUMBER }, { "records", ROW_NUMBER }, { "note", ROW_TEXT } };

static void append_gap(const Terminal *terminal, GString *ret, const char *const *columns)
{
	g_autofree char *kind = NULL;
	g_autoptr(GString) note = g_string_new(NULL);

	if (!columns)
		return;
	g_string_append(note, columns[7]);
	if (columns[3][0] == '1' && !g_str_equal(columns[5], "0")) { /* what is lost, and where */
		g_string_append(note, " (");
		append_number(note, columns[5]);
		g_string_append_printf(note, " bytes at %s)", columns[4]);
	}
	kind = terminal_pad(columns[2], 13);
	terminal_append_styled(
		terminal, ret, columns[3][0] == '1' ? STYLE_WARN : STYLE_PLAIN, kind);
	terminal_append_path(ret, columns[0], terminal->width - 13);
	g_string_append_c(ret, '\n');
	terminal_append_wrapped(ret, note->str, terminal->width, "             ");
}

const Listing gap_listing = {
	.schema = "spoor.gap/1",
	.sql = "SELECT path, evidence_sha256, kind, loss, offset, size, records, note FROM v_gap "
	       "ORDER BY loss DESC, path, offset, kind, note",
	.fields = gap_fields,
	.n_fields = G_N_ELEMENTS(gap_fields),
	.append = append_gap,
};

gboolean show_gaps(const Arguments *arguments, Case *c, const Terminal *terminal, GError **error)
{
	guint64 n = 0;

	if (!listing_print(&gap_listing, c, NULL, terminal, &n, error))
		return FALSE;
	show_nothing(terminal, n, "gaps");
	return TRUE;
}

/* ---- observations ---- */

static const RowField observation_fields[] = { { "kind", ROW_TEXT }, { "subject", ROW_MAYBE },
	{ "value", ROW_TEXT }, { "events", ROW_NUMBER }, { "first", ROW_MAYBE },
	{ "first_locator", ROW_TEXT }, { "last", ROW_MAYBE }, { "last_locator", ROW_TEXT },
	{ "rule", ROW_MAYBE }, { "title", ROW_TEXT }, { "path", ROW_TEXT },
	{ "sha256", ROW_TEXT } };

static void append_observation(const Terminal *terminal, GString *ret, const char *const *columns)
{
	g_autoptr(GString) line = g_string_new(NULL);

	if (!columns)
		return;
	g_string_append_printf(line, "%s %s %s", columns[0],
		*columns[1] ? columns[1] : "(nobody named)", columns[2]);
	terminal_append_wrapped(ret, line->str, terminal->width, "");
	g_string_assign(line, *columns[4] ? "" : "without a time");
	if (*columns[4]) {
		append_time(line, columns[4]);
		g_string_append(line, " to ");
		append_time(line, columns[6]);
	}
	g_string_append(line, ", ");
	append_number(line, columns[3]);
	g_string_append(line, g_str_equal(columns[3], "1") ? " event" : " events");
	terminal_append_wrapped(ret, line->str, terminal->width, "    ");
	g_string_assign(line, columns[9]);
	g_string_append(line, ": ");
	g_string_append(line, columns[10]);
	g_string_append(ret, "    ");
	terminal_append_clipped(ret, line->str, terminal->width - MIN(4, terminal->width - 1));
	g_string_append_c(ret, '\n');
}

static const Listing observation_listing = {
	.schema = "spoor.observation/1",
	.sql = "SELECT kind, subject, value, events, first, first_locator, last, last_locator, "
	       "rule_id, title, path, evidence_sha256 FROM v_observation "
	       "ORDER BY kind, subject COLLATE NOCASE, first, value, path, title, place",
	.fields = observation_fields,
	.n_fields = G_N_ELEMENTS(observation_fields),
	.append = append_observation,
};

gboolean show_observations(
	const Arguments *arguments, Case *c, const Terminal *terminal, GError **error)
{
	guint64 n = 0;

	if (!listing_print(&observation_listing, c, NULL, terminal, &n, error))
		return FALSE;
	show_nothing(terminal, n, "observations");
	return TRUE;
}

/* ---- timeline ---- */

static const RowField timeline_fields[] = { { "hour", ROW_MAYBE }, { "host", ROW_TEXT },
	{ "events", ROW_NUMBER }, { "recovered", ROW_NUMBER }, { "critical", ROW_NUMBER },
	{ "high", ROW_NUMBER }, { "medium", ROW_NUMBER }, { "low", ROW_NUMBER },
	{ "informational", ROW_NUMBER } };

static void append_hour(const Terminal *terminal, GString *ret, const char *const *columns)
{
	static const char *const names[] = { "critical", "high", "medium", "low", "informational" };
	g_autoptr(GString) levels = g_string_new(NULL);

	if (!columns)
		return;
	for (guint i = 0; i < G_N_ELEMENTS(names); i++)
		if (!g_str_equal(columns[4 + i], "0"))
			g_string_append_printf(levels, "%s%s %s", levels->len ? ", " : "",
				columns[4 + i], names[i]);
	append_time(ret, columns[0]);
	g_string_truncate(ret, ret->len - 3); /* the hour's seconds say nothing */
	g_string_append(ret, "  ");
	terminal_append_clipped(ret, columns[1], 28);
	g_string_append_printf(ret, "  %s\n", levels->str);
}

static const Listing timeline_listing = {
	.schema = "spoor.timeline/1",
	.sql = "SELECT hour, min(host), sum(events), sum(recovered), sum(critical), sum(high), "
	       "sum(medium), sum(low), sum(informational) FROM ("
	       "SELECT hour, host, in_use AS events, recovered, 0 AS critical, 0 AS high, "
	       "0 AS medium, 0 AS low, 0 AS informational FROM tally UNION ALL "
	       "SELECT CASE f.time WHEN '' THEN '' ELSE substr(f.time, 1, 13) || ':00:00.0000000Z' "
	       "END, f.host, 0, 0, f.level_rank = 4, f.level_rank = 3, f.level_rank = 2, "
	       "f.level_rank = 1, f.level_rank = 0 FROM finding f) "
	       "WHERE ?1 = '' OR host = ?1 COLLATE NOCASE GROUP BY hour, host COLLATE NOCASE "
	       "HAVING ?2 = '0' OR sum(critical + high + medium + low + informational) > 0 "
	       "ORDER BY hour, min(host)",
	.fields = timeline_fields,
	.n_fields = G_N_ELEMENTS(timeline_fields),
	.append = append_hour,
};

gboolean show_timeline(
	const Arguments *arguments, Case *c, const Terminal *terminal, GError **error)
{
	const char *host = arguments_value(arguments, "host");
	/* For people: the hours in which something was found. */
	const char *bind[] = { host ? host : "", terminal ? "1" : "0", NULL };
	guint64 n = 0;

	if (!listing_print(&timeline_listing, c, bind, terminal, &n, error))
		return FALSE;
	show_nothing(terminal, n, "findings");
	return TRUE;
}

/* ---- runs ---- */

static const RowField run_fields[] = { { "started", ROW_TEXT }, { "ended", ROW_MAYBE },
	{ "outcome", ROW_TEXT }, { "sealed", ROW_TRUTH }, { "workers", ROW_NUMBER },
	{ "host", ROW_TEXT }, { "user", ROW_TEXT }, { "command_line", ROW_TEXT } };

static void append_run(const Terminal *terminal, GString *ret, const char *const *columns)
{
	if (!columns)
		return;
	append_time(ret, columns[0]);
	g_string_append(ret, "  ");
	visible_append_text(ret, columns[2]);
	g_string_append_printf(
		ret, ", %s worker%s, ", columns[4], g_str_equal(columns[4], "1") ? "" : "s");
	terminal_append_styled(terminal, ret, columns[3][0] == '1' ? STYLE_PLAIN : STYLE_WARN,
		columns[3][0] == '1' ? "sealed" : "unsealed (--no-sandbox)");
	g_string_append(ret, ", by ");
	visible_append_text(ret, columns[6]);
	g_string_append(ret, " on ");
	visible_append_text(ret, columns[5]);
	g_string_append_c(ret, '\n');
	terminal_append_wrapped(ret, columns[7], terminal->width, "    ");
}

static const Listing run_listing = {
	.schema = "spoor.run/1",
	.sql = "SELECT started, ended, outcome, sealed, workers, host, user, command_line FROM run "
	       "ORDER BY id",
	.fields = run_fields,
	.n_fields = G_N_ELEMENTS(run_fields),
	.append = append_run,
};

gboolean show_runs(const Arguments *arguments, Case *c, const Terminal *terminal, GError **error)
{
	guint64 n = 0;

	if (!listing_print(&run_listing, c, NULL, terminal, &n, error))
		return FALSE;
	show_nothing(terminal, n, "runs");
	return TRUE;
}
