/* SPDX-License-Identifier: Apache-2.0 */
#include "engines/sigma/pattern.h"

#include "base/limits.h"
#include "base/text.h"

#define N_DASHES	 5
#define SPREAD_MAX_BYTES (1u << 20) /* dashes of longer values are left to an expression */

/* Hyphen-minus, solidus, en dash, em dash, horizontal bar. */
static const char *const dashes[N_DASHES] = { "-", "/", "\xE2\x80\x93", "\xE2\x80\x94",
	"\xE2\x80\x95" };

/* ---- units --------------------------------------------------------------------------------------
 */

static guint16 unit_at(const Pattern *pattern, guint index)
{
	return g_array_index(pattern, guint16, index);
}

static Pattern *pattern_new(guint reserved)
{
	return g_array_sized_new(FALSE, FALSE, sizeof(guint16), reserved);
}

static void add_unit(Pattern *pattern, guint16 unit)
{
	g_array_append_val(pattern, unit);
}

static void add_text(Pattern *pattern, const char *text)
{
	for (; *text; text++)
		add_unit(pattern, (guint8)*text);
}

static gboolean is_special(guint8 c)
{
	return c == '*' || c == '?' || c == '\\';
}

Pattern *pattern_parse(Slice text)
{
	Pattern *pattern = pattern_new((guint)text.size + 2);
	guint16 *units;
	guint n = 0;

	g_array_set_size(pattern, (guint)text.size);
	units = (guint16 *)(void *)pattern->data;
	for (gsize i = 0; i < text.size; i++) {
		guint8 c = text.data[i];

		if (c == '\\' && i + 1 < text.size && is_special(text.data[i + 1]))
			units[n++] = text.data[++i];
		else if (c == '*' || c == '?')
			units[n++] = c == '*' ? PATTERN_MANY : PATTERN_ONE;
		else
			units[n++] = c;
	}
	g_array_set_size(pattern, n);
	return pattern;
}

gboolean pattern_is_plain(const Pattern *pattern)
{
	for (guint i = 0; i < pattern->len; i++)
		if (unit_at(pattern, i) > 0xFF)
			return FALSE;
	return TRUE;
}

void pattern_open(Pattern *pattern, gboolean start, gboolean end)
{
	guint16 many = PATTERN_MANY;

	if (start && (pattern->len == 0 || unit_at(pattern, 0) != PATTERN_MANY))
		g_array_prepend_val(pattern, many);
	if (end && (pattern->len == 0 || unit_at(pattern, pattern->len - 1) != PATTERN_MANY))
		add_unit(pattern, many);
}

/* The bytes of a stretch without wildcards. */
static void append_bytes(GString *ret, const Pattern *pattern, guint start, guint end)
{
	for (guint i = start; i < end; i++)
		g_string_append_c(ret, (char)unit_at(pattern, i));
}

GString *pattern_text(const Pattern *pattern)
{
	GString *text = g_string_sized_new(pattern->len + 1);

	append_bytes(text, pattern, 0, pattern->len);
	return text;
}

/* ---- encodings ----------------------------------------------------------------------------------
 */

static void add_utf16_unit(Pattern *pattern, guint unit, gboolean big_endian)
{
	guint8 low = unit & 0xFF, high = (unit >> 8) & 0xFF;

	add_unit(pattern, big_endian ? high : low);
	add_unit(pattern, big_endian ? low : high);
}

static gboolean add_utf16(Pattern *ret, const GString *text, gboolean big_endian)
{
	const char *end = text->str + text->len;

	for (const char *at = text->str; at < end;) {
		gunichar c = g_utf8_get_char_validated(at, end - at);

		if (c == (gunichar)-1 || c == (gunichar)-2) {
			if (*at != '\0') /* GLib takes a NUL for invalid */
				return FALSE;
			c = 0;
		}
		if (c >= 0x10000) {
			add_utf16_unit(ret, 0xD800 + ((c - 0x10000) >> 10), big_endian);
			add_utf16_unit(ret, 0xDC00 + (c & 0x3FF), big_endian);
		} else {
			add_utf16_unit(ret, c, big_endian);
		}
		at = c ? g_utf8_next_char(at) : at + 1;
	}
	return TRUE;
}

