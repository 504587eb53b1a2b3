/* SPDX-License-Identifier: Apache-2.0 */
#include "coordinator/span-list.h"

struct SpanList {
	GArray *spans; /* Span; texts in @names */
	GStringChunk *names;
	gsize size, max_bytes;
	gboolean cut;
};

SpanList *span_list_new(gsize max_bytes)
{
	SpanList *list = g_new0(SpanList, 1);

	list->spans = g_array_new(FALSE, FALSE, sizeof(Span));
	list->names = g_string_chunk_new(256);
	list->max_bytes = max_bytes;
	return list;
}

void span_list_free(SpanList *list)
{
	if (!list)
		return;
	g_array_unref(list->spans);
	g_string_chunk_free(list->names);
	g_free(list);
}

void span_list_add(SpanList *list, const Span *span)
{
	Span copy = *span;

	if (span->n_records == 0)
		return; /* nothing in use: nothing to compare */
	list->size += sizeof *span + strlen(span->channel);
	list->cut = list->cut || list->size > list->max_bytes;
	if (list->cut)
		return;
	copy.channel = g_string_chunk_insert_const(list->names, span->channel);
	g_array_append_val(list->spans, copy);
}

gboolean span_list_is_cut(const SpanList *list)
{
	return list->cut;
}

static int compare_spans(gconstpointer a, gconstpointer b)
{
	const Span *x = a, *y = b;
	int order = strcmp(x->channel, y->channel);

	if (!order)
		order = (x->offset > y->offset) - (x->offset < y->offset);
	return order ? order
		     : (x->first_record > y->first_record) - (x->first_record < y->first_record);
}

/* ---- comparing two spans that follow each other ---- */

static gboolean tell_ids(
	const Span *before, const Span *after, SpanGapFunc each, void *context, GError **error)
{
	g_autofree char *note = NULL;
	Gap gap = { .kind = GAP_RECORD_IDS, .offset = after->offset };

	if (after->first_record <= before->last_record) {
		note = g_strdup_printf("Record numbers of %s run backwards, from %" G_GUINT64_FORMAT
				       " to %" G_GUINT64_FORMAT ".",
			after->channel, before->last_record, after->first_record);
	} else {
		gap.records = after->first_record - before->last_record - 1;
		note = g_strdup_printf("Records %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT
				       " of %s are missing.",
			before->last_record + 1, after->first_record - 1, after->channel);
	}
	gap.note = note;
	return each(context, &gap, error);
}

static gboolean tell_time(
	const Span *before, const Span *after, SpanGapFunc each, void *context, GError **error)
{
	char from[INSTANT_TEXT_BYTES], to[INSTANT_TEXT_BYTES];
	g_autofree char *note = NULL;
	Gap gap = { .kind = GAP_TIME_BACK, .offset = after->offset };

	instant_format(before->last_time, from);
	instant_format(after->first_time, to);
	note = g_strdup_printf("Time runs backwards in %s, from %s (record %" G_GUINT64_FORMAT
			       ") to %s (record %" G_GUINT64_FORMAT ").",
		after->channel, from, before->last_record, to, after->first_record);
	gap.note = note;
	return each(context, &gap, error);
}

static gboolean is_time_back(const Span *before, const Span *after)
{
	return before->last_time != INSTANT_NONE && after->first_time != INSTANT_NONE &&
		after->first_time < before->last_time &&
		(guint64)before->last_time - (guint64)after->first_time > COVERAGE_TIME_TOLERANCE;
}

static gboolean compare_pair(
	const Span *before, const Span *after, SpanGapFunc each, void *context, GError **error)
{
	if (after->first_record != before->last_record + 1 &&
		!tell_ids(before, after, each, context, error))
		return FALSE;
	return !is_time_back(before, after) || tell_time(before, after, each, context, error);
}

/* ---- one log ---- */

/* Where the log was begun anew: the only place at which the numbers fall; 0 where there is none. */
static guint find_start(const Span *spans, guint n)
{
	guint falls = 0, start = 0;

	for (guint i = 1; i < n; i++) {
		if (spans[i].first_record <= spans[i - 1].last_record) {
			falls++;
			start = i;
		}
	}
	/* Only where the oldest really comes before what stands at the file's start. */
	if (falls != 1 || spans[n - 1].last_record >= spans[0].first_record)
		return 0;
	return start;
}

static gboolean check_log(
	const Span *spans, guint n, SpanGapFunc each, void *context, GError **error)
{
	guint start = find_start(spans, n);

	for (guint i = 1; i < n; i++) {
		const Span *before = &spans[(start + i - 1) % n], *after = &spans[(start + i) % n];

		if (!compare_pair(before, after, each, context, error))
			return FALSE;
	}
	return TRUE;
}

gboolean span_list_check(SpanList *list, SpanGapFunc each, void *context, GError **error)
{
	const Span *spans = (const Span *)list->spans->data;
	guint from = 0;

	g_array_sort(list->spans, compare_spans);
	for (guint i = 1; i <= list->spans->len; i++) {
		if (i < list->spans->len && strcmp(spans[i].channel, spans[from].channel) == 0)
			continue;
		if (!check_log(spans + from, i - from, each, context, error))
			return FALSE;
		from = i;
	}
	return TRUE;
}
