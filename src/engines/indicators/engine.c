/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The engine for indicators: what the worker sees of engines/indicators/. docs/intelligence.md has
 * the idea.
 *
 * load_intel() maps compiled stores and adds what text files say to a builder; compile() makes one
 * more store of that. From then on stores are only read, so that children share them. Shapes are
 * bound at their first event.
 */
#include "engines/indicators/engine.h"

#include "base/limits.h"
#include "base/sha256.h"
#include "engines/indicators/bind.h"
#include "engines/indicators/builder.h"
#include "engines/indicators/catalogue.h"
#include "engines/indicators/levels.h"
#include "engines/indicators/pattern-judge.h"
#include "engines/indicators/patterns.h"
#include "engines/indicators/tell.h"
#include "intel/intel.h"
#include "intel/normal.h"

#define OBSERVABLES_TABLE "observables.yml"
#define LEVELS_TABLE	  "indicator-levels.yml"
#define WARNING_LISTS	  "warninglists/"

/* A rule that stands for all indicators of a kind in a source. */
typedef struct StaticRule {
	guint index;
	IndicatorKind kind;
} StaticRule;

struct EngineState {
	guint slot;
	const EngineReport *report;
	Observables *observables;
	Levels *levels;
	WarningLists *lists;
	Builder *builder;
	guint8 *built; /* the bytes of what it made */
	Catalogue catalogue;
	GArray *rules; /* StaticRule */
	guint first_late;
	Finder finder;
	Patterns *patterns;
	PatternJudge *stix;
	guint32 seen_kinds; /* bits: since the last take_applicable() */
	GHashTable *bound;  /* Shape: those with a binding of ours */
};

/* ---- bindings ---- */

/* For shapes, which go before the engine or lose their bindings with it. */
static void free_binding(void *data)
{
	BoundShape *binding = data;
	EngineState *state = binding->owner;

	(void)g_hash_table_remove(state->bound, binding->shape);
	bound_shape_free(binding);
}

static void forget_bindings(EngineState *state)
{
	GHashTableIter iter;
	gpointer key;

	g_hash_table_iter_init(&iter, state->bound);
	while (g_hash_table_iter_next(&iter, &key, NULL)) {
		ShapeBinding *slot = &((Shape *)key)->bindings[state->slot];

		bound_shape_free(slot->data);
		*slot = (ShapeBinding){ 0 };
	}
	g_hash_table_remove_all(state->bound);
}

/* ---- the engine ---- */

/* Warning lists are about values; a pattern is on none. */
static RuleLevel level_of_pattern(void *context, const Indicator *indicator, Instant event)
{
	const EngineState *state = context;
	const LevelCase at = { .kind = INDICATOR_STIX_PATTERN,
		.confidence = indicator->confidence,
		.lists = "",
		.valid_from = indicator->valid_from,
		.valid_until = indicator->valid_until,
		.event = event };

	return levels_judge(state->levels, &at, NULL);
}

static EngineState *indicators_new(guint slot, const EngineReport *report)
{
	EngineState *state = g_new0(EngineState, 1);

	g_assert(slot < SHAPE_MAX_BINDINGS);
	state->slot = slot;
	state->report = report;
	state->lists = warning_lists_new();
	state->builder = builder_new();
	state->rules = g_array_new(FALSE, FALSE, sizeof(StaticRule));
	state->bound = g_hash_table_new(NULL, NULL);
	catalogue_init(&state->catalogue);
	state->stix = pattern_judge_new(report, level_of_pattern, state);
	return state;
}

static void indicators_free(EngineState *state)
{
	if (!state)
		return;
	forget_bindings(state);
	g_hash_table_unref(state->bound);
	finder_clear(&state->finder);
	patterns_free(state->patterns);
	pattern_judge_free(state->stix);
	catalogue_clear(&state->catalogue);
	g_array_unref(state->rules);
	builder_free(state->builder);
	g_free(state->built);
	warning_lists_free(state->lists);
	levels_free(state->levels);
	observables_free(state->observables);
	g_free(state);
}

static gboolean indicators_accepts(const char *path)
{
	return FALSE; /* no rule files: intelligence alone */
}

