/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One correlation after the other, inner ones first. A hit that comes from the case is kept as a
 * Row for as long as it is in the window; where it turns out to be in a finding, the finding's id
 * grows by it, the first of each part are listed, and correlations over this one get hits of it.
 */
#include "coordinator/correlation/correlator.h"

#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/text.h"
#include "coordinator/correlation/correlate.h"
#include "coordinator/correlation/pattern.h"
#include "coordinator/correlation/place.h"
#include "coordinator/correlation/telling.h"
#include "model/correlation-set.h"

/* A part of another correlation that is this one. */
typedef struct User {
	gint64 source;
	guint n_values;
	guint from[LIMIT_CORRELATION_VALUES]; /* which of this one's values are that one's */
	PlaceShape shape;
	Instant last_time; /* of the hit that it was given last */
	GByteArray *last_key;
} User;

typedef struct Row {
	gint64 hit, correlated; /* numbers in the case; correlated is 0 for an event */
	const char *evidence_sha256, *locator;
	guint64 offset;
	gboolean recovered;
	gsize key_size;
	guint8 key[]; /* and the locator behind it */
} Row;

typedef struct Correlating {
	Case *c;
	const CorrelatorInput *input;
	const Correlation *correlation;
	const RuleInfo *rule;
	PlaceShape shape;
	GPtrArray *users; /* User */
	Correlate *correlate;
	PatternJoin *pattern;  /* instead, of a STIX pattern */
	GStringChunk *sha256s; /* of evidence, each once */
	GByteArray *group;     /* key of the current one */
	gboolean in_group;
	GByteArray *values, *key, *user_group; /* for building */
	gint64 last_event;
	char *last_place;  /* of the row before: "sha256 offset locator" */
	guint64 *findings; /* by level */

	/* The finding that is being told of. */
	gint64 number;
	GChecksum *id;
	guint *n_listed; /* of each part */
	guint n_all_listed;
	guint64 n_events;
	gboolean recovered;
	GHashTable *inner; /* numbers of the correlated that are in it, as gint64 */
	char last_id[CASE_FINDING_ID_BYTES];
	char *group_values;
	gint64 told_hit; /* the finding as a hit of others, from told_time on */
	Instant told_time;
} Correlating;

/* ---- the correlations over this one ---- */

static void user_free(gpointer data)
{
	User *user = data;

	g_byte_array_unref(user->last_key);
	g_free(user);
}

static int find_name(const Correlation *correlation, const char *name)
{
	char **const lists[] = { correlation->group_by, correlation->fields, correlation->carried };
	int at = 0;

	for (guint list = 0; list < G_N_ELEMENTS(lists); list++) {
		for (char **other = lists[list]; *other; other++, at++) {
			if (g_str_equal(*other, name))
				return at;
		}
	}
	return -1;
}

static gboolean add_user(Correlating *w, const Correlation *outer, guint part, GError **error)
{
	const RuleInfo *rule = w->input->rules->pdata[outer->rule];
	char **const lists[] = { outer->parts[part].group_by, outer->parts[part].fields,
		outer->parts[part].carried };
	User *user = g_new0(User, 1);

	user->shape = place_shape(outer);
	user->last_key = g_byte_array_new();
	g_ptr_array_add(w->users, user);
	for (guint list = 0; list < G_N_ELEMENTS(lists); list++) {
		for (char **name = lists[list]; *name; name++) {
			int from = find_name(w->correlation, *name);

			/* correlation_set_check() has seen to it. */
			g_return_val_if_fail(
				from >= 0 && user->n_values < LIMIT_CORRELATION_VALUES, FALSE);
			user->from[user->n_values++] = (guint)from;
		}
	}
	return case_hit_source(w->c, rule->sha256, part, w->rule->sha256, &user->source, error);
}

static gboolean find_users(Correlating *w, GError **error)
{
	for (guint i = 0; i < w->input->correlations->len; i++) {
		const Correlation *outer = w->input->correlations->pdata[i];

		for (guint part = 0; part < outer->n_parts; part++) {
			if (outer->parts[part].rule == w->correlation->rule &&
				!add_user(w, outer, part, error))
				return FALSE;
		}
	}
	return TRUE;
}

