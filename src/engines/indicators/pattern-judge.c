/* SPDX-License-Identifier: Apache-2.0 */
#include "engines/indicators/pattern-judge.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/text.h"
#include "engines/indicators/pattern-event.h"
#include "engines/indicators/pattern-rules.h"
#include "engines/sigma/prefilter.h"
#include "stix/join.h"

typedef struct Alternative {
	guint part;
	Instant start, stop;
} Alternative;

typedef struct Pattern {
	StixPattern *stix;
	Indicator indicator; /* its texts are the judge's */
	guint rule;	     /* of the whole; of several events: its parts' follow */
	gboolean is_alone;
	GArray *alternatives; /* Alternative, by part: of one event alone */
	guint first_part;     /* among all parts */
	guint *properties;    /* of each path: property and type */
} Pattern;

typedef struct Part {
	guint pattern;
	guint part;
	gboolean is_anchored;
} Part;

/* What shapes that have the same properties and types share. */
typedef struct Profile {
	GArray *always; /* guint: parts that can be true and have no anchor */
	GArray *rules;	/* guint: that can be true */
} Profile;

typedef struct AnchoredSource {
	guint property;
	guint source;
} AnchoredSource;

struct PatternBinding {
	ShapeObjects *objects;
	GArray *anchored; /* AnchoredSource */
	const Profile *profile;
	guint seen; /* the judge's round in which an event of the shape was judged */
};

struct PatternJudge {
	const EngineReport *report;
	PatternLevelFunc level;
	void *level_context;
	PatternObjects *table;
	GArray *patterns; /* Pattern */
	GArray *parts;	  /* Part */
	GStringChunk *texts;
	GHashTable *anchors;  /* "property:text" or "property#number" to GArray of guint: parts */
	GArray *anchor_kinds; /* guint8, by property: bits of StixAnchorKind */
	LiteralSet *pieces;
	GPtrArray *piece_parts; /* GArray of guint, by piece: parts */
	const Literal **literals;
	Prefilter *prefilter; /* for all pieces; NULL: there are none */
	PrefilterHits hits;
	GString *folded;
	GHashTable *profiles; /* GBytes: what is there, to Profile */
	/* Judging: */
	EventObjects event;
	GString *key;
	GArray *candidates; /* guint: parts */
	guint *stamps;	    /* by part: the event that it was last a candidate for */
	guint event_number;
	GArray *reasons;
	guint round;
	GArray *applicable; /* guint: rules, of this round; some more than once */
};

#define ANCHOR_BIT(kind) (guint8)(1 << (kind))

static Pattern *pattern_at(const PatternJudge *judge, guint number)
{
	return &g_array_index(judge->patterns, Pattern, number);
}

static Part *part_at(const PatternJudge *judge, guint number)
{
	return &g_array_index(judge->parts, Part, number);
}

static void clear_pattern(gpointer data)
{
	Pattern *pattern = data;

	stix_pattern_free(pattern->stix);
	g_array_unref(pattern->alternatives);
	g_free(pattern->properties);
}

static void profile_free(gpointer data)
{
	Profile *profile = data;

	g_array_unref(profile->always);
	g_array_unref(profile->rules);
	g_free(profile);
}

PatternJudge *pattern_judge_new(
	const EngineReport *report, PatternLevelFunc level, void *level_context)
{
	PatternJudge *judge = g_new0(PatternJudge, 1);

	judge->report = report;
	judge->level = level;
	judge->level_context = level_context;
	judge->table = pattern_objects_new();
	judge->patterns = g_array_new(FALSE, FALSE, sizeof(Pattern));
	g_array_set_clear_func(judge->patterns, clear_pattern);
	judge->parts = g_array_new(FALSE, FALSE, sizeof(Part));
	judge->texts = g_string_chunk_new(4096);
	judge->anchors = g_hash_table_new_full(
		g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_array_unref);
	judge->anchor_kinds = g_array_new(FALSE, TRUE, sizeof(guint8));
	judge->profiles = g_hash_table_new_full(
		g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, profile_free);
	judge->pieces = literal_set_new();
	judge->piece_parts = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
	judge->folded = g_string_new(NULL);
	event_objects_init(&judge->event, judge->table);
	judge->key = g_string_new(NULL);
	judge->candidates = g_array_new(FALSE, FALSE, sizeof(guint));
	judge->reasons = g_array_new(FALSE, FALSE, sizeof(StixReason));
	judge->applicable = g_array_new(FALSE, FALSE, sizeof(guint));
	judge->round = 1;
	return judge;
}

