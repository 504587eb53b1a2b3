/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Log sources: which events a rule's product/category/service means, and under which names they
 * hold its fields. All of it is read from content/tables/logsources/; docs/writing-rules.md
 * explains the format; the semantics are those of SigmaHQ's tests/thor.yml.
 *
 * A rule's log source resolves to alternatives. "windows/process_creation/-" for example has two:
 * the Sysmon log with EventID 1, and the Security log with EventID 4688, where Image is
 * NewProcessName.
 */
#pragma once

#include <glib.h>

#include "base/slice.h"

typedef struct LogSourceTable LogSourceTable;

/*
 * What a column must hold: one of the values, compared folded. Most name constant columns, so that
 * they are decided when rules are bound; some (EventType of Sysmon 12) must be looked at in each
 * event.
 */
typedef struct LogSourceCondition {
	const char *column;	   /* "Channel", "EventID", "Provider_Name" */
	const char *const *values; /* folded, NULL-terminated; a * at either end matches anything */
	gboolean or_absent;	   /* it also holds where the event has no such column */
} LogSourceCondition;

/* A field that the log records under another name, or that an analyser makes of others. */
typedef struct LogSourceField {
	const char *field;		 /* as rules write it */
	const struct Analyser *analyser; /* NULL: the text of from[0] as it is */
	const char *parameter;
	guint n_from;
	const char *const *from;
} LogSourceField;

typedef struct LogSourceAlternative {
	const char *name; /* of the table's entry, for explanations */
	guint n_conditions;
	const LogSourceCondition *conditions; /* all must hold */
	guint n_fields;
	const LogSourceField *fields;
	const char *keywords; /* a field in which keywords are sought beside the event's own; or
			       * NULL */
} LogSourceAlternative;

/* NULL with @error naming line and reason where @yaml is malformed. */
LogSourceTable *logsource_table_new(Slice yaml, GError **error);

/* Adds another file's entries. FALSE with @error as above; the table is then of no use. */
gboolean logsource_table_add(LogSourceTable *table, Slice yaml, GError **error);

void logsource_table_free(LogSourceTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LogSourceTable, logsource_table_free)

/*
 * The alternatives of a log source, borrowed from the table; each part lower case or NULL. FALSE
 * where the table knows none: then no evidence that spoor reads can hold such events.
 */
gboolean logsource_resolve(const LogSourceTable *table, const char *product, const char *category,
	const char *service, const LogSourceAlternative **ret_alternatives, guint *ret_n);

/*
 * What evidence a log source without alternatives would need, in words, borrowed from the table;
 * NULL where the table does not say.
 */
const char *logsource_needs(const LogSourceTable *table, const char *product, const char *category,
	const char *service);
