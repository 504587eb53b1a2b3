/* SPDX-License-Identifier: Apache-2.0 */
#include "engines/sigma/scan-builder.h"

#define NOTHING G_MAXUINT32

/* One literal in one column. */
typedef struct Spot {
	guint32 literal;
	guint16 scan;
	guint32 next_of_literal; /* the same literal in another column */
	guint32 next_of_scan;	 /* another literal in the same column */
	guint32 bit;		 /* its own, in BIT_OF_LITERAL */
	guint32 first_target;	 /* the others it sets */
} Spot;

typedef struct Target {
	guint8 space; /* BitSpace */
	guint32 number;
	guint32 next;
} Target;

typedef struct ScanDraft {
	guint16 column;
	gboolean is_eager;
	guint32 first_spot, last_spot, n_spots, n_targets;
} ScanDraft;

static Spot *spot_at(const ScanBuilder *builder, guint32 number)
{
	return &g_array_index(builder->spots, Spot, number);
}

void scan_builder_init(ScanBuilder *builder, const Ruleset *ruleset)
{
	*builder = (ScanBuilder){ .ruleset = ruleset };
	builder->by_literal = g_new0(guint32, literal_set_size(ruleset->literals) + 1);
	builder->spots = g_array_new(FALSE, FALSE, sizeof(Spot));
	builder->targets = g_array_new(FALSE, FALSE, sizeof(Target));
	builder->scans = g_array_new(FALSE, FALSE, sizeof(ScanDraft));
	builder->scan_of = g_array_new(FALSE, TRUE, sizeof(guint16));
}

void scan_builder_clear(ScanBuilder *builder)
{
	g_clear_pointer(&builder->by_literal, g_free);
	g_clear_pointer(&builder->spots, g_array_unref);
	g_clear_pointer(&builder->targets, g_array_unref);
	g_clear_pointer(&builder->scans, g_array_unref);
	g_clear_pointer(&builder->scan_of, g_array_unref);
}

static guint16 find_scan(ScanBuilder *builder, guint16 column)
{
	ScanDraft draft = { column, FALSE, NOTHING, NOTHING, 0, 0 };
	guint slot = column == COLUMN_KEYWORD ? 0 : column + 1u;

	if (slot >= builder->scan_of->len)
		g_array_set_size(builder->scan_of, slot + 1); /* with zeros */

	guint16 *scan = &g_array_index(builder->scan_of, guint16, slot);

	if (*scan == 0) {
		g_array_append_val(builder->scans, draft);
		*scan = (guint16)builder->scans->len;
	}
	return *scan - 1;
}

static void link_target(ScanBuilder *builder, Spot *spot, BitSpace space, guint32 number)
{
	Target target = { (guint8)space, number, spot->first_target };

	spot->first_target = builder->targets->len;
	g_array_index(builder->scans, ScanDraft, spot->scan).n_targets++;
	g_array_append_val(builder->targets, target);
}

/* The spot of @literal in @column, made where there was none. */
static guint32 find_spot(ScanBuilder *builder, guint32 literal, guint16 column)
{
	guint32 *head = &builder->by_literal[literal];
	guint16 scan = find_scan(builder, column);
	ScanDraft *draft = &g_array_index(builder->scans, ScanDraft, scan);

	for (guint32 i = *head; i > 0; i = spot_at(builder, i - 1)->next_of_literal) {
		if (spot_at(builder, i - 1)->scan == scan)
			return i - 1;
	}

	guint32 number = builder->spots->len;
	Spot spot = { literal, scan, *head, NOTHING, builder->n_bits++, NOTHING };

	g_array_append_val(builder->spots, spot);
	*head = number + 1;
	if (draft->last_spot == NOTHING)
		draft->first_spot = number;
	else
		spot_at(builder, draft->last_spot)->next_of_scan = number;
	draft->last_spot = number;
	draft->n_spots++;
	return number;
}

