/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Indicator files of Loki and THOR, as signature-base has them. What a file holds, words in its
 *name say ("my-c2-iocs.txt"); the commoner two are also known by their contents:
 *
 *	filename      # a description of the lines below
 *	              REGEX;SCORE[;REGEX of what is not meant]
 *	hash          HASH[;SCORE];DESCRIPTION
 *	c2            HOST or ADDRESS[;SCORE]
 *	handles       names of mutexes and other objects
 *	pipes         names of pipes
 *	trusted-hash  HASH[;DESCRIPTION]: never alerts
 *	keywords      strings to look for anywhere
 *
 * Loki itself uses the exception of a line for all lines behind it; here it is the line's own.
 */
#include "intel/loki.h"

#include "intel/claim.h"
#include "intel/words.h"

#define PROBE_LINES 400
#define SCORE_NAMED 90 /* named so, and looks so: more than a table of the same look */
#define SCORE_LOOKS 85
#define SCORE_NAME  75 /* named so alone: less than a table with a heading */

typedef enum LokiKind {
	LOKI_TRUSTED_HASH,
	LOKI_FILENAME,
	LOKI_HASH,
	LOKI_C2,
	LOKI_HANDLES,
	LOKI_PIPES,
	LOKI_KEYWORDS,
	LOKI_N_KINDS,
} LokiKind;

static const struct {
	const char *word;
	LokiKind kind;
} name_words[] = {
	{ "trusted-hash", LOKI_TRUSTED_HASH },
	{ "falsepositive-hash", LOKI_TRUSTED_HASH },
	{ "filename", LOKI_FILENAME },
	{ "hash", LOKI_HASH },
	{ "c2", LOKI_C2 },
	{ "handles", LOKI_HANDLES },
	{ "pipes", LOKI_PIPES },
	{ "keyword", LOKI_KEYWORDS },
};

/* As THOR has it: a word of the name, between signs that are no letters. */
static LokiKind kind_by_name(const char *name)
{
	g_autofree char *lower = g_ascii_strdown(name, -1);

	for (guint i = 0; i < G_N_ELEMENTS(name_words); i++) {
		const char *at = strstr(lower, name_words[i].word);

		if (at && (at == lower || !g_ascii_isalnum(at[-1])))
			return name_words[i].kind;
	}
	return LOKI_N_KINDS;
}

/* ---- lines ---- */

typedef struct Parts {
	Slice value, title, exception;
	int score; /* -1: none */
	gboolean is_negative;
} Parts;

static gboolean parse_score(Slice text, Parts *parts)
{
	int number = 0;

	text = words_trim(text);
	parts->is_negative = text.size > 1 && text.data[0] == '-';
	if (parts->is_negative)
		text = words_from(text, 1);
	if (text.size == 0 || text.size > 4)
		return FALSE;
	for (gsize i = 0; i < text.size; i++) {
		if (!g_ascii_isdigit(text.data[i]))
			return FALSE;
		number = number * 10 + (text.data[i] - '0');
	}
	parts->score = MIN(number, 100);
	return TRUE;
}

/* REGEX;SCORE[;REGEX]: the first ";" that a number follows, up to the end or another ";". */
static gboolean split_filename(Slice line, Parts *parts)
{
	for (gsize at = words_find(line, 0, ';'); at < line.size;
		at = words_find(line, at + 1, ';')) {
		gsize end = words_find(line, at + 1, ';');

		if (!parse_score(words_range(line, at + 1, end), parts))
			continue;
		parts->value = words_trim(slice_sub(line, 0, at));
		parts->exception = words_trim(words_from(line, end + 1));
		return parts->value.size > 0;
	}
	return FALSE;
}

/* VALUE[;SCORE][;DESCRIPTION] */
static void split_value(Slice line, Parts *parts)
{
	gsize at = words_find(line, 0, ';'), end;
	Slice rest = words_from(line, at + 1);

	parts->value = words_trim(slice_sub(line, 0, at));
	end = words_find(rest, 0, ';');
	if (parse_score(slice_sub(rest, 0, end), parts))
		rest = words_from(rest, end + 1);
	parts->title = words_trim(rest);
}

/* ---- reading ---- */

typedef struct Reading {
	Collector *collector;
	LokiKind kind;
	Claim claim;
	GString *comment, *value, *exception;
} Reading;

static IndicatorKind kind_of_values(LokiKind kind)
{
	switch (kind) {
	case LOKI_FILENAME:
		return INDICATOR_FILE_PATTERN;
	case LOKI_HANDLES:
		return INDICATOR_MUTEX;
	case LOKI_PIPES:
		return INDICATOR_PIPE;
	default:
		return INDICATOR_ANY;
	}
}

static void set_text(GString *ret, Slice text)
{
	g_string_truncate(ret, 0);
	for (gsize i = 0; i < text.size; i++)
		g_string_append_c(ret, text.data[i] ? (char)text.data[i] : ' ');
}

static void add_references(Claim *claim, const char *text)
{
	for (const char *at = text; (at = strstr(at, "http"));) {
		gsize size = strcspn(at, " \t\"'<>");
		g_autofree char *url = g_strndup(at, size);

		if (g_str_has_prefix(url, "http://") || g_str_has_prefix(url, "https://"))
			claim_add_reference(claim, url);
		at += size;
	}
}

