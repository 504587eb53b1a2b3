/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/scan-summary.h"

#include <string.h>

#include "base/json.h"
#include "cli/rows.h"
#include "cli/scan-servers.h"
#include "report/visible.h"

#define TOP_RULES 8
#define TOP_HOSTS 5

/* ---- gathering ---- */

static guint64 to_number(const char *text)
{
	guint64 number = 0;

	if (text) /* NULL is the sum over no rows; the texts are SQLite's own numbers */
		(void)g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT64, &number, NULL);
	return number;
}

static gboolean take_level(void *context, guint n_columns, const char *const *columns)
{
	ScanSummary *summary = context;
	guint64 rank = to_number(columns[0]);

	if (rank < LEVEL_N)
		summary->findings[rank] = to_number(columns[1]);
	summary->recovered += to_number(columns[2]);
	return TRUE;
}

static gboolean take_numbers(void *context, guint n_columns, const char *const *columns)
{
	guint64 **numbers = context;

	for (guint i = 0; i < n_columns; i++)
		*numbers[i] = to_number(columns[i]);
	return TRUE;
}

static gboolean take_row(void *context, guint n_columns, const char *const *columns)
{
	GPtrArray *rows = context;
	GStrv row = g_new0(char *, n_columns + 1);

	for (guint i = 0; i < n_columns; i++)
		row[i] = g_strdup(columns[i] ? columns[i] : "");
	g_ptr_array_add(rows, row);
	return TRUE;
}

static gboolean gather_intel(ScanSummary *s, Case *c, GError **error)
{
	guint64 *numbers[] = { &s->intel_sources, &s->indicators, &s->indicators_found,
		&s->sets_not_assessed };

	return case_query(c,
		"SELECT (SELECT count(*) FROM intel_source), "
		"(SELECT coalesce(sum(accepted), 0) FROM intel_source), "
		"sum(kind = 'indicator'), "
		"sum(kind = 'indicators' AND status = 'loaded' AND NOT applicable) FROM rule",
		NULL, take_numbers, numbers, error);
}

static gboolean gather_ledger(ScanSummary *s, Case *c, GError **error)
{
	guint64 *evidence[] = { &s->evidence, &s->known, &s->unknown, &s->bytes, &s->events,
		&s->recovered_events, &s->files };
	guint64 *gaps[] = { &s->losses, &s->remarks, &s->losing_evidence };
	guint64 *rules[] = { &s->rules_fired, &s->rules_quiet, &s->rules_not_applicable,
		&s->rules_rejected };

	return case_query(c,
		       "SELECT count(*), sum(state <> 'done' OR reader <> ''), "
		       "sum(state = 'done' AND reader = '' AND "
		       "NOT EXISTS (SELECT 1 FROM evidence_path p WHERE p.sha256 = e.sha256 AND "
		       "p.judged)), sum(size), sum(in_use), sum(recovered), "
		       "(SELECT sum(judged) FROM evidence_path) FROM evidence e",
		       NULL, take_numbers, evidence, error) &&
		case_query(c,
			"SELECT sum(loss), count(*) - sum(loss), "
			"count(DISTINCT CASE loss WHEN 1 THEN evidence_sha256 || path END) FROM "
			"gap",
			NULL, take_numbers, gaps, error) &&
		case_query(c,
			"WITH RECURSIVE hit (sha256) AS (SELECT min(rule_sha256) FROM finding "
			"UNION ALL SELECT (SELECT min(rule_sha256) FROM finding "
			"WHERE rule_sha256 > hit.sha256) FROM hit WHERE sha256 IS NOT NULL), "
			"sums AS (SELECT sum(status = 'loaded') AS loaded, "
			"sum(status = 'loaded' AND applicable) AS applicable, count(*) AS n "
			"FROM rule WHERE kind IN ('detection', 'correlation')), "
			"fired AS (SELECT count(*) AS n, coalesce(sum(applicable), 0) AS "
			"applicable FROM hit CROSS JOIN rule r ON r.sha256 = hit.sha256 "
			"WHERE status = 'loaded' AND kind IN ('detection', 'correlation')) "
			"SELECT fired.n, sums.applicable - fired.applicable, "
			"sums.loaded - sums.applicable - (fired.n - fired.applicable), "
			"sums.n - sums.loaded FROM sums, fired",
			NULL, take_numbers, rules, error);
}

