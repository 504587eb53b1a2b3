/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Correlates what lines on standard input tell, for tests/oracle/check_correlations.py:
 *
 *	rule loud|silent			the next rule, a detection
 *	correlation loud|silent TYPE TIMESPAN PERCENTILE		the next rule; nanoseconds
 *	group|field|carried NAME		of the correlation
 *	condition OPERATOR NUMBER
 *	part RULE				then, for it:
 *	part-group|part-field|part-carried NAME
 *	hit CORRELATION PART EVIDENCE OFFSET TIME VALUE...	"-" for no time; values are "=" and
 *						the text, quoted as in addresses, or "-"
 *	run					answers, and forgets all of it
 *
 * The answer has a line for each thing that correlating came to, each listed hit and each gap, as
 * the case has them, and ends with a line ".". A rule's SHA-256 is its number in hexadecimal, that
 * of evidence too; a locator is "at OFFSET".
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glib/gstdio.h>

#include "base/text.h"
#include "coordinator/correlation/correlator.h"
#include "coordinator/correlation/place.h"
#include "model/correlation-set.h"

typedef struct Script {
	Case *c;
	char *path;
	GPtrArray *rules, *correlations;
	Correlation *now;    /* being told of */
	GPtrArray *lists[6]; /* its and its part's names, not yet in it */
	guint n_runs;
} Script;

static void fail(const char *what, const GError *error)
{
	fprintf(stderr, "%s: %s\n", what, error ? error->message : "not understood");
	exit(1);
}

static char *make_sha256(guint64 number)
{
	return g_strdup_printf("%064" G_GINT64_MODIFIER "x", number);
}

static void begin_run(Script *s)
{
	g_autofree char *judgement = g_strdup_printf("%u", s->n_runs++);
	const CaseRun run = { "1", judgement, "", "", "", "", "", TRUE, 1 };
	GError *error = NULL;

	g_ptr_array_set_size(s->rules, 0);
	g_ptr_array_set_size(s->correlations, 0);
	s->now = NULL;
	if (!case_begin_run(s->c, &run, &error))
		fail("run", error);
}

/* ---- rules ---- */

static RuleInfo *add_rule(Script *s, RuleKind kind, const char *voice)
{
	RuleInfo *rule = g_new0(RuleInfo, 1);
	char **const texts[] = { &rule->engine, &rule->id, &rule->name, &rule->title, &rule->path,
		&rule->reason, &rule->logsource, &rule->tags, &rule->author, &rule->description,
		&rule->falsepositives, &rule->references, &rule->source };

	rule->index = s->rules->len;
	rule->kind = kind;
	rule->is_silent = g_str_equal(voice, "silent");
	rule->sha256 = make_sha256(rule->index);
	for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
		*texts[i] = g_strdup_printf("%u", rule->index); /* so that gaps differ */
	g_ptr_array_add(s->rules, rule);
	return rule;
}

static char **take_list(Script *s, guint i)
{
	g_ptr_array_add(s->lists[i], NULL);

	char **names = (char **)g_ptr_array_free(s->lists[i], FALSE);

	s->lists[i] = g_ptr_array_new();
	return names;
}

static void end_part(Script *s)
{
	CorrelationPart *part;

	if (!s->now || s->now->n_parts == 0)
		return;
	part = &s->now->parts[s->now->n_parts - 1];
	part->group_by = take_list(s, 3);
	part->fields = take_list(s, 4);
	part->carried = take_list(s, 5);
}

static void end_correlation(Script *s)
{
	end_part(s);
	if (s->now && !s->now->group_by) {
		s->now->group_by = take_list(s, 0);
		s->now->fields = take_list(s, 1);
		s->now->carried = take_list(s, 2);
	}
	s->now = NULL;
}

static void begin_correlation(Script *s, char *const *words)
{
	Correlation *correlation = g_new0(Correlation, 1);

	end_correlation(s);
	correlation->rule = add_rule(s, RULE_CORRELATION, words[1])->index;
	if (!correlation_type_parse(words[2], &correlation->type))
		fail(words[2], NULL);
	correlation->timespan = g_ascii_strtoll(words[3], NULL, 10);
	correlation->percentile = g_ascii_strtod(words[4], NULL);
	g_ptr_array_add(s->correlations, correlation);
	s->now = correlation;
}

static void add_condition(Script *s, char *const *words)
{
	Correlation *c = s->now;

	c->conditions = g_renew(CorrelationCondition, c->conditions, (gsize)c->n_conditions + 1);
	if (!correlation_operator_parse(words[1], &c->conditions[c->n_conditions].operator))
		fail(words[1], NULL);
	c->conditions[c->n_conditions++].number = g_ascii_strtod(words[2], NULL);
}

static void add_part(Script *s, char *const *words)
{
	Correlation *c = s->now;

	end_part(s);
	c->parts = g_renew(CorrelationPart, c->parts, (gsize)c->n_parts + 1);
	c->parts[c->n_parts++] = (CorrelationPart){
		.rule = (guint)g_ascii_strtoull(words[1], NULL, 10),
		.name = g_strdup(words[1]),
	};
}

/* ---- hits ---- */