/* The finding as a hit of others from @known on; one for all of them. */
static gboolean get_told_hit(Correlating *w, Instant known, GError **error)
{
	if (w->told_hit && w->told_time == known)
		return TRUE;
	w->told_time = known;
	return case_add_correlated_hit(w->c, w->number, known, &w->told_hit, error);
}

static gboolean tell_user(
	Correlating *w, User *user, const Slice *pieces, Instant known, GError **error)
{
	CaseHitPlace place = { .source = user->source };

	g_byte_array_set_size(w->key, 0);
	for (guint i = 0; i < user->n_values; i++)
		g_byte_array_append(
			w->key, pieces[user->from[i]].data, (guint)pieces[user->from[i]].size);
	/* A burst that becomes known at once says the same of each of its events. */
	if (user->last_time == known &&
		slice_equal(slice_make(user->last_key->data, user->last_key->len),
			slice_make(w->key->data, w->key->len)))
		return TRUE;
	user->last_time = known;
	g_byte_array_set_size(user->last_key, 0);
	g_byte_array_append(user->last_key, w->key->data, w->key->len);
	if (!get_told_hit(w, known, error))
		return FALSE;
	place.hit = w->told_hit;
	return place_fill(&user->shape, slice_make(w->key->data, w->key->len), known, w->user_group,
		       &place) &&
		case_add_hit_place(w->c, &place, error);
}

static gboolean tell_users(Correlating *w, Slice key, Instant known, GError **error)
{
	Slice pieces[LIMIT_CORRELATION_VALUES];

	if (w->users->len == 0 || !place_split(key, w->shape.n_values, pieces))
		return TRUE;
	for (guint i = 0; i < w->users->len; i++) {
		if (!tell_user(w, w->users->pdata[i], pieces, known, error))
			return FALSE;
	}
	return TRUE;
}

/* ---- a finding ---- */

/*
 * An id stands for rule, time, group and events. Events alone would not do: findings of an outer
 * correlation in different groups, or at different times, may rest on one of an inner one.
 */
static void begin_id(Correlating *w, Instant first)
{
	char time[INSTANT_TEXT_BYTES];
	const char *const texts[] = { "spoor-correlation-1", w->rule->sha256, time };

	instant_format(first, time);
	g_checksum_reset(w->id);
	for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_checksum_update(w->id, (const guchar *)texts[i], -1);
		g_checksum_update(w->id, (const guchar *)"\n", 1);
	}
	if (w->group->len)
		g_checksum_update(w->id, w->group->data, w->group->len);
}

static gboolean begin_finding(void *context, Instant first, GError **error)
{
	Correlating *w = context;

	begin_id(w, first);
	memset(w->n_listed, 0, w->correlation->n_parts * sizeof(*w->n_listed));
	g_hash_table_remove_all(w->inner);
	g_clear_pointer(&w->group_values, g_free);
	w->last_id[0] = '\0';
	w->n_all_listed = 0;
	w->n_events = 0;
	w->recovered = FALSE;
	w->told_hit = 0;
	for (guint i = 0; i < w->users->len; i++)
		((User *)w->users->pdata[i])->last_time = INSTANT_NONE;
	return case_begin_correlated(w->c, w->rule->sha256, &w->number, error);
}

/* The id of the event, or of the other correlation's finding; FALSE where it was there before. */
static gboolean identify(Correlating *w, const Row *row, guint part, char *ret_id)
{
	const RuleInfo *of = w->input->rules->pdata[w->correlation->parts[part].rule];

	if (row->correlated) {
		(void)g_strlcpy(ret_id, row->locator, CASE_FINDING_ID_BYTES); /* fits */
		return g_hash_table_add(
			w->inner, g_memdup2(&row->correlated, sizeof(row->correlated)));
	}
	/* Several hits of one event and part follow each other. */
	case_finding_id(of->sha256, row->evidence_sha256, row->locator, ret_id);
	if (g_str_equal(ret_id, w->last_id))
		return FALSE;
	(void)g_strlcpy(w->last_id, ret_id, CASE_FINDING_ID_BYTES); /* fits */
	return TRUE;
}