static gboolean indicators_table(EngineState *state, const char *name, Slice text, GError **error)
{
	if (g_str_has_prefix(name, WARNING_LISTS))
		return warning_lists_add(state->lists, name + strlen(WARNING_LISTS), text, error);
	if (g_str_equal(name, OBSERVABLES_TABLE)) {
		g_clear_pointer(&state->observables, observables_free);
		state->observables = observables_new(text, error);
		return state->observables != NULL;
	}
	if (g_str_equal(name, LEVELS_TABLE)) {
		g_clear_pointer(&state->levels, levels_free);
		state->levels = levels_new(text, error);
		return state->levels != NULL;
	}
	if (g_str_equal(name, PATTERN_JUDGE_TABLE))
		return pattern_judge_table(state->stix, text, error);
	return TRUE; /* some other engine's */
}

static guint indicators_load(EngineState *state, const char *path, Slice text, guint first_index)
{
	return 0;
}

/* ---- loading ---- */

typedef struct Loading {
	EngineState *state;
	const char *path;
	guint first_index, n;
	guint n_refused;
} Loading;

/* Tells of all indicators of @kind in a source, as a rule. */
static void tell_set(Loading *loading, const IntelSource *source, const char *path,
	IndicatorKind kind, guint n, const char *file_sha256)
{
	EngineState *state = loading->state;
	g_autoptr(RuleInfo) rule = NULL;
	StaticRule kept = { loading->first_index + loading->n, kind };

	if (n == 0 || kind == INDICATOR_STIX_PATTERN) /* each has a rule of its own */
		return;
	rule = catalogue_describe_set(source, path, kind, n, file_sha256);
	rule->index = kept.index;
	state->report->rule(state->report->context, rule);
	g_array_append_val(state->rules, kept);
	loading->n++;
}

static void tell_note(const EngineState *state, const IntelNote *note)
{
	if (state->report->intel_note)
		state->report->intel_note(state->report->context, note);
}

static void tell_source(const EngineState *state, const IntelSource *source)
{
	if (state->report->intel_source)
		state->report->intel_source(state->report->context, source);
}

/* Why @indicator can not be looked for (g_free), or NULL. */
static char *add_indicator(Builder *builder, const Indicator *indicator)
{
	g_autofree char *problem = NULL;

	if (indicator->kind == INDICATOR_FILE_PATTERN) {
		problem = patterns_problem(indicator->value);
		if (!problem && *indicator->exception)
			problem = patterns_problem(indicator->exception);
		if (problem)
			return g_strdup_printf("is no regular expression: %s", problem);
	}
	return g_strdup(builder_add(builder, indicator));
}

/* Why a pattern can not be judged (g_free), or NULL. */
static char *add_pattern(Loading *loading, const Indicator *indicator, const char *path)
{
	char *problem = NULL;

	if (indicator->kind != INDICATOR_STIX_PATTERN || indicator->is_silent)
		return NULL;
	loading->n += pattern_judge_add(
		loading->state->stix, indicator, path, loading->first_index + loading->n, &problem);
	return problem;
}

static void take_indicator(void *context, const Indicator *indicator)
{
	Loading *loading = context;
	g_autofree char *problem = add_pattern(loading, indicator, loading->path);
	g_autofree char *reason = problem ? g_steal_pointer(&problem)
					  : add_indicator(loading->state->builder, indicator);
	const IntelNote note = { INTEL_REJECTED, indicator->line, indicator->value, reason };

	if (!reason)
		return;
	loading->n_refused++;
	tell_note(loading->state, &note);
}

static void take_rule(void *context, const char *engine, const char *name, guint line, Slice text)
{
	const Loading *loading = context;
	const EngineReport *report = loading->state->report;

	if (report->foreign_rule)
		report->foreign_rule(report->context, engine, name, text);
}

static void take_note(void *context, const IntelNote *note)
{
	const Loading *loading = context;

	tell_note(loading->state, note);
}

