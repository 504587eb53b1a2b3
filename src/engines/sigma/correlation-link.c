/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The order of things:
 *
 *  1. names become rules;
 *  2. inner correlations are placed before outer ones, in rounds, as correlation_set_order() does;
 *     what can not be placed is in a circle or too high;
 *  3. from outer to inner, fields get the names that each part's events have for them, and inner
 *     correlations are told what they have to carry for outer ones;
 *  4. from inner to outer, those that have grown too large are rejected, and all that stand on
 * them.
 */
#include "engines/sigma/correlation-link.h"

#include "base/limits.h"

typedef struct Link {
	SigmaRule *rule;
	SigmaRule **parts; /* correlation->n_parts of them, owned */
	gboolean is_placed;
} Link;

typedef struct Linker {
	const RuleIndex *index;
	GArray *links;	     /* Link, by ascending index */
	GHashTable *by_rule; /* SigmaRule -> Link */
	GPtrArray *ordered;  /* Link: the placed ones, inner before outer */
} Linker;

static void clear_link(gpointer link)
{
	g_free(((Link *)link)->parts);
}

/* Marks as rejected, with a reason that is taken over. Always FALSE. */
static gboolean reject(SigmaRule *rule, guint line, char *reason)
{
	g_free(rule->info->reason);
	rule->info->reason = reason;
	rule->info->line = line;
	rule->info->status = RULE_REJECTED;
	return FALSE;
}

static gboolean is_rejected(const SigmaRule *rule)
{
	return rule->info->status == RULE_REJECTED;
}

static Correlation *correlation_of(const Link *link)
{
	return link->rule->correlation->correlation;
}

/* ---- 1. names ---- */

static gboolean find_parts(const Linker *linker, Link *link)
{
	Correlation *correlation = correlation_of(link);
	g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);

	link->parts = g_new0(SigmaRule *, correlation->n_parts);
	correlation->rule = link->rule->info->index;
	for (guint i = 0; i < correlation->n_parts; i++) {
		CorrelationPart *part = &correlation->parts[i];
		guint line = link->rule->correlation->part_lines[i];
		char *reason = NULL;
		SigmaRule *rule = rule_index_find_one(linker->index, part->name, &reason);

		if (!rule)
			return reject(link->rule, line, reason);
		if (rule->info->kind == RULE_OBSERVATION)
			return reject(link->rule, line,
				g_strdup_printf("\"%s\" is an observation, which tells facts and "
						"has no events to be correlated",
					part->name));
		if (!g_hash_table_add(seen, rule))
			return reject(link->rule, line,
				g_strdup_printf(
					"the correlation refers to one rule twice, the second "
					"time as \"%s\"",
					part->name));
		part->rule = rule->info->index;
		link->parts[i] = rule;
	}
	return TRUE;
}

/* ---- 2. order ---- */

/* TRUE where all correlations that it refers to are placed. Rejects it where one is rejected. */
static gboolean is_ready(const Linker *linker, Link *link)
{
	const Correlation *correlation = correlation_of(link);
	gboolean is_good = TRUE;

	for (guint i = 0; i < correlation->n_parts; i++) {
		const Link *part = g_hash_table_lookup(linker->by_rule, link->parts[i]);

		if (is_rejected(link->parts[i]))
			return reject(link->rule, link->rule->correlation->part_lines[i],
				g_strdup_printf("the rule \"%s\" was rejected: %s line %u",
					correlation->parts[i].name, link->parts[i]->info->path,
					link->parts[i]->info->line));
		is_good = is_good && (!part || part->is_placed);
	}
	return is_good;
}

/* One round. FALSE where it has changed nothing. */
static gboolean place_ready(Linker *linker)
{
	guint n_before = linker->ordered->len;
	gboolean has_changed = FALSE;

	for (guint i = 0; i < linker->links->len; i++) {
		Link *link = &g_array_index(linker->links, Link, i);

		if (link->is_placed || is_rejected(link->rule))
			continue;
		if (is_ready(linker, link))
			g_ptr_array_add(linker->ordered, link);
		has_changed = has_changed || is_rejected(link->rule);
	}
	/* Only now, so that a round is a level. */
	for (guint i = n_before; i < linker->ordered->len; i++)
		((Link *)linker->ordered->pdata[i])->is_placed = TRUE;
	return has_changed || linker->ordered->len > n_before;
}

