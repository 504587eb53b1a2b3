/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A word ends at a blank, a quote, an angle bracket or a bar; commas and semicolons end it where it
 * is no URL. What punctuation a sentence hangs on it is taken off.
 *
 * In a text that defangs what it means, what is not defanged is meant otherwise: links to
 * references, contacts, examples. Hashes are what they are in either.
 *
 * YARA rules in a text go to their engine whole. Hashes in their metadata are of the samples that
 * they were written after, which the rules look for themselves.
 */
#include "intel/text-scan.h"

#include "base/limits.h"
#include "intel/hash-shift.h"
#include "intel/normal.h"
#include "intel/words.h"

#define CONTEXT_BEFORE	160 /* of a value's sentence */
#define CONTEXT_AFTER	80
#define RULE_HEAD_BYTES 300 /* of a line that may begin a YARA rule */

typedef struct Scan {
	Slice text;
	Collector *collector; /* NULL: only looking */
	gboolean is_defanged; /* the text defangs what it means */
	gboolean has_values, has_defanged;
	Slice rule; /* the name of the YARA rule that the line is in, or empty */
	Slice word_before;
	guint line;
	GString *refanged, *value, *context;
} Scan;

/* ---- words ---- */

static gboolean ends_word(guint8 c)
{
	return c <= ' ' || c == '"' || c == '\'' || c == '<' || c == '>' || c == '|' || c == '`';
}

/* U+00A0, typographic quotes and dashes, bullets: E2 80 xx, C2 A0, C2 AB, C2 BB. */
static gsize wide_separator(Slice s)
{
	if (s.size >= 2 && s.data[0] == 0xc2 &&
		(s.data[1] == 0xa0 || s.data[1] == 0xab || s.data[1] == 0xbb))
		return 2;
	if (s.size >= 3 && s.data[0] == 0xe2 && s.data[1] == 0x80 &&
		((s.data[2] >= 0x80 && s.data[2] <= 0x8a) ||
			(s.data[2] >= 0x90 && s.data[2] <= 0xaf)))
		return 3;
	return 0;
}

/* Takes the next word of *@rest. */
static gboolean next_word(Slice *rest, Slice *ret)
{
	Slice s = *rest;
	gsize start = 0, end;

	while (start < s.size && (ends_word(s.data[start]) || wide_separator(words_from(s, start))))
		start += MAX(wide_separator(words_from(s, start)), 1);
	end = start;
	while (end < s.size && !ends_word(s.data[end]) &&
		(s.data[end] < 0x80 || !wide_separator(words_from(s, end))))
		end++;
	*ret = words_range(s, start, end);
	*rest = words_from(s, end);
	return ret->size > 0;
}

static gboolean is_url_like(Slice word)
{
	gsize colon = words_find(word, 0, ':');

	return colon > 1 && colon + 2 < word.size &&
		(words_find(slice_sub(word, colon, 8), 0, '/') < MIN(8, word.size - colon));
}

static gsize count_byte(Slice s, guint8 byte)
{
	gsize n = 0;

	for (gsize i = words_find(s, 0, byte); i < s.size; i = words_find(s, i + 1, byte))
		n++;
	return n;
}

/* Takes brackets that nothing in the word opens or closes, and marks of sentences, off its ends. */
static Slice trim_punctuation(Slice word)
{
	static const char opening[] = "([{", closing[] = ")]}";
	gboolean is_cut = TRUE;

	/* Each bracket is counted once for each that is cut off: few, or the word is no value. */
	for (guint n = 0; is_cut && word.size > 0 && n < 16; n++) {
		guint8 first = word.data[0], last = word.data[word.size - 1];
		const char *open = strchr(opening, first), *close = strchr(closing, last);

		is_cut = TRUE;
		if (strchr(".,;:!?*_=", last) != NULL)
			word.size--;
		else if (close &&
			count_byte(word, last) > count_byte(word, (guint8)opening[close - closing]))
			word.size--;
		else if (strchr("*_=", first) != NULL ||
			(open &&
				count_byte(word, first) >
					count_byte(word, (guint8)closing[open - opening])))
			word = words_from(word, 1);
		else
			is_cut = FALSE;
	}
	return word;
}

/* Most words are no values: of these no copy is made. */
static gboolean may_be_value(Slice word)
{
	if (word.size < 4 || word.size > LIMIT_INTEL_VALUE_BYTES)
		return FALSE;
	if (hash_shift_concerns(word))
		return TRUE;
	for (gsize i = 1; i + 1 < word.size; i++) {
		guint8 c = word.data[i];

		if (c == '.' || c == '[' || c == '(' || c == '{' || c == ':')
			return TRUE;
	}
	return FALSE;
}

