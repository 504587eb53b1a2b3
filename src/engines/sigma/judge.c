/* SPDX-License-Identifier: Apache-2.0 */
#include "engines/sigma/judge.h"

#include "engines/sigma/match.h"

#define NO_INDEX G_MAXUINT32

void judge_init(Judge *judge)
{
	*judge = (Judge){ 0 };
	texts_init(&judge->texts);
}

void judge_clear(Judge *judge)
{
	texts_clear(&judge->texts);
	g_clear_pointer(&judge->hits.seen, g_free);
	g_clear_pointer(&judge->hits.found, g_free);
	g_clear_pointer(&judge->bits, g_free);
	g_clear_pointer(&judge->ran, g_free);
	line_scratch_clear(&judge->lines);
}

/* Buffers fit the largest binding so far; hits are empty between events. */
static void make_room(Judge *judge, const Binding *binding)
{
	if (binding->max_literals > judge->hits_room) {
		judge->hits_room = binding->max_literals;
		g_free(judge->hits.seen);
		judge->hits.seen = g_new0(guint8, judge->hits_room);
		judge->hits.found = g_renew(guint32, judge->hits.found, judge->hits_room);
	}
	if (binding->n_all_words > judge->bits_room) {
		judge->bits_room = binding->n_all_words;
		judge->bits = g_renew(guint64, judge->bits, judge->bits_room);
	}
	if (binding->n_scans > judge->ran_room) {
		judge->ran = g_renew(guint64, judge->ran, binding->n_scans);
		memset(judge->ran + judge->ran_room, 0,
			(binding->n_scans - judge->ran_room) * sizeof(guint64));
		judge->ran_room = binding->n_scans;
	}
}

/* Types whose text has only the characters that prefilter_fits_numbers() is about. */
static gboolean is_number_like(const Value *value)
{
	switch (value->type) {
	case VALUE_INT:
	case VALUE_UINT:
	case VALUE_HEX:
	case VALUE_BINARY:
	case VALUE_GUID:
	case VALUE_FILETIME:
	case VALUE_SYSTEMTIME:
	case VALUE_SID:
		return TRUE;
	default:
		return FALSE;
	}
}

/* Most columns of text logs are such: dates, times, addresses, counts, "-". */
static gboolean is_digits(const Value *value)
{
	if (value->type != VALUE_UTF8 && value->type != VALUE_ANSI && value->type != VALUE_BARE)
		return FALSE;
	for (gsize i = 0; i < value->bytes.size; i++) {
		guint8 c = value->bytes.data[i];

		/* From '0' to ':' they stand in a row. */
		if ((guint8)(c - '0') > ':' - '0' && c != '-' && c != '.')
			return FALSE;
	}
	return TRUE;
}

static void set_bits(Judge *judge, const Scan *scan, guint32 literal)
{
	for (guint32 i = scan->first[literal]; i < scan->first[literal + 1]; i++)
		judge->bits[scan->bits[i] / 64] |= G_GUINT64_CONSTANT(1) << (scan->bits[i] % 64);
}

static void scan_column(Judge *judge, const Scan *scan, guint16 column)
{
	const Value *value = texts_value(&judge->texts, column);

	if (value && is_number_like(value) && !prefilter_fits_numbers(scan->prefilter))
		return;
	if (value && !prefilter_fits_digits(scan->prefilter) && is_digits(value))
		return;

	guint n = texts_count(&judge->texts, TEXT_FOLDED, column);

	for (guint i = 0; i < n; i++)
		prefilter_find(scan->prefilter, texts_item(&judge->texts, TEXT_FOLDED, column, i),
			&judge->hits);
	for (guint i = 0; i < judge->hits.n_found; i++)
		set_bits(judge, scan, judge->hits.found[i]);
	prefilter_hits_reset(&judge->hits);
}

static void run_scan(Judge *judge, const Binding *binding, guint number)
{
	const FieldMap *fields = &binding->fields;
	const Scan *scan = &binding->scans[number];

	judge->ran[number] = judge->texts.epoch;
	if (scan->column != COLUMN_KEYWORD) {
		scan_column(judge, scan, scan->column);
		return;
	}
	for (guint i = 0; i < fields->shape->n_columns; i++) {
		if (!fields->constants[i].is_set) /* those were decided by folding */
			scan_column(judge, scan, (guint16)i);
	}
}

