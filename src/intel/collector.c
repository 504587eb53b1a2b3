/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What happens to a claim, in this order; each step can end its way with a note:
 *
 *	text  ──▶ draft (refanged, kind, normal form) ──▶ free text? ──▶ too broad, a mistake?
 *	      ──▶ said before? ──▶ silent? kept until the end ──▶ sink
 *
 * Silent ones wait, since a later claim about the same value may not be silent: what a source says
 * both ways is looked for, and the contradiction is told.
 */
#include "intel/collector.h"

#include "base/limits.h"
#include "base/text.h"
#include "intel/draft.h"
#include "intel/hash-shift.h"
#include "intel/normal.h"
#include "intel/seen-set.h"
#include "intel/words.h"

#define CONTEXT_BYTES 120 /* before a value in its sentence that may say it is not meant */

struct Collector {
	char *path, *name;
	WarningLists *lists;
	IntelSink sink;
	Draft draft;
	SeenSet *seen;
	GHashTable *source_ids; /* text to number */
	GString *key, *reason, *valid;
	HashShift shift;
	GArray *held;	     /* silent Indicators ... */
	GStringChunk *texts; /* and their texts */
	guint64 accepted, rules, notes[INTEL_N_NOTE_KINDS];
};

Collector *collector_new(const char *path, const WarningLists *lists, const IntelSink *sink)
{
	Collector *collector = g_new0(Collector, 1);

	collector->path = g_strdup(path);
	collector->name = g_path_get_basename(path);
	collector->lists = (WarningLists *)lists;
	collector->sink = *sink;
	draft_init(&collector->draft);
	collector->seen = seen_set_new();
	collector->source_ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	collector->key = g_string_new(NULL);
	collector->reason = g_string_new(NULL);
	collector->valid = g_string_new(NULL);
	collector->held = g_array_new(FALSE, FALSE, sizeof(Indicator));
	collector->texts = g_string_chunk_new(4096);
	return collector;
}

void collector_free(Collector *collector)
{
	if (!collector)
		return;
	g_free(collector->path);
	g_free(collector->name);
	draft_clear(&collector->draft);
	seen_set_free(collector->seen);
	g_hash_table_unref(collector->source_ids);
	(void)g_string_free(collector->key, TRUE);
	(void)g_string_free(collector->reason, TRUE);
	(void)g_string_free(collector->valid, TRUE);
	g_array_unref(collector->held);
	g_string_chunk_free(collector->texts);
	g_free(collector);
}

void collector_set_name(Collector *collector, const char *name)
{
	g_free(collector->name);
	collector->name = g_strdup(name);
}

/* ---- notes ---- */

/* @value on one line, cut where a character begins. */
static char *dup_short(const char *value)
{
	Slice cut = words_cut(slice_from_text(value), LIMIT_CLAIM_NOTE_BYTES);
	char *text = g_strdup_printf(
		"%.*s%s", (int)cut.size, value, cut.size < strlen(value) ? "…" : "");

	for (char *at = text; *at; at++) {
		if ((guint8)*at < ' ' || *at == 0x7f)
			*at = ' ';
	}
	return text;
}

void collector_note(
	Collector *collector, IntelNoteKind kind, guint line, const char *value, const char *reason)
{
	g_autofree char *text = NULL;
	IntelNote note = { .kind = kind, .line = line, .reason = reason };

	if (collector->notes[kind]++ >= LIMIT_CLAIM_NOTES)
		return;
	text = dup_short(value ? value : "");
	note.value = text;
	collector->sink.note(collector->sink.context, &note);
}

static void note_claim(
	Collector *collector, IntelNoteKind kind, const Indicator *claim, const char *reason)
{
	collector_note(collector, kind, claim->line, claim->value, reason);
}

/* ---- hashes cut in the wrong place ---- */