/* ---- what is said of a value ---- */

/* The sentence that @word stands in, as far as it helps, on one line. */
static void make_context(Scan *scan, Slice word)
{
	gsize at = (gsize)(word.data - scan->text.data), start = at, end = at + word.size;
	gsize stop = MIN(scan->text.size, end + CONTEXT_AFTER);

	while (start > 0 && at - start < CONTEXT_BEFORE) {
		guint8 c = scan->text.data[start - 1];

		if (c == '\n' && start > 1 && scan->text.data[start - 2] == '\n')
			break;
		if (words_is_blank(scan->text.data[start]) && strchr(".!?", c))
			break;
		start--;
	}
	while (start < at && (scan->text.data[start] & 0xc0) == 0x80)
		start++;
	while (end < stop && scan->text.data[end] != '\n')
		end++;
	while (end > at + word.size && end < scan->text.size &&
		(scan->text.data[end] & 0xc0) == 0x80)
		end--;
	g_string_truncate(scan->context, 0);
	words_append(scan->context, words_trim(words_range(scan->text, start, end)));
	for (gsize i = 0; i < scan->context->len; i++) {
		if ((guint8)scan->context->str[i] < ' ')
			scan->context->str[i] = ' ';
	}
}

static void note(Scan *scan, IntelNoteKind kind, const char *reason)
{
	collector_note(scan->collector, kind, scan->line, scan->value->str, reason);
}

static gboolean is_version(Slice word)
{
	static const char *const words[] = { "version", "versions", "ver", "v", "release", "build",
		"firmware", "update" };

	word = trim_punctuation(word);
	for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
		if (words_equal(word, words[i]))
			return TRUE;
	}
	return FALSE;
}

static gboolean is_hash(IndicatorKind kind)
{
	return kind == INDICATOR_MD5 || kind == INDICATOR_SHA1 || kind == INDICATOR_SHA256;
}

/* Why a value is no claim, or NULL. */
static const char *against(const Scan *scan, IndicatorKind kind, gboolean is_defanged)
{
	if (is_hash(kind))
		return NULL;
	if (kind == INDICATOR_ADDRESS && is_version(scan->word_before))
		return "is the number of a version, by the word before it: not taken";
	if (scan->is_defanged && !is_defanged && kind != INDICATOR_FILE_NAME)
		return "is not defanged in a text that defangs what it means: not taken";
	return NULL;
}

static void claim_value(Scan *scan, IndicatorKind kind, Slice word, gboolean is_defanged)
{
	Indicator claim = {
		.kind = INDICATOR_ANY,
		.confidence = INDICATOR_CONFIDENCE_UNKNOWN,
		.valid_from = INSTANT_NONE,
		.valid_until = INSTANT_NONE,
		.line = scan->line,
	};
	const char *why;

	g_string_truncate(scan->value, 0);
	words_append(scan->value, word);
	if (scan->rule.size > 0) {
		g_autofree char *reason = g_strdup_printf(
			"stands in the YARA rule %.*s, which is looked for itself: not taken",
			(int)MIN(scan->rule.size, 100), scan->rule.data);

		note(scan, INTEL_SUSPICIOUS, reason);
		return;
	}
	why = against(scan, kind, is_defanged);
	if (why) {
		note(scan, INTEL_REJECTED, why);
		return;
	}
	make_context(scan, word);
	claim.value = scan->value->str;
	claim.description = scan->context->str;
	collector_add(scan->collector, &claim, TRUE);
}

static gboolean is_network_kind(IndicatorKind kind)
{
	return kind == INDICATOR_HOST || kind == INDICATOR_ADDRESS || kind == INDICATOR_NETWORK ||
		kind == INDICATOR_URL || kind == INDICATOR_EMAIL;
}

static void look_at(Scan *scan, Slice word)
{
	gboolean is_defanged;
	IndicatorKind kind;
	Slice refanged;

	word = trim_punctuation(word);
	if (!may_be_value(word))
		return;
	g_string_truncate(scan->refanged, 0);
	normal_append_refanged(scan->refanged, word);
	refanged = slice_make(scan->refanged->str, scan->refanged->len);
	is_defanged = !slice_equal(refanged, word);
	kind = normal_detect(refanged);
	if (!is_network_kind(kind) && !is_hash(kind) && kind != INDICATOR_FILE_NAME &&
		!hash_shift_concerns(word))
		return;
	scan->has_values |= kind != INDICATOR_FILE_NAME && kind != INDICATOR_ANY;
	scan->has_defanged |= is_defanged && is_network_kind(kind);
	if (scan->collector)
		claim_value(scan, kind, word, is_defanged);
}