void pattern_judge_free(PatternJudge *judge)
{
	if (!judge)
		return;
	event_objects_clear(&judge->event);
	g_array_unref(judge->patterns);
	g_array_unref(judge->parts);
	g_string_chunk_free(judge->texts);
	g_hash_table_unref(judge->anchors);
	g_array_unref(judge->anchor_kinds);
	prefilter_free(judge->prefilter);
	g_free(judge->literals);
	g_free(judge->hits.seen);
	g_free(judge->hits.found);
	literal_set_free(judge->pieces);
	g_ptr_array_unref(judge->piece_parts);
	g_string_free(judge->folded, TRUE);
	g_hash_table_unref(judge->profiles);
	g_string_free(judge->key, TRUE);
	g_array_unref(judge->candidates);
	g_array_unref(judge->reasons);
	g_array_unref(judge->applicable);
	g_free(judge->stamps);
	pattern_objects_free(judge->table);
	g_free(judge);
}

gboolean pattern_judge_table(PatternJudge *judge, Slice text, GError **error)
{
	return pattern_objects_read(judge->table, text, error);
}

gboolean pattern_judge_wants_files(const PatternJudge *judge)
{
	static const char *const types[] = { "file", "directory", "artifact", "software", NULL };

	for (guint i = 0; i < judge->patterns->len; i++) {
		const StixPattern *stix = pattern_at(judge, i)->stix;

		for (guint k = 0; k < stix_pattern_n_paths(stix); k++)
			if (g_strv_contains(types, stix_path_type(stix, k)))
				return TRUE;
	}
	return FALSE;
}

/* ---- adding -------------------------------------------------------------------------------------
 */

static const char *keep(PatternJudge *judge, const char *text)
{
	return g_string_chunk_insert_const(judge->texts, text ? text : "");
}

static Indicator keep_indicator(PatternJudge *judge, const Indicator *indicator)
{
	Indicator kept = *indicator;

	kept.value = keep(judge, indicator->value);
	kept.exception = "";
	kept.id = keep(judge, indicator->id);
	kept.source = keep(judge, indicator->source);
	kept.title = keep(judge, indicator->title);
	kept.description = keep(judge, indicator->description);
	kept.reference = keep(judge, indicator->reference);
	kept.tags = keep(judge, indicator->tags);
	kept.lists = NULL;
	return kept;
}

static void add_alternative(void *context, guint part, Instant start, Instant stop)
{
	Alternative alternative = { part, start, stop };

	g_array_append_val(context, alternative);
}

typedef struct Anchoring {
	PatternJudge *judge;
	const Pattern *pattern;
	guint part; /* among all */
} Anchoring;

static void key_of_text(GString *key, guint property, Slice text)
{
	g_string_printf(key, "%u:", property);
	text_append_folded(key, text);
}

static void key_of_number(GString *key, guint property, double number)
{
	char text[G_ASCII_DTOSTR_BUF_SIZE];

	g_string_printf(key, "%u#%s", property, g_ascii_dtostr(text, sizeof(text), number));
}

static GArray *parts_of_piece(PatternJudge *judge, const char *piece)
{
	guint number = literal_set_add(judge->pieces, LITERAL_CONTAINS, slice_from_text(piece));

	if (number == judge->piece_parts->len)
		g_ptr_array_add(judge->piece_parts, g_array_new(FALSE, FALSE, sizeof(guint)));
	return judge->piece_parts->pdata[number];
}

static GArray *parts_of_value(PatternJudge *judge, guint property, const StixAnchor *anchor)
{
	GArray *parts;

	if (anchor->kind == STIX_ANCHOR_NUMBER)
		key_of_number(judge->key, property, anchor->number);
	else
		key_of_text(judge->key, property, slice_from_text(anchor->text));
	parts = g_hash_table_lookup(judge->anchors, judge->key->str);
	if (!parts) {
		parts = g_array_new(FALSE, FALSE, sizeof(guint));
		g_hash_table_insert(judge->anchors, g_strdup(judge->key->str), parts);
	}
	return parts;
}

static void add_anchor(void *context, const StixAnchor *anchor)
{
	Anchoring *a = context;
	PatternJudge *judge = a->judge;
	guint property = a->pattern->properties[2 * anchor->path];
	GArray *parts = anchor->kind == STIX_ANCHOR_PIECE ? parts_of_piece(judge, anchor->text)
							  : parts_of_value(judge, property, anchor);

	if (judge->anchor_kinds->len <= property)
		g_array_set_size(judge->anchor_kinds, property + 1);
	g_array_index(judge->anchor_kinds, guint8, property) |= ANCHOR_BIT(anchor->kind);
	g_array_append_val(parts, a->part);
}