static void take_source(void *context, const IntelSource *source)
{
	Loading *loading = context;
	EngineState *state = loading->state;
	IntelSource told = *source;

	/* What the builder refused was counted as accepted. */
	told.accepted -= MIN(told.accepted, loading->n_refused);
	told.notes[INTEL_REJECTED] += loading->n_refused;
	for (guint i = 0; i < INDICATOR_N_KINDS; i++)
		told.kinds[i] = builder_count(state->builder, (IndicatorKind)i);
	builder_end_source(state->builder, &told);
	for (guint i = 0; i < INDICATOR_N_KINDS; i++)
		tell_set(loading, &told, loading->path, (IndicatorKind)i, (guint)told.kinds[i],
			told.sha256);
	tell_source(state, &told);
}

static void load_text(Loading *loading, Slice text)
{
	const IntelSink sink = { take_indicator, take_rule, take_note, take_source, loading };

	(void)builder_begin_source(loading->state->builder, loading->path);
	(void)intel_read(loading->path, text, loading->state->lists, &sink);
}

/* Of each source how many indicators of each kind its sets have. */
static guint64 *count_sets(const Store *store, guint n_sources)
{
	guint64 *counts = g_new0(guint64, (gsize)n_sources * INDICATOR_N_KINDS + 1);

	for (guint i = 0; i < MIN(store->n_sets, LIMIT_INDICATOR_SETS); i++) {
		StoreSet set;

		store_set(store, i, &set);
		if (set.source < n_sources)
			counts[(gsize)set.source * INDICATOR_N_KINDS + set.kind] += set.n;
	}
	return counts;
}

static void tell_store(Loading *loading, const Store *store, const char *file_sha256)
{
	guint n_sources = MIN(store->n_sources, LIMIT_INDICATOR_SETS);
	g_autofree guint64 *counts = count_sets(store, n_sources);

	for (guint i = 0; i < n_sources; i++) {
		IntelSource source;
		g_autofree char *path = NULL;

		store_source(store, i, &source);
		path = catalogue_path(loading->path, source.path);
		for (guint kind = 0; kind < INDICATOR_N_KINDS; kind++) {
			source.kinds[kind] = counts[(gsize)i * INDICATOR_N_KINDS + kind];
			tell_set(loading, &source, path, (IndicatorKind)kind,
				(guint)MIN(source.kinds[kind], G_MAXUINT), file_sha256);
		}
		source.path = path;
		tell_source(loading->state, &source);
	}
}

static void load_pattern(
	Loading *loading, const Store *store, const char *value, guint32 number, guint k)
{
	StorePart part;
	StoreSet set;
	IntelSource source;
	g_autofree char *path = NULL, *problem = NULL;

	store_part(store, number, k, &part);
	store_set(store, part.set, &set);
	store_source(store, set.source, &source);
	path = catalogue_path(loading->path, source.path);
	const Indicator indicator = { .kind = INDICATOR_STIX_PATTERN,
		.value = value,
		.exception = "",
		.id = part.id,
		.source = part.source,
		.title = part.title,
		.description = part.description,
		.reference = part.reference,
		.tags = part.tags,
		.confidence = part.confidence,
		.valid_from = part.valid_from,
		.valid_until = part.valid_until,
		.is_silent = part.is_silent,
		.line = part.line };

	problem = add_pattern(loading, &indicator, path);
	if (problem) {
		const IntelNote note = { INTEL_REJECTED, part.line, value, problem };

		tell_note(loading->state, &note);
	}
}

/* The patterns of a store: what each source says of each is one. */
static void load_patterns(Loading *loading, const Store *store)
{
	g_autoptr(GString) value = g_string_new(NULL);
	guint32 first = store->first[INDICATOR_STIX_PATTERN];

	for (guint32 i = first; i < store->first[INDICATOR_STIX_PATTERN + 1]; i++) {
		g_string_truncate(value, 0);
		store_append_value(value, store, i);
		for (guint k = 0; k < store_count_parts(store, i); k++)
			load_pattern(loading, store, value->str, i, k);
	}
}