gboolean pattern_encode_utf16(Pattern **pattern, gboolean big_endian, gboolean mark)
{
	g_autoptr(Pattern) encoded = pattern_new((*pattern)->len * 2 + 2);
	g_autoptr(GString) stretch = g_string_new(NULL);
	guint n = (*pattern)->len;

	if (mark)
		add_utf16_unit(encoded, 0xFEFF, big_endian);
	for (guint i = 0; i <= n; i++) {
		if (i < n && unit_at(*pattern, i) <= 0xFF) {
			g_string_append_c(stretch, (char)unit_at(*pattern, i));
			continue;
		}
		if (!add_utf16(encoded, stretch, big_endian))
			return FALSE;
		g_string_set_size(stretch, 0);
		if (i < n)
			add_unit(encoded, unit_at(*pattern, i));
	}
	g_array_unref(*pattern);
	*pattern = g_steal_pointer(&encoded);
	return TRUE;
}

Pattern *pattern_base64(const Pattern *pattern)
{
	g_autoptr(GString) bytes = pattern_text(pattern);
	g_autofree char *base64 = g_base64_encode((const guchar *)bytes->str, bytes->len);
	Pattern *ret = pattern_new((guint)strlen(base64));

	add_text(ret, base64);
	return ret;
}

/*
 * The characters of base64 at either end also depend on the bytes beside the value, so they are
 * cut: of each group of three bytes that starts before the value, and of the one that ends behind
 * it.
 */
Pattern *pattern_base64_shifted(const Pattern *pattern, guint shift)
{
	static const guint cut_start[] = { 0, 2, 3 }, cut_end[] = { 0, 3, 2 };
	g_autoptr(GString) bytes = pattern_text(pattern);
	g_autofree char *base64 = NULL;

	for (guint i = 0; i < shift; i++)
		g_string_prepend_c(bytes, ' ');
	base64 = g_base64_encode((const guchar *)bytes->str, bytes->len);

	gsize length = strlen(base64), start = cut_start[shift], end = cut_end[bytes->len % 3];
	Pattern *ret = pattern_new((guint)length);

	if (length > start + end) {
		base64[length - end] = '\0';
		add_text(ret, base64 + start);
	}
	return ret;
}

/* ---- dashes -------------------------------------------------------------------------------------
 */

/* The size of the dash at @index, or 0. */
static guint dash_at(const Pattern *pattern, guint index)
{
	for (guint d = 0; d < N_DASHES; d++) {
		guint size = (guint)strlen(dashes[d]), i = 0;

		while (i < size && index + i < pattern->len &&
			unit_at(pattern, index + i) == (guint8)dashes[d][i])
			i++;
		if (i == size)
			return size;
	}
	return 0;
}

/* The pattern with each dash as one PATTERN_DASH. */
static Pattern *mark_dashes(const Pattern *pattern, guint *ret_n)
{
	Pattern *marked = pattern_new(pattern->len);

	*ret_n = 0;
	for (guint i = 0; i < pattern->len;) {
		guint size = dash_at(pattern, i);

		*ret_n += size > 0;
		add_unit(marked, size ? PATTERN_DASH : unit_at(pattern, i));
		i += MAX(size, 1);
	}
	return marked;
}

void pattern_spread_dashes(const Pattern *pattern, GPtrArray *ret)
{
	guint n_dashes, n_alternatives = 1;
	g_autoptr(Pattern) marked = mark_dashes(pattern, &n_dashes);

	for (guint i = 0; i < MIN(n_dashes, LIMIT_WINDASH_DASHES); i++)
		n_alternatives *= N_DASHES;
	if (n_dashes > LIMIT_WINDASH_DASHES ||
		(gsize)n_alternatives * marked->len > SPREAD_MAX_BYTES) {
		g_ptr_array_add(ret, g_steal_pointer(&marked));
		return;
	}
	for (guint number = 0; number < n_alternatives; number++) {
		Pattern *alternative = pattern_new(marked->len);
		guint rest = number;

		for (guint i = 0; i < marked->len; i++) {
			if (unit_at(marked, i) != PATTERN_DASH) {
				add_unit(alternative, unit_at(marked, i));
				continue;
			}
			add_text(alternative, dashes[rest % N_DASHES]);
			rest /= N_DASHES;
		}
		g_ptr_array_add(ret, alternative);
	}
}

/* ---- placeholders -------------------------------------------------------------------------------
 */

/* The index behind the % that ends the placeholder which starts at @start, or 0 where none does. */
static guint placeholder_end(const Pattern *pattern, guint start, GString *name)
{
	g_string_set_size(name, 0);
	for (guint i = start + 1; i < pattern->len; i++) {
		guint16 unit = unit_at(pattern, i);

		if (unit == '%')
			return name->len > 0 ? i + 1 : 0;
		if (unit > 0xFF)
			return 0;
		g_string_append_c(name, (char)unit);
	}
	return 0;
}