guint32 scan_builder_literal(
	ScanBuilder *builder, guint32 literal, guint16 column, guint16 *ret_scan)
{
	const Spot *spot = spot_at(builder, find_spot(builder, literal, column));

	*ret_scan = spot->scan;
	return spot->bit;
}

guint32 scan_builder_new_bit(ScanBuilder *builder)
{
	return builder->n_bits++;
}

void scan_builder_add(
	ScanBuilder *builder, guint32 literal, guint16 column, BitSpace space, guint32 number)
{
	Spot *spot = spot_at(builder, find_spot(builder, literal, column));

	link_target(builder, spot, space, number);
	if (space == BIT_OF_RULE)
		g_array_index(builder->scans, ScanDraft, spot->scan).is_eager = TRUE;
}

static guint32 target_position(const Binding *binding, const Target *target)
{
	guint32 rule = target->number / TRIGGER_SETS, set = target->number % TRIGGER_SETS;

	if (target->space == BIT_OF_RULE)
		return set * binding->n_words * 64 + rule;
	return scan_builder_position(binding, target->number);
}

static void finish_scan(
	const ScanBuilder *builder, const Binding *binding, const ScanDraft *draft, Scan *ret)
{
	g_autofree const Literal **literals = g_new(const Literal *, draft->n_spots);
	guint n = 0, n_bits = 0;

	ret->column = draft->column;
	ret->is_eager = draft->is_eager;
	ret->n_literals = draft->n_spots;
	ret->first = g_new(guint32, draft->n_spots + 1);
	ret->bits = g_new(guint32, draft->n_spots + draft->n_targets);
	for (guint32 i = draft->first_spot; i != NOTHING; i = spot_at(builder, i)->next_of_scan) {
		const Spot *spot = spot_at(builder, i);

		literals[n] = literal_set_get(builder->ruleset->literals, spot->literal);
		ret->first[n++] = n_bits;
		ret->bits[n_bits++] = scan_builder_position(binding, spot->bit);
		for (guint32 t = spot->first_target; t != NOTHING;) {
			const Target *target = &g_array_index(builder->targets, Target, t);

			ret->bits[n_bits++] = target_position(binding, target);
			t = target->next;
		}
	}
	ret->first[n] = n_bits;
	ret->prefilter = prefilter_new(literals, n);
}

void scan_builder_finish(ScanBuilder *builder, Binding *binding)
{
	binding->n_all_words = binding->n_words * TRIGGER_SETS + (builder->n_bits + 63) / 64;
	binding->n_scans = builder->scans->len;
	binding->scans = g_new0(Scan, binding->n_scans);
	for (guint i = 0; i < binding->n_scans; i++) {
		const ScanDraft *draft = &g_array_index(builder->scans, ScanDraft, i);

		finish_scan(builder, binding, draft, &binding->scans[i]);
		binding->max_literals = MAX(binding->max_literals, draft->n_spots);
	}
}

/* ---- the line filter ---- */

static gboolean is_choice(const FieldFact *fact)
{
	return fact->field == NULL;
}

/* TRUE where what an analyser makes stands in the line of the event. */
static gboolean fact_stands_in_line(const FieldMap *fields, const FieldFact *fact)
{
	const guint16 *inputs = field_map_inputs(fields, fact);
	guint16 last = COLUMN_ABSENT;
	guint n_present = 0;

	if (!fact->field->analyser->keeps_runs)
		return FALSE;
	for (guint i = 0; i < fact->n_inputs; i++) {
		if (inputs[i] == COLUMN_ABSENT)
			continue; /* adds nothing */
		if (field_map_fact(fields, inputs[i]) || field_map_constant(fields, inputs[i]))
			return FALSE;
		/* Two neighbours, and no gap between them that another input was to fill. */
		if (n_present++ > 0 &&
			(n_present > 2 || inputs[i - 1] != last || inputs[i] != last + 1))
			return FALSE;
		last = inputs[i];
	}
	return TRUE;
}

