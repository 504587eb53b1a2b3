/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Sigma engine: what the worker sees of engines/sigma/. See docs/matching.md for how it works.
 *
 * load() only parses; compile() makes the Ruleset; judge() binds a shape at its first event and
 * then runs the binding. Everything that judge() changes (the judge's buffers, the epoch, the
 * bindings) is small or belongs to the process; the rules and the ruleset are only read.
 */
#include "engines/sigma/engine.h"

#include "base/limits.h"
#include "engines/sigma/bind.h"
#include "engines/sigma/correlation-link.h"
#include "engines/sigma/explain.h"
#include "engines/sigma/filter-join.h"
#include "engines/sigma/hits.h"
#include "engines/sigma/judge.h"
#include "engines/sigma/observations.h"
#include "engines/sigma/parse.h"

#define LOGSOURCE_TABLES  "logsources" /* logsources.yml, and those in a folder of that name */
#define PLACEHOLDER_FILES "placeholders"

struct EngineState {
	guint slot;
	const EngineReport *report;
	LogSourceTable *sources;
	Placeholders *placeholders;
	GPtrArray *rules;    /* SigmaRule: the detection rules that were loaded */
	GPtrArray *others;   /* SigmaRule: correlations and filters */
	GPtrArray *rejected; /* SigmaRule: known only to tell why others are, until compile() */
	Ruleset *ruleset;
	Judge judge;
	Explanation explanation;
	guint8 *is_applicable; /* for each log source: an event of it was judged since the last take
				*/
	guint64 epoch;	       /* number of that take */
	GHashTable *bound;     /* Shape: those with a binding of ours */
	gsize bound_bytes;
};

/* ---- bindings ---- */

/* For shapes, which go before the engine or lose their bindings with it. */
static void free_binding(void *data)
{
	Binding *binding = data;
	EngineState *state = binding->owner;

	state->bound_bytes -= binding_size(binding);
	(void)g_hash_table_remove(state->bound, binding->fields.shape);
	binding_free(binding);
}

static void forget_bindings(EngineState *state)
{
	GHashTableIter iter;
	gpointer key;

	g_hash_table_iter_init(&iter, state->bound);
	while (g_hash_table_iter_next(&iter, &key, NULL)) {
		ShapeBinding *slot = &((Shape *)key)->bindings[state->slot];

		binding_free(slot->data);
		*slot = (ShapeBinding){ 0 };
	}
	g_hash_table_remove_all(state->bound);
	state->bound_bytes = 0;
}

/* ---- the engine ---- */

static EngineState *sigma_new(guint slot, const EngineReport *report)
{
	EngineState *state = g_new0(EngineState, 1);

	g_assert(slot < SHAPE_MAX_BINDINGS);
	state->slot = slot;
	state->report = report;
	state->placeholders = placeholders_new();
	state->rules = g_ptr_array_new_with_free_func((GDestroyNotify)sigma_rule_free);
	state->others = g_ptr_array_new_with_free_func((GDestroyNotify)sigma_rule_free);
	state->rejected = g_ptr_array_new_with_free_func((GDestroyNotify)sigma_rule_free);
	state->epoch = 1;
	state->bound = g_hash_table_new(NULL, NULL);
	judge_init(&state->judge);
	explanation_init(&state->explanation);
	return state;
}

static void sigma_free(EngineState *state)
{
	if (!state)
		return;
	forget_bindings(state);
	g_hash_table_unref(state->bound);
	ruleset_free(state->ruleset);
	g_clear_pointer(&state->rules, g_ptr_array_unref);
	g_clear_pointer(&state->others, g_ptr_array_unref);
	g_clear_pointer(&state->rejected, g_ptr_array_unref);
	logsource_table_free(state->sources);
	placeholders_free(state->placeholders);
	judge_clear(&state->judge);
	explanation_clear(&state->explanation);
	g_free(state->is_applicable);
	g_free(state);
}

static gboolean sigma_accepts(const char *path)
{
	return g_str_has_suffix(path, ".yml") || g_str_has_suffix(path, ".yaml");
}

static gboolean add_sources(EngineState *state, Slice text, GError **error)
{
	if (state->sources)
		return logsource_table_add(state->sources, text, error);
	state->sources = logsource_table_new(text, error);
	return state->sources != NULL;
}

static gboolean sigma_table(EngineState *state, const char *name, Slice text, GError **error)
{
	if (g_str_has_prefix(name, LOGSOURCE_TABLES) && sigma_accepts(name))
		return add_sources(state, text, error);
	if (g_str_has_prefix(name, PLACEHOLDER_FILES) && sigma_accepts(name))
		return placeholders_add(state->placeholders, text, error);
	return TRUE; /* some other engine's */
}