/* Each of @done with each of @pieces behind it. */
static GPtrArray *multiply(const GPtrArray *done, const GPtrArray *pieces)
{
	GPtrArray *ret = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);

	for (guint d = 0; d < done->len; d++) {
		for (guint p = 0; p < pieces->len; p++) {
			Pattern *head = done->pdata[d], *tail = pieces->pdata[p];
			Pattern *both = pattern_new(head->len + tail->len);

			g_array_append_vals(both, head->data, head->len);
			g_array_append_vals(both, tail->data, tail->len);
			g_ptr_array_add(ret, both);
		}
	}
	return ret;
}

static void add_unit_to_all(const GPtrArray *patterns, guint16 unit)
{
	for (guint i = 0; i < patterns->len; i++)
		add_unit(patterns->pdata[i], unit);
}

static gboolean multiply_by_placeholder(
	GPtrArray **done, const char *name, Draft *draft, guint line)
{
	const GPtrArray *values = placeholders_get(draft->placeholders, name);
	g_autoptr(GPtrArray) pieces = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);

	if (!values || values->len == 0)
		return draft_reject(draft, line,
			"no value is known for the placeholder %%%s%%: name some in a placeholder "
			"file",
			name);
	if ((guint64)(*done)->len * values->len > LIMIT_RULE_VALUES)
		return draft_reject(draft, line,
			"the placeholder %%%s%% spreads a value to more than %u", name,
			LIMIT_RULE_VALUES);
	for (guint i = 0; i < values->len; i++)
		g_ptr_array_add(pieces, pattern_parse(slice_from_text(values->pdata[i])));

	GPtrArray *product = multiply(*done, pieces);

	g_ptr_array_unref(*done);
	*done = product;
	return TRUE;
}

/* Each of @patterns is still to grow by @n_rest units. */
static gboolean check_size(const GPtrArray *patterns, guint n_rest, Draft *draft, guint line)
{
	gsize size = (gsize)patterns->len * n_rest;

	for (guint i = 0; i < patterns->len; i++)
		size += ((Pattern *)patterns->pdata[i])->len;
	if (size <= LIMIT_RULE_FILE_BYTES)
		return TRUE;
	return draft_reject(draft, line, "placeholders spread a value to more than %u bytes",
		LIMIT_RULE_FILE_BYTES);
}

gboolean pattern_expand(const Pattern *pattern, Draft *draft, guint line, GPtrArray *ret)
{
	g_autoptr(GPtrArray) done = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
	g_autoptr(GString) name = g_string_new(NULL);

	g_ptr_array_add(done, pattern_new(pattern->len));
	for (guint i = 0; i < pattern->len;) {
		guint16 unit = unit_at(pattern, i);
		guint end = unit == '%' ? placeholder_end(pattern, i, name) : 0;

		if (end) {
			if (!multiply_by_placeholder(&done, name->str, draft, line) ||
				!check_size(done, pattern->len - end, draft, line))
				return FALSE;
			i = end;
			continue;
		}
		if (unit == '\\' && i + 1 < pattern->len && unit_at(pattern, i + 1) == '%')
			unit = unit_at(pattern, ++i);
		add_unit_to_all(done, unit);
		i++;
	}
	for (guint i = 0; i < done->len; i++)
		g_ptr_array_add(ret, g_array_ref(done->pdata[i]));
	return TRUE;
}

/* ---- to a test ----------------------------------------------------------------------------------
 */

/* TRUE for valid UTF-8; NULs are text too. */
static gboolean is_text(const GString *bytes)
{
	const char *at = bytes->str, *end = at + bytes->len;

	while (!g_utf8_validate_len(at, (gsize)(end - at), &at)) {
		if (*at != '\0')
			return FALSE;
		at++;
	}
	return TRUE;
}

/* Appends the stretch [start, end), which has no wildcards, to the draft's folded text. */
static gboolean append_stretch(
	const Pattern *pattern, guint start, guint end, Draft *draft, guint line, gboolean cased)
{
	GString *stretch = draft->scratch;

	g_string_set_size(stretch, 0);
	append_bytes(stretch, pattern, start, end);
	if (!is_text(stretch))
		return draft_reject(draft, line,
			"the value is no text after its encoding modifiers; follow them by base64 "
			"or base64offset");
	if (cased)
		g_string_append_len(draft->folded, stretch->str, (gssize)stretch->len);
	else
		text_append_folded(draft->folded, slice_make(stretch->str, stretch->len));
	return TRUE;
}

