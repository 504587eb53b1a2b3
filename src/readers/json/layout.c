/* SPDX-License-Identifier: Apache-2.0 */
#include "readers/json/layout.h"

#include "base/limits.h"
#include "readers/json/event-time.h"
#include "readers/json/parse.h"
#include "readers/text/line-format.h"
#include "readers/text/scan.h"

#define FIRST_READ     (64u << 10)
#define PROBE_LINES    5 /* of which one must be whole */
#define MAX_LEVELS     4
#define AHEAD_BYTES    (64u << 10) /* of an object, by which envelopes are told from events */
#define SCORE_DIALECT  90
#define SCORE_TIMED    80
#define SCORE_OBJECT   60
#define SCORE_LATE     40 /* the first line is no JSON */
#define SCORE_SETTINGS 15 /* one object without time: hardly a log */

/* ---- between objects ---- */

/* Behind the value at @at; text.size where it does not end. */
static gsize skip_value(Slice text, gsize at)
{
	Skipping skipping = { 0 };
	gboolean done;

	if (at < text.size &&
		(text.data[at] == '"' || text.data[at] == '{' || text.data[at] == '['))
		return token_skip(text, at, &skipping, &done);
	return token_bare(text, at);
}

static gboolean opens(Slice text, gsize at, guint8 bracket)
{
	return at < text.size && text.data[at] == bracket;
}

/* TRUE where the array at @at has objects, or nothing, in it. */
static gboolean holds_events(Slice text, gsize at)
{
	gsize first = token_space(text, at + 1);

	return opens(text, at, '[') && (opens(text, first, '{') || opens(text, first, ']'));
}

/* The key at *at; then *at is its value's place. FALSE where the text does not have all of that. */
static gboolean take_key(Slice text, gsize *at, Slice *ret)
{
	gboolean escapes;
	gsize end;

	if (!opens(text, *at, '"'))
		return FALSE;
	end = token_string(text, *at + 1, &escapes);
	*ret = slice_sub(text, *at + 1, end - *at - 1);
	*at = token_space(text, end + 1);
	if (!opens(text, *at, ':'))
		return FALSE;
	*at = token_space(text, *at + 1);
	return *at < text.size;
}

static gsize skip_separators(Slice text, gsize at)
{
	while (at < text.size && (text.data[at] <= ' ' || text.data[at] == ','))
		at++;
	return at;
}

/* Whether the object at @at begins as envelopes do; then *ret_at is its array, in *ret_levels
 * objects. */
static gboolean find_array(Slice text, gsize at, gsize *ret_at, guint *ret_levels)
{
	guint n_levels = 1;
	Slice name;

	for (at++;;) {
		at = skip_separators(text, at);
		if (!take_key(text, &at, &name))
			return FALSE;

		EnvelopeKey key = dialects_envelope_key(name);

		if (key == ENVELOPE_OTHER)
			return FALSE;
		if (key == ENVELOPE_EVENTS && holds_events(text, at)) {
			*ret_at = at;
			*ret_levels = n_levels;
			return TRUE;
		}
		if (key == ENVELOPE_EVENTS && opens(text, at, '{') && n_levels < MAX_LEVELS) {
			n_levels++; /* "hits": {"hits": […]} */
			at++;
			continue;
		}
		at = skip_value(text, at);
	}
}

/* TRUE where the object ends with the text, and has a field that no envelope has. */
static gboolean has_other_field(Slice text, gsize at)
{
	gboolean found = FALSE;
	Slice name;

	for (;;) {
		at = skip_separators(text, at);
		if (!take_key(text, &at, &name))
			return found && opens(text, at, '}');
		found = found || dialects_envelope_key(name) == ENVELOPE_OTHER;
		at = skip_value(text, at);
	}
}

static gboolean has_time(const Parser *parser, guint dialect)
{
	for (guint i = 0; i < parser->matters->len; i++) {
		const Leaf *leaf = &parser->leaves[g_array_index(parser->matters, guint, i)];
		const Value value = { .type = leaf->type, .bytes = leaf->bytes };
		Instant time;

		if (leaf->name->traits.time[dialect] && event_time_read(&value, &time))
			return TRUE;
	}
	return FALSE;
}

