/* SPDX-License-Identifier: Apache-2.0 */
#include "engines/indicators/tell.h"

#include "base/limits.h"

#define MAX_PLACES 8 /* fields of one event that are named for one indicator */

typedef struct Telling {
	const Catalogue *catalogue;
	const EngineReport *report;
	const Event *event;
	const GString *texts;
	GArray *matches;  /* Match */
	GPtrArray *owned; /* texts of matches */
} Telling;

static char *keep(Telling *telling, char *text)
{
	g_ptr_array_add(telling->owned, text);
	return text;
}

static void add_match(Telling *telling, const char *field, const char *test, const char *value,
	const char *selection)
{
	Match match = { .field = field, .test = test, .value = value, .selection = selection };

	g_array_append_val(telling->matches, match);
}

static const char *place_text(Telling *telling, const Hit *hit)
{
	const Event *event = telling->event;
	const char *constant = event->shape->columns[hit->column].constant;
	GString *text;

	if (hit->text)
		return &telling->texts->str[hit->text - 1];
	if (constant)
		return constant;
	text = g_string_new(NULL);
	value_append_text(text, &event->values[hit->column]);
	return keep(telling, g_string_free(text, FALSE));
}

/* Where it was found: one match for each field. */
static void add_places(
	Telling *telling, const Hit *hits, guint n, IndicatorKind kind, const char *value)
{
	const char *name = catalogue_kind_word(kind);

	for (guint i = 0; i < MIN(n, MAX_PLACES); i++) {
		const char *how = !hits[i].is_parent	 ? ""
			: kind == INDICATOR_REGISTRY_KEY ? ", which holds it"
			: kind == INDICATOR_NETWORK	 ? ", which it is in"
							 : ", its parent";

		add_match(telling, telling->event->shape->columns[hits[i].column].name,
			keep(telling,
				g_strdup_printf("%s%s %s%s", hits[i].is_text ? "in text: " : "",
					name, value, how)),
			place_text(telling, &hits[i]), "indicator");
	}
}

static void add_source(Telling *telling, const CataloguePart *part)
{
	g_autoptr(GString) text =
		g_string_new(*part->part.source ? part->part.source : part->source.name);

	if (*part->part.title)
		g_string_append_printf(text, ": %s", part->part.title);
	g_string_append_printf(text, " (%s", part->path);
	if (part->part.line)
		g_string_append_printf(text, ", line %u", part->part.line);
	g_string_append_c(text, ')');
	if (part->part.confidence <= 100)
		g_string_append_printf(text, ", confidence %u", part->part.confidence);
	if (part->part.is_silent)
		g_string_append(text, "; not meant to alert");
	add_match(telling, "source", part->part.id,
		keep(telling, g_string_free(g_steal_pointer(&text), FALSE)), "source");
}

static void add_reasons(Telling *telling, const GArray *reasons)
{
	for (guint i = 0; i < reasons->len; i++) {
		const LevelReason *reason = &g_array_index(reasons, LevelReason, i);

		add_match(telling, "level", keep(telling, g_strdup(reason->reason)),
			rule_level_name(reason->level), "level");
	}
}

/* The highest level that some source's word gives; FALSE where all of them are silent. */
static gboolean judge_parts(const Telling *telling, IndicatorKind kind, const GArray *parts,
	const Hit *hits, guint n, RuleLevel *ret_level, GArray **ret_reasons)
{
	LevelCase at = {
		.kind = kind, .event = telling->event->time, .is_text = TRUE, .is_parent = TRUE
	};

	*ret_reasons = NULL;
	for (guint i = 0; i < n; i++) {
		at.is_text = at.is_text && hits[i].is_text;
		at.is_parent = at.is_parent && hits[i].is_parent;
	}
	for (guint i = 0; i < parts->len; i++) {
		const StorePart *part = &g_array_index(parts, CataloguePart, i).part;
		g_autoptr(GArray) reasons = level_reasons_new();
		RuleLevel level;

		if (part->is_silent)
			continue;
		at.confidence = part->confidence;
		at.lists = part->lists;
		at.valid_from = part->valid_from;
		at.valid_until = part->valid_until;
		level = levels_judge(telling->catalogue->levels, &at, reasons);
		if (*ret_reasons && level <= *ret_level)
			continue;
		g_clear_pointer(ret_reasons, g_array_unref);
		*ret_reasons = g_steal_pointer(&reasons);
		*ret_level = level;
	}
	return *ret_reasons != NULL;
}