static void add_parts(PatternJudge *judge, guint number)
{
	Pattern *pattern = pattern_at(judge, number);

	pattern->first_part = judge->parts->len;
	for (guint i = 0; i < stix_pattern_n_parts(pattern->stix); i++) {
		Part part = { .pattern = number, .part = i };
		Anchoring anchoring = { judge, pattern, judge->parts->len };

		part.is_anchored = stix_part_anchors(pattern->stix, i, add_anchor, &anchoring);
		g_array_append_val(judge->parts, part);
	}
}

static guint tell_rules(PatternJudge *judge, const Pattern *pattern, const char *path)
{
	const Indicator *indicator = &pattern->indicator;
	RuleLevel level = judge->level(judge->level_context, indicator, INSTANT_NONE);
	guint n = stix_pattern_n_parts(pattern->stix);

	pattern_rule_tell(judge->report, indicator, path, pattern->rule, 0,
		pattern->is_alone ? RULE_DETECTION : RULE_CORRELATION, level);
	if (pattern->is_alone)
		return 1;
	for (guint i = 1; i <= n; i++)
		pattern_rule_tell(judge->report, indicator, path, pattern->rule + i, i,
			RULE_DETECTION, level);
	return n + 1;
}

static guint *find_properties(PatternJudge *judge, const StixPattern *stix)
{
	guint n = stix_pattern_n_paths(stix);
	guint *properties = g_new(guint, 2 * n);

	for (guint i = 0; i < n; i++) {
		properties[2 * i] = pattern_objects_property(judge->table, stix_path_text(stix, i));
		properties[2 * i + 1] = pattern_objects_type(judge->table, stix_path_type(stix, i));
	}
	return properties;
}

guint pattern_judge_add(PatternJudge *judge, const Indicator *indicator, const char *path,
	guint first_index, char **ret_problem)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(StixPattern) stix = stix_pattern_parse(slice_from_text(indicator->value), &error);
	Pattern pattern = { .rule = first_index };

	if (judge->patterns->len >= LIMIT_STIX_PATTERNS) {
		*ret_problem =
			g_strdup_printf("there are more than %u patterns (LIMIT_STIX_PATTERNS)",
				LIMIT_STIX_PATTERNS);
		return 0;
	}
	if (!stix || !stix_pattern_compile(stix, &error)) {
		*ret_problem = g_strdup(error->message);
		return 0;
	}
	pattern.indicator = keep_indicator(judge, indicator);
	pattern.alternatives = g_array_new(FALSE, FALSE, sizeof(Alternative));
	pattern.is_alone = stix_pattern_is_alone(stix, add_alternative, pattern.alternatives);
	pattern.properties = find_properties(judge, stix);
	pattern.stix = g_steal_pointer(&stix);
	g_array_append_val(judge->patterns, pattern);
	add_parts(judge, judge->patterns->len - 1);
	return tell_rules(judge, &pattern, path);
}

static void tell_correlation(PatternJudge *judge, const Pattern *pattern)
{
	g_autoptr(GByteArray) expression = g_byte_array_new();
	Correlation *correlation = g_new0(Correlation, 1);

	stix_pattern_append_join(pattern->stix, expression);
	correlation->rule = pattern->rule;
	correlation->type = CORRELATION_STIX_PATTERN;
	correlation->timespan = 1;
	correlation->group_by = g_new0(char *, 1);
	correlation->fields = g_new0(char *, 1);
	correlation->carried = g_new0(char *, 1);
	correlation->expression = g_bytes_new(expression->data, expression->len);
	correlation->n_parts = stix_pattern_n_parts(pattern->stix);
	correlation->parts = g_new0(CorrelationPart, correlation->n_parts);
	for (guint i = 0; i < correlation->n_parts; i++) {
		CorrelationPart *part = &correlation->parts[i];

		part->rule = pattern->rule + 1 + i;
		part->name = g_strdup_printf("[%u]", i + 1);
		part->group_by = g_new0(char *, 1);
		part->fields = g_new0(char *, 1);
		part->carried = g_new0(char *, 1);
	}
	judge->report->correlation(judge->report->context, correlation);
	correlation_free(correlation);
}