/* Findings by rule and host, from the index finding_rule alone: v_rule_summary and v_host are many
 * times as slow, and every scan ends with this. */
#define BY_RULE_AND_HOST                                                                           \
	"WITH g AS (SELECT rule_sha256, host, level_rank, count(*) AS n, "                         \
	"sum(recovered) AS recovered FROM finding GROUP BY rule_sha256, host, level_rank), "       \
	"named AS (SELECT g.*, r.title FROM g JOIN v_rule r ON r.sha256 = g.rule_sha256) "

static gboolean gather_findings(ScanSummary *s, Case *c, GError **error)
{
	guint64 *hosts[] = { &s->n_hosts };

	return case_query(c,
		       BY_RULE_AND_HOST "SELECT level_rank, sum(n), sum(recovered) FROM named "
					"GROUP BY level_rank",
		       NULL, take_level, s, error) &&
		case_query(c,
			BY_RULE_AND_HOST
			"SELECT CASE max(level_rank) WHEN 4 THEN 'critical' WHEN 3 THEN 'high' "
			"WHEN 2 THEN 'medium' WHEN 1 THEN 'low' ELSE 'informational' END, "
			"title, sum(n) AS findings, "
			"count(DISTINCT nullif(host, '') COLLATE NOCASE) FROM named "
			"GROUP BY rule_sha256 ORDER BY max(level_rank) DESC, findings DESC, title, "
			"rule_sha256 LIMIT " G_STRINGIFY(TOP_RULES),
			NULL, take_row, s->top_rules, error) &&
		case_query(c,
			BY_RULE_AND_HOST
			", h AS (SELECT min(host) AS host, sum(n) AS findings, "
			"max(level_rank) AS worst, sum(n * (level_rank = 4)) AS critical, "
			"sum(n * (level_rank = 3)) AS high, sum(n * (level_rank = 2)) AS medium, "
			"sum(n * (level_rank = 1)) AS low, sum(n * (level_rank = 0)) AS "
			"informational FROM named WHERE host <> '' GROUP BY host COLLATE NOCASE) "
			"SELECT host, findings, CASE worst WHEN 4 THEN critical WHEN 3 THEN high "
			"WHEN 2 THEN medium WHEN 1 THEN low ELSE informational END, "
			"CASE worst WHEN 4 THEN 'critical' WHEN 3 THEN 'high' WHEN 2 THEN 'medium' "
			"WHEN 1 THEN 'low' ELSE 'informational' END "
			"FROM h ORDER BY critical DESC, high DESC, medium DESC, findings DESC, "
			"host "
			"LIMIT " G_STRINGIFY(TOP_HOSTS),
			NULL, take_row, s->hosts, error) &&
		case_query(c,
			"SELECT count(DISTINCT host COLLATE NOCASE) FROM finding WHERE host <> ''",
			NULL, take_numbers, hosts, error);
}

ScanSummary *scan_summary_new(Case *c, const char *tables, GError **error)
{
	g_autoptr(ScanSummary) s = g_new0(ScanSummary, 1);

	s->top_rules = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
	s->hosts = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
	if (!gather_findings(s, c, error) || !gather_ledger(s, c, error) ||
		!gather_intel(s, c, error))
		return NULL;
	s->assessment = assessment_new(c, tables, error);
	return s->assessment ? g_steal_pointer(&s) : NULL;
}

void scan_summary_free(ScanSummary *summary)
{
	if (!summary)
		return;
	g_ptr_array_unref(summary->top_rules);
	g_ptr_array_unref(summary->hosts);
	assessment_free(summary->assessment);
	g_free(summary);
}

/* ---- JSON ---- */

static void append_findings_json(Json *j, const ScanSummary *s)
{
	json_key(j, "findings");
	json_object_begin(j);
	for (int level = LEVEL_N - 1; level >= 0; level--) {
		json_key(j, rule_level_name((RuleLevel)level));
		json_uint(j, s->findings[level]);
	}
	json_key(j, "recovered");
	json_uint(j, s->recovered);
	json_object_end(j);
}