/* ---- loading ---- */

typedef struct Loading {
	EngineState *state;
	guint first_index, n;
} Loading;

/*
 * Once the coordinator has been told, only the tree is needed: texts for people would be dead
 * weight. By the path, others that refer to the rule say which one they mean.
 */
static void forget_texts(RuleInfo *info)
{
	char **const texts[] = { &info->reason, &info->tags, &info->author, &info->description,
		&info->falsepositives, &info->references, &info->source };

	for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
		g_clear_pointer(texts[i], g_free);
}

static void reject_deep_tree(SigmaRule *rule)
{
	if (rule->info->status != RULE_LOADED || rule->info->kind == RULE_CORRELATION ||
		ruleset_tree_depth(rule->condition) <= LIMIT_RULE_TREE_DEPTH)
		return;
	rule->info->status = RULE_REJECTED;
	g_free(rule->info->reason);
	rule->info->reason = g_strdup_printf(
		"the detection is nested more than %d levels deep", LIMIT_RULE_TREE_DEPTH);
}

/* Says of a rule whose log source no reader serves what would be needed. */
static void tell_needs(const EngineState *state, SigmaRule *rule)
{
	const LogSourceAlternative *alternatives;
	const char *needs;
	guint n;

	if (rule->info->status != RULE_LOADED || rule->info->reason[0] || !state->sources ||
		!(rule->product || rule->category || rule->service) ||
		logsource_resolve(state->sources, rule->product, rule->category, rule->service,
			&alternatives, &n))
		return;
	needs = logsource_needs(state->sources, rule->product, rule->category, rule->service);
	g_free(rule->info->reason);
	rule->info->reason = needs ? g_strconcat("needs ", needs, NULL)
				   : g_strdup("needs an entry in the log source tables: "
					      "none is about its log source");
}

static void take_rule(void *context, SigmaRule *rule)
{
	Loading *loading = context;
	EngineState *state = loading->state;

	rule->info->index = loading->first_index + loading->n++;
	reject_deep_tree(rule);
	if (rule->info->status == RULE_LOADED &&
		(rule->info->kind == RULE_CORRELATION || rule->info->kind == RULE_FILTER)) {
		g_ptr_array_add(state->others, rule); /* what becomes of it, compile() tells */
		return;
	}
	tell_needs(state, rule);
	state->report->rule(state->report->context, rule->info);
	forget_texts(rule->info);
	g_ptr_array_add(rule->info->status == RULE_LOADED ? state->rules : state->rejected, rule);
}

static guint sigma_load(EngineState *state, const char *path, Slice text, guint first_index)
{
	Loading loading = { state, first_index, 0 };

	sigma_parse(path, text, state->placeholders, take_rule, &loading);
	return loading.n;
}

static void add_all(RuleIndex *index, const GPtrArray *rules)
{
	for (guint i = 0; i < rules->len; i++) {
		if (((SigmaRule *)rules->pdata[i])->info->kind != RULE_FILTER)
			rule_index_add(index, rules->pdata[i]);
	}
}

/* Joins filters and links correlations to the rules, now that all are there. Observations take no
 * part: they are facts, from which nothing is taken away, and no events of a correlation. That they
 * are in the index serves to say so. */
static void resolve_others(EngineState *state)
{
	g_autoptr(RuleIndex) index = rule_index_new();
	g_autoptr(GPtrArray) filters = g_ptr_array_new(), correlations = g_ptr_array_new();
	g_autoptr(GPtrArray) detections = g_ptr_array_new();

	for (guint i = 0; i < state->others->len; i++) {
		SigmaRule *rule = state->others->pdata[i];

		g_ptr_array_add(rule->info->kind == RULE_FILTER ? filters : correlations, rule);
	}
	for (guint i = 0; i < state->rules->len; i++)
		if (((SigmaRule *)state->rules->pdata[i])->info->kind == RULE_DETECTION)
			g_ptr_array_add(detections, state->rules->pdata[i]);
	add_all(index, state->rules);
	add_all(index, state->others);
	add_all(index, state->rejected);
	filters_join(filters, detections, index);
	correlations_link(correlations, index);
}

static void tell_others(EngineState *state)
{
	const EngineReport *report = state->report;

	for (guint i = 0; i < state->others->len; i++)
		report->rule(report->context, ((SigmaRule *)state->others->pdata[i])->info);
	for (guint i = 0; i < state->others->len; i++) {
		SigmaRule *rule = state->others->pdata[i];

		if (rule->info->status == RULE_LOADED && rule->info->kind == RULE_CORRELATION)
			report->correlation(report->context, rule->correlation->correlation);
		forget_texts(rule->info);
	}
}