/* TRUE where the object at @at has a time, or is of a known product. */
static gboolean is_surely_event(Slice text, gsize at)
{
	g_auto(Parser) parser = { 0 };
	Names *names = names_new();
	guint dialect;
	gboolean is_event;
	gsize end;

	parser_init(&parser);
	is_event = parser_read(&parser, names, text, at, &end) == PARSE_WHOLE;
	dialect = dialects_recognise(parser.tells);
	is_event = is_event && (dialect + 1 < dialects_count() || has_time(&parser, dialect));
	names_free(names);
	return is_event;
}

/*
 * A basket of things is an event, a list of events is none: what is small, has fields of its own
 * behind the array, and elements that are no events by themselves is not taken apart.
 */
static gboolean is_event_with_list(Slice text, gsize array)
{
	gsize first = token_space(text, array + 1);

	return has_other_field(text, skip_value(text, array)) &&
		!(opens(text, first, '{') && is_surely_event(text, first));
}

/* At a '{' outside of envelopes. */
static FindResult enter(Finder *f, Slice text, gsize *at)
{
	Slice seen = slice_sub(text, 0, *at + AHEAD_BYTES);
	gsize array;
	guint n_levels;

	if (!find_array(text, *at, &array, &n_levels))
		return FIND_OBJECT;
	if (!f->is_last && text.size - *at < AHEAD_BYTES)
		return FIND_MORE;
	if (n_levels == 1 && array < seen.size && is_event_with_list(seen, array))
		return FIND_OBJECT;
	f->n_levels = n_levels;
	f->envelope_array = f->n_arrays;
	*at = array;
	return FIND_END;
}

/* One character between objects; TRUE where it may stand there. */
static gboolean pass(Finder *f, guint8 c)
{
	if (c == '[') {
		f->n_arrays++;
		return TRUE;
	}
	if (c != ']')
		return c == ',';
	f->n_arrays -= f->n_arrays > 0;
	f->is_behind = f->n_levels > 0 && f->n_arrays == f->envelope_array;
	return TRUE;
}

/* At a key behind an envelope's array: FIND_END to go on behind it. */
static FindResult take_field(Finder *f, Slice text, gsize *at)
{
	gsize value = *at, end;
	Slice name = SLICE_EMPTY;
	gboolean is_whole = take_key(text, &value, &name);
	EnvelopeKey key = dialects_envelope_key(name);
	guint8 first = is_whole ? text.data[value] : 0;

	end = is_whole ? skip_value(text, value) : text.size;
	if (end >= text.size && !f->is_last && text.size - *at < AHEAD_BYTES)
		return FIND_MORE;
	if (!is_whole)
		return FIND_OTHER;
	if (key == ENVELOPE_EVENTS && holds_events(text, value)) {
		f->is_behind = FALSE;
		*at = value;
		return FIND_END;
	}
	if (key == ENVELOPE_OTHER) {
		f->n_unread++;
		f->unread_at = *at;
	}
	if (end < text.size || !strchr("\"{[", first)) {
		*at = end;
		return FIND_END;
	}
	f->skipping = (Skipping){ 0 };
	f->is_skipping = TRUE;
	*at = value;
	return FIND_END;
}

/* Behind the array of an envelope: FIND_END to go on. */
static FindResult pass_behind(Finder *f, Slice text, gsize *at)
{
	FindResult result = FIND_OTHER;

	if (opens(text, *at, ',')) {
		(*at)++;
		return FIND_END;
	}
	if (opens(text, *at, '}')) {
		(*at)++;
		f->is_behind = --f->n_levels > 0;
		return FIND_END;
	}
	if (opens(text, *at, '"'))
		result = take_field(f, text, at);
	if (result == FIND_OTHER) {
		f->is_behind = FALSE;
		f->n_levels = 0;
	}
	return result;
}

