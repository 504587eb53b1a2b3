/* SPDX-License-Identifier: Apache-2.0 */
#include "engines/indicators/levels.h"

#include <stdlib.h>

#include "engines/indicators/yaml-read.h"

#define DAY	       (INT64_C(86400) * INSTANT_SECOND)
#define LIFETIMES_AGED 3 /* from one lifetime to so many an indicator is aging, then old */
#define DAYS_MAX       36500
#define NEVER	       0

typedef enum Age {
	AGE_FRESH,
	AGE_AGING,
	AGE_OLD,
	AGE_EARLY,
	AGE_UNKNOWN,
	AGE_N,
} Age;

static const char *const age_names[AGE_N] = { "fresh", "aging", "old", "early", "unknown" };

/* What changes a level, and when. */
typedef struct Change {
	guint32 kinds; /* bits */
	guint32 ages;  /* bits */
	guint least_confidence, most_confidence;
	const YamlNode *lists; /* patterns; NULL: on any or none */
	gboolean only_text, only_field, only_parent;
	int steps;
	RuleLevel at_most, at_least;
	const char *because;
} Change;

typedef struct KindLevel {
	gboolean is_set;
	RuleLevel level;
	guint lifetime; /* days, or NEVER */
} KindLevel;

struct Levels {
	YamlStream *stream;
	KindLevel kinds[INDICATOR_N_KINDS];
	GArray *changes; /* Change */
};

/* ---- reading ---- */

static gboolean read_kinds(const YamlNode *node, guint32 *ret, GError **error)
{
	*ret = node ? 0 : G_MAXUINT32;
	for (guint i = 0; i < yaml_count(node); i++) {
		const char *name = yaml_text(node, i);
		IndicatorKind kind;

		if (!name || !indicator_kind_parse(name, &kind))
			return yaml_fail(error, node, "no kind is called '%s'", name ? name : "");
		*ret |= 1u << kind;
	}
	return TRUE;
}

static gboolean read_level(const YamlNode *node, RuleLevel *ret, GError **error)
{
	const char *name = yaml_text(node, 0);

	if (!name || !rule_level_parse(name, ret))
		return yaml_fail(error, node, "no level is called '%s'", name ? name : "");
	return TRUE;
}

static gboolean read_number(const YamlNode *node, gint64 most, guint *ret, GError **error)
{
	if (!node || node->kind != YAML_KIND_INT || node->integer < 0 || node->integer > most)
		return yaml_fail(
			error, node, "this is to be a number from 0 to %" G_GINT64_FORMAT, most);
	*ret = (guint)node->integer;
	return TRUE;
}

static gboolean read_kind(Levels *levels, const YamlNode *entry, GError **error)
{
	static const char *const keys[] = { "kind", "level", "days", NULL };
	KindLevel level = { .is_set = TRUE };
	const YamlNode *days;
	guint32 kinds;

	if (!yaml_check_keys(entry, keys, error) ||
		!read_kinds(yaml_node_get(entry, "kind"), &kinds, error) ||
		!read_level(yaml_node_get(entry, "level"), &level.level, error))
		return FALSE;
	days = yaml_node_get(entry, "days");
	if (g_strcmp0(yaml_text(days, 0), "all") != 0 &&
		!read_number(days, DAYS_MAX, &level.lifetime, error))
		return FALSE;
	for (guint i = 0; i < INDICATOR_N_KINDS; i++) {
		if (kinds & 1u << i)
			levels->kinds[i] = level;
	}
	return TRUE;
}

static gboolean read_ages(const YamlNode *node, guint32 *ret, GError **error)
{
	*ret = node ? 0 : G_MAXUINT32;
	for (guint i = 0; i < yaml_count(node); i++) {
		const char *name = yaml_text(node, i);
		guint age = 0;

		while (age < AGE_N && g_strcmp0(name, age_names[age]) != 0)
			age++;
		if (age == AGE_N)
			return yaml_fail(error, node, "no age is called '%s'", name ? name : "");
		*ret |= 1u << age;
	}
	return TRUE;
}