static guint sigma_compile(EngineState *state, guint first_late)
{
	if (state->others->len > 0) {
		resolve_others(state);
		tell_others(state);
	}
	g_ptr_array_set_size(state->rejected, 0);
	state->ruleset = ruleset_new(state->rules, state->sources);
	state->is_applicable = g_new0(guint8, state->ruleset->groups->len);
	return 0;
}

/* Is there a rule about files? Their shape has many more columns, but these say what it is. */
static gboolean sigma_wants_files(EngineState *state)
{
	g_autoptr(Shape) shape = shape_new("file");
	g_autoptr(Binding) binding = NULL;

	(void)shape_add_column(shape, "LogFormat", "file");
	(void)shape_add_column(shape, "LogName", "file");
	binding = binding_new(state->ruleset, shape, FALSE);
	return binding->groups->len > 0;
}

/* ---- judging ---- */

typedef struct Judging {
	EngineState *state;
	const Event *event;
} Judging;

static void report_finding(
	void *context, Texts *texts, const Binding *binding, const BoundRule *rule)
{
	const Judging *judging = context;
	EngineState *state = judging->state;
	Explanation *explanation = &state->explanation;

	const RulesetRule *about = ruleset_rule(state->ruleset, rule->rule);

	if (about->observes.kind) {
		const HitSource source = { texts, state->ruleset, rule, NULL, 0 };

		observations_report(&source, state->report);
		return;
	}
	explanation_make(explanation, texts, state->ruleset, rule);
	if (!about->is_silent)
		state->report->finding(state->report->context, rule->index, LEVEL_OF_RULE,
			judging->event, explanation->matches, explanation->n_matches);
	if (about->n_hits > 0) {
		const HitSource source = { texts, state->ruleset, rule, explanation->matches,
			explanation->n_matches };

		hits_report(&source, state->report);
	}
}

static Binding *bind_shape(EngineState *state, Shape *shape, gboolean has_raw)
{
	ShapeBinding *slot = &shape->bindings[state->slot];

	if (slot->data) /* the first event with raw bytes comes after others */
		free_binding(slot->data);
	*slot = (ShapeBinding){ 0 };
	/* Evidence decides how many shapes there are, and a binding can take a megabyte. */
	if (state->bound_bytes >= LIMIT_SIGMA_BINDING_BYTES)
		forget_bindings(state);

	Binding *binding = binding_new(state->ruleset, shape, has_raw);

	binding->owner = state;
	state->bound_bytes += binding_size(binding);
	(void)g_hash_table_add(state->bound, shape);
	*slot = (ShapeBinding){ binding, free_binding };
	return binding;
}

static void sigma_judge(EngineState *state, const Event *event)
{
	Binding *binding = event->shape->bindings[state->slot].data;
	Judging judging = { state, event };

	gboolean has_raw = event->raw.data != NULL;

	if (G_UNLIKELY(!binding || (has_raw && !binding->has_raw)))
		binding = bind_shape(state, event->shape, has_raw);
	if (binding->epoch != state->epoch) {
		binding->epoch = state->epoch;
		for (guint i = 0; i < binding->groups->len; i++)
			state->is_applicable[g_array_index(binding->groups, guint32, i)] = 1;
	}
	judge_event(&state->judge, state->ruleset, binding, event, report_finding, &judging);
}

static void sigma_take_applicable(EngineState *state, guint8 *bits, gsize n_bytes)
{
	const Ruleset *ruleset = state->ruleset;

	for (guint g = 0; g < ruleset->groups->len; g++) {
		const RulesetGroup *group = &g_array_index(ruleset->groups, RulesetGroup, g);

		if (!state->is_applicable[g])
			continue;
		state->is_applicable[g] = 0;
		for (guint i = 0; i < group->rules->len; i++) {
			guint index = ruleset_rule(ruleset, g_array_index(group->rules, guint32, i))
					      ->index;

			if (index / 8 < n_bytes)
				bits[index / 8] |= (guint8)(1 << (index % 8));
		}
	}
	state->epoch++;
}

const JudgeCounts *sigma_engine_counts(const EngineState *state)
{
	return &state->judge.counts;
}

gsize sigma_engine_bound_bytes(const EngineState *state)
{
	return state->bound_bytes;
}

const Engine sigma_engine = {
	.name = "sigma",
	.description = "Sigma rules, specification 2.1",
	.docs = "docs/matching.md",
	.new = sigma_new,
	.free = sigma_free,
	.accepts = sigma_accepts,
	.table = sigma_table,
	.load = sigma_load,
	.compile = sigma_compile,
	.wants_files = sigma_wants_files,
	.judge = sigma_judge,
	.take_applicable = sigma_take_applicable,
};