FindResult finder_next(Finder *f, Slice text, gsize *at)
{
	for (;;) {
		FindResult result = FIND_END;

		if (f->is_skipping) {
			gboolean done;

			*at = token_skip(text, *at, &f->skipping, &done);
			f->is_skipping = !done;
		}
		*at = token_space(text, *at);
		if (*at >= text.size)
			return FIND_END;
		if (f->is_behind)
			result = pass_behind(f, text, at);
		else if (text.data[*at] == '{')
			result = f->n_levels > 0 ? FIND_OBJECT : enter(f, text, at);
		else if (pass(f, text.data[*at]))
			(*at)++;
		else
			result = FIND_OTHER;
		if (result != FIND_END)
			return result;
	}
}

void layout_tell_unread(const ReaderReport *report, guint64 n, guint64 offset)
{
	g_autofree char *note = g_strdup_printf(
		"%" G_GUINT64_FORMAT " field%s beside the events of envelopes %s no events "
		"and %s not read",
		n, n == 1 ? "" : "s", n == 1 ? "is" : "are", n == 1 ? "was" : "were");
	const Gap gap = { .kind = GAP_UNSUPPORTED, .offset = offset, .note = note };

	if (n > 0)
		report->gap(report->context, &gap);
}

static gboolean looks_like_event(Slice text, gsize at)
{
	gsize after = token_space(text, at + 1), before = at;

	if (!opens(text, after, '"') && !opens(text, after, '}'))
		return FALSE;
	while (before > 0 && text.data[before - 1] <= ' ' && text.data[before - 1] != '\n')
		before--;
	if (before == 0)
		return TRUE;
	before--;
	return text.data[before] == '\n' || text.data[before] == ',' || text.data[before] == '}' ||
		text.data[before] == ']';
}

gsize finder_resume(Slice text, gsize at)
{
	while (at < text.size) {
		at = scan_byte(text, at, '{');
		if (at < text.size && looks_like_event(text, at))
			return at;
		at++;
	}
	return text.size;
}

gboolean layout_is_record_line(Slice text, gsize at, gsize end)
{
	Slice rest;
	guint64 number;

	while (end > at && text.data[end - 1] <= ' ')
		end--;

	Slice words = slice_sub(text, at, end - at);

	return scan_skip_prefix(words, "Record ", &rest) && scan_number(rest, &number);
}

/* ---- the start of a file ---- */

static GString *head_text(Slice head, gsize *ret_mark_bytes)
{
	GString *text = g_string_sized_new(head.size);
	const LineFormat format = { .encoding = line_format_encoding(head, ret_mark_bytes) };
	Slice rest = slice_sub(head, *ret_mark_bytes, head.size);

	if (format.encoding == TEXT_BYTES)
		g_string_append_len(text, (const char *)rest.data, (gssize)rest.size);
	else
		line_format_append_utf16(&format, text, slice_sub(rest, 0, rest.size & ~(gsize)1));
	return text;
}

/* The first line that is not empty, from *at on; FALSE where it does not end. */
static gboolean first_line(Slice text, gsize *at, Slice *ret)
{
	*at = token_space(text, *at);

	gsize end = scan_byte(text, *at, '\n');

	if (end >= text.size)
		return FALSE;
	*ret = slice_sub(text, *at, end - *at);
	*at = end + 1;
	return TRUE;
}

/* TRUE where @line is one object, perhaps with what stands between elements of an array. */
static gboolean is_one_object(Parser *parser, Names *names, Slice line)
{
	Finder finder = { .is_last = TRUE };
	gsize at = 0, end;

	return finder_next(&finder, line, &at) == FIND_OBJECT && finder.n_levels == 0 &&
		parser_read(parser, names, line, at, &end) == PARSE_WHOLE &&
		finder_next(&finder, line, &end) == FIND_END;
}

static gboolean is_bracket(Slice line)
{
	Slice text = scan_trim(line);

	return text.size == 1 && text.data[0] == '[';
}