static gboolean read_confidence(const YamlNode *node, Change *ret, GError **error)
{
	ret->least_confidence = 0;
	ret->most_confidence = INDICATOR_CONFIDENCE_UNKNOWN;
	if (!node)
		return TRUE;
	if (node->kind != YAML_KIND_LIST || node->n_children != 2)
		return yaml_fail(error, node, "'confidence' is to be [least, most]");
	return read_number(node->children[0], 100, &ret->least_confidence, error) &&
		read_number(node->children[1], 100, &ret->most_confidence, error);
}

static gboolean read_place(const YamlNode *node, Change *ret, GError **error)
{
	const char *place = yaml_text(node, 0);

	ret->only_text = g_strcmp0(place, "text") == 0;
	ret->only_field = g_strcmp0(place, "field") == 0;
	ret->only_parent = g_strcmp0(place, "parent") == 0;
	return !node || ret->only_text || ret->only_field || ret->only_parent ||
		yaml_fail(error, node, "'found' is to be field, text or parent");
}

static gboolean read_when(const YamlNode *when, Change *ret, GError **error)
{
	static const char *const keys[] = { "kind", "age", "confidence", "list", "found", NULL };

	if (!when)
		return TRUE;
	ret->lists = yaml_node_get(when, "list");
	return yaml_check_keys(when, keys, error) &&
		read_kinds(yaml_node_get(when, "kind"), &ret->kinds, error) &&
		read_ages(yaml_node_get(when, "age"), &ret->ages, error) &&
		read_confidence(yaml_node_get(when, "confidence"), ret, error) &&
		read_place(yaml_node_get(when, "found"), ret, error);
}

static gboolean read_effect(const YamlNode *entry, Change *ret, GError **error)
{
	const YamlNode *raise = yaml_node_get(entry, "raise"),
		       *lower = yaml_node_get(entry, "lower");
	const YamlNode *most = yaml_node_get(entry, "at-most"),
		       *least = yaml_node_get(entry, "at-least");
	guint up = 0, down = 0;

	if ((raise && !read_number(raise, LEVEL_N, &up, error)) ||
		(lower && !read_number(lower, LEVEL_N, &down, error)) ||
		(most && !read_level(most, &ret->at_most, error)) ||
		(least && !read_level(least, &ret->at_least, error)))
		return FALSE;
	ret->steps = (int)up - (int)down;
	return raise || lower || most || least ||
		yaml_fail(error, entry, "it changes nothing: raise, lower, at-most, at-least");
}

static gboolean read_change(Levels *levels, const YamlNode *entry, GError **error)
{
	static const char *const keys[] = { "when", "raise", "lower", "at-most", "at-least",
		"because", NULL };
	Change change = { .kinds = G_MAXUINT32,
		.ages = G_MAXUINT32,
		.most_confidence = INDICATOR_CONFIDENCE_UNKNOWN,
		.at_most = LEVEL_CRITICAL };

	if (!yaml_check_keys(entry, keys, error) ||
		!read_when(yaml_node_get(entry, "when"), &change, error) ||
		!read_effect(entry, &change, error))
		return FALSE;
	change.because = yaml_text(yaml_node_get(entry, "because"), 0);
	if (!change.because)
		return yaml_fail(error, entry, "'because' is missing");
	g_array_append_val(levels->changes, change);
	return TRUE;
}

typedef gboolean (*EntryFunc)(Levels *levels, const YamlNode *entry, GError **error);

static gboolean read_list(Levels *levels, const YamlNode *list, EntryFunc read, GError **error)
{
	if (!list || list->kind != YAML_KIND_LIST)
		return yaml_fail(error, list, "'kinds' and 'changes' are to be lists");
	for (guint i = 0; i < list->n_children; i++) {
		if (!read(levels, list->children[i], error))
			return FALSE;
	}
	return TRUE;
}

Levels *levels_new(Slice text, GError **error)
{
	static const char *const keys[] = { "kinds", "changes", NULL };
	g_autoptr(Levels) levels = g_new0(Levels, 1);
	const YamlNode *root;

	levels->changes = g_array_new(FALSE, FALSE, sizeof(Change));
	root = yaml_read_map(text, &levels->stream, error);
	if (!root || !yaml_check_keys(root, keys, error) ||
		!read_list(levels, yaml_node_get(root, "kinds"), read_kind, error) ||
		!read_list(levels, yaml_node_get(root, "changes"), read_change, error))
		return NULL;
	for (guint i = 0; i < INDICATOR_N_KINDS; i++) {
		if (!levels->kinds[i].is_set) {
			(void)yaml_fail(error, root, "'kinds' says nothing of %s",
				indicator_kind_name((IndicatorKind)i));
			return NULL;
		}
	}
	return g_steal_pointer(&levels);
}

