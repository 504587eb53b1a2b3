/* SPDX-License-Identifier: Apache-2.0 */
#include "intel/test-claims.h"

struct Collector {
	GString *lines;
};

/* A text as one word or the rest of a line; it has to be valid. */
static void append(GString *ret, const char *before, const char *text)
{
	if (!text || !*text)
		return;
	g_assert_true(g_utf8_validate(text, -1, NULL));
	g_string_append(ret, before);
	for (; *text; text++)
		if (*text == '\n')
			g_string_append(ret, "\\n");
		else
			g_string_append_c(ret, *text);
}

static void append_time(GString *ret, const char *before, Instant instant)
{
	char text[INSTANT_TEXT_BYTES];

	instant_format(instant, text);
	append(ret, before, text);
}

void collector_set_name(Collector *collector, const char *name)
{
	append(collector->lines, "name ", name);
	g_string_append_c(collector->lines, '\n');
}

void collector_add(Collector *collector, const Indicator *claim, gboolean from_text)
{
	GString *lines = collector->lines;

	g_assert_false(from_text);
	g_assert_null(claim->lists);
	g_string_append(
		lines, claim->kind == INDICATOR_ANY ? "any" : indicator_kind_name(claim->kind));
	append(lines, " ", claim->value);
	g_string_append_printf(lines, " line=%u", claim->line);
	append(lines, " id=", claim->id);
	append(lines, " source=", claim->source);
	append(lines, " title=", claim->title);
	append(lines, " description=", claim->description);
	append(lines, " reference=", claim->reference);
	append(lines, " tags=", claim->tags);
	if (claim->confidence != INDICATOR_CONFIDENCE_UNKNOWN)
		g_string_append_printf(lines, " confidence=%u", claim->confidence);
	append_time(lines, " from=", claim->valid_from);
	append_time(lines, " until=", claim->valid_until);
	append(lines, " exception=", claim->exception);
	g_string_append(lines, claim->is_silent ? " silent\n" : "\n");
}

void collector_add_rule(
	Collector *collector, const char *engine, const char *name, guint line, Slice text)
{
	g_autofree char *copy = g_strndup((const char *)text.data, text.size);

	g_string_append_printf(collector->lines, "rule %s line=%u", engine, line);
	append(collector->lines, " ", name);
	append(collector->lines, ": ", copy);
	g_string_append_c(collector->lines, '\n');
}

void collector_note(
	Collector *collector, IntelNoteKind kind, guint line, const char *value, const char *reason)
{
	g_string_append_printf(
		collector->lines, "note %s line=%u", intel_note_kind_name(kind), line);
	append(collector->lines, " ", value);
	append(collector->lines, ": ", reason);
	g_string_append_c(collector->lines, '\n');
}

char *claims_of(const IntelFormat *format, Slice text, const char *name)
{
	Collector collector = { g_string_new(NULL) };

	(void)format->probe(text, name);
	format->read(text, name, &collector);
	return g_string_free(collector.lines, FALSE);
}

char *claims_unquote(const char *text)
{
	return g_strdelimit(g_strdup(text), "`", '"');
}

char *claims_quote(const char *text)
{
	return g_strdelimit(g_strdup(text), "\"", '`');
}

char *claims_of_quoted(const IntelFormat *format, const char *text)
{
	g_autofree char *plain = claims_unquote(text);
	g_autofree char *claims = claims_of(format, slice_from_text(plain), "x");

	return claims_quote(claims);
}

void claims_check(const char *claims, const char *const *lines)
{
	g_auto(GStrv) got = g_strsplit(claims, "\n", -1);
	guint n = 0;

	for (; lines[n]; n++)
		if (!got[n] || !g_str_has_prefix(got[n], lines[n]))
			g_error("line %u: \"%s\" where \"%s\" was expected, in\n%s", n,
				got[n] ? got[n] : "", lines[n], claims);
	if (got[n] && *got[n])
		g_error("more than was expected: %s", got[n]);
}

void claims_truncate(const IntelFormat *format, const char *text)
{
	g_autofree char *plain = claims_unquote(text);
	gsize whole = strlen(plain);

	for (gsize size = 0; size <= whole; size++) {
		g_autofree char *copy = g_memdup2(plain, MAX(size, 1));
		g_autofree char *claims = claims_of(format, slice_make(copy, size), "x");

		g_assert_nonnull(claims);
	}
}
