/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/intel-text.h"

#include "base/json.h"
#include "cli/rows.h"
#include "report/indicator-text.h"
#include "report/visible.h"

#define NOTES_SHOWN 10 /* of each kind */
#define NOTE_INDENT "      "

/* Headings of the notes of a kind, in the order of IntelNoteKind. */
static const char *const note_headings[INTEL_N_NOTE_KINDS] = {
	[INTEL_REJECTED] = "rejected",
	[INTEL_DUPLICATE] = "duplicate",
	[INTEL_CONTRADICTORY] = "contradictory",
	[INTEL_OVER_BROAD] = "over-broad",
	[INTEL_SUSPICIOUS] = "suspicious",
	[INTEL_SILENT] = "silent: the source says that they must not alert",
	[INTEL_UNSUPPORTED] = "unsupported: nothing that spoor can look for",
};

void intel_append_count(GString *ret, guint64 number, const char *one, const char *many)
{
	g_autofree char *digits = g_strdup_printf("%" G_GUINT64_FORMAT, number);

	append_number(ret, digits);
	g_string_append_printf(ret, " %s", number == 1 ? one : many);
}

/* ---- sources ---- */

static void append_kinds(GString *ret, const IntelSource *source)
{
	gboolean any = FALSE;

	for (guint kind = 0; kind < INDICATOR_N_KINDS; kind++) {
		if (!source->kinds[kind])
			continue;
		g_string_append(ret, any ? ", " : "    ");
		intel_append_count(ret, source->kinds[kind],
			indicator_kind_singular((IndicatorKind)kind),
			indicator_kind_plural((IndicatorKind)kind));
		any = TRUE;
	}
	if (any)
		g_string_append_c(ret, '\n');
}

static void append_counts(GString *ret, const IntelSource *source)
{
	gboolean any = FALSE;

	for (guint kind = 0; kind < INTEL_N_NOTE_KINDS; kind++) {
		g_autofree char *digits = NULL;

		if (!source->notes[kind])
			continue;
		digits = g_strdup_printf("%" G_GUINT64_FORMAT, source->notes[kind]);
		g_string_append(ret, any ? ", " : "    ");
		append_number(ret, digits);
		g_string_append_printf(ret, " %s", intel_note_kind_name((IntelNoteKind)kind));
		any = TRUE;
	}
	if (any)
		g_string_append_c(ret, '\n');
}

void intel_append_source(GString *ret, const Terminal *terminal, const IntelSource *source)
{
	gboolean known = *source->format != '\0';

	visible_append_text(ret, source->path);
	g_string_append_c(ret, '\n');
	g_string_append(ret, "    ");
	if (!known) {
		terminal_append_styled(terminal, ret, STYLE_WARN, "of no format that spoor reads");
	} else {
		visible_append_text(ret, source->name);
		g_string_append(ret, " (");
		visible_append_text(ret, source->format);
		g_string_append(ret, "): ");
		intel_append_count(ret, source->accepted, "indicator", "indicators");
	}
	if (source->rules) {
		g_string_append(ret, ", ");
		intel_append_count(ret, source->rules, "rule", "rules");
	}
	g_string_append_c(ret, '\n');
	append_kinds(ret, source);
	append_counts(ret, source);
}

void intel_append_source_json(GString *ret, const IntelSource *source)
{
	g_autoptr(GString) object = g_string_new(NULL);
	Json j = json_begin(object);

	json_object_begin(&j);
	json_member_text(&j, "schema", "spoor.intel-source/1");
	json_member_text(&j, "path", source->path);
	json_member_text(&j, "format", *source->format ? source->format : NULL);
	json_member_text(&j, "name", source->name);
	json_member_text(&j, "sha256", source->sha256);
	json_key(&j, "accepted");
	json_uint(&j, source->accepted);
	json_key(&j, "kinds");
	json_object_begin(&j);
	for (guint kind = 0; kind < INDICATOR_N_KINDS; kind++) {
		if (!source->kinds[kind])
			continue;
		json_key(&j, indicator_kind_name((IndicatorKind)kind));
		json_uint(&j, source->kinds[kind]);
	}
	json_object_end(&j);
	json_key(&j, "rules");
	json_uint(&j, source->rules);
	for (guint kind = 0; kind < INTEL_N_NOTE_KINDS; kind++) {
		json_key(&j, intel_note_kind_name((IntelNoteKind)kind));
		json_uint(&j, source->notes[kind]);
	}
	json_object_end(&j);
	visible_append_json(ret, object->str);
	g_string_append_c(ret, '\n');
}

/* ---- notes ---- */

static void append_note(GString *ret, const Terminal *terminal, const IntelNote *note)
{
	g_autoptr(GString) text = g_string_new(NULL);

	if (note->line)
		g_string_append_printf(text, "line %u: ", note->line);
	if (*note->value)
		g_string_append_printf(text, "%s: ", note->value);
	g_string_append(text, note->reason);
	terminal_append_wrapped(ret, text->str, terminal->width, NOTE_INDENT);
}