static gboolean has_bit(Judge *judge, const Binding *binding, const Instruction *now)
{
	if (G_UNLIKELY(judge->ran[now->scan] != judge->texts.epoch))
		run_scan(judge, binding, now->scan);
	return judge->bits[now->bit / 64] >> (now->bit % 64) & 1;
}

static gboolean run_code(
	Judge *judge, const Ruleset *ruleset, const Binding *binding, guint32 entry)
{
	while (entry > CODE_FALSE) {
		const Instruction *now = &binding->code[entry];
		gboolean truth = now->kind == MAKE_TEST || has_bit(judge, binding, now);

		judge->counts.asked++;
		if (now->kind != ASK_BIT && truth) {
			judge->counts.tests++;
			truth = match_column(&judge->texts, ruleset_test(ruleset, now->test)->test,
				now->column, now->other);
		}
		entry = truth ? now->on_true : now->on_false;
	}
	return entry == CODE_TRUE;
}

static void begin(Judge *judge, const Binding *binding, const Event *event)
{
	guint n_rule_words = binding->n_words * TRIGGER_SETS;

	judge->counts.events++;
	make_room(judge, binding);
	texts_begin(&judge->texts, event, &binding->fields);
	memcpy(judge->bits, binding->start, n_rule_words * sizeof(guint64));
	memset(judge->bits + n_rule_words, 0,
		(binding->n_all_words - n_rule_words) * sizeof(guint64));
}

/* Runs rule @number unless it is @last_index, which was true by another alternative. */
static guint32 try_rule(Judge *judge, const Ruleset *ruleset, const Binding *binding,
	guint32 number, guint32 last_index, JudgeFunc each, void *context)
{
	const BoundRule *rule = &binding->rules[number];

	judge->counts.candidates++;
	if (rule->index == last_index || !run_code(judge, ruleset, binding, rule->entry))
		return last_index;
	judge->counts.findings++;
	each(context, &judge->texts, binding, rule);
	return rule->index;
}

/* Runs the rules that all bitmaps of @bits have in common, in order. */
static void try_common(Judge *judge, const Ruleset *ruleset, const Binding *binding,
	const guint64 *bits, JudgeFunc each, void *context)
{
	guint32 last_index = NO_INDEX;
	guint n_words = binding->n_words;

	for (guint32 word = 0; word < n_words; word++) {
		guint64 candidates = bits[word];

		for (guint set = 1; set < TRIGGER_SETS; set++)
			candidates &= bits[set * n_words + word];
		for (; candidates; candidates &= candidates - 1)
			last_index = try_rule(judge, ruleset, binding,
				word * 64 + (guint32)__builtin_ctzll(candidates), last_index, each,
				context);
	}
}

void judge_event(Judge *judge, const Ruleset *ruleset, const Binding *binding, const Event *event,
	JudgeFunc each, void *context)
{
	LineVerdict verdict = LINE_UNKNOWN;

	if (binding->n_rules == 0)
		return;
	if (binding->lines)
		verdict = line_filter_look(binding->lines, event, &judge->lines);
	if (verdict == LINE_QUIET) {
		judge->counts.events++;
		return;
	}
	begin(judge, binding, event);
	/* Scans run when a rule's code asks for them. */
	if (verdict == LINE_CANDIDATES) {
		try_common(judge, ruleset, binding, judge->lines.bits, each, context);
		return;
	}
	for (guint i = 0; i < binding->n_scans; i++) {
		if (binding->scans[i].is_eager)
			run_scan(judge, binding, i);
	}
	try_common(judge, ruleset, binding, judge->bits, each, context);
}

void judge_event_plainly(Judge *judge, const Ruleset *ruleset, const Binding *binding,
	const Event *event, JudgeFunc each, void *context)
{
	guint32 last_index = NO_INDEX;

	begin(judge, binding, event);
	for (guint32 i = 0; i < binding->n_rules; i++)
		last_index = try_rule(judge, ruleset, binding, i, last_index, each, context);
}