void levels_free(Levels *levels)
{
	if (!levels)
		return;
	yaml_stream_free(levels->stream);
	g_array_unref(levels->changes);
	g_free(levels);
}

/* ---- judging ---- */

/* @a - @b in days, at least 0; instants reach too far for a plain difference. */
static guint64 days_between(Instant a, Instant b)
{
	return a > b ? ((guint64)a - (guint64)b) / (guint64)DAY : 0;
}

static Age age_of(const LevelCase *at, guint lifetime)
{
	Instant first = at->valid_from, last = at->valid_until;
	guint64 days;

	if (lifetime == NEVER)
		return AGE_FRESH;
	if (at->event == INSTANT_NONE || (first == INSTANT_NONE && last == INSTANT_NONE))
		return AGE_UNKNOWN;
	if (first == INSTANT_NONE)
		first = last;
	if (last == INSTANT_NONE || last < first)
		last = first;
	if (days_between(first, at->event) > lifetime)
		return AGE_EARLY;
	days = days_between(at->event, last);
	if (days <= lifetime)
		return AGE_FRESH;
	return days <= (guint64)lifetime * LIFETIMES_AGED ? AGE_AGING : AGE_OLD;
}

/* The first of the case's warning lists that @change is about, as a new text; or NULL. */
static char *find_list(const Change *change, const char *lists)
{
	g_auto(GStrv) each = g_strsplit(lists, "\n", -1);

	for (guint i = 0; each[i]; i++) {
		for (guint k = 0; each[i][0] && k < yaml_count(change->lists); k++) {
			const char *pattern = yaml_text(change->lists, k);

			if (pattern && g_pattern_match_simple(pattern, each[i]))
				return g_strdup(each[i]);
		}
	}
	return NULL;
}

static gboolean applies(const Change *change, const LevelCase *at, Age age)
{
	return (change->kinds & 1u << at->kind) && (change->ages & 1u << age) &&
		at->confidence >= change->least_confidence &&
		at->confidence <= change->most_confidence && (!change->only_text || at->is_text) &&
		(!change->only_field || !at->is_text) && (!change->only_parent || at->is_parent);
}

static void clear_reason(gpointer reason)
{
	g_free(((LevelReason *)reason)->reason);
}

GArray *level_reasons_new(void)
{
	GArray *reasons = g_array_new(FALSE, FALSE, sizeof(LevelReason));

	g_array_set_clear_func(reasons, clear_reason);
	return reasons;
}

static void add_reason(GArray *reasons, char *text, RuleLevel level)
{
	LevelReason reason = { text, level };

	if (reasons)
		g_array_append_val(reasons, reason);
	else
		g_free(text);
}

static RuleLevel change_level(const Change *change, RuleLevel level)
{
	int moved = CLAMP((int)level + change->steps, LEVEL_INFORMATIONAL, LEVEL_CRITICAL);

	return CLAMP((RuleLevel)moved, change->at_least, MAX(change->at_most, change->at_least));
}

RuleLevel levels_judge(const Levels *levels, const LevelCase *at, GArray *ret_reasons)
{
	RuleLevel level = LEVEL_INFORMATIONAL;
	Age age = AGE_UNKNOWN;

	if (levels) {
		level = levels->kinds[at->kind].level;
		age = age_of(at, levels->kinds[at->kind].lifetime);
	}
	add_reason(ret_reasons, g_strdup_printf("kind %s", indicator_kind_name(at->kind)), level);
	for (guint i = 0; levels && i < levels->changes->len; i++) {
		const Change *change = &g_array_index(levels->changes, Change, i);
		g_autofree char *list = change->lists ? find_list(change, at->lists) : NULL;
		RuleLevel changed;

		if (!applies(change, at, age) || (change->lists && !list))
			continue;
		changed = change_level(change, level);
		if (changed == level && !list) /* a warning list is said in any case */
			continue;
		level = changed;
		add_reason(ret_reasons,
			g_strdup_printf(
				"%s%s%s", change->because, list ? ": " : "", list ? list : ""),
			level);
	}
	return level;
}