static gboolean list(Correlating *w, const Row *row, guint part, GError **error)
{
	g_autofree char *values = NULL;

	if (w->n_listed[part] >= LIMIT_CORRELATION_LISTED)
		return TRUE;
	w->n_listed[part]++;
	values = telling_values(w->correlation, slice_make(row->key, row->key_size),
		w->shape.n_values, w->shape.n_group + w->shape.n_fields);
	return case_list_correlated(
		w->c, w->number, w->n_all_listed++, part, row->hit, values, error);
}

static gboolean add_to_finding(void *context, const WindowHit *hit, Instant known, GError **error)
{
	Correlating *w = context;
	const Row *row = hit->row;
	Slice key = slice_make(row->key, row->key_size);
	char id[CASE_FINDING_ID_BYTES];

	if (!w->group_values)
		w->group_values =
			telling_values(w->correlation, key, w->shape.n_values, w->shape.n_group);
	w->recovered |= row->recovered;
	if (identify(w, row, hit->part, id)) {
		w->n_events++;
		g_checksum_update(w->id, (const guchar *)id, -1);
		g_checksum_update(w->id, (const guchar *)"\n", 1);
		if (!list(w, row, hit->part, error))
			return FALSE;
	}
	return tell_users(w, key, known, error);
}

static gboolean end_finding(void *context, const CorrelateSummary *summary, GError **error)
{
	Correlating *w = context;
	g_autofree char *id = g_strndup(g_checksum_get_string(w->id), CASE_FINDING_ID_BYTES - 1);
	g_autofree char *value = telling_measure(summary->measure);
	g_autofree char *matched = telling_matched(w->correlation, summary->measure);
	const CaseCorrelated correlated = {
		.number = w->number,
		.id = id,
		.rule = w->rule,
		.first = summary->first,
		.last = summary->last,
		.n_events = w->n_events,
		.recovered = w->recovered,
		.value = value,
		.group_values = w->group_values,
		.matched_json = matched,
	};

	if (!w->rule->is_silent)
		w->findings[w->rule->level]++;
	return case_end_correlated(w->c, &correlated, error);
}

/* ---- what is left out ---- */

static char *name_rule(const RuleInfo *rule)
{
	return g_strdup_printf("\"%s\" (%s)", rule->title, *rule->id ? rule->id : rule->path);
}

static gboolean tell_pattern_cut(Correlating *w, const char *name, const char *at, GError **error)
{
	g_autofree char *note = g_strdup_printf(
		"%s: there are more events of its observations than are joined; those from %s on "
		"were not: at most %u of %u MB (LIMIT_CORRELATION_WINDOW_HITS, "
		"LIMIT_CORRELATION_WINDOW_BYTES).",
		name, at, LIMIT_CORRELATION_WINDOW_HITS, LIMIT_CORRELATION_WINDOW_BYTES >> 20);
	const Gap gap = { .kind = GAP_LIMIT, .note = note };

	return case_add_correlation_gap(w->c, &gap, error);
}

static gboolean tell_undecided(void *context, guint n, gboolean are_more, GError **error)
{
	Correlating *w = context;
	g_autofree char *name = name_rule(w->rule);
	g_autofree char *note = are_more
		? g_strdup_printf("%s: the first %u findings are told, there are more "
				  "(LIMIT_STIX_FINDINGS).",
			  name, n)
		: g_strdup_printf("%s: after %u findings it is undecided whether there are more: "
				  "looking for events that make the pattern true takes more "
				  "work than it may (LIMIT_STIX_STEPS).",
			  name, n);
	const Gap gap = { .kind = GAP_LIMIT, .note = note };

	return case_add_correlation_gap(w->c, &gap, error);
}

