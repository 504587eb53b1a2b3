/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What comes of files of intelligence, as lines of tabs: for comparing with others' counts and for
 * measuring.
 *
 * usage: intel-dump [-q] [-w FOLDER] FILE…
 *	-q	no lines but those of sources
 *	-w	warning lists: a folder like content/tables/warninglists
 *
 *	indicator	KIND	LINE	VALUE	LISTS	SOURCE
 *	rule	ENGINE	LINE	NAME
 *	note	KIND	LINE	VALUE	REASON
 *	source	FORMAT	ACCEPTED	RULES	NAME	KIND=COUNT…
 */
#include <stdio.h>

#include "base/hash.h"
#include "base/text.h"
#include "intel/intel.h"

static gboolean is_quiet(const void *context)
{
	return *(const gboolean *)context;
}

static void print_indicator(void *context, const Indicator *indicator)
{
	g_autofree char *lists =
		indicator->lists ? g_strjoinv(" ", (char **)indicator->lists) : g_strdup("");

	if (!is_quiet(context))
		printf("indicator\t%s\t%u\t%s\t%s\t%s\n", indicator_kind_name(indicator->kind),
			indicator->line, indicator->value, lists, indicator->source);
}

static void print_rule(void *context, const char *engine, const char *name, guint line, Slice text)
{
	if (!is_quiet(context))
		printf("rule\t%s\t%u\t%s\n", engine, line, name);
}

static void print_note(void *context, const IntelNote *note)
{
	if (!is_quiet(context))
		printf("note\t%s\t%u\t%s\t%s\n", intel_note_kind_name(note->kind), note->line,
			note->value, note->reason);
}

static void print_source(void *context, const IntelSource *source)
{
	printf("source\t%s\t%" G_GUINT64_FORMAT "\t%" G_GUINT64_FORMAT "\t%s", source->format,
		source->accepted, source->rules, source->name);
	for (guint i = 0; i < INTEL_N_NOTE_KINDS; i++)
		printf("\t%s=%" G_GUINT64_FORMAT, intel_note_kind_name((IntelNoteKind)i),
			source->notes[i]);
	printf("\n");
}

static gboolean load_lists(WarningLists *lists, const char *folder, GError **error)
{
	GDir *dir = g_dir_open(folder, 0, error);
	gboolean ok = dir != NULL;
	const char *name;

	while (ok && (name = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename(folder, name, NULL);
		g_autofree char *text = NULL;
		gsize size;

		ok = g_file_get_contents(path, &text, &size, error) &&
			warning_lists_add(lists, name, slice_make(text, size), error);
	}
	if (dir)
		g_dir_close(dir);
	return ok;
}

int main(int argc, char **argv)
{
	g_autoptr(WarningLists) lists = warning_lists_new();
	g_autoptr(GError) error = NULL;
	gboolean quiet = FALSE;
	IntelSink sink = { print_indicator, print_rule, print_note, print_source, &quiet };

	text_warm_up();
	hash_warm_up();
	for (int i = 1; i < argc; i++) {
		g_autoptr(GMappedFile) file = NULL;

		if (strcmp(argv[i], "-q") == 0) {
			quiet = TRUE;
			continue;
		}
		if (strcmp(argv[i], "-w") == 0 && i + 1 < argc) {
			if (load_lists(lists, argv[++i], &error))
				continue;
			fprintf(stderr, "%s\n", error->message);
			return 1;
		}
		file = g_mapped_file_new(argv[i], FALSE, &error);
		if (!file) {
			fprintf(stderr, "%s\n", error->message);
			return 1;
		}
		(void)intel_read(argv[i],
			slice_make(
				g_mapped_file_get_contents(file), g_mapped_file_get_length(file)),
			lists, &sink);
	}
	return 0;
}