static void look_at_line(Scan *scan, Slice line)
{
	Slice word, part;

	scan->word_before = SLICE_EMPTY;
	while (next_word(&line, &word)) {
		if (is_url_like(word)) {
			look_at(scan, word);
		} else {
			Slice rest = word;

			while (words_next_part(&rest, ',', &part)) {
				Slice more = part, piece;

				while (words_next_part(&more, ';', &piece))
					look_at(scan, piece);
			}
		}
		scan->word_before = word;
	}
}

/* ---- YARA rules ---- */

static gboolean is_identifier(Slice s)
{
	if (s.size == 0 || g_ascii_isdigit(s.data[0]))
		return FALSE;
	for (gsize i = 0; i < s.size; i++) {
		if (!g_ascii_isalnum(s.data[i]) && s.data[i] != '_')
			return FALSE;
	}
	return TRUE;
}

/* "private rule Name : tags {": the name. */
static gboolean begins_rule(Slice line, Slice *ret_name)
{
	Slice word, rest = words_trim(line);
	gboolean is_rule = FALSE;

	while (!is_rule && words_next_part(&rest, ' ', &word)) {
		is_rule = words_equal(word, "rule");
		if (!is_rule && !words_equal(word, "private") && !words_equal(word, "global"))
			return FALSE;
	}
	rest = words_trim(rest);
	for (ret_name->size = 0; ret_name->size < rest.size &&
		(g_ascii_isalnum(rest.data[ret_name->size]) || rest.data[ret_name->size] == '_');)
		ret_name->size++;
	*ret_name = slice_sub(rest, 0, ret_name->size);
	rest = words_trim(words_from(rest, ret_name->size));
	return is_rule && is_identifier(*ret_name) &&
		(rest.size == 0 || rest.data[0] == ':' || rest.data[0] == '{');
}

/* How many bytes the rule at the start of @text has, up to the line of its closing brace; 0 where
 * it has none, or no condition. */
static gsize rule_size(Slice text)
{
	Slice rest = slice_sub(text, 0, LIMIT_RULE_VALUE_BYTES), whole = rest, line, name;
	gboolean has_condition = FALSE, is_first = TRUE;

	while (words_next_line(&rest, &line)) {
		line = words_trim(line);
		/* As scan_text() looks: each line that it takes for a beginning ends the search. */
		if (!is_first && begins_rule(slice_sub(line, 0, RULE_HEAD_BYTES), &name))
			return 0;
		is_first = FALSE;
		has_condition |= words_has_prefix(line, "condition");
		if (words_equal(line, "}"))
			return has_condition
				? (gsize)(rest.data ? rest.data - whole.data : (gssize)whole.size)
				: 0;
	}
	return 0;
}

static void tell_rule(Scan *scan, Slice name, Slice text)
{
	g_autofree char *own = g_strndup((const char *)name.data, MIN(name.size, 200));

	if (scan->collector)
		collector_add_rule(scan->collector, "yara", own, scan->line, text);
}

/* ---- the text ---- */

static void scan_text(Scan *scan)
{
	Slice rest = scan->text, line, name;
	gsize rule_end = 0; /* where the rule at hand ends in the text */

	for (scan->line = 1;; scan->line++) {
		gsize at = rest.data ? (gsize)(rest.data - scan->text.data) : scan->text.size;

		if (at >= rule_end)
			scan->rule = SLICE_EMPTY;
		if (at >= rule_end && begins_rule(slice_sub(rest, 0, RULE_HEAD_BYTES), &name)) {
			gsize size = rule_size(rest);

			if (size > 0) {
				scan->rule = name;
				rule_end = at + size;
				tell_rule(scan, name, slice_sub(rest, 0, size));
			}
		}
		if (!words_next_line(&rest, &line))
			return;
		look_at_line(scan, line);
	}
}

static void scan_run(Scan *scan)
{
	scan->refanged = g_string_new(NULL);
	scan->value = g_string_new(NULL);
	scan->context = g_string_new(NULL);
	scan_text(scan);
	(void)g_string_free(scan->refanged, TRUE);
	(void)g_string_free(scan->value, TRUE);
	(void)g_string_free(scan->context, TRUE);
}

gboolean text_scan_has_values(Slice text)
{
	Scan scan = { .text = text };

	scan_run(&scan);
	return scan.has_values;
}

void text_scan_claim(Slice text, Collector *collector)
{
	Scan looked = { .text = text }, scan = { .text = text, .collector = collector };

	scan_run(&looked);
	scan.is_defanged = looked.has_defanged;
	if (!looked.has_values)
		collector_note(collector, INTEL_REJECTED, 0, "",
			"is a text in which nothing looks like an indicator");
	scan_run(&scan);
}
