/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How `spoor intel` shows sources of intelligence, what became of them, and indicators: as text for
 * people, and as JSON lines (docs/commands.md).
 */
#pragma once

#include <glib.h>

#include "cli/terminal.h"
#include "model/intel-report.h"
#include "model/rule.h"

void intel_append_source(GString *ret, const Terminal *terminal, const IntelSource *source);
void intel_append_source_json(GString *ret, const IntelSource *source);

/* Of @n notes that were told; of each kind the first few unless @all. */
void intel_append_notes(GString *ret, const Terminal *terminal, const IntelSource *source,
	const IntelNote *notes, guint n, gboolean all);
void intel_append_note_json(GString *ret, const IntelSource *source, const IntelNote *note);

/* A rule in a source that can not be used. */
void intel_append_rule(GString *ret, const Terminal *terminal, const RuleInfo *rule);
void intel_append_rule_json(GString *ret, const RuleInfo *rule);

/* An indicator that @value is; or that it is none. */
void intel_append_indicator(
	GString *ret, const Terminal *terminal, const char *value, const RuleInfo *indicator);
void intel_append_indicator_json(GString *ret, const char *value, const RuleInfo *indicator);
void intel_append_unknown(GString *ret, const char *value);
void intel_append_unknown_json(GString *ret, const char *value);

/* "1,234 indicators" */
void intel_append_count(GString *ret, guint64 number, const char *one, const char *many);
