/* SPDX-License-Identifier: Apache-2.0 */
#include "coordinator/correlation/hit-taker.h"

#include "base/text.h"
#include "coordinator/correlation/place.h"
#include "model/correlation-set.h"

/* One part of a correlation. */
typedef struct Source {
	gint64 number; /* in the case; 0 while unknown */
} Source;

struct HitTaker {
	Case *c;
	const GPtrArray *rules, *correlations;
	GHashTable *sources; /* correlation (pointer) -> array of Source, one for each part */
	GByteArray *group;
};

HitTaker *hit_taker_new(Case *c, const GPtrArray *rules, const GPtrArray *correlations)
{
	HitTaker *taker = g_new0(HitTaker, 1);

	taker->c = c;
	taker->rules = rules;
	taker->correlations = correlations;
	taker->sources = g_hash_table_new_full(NULL, NULL, NULL, g_free);
	taker->group = g_byte_array_new();
	text_warm_up(); /* values are folded */
	return taker;
}

void hit_taker_free(HitTaker *taker)
{
	if (!taker)
		return;
	g_hash_table_unref(taker->sources);
	g_byte_array_unref(taker->group);
	g_free(taker);
}

static gboolean find_source(
	HitTaker *taker, const Correlation *correlation, guint part, gint64 *ret, GError **error)
{
	const RuleInfo *rule = taker->rules->pdata[correlation->rule];
	const RuleInfo *of = taker->rules->pdata[correlation->parts[part].rule];
	Source *sources = g_hash_table_lookup(taker->sources, correlation);

	if (!sources) {
		sources = g_new0(Source, correlation->n_parts);
		(void)g_hash_table_insert(
			taker->sources, (gpointer)correlation, sources); /* it was not in there */
	}
	if (!sources[part].number &&
		!case_hit_source(
			taker->c, rule->sha256, part, of->sha256, &sources[part].number, error))
		return FALSE;
	*ret = sources[part].number;
	return TRUE;
}

static gboolean add_hit(HitTaker *taker, const RuleInfo *rule, const char *evidence_sha256,
	const Message *message, gint64 *ret_number, GError **error)
{
	g_autofree char *locator = message_dup_text(message, 6);
	g_autofree char *host = message_dup_text(message, 7);
	g_autofree char *channel = message_dup_text(message, 8);
	g_autofree char *matched = message_dup_text(message, 10);
	g_autofree char *event = message_dup_text(message, 11);
	const CaseFinding hit = {
		.rule = rule,
		.evidence_sha256 = evidence_sha256,
		.locator = locator,
		.record = message->fields[2].number,
		.offset = message->fields[3].number,
		.recovered = message->fields[4].number == 1,
		.time = (Instant)message->fields[5].number,
		.host = host,
		.channel = channel,
		.matched_json = matched,
		.event_json = event,
	};

	return case_add_hit(taker->c, &hit, ret_number, error);
}

gboolean hit_taker_take(
	HitTaker *taker, const char *evidence_sha256, const Message *message, GError **error)
{
	const Correlation *correlation =
		correlation_set_find(taker->correlations, (guint)message->fields[0].number);
	guint part = (guint)message->fields[1].number;
	PlaceShape shape;
	CaseHitPlace place = { 0 };

	g_return_val_if_fail(correlation && part < correlation->n_parts, TRUE);
	shape = place_shape(correlation);
	return place_fill(&shape, message->fields[9].bytes, (Instant)message->fields[5].number,
		       taker->group, &place) &&
		find_source(taker, correlation, part, &place.source, error) &&
		add_hit(taker, taker->rules->pdata[correlation->parts[part].rule], evidence_sha256,
			message, &place.hit, error) &&
		case_add_hit_place(taker->c, &place, error);
}