static void watch_hashes(Collector *collector, const Indicator *claim, Slice text)
{
	HashShift *shift = &collector->shift;
	char value[66];
	guint line;

	if (shift->digits == 0 && (text.size == 32 || text.size == 40 || text.size == 64))
		return;
	if (hash_shift_concerns(text)) {
		g_autofree char *told = hash_shift_take(shift, text, claim->line, &line, value);

		if (told)
			collector_note(collector, INTEL_SUSPICIOUS, line, value, told);
	}
}

/* ---- what may be said against a value in normal form ---- */

static gboolean is_wide_network(const char *network)
{
	const char *slash = strchr(network, '/');
	guint64 length = 0;

	if (!slash || !g_ascii_string_to_unsigned(slash + 1, 10, 0, 128, &length, NULL))
		return FALSE;
	return length <
		(strchr(network, ':') ? LIMIT_INTEL_NETWORK6_BITS : LIMIT_INTEL_NETWORK_BITS);
}

/* TRUE, with a note, where a list with @effect has the value. */
static gboolean has_effect(Collector *collector, const Indicator *claim, const WarningHit *hit,
	WarningEffect effect, IntelNoteKind kind, const char *consequence)
{
	g_autofree char *reason = NULL;

	if (!hit->descriptions[effect])
		return FALSE;
	reason = g_strdup_printf("is one of the %s%s", hit->descriptions[effect], consequence);
	note_claim(collector, kind, claim, reason);
	return TRUE;
}

/* FALSE, with a note, where what the lists say of the value is against looking for it. */
static gboolean passes_lists(Collector *collector, const Indicator *claim, WarningHit *hit)
{
	const Draft *draft = &collector->draft;

	if (!warning_lists_look_up(collector->lists, draft->kind, draft->value->str, hit))
		return TRUE;
	if (has_effect(collector, claim, hit, WARNING_MISTAKE, INTEL_SUSPICIOUS, ": not taken") ||
		has_effect(collector, claim, hit, WARNING_OVER_BROAD, INTEL_OVER_BROAD,
			": too broad to look for"))
		return FALSE;
	(void)has_effect(collector, claim, hit, WARNING_SUSPICIOUS, INTEL_SUSPICIOUS, "");
	return TRUE;
}

static gboolean passes_checks(Collector *collector, const Indicator *claim, WarningHit *hit)
{
	const Draft *draft = &collector->draft;

	if (draft->suspicion)
		note_claim(collector, INTEL_SUSPICIOUS, claim, draft->suspicion);
	if (draft->kind == INDICATOR_NETWORK && is_wide_network(draft->value->str)) {
		note_claim(collector, INTEL_OVER_BROAD, claim,
			"is a network of more addresses than one can look for "
			"(LIMIT_INTEL_NETWORK_BITS)");
		return FALSE;
	}
	return passes_lists(collector, claim, hit);
}

/* ---- free text ---- */

/*
 * Whether all that stands between a word such as "excluding" and a value are other values and words
 * that join them: "excluding the hosts a.example and".
 */
static gboolean is_enumeration(Slice between)
{
	static const char *const joining[] = { "and", "or", "the", "a", "any", "all", "file",
		"files", "host", "hosts", "domain", "domains", "site", "sites", "address",
		"addresses", "ip", "ips", "for", "of", "und", "oder", "der", "die", "das", "von",
		"et", "ou", "le", "la", "les", "de" };
	Slice word;

	while (words_next_part(&between, ' ', &word)) {
		gboolean is_joining = word.size < 2;

		while (word.size > 0 && strchr(",;:()", word.data[word.size - 1]))
			word.size--;
		for (guint i = 0; i < G_N_ELEMENTS(joining) && !is_joining; i++)
			is_joining = words_equal(word, joining[i]);
		if (!is_joining && words_find(word, 0, '.') == word.size)
			return FALSE;
	}
	return TRUE;
}

