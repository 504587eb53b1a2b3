/* SPDX-License-Identifier: Apache-2.0 */
#include "engines/sigma/observations.h"

#include "base/limits.h"

/* The column of field number @i of @observes (the value comes first). */
static guint16 column_of(const HitSource *source, const RulesetObservation *observes, guint i)
{
	const guint16 *map =
		g_ptr_array_index(source->texts->fields->maps, source->rule->alternative);
	guint32 field =
		g_array_index(source->ruleset->hit_fields, guint32, observes->first_field + i);
	guint16 column = map ? map[field] : COLUMN_ABSENT;

	return column < field_map_n_columns(source->texts->fields) ? column : COLUMN_ABSENT;
}

/* Logs write a hyphen where they have nothing to say. */
static gboolean says_anything(Slice text)
{
	return text.size && !slice_equal(text, slice_from_text("-"));
}

static gboolean find_subject(
	const HitSource *source, const RulesetObservation *observes, Slice *ret)
{
	for (guint i = 1; i < observes->n_fields; i++) {
		guint16 column = column_of(source, observes, i);

		if (column == COLUMN_ABSENT || !texts_count(source->texts, TEXT_PLAIN, column))
			continue;
		*ret = texts_item(source->texts, TEXT_PLAIN, column, 0);
		if (says_anything(*ret))
			return TRUE;
	}
	return FALSE;
}

/* TRUE where item @i of @column is, but for case, one before it. */
static gboolean is_known(const Texts *texts, guint16 column, guint i)
{
	Slice text = texts_item(texts, TEXT_FOLDED, column, i);

	for (guint k = 0; k < i; k++)
		if (slice_equal(text, texts_item(texts, TEXT_FOLDED, column, k)))
			return TRUE;
	return FALSE;
}

void observations_report(const HitSource *source, const EngineReport *report)
{
	const RulesetRule *rule = ruleset_rule(source->ruleset, source->rule->rule);
	const RulesetObservation *observes = &rule->observes;
	guint16 column = column_of(source, observes, 0);
	Texts *texts = source->texts;
	Slice subject = SLICE_EMPTY;
	gboolean has_subject;
	guint n;

	if (column == COLUMN_ABSENT)
		return;
	n = texts_count(texts, TEXT_PLAIN, column);
	if (n > 1) /* both forms have the same items */
		n = MIN(n, texts_count(texts, TEXT_FOLDED, column));
	n = MIN(n, LIMIT_HITS_PER_EVENT);
	has_subject = find_subject(source, observes, &subject);
	for (guint i = 0; i < n; i++) {
		Slice value = texts_item(texts, TEXT_PLAIN, column, i);

		if (says_anything(value) && (n == 1 || !is_known(texts, column, i)))
			report->observation(report->context, rule->index, observes->kind,
				texts->event, has_subject ? &subject : NULL, value);
	}
}