/* The stretch [start, end) as the rule's text, folded unless @cased; ONE becomes GLOB_ANY. */
static gboolean make_piece(const Pattern *pattern, guint start, guint end, Draft *draft, guint line,
	gboolean cased, Slice *ret)
{
	guint from = start;

	g_string_set_size(draft->folded, 0);
	for (guint i = start; i <= end; i++) {
		if (i < end && unit_at(pattern, i) != PATTERN_ONE)
			continue;
		if (!append_stretch(pattern, from, i, draft, line, cased))
			return FALSE;
		if (i < end)
			g_string_append_c(draft->folded, (char)GLOB_ANY);
		from = i + 1;
	}
	*ret = draft_text(draft, slice_make(draft->folded->str, draft->folded->len));
	return TRUE;
}

static gboolean to_glob(
	const Pattern *pattern, guint start, guint end, Draft *draft, guint line, Test *test)
{
	Glob *glob = draft_alloc(draft, sizeof(*glob));
	guint n_pieces = 1, piece_start = start;

	for (guint i = start; i < end; i++)
		n_pieces += unit_at(pattern, i) == PATTERN_MANY;
	glob->open_start = start > 0;
	glob->open_end = end < pattern->len;
	glob->pieces = draft_alloc(draft, n_pieces * sizeof(Slice));
	for (guint i = start; i <= end; i++) {
		if (i < end && unit_at(pattern, i) != PATTERN_MANY)
			continue;
		/* Stars beside each other are one. */
		if (i > piece_start &&
			!make_piece(pattern, piece_start, i, draft, line, test->cased,
				&glob->pieces[glob->n_pieces++]))
			return FALSE;
		piece_start = i + 1;
	}
	test->kind = TEST_GLOB;
	test->glob = glob;
	return TRUE;
}

/* A pattern with too many dashes to write out: the expression that says the same. */
static gboolean to_regex(const Pattern *pattern, Draft *draft, guint line, Test *test)
{
	g_autoptr(GString) regex = g_string_new("\\A");

	for (guint i = 0; i < pattern->len; i++) {
		guint16 unit = unit_at(pattern, i);

		if (unit == PATTERN_MANY) {
			g_string_append(regex, ".*");
		} else if (unit == PATTERN_ONE) {
			g_string_append_c(regex, '.');
		} else if (unit == PATTERN_DASH) {
			g_string_append(regex, "[-/\xE2\x80\x93-\xE2\x80\x95]");
		} else if (unit == 0) {
			g_string_append(regex, "\\x00");
		} else {
			if (unit < 0x80 && !g_ascii_isalnum(unit) && unit != '_')
				g_string_append_c(regex, '\\');
			g_string_append_c(regex, (char)unit);
		}
	}
	g_string_append(regex, "\\z");
	test->kind = TEST_REGEX;
	test->regex = draft_regex(
		draft, regex->str, REGEX_DOT_ALL | (test->cased ? 0 : REGEX_IGNORE_CASE), line);
	return test->regex != NULL;
}

gboolean pattern_to_test(const Pattern *pattern, Draft *draft, guint line, Test *test)
{
	static const TestKind kinds[2][2] = { { TEST_EXACT, TEST_PREFIX },
		{ TEST_SUFFIX, TEST_CONTAINS } };
	guint start = 0, end = pattern->len;
	gboolean inner = FALSE;

	if (pattern->len > LIMIT_RULE_VALUE_BYTES)
		return draft_reject(
			draft, line, "a value is longer than %u bytes", LIMIT_RULE_VALUE_BYTES);
	while (start < end && unit_at(pattern, start) == PATTERN_MANY)
		start++;
	while (end > start && unit_at(pattern, end - 1) == PATTERN_MANY)
		end--;
	for (guint i = start; i < end; i++) {
		if (unit_at(pattern, i) == PATTERN_DASH)
			return to_regex(pattern, draft, line, test);
		inner |= unit_at(pattern, i) > 0xFF;
	}
	if (inner)
		return to_glob(pattern, start, end, draft, line, test);
	/* Of stars alone both ends are open. */
	test->kind = kinds[start > 0][end < pattern->len || (start > 0 && start == end)];
	return make_piece(pattern, start, end, draft, line, test->cased, &test->text);
}

void pattern_append_shown(GString *ret, const Pattern *pattern, gboolean wildcards)
{
	for (guint i = 0; i < pattern->len; i++) {
		guint16 unit = unit_at(pattern, i);

		if (unit == PATTERN_MANY || unit == PATTERN_ONE) {
			if (wildcards)
				g_string_append_c(ret, unit == PATTERN_MANY ? '*' : '?');
			continue;
		}
		if (wildcards && (unit == '*' || unit == '?'))
			g_string_append_c(ret, '\\');
		if (unit == PATTERN_DASH)
			g_string_append_c(ret, '-');
		else if (unit == 0)
			g_string_append(ret, "\xE2\x90\x80"); /* the symbol for NUL */
		else
			g_string_append_c(ret, (char)unit);
	}
}