/* The word before the value in its sentence that says it is not meant, or NULL. */
static const char *find_exclusion(Collector *collector, const Indicator *claim)
{
	const char *sentence = claim->description;
	const char *at = sentence ? strstr(sentence, claim->value) : NULL;
	const char *word;
	Slice before;
	gsize end = 0;

	if (!at)
		return NULL;
	before = slice_make(sentence, (gsize)(at - sentence));
	if (before.size > CONTEXT_BYTES)
		before = words_from(before, before.size - CONTEXT_BYTES);
	word = warning_lists_excluding_word(collector->lists, before, &end);
	return word && is_enumeration(words_from(before, end)) ? word : NULL;
}

/* The host of a URL in normal form. */
static char *dup_url_host(const char *url)
{
	const char *host = strstr(url, "://");

	host = host ? host + 3 : url;
	return g_strndup(host, strcspn(host, ":/?"));
}

static gboolean is_popular(Collector *collector, IndicatorKind kind, const char *value)
{
	WarningHit hit;

	return warning_lists_look_up(collector->lists, kind, value, &hit);
}

/* Notes why the draft is not to be taken from free text; FALSE always. */
static gboolean leave(
	Collector *collector, const Indicator *claim, IntelNoteKind kind, const char *reason)
{
	note_claim(collector, kind, claim, reason);
	return FALSE;
}

static gboolean takes_host(Collector *collector, const Indicator *claim)
{
	const Draft *draft = &collector->draft;
	const char *dot = strrchr(draft->value->str, '.');

	if (normal_file_ending(slice_make(draft->value->str, draft->value->len)) !=
		FILE_ENDING_NONE)
		return leave(collector, claim, INTEL_REJECTED,
			"may be the name of a file in running text: not taken");
	if (draft->was_defanged) /* somebody says that it is meant */
		return TRUE;
	if (!warning_lists_may_be_top_level(collector->lists, dot ? dot + 1 : ""))
		return leave(collector, claim, INTEL_REJECTED,
			"ends with no top-level domain: not taken from running text");
	if (is_popular(collector, INDICATOR_HOST, draft->value->str))
		return leave(collector, claim, INTEL_OVER_BROAD,
			"is a popular host in running text: not taken");
	return TRUE;
}

static gboolean takes_url(Collector *collector, const Indicator *claim)
{
	g_autofree char *host = dup_url_host(collector->draft.value->str);

	if (collector->draft.was_defanged || !is_popular(collector, INDICATOR_HOST, host))
		return TRUE;
	return leave(collector, claim, INTEL_OVER_BROAD,
		"is a link to a popular host, as references are: not taken");
}

static gboolean passes_free_text(Collector *collector, const Indicator *claim)
{
	const char *word = find_exclusion(collector, claim);

	if (word) {
		g_autofree char *reason =
			g_strdup_printf("is named only to be excluded (\"%s\"): not taken", word);

		return leave(collector, claim, INTEL_SUSPICIOUS, reason);
	}
	switch (collector->draft.kind) {
	case INDICATOR_FILE_NAME:
	case INDICATOR_FILE_PATH:
	case INDICATOR_FILE_PATTERN:
		return leave(collector, claim, INTEL_REJECTED,
			"names a file in running text, where nobody says that it is meant: not "
			"taken");
	case INDICATOR_HOST:
		return takes_host(collector, claim);
	case INDICATOR_URL:
		return takes_url(collector, claim);
	case INDICATOR_EMAIL:
		return collector->draft.was_defanged ||
			leave(collector, claim, INTEL_REJECTED,
				"is an e-mail address in running text, as contacts are: not taken");
	default:
		return TRUE;
	}
}

/* ---- said before ---- */

static guint16 source_id(Collector *collector, const char *source)
{
	gpointer id;

	if (!source || !*source)
		return 0;
	if (g_hash_table_lookup_extended(collector->source_ids, source, NULL, &id))
		return (guint16)GPOINTER_TO_UINT(id);
	if (g_hash_table_size(collector->source_ids) >= LIMIT_CLAIM_SOURCES - 1)
		return LIMIT_CLAIM_SOURCES;
	id = GUINT_TO_POINTER(g_hash_table_size(collector->source_ids) + 1);
	g_hash_table_insert(collector->source_ids, g_strdup(source), id);
	return (guint16)GPOINTER_TO_UINT(id);
}