/* A store that can not be used is a source without indicators, and a note that says why. */
static void refuse_store(Loading *loading, const char *reason, const char *file_sha256)
{
	const IntelNote note = { INTEL_REJECTED, 0, "", reason };
	IntelSource source = {
		.path = loading->path, .format = "", .name = loading->path, .sha256 = file_sha256
	};

	source.notes[INTEL_REJECTED] = 1;
	tell_note(loading->state, &note);
	tell_source(loading->state, &source);
}

static void load_store(Loading *loading, Slice bytes)
{
	EngineState *state = loading->state;
	g_autoptr(GError) error = NULL;
	char sha256[SHA256_HEX_BYTES];
	Store store;

	sha256_hex(&bytes, 1, sha256);
	/* One more is for what text files say. */
	if (state->catalogue.stores->len + 1 >= LIMIT_INDICATOR_STORES) {
		refuse_store(loading, "there are more stores than LIMIT_INDICATOR_STORES", sha256);
		return;
	}
	if (!store_open(&store, bytes, &error)) {
		refuse_store(loading, error->message, sha256);
		return;
	}
	catalogue_add(&state->catalogue, &store, loading->path);
	tell_store(loading, &store, sha256);
	load_patterns(loading, &store);
}

static guint indicators_load_intel(
	EngineState *state, const char *path, Slice bytes, guint first_index)
{
	Loading loading = { .state = state, .path = path, .first_index = first_index };

	if (store_is_store(bytes))
		load_store(&loading, bytes);
	else
		load_text(&loading, bytes);
	return loading.n;
}

static void tell_unused(const EngineState *state, guint n, const char *why)
{
	g_autofree char *reason = g_strdup_printf("%u values are not looked for: %s", n, why);
	const IntelNote note = { INTEL_REJECTED, 0, "", reason };

	if (n)
		tell_note(state, &note);
}

static guint indicators_compile(EngineState *state, guint first_late)
{
	guint n_refused;

	if (builder_count_all(state->builder) > 0) {
		g_autoptr(GError) error = NULL;
		gsize size;
		Store store;

		state->built = builder_finish(state->builder, &size, &n_refused);
		tell_unused(state, n_refused, "their hashes collide with those of others");
		if (store_open(&store, slice_make(state->built, size), &error))
			catalogue_add(&state->catalogue, &store, "");
	}
	pattern_judge_compile(state->stix);
	g_clear_pointer(&state->builder, builder_free);
	state->catalogue.levels = state->levels;
	state->first_late = first_late;
	finder_init(&state->finder, (const Store *)(gconstpointer)state->catalogue.stores->data,
		state->catalogue.stores->len);
	state->patterns = patterns_new(state->finder.stores, state->finder.n_stores, &n_refused);
	state->finder.patterns = state->patterns;
	tell_unused(state, n_refused, "they are no regular expressions that can be used");
	return catalogue_count(&state->catalogue);
}

static RuleInfo *indicators_describe(EngineState *state, guint number)
{
	RuleInfo *rule = catalogue_describe(&state->catalogue, number);

	rule->index = state->first_late + number;
	return rule;
}

static void indicators_compile_intel(
	EngineState *state, void (*write)(void *context, Slice bytes), void *context)
{
	g_autofree guint8 *joined = NULL;
	gsize size;

	/* One store without a path is what the text files are; all else is put together anew. */
	if (state->catalogue.stores->len == 1 && state->built) {
		write(context, catalogue_store(&state->catalogue, 0)->bytes);
		return;
	}
	joined = catalogue_join(&state->catalogue, &size);
	write(context, slice_make(joined, size));
}

/* Everything a value can be but text: it is meant as a whole. */
#define HOLDS_ANY                                                                                  \
	(OBSERVE_BIT(OBSERVE_N) - 1 - OBSERVE_BIT(OBSERVE_NOTHING) - OBSERVE_BIT(OBSERVE_TEXT))