void scan_summary_append_json(
	GString *ret, const ScanSummary *s, const ScanOutcome *outcome, const char *case_path)
{
	const struct {
		const char *name;
		guint64 number;
	} counts[] = {
		{ "evidence", s->evidence },
		{ "evidence_unknown", s->unknown },
		{ "files_judged", s->files },
		{ "bytes", s->bytes },
		{ "events", s->events },
		{ "recovered_events", s->recovered_events },
		{ "rules_fired", s->rules_fired },
		{ "rules_quiet", s->rules_quiet },
		{ "rules_not_applicable", s->rules_not_applicable },
		{ "rules_rejected", s->rules_rejected },
		{ "losses", s->losses },
		{ "remarks", s->remarks },
		{ "hosts_with_findings", s->n_hosts },
		{ "intel_sources", s->intel_sources },
		{ "indicators", s->indicators },
		{ "indicators_found", s->indicators_found },
	};
	g_autoptr(GString) object = g_string_new(NULL);
	Json j = json_begin(object);

	json_object_begin(&j);
	json_member_text(&j, "schema", "spoor.scan/1");
	json_member_text(&j, "case", case_path);
	json_member_bool(&j, "complete", outcome->complete);
	json_member_bool(&j, "interrupted", outcome->interrupted);
	append_findings_json(&j, s);
	for (guint i = 0; i < G_N_ELEMENTS(counts); i++) {
		json_key(&j, counts[i].name);
		json_uint(&j, counts[i].number);
	}
	scan_servers_append_json(&j, s->assessment);
	json_object_end(&j);
	visible_append_json(ret, object->str);
	g_string_append_c(ret, '\n');
}

/* ---- text ---- */

static void append_count(GString *ret, guint64 number, const char *one, const char *many)
{
	g_autofree char *digits = g_strdup_printf("%" G_GUINT64_FORMAT, number);

	append_number(ret, digits);
	g_string_append_printf(ret, " %s", number == 1 ? one : many);
}

static void append_levels(GString *ret, const Terminal *terminal, const ScanSummary *s)
{
	gboolean any = FALSE;

	g_string_append(ret, "Findings   ");
	for (int level = LEVEL_N - 1; level >= 0; level--) {
		g_autoptr(GString) text = g_string_new(NULL);

		if (s->findings[level] == 0)
			continue;
		append_count(text, s->findings[level], rule_level_name((RuleLevel)level),
			rule_level_name((RuleLevel)level));
		g_string_append(ret, any ? ", " : "");
		terminal_append_styled(
			terminal, ret, terminal_level_style((RuleLevel)level), text->str);
		any = TRUE;
	}
	if (!any)
		g_string_append(ret, "none in what was assessed");
	if (s->recovered > 0) {
		g_string_append(ret, " (");
		append_count(ret, s->recovered, "of them", "of them");
		g_string_append(ret, " in recovered records)");
	}
	g_string_append_c(ret, '\n');
}

static void append_top_rules(GString *ret, const Terminal *terminal, const ScanSummary *s)
{
	guint64 fired = s->rules_fired + s->indicators_found;
	guint title_width = terminal->width - 11 - 14 - 9;

	for (guint i = 0; i < s->top_rules->len; i++) {
		const char *const *row = s->top_rules->pdata[i];
		RuleLevel level = LEVEL_INFORMATIONAL;
		g_autofree char *name = terminal_pad(row[0], 14);

		(void)rule_level_parse(row[0], &level); /* the case holds rule_level_name() */
		g_string_append(ret, "           ");
		terminal_append_styled(terminal, ret, terminal_level_style(level), name);
		terminal_append_clipped(ret, row[1], title_width);
		g_string_append(ret, "  ");
		append_number(ret, row[2]);
		g_string_append_c(ret, '\n');
	}
	if (fired > s->top_rules->len) {
		g_string_append(ret, "           and ");
		append_count(ret, fired - s->top_rules->len,
			s->indicators_found ? "more rule or indicator" : "more rule",
			s->indicators_found ? "more rules and indicators" : "more rules");
		g_string_append_c(ret, '\n');
	}
}