static Slice make_key(Collector *collector, const Indicator *claim, guint source)
{
	const Draft *draft = &collector->draft;

	g_string_truncate(collector->key, 0);
	g_string_append_c(collector->key, (char)draft->kind);
	g_string_append_c(collector->key, (char)(source & 0xff));
	g_string_append_c(collector->key, (char)(source >> 8));
	if (normal_is_caseless(draft->kind))
		text_append_folded(
			collector->key, slice_make(draft->value->str, draft->value->len));
	else
		g_string_append_len(collector->key, draft->value->str, (gssize)draft->value->len);
	if (draft->exception->len > 0) {
		g_string_append_c(collector->key, '\0');
		g_string_append(collector->key, draft->exception->str);
	}
	return slice_make(collector->key->str, collector->key->len);
}

/* TRUE, with a note, where this claim is the first to say otherwise than others. */
static gboolean note_contradiction(Collector *collector, const Indicator *claim, SeenValue *seen)
{
	g_autofree char *reason = NULL;

	if (seen->is_told || !seen->is_silent || !seen->is_alerting)
		return FALSE;
	seen->is_told = TRUE;
	reason = seen->line
		? g_strdup_printf("must %salert, but line %u says the other: it is looked for",
			  claim->is_silent ? "not " : "", seen->line)
		: g_strdup("must alert and must not: it is looked for");
	note_claim(collector, INTEL_CONTRADICTORY, claim, reason);
	return TRUE;
}

static void note_duplicate(Collector *collector, const Indicator *claim, const SeenValue *seen)
{
	g_autofree char *reason = seen->line ? g_strdup_printf("stands in line %u, too", seen->line)
					     : g_strdup("stands in the source before");

	note_claim(collector, INTEL_DUPLICATE, claim, reason);
}

/* TRUE where the value is new, or its source is. */
static gboolean is_new(Collector *collector, const Indicator *claim)
{
	guint source = source_id(collector, claim->source);
	gboolean is_first, was_silent_only, is_told;
	SeenValue *seen = seen_set_take(collector->seen, make_key(collector, claim, 0), &is_first);
	guint16 first_source = seen->source;

	if (is_first) {
		seen->line = claim->line;
		seen->source = (guint16)source;
	}
	was_silent_only = !is_first && seen->is_silent && !seen->is_alerting;
	seen->is_silent |= claim->is_silent != FALSE;
	seen->is_alerting |= claim->is_silent == FALSE;
	is_told = note_contradiction(collector, claim, seen);
	if (is_first || (was_silent_only && !claim->is_silent))
		return TRUE;
	if (is_told)
		return FALSE;
	if (source != 0 && source != first_source) {
		SeenValue *again = seen_set_take(
			collector->seen, make_key(collector, claim, source), &is_first);

		if (is_first) {
			again->line = claim->line;
			return TRUE;
		}
		seen = again;
	}
	note_duplicate(collector, claim, seen);
	return FALSE;
}

/* ---- telling ---- */

static const char *text_of(const char *text)
{
	return text ? text : "";
}

static Indicator make_indicator(Collector *collector, const Indicator *claim, const WarningHit *hit)
{
	Indicator made = *claim;

	made.kind = collector->draft.kind;
	made.value = collector->draft.value->str;
	made.exception = collector->draft.exception->str;
	made.id = text_of(claim->id);
	made.source = claim->source && *claim->source ? claim->source : collector->name;
	made.title = text_of(claim->title);
	made.description = text_of(claim->description);
	made.reference = text_of(claim->reference);
	made.tags = text_of(claim->tags);
	made.lists = hit->names;
	return made;
}