/* TRUE where each literal that holds for @column stands in the line. */
static gboolean stands_in_line(const FieldMap *fields, guint16 column)
{
	const FieldFact *fact;

	if (column == COLUMN_KEYWORD)
		return TRUE;
	fact = field_map_fact(fields, column);
	if (!fact)
		return !field_map_constant(fields, column);
	if (!is_choice(fact))
		return fact_stands_in_line(fields, fact);
	/* A choice: whichever of its inputs it is. */
	for (guint i = 0; i < fact->n_inputs; i++) {
		guint16 input = field_map_inputs(fields, fact)[i];
		const FieldFact *inner = field_map_fact(fields, input);

		if (inner ? is_choice(inner) || !fact_stands_in_line(fields, inner)
			  : field_map_constant(fields, input) != NULL)
			return FALSE;
	}
	return TRUE;
}

/* Tells @filter where literals of @column, which stands_in_line(), are. */
static void add_part(const FieldMap *fields, LineFilter *filter, guint16 column)
{
	const FieldFact *fact = column == COLUMN_KEYWORD ? NULL : field_map_fact(fields, column);
	guint16 first = COLUMN_ABSENT, last = 0;

	if (column == COLUMN_KEYWORD) {
		for (guint16 i = 0; i < fields->shape->n_columns; i++) {
			if (!field_map_constant(fields, i))
				line_filter_add_part(filter, i, i);
		}
		return;
	}
	if (!fact) {
		line_filter_add_part(filter, column, column);
		return;
	}
	for (guint i = 0; i < fact->n_inputs; i++) {
		guint16 input = field_map_inputs(fields, fact)[i];

		if (is_choice(fact)) {
			add_part(fields, filter, input);
			continue;
		}
		if (input == COLUMN_ABSENT)
			continue;
		first = MIN(first, input);
		last = MAX(last, input);
	}
	if (first <= last)
		line_filter_add_part(filter, first, last);
}

/* Facts of several columns put them behind each other. */
static void add_joins(const FieldMap *fields, LineFilter *filter)
{
	for (guint i = 0; i < fields->facts->len; i++) {
		const FieldFact *fact = &g_array_index(fields->facts, FieldFact, i);
		const guint16 *inputs = field_map_inputs(fields, fact);

		if (is_choice(fact) || !fact_stands_in_line(fields, fact))
			continue;
		for (guint k = 1; k < fact->n_inputs; k++) {
			if (inputs[k] != COLUMN_ABSENT && inputs[k - 1] != COLUMN_ABSENT)
				line_filter_add_join(filter, inputs[k]);
		}
	}
}

void scan_builder_finish_lines(ScanBuilder *builder, Binding *binding)
{
	g_autoptr(LineFilter) filter =
		line_filter_new(TRIGGER_SETS, binding->n_words, binding->start);
	g_autofree guint8 *asked = g_new0(guint8, COLUMN_ABSENT);

	for (guint32 i = 0; i < builder->spots->len; i++) {
		const Spot *spot = spot_at(builder, i);
		guint16 column = g_array_index(builder->scans, ScanDraft, spot->scan).column;
		gboolean is_known = stands_in_line(&binding->fields, column), has_known = FALSE;

		for (guint32 t = spot->first_target; t != NOTHING;) {
			const Target *target = &g_array_index(builder->targets, Target, t);
			guint32 position = target_position(binding, target);

			t = target->next;
			if (target->space != BIT_OF_RULE)
				continue;
			if (!is_known) {
				line_filter_add_unknown(filter, position);
				continue;
			}
			line_filter_add(filter,
				literal_set_get(builder->ruleset->literals, spot->literal)->text,
				position);
			has_known = TRUE;
		}
		if (has_known && !asked[column])
			add_part(&binding->fields, filter, column);
		asked[column] |= has_known;
	}
	add_joins(&binding->fields, filter);
	if (line_filter_finish(filter))
		binding->lines = g_steal_pointer(&filter);
}
