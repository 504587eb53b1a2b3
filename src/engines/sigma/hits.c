/* SPDX-License-Identifier: Apache-2.0 */
#include "engines/sigma/hits.h"

#include "base/limits.h"

#define REPLACEMENT "\xEF\xBF\xBD" /* for NUL, which would end the text */

/* The values of one field: NULL alone where it is missing. */
typedef struct FieldValues {
	guint n;
	const char *texts[LIMIT_HITS_PER_EVENT];
	guint64 n_left_out;
} FieldValues;

typedef struct HitMaker {
	const HitSource *source;
	const EngineReport *report;
	GStringChunk *chunk; /* owns the texts */
	guint n_fields;
	FieldValues fields[LIMIT_CORRELATION_VALUES];
} HitMaker;

static const char *keep_text(HitMaker *maker, Slice text)
{
	g_autoptr(GString) whole = NULL;

	if (text.size == 0)
		return "";
	if (!memchr(text.data, 0, text.size))
		return g_string_chunk_insert_len(
			maker->chunk, (const char *)text.data, (gssize)text.size);
	whole = g_string_new(NULL);
	for (gsize i = 0; i < text.size; i++) {
		if (text.data[i])
			g_string_append_c(whole, (char)text.data[i]);
		else
			g_string_append(whole, REPLACEMENT);
	}
	return g_string_chunk_insert_len(maker->chunk, whole->str, (gssize)whole->len);
}

/* TRUE where item @i of @column is, but for case, the same as one before it that was taken. */
static gboolean is_known(
	const HitMaker *maker, guint16 column, guint i, const guint *taken, guint n)
{
	const Texts *texts = maker->source->texts;
	Slice text = texts_item(texts, TEXT_FOLDED, column, i);

	for (guint t = 0; t < n; t++) {
		if (slice_equal(text, texts_item(texts, TEXT_FOLDED, column, taken[t])))
			return TRUE;
	}
	return FALSE;
}

static void take_field(HitMaker *maker, guint16 column)
{
	FieldValues *values = &maker->fields[maker->n_fields++];
	Texts *texts = maker->source->texts;
	guint taken[LIMIT_HITS_PER_EVENT];
	guint n = 0;

	*values = (FieldValues){ 0 };
	if (column < field_map_n_columns(texts->fields)) /* both forms have the same items */
		n = MIN(texts_count(texts, TEXT_FOLDED, column),
			texts_count(texts, TEXT_PLAIN, column));
	for (guint i = 0; i < n; i++) {
		if (is_known(maker, column, i, taken, values->n))
			continue;
		if (values->n == LIMIT_HITS_PER_EVENT) {
			values->n_left_out++;
			continue;
		}
		values->texts[values->n] =
			keep_text(maker, texts_item(texts, TEXT_PLAIN, column, i));
		taken[values->n++] = i;
	}
	if (values->n == 0)
		values->n = 1; /* missing: NULL */
}

static void take_fields(HitMaker *maker, const RulesetHit *hit)
{
	const HitSource *source = maker->source;
	const Ruleset *ruleset = source->ruleset;
	const guint16 *map =
		g_ptr_array_index(source->texts->fields->maps, source->rule->alternative);

	maker->n_fields = 0;
	for (guint i = 0; i < hit->n_fields; i++) {
		guint32 field = g_array_index(ruleset->hit_fields, guint32, hit->first_field + i);

		take_field(maker, map ? map[field] : COLUMN_ABSENT);
	}
}

static void report_key(
	const HitMaker *maker, const RulesetHit *hit, const char *const *texts, GByteArray *key)
{
	const HitSource *source = maker->source;
	const EngineReport *report = maker->report;

	g_byte_array_set_size(key, 0);
	hit_key_append(key, texts, maker->n_fields);
	report->hit(report->context, hit->correlation, hit->part, source->texts->event,
		slice_make(key->data, key->len), source->matches, source->n_matches);
}

/* All combinations, the last field turning fastest, up to the limit. Returns how many there were
 * not room for. */
static guint64 report_combinations(const HitMaker *maker, const RulesetHit *hit, GByteArray *key)
{
	guint chosen[LIMIT_CORRELATION_VALUES] = { 0 };
	const char *texts[LIMIT_CORRELATION_VALUES];
	guint64 n_all = 1, n_left_out = 0;

	for (guint i = 0; i < maker->n_fields; i++) {
		n_left_out += maker->fields[i].n_left_out;
		n_all = MIN(n_all * maker->fields[i].n, G_MAXUINT32);
	}
	for (guint64 n = 0; n < MIN(n_all, LIMIT_HITS_PER_EVENT); n++) {
		for (guint i = 0; i < maker->n_fields; i++)
			texts[i] = maker->fields[i].texts[chosen[i]];
		report_key(maker, hit, texts, key);
		for (guint i = maker->n_fields; i-- > 0;) {
			if (++chosen[i] < maker->fields[i].n)
				break;
			chosen[i] = 0;
		}
	}
	return n_left_out + (n_all > LIMIT_HITS_PER_EVENT ? n_all - LIMIT_HITS_PER_EVENT : 0);
}

void hits_report(const HitSource *source, const EngineReport *report)
{
	const RulesetRule *rule = ruleset_rule(source->ruleset, source->rule->rule);
	g_autofree HitMaker *maker = g_new(HitMaker, 1);
	g_autoptr(GByteArray) key = g_byte_array_new();

	maker->source = source;
	maker->report = report;
	maker->chunk = g_string_chunk_new(256);
	for (guint32 i = 0; i < rule->n_hits; i++) {
		const RulesetHit *hit =
			&g_array_index(source->ruleset->hits, RulesetHit, rule->first_hit + i);
		guint64 n_left_out;

		g_string_chunk_clear(maker->chunk);
		take_fields(maker, hit);
		n_left_out = report_combinations(maker, hit, key);
		if (n_left_out)
			report->hits_left_out(report->context, hit->correlation,
				source->texts->event, n_left_out);
	}
	g_string_chunk_free(maker->chunk);
}