static void tell(Reading *reading, const Parts *parts, guint line)
{
	Claim *claim = &reading->claim;

	claim_reset(claim);
	claim->is.line = line;
	claim->is.is_silent = reading->kind == LOKI_TRUSTED_HASH;
	if (parts->score >= 0)
		claim->is.confidence = (guint)parts->score;
	set_text(reading->value, parts->title);
	claim_append(claim->title, "",
		reading->value->len ? reading->value->str : reading->comment->str);
	add_references(claim, claim->title->str);
	set_text(reading->exception, parts->exception);
	claim->is.exception = reading->exception->str;
	set_text(reading->value, parts->value);
	claim_tell(claim, reading->collector, kind_of_values(reading->kind), reading->value->str);
}

static void note(Reading *reading, IntelNoteKind kind, Slice line, guint number, const char *reason)
{
	set_text(reading->value, words_cut(line, 4096));
	collector_note(reading->collector, kind, number, reading->value->str, reason);
}

static void read_value(Reading *reading, Slice line, guint number)
{
	Parts parts = { .score = -1 };

	if (reading->kind == LOKI_KEYWORDS) {
		note(reading, INTEL_UNSUPPORTED, line, number,
			"is a keyword, to be looked for anywhere: a YARA or Sigma rule can say "
			"where");
		return;
	}
	if (reading->kind == LOKI_FILENAME && !split_filename(line, &parts)) {
		note(reading, INTEL_REJECTED, line, number,
			"has no score behind its expression (REGEX;SCORE)");
		return;
	}
	if (reading->kind != LOKI_FILENAME)
		split_value(line, &parts);
	if (parts.is_negative) {
		note(reading, INTEL_UNSUPPORTED, line, number,
			"has a score below zero, which lowers those of others");
		return;
	}
	tell(reading, &parts, number);
}

static void read_lines(Reading *reading, Slice text)
{
	Slice line;

	for (guint number = 1; words_next_line(&text, &line); number++) {
		line = words_trim(line);
		if (line.size == 0)
			continue;
		if (line.data[0] != '#') {
			read_value(reading, line, number);
			continue;
		}
		while (line.size > 0 && strchr("#- \t", line.data[0]))
			line = words_from(line, 1);
		if (line.size > 0)
			set_text(reading->comment, words_cut(line, 1024));
	}
}

/* ---- which ---- */

static gboolean is_hash_line(Slice line)
{
	gsize end = words_find(line, 0, ';');

	for (gsize i = 0; i < end; i++) {
		if (!g_ascii_isxdigit(line.data[i]))
			return FALSE;
	}
	return end < line.size && (end == 32 || end == 40 || end == 64);
}

/* What the lines look like; LOKI_N_KINDS where like neither. */
static LokiKind kind_by_looks(Slice text)
{
	guint n_lines = 0, n_filenames = 0, n_hashes = 0;
	Slice line;

	while (n_lines < PROBE_LINES && words_next_line(&text, &line)) {
		Parts parts = { .score = -1 };

		line = words_trim(line);
		if (line.size == 0 || line.data[0] == '#')
			continue;
		n_lines++;
		n_filenames += split_filename(line, &parts) && !is_hash_line(line) &&
			words_find(parts.value, 0, '\\') < parts.value.size;
		n_hashes += is_hash_line(line);
	}
	if (n_lines > 0 && n_filenames * 2 > n_lines)
		return LOKI_FILENAME;
	return n_lines > 0 && n_hashes * 2 > n_lines ? LOKI_HASH : LOKI_N_KINDS;
}

static gboolean is_text(Slice text)
{
	text = slice_sub(text, 0, 4096);
	return text.size > 0 && words_find(text, 0, 0) == text.size && text.data[0] != '{' &&
		text.data[0] != '[' && text.data[0] != '<';
}

/* Files that others write have "hash" or "domains" in their names, too: looks have to agree. */
static LokiKind kind_of(Slice text, const char *name, guint *ret_score)
{
	LokiKind named = kind_by_name(name), looks = kind_by_looks(text);

	*ret_score = 0;
	if (!is_text(text))
		return LOKI_N_KINDS;
	if (looks == LOKI_FILENAME &&
		(named == LOKI_HANDLES || named == LOKI_PIPES || named == LOKI_KEYWORDS))
		looks = LOKI_N_KINDS; /* names of objects have "\\" and scores as well */
	if (looks != LOKI_N_KINDS) {
		*ret_score = named == looks ? SCORE_NAMED : SCORE_LOOKS;
		return named == LOKI_TRUSTED_HASH && looks == LOKI_HASH ? named : looks;
	}
	if ((named == LOKI_C2 || named == LOKI_TRUSTED_HASH || named == LOKI_HANDLES ||
		    named == LOKI_PIPES || named == LOKI_KEYWORDS) &&
		g_str_has_suffix(name, ".txt"))
		*ret_score = SCORE_NAME;
	return named;
}

static guint loki_probe(Slice text, const char *name)
{
	guint score;

	(void)kind_of(text, name, &score);
	return score;
}

static void loki_read(Slice text, const char *name, Collector *collector)
{
	Reading reading = { .collector = collector };
	guint score;

	reading.kind = kind_of(text, name, &score);
	reading.comment = g_string_new(NULL);
	reading.value = g_string_new(NULL);
	reading.exception = g_string_new(NULL);
	claim_init(&reading.claim);
	read_lines(&reading, text);
	claim_clear(&reading.claim);
	(void)g_string_free(reading.comment, TRUE);
	(void)g_string_free(reading.value, TRUE);
	(void)g_string_free(reading.exception, TRUE);
}

const IntelFormat intel_loki = {
	.name = "loki",
	.description = "indicator files of Loki and THOR",
	.docs = "docs/intelligence.md",
	.probe = loki_probe,
	.read = loki_read,
};