static void compile_pieces(PatternJudge *judge)
{
	guint n = literal_set_size(judge->pieces);

	if (n == 0)
		return;
	literal_set_finish(judge->pieces);
	judge->literals = g_new(const Literal *, n);
	for (guint i = 0; i < n; i++)
		judge->literals[i] = literal_set_get(judge->pieces, i);
	judge->prefilter = prefilter_new(judge->literals, n);
	judge->hits.seen = g_new0(guint8, n);
	judge->hits.found = g_new(guint32, n);
}

void pattern_judge_compile(PatternJudge *judge)
{
	compile_pieces(judge);
	for (guint i = 0; i < judge->patterns->len; i++)
		if (!pattern_at(judge, i)->is_alone)
			tell_correlation(judge, pattern_at(judge, i));
	g_free(judge->stamps);
	judge->stamps = g_new0(guint, MAX(judge->parts->len, 1));
	g_array_set_size(judge->anchor_kinds, pattern_objects_n_properties(judge->table));
}

/* ---- binding ------------------------------------------------------------------------------------
 */

/* A part can be true: so can the rule of its own, or that of the pattern it is alone. */
static void add_rule(const PatternJudge *judge, guint number, GArray *rules)
{
	const Part *part = part_at(judge, number);
	const Pattern *pattern = pattern_at(judge, part->pattern);
	guint rule = pattern->is_alone ? pattern->rule : pattern->rule + 1 + part->part;

	if (rules->len == 0 || g_array_index(rules, guint, rules->len - 1) != rule)
		g_array_append_val(rules, rule);
}

static Profile *make_profile(const PatternJudge *judge, const guint8 *there, guint n_properties)
{
	Profile *profile = g_new0(Profile, 1);
	gboolean *has_path = NULL, *has_type = NULL;

	profile->always = g_array_new(FALSE, FALSE, sizeof(guint));
	profile->rules = g_array_new(FALSE, FALSE, sizeof(guint));
	for (guint i = 0; i < judge->parts->len; i++) {
		const Part *part = part_at(judge, i);
		const Pattern *pattern = pattern_at(judge, part->pattern);
		guint n = stix_pattern_n_paths(pattern->stix);

		if (part->part == 0) {
			g_free(has_path);
			g_free(has_type);
			has_path = g_new(gboolean, n);
			has_type = g_new(gboolean, n);
			for (guint k = 0; k < n; k++) {
				has_path[k] = there[pattern->properties[2 * k]];
				has_type[k] = there[n_properties + pattern->properties[2 * k + 1]];
			}
		}
		if (!stix_part_possible(pattern->stix, part->part, has_path, has_type))
			continue;
		add_rule(judge, i, profile->rules);
		if (!part->is_anchored)
			g_array_append_val(profile->always, i);
	}
	g_free(has_path);
	g_free(has_type);
	return profile;
}

static const Profile *find_profile(PatternJudge *judge, const ShapeObjects *objects)
{
	guint n_properties = pattern_objects_n_properties(judge->table);
	gsize size = n_properties + pattern_objects_n_types(judge->table);
	guint8 *there = g_malloc0(size + 1);
	g_autoptr(GBytes) key = NULL;
	Profile *profile;

	for (guint i = 0; i < objects->properties->len; i++)
		there[g_array_index(objects->properties, ObjectProperty, i).property] = 1;
	for (guint i = 0; i < objects->objects->len; i++)
		there[n_properties + g_array_index(objects->objects, ShapeObject, i).type] = 1;
	key = g_bytes_new_take(there, size);
	profile = g_hash_table_lookup(judge->profiles, key);
	if (!profile) {
		profile = make_profile(judge, there, n_properties);
		g_hash_table_insert(judge->profiles, g_bytes_ref(key), profile);
	}
	return profile;
}

PatternBinding *pattern_judge_bind(PatternJudge *judge, const Shape *shape)
{
	PatternBinding *binding;

	if (judge->patterns->len == 0)
		return NULL;
	binding = g_new0(PatternBinding, 1);
	binding->objects = pattern_objects_bind(judge->table, shape);
	binding->anchored = g_array_new(FALSE, FALSE, sizeof(AnchoredSource));
	binding->profile = find_profile(judge, binding->objects);
	if (binding->profile->rules->len == 0) {
		pattern_binding_free(binding);
		return NULL;
	}
	for (guint i = 0; i < binding->objects->properties->len; i++) {
		const ObjectProperty *property =
			&g_array_index(binding->objects->properties, ObjectProperty, i);
		AnchoredSource anchored = { property->property, property->first };

		if (!g_array_index(judge->anchor_kinds, guint8, property->property))
			continue;
		for (guint k = 0; k < property->n; k++, anchored.source++)
			g_array_append_val(binding->anchored, anchored);
	}
	return binding;
}