/* The hits of one indicator. */
static void tell_one(Telling *telling, guint index, guint32 number, const Hit *hits, guint n)
{
	g_autoptr(GArray) parts = catalogue_parts(telling->catalogue, number), reasons = NULL;
	g_autoptr(GString) value = g_string_new(NULL);
	IndicatorKind kind = catalogue_value(telling->catalogue, number, value);
	RuleLevel level = LEVEL_INFORMATIONAL;

	if (!judge_parts(telling, kind, parts, hits, n, &level, &reasons))
		return;
	g_array_set_size(telling->matches, 0);
	add_places(telling, hits, n, kind, value->str);
	add_reasons(telling, reasons);
	for (guint i = 0; i < parts->len; i++)
		add_source(telling, &g_array_index(parts, CataloguePart, i));
	telling->report->finding(telling->report->context, index, level, telling->event,
		(const Match *)(gconstpointer)telling->matches->data,
		MIN(telling->matches->len, LIMIT_FINDING_MATCHES));
	g_ptr_array_set_size(telling->owned, 0);
}

static int compare_hits(gconstpointer a, gconstpointer b)
{
	const Hit *x = a, *y = b;

	if (x->number != y->number)
		return x->number < y->number ? -1 : 1;
	if (x->column != y->column)
		return x->column < y->column ? -1 : 1;
	if (x->is_text != y->is_text)
		return x->is_text ? 1 : -1;
	if (x->is_parent != y->is_parent)
		return x->is_parent ? 1 : -1;
	return (x->text > y->text) - (x->text < y->text);
}

/* Numbers of the run instead of a store's; each column of an indicator once. */
static void settle(const Catalogue *catalogue, GArray *hits)
{
	guint n = 0;

	for (guint i = 0; i < hits->len; i++) {
		Hit *hit = &g_array_index(hits, Hit, i);

		hit->number = catalogue_number(catalogue, hit->store, hit->number);
	}
	g_array_sort(hits, compare_hits);
	for (guint i = 0; i < hits->len; i++) {
		Hit hit = g_array_index(hits, Hit, i);
		const Hit *last = n ? &g_array_index(hits, Hit, n - 1) : NULL;

		if (!last || last->number != hit.number || last->column != hit.column)
			g_array_index(hits, Hit, n++) = hit;
	}
	g_array_set_size(hits, n);
}

static void tell_left_out(const EngineReport *report, const Event *event)
{
	const Gap gap = { .kind = GAP_LIMIT,
		.offset = event->offset,
		.records = 1,
		.note = "more indicators are in it than LIMIT_INDICATOR_FINDINGS; further ones "
			"were left out" };

	if (report->gap)
		report->gap(report->context, event, &gap);
}

void tell_hits(const Catalogue *catalogue, const EngineReport *report, guint first_late,
	const Event *event, GArray *hits, const GString *texts)
{
	g_autoptr(GArray) matches = g_array_new(FALSE, FALSE, sizeof(Match));
	g_autoptr(GPtrArray) owned = g_ptr_array_new_with_free_func(g_free);
	Telling telling = { catalogue, report, event, texts, matches, owned };
	gboolean is_full = hits->len >= 2 * LIMIT_INDICATOR_FINDINGS;
	guint told = 0, first = 0;

	settle(catalogue, hits);
	for (guint i = 1; i <= hits->len && told < LIMIT_INDICATOR_FINDINGS; i++) {
		const Hit *start = &g_array_index(hits, Hit, first);

		if (i < hits->len && g_array_index(hits, Hit, i).number == start->number)
			continue;
		tell_one(&telling, first_late + start->number, start->number, start, i - first);
		told++;
		first = i;
	}
	if (is_full || first < hits->len)
		tell_left_out(report, event);
}