void intel_append_notes(GString *ret, const Terminal *terminal, const IntelSource *source,
	const IntelNote *notes, guint n, gboolean all)
{
	for (guint kind = 0; kind < INTEL_N_NOTE_KINDS; kind++) {
		guint64 shown = 0;

		if (!source->notes[kind])
			continue;
		g_string_append_printf(ret, "    %s\n", note_headings[kind]);
		for (guint i = 0; i < n; i++) {
			if (notes[i].kind != kind || (!all && shown == NOTES_SHOWN))
				continue;
			append_note(ret, terminal, &notes[i]);
			shown++;
		}
		if (shown >= source->notes[kind])
			continue;
		g_string_append(ret, NOTE_INDENT "and ");
		intel_append_count(ret, source->notes[kind] - shown, "more", "more");
		g_string_append(ret, all ? " that are counted only\n" : " (--all)\n");
	}
}

void intel_append_note_json(GString *ret, const IntelSource *source, const IntelNote *note)
{
	g_autoptr(GString) object = g_string_new(NULL);
	Json j = json_begin(object);

	json_object_begin(&j);
	json_member_text(&j, "schema", "spoor.intel-note/1");
	json_member_text(&j, "path", source->path);
	json_member_text(&j, "kind", intel_note_kind_name(note->kind));
	json_key(&j, "line");
	if (note->line)
		json_uint(&j, note->line);
	else
		json_null(&j);
	json_member_text(&j, "value", note->value);
	json_member_text(&j, "reason", note->reason);
	json_object_end(&j);
	visible_append_json(ret, object->str);
	g_string_append_c(ret, '\n');
}

/* ---- rules in sources ---- */

void intel_append_rule(GString *ret, const Terminal *terminal, const RuleInfo *rule)
{
	g_autofree char *text = g_strdup_printf(
		"line %u of this %s rule: %s", rule->line, rule->engine, rule->reason);

	visible_append_text(ret, rule->path);
	g_string_append_c(ret, '\n');
	terminal_append_wrapped(ret, text, terminal->width, NOTE_INDENT);
}

void intel_append_rule_json(GString *ret, const RuleInfo *rule)
{
	g_autoptr(GString) object = g_string_new(NULL);
	Json j = json_begin(object);

	json_object_begin(&j);
	json_member_text(&j, "schema", "spoor.intel-note/1");
	json_member_text(&j, "path", rule->path);
	json_member_text(&j, "kind", intel_note_kind_name(INTEL_REJECTED));
	json_member_int(&j, "line", rule->line);
	json_member_text(&j, "value", rule->title);
	json_member_text(&j, "reason", rule->reason);
	json_object_end(&j);
	visible_append_json(ret, object->str);
	g_string_append_c(ret, '\n');
}

/* ---- values ---- */

void intel_append_indicator(
	GString *ret, const Terminal *terminal, const char *value, const RuleInfo *indicator)
{
	const char *level = rule_level_name(indicator->level);

	visible_append_text(ret, value);
	g_string_append(ret, ": ");
	visible_append_text(ret, indicator->title);
	g_string_append(ret, ", ");
	terminal_append_styled(terminal, ret, terminal_level_style(indicator->level), level);
	g_string_append_c(ret, '\n');
	indicator_append_text(ret, indicator->source, "    ");
}

void intel_append_indicator_json(GString *ret, const char *value, const RuleInfo *indicator)
{
	g_autoptr(GString) object = g_string_new(NULL);
	Json j = json_begin(object);

	json_object_begin(&j);
	json_member_text(&j, "schema", "spoor.indicator/1");
	json_member_text(&j, "value", value);
	json_member_bool(&j, "known", TRUE);
	json_member_text(&j, "title", indicator->title);
	json_member_text(&j, "level", rule_level_name(indicator->level));
	json_member_text(&j, "path", indicator->path);
	json_member_text(&j, "sha256", indicator->sha256);
	json_member_text(&j, "document", indicator->source);
	json_object_end(&j);
	visible_append_json(ret, object->str);
	g_string_append_c(ret, '\n');
}

void intel_append_unknown(GString *ret, const char *value)
{
	visible_append_text(ret, value);
	g_string_append(ret, ": no indicator\n");
}

void intel_append_unknown_json(GString *ret, const char *value)
{
	g_autoptr(GString) object = g_string_new(NULL);
	Json j = json_begin(object);

	json_object_begin(&j);
	json_member_text(&j, "schema", "spoor.indicator/1");
	json_member_text(&j, "value", value);
	json_member_bool(&j, "known", FALSE);
	json_object_end(&j);
	visible_append_json(ret, object->str);
	g_string_append_c(ret, '\n');
}