void pattern_binding_free(PatternBinding *binding)
{
	if (!binding)
		return;
	shape_objects_free(binding->objects);
	g_array_unref(binding->anchored);
	g_free(binding);
}

/* ---- candidates ---------------------------------------------------------------------------------
 */

static void add_candidate(PatternJudge *judge, guint part)
{
	if (judge->stamps[part] == judge->event_number)
		return;
	judge->stamps[part] = judge->event_number;
	g_array_append_val(judge->candidates, part);
}

static void add_candidates(PatternJudge *judge, const GArray *parts)
{
	for (guint i = 0; parts && i < parts->len; i++)
		add_candidate(judge, g_array_index(parts, guint, i));
}

static void look_up(PatternJudge *judge)
{
	add_candidates(judge, g_hash_table_lookup(judge->anchors, judge->key->str));
}

static void look_for_pieces(PatternJudge *judge, Slice value)
{
	g_string_truncate(judge->folded, 0);
	text_append_folded(judge->folded, value);
	prefilter_find(
		judge->prefilter, slice_make(judge->folded->str, judge->folded->len), &judge->hits);
	for (guint i = 0; i < judge->hits.n_found; i++)
		add_candidates(judge, judge->piece_parts->pdata[judge->hits.found[i]]);
	prefilter_hits_reset(&judge->hits);
}

static void look_up_text(PatternJudge *judge, guint property, guint text)
{
	guint8 kinds = g_array_index(judge->anchor_kinds, guint8, property);
	Slice value = event_objects_text(&judge->event, text);
	double number;

	if (kinds & ANCHOR_BIT(STIX_ANCHOR_PIECE))
		look_for_pieces(judge, value);
	if (value.size > LIMIT_STIX_PATTERN_BYTES)
		return; /* longer than any literal */
	if (kinds & ANCHOR_BIT(STIX_ANCHOR_TEXT)) {
		key_of_text(judge->key, property, value);
		look_up(judge);
	}
	if (kinds & ANCHOR_BIT(STIX_ANCHOR_NUMBER) && stix_word_number(value, &number)) {
		key_of_number(judge->key, property, number);
		look_up(judge);
	}
}

static gint compare_parts(gconstpointer a, gconstpointer b)
{
	guint x = *(const guint *)a, y = *(const guint *)b;

	return (x > y) - (x < y);
}

static void find_candidates(PatternJudge *judge, const PatternBinding *binding)
{
	g_array_set_size(judge->candidates, 0);
	if (++judge->event_number == 0) { /* once in 2^32 events */
		memset(judge->stamps, 0, sizeof(guint) * judge->parts->len);
		judge->event_number = 1;
	}
	for (guint i = 0; i < binding->anchored->len; i++) {
		const AnchoredSource *anchored =
			&g_array_index(binding->anchored, AnchoredSource, i);
		EventTexts texts = event_objects_texts(&judge->event, anchored->source);

		for (guint k = texts.first; k < texts.first + texts.n; k++)
			look_up_text(judge, anchored->property, k);
	}
	for (guint i = 0; i < binding->profile->always->len; i++)
		add_candidate(judge, g_array_index(binding->profile->always, guint, i));
	g_array_sort(judge->candidates, compare_parts);
}

/* ---- judging ------------------------------------------------------------------------------------
 */

static char *dup_value(const PatternJudge *judge, guint tag)
{
	Slice text = tag == G_MAXUINT ? SLICE_EMPTY : event_objects_text(&judge->event, tag);
	g_autoptr(GString) value = g_string_new(NULL);

	text_append_utf8(value, slice_sub(text, 0, LIMIT_MATCH_VALUE_BYTES));
	if (text.size > LIMIT_MATCH_VALUE_BYTES)
		g_string_append(value, "…");
	for (gsize i = 0; i < value->len; i++)
		if (!value->str[i])
			value->str[i] = ' ';
	return g_strdup(value->str);
}

static const char *source_name(const PatternJudge *judge, guint tag)
{
	const EventText *text;

	if (tag == G_MAXUINT)
		return "";
	text = &g_array_index(judge->event.texts, EventText, tag);
	return g_array_index(judge->event.shape->sources, ObjectSource, text->source).name;
}

typedef struct Telling {
	PatternJudge *judge;
	const Pattern *pattern;
	guint part;
	const Event *event;
} Telling;