static gboolean tell_cut(void *context, Instant time, GError **error)
{
	Correlating *w = context;
	g_autofree char *name = name_rule(w->rule);
	g_autofree char *timespan = telling_timespan(w->correlation);
	g_autofree char *group = telling_values(w->correlation,
		slice_make(w->group->data, w->group->len), w->shape.n_group, w->shape.n_group);
	g_autofree char *note = NULL;
	char at[INSTANT_TEXT_BYTES];
	Gap gap = { .kind = GAP_LIMIT };

	instant_format(time, at);
	if (w->pattern)
		return tell_pattern_cut(w, name, at, error);
	note = g_strdup_printf("%s: the group %s has more events within %s than are counted "
			       "together, first at %s: at most %u of %u MB "
			       "(LIMIT_CORRELATION_WINDOW_HITS, LIMIT_CORRELATION_WINDOW_BYTES).",
		name, group, timespan, at, LIMIT_CORRELATION_WINDOW_HITS,
		LIMIT_CORRELATION_WINDOW_BYTES >> 20);
	gap.note = note;
	return case_add_correlation_gap(w->c, &gap, error);
}

static gboolean tell_problem(
	void *context, const char *evidence_sha256, HitProblem problem, guint64 n, GError **error)
{
	static const char *const what[HIT_N_PROBLEMS] = {
		[HIT_NO_TIME] = "have no time",
		[HIT_NO_GROUP] = "lack a field to group by",
		[HIT_NO_VALUE] = "lack the field to count, or have no number in it",
	};
	const Correlating *w = context;
	g_autofree char *name = name_rule(w->rule);
	g_autofree char *note = NULL;
	Gap gap = { .kind = GAP_NOT_CORRELATED, .records = n };

	if (problem <= HIT_GOOD || problem >= HIT_N_PROBLEMS)
		return TRUE;
	note = g_strdup_printf(
		"%s: events of its rules %s; they were not correlated.", name, what[problem]);
	gap.note = note;
	return *evidence_sha256 ? case_add_gap(w->c, evidence_sha256, "", &gap, error)
				: case_add_correlation_gap(w->c, &gap, error);
}

/* ---- hits ---- */

static Row *make_row(Correlating *w, const CaseHit *hit)
{
	gsize locator_size = strlen(hit->locator) + 1;
	Row *row = g_malloc(sizeof(*row) + hit->key.size + locator_size);

	*row = (Row){
		.hit = hit->number,
		.correlated = hit->correlated,
		.evidence_sha256 = g_string_chunk_insert_const(w->sha256s, hit->evidence_sha256),
		.offset = hit->offset,
		.recovered = hit->recovered,
		.key_size = hit->key.size,
	};
	if (hit->key.size)
		memcpy(row->key, hit->key.data, hit->key.size);
	memcpy(row->key + hit->key.size, hit->locator, locator_size);
	row->locator = (const char *)row->key + hit->key.size;
	return row;
}

/* Equal for hits of one event, and for those of one finding; both follow each other, or not. */
static gint64 number_event(Correlating *w, const CaseHit *hit)
{
	g_autofree char *place = NULL;

	if (hit->correlated)
		return -hit->correlated;
	place = g_strdup_printf(
		"%s %" G_GUINT64_FORMAT " %s", hit->evidence_sha256, hit->offset, hit->locator);
	if (!w->last_place || !g_str_equal(place, w->last_place)) {
		w->last_event++;
		g_free(w->last_place);
		w->last_place = g_steal_pointer(&place);
	}
	return w->last_event;
}

static gboolean end_group(Correlating *w, GError **error)
{
	return w->pattern ? pattern_join_end(w->pattern, error)
			  : correlate_end_group(w->correlate, error);
}

static gboolean enter_group(Correlating *w, Slice group_key, GError **error)
{
	if (w->in_group && slice_equal(group_key, slice_make(w->group->data, w->group->len)))
		return TRUE;
	if (w->in_group && !end_group(w, error))
		return FALSE;
	w->in_group = TRUE;
	g_byte_array_set_size(w->group, 0);
	if (group_key.size)
		g_byte_array_append(w->group, group_key.data, (guint)group_key.size);
	return TRUE;
}

