/* SPDX-License-Identifier: Apache-2.0 */
/* What a case knows of the things that authorities ask for. */
#include <string.h>

#include "report/html/sections.h"
#include "report/notification/notification.h"

#define VALUES_MOST 50
#define VALUE_CHARS 240 /* of a name; sentences have three times as many */

typedef struct Filling {
	NotificationField *field;
	Case *c;
	const ReportModel *model;
	GHashTable *seen;  /* values of the field, borrowed */
	const char *least; /* rank from which findings are severe: "3", or "2" where none is */
} Filling;

/* Forms must hold no malicious code: a shell's orders may stand in a user agent or an address. */
static gboolean may_be_code(const char *text)
{
	static const char *const signs[] = { "<", "${", "eval(", "Eval(", "unsafe\"", "`" };

	for (guint i = 0; i < G_N_ELEMENTS(signs); i++) {
		if (strstr(text, signs[i]))
			return TRUE;
	}
	return FALSE;
}

static void add(Filling *filling, const char *text)
{
	NotificationField *field = filling->field;
	g_autofree char *valid = g_utf8_make_valid(text, -1);
	glong most = field->kind == VALUE_WORDS ? 3 * VALUE_CHARS : VALUE_CHARS;
	char *value;

	if (!*valid)
		return;
	if (may_be_code(valid))
		value = g_strdup("(left out, since it may be code: see the report)");
	else if (g_utf8_strlen(valid, -1) > most)
		value = g_utf8_substring(valid, 0, most);
	else
		value = g_steal_pointer(&valid);
	if (g_hash_table_contains(filling->seen, value)) {
		g_free(value);
		return;
	}
	if (field->values->len == VALUES_MOST) {
		field->n_more++;
		g_free(value);
		return;
	}
	g_ptr_array_add(field->values, value);
	(void)g_hash_table_add(filling->seen, value);
}