static int compare_numbers(gconstpointer a, gconstpointer b)
{
	const guint32 *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void indicators_look_up(
	EngineState *state, Slice value, void (*each)(void *context, guint number), void *context)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(guint32));
	Finder *finder = &state->finder;

	normal_append_refanged(text, value);
	finder_begin(finder);
	if (finder->n_stores > 0)
		finder_look_in(finder, 0, HOLDS_ANY, slice_make(text->str, text->len));
	for (guint i = 0; i < finder->hits->len; i++) {
		const Hit *hit = &g_array_index(finder->hits, Hit, i);
		guint32 number = catalogue_number(&state->catalogue, hit->store, hit->number);

		g_array_append_val(numbers, number);
	}
	g_array_sort(numbers, compare_numbers);
	for (guint i = 0; i < numbers->len; i++) {
		guint32 number = g_array_index(numbers, guint32, i);

		if (i == 0 || g_array_index(numbers, guint32, i - 1) != number)
			each(context, number);
	}
}

/* Of file events: hashes, names and paths. */
static gboolean indicators_wants_files(EngineState *state)
{
	guint32 kinds = observables_kinds(OBSERVE_BIT(OBSERVE_PATH) | OBSERVE_BIT(OBSERVE_MD5) |
		OBSERVE_BIT(OBSERVE_SHA1) | OBSERVE_BIT(OBSERVE_SHA256) |
		OBSERVE_BIT(OBSERVE_IMPHASH));

	return (state->finder.kinds & kinds) != 0 || pattern_judge_wants_files(state->stix);
}

/* ---- judging ---- */

static BoundShape *bind_shape(EngineState *state, Shape *shape)
{
	BoundShape *binding;

	if (g_hash_table_size(state->bound) >= LIMIT_SHAPES)
		forget_bindings(state);
	binding = bound_shape_new(state->observables, &state->finder, shape);
	binding->owner = state;
	binding->stix = pattern_judge_bind(state->stix, shape);
	(void)g_hash_table_add(state->bound, shape);
	shape->bindings[state->slot] = (ShapeBinding){ binding, free_binding };
	return binding;
}

/* Where something was found there was evidence of its kind, whatever the table says. */
static void note_hit_kinds(EngineState *state)
{
	const GArray *hits = state->finder.hits;

	for (guint i = 0; i < hits->len; i++) {
		const Hit *hit = &g_array_index(hits, Hit, i);

		state->seen_kinds |= 1u
			<< store_kind(&state->finder.stores[hit->store], hit->number);
	}
}

static void indicators_judge(EngineState *state, const Event *event)
{
	const BoundShape *binding = event->shape->bindings[state->slot].data;
	Finder *finder = &state->finder;

	if (finder->n_stores == 0)
		return;
	if (G_UNLIKELY(!binding))
		binding = bind_shape(state, event->shape);
	pattern_judge_judge(state->stix, binding->stix, event);
	bound_shape_look(binding, finder, event);
	state->seen_kinds |= binding->kinds | finder->seen_kinds;
	if (G_LIKELY(finder->hits->len == 0))
		return;
	note_hit_kinds(state);
	tell_hits(&state->catalogue, state->report, state->first_late, event, finder->hits,
		finder->texts);
}

static void indicators_take_applicable(EngineState *state, guint8 *bits, gsize n_bytes)
{
	for (guint i = 0; i < state->rules->len; i++) {
		const StaticRule *rule = &g_array_index(state->rules, StaticRule, i);

		if (state->seen_kinds >> rule->kind & 1 && rule->index / 8 < n_bytes)
			bits[rule->index / 8] |= (guint8)(1 << rule->index % 8);
	}
	state->seen_kinds = 0;
	pattern_judge_take_applicable(state->stix, bits, n_bytes);
}

const Engine indicators_engine = {
	.name = "indicators",
	.description = "Indicators: hosts, addresses, hashes, paths … from threat intelligence",
	.docs = "docs/intelligence.md",
	.new = indicators_new,
	.free = indicators_free,
	.accepts = indicators_accepts,
	.table = indicators_table,
	.load = indicators_load,
	.load_intel = indicators_load_intel,
	.compile_intel = indicators_compile_intel,
	.look_up = indicators_look_up,
	.compile = indicators_compile,
	.describe = indicators_describe,
	.wants_files = indicators_wants_files,
	.judge = indicators_judge,
	.take_applicable = indicators_take_applicable,
};