static void add_hit(Script *s, char *const *words)
{
	guint part = (guint)g_ascii_strtoull(words[2], NULL, 10);
	const Correlation *correlation =
		correlation_set_find(s->correlations, (guint)g_ascii_strtoull(words[1], NULL, 10));
	const RuleInfo *rule = s->rules->pdata[correlation->rule];
	const RuleInfo *of = s->rules->pdata[correlation->parts[part].rule];
	g_autofree char *sha256 = make_sha256(g_ascii_strtoull(words[3], NULL, 10));
	g_autofree char *locator = g_strdup_printf("at %s", words[4]);
	const CaseFinding finding = { .rule = of,
		.evidence_sha256 = sha256,
		.locator = locator,
		.offset = g_ascii_strtoull(words[4], NULL, 10),
		.time = g_str_equal(words[5], "-") ? INSTANT_NONE
						   : g_ascii_strtoll(words[5], NULL, 10),
		.host = "",
		.channel = "",
		.matched_json = "[]",
		.event_json = "{}" };
	g_autoptr(GByteArray) key = g_byte_array_new(), group = g_byte_array_new();
	const PlaceShape shape = place_shape(correlation);
	CaseHitPlace place = { 0 };
	GError *error = NULL;

	if (g_strv_length((char **)words) != 6 + shape.n_values)
		fail("hit", NULL);
	for (guint i = 0; i < shape.n_values; i++) {
		g_autofree char *value = g_uri_unescape_string(words[6 + i] + 1, NULL);
		const char *text = words[6 + i][0] == '=' ? value : NULL;

		hit_key_append(key, &text, 1);
	}
	if (!place_fill(&shape, slice_make(key->data, key->len), finding.time, group, &place) ||
		!case_hit_source(s->c, rule->sha256, part, of->sha256, &place.source, &error) ||
		!case_add_hit(s->c, &finding, &place.hit, &error) ||
		!case_add_hit_place(s->c, &place, &error))
		fail("hit", error);
}

/* ---- answers ---- */

static gboolean print_row(void *context, guint n_columns, const char *const *columns)
{
	for (guint i = 0; i < n_columns; i++)
		printf("%s%s", i ? "\t" : (const char *)context, columns[i] ? columns[i] : "");
	putchar('\n');
	return TRUE;
}

static void print(Script *s, const char *prefix, const char *sql)
{
	GError *error = NULL;

	if (!case_query(s->c, sql, NULL, print_row, (gpointer)prefix, &error))
		fail(sql, error);
}

static void run(Script *s)
{
	const CorrelatorInput input = { s->rules, s->correlations };
	guint64 findings[LEVEL_N] = { 0 };
	GError *error = NULL;

	end_correlation(s);
	if (!correlation_set_check(s->correlations, s->rules, &error) ||
		!correlator_run(s->c, &input, findings, &error))
		fail("correlating", error);
	print(s, "correlated\t",
		"SELECT correlation_sha256, id, first, last, events, value, group_values, "
		"(SELECT count(*) FROM finding f WHERE f.correlated = c.number AND f.id = c.id) "
		"FROM correlated c ORDER BY 1, 2");
	print(s, "listed\t",
		"SELECT c.id, l.ordinal, l.part, coalesce(d.id, e.sha256 || ' ' || h.locator), "
		"l.field_values FROM correlated c JOIN correlated_hit l ON l.correlated = c.number "
		"JOIN hit h ON h.number = l.hit LEFT JOIN hit_evidence e ON e.number = h.evidence "
		"LEFT JOIN correlated d ON h.evidence = 0 AND d.number = h.record ORDER BY 1, 2");
	print(s, "gap\t", "SELECT evidence_sha256, kind, records, note FROM gap ORDER BY 1, 2, 4");
	puts(".");
	fflush(stdout);
	begin_run(s);
}

static void take(Script *s, char *const *words)
{
	static const char *const names[] = { "group", "field", "carried", "part-group",
		"part-field", "part-carried" };
	static const guint n_words[] = { 2, 5, 3, 2, 6, 1 };
	static const char *const verbs[] = { "rule", "correlation", "condition", "part", "hit",
		"run" };

	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		if (g_str_equal(words[0], names[i]) && words[1]) {
			g_ptr_array_add(s->lists[i], g_strdup(words[1]));
			return;
		}
	}
	for (guint i = 0; i < G_N_ELEMENTS(verbs); i++) {
		if (!g_str_equal(words[0], verbs[i]) || g_strv_length((char **)words) < n_words[i])
			continue;
		if (i == 0)
			(void)add_rule(s, RULE_DETECTION, words[1]); /* owned by the rules */
		else if (i == 1)
			begin_correlation(s, words);
		else if (i == 2)
			add_condition(s, words);
		else if (i == 3)
			add_part(s, words);
		else if (i == 4)
			end_correlation(s), add_hit(s, words);
		else
			run(s);
		return;
	}
	fail(words[0], NULL);
}

int main(void)
{
	g_autofree char *folder = g_dir_make_tmp("spoor-correlate-XXXXXX", NULL);
	Script s = { .path = g_build_filename(folder, "a.case", NULL) };
	char *line = NULL;
	size_t size = 0;
	GError *error = NULL;

	s.rules = g_ptr_array_new_with_free_func((GDestroyNotify)rule_info_free);
	s.correlations = g_ptr_array_new_with_free_func((GDestroyNotify)correlation_free);
	for (guint i = 0; i < G_N_ELEMENTS(s.lists); i++)
		s.lists[i] = g_ptr_array_new();
	text_warm_up();
	s.c = case_open(s.path, CASE_WRITE, &error);
	if (!s.c)
		fail(s.path, error);
	begin_run(&s);
	while (getline(&line, &size, stdin) >= 0) {
		g_auto(GStrv) words = g_strsplit(g_strchomp(line), " ", -1);

		if (words[0])
			take(&s, words);
	}
	free(line);
	case_close(s.c);
	(void)g_remove(s.path); /* temporary files; nothing to do where they stay */
	(void)g_rmdir(folder);
	return 0;
}