static void tell(const Telling *t)
{
	const EngineReport *report = t->judge->report;
	const StixPattern *stix = t->pattern->stix;
	g_autofree char *selection = g_strdup_printf("[%u]", t->part + 1);
	Match matches[LIMIT_FINDING_MATCHES];
	char *values[LIMIT_FINDING_MATCHES];
	guint n = MIN(t->judge->reasons->len, LIMIT_FINDING_MATCHES);

	for (guint i = 0; i < n; i++) {
		const StixReason *reason = &g_array_index(t->judge->reasons, StixReason, i);

		values[i] = dup_value(t->judge, reason->tag);
		matches[i] =
			(Match){ .field = stix_path_text(stix, stix_test_path(stix, reason->test)),
				.source = source_name(t->judge, reason->tag),
				.test = stix_test_text(stix, reason->test),
				.value = values[i],
				.selection = selection };
	}
	if (t->pattern->is_alone) {
		RuleLevel level = t->judge->level(
			t->judge->level_context, &t->pattern->indicator, t->event->time);

		report->finding(report->context, t->pattern->rule, level, t->event, matches, n);
	} else {
		report->hit(report->context, t->pattern->rule, t->part, t->event, SLICE_EMPTY,
			matches, n);
	}
	for (guint i = 0; i < n; i++)
		g_free(values[i]);
}

/* A pattern of one event: is it seen in time? */
static gboolean is_in_time(const Pattern *pattern, guint part, Instant time)
{
	const Alternative *alternative = &g_array_index(pattern->alternatives, Alternative, part);

	if (alternative->start == INSTANT_NONE && alternative->stop == INT64_MAX)
		return TRUE;
	return time != INSTANT_NONE && time >= alternative->start && time < alternative->stop;
}

static void tell_bounded(const Telling *t)
{
	g_autofree char *note = g_strdup_printf(
		"The pattern %s was not judged: more choices of objects than LIMIT_STIX_CHOICES "
		"(%u) would have had to be tried.",
		*t->pattern->indicator.id ? t->pattern->indicator.id : t->pattern->indicator.value,
		LIMIT_STIX_CHOICES);
	const Gap gap = { .kind = GAP_LIMIT, .records = 1, .note = note };

	t->judge->report->gap(t->judge->report->context, t->event, &gap);
}

static gboolean judge_part(PatternJudge *judge, const Part *part, const Event *event)
{
	const Pattern *pattern = pattern_at(judge, part->pattern);
	StixProvider provider = event_objects_provider(&judge->event, pattern->properties);
	Telling telling = { judge, pattern, part->part, event };
	StixRemarks remarks;

	if (pattern->is_alone && !is_in_time(pattern, part->part, event->time))
		return FALSE;
	g_array_set_size(judge->reasons, 0);
	if (stix_part_judge(pattern->stix, part->part, &provider, judge->reasons, &remarks) ==
		STIX_TRUE) {
		tell(&telling);
		return TRUE;
	}
	if (remarks.is_bounded)
		tell_bounded(&telling);
	return FALSE;
}

static void note_applicable(PatternJudge *judge, PatternBinding *binding)
{
	if (binding->seen == judge->round)
		return;
	binding->seen = judge->round;
	g_array_append_vals(
		judge->applicable, binding->profile->rules->data, binding->profile->rules->len);
}

void pattern_judge_judge(PatternJudge *judge, PatternBinding *binding, const Event *event)
{
	guint told = G_MAXUINT;

	if (!binding)
		return;
	note_applicable(judge, binding);
	event_objects_begin(&judge->event, binding->objects, event);
	find_candidates(judge, binding);
	for (guint i = 0; i < judge->candidates->len; i++) {
		const Part *part = part_at(judge, g_array_index(judge->candidates, guint, i));

		/* one finding for a pattern, whichever of its observations this is */
		if (pattern_at(judge, part->pattern)->is_alone && told == part->pattern)
			continue;
		if (judge_part(judge, part, event))
			told = part->pattern;
	}
}

void pattern_judge_take_applicable(PatternJudge *judge, guint8 *bits, gsize n_bytes)
{
	for (guint i = 0; i < judge->applicable->len; i++) {
		guint rule = g_array_index(judge->applicable, guint, i);

		if (rule / 8 < n_bytes)
			bits[rule / 8] |= (guint8)(1 << rule % 8);
	}
	g_array_set_size(judge->applicable, 0);
	judge->round++;
}