/* Of a silent one: its texts are kept until the end; its lists are looked up again then. */
static void hold(Collector *collector, const Indicator *indicator)
{
	GStringChunk *texts = collector->texts;
	Indicator held = *indicator;

	held.value = g_string_chunk_insert(texts, indicator->value);
	held.exception = g_string_chunk_insert_const(texts, indicator->exception);
	held.id = g_string_chunk_insert(texts, indicator->id);
	held.source = g_string_chunk_insert_const(texts, indicator->source);
	held.title = g_string_chunk_insert_const(texts, indicator->title);
	held.description = g_string_chunk_insert_const(texts, indicator->description);
	held.reference = g_string_chunk_insert_const(texts, indicator->reference);
	held.tags = g_string_chunk_insert_const(texts, indicator->tags);
	held.lists = NULL;
	g_array_append_val(collector->held, held);
}

static void tell(Collector *collector, const Indicator *claim, const WarningHit *hit)
{
	Indicator made = make_indicator(collector, claim, hit);

	if (made.is_silent) {
		hold(collector, &made);
		return;
	}
	collector->accepted++;
	collector->sink.indicator(collector->sink.context, &made);
}

/* The claim's value as valid UTF-8. */
static void make_valid(Collector *collector, Indicator *claim)
{
	if (!claim->value)
		claim->value = "";
	if (g_utf8_validate(claim->value, -1, NULL))
		return;
	g_string_truncate(collector->valid, 0);
	text_append_utf8(collector->valid, slice_from_text(claim->value));
	claim->value = collector->valid->str;
}

void collector_add(Collector *collector, const Indicator *claim_as_is, gboolean from_text)
{
	Indicator claim = *claim_as_is;
	Draft *draft = &collector->draft;
	WarningHit hit = { 0 };
	gboolean is_settled;

	make_valid(collector, &claim);
	watch_hashes(collector, &claim, words_trim(slice_from_text(claim.value)));
	is_settled = draft_settle(draft, claim.kind, slice_from_text(claim.value)) &&
		draft_settle_exception(draft, claim.exception);
	if (!is_settled) {
		note_claim(collector, draft->problem_kind, &claim, draft->problem->str);
		return;
	}
	if (from_text && !passes_free_text(collector, &claim))
		return;
	if (!passes_checks(collector, &claim, &hit) || !is_new(collector, &claim))
		return;
	tell(collector, &claim, &hit);
}

void collector_add_rule(
	Collector *collector, const char *engine, const char *name, guint line, Slice text)
{
	collector->rules++;
	collector->sink.rule(collector->sink.context, engine, name ? name : "", line, text);
}

/* ---- the end ---- */

/* Tells of the silent ones of which nobody said otherwise. */
static void tell_held(Collector *collector)
{
	for (guint i = 0; i < collector->held->len; i++) {
		Indicator *held = &g_array_index(collector->held, Indicator, i);
		gboolean is_first;
		WarningHit hit;
		SeenValue *seen;

		collector->draft.kind = held->kind;
		g_string_assign(collector->draft.value, held->value);
		g_string_assign(collector->draft.exception, held->exception);
		seen = seen_set_take(collector->seen, make_key(collector, held, 0), &is_first);
		if (seen->is_alerting)
			continue;
		note_claim(collector, INTEL_SILENT, held,
			"must not alert, says its source: kept for context");
		(void)warning_lists_look_up(collector->lists, held->kind, held->value, &hit);
		held->lists = hit.names;
		collector->sink.indicator(collector->sink.context, held);
	}
}

void collector_finish(Collector *collector, const char *format, const char *sha256)
{
	char value[66];
	guint line;
	g_autofree char *shift = hash_shift_finish(&collector->shift, &line, value);
	IntelSource source = {
		.path = collector->path, .format = format, .name = collector->name, .sha256 = sha256
	};

	if (shift)
		collector_note(collector, INTEL_SUSPICIOUS, line, value, shift);
	tell_held(collector);
	source.accepted = collector->accepted;
	source.rules = collector->rules;
	for (guint i = 0; i < INTEL_N_NOTE_KINDS; i++)
		source.notes[i] = collector->notes[i];
	collector->sink.source(collector->sink.context, &source);
}