/* The way from @from along correlations that could not be placed, back to it if there is one. */
static char *describe_circle(const Linker *linker, const Link *from)
{
	GString *way = g_string_new(from->rule->info->title);
	const Link *at = from;

	for (guint step = 0; step < LIMIT_CORRELATION_DEPTH; step++) {
		const Link *next = NULL;

		for (guint i = 0; i < correlation_of(at)->n_parts && !next; i++) {
			next = g_hash_table_lookup(linker->by_rule, at->parts[i]);
			if (next && (next->is_placed || is_rejected(next->rule)))
				next = NULL;
		}
		if (!next)
			break;
		g_string_append_printf(way, " \xE2\x86\x92 %s", next->rule->info->title);
		if (next == from)
			return g_string_free(way, FALSE);
		at = next;
	}
	g_string_free(way, TRUE);
	return NULL;
}

static void reject_unplaced(const Linker *linker)
{
	g_autoptr(GPtrArray) reasons = g_ptr_array_new();

	/* All reasons first: they look at what is not rejected yet. */
	for (guint i = 0; i < linker->links->len; i++) {
		const Link *link = &g_array_index(linker->links, Link, i);
		gboolean is_left = !link->is_placed && !is_rejected(link->rule);
		g_autofree char *circle = is_left ? describe_circle(linker, link) : NULL;

		if (is_left && circle)
			g_ptr_array_add(reasons,
				g_strdup_printf("correlations refer to each other in a circle: %s",
					circle));
		else
			g_ptr_array_add(reasons,
				is_left ? g_strdup_printf(
						  "the correlation stands on a circle of "
						  "correlations, or on more than %u above each "
						  "other",
						  LIMIT_CORRELATION_DEPTH)
					: NULL);
	}
	for (guint i = 0; i < linker->links->len; i++) {
		const Link *link = &g_array_index(linker->links, Link, i);

		if (reasons->pdata[i])
			(void)reject(link->rule, link->rule->correlation->part_lines[0],
				reasons->pdata[i]);
	}
}

static void place_all(Linker *linker)
{
	for (guint round = 0; round < LIMIT_CORRELATION_DEPTH && place_ready(linker); round++)
		;
	reject_unplaced(linker);
}

/* ---- 3. fields ---- */

static char *alias_key(const char *alias, const SigmaRule *rule)
{
	return g_strdup_printf("%u %s", rule->info->index, alias);
}

/* The fields behind aliases, by alias_key(). NULL where the correlation was rejected. */
static GHashTable *read_aliases(const Linker *linker, const Link *link)
{
	g_autoptr(GHashTable) aliases =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	const GArray *written = link->rule->correlation->aliases;
	g_autoptr(GHashTable) parts = g_hash_table_new(NULL, NULL);

	for (guint i = 0; i < correlation_of(link)->n_parts; i++)
		g_hash_table_add(parts, link->parts[i]);
	for (guint i = 0; i < written->len; i++) {
		const CorrelationAlias *alias = &g_array_index(written, CorrelationAlias, i);
		g_autofree char *reason = NULL;
		const SigmaRule *rule = rule_index_find_one(linker->index, alias->rule, &reason);
		g_autofree char *key = NULL;
		const char *known;

		if (!rule || !g_hash_table_contains(parts, rule)) {
			(void)reject(link->rule, alias->line,
				g_strdup_printf("the alias \"%s\" is for \"%s\", which is not a "
						"rule of the "
						"correlation",
					alias->alias, alias->rule));
			return NULL;
		}
		key = alias_key(alias->alias, rule);
		known = g_hash_table_lookup(aliases, key);
		if (known && strcmp(known, alias->field) != 0) {
			(void)reject(link->rule, alias->line,
				g_strdup_printf("the alias \"%s\" is two fields of \"%s\"",
					alias->alias, alias->rule));
			return NULL;
		}
		g_hash_table_insert(aliases, g_steal_pointer(&key), (gpointer)alias->field);
	}
	return g_steal_pointer(&aliases);
}

static char **resolve_names(GHashTable *aliases, const SigmaRule *part, char *const *names)
{
	guint n = g_strv_length((char **)names);
	char **resolved = g_new0(char *, n + 1);

	for (guint i = 0; i < n; i++) {
		g_autofree char *key = alias_key(names[i], part);
		const char *field = g_hash_table_lookup(aliases, key);

		resolved[i] = g_strdup(field ? field : names[i]);
	}
	return resolved;
}

static gboolean has_name(const Correlation *correlation, const char *name)
{
	char *const *const lists[] = { correlation->group_by, correlation->fields,
		correlation->carried };

	for (guint i = 0; i < G_N_ELEMENTS(lists); i++) {
		if (g_strv_contains((const char *const *)lists[i], name))
			return TRUE;
	}
	return FALSE;
}

/* Has @inner carry those of @names that it does not have already; a few more than the limit at
 * most, by which it is rejected then. */