static void append_hosts(GString *ret, const Terminal *terminal, const ScanSummary *s)
{
	if (s->hosts->len == 0)
		return;
	g_string_append(ret, "Hosts      ");
	for (guint i = 0; i < s->hosts->len; i++) {
		const char *const *row = s->hosts->pdata[i];

		g_string_append(ret, i ? "\n           " : "");
		terminal_append_clipped(ret, row[0], terminal->width - 41);
		g_string_append(ret, "  ");
		append_number(ret, row[1]);
		g_string_append(ret, " (");
		append_number(ret, row[2]);
		g_string_append_printf(ret, " %s)", row[3]);
	}
	g_string_append_c(ret, '\n');
	if (s->n_hosts > s->hosts->len) {
		g_string_append(ret, "           and ");
		append_count(ret, s->n_hosts - s->hosts->len, "more host", "more hosts");
		g_string_append_c(ret, '\n');
	}
}

static void append_intel(GString *ret, const ScanSummary *s)
{
	if (!s->intel_sources)
		return;
	g_string_append(ret, "           ");
	append_count(ret, s->indicators, "indicator", "indicators");
	g_string_append(ret, " of ");
	append_count(ret, s->intel_sources, "source", "sources");
	g_string_append(ret, " looked for, ");
	append_count(ret, s->indicators_found, "found", "found");
	if (s->sets_not_assessed)
		g_string_append(ret, "; no evidence could hold some: spoor show intel");
	g_string_append_c(ret, '\n');
}

static void append_coverage(GString *ret, const Terminal *terminal, const ScanSummary *s)
{
	g_string_append(ret, "Coverage   ");
	append_count(ret, s->events, "event", "events");
	g_string_append(ret, " judged in ");
	append_count(ret, s->known, "file", "files");
	g_string_append(ret, ", with ");
	append_count(ret, s->rules_fired + s->rules_quiet, "rule", "rules");
	g_string_append(ret, " that apply\n");
	append_intel(ret, s);
	if (s->files > 0) {
		g_string_append(ret, "           ");
		append_count(ret, s->files, "file", "files");
		g_string_append(ret, " judged by name, hashes and content\n");
	}
	if (s->unknown > 0) {
		g_string_append(ret, "           ");
		append_count(ret, s->unknown, "file", "files");
		g_string_append(ret, " passed over: no reader knows the format\n");
	}
	if (s->rules_rejected > 0) {
		g_string_append(ret, "           ");
		append_count(ret, s->rules_rejected, "rule", "rules");
		g_string_append(ret, " could not be used: spoor show rules --status rejected\n");
	}
	if (s->losses > 0) {
		g_autoptr(GString) text = g_string_new(NULL);

		append_count(text, s->losing_evidence, "file", "files");
		g_string_append(text, " could not be assessed wholly: ");
		append_count(text, s->losses, "gap", "gaps");
		g_string_append(ret, "           ");
		terminal_append_styled(terminal, ret, STYLE_WARN, text->str);
		g_string_append_c(ret, '\n');
	}
	if (s->remarks > 0) {
		g_string_append(ret, "           ");
		append_count(ret, s->remarks, "remark", "remarks");
		g_string_append(ret, " on the state of the evidence\n");
	}
}

void scan_summary_append_text(GString *ret, const Terminal *terminal, const ScanSummary *s,
	const ScanOutcome *outcome, const char *case_path)
{
	g_autofree char *quoted = g_shell_quote(case_path);
	gboolean plain = !strpbrk(case_path, " \t\n'\"\\$`*?[]{}()<>|&;#~!");
	g_autoptr(GString) name = g_string_new(NULL);

	visible_append_text(name, plain ? case_path : quoted);
	append_levels(ret, terminal, s);
	append_top_rules(ret, terminal, s);
	append_hosts(ret, terminal, s);
	scan_servers_append_text(ret, terminal, s->assessment);
	append_coverage(ret, terminal, s);
	if (outcome->interrupted) {
		g_string_append(ret, "Next       interrupted; the same command goes on with it\n");
		return;
	}
	g_string_append_printf(ret, "Next       spoor report %s\n", name->str);
	g_string_append_printf(ret, "           spoor show findings %s\n", name->str);
	if (s->assessment->servers->len > 0)
		g_string_append_printf(ret, "           spoor show servers %s\n", name->str);
	if (s->losses > 0 || s->remarks > 0)
		g_string_append_printf(ret, "           spoor show coverage %s\n", name->str);
}