static gboolean take_hit(void *context, const CaseHit *hit, GError **error)
{
	Correlating *w = context;
	WindowHit in_window = { .time = hit->time, .part = hit->part };

	if (hit->part >= w->correlation->n_parts || !enter_group(w, hit->group_key, error))
		return hit->part >= w->correlation->n_parts; /* a case that was meddled with */
	in_window.event = number_event(w, hit);
	in_window.row = make_row(w, hit);
	if (w->pattern) {
		in_window.size = strlen(hit->locator);
		return pattern_join_add(w->pattern, &in_window, error);
	}
	g_byte_array_set_size(w->values, 0);
	if (w->correlation->type == CORRELATION_VALUE_COUNT)
		place_append_values(&w->shape, hit->key, w->values);
	in_window.size = hit->key.size + w->values->len;
	return correlate_add(w->correlate, &in_window, slice_make(w->values->data, w->values->len),
		place_number(&w->shape, hit->key), error);
}

/* ---- one correlation ---- */

static void correlating_init(
	Correlating *w, const Correlation *correlation, const CorrelateSink *sink)
{
	w->correlation = correlation;
	w->rule = w->input->rules->pdata[correlation->rule];
	w->shape = place_shape(correlation);
	w->users = g_ptr_array_new_with_free_func(user_free);
	if (correlation->type == CORRELATION_STIX_PATTERN)
		w->pattern = pattern_join_new(correlation, sink);
	else
		w->correlate = correlate_new(correlation, sink);
	w->sha256s = g_string_chunk_new(4096);
	w->group = g_byte_array_new();
	w->values = g_byte_array_new();
	w->key = g_byte_array_new();
	w->user_group = g_byte_array_new();
	w->id = g_checksum_new(G_CHECKSUM_SHA256);
	w->n_listed = g_new0(guint, correlation->n_parts);
	w->inner = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
}

static void correlating_clear(Correlating *w)
{
	correlate_free(w->correlate); /* frees its rows, so first */
	pattern_join_free(w->pattern);
	g_ptr_array_unref(w->users);
	g_string_chunk_free(w->sha256s);
	g_byte_array_unref(w->group);
	g_byte_array_unref(w->values);
	g_byte_array_unref(w->key);
	g_byte_array_unref(w->user_group);
	g_checksum_free(w->id);
	g_hash_table_unref(w->inner);
	g_free(w->n_listed);
	g_free(w->group_values);
	g_free(w->last_place);
}

static gboolean describe(const Correlating *w, GError **error)
{
	g_autofree char *timespan = telling_timespan(w->correlation);
	g_autofree char *condition = telling_condition(w->correlation);
	g_autofree char *group_by = g_strjoinv("\n", w->correlation->group_by);
	g_autofree char *fields = g_strjoinv("\n", w->correlation->fields);
	const CaseCorrelation description = {
		.sha256 = w->rule->sha256,
		.type = correlation_type_name(w->correlation->type),
		.timespan = timespan,
		.condition = condition,
		.group_by = group_by,
		.fields = fields,
	};

	return case_add_correlation(w->c, &description, error);
}

/* Where it came to anything, the case tells how its rule and those it refers to read. */
static gboolean keep_sources(const Correlating *w, GError **error)
{
	if (w->number == 0)
		return TRUE;
	for (guint i = 0; i < w->correlation->n_parts; i++) {
		if (!case_keep_source(
			    w->c, w->input->rules->pdata[w->correlation->parts[i].rule], error))
			return FALSE;
	}
	return case_keep_source(w->c, w->rule, error);
}

static gboolean correlate_one(Correlating *w, GError **error)
{
	const char *sha256 = w->rule->sha256;

	return describe(w, error) && find_users(w, error) &&
		case_each_hit(w->c, sha256, w->input->interrupted, take_hit, w, error) &&
		(!w->in_group || end_group(w, error)) &&
		case_each_hit_problem(w->c, sha256, tell_problem, w, error) &&
		keep_sources(w, error);
}