static JsonLayout find_layout(Slice text)
{
	g_auto(Parser) parser = { 0 };
	Names *names = names_new();
	JsonLayout layout = LAYOUT_STREAM;
	gsize at = 0;
	Slice line;

	parser_init(&parser);
	for (guint i = 0; i < PROBE_LINES && first_line(text, &at, &line); i++) {
		gboolean starts = opens(line, 0, '{') || opens(line, 0, '[');

		if (is_one_object(&parser, names, line)) {
			layout = LAYOUT_LINES;
			break;
		}
		if (starts && !is_bracket(line))
			break;
	}
	names_free(names);
	return layout;
}

gboolean layout_find(const Source *source, JsonLayout *ret, GError **error)
{
	g_autofree guint8 *bytes = NULL;
	gsize room = FIRST_READ;

	for (;;) {
		bytes = g_realloc(bytes, room);

		gssize size = source_read(source, 0, bytes, room, error);
		gsize mark_bytes, at = 0;
		Slice line;

		if (size < 0)
			return FALSE;

		GString *text = head_text(slice_make(bytes, (gsize)size), &mark_bytes);
		Slice read = slice_make(text->str, text->len);
		gboolean known = first_line(read, &at, &line) || (gsize)size < room ||
			room >= LIMIT_LINE_BYTES;

		if (known)
			*ret = find_layout(read);
		g_string_free(text, TRUE);
		if (known)
			return TRUE;
		room = MIN(room * 8, LIMIT_LINE_BYTES);
	}
}

/* ---- probe ---- */

/* The score of the object at @at, by what is seen of it. */
static guint score_object(Parser *parser, Names *names, Slice text, gsize at, gboolean is_all)
{
	gsize end;
	ParseResult result = parser_read(parser, names, text, at, &end);
	guint dialect = dialects_recognise(parser->tells);

	if (result == PARSE_BAD || (result == PARSE_SHORT && parser->n_leaves == 0))
		return 0;
	if (dialect + 1 < dialects_count())
		return SCORE_DIALECT;
	if (has_time(parser, dialect))
		return SCORE_TIMED;
	if (is_all && token_space(text, end) >= text.size)
		return SCORE_SETTINGS;
	return SCORE_OBJECT;
}

static guint score_text(Parser *parser, Names *names, Slice text, gboolean is_all)
{
	Finder finder = { .is_last = TRUE };
	gsize at = 0;
	FindResult found = finder_next(&finder, text, &at);

	if (found == FIND_OTHER) {
		gsize end = scan_byte(text, at, '\n');

		if (!layout_is_record_line(text, at, end))
			return 0;
		at = end;
		found = finder_next(&finder, text, &at);
	}
	if (found == FIND_END)
		return finder.n_arrays > 0 || finder.n_levels > 0 ? SCORE_SETTINGS : 0;
	return found == FIND_OBJECT ? score_object(parser, names, text, at, is_all) : 0;
}

/* A log may begin in the middle of a line. */
static guint score_lines(Parser *parser, Names *names, Slice text)
{
	gsize at = 0;
	Slice line;

	for (guint i = 0; i < PROBE_LINES && first_line(text, &at, &line); i++) {
		if (i > 0 && opens(line, 0, '{') && is_one_object(parser, names, line))
			return SCORE_LATE;
	}
	return 0;
}

guint layout_probe(Slice head, const char *name)
{
	g_auto(Parser) parser = { 0 };
	gsize mark_bytes;
	GString *text = head_text(head, &mark_bytes);
	Slice read = slice_make(text->str, text->len);
	gsize at = token_space(read, 0);
	guint score = 0;

	if (at < read.size && strchr("{[R\"}", read.data[at])) {
		Names *names = names_new();

		parser_init(&parser);
		score = score_text(&parser, names, read, head.size < READER_PROBE_BYTES);
		if (score == 0)
			score = score_lines(&parser, names, read);
		names_free(names);
	}
	g_string_free(text, TRUE);
	return score;
}