static void carry(Correlation *inner, char *const *names)
{
	for (; *names; names++) {
		guint n = g_strv_length(inner->carried);

		if (has_name(inner, *names) || n > LIMIT_CORRELATION_VALUES)
			continue;
		inner->carried = g_renew(char *, inner->carried, n + 2);
		inner->carried[n] = g_strdup(*names);
		inner->carried[n + 1] = NULL;
	}
}

static void fill_parts(const Linker *linker, const Link *link)
{
	g_autoptr(GHashTable) aliases = read_aliases(linker, link);
	Correlation *correlation = correlation_of(link);

	if (!aliases)
		return;
	for (guint i = 0; i < correlation->n_parts; i++) {
		CorrelationPart *part = &correlation->parts[i];
		const Link *inner = g_hash_table_lookup(linker->by_rule, link->parts[i]);

		part->group_by = resolve_names(aliases, link->parts[i], correlation->group_by);
		part->fields = resolve_names(aliases, link->parts[i], correlation->fields);
		part->carried = resolve_names(aliases, link->parts[i], correlation->carried);
		if (!inner)
			continue;
		carry(correlation_of(inner), part->group_by);
		carry(correlation_of(inner), part->fields);
		carry(correlation_of(inner), part->carried);
	}
}

/* ---- 4. sizes ---- */

static void check_size(const Link *link)
{
	const Correlation *correlation = correlation_of(link);
	g_autoptr(GByteArray) bytes = g_byte_array_new();

	if (correlation_n_values(correlation) > LIMIT_CORRELATION_VALUES) {
		(void)reject(link->rule, link->rule->info->line,
			g_strdup_printf("the correlation has more than %u fields, counting those "
					"that correlations over it ask for",
				LIMIT_CORRELATION_VALUES));
		return;
	}
	correlation_encode(correlation, bytes);
	if (bytes->len > LIMIT_CORRELATION_BYTES)
		(void)reject(link->rule, link->rule->info->line,
			g_strdup_printf("the correlation's names have more than %u bytes in all",
				LIMIT_CORRELATION_BYTES));
}

/* ---- what comes of it ---- */

static void tell_parts(const Link *link)
{
	const Correlation *correlation = correlation_of(link);

	for (guint i = 0; i < correlation->n_parts; i++) {
		const RuleHit hit = { correlation, i };
		SigmaRule *part = link->parts[i];

		part->info->is_silent = TRUE;
		if (part->info->kind != RULE_DETECTION)
			continue;
		if (!part->hits)
			part->hits = g_array_new(FALSE, FALSE, sizeof(RuleHit));
		g_array_append_val(part->hits, hit);
	}
}

static void let_speak(const Link *link)
{
	const Correlation *correlation = correlation_of(link);

	for (guint i = 0; correlation->generate && i < correlation->n_parts; i++)
		link->parts[i]->info->is_silent = FALSE;
}

typedef void (*LinkFunc)(const Link *link);

/* For the loaded ones, in order of rules, so that what they tell has one order, too. */
static void for_loaded(const Linker *linker, LinkFunc each)
{
	for (guint i = 0; i < linker->links->len; i++) {
		const Link *link = &g_array_index(linker->links, Link, i);

		if (!is_rejected(link->rule))
			each(link);
	}
}

static void link_all(Linker *linker)
{
	for (guint i = 0; i < linker->links->len; i++)
		(void)find_parts(linker, &g_array_index(linker->links, Link, i));
	place_all(linker);
	for (guint i = linker->ordered->len; i-- > 0;)
		fill_parts(linker, linker->ordered->pdata[i]);
	for (guint i = 0; i < linker->ordered->len; i++) {
		Link *link = linker->ordered->pdata[i];

		if (!is_rejected(link->rule))
			check_size(link);
		if (!is_rejected(link->rule))
			(void)is_ready(linker, link); /* rejects it with what it stands on */
	}
	for_loaded(linker, tell_parts);
	for_loaded(linker, let_speak);
}

void correlations_link(const GPtrArray *correlations, const RuleIndex *index)
{
	Linker linker = { .index = index };

	linker.links = g_array_new(FALSE, TRUE, sizeof(Link));
	g_array_set_clear_func(linker.links, clear_link);
	linker.by_rule = g_hash_table_new(NULL, NULL);
	linker.ordered = g_ptr_array_new();
	for (guint i = 0; i < correlations->len; i++) {
		const Link link = { .rule = correlations->pdata[i] };

		g_array_append_val(linker.links, link);
	}
	for (guint i = 0; i < linker.links->len; i++) {
		Link *link = &g_array_index(linker.links, Link, i);

		g_hash_table_insert(linker.by_rule, link->rule, link);
	}
	link_all(&linker);
	g_hash_table_unref(linker.by_rule);
	g_ptr_array_unref(linker.ordered);
	g_array_unref(linker.links);
}
