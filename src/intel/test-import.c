/* SPDX-License-Identifier: Apache-2.0 */
#include "intel/test-import.h"

#include "base/text.h"

static void take_indicator(void *context, const Indicator *indicator)
{
	Import *import = context;
	g_autoptr(GString) line = g_string_new(NULL);

	g_assert_true(g_utf8_validate(indicator->value, -1, NULL));
	g_string_printf(line, "%s %s", indicator_kind_name(indicator->kind), indicator->value);
	if (indicator->line)
		g_string_append_printf(line, " @%u", indicator->line);
	for (guint i = 0; indicator->lists && indicator->lists[i]; i++)
		g_string_append_printf(line, " [%s]", indicator->lists[i]);
	if (indicator->is_silent)
		g_string_append(line, " silent");
	if (*indicator->exception)
		g_string_append_printf(line, " but %s", indicator->exception);
	if (indicator->confidence != INDICATOR_CONFIDENCE_UNKNOWN)
		g_string_append_printf(line, " %u%%", indicator->confidence);
	if (*indicator->title)
		g_string_append_printf(line, " \"%s\"", indicator->title);
	if (*indicator->source)
		g_string_append_printf(line, " <%s>", indicator->source);
	g_ptr_array_add(import->indicators, g_strdup(line->str));
}

static void take_rule(void *context, const char *engine, const char *name, guint line, Slice text)
{
	Import *import = context;

	g_ptr_array_add(import->rules, g_strdup_printf("%s %s @%u", engine, name, line));
}

static void take_note(void *context, const IntelNote *note)
{
	Import *import = context;

	g_assert_true(g_utf8_validate(note->value, -1, NULL));
	g_ptr_array_add(import->notes,
		g_strdup_printf("%s @%u %s: %s", intel_note_kind_name(note->kind), note->line,
			note->value, note->reason));
}

static void take_source(void *context, const IntelSource *source)
{
	Import *import = context;

	g_assert_null(import->format);
	import->format = g_strdup(source->format);
	import->name = g_strdup(source->name);
	import->accepted = source->accepted;
	for (guint i = 0; i < INTEL_N_NOTE_KINDS; i++)
		import->n_notes[i] = source->notes[i];
}

static Import *import_alloc(IntelSink *ret_sink)
{
	Import *import = g_new0(Import, 1);

	import->indicators = g_ptr_array_new_with_free_func(g_free);
	import->notes = g_ptr_array_new_with_free_func(g_free);
	import->rules = g_ptr_array_new_with_free_func(g_free);
	*ret_sink = (IntelSink){ take_indicator, take_rule, take_note, take_source, import };
	return import;
}

Import *import_new(const char *name, const void *text, gsize size, const WarningLists *lists)
{
	IntelSink sink;
	Import *import = import_alloc(&sink);

	(void)intel_read(name, slice_make(text, size), lists, &sink);
	g_assert_nonnull(import->format);
	return import;
}

Import *import_text(const char *name, const char *text)
{
	return import_new(name, text, strlen(text), NULL);
}

Import *import_claims(
	const Indicator *claims, guint n, gboolean from_text, const WarningLists *lists)
{
	IntelSink sink;
	Import *import = import_alloc(&sink);
	g_autoptr(Collector) collector = collector_new("folder/claims.txt", lists, &sink);

	for (guint i = 0; i < n; i++)
		collector_add(collector, &claims[i], from_text);
	collector_finish(collector, "test", "");
	return import;
}

void import_free(Import *import)
{
	if (!import)
		return;
	g_ptr_array_unref(import->indicators);
	g_ptr_array_unref(import->notes);
	g_ptr_array_unref(import->rules);
	g_free(import->format);
	g_free(import->name);
	g_free(import);
}

WarningLists *import_shipped_lists(void)
{
	g_autofree char *folder = g_build_filename(
		g_getenv("SPOOR_TEST_SOURCE"), "content", "tables", "warninglists", NULL);
	GDir *dir = g_dir_open(folder, 0, NULL);
	WarningLists *lists = warning_lists_new();
	const char *name;

	g_assert_nonnull(dir);
	while ((name = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename(folder, name, NULL);
		g_autofree char *text = NULL;
		g_autoptr(GError) error = NULL;
		gsize size;

		g_assert_true(g_file_get_contents(path, &text, &size, NULL));
		(void)warning_lists_add(lists, name, slice_make(text, size), &error);
		g_assert_no_error(error);
	}
	g_dir_close(dir);
	return lists;
}

gboolean import_has(const GPtrArray *lines, const char *prefix)
{
	for (guint i = 0; i < lines->len; i++) {
		if (g_str_has_prefix(g_ptr_array_index(lines, i), prefix))
			return TRUE;
	}
	return FALSE;
}

const char *import_expect(const GPtrArray *lines, const char *prefix)
{
	for (guint i = 0; i < lines->len; i++) {
		if (g_str_has_prefix(g_ptr_array_index(lines, i), prefix))
			return g_ptr_array_index(lines, i);
	}
	g_test_message("there is no \"%s\" among:", prefix);
	for (guint i = 0; i < lines->len && i < 100; i++)
		g_test_message("  %s", (const char *)g_ptr_array_index(lines, i));
	g_test_fail();
	return "";
}

char *import_outside_file(const char *path, gsize *ret_size)
{
	const char *corpus = g_getenv("SPOOR_CORPUS");
	g_autofree char *shared = corpus
		? g_path_get_dirname(corpus)
		: g_build_filename(g_getenv("SPOOR_TEST_SOURCE"), "..", "shared", NULL);
	g_autofree char *whole = g_build_filename(shared, path, NULL);
	char *text = NULL;

	if (!g_file_get_contents(whole, &text, ret_size, NULL)) {
		g_autofree char *why = g_strdup_printf("%s is not at hand", whole);

		g_test_skip(why);
	}
	return text;
}

void import_every_prefix(const char *name, const void *text, gsize size)
{
	for (gsize i = 0; i <= size; i++) {
		g_autofree char *copy = g_memdup2(text, i); /* so that reading on is seen */
		Import *import = import_new(name, copy, i, NULL);

		import_free(import);
	}
}

void import_any(const IntelFormat *format, const void *data, gsize size)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autofree char *copy = NULL;
	IntelSink sink;
	Import *import = import_alloc(&sink);
	Collector *collector = collector_new("x.txt", NULL, &sink);
	Slice whole;

	text_append_utf8(text, slice_make(data, size));
	copy = g_memdup2(text->str, text->len); /* without its NUL, so that reading on is seen */
	whole = slice_make(copy, text->len);
	(void)format->probe(whole, "x.txt");
	format->read(whole, "x.txt", collector);
	collector_finish(collector, format->name, "");
	collector_free(collector);
	import_free(import);
}