static gboolean run_one(Case *c, const CorrelatorInput *input, const Correlation *correlation,
	guint64 *findings, GError **error)
{
	Correlating w = { .c = c, .input = input, .findings = findings };
	const CorrelateSink sink = { begin_finding, add_to_finding, end_finding, tell_cut,
		tell_undecided, g_free, &w };
	gboolean done;

	correlating_init(&w, correlation, &sink);
	done = correlate_one(&w, error);
	correlating_clear(&w);
	return done;
}

/* ---- all of them ---- */

static gboolean note_applicable(void *context, guint n_columns, const char *const *columns)
{
	g_hash_table_add(context, g_strdup(columns[0]));
	return TRUE;
}

/* Is there evidence for the rules that it needs? All of them for what all of them must be in. */
static gboolean is_applicable(
	const CorrelatorInput *input, const Correlation *correlation, GHashTable *applicable)
{
	gboolean has[LIMIT_CORRELATION_PARTS] = { FALSE };
	guint n = 0;

	for (guint i = 0; i < correlation->n_parts; i++) {
		const RuleInfo *rule = input->rules->pdata[correlation->parts[i].rule];

		has[i] = g_hash_table_contains(applicable, rule->sha256);
		n += has[i] ? 1 : 0;
	}
	if (correlation->type == CORRELATION_STIX_PATTERN)
		return pattern_join_possible(correlation, has);
	if (correlation_type_is_temporal(correlation->type) && correlation->n_conditions == 0)
		return n == correlation->n_parts;
	return n > 0;
}

static gboolean add_applicable(
	Case *c, const CorrelatorInput *input, const GPtrArray *ordered, GError **error)
{
	g_autoptr(GHashTable) applicable =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	if (!case_query(c, "SELECT sha256 FROM rule WHERE applicable = 1", NULL, note_applicable,
		    applicable, error))
		return FALSE;
	for (guint i = 0; i < ordered->len; i++) {
		const Correlation *correlation = ordered->pdata[i];
		const RuleInfo *rule = input->rules->pdata[correlation->rule];

		if (!is_applicable(input, correlation, applicable))
			continue;
		g_hash_table_add(applicable, g_strdup(rule->sha256));
		if (!case_add_applicable(c, rule->sha256, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean run_all(
	Case *c, const CorrelatorInput *input, guint64 findings[LEVEL_N], GError **error)
{
	g_autoptr(GPtrArray) ordered = g_ptr_array_new();
	g_autoptr(GHashTable) done = g_hash_table_new(g_str_hash, g_str_equal);

	text_warm_up(); /* values are folded */
	if (!case_clear_correlated(c, error))
		return FALSE;
	(void)correlation_set_order(input->correlations, ordered); /* checked when it was loaded */
	for (guint i = 0; i < ordered->len; i++) {
		const Correlation *correlation = ordered->pdata[i];
		const RuleInfo *rule = input->rules->pdata[correlation->rule];

		/* One document that two paths lead to is one rule. */
		if (g_hash_table_add(done, rule->sha256) &&
			!run_one(c, input, correlation, findings, error))
			return FALSE;
	}
	return case_count_hits(c, error) && add_applicable(c, input, ordered, error);
}

gboolean correlator_run(
	Case *c, const CorrelatorInput *input, guint64 findings[LEVEL_N], GError **error)
{
	g_autoptr(GError) trouble = NULL;
	guint64 before[LEVEL_N];

	memcpy(before, findings, sizeof before);
	if (run_all(c, input, findings, &trouble))
		return TRUE;
	if (!g_error_matches(trouble, SPOOR_ERROR, SPOOR_ERROR_STOPPED)) {
		g_propagate_error(error, g_steal_pointer(&trouble));
		return FALSE;
	}
	memcpy(findings, before, sizeof before);
	return case_clear_correlated(c, error);
}
