/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a run's sources of intelligence are, and what became of each when it was read. Not of the
 * evidence: it is written anew by each run.
 */
#include "case/case-private.h"

#include "base/json.h"

gboolean case_begin_intel(Case *c, GError **error)
{
	return case_exec(c, "DELETE FROM intel_note; DELETE FROM intel_source;", error);
}

/* {"md5":462}: the kinds of which there are any. */
static char *kinds_json(const IntelSource *source)
{
	GString *text = g_string_new(NULL);
	Json j = json_begin(text);

	json_object_begin(&j);
	for (guint kind = 0; kind < INDICATOR_N_KINDS; kind++) {
		if (!source->kinds[kind])
			continue;
		json_key(&j, indicator_kind_name((IndicatorKind)kind));
		json_uint(&j, source->kinds[kind]);
	}
	json_object_end(&j);
	return g_string_free(text, FALSE);
}

static gboolean add_source(Case *c, const IntelSource *source, GError **error)
{
	const char *texts[] = { source->path, source->format, source->name, source->sha256 };
	g_autofree char *kinds = kinds_json(source);
	sqlite3_stmt *s = case_statement(c, STATEMENT_INTEL_SOURCE, error);
	int column = 1;

	if (!s)
		return FALSE;
	for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
		case_bind_text(s, column++, texts[i]);
	case_bind_uint(s, column++, source->accepted);
	case_bind_uint(s, column++, source->rules);
	for (guint kind = 0; kind < INTEL_N_NOTE_KINDS; kind++)
		case_bind_uint(s, column++, source->notes[kind]);
	case_bind_text(s, column, kinds);
	return case_run_statement(c, s, 512, error);
}

static gboolean add_note(
	Case *c, gint64 source, guint ordinal, const IntelNote *note, GError **error)
{
	sqlite3_stmt *s = case_statement(c, STATEMENT_INTEL_NOTE, error);

	if (!s)
		return FALSE;
	case_bind_uint(s, 1, (guint64)source);
	case_bind_uint(s, 2, ordinal);
	case_bind_text(s, 3, intel_note_kind_name(note->kind));
	case_bind_uint(s, 4, note->line);
	case_bind_text(s, 5, note->value);
	case_bind_text(s, 6, note->reason);
	return case_run_statement(c, s, 256, error);
}

gboolean case_add_intel(
	Case *c, const IntelSource *source, const IntelNote *notes, guint n_notes, GError **error)
{
	gint64 number;

	if (!add_source(c, source, error))
		return FALSE;
	number = sqlite3_last_insert_rowid(c->db);
	for (guint i = 0; i < n_notes; i++) {
		if (!add_note(c, number, i, &notes[i], error))
			return FALSE;
	}
	return TRUE;
}
