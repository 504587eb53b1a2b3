/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules of a run.
 *
 * There are thousands, few have findings, and which are applicable is known only when evidence was
 * judged. So in a case that had no rules they wait in memory until something needs them there (the
 * first commit, at the latest): the first events need not wait for them, and most rows are written
 * once instead of twice.
 */
#include "case/case-private.h"

#include <string.h>

#define RULE_BYTES 1024 /* of a row, about */

static gboolean mark_seen(Case *c, const RuleInfo *rule, GError **error)
{
	sqlite3_stmt *s = case_statement(c, STATEMENT_RULE_SEEN, error);

	if (!s)
		return FALSE;
	case_bind_text(s, 1, rule->sha256);
	case_bind_text(s, 2, rule->path);
	case_bind_uint(s, 3, rule->line);
	return case_run_statement(c, s, 0, error);
}

/* All of a row but whether it is applicable, and its document. */
static sqlite3_stmt *bind_row(Case *c, StatementId id, const RuleInfo *rule, GError **error)
{
	const char *head[] = { rule->sha256, rule->engine, rule->path };
	const char *tail[] = { rule->logsource, rule->tags, rule->author, rule->description,
		rule->falsepositives, rule->references };
	sqlite3_stmt *s = case_statement(c, id, error);

	if (!s)
		return NULL;
	for (guint i = 0; i < G_N_ELEMENTS(head); i++)
		case_bind_text(s, (int)i + 1, head[i]);
	case_bind_uint(s, 4, rule->line);
	case_bind_text(s, 5, rule->status == RULE_LOADED ? "loaded" : "rejected");
	case_bind_text(s, 6, rule->reason);
	case_bind_text(s, 7, rule->id);
	case_bind_text(s, 8, rule->title);
	case_bind_text(s, 9, rule_level_name(rule->level));
	case_bind_uint(s, 10, rule->level);
	for (guint i = 0; i < G_N_ELEMENTS(tail); i++)
		case_bind_text(s, (int)i + 11, tail[i]);
	case_bind_text(s, 17, rule_kind_name(rule->kind));
	case_bind_uint(s, 18, rule->is_silent ? 1 : 0);
	return s;
}

/* @size as case_run_statement()'s. */
static gboolean add_row(Case *c, const RuleInfo *rule, gsize size, GError **error)
{
	sqlite3_stmt *s =
		bind_row(c, c->is_fresh ? STATEMENT_FIRST_RULE : STATEMENT_RULE, rule, error);

	if (!s)
		return FALSE;
	if (c->is_fresh) {
		case_bind_text(
			s, 19, g_hash_table_contains(c->sourced, rule->sha256) ? rule->source : "");
		case_bind_uint(s, 20, g_hash_table_contains(c->applicable, rule->sha256) ? 1 : 0);
	}
	return case_run_statement(c, s, size, error);
}

gboolean case_add_found_rule(Case *c, const RuleInfo *rule, GError **error)
{
	sqlite3_stmt *s = bind_row(c, STATEMENT_FIRST_RULE, rule, error);

	if (!s)
		return FALSE;
	case_bind_text(s, 19, rule->source);
	case_bind_uint(s, 20, 1);
	if (!case_run_statement(c, s, RULE_BYTES + strlen(rule->source), error))
		return FALSE;
	s = case_statement(c, STATEMENT_INDICATOR_FILES, error);
	if (!s)
		return FALSE;
	case_bind_text(s, 1, rule->sha256);
	case_bind_text(s, 2, rule->source);
	return case_run_statement(c, s, 128, error);
}

gboolean case_add_rule(Case *c, const RuleInfo *rule, GError **error)
{
	return add_row(c, rule, RULE_BYTES, error) && (c->is_fresh || mark_seen(c, rule, error));
}

gboolean case_begin_rules(Case *c, const GPtrArray *rules, GError **error)
{
	if (c->is_fresh) {
		c->waiting_rules = rules;
		return TRUE;
	}
	for (guint i = 0; i < rules->len; i++) {
		if (!case_add_rule(c, rules->pdata[i], error))
			return FALSE;
	}
	return TRUE;
}

gboolean case_write_rules(Case *c, GError **error)
{
	const GPtrArray *rules = c->waiting_rules;

	c->waiting_rules = NULL;
	for (guint i = 0; rules && i < rules->len; i++) {
		/* Nothing is counted, so that nothing is committed in between. */
		if (!add_row(c, rules->pdata[i], 0, error))
			return FALSE;
	}
	if (rules)
		c->pending_bytes += rules->len * RULE_BYTES;
	return TRUE;
}

gboolean case_add_applicable(Case *c, const char *rule_sha256, GError **error)
{
	sqlite3_stmt *s;

	if (c->waiting_rules) {
		(void)g_hash_table_add(c->applicable, g_strdup(rule_sha256)); /* or it is there */
		return TRUE;
	}
	s = case_statement(c, STATEMENT_APPLICABLE, error);
	if (!s)
		return FALSE;
	case_bind_text(s, 1, rule_sha256);
	return case_run_statement(c, s, 64, error);
}

/* The document of a rule is kept once it has a finding: 3,780 of them would be most of a case. */
gboolean case_keep_rule_source(Case *c, const RuleInfo *rule, GError **error)
{
	sqlite3_stmt *s;

	if (!rule->source || g_hash_table_contains(c->sourced, rule->sha256))
		return TRUE;
	(void)g_hash_table_add(c->sourced, g_strdup(rule->sha256)); /* it was not in there */
	if (c->waiting_rules)
		return TRUE;
	s = case_statement(c, STATEMENT_RULE_SOURCE, error);
	if (!s)
		return FALSE;
	case_bind_text(s, 1, rule->sha256);
	case_bind_text(s, 2, rule->source);
	return case_run_statement(c, s, strlen(rule->source), error);
}