static void add_printf(Filling *filling, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void add_printf(Filling *filling, const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list arguments;

	va_start(arguments, format);
	text = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	add(filling, text);
}

/* Each row's first column is a value. */
static gboolean add_row(void *context, guint n_columns, const char *const *columns)
{
	if (columns[0])
		add(context, columns[0]);
	return TRUE;
}

static gboolean query(Filling *filling, const char *sql, GError **error)
{
	const char *const bind[] = { filling->least, NULL };

	return case_query(filling->c, sql, bind, add_row, filling, error);
}

static const AssessedServer *server_at(const Filling *filling, guint number)
{
	return g_ptr_array_index(filling->model->assessment->servers, number);
}

static guint n_servers(const Filling *filling)
{
	return filling->model->assessment->servers->len;
}

/* "unknown" or "2021-03-02T10:11:12Z" */
static const char *format_time(Instant time, char ret[INSTANT_TEXT_BYTES])
{
	instant_format(time, ret);
	if (!*ret)
		return "unknown";
	memcpy(ret + strlen("2021-03-02T10:11:12"), "Z", sizeof "Z");
	return ret;
}

/* ---- of the servers ---- */

static gboolean fill_stages(Filling *filling, GError **error)
{
	for (guint i = 0; i < n_servers(filling); i++) {
		const AssessedServer *server = server_at(filling, i);

		for (guint k = 0; k < server->stages->len; k++) {
			const StageFacts *facts = g_ptr_array_index(server->stages, k);
			char first[INSTANT_TEXT_BYTES], last[INSTANT_TEXT_BYTES];

			add_printf(filling, "%s: %s: %" G_GUINT64_FORMAT " %s, first %s, last %s",
				model_server_name(server), facts->stage->title, facts->n,
				facts->n == 1 ? "finding" : "findings",
				format_time(facts->first, first), format_time(facts->last, last));
		}
	}
	return TRUE;
}

static gboolean fill_vector(Filling *filling, GError **error)
{
	for (guint i = 0; i < n_servers(filling); i++) {
		const AssessedServer *server = server_at(filling, i);

		for (guint k = 0; k < server->exposures->len; k++) {
			const Exposure *exposure = g_ptr_array_index(server->exposures, k);

			if (exposure->n_inside + exposure->n_outside + exposure->n_undecided)
				add_printf(filling, "Web: %s (%s)", exposure->flaw, exposure->cves);
		}
	}
	/* Rules name flaws by tags: "cve.2021-26855". */
	return query(filling,
		"SELECT DISTINCT upper(replace(value, 'cve.', 'CVE-')) FROM (SELECT tags FROM "
		"v_rule_summary WHERE findings > 0 AND worst_rank >= ?1 + 0), "
		"json_each('[\"' || replace(replace(tags, '\"', ''), ' ', '\",\"') || '\"]') "
		"WHERE value GLOB 'cve.[0-9]*' ORDER BY 1",
		error);
}

static gboolean fill_builds(Filling *filling, GError **error)
{
	for (guint i = 0; i < n_servers(filling); i++) {
		const AssessedServer *server = server_at(filling, i);

		for (guint k = 0; k < server->builds->len; k++) {
			const BuildSpan *span = g_ptr_array_index(server->builds, k);
			char first[INSTANT_TEXT_BYTES], last[INSTANT_TEXT_BYTES];

			add_printf(filling, "%s: %s (%s), from %s to %s, by %s",
				model_server_name(server), span->build,
				*span->name ? span->name : "unknown build",
				format_time(span->first.time, first),
				format_time(span->last.time, last), span->source);
		}
	}
	return TRUE;
}

static gboolean fill_exposure(Filling *filling, GError **error)
{
	for (guint i = 0; i < n_servers(filling); i++) {
		const AssessedServer *server = server_at(filling, i);

		for (guint k = 0; k < server->exposures->len; k++) {
			const Exposure *exposure = g_ptr_array_index(server->exposures, k);
			char from[INSTANT_TEXT_BYTES], to[INSTANT_TEXT_BYTES];
			gboolean ever = exposure->from != INSTANT_NONE;

			add_printf(filling, "%s: %s: %s%s%s%s%s. %s", model_server_name(server),
				exposure->flaw, exposure_state_name(exposure->state),
				ever ? "; exposed from " : "",
				ever ? format_time(exposure->from, from) : "",
				ever && exposure->to != INSTANT_NONE ? " to " : "",
				ever && exposure->to != INSTANT_NONE ? format_time(exposure->to, to)
								     : "",
				exposure->words);
		}
	}
	return TRUE;
}

/* Lists of the stages over all servers: @offset is that of a GPtrArray in StageFacts. */
static void add_lists(Filling *filling, gsize offset)
{
	for (guint i = 0; i < n_servers(filling); i++) {
		const AssessedServer *server = server_at(filling, i);

		for (guint k = 0; k < server->stages->len; k++) {
			const StageFacts *facts = g_ptr_array_index(server->stages, k);
			const GPtrArray *names = G_STRUCT_MEMBER(GPtrArray *, facts, offset);

			for (guint n = 0; n < names->len; n++)
				add(filling, g_ptr_array_index(names, n));
		}
	}
}

#define ENTITIES(kind)                                                                             \
	"SELECT value FROM v_entity WHERE kind = '" kind                                           \
	"' AND level_rank >= ?1 + 0 ORDER BY level_rank DESC, findings DESC, value LIMIT 1000"

static gboolean fill_addresses(Filling *filling, GError **error)
{
	filling->field->kind = VALUE_ADDRESS;
	add_lists(filling, G_STRUCT_OFFSET(StageFacts, addresses));
	return query(filling,
		"SELECT value FROM v_entity WHERE kind = 'address' AND level_rank >= ?1 + 0 "
		"AND value NOT LIKE '127.%' AND value NOT IN ('::1', '::', '0.0.0.0') "
		"ORDER BY level_rank DESC, findings DESC, value LIMIT 1000",
		error);
}

static gboolean fill_user_agents(Filling *filling, GError **error)
{
	filling->field->kind = VALUE_LITERAL;
	add_lists(filling, G_STRUCT_OFFSET(StageFacts, user_agents));
	return TRUE;
}

static gboolean fill_files(Filling *filling, GError **error)
{
	filling->field->kind = VALUE_LITERAL;
	add_lists(filling, G_STRUCT_OFFSET(StageFacts, files));
	return query(filling, ENTITIES("file"), error);
}

static gboolean fill_accounts(Filling *filling, GError **error)
{
	filling->field->kind = VALUE_LITERAL;
	add_lists(filling, G_STRUCT_OFFSET(StageFacts, accounts));
	return query(filling, ENTITIES("account"), error);
}

static gboolean fill_hashes(Filling *filling, GError **error)
{
	filling->field->kind = VALUE_LITERAL;
	return query(filling,
		"SELECT DISTINCT evidence_sha256 || '  ' || path FROM v_finding "
		"WHERE locator LIKE 'file %' AND level_rank >= ?1 + 0 ORDER BY path, 1 LIMIT 1000",
		error);
}

static gboolean fill_information_impact(Filling *filling, GError **error)
{
	return query(filling,
		"SELECT DISTINCT 'Suggested: CORE CREDENTIAL COMPROMISE, since rules on stolen "
		"credentials fired' FROM v_rule_summary WHERE findings > 0 AND worst_rank >= ?1 + "
		"0 AND "
		"(' ' || tags || ' ' LIKE '% attack.t1003.001 %' OR ' ' || tags || ' ' LIKE "
		"'% attack.t1003.003 %' OR ' ' || tags || ' ' LIKE '% attack.t1003 %')",
		error);
}

/* ---- of any case ---- */

static gboolean fill_verdict(Filling *filling, GError **error)
{
	VerdictFacts facts = section_facts(filling->model);
	Verdict verdict = verdict_of(&facts);
	g_autoptr(GString) stages = section_stage_words(filling->model);

	add_printf(filling, "%s: %s%s%s", verdict.words, verdict.reason, stages->len ? " " : "",
		stages->str);
	if (!verdict.complete)
		add(filling,
			"Coverage is incomplete: see what was not given or could not be judged.");
	return TRUE;
}

/* Of severe findings, and of all that count for a stage; the time of a file is often that of its
 * copy, and says nothing. */
static void add_end(Filling *filling, const char *severe, gboolean last)
{
	Instant end = INSTANT_NONE;
	char text[INSTANT_TEXT_BYTES];

	if (severe)
		(void)instant_parse(slice_from_text(severe), &end); /* or there is none */
	for (guint i = 0; i < n_servers(filling); i++) {
		const AssessedServer *server = server_at(filling, i);

		for (guint k = 0; k < server->stages->len; k++) {
			const StageFacts *facts = g_ptr_array_index(server->stages, k);
			Instant time = last ? facts->last : facts->first;

			if (time != INSTANT_NONE &&
				(end == INSTANT_NONE || (last ? time > end : time < end)))
				end = time;
		}
	}
	if (end != INSTANT_NONE)
		add(filling, format_time(end, text));
}

static gboolean take_text(void *context, guint n_columns, const char *const *columns)
{
	char **text = context;

	*text = g_strdup(columns[0]);
	return TRUE;
}

static gboolean fill_end(Filling *filling, const char *sql, gboolean last, GError **error)
{
	const char *const bind[] = { filling->least, NULL };
	g_autofree char *time = NULL;

	if (!case_query(filling->c, sql, bind, take_text, &time, error))
		return FALSE;
	add_end(filling, time, last);
	return TRUE;
}

static gboolean fill_first(Filling *filling, GError **error)
{
	return fill_end(filling,
		"SELECT min(nullif(time, '')) FROM finding WHERE locator NOT LIKE 'file %' AND "
		"level_rank >= ?1 + 0",
		FALSE, error);
}

static gboolean fill_last(Filling *filling, GError **error)
{
	return fill_end(filling,
		"SELECT max(nullif(time, '')) FROM finding WHERE locator NOT LIKE 'file %' AND "
		"level_rank >= ?1 + 0",
		TRUE, error);
}

static gboolean fill_hosts(Filling *filling, GError **error)
{
	filling->field->kind = VALUE_LITERAL;
	for (guint i = 0; i < n_servers(filling); i++) {
		if (server_at(filling, i)->stages->len)
			add(filling, server_at(filling, i)->name);
	}
	return query(filling,
		"SELECT host FROM v_host WHERE host != '' AND critical + high + "
		"CASE ?1 WHEN '2' THEN medium ELSE 0 END > 0 "
		"ORDER BY critical DESC, high DESC, host LIMIT 1000",
		error);
}

static gboolean fill_techniques(Filling *filling, GError **error)
{
	return query(filling,
		"SELECT DISTINCT upper(substr(value, 8)) FROM (SELECT tags FROM v_rule_summary "
		"WHERE findings > 0 AND worst_rank >= ?1 + 0), "
		"json_each('[\"' || replace(replace(tags, '\"', ''), ' ', '\",\"') || '\"]') "
		"WHERE value GLOB 'attack.t[0-9]*' ORDER BY 1",
		error);
}

static gboolean fill_rules(Filling *filling, GError **error)
{
	filling->field->kind = VALUE_LITERAL;
	return query(filling,
		"SELECT title || ' (' || id || '): ' || findings || CASE findings WHEN 1 THEN "
		"' finding' ELSE ' findings' END FROM v_rule_summary WHERE findings > 0 AND "
		"worst_rank >= ?1 + 0 "
		"GROUP BY sha256 ORDER BY worst_rank DESC, findings DESC, title, sha256 LIMIT 1000",
		error);
}

/* Evidence that severe findings rest on: all of it is in the report. */
static gboolean fill_evidence(Filling *filling, GError **error)
{
	filling->field->kind = VALUE_LITERAL;
	return query(filling,
		"SELECT DISTINCT evidence_sha256 || '  ' || path FROM v_finding "
		"WHERE level_rank >= ?1 + 0 ORDER BY path, 1 LIMIT 1000",
		error);
}

static gboolean fill_coverage(Filling *filling, GError **error)
{
	const ReportModel *model = filling->model;

	add_printf(filling,
		"%u files of evidence, %" G_GUINT64_FORMAT " events judged by %" G_GUINT64_FORMAT
		" applicable rules of %" G_GUINT64_FORMAT,
		model->evidence->len, model->n_events, model->n_applicable, model->n_loaded);
	for (guint i = 0; i < n_servers(filling); i++) {
		const AssessedServer *server = server_at(filling, i);

		for (guint k = 0; k < server->logs->len; k++) {
			const LogWindow *window = g_ptr_array_index(server->logs, k);
			char first[INSTANT_TEXT_BYTES], last[INSTANT_TEXT_BYTES];

			if (!window->missing)
				add_printf(filling, "%s: %s, from %s to %s",
					model_server_name(server), window->log,
					format_time(window->first, first),
					format_time(window->last, last));
		}
	}
	return TRUE;
}

static gboolean fill_missing(Filling *filling, GError **error)
{
	for (guint i = 0; i < n_servers(filling); i++) {
		const AssessedServer *server = server_at(filling, i);

		for (guint k = 0; k < server->logs->len; k++) {
			const LogWindow *window = g_ptr_array_index(server->logs, k);

			if (window->missing)
				add_printf(filling, "%s: %s was not given. %s",
					model_server_name(server), window->log, window->text);
		}
	}
	return query(filling,
		"SELECT path || ': ' || kind || ': ' || note FROM v_gap WHERE loss = 1 AND ?1 != "
		"'' "
		"ORDER BY path, offset, kind, note LIMIT 1000",
		error);
}

static gboolean fill_tool(Filling *filling, GError **error)
{
	add_printf(filling, "spoor %s, rules and tables %s", filling->model->tool_version,
		filling->model->rules_sha256);
	return TRUE;
}

static gboolean fill_runs(Filling *filling, GError **error)
{
	return query(filling,
		"SELECT 'begun ' || started || ', ended ' || coalesce(nullif(ended, ''), "
		"'unknown') "
		"|| ', ' || outcome FROM run WHERE ?1 != '' ORDER BY id",
		error);
}

/* ---- the table ---- */

static const struct {
	const char *name;
	gboolean (*fill)(Filling *filling, GError **error);
} facts[] = {
	{ "verdict", fill_verdict },
	{ "stages", fill_stages },
	{ "first-hit", fill_first },
	{ "last-hit", fill_last },
	{ "vector", fill_vector },
	{ "hosts", fill_hosts },
	{ "builds", fill_builds },
	{ "exposure", fill_exposure },
	{ "information-impact", fill_information_impact },
	{ "addresses", fill_addresses },
	{ "user-agents", fill_user_agents },
	{ "files", fill_files },
	{ "hashes", fill_hashes },
	{ "accounts", fill_accounts },
	{ "techniques", fill_techniques },
	{ "rules", fill_rules },
	{ "evidence", fill_evidence },
	{ "coverage", fill_coverage },
	{ "missing", fill_missing },
	{ "tool", fill_tool },
	{ "runs", fill_runs },
};

gboolean notification_fact(
	NotificationField *field, Case *c, const ReportModel *model, GError **error)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
	gboolean severe = model->findings[LEVEL_HIGH] + model->findings[LEVEL_CRITICAL] > 0;
	Filling filling = { field, c, model, seen, severe ? "3" : "2" };

	for (guint i = 0; i < G_N_ELEMENTS(facts); i++) {
		if (strcmp(field->fact, facts[i].name) == 0)
			return facts[i].fill(&filling, error);
	}
	return FALSE;
}
