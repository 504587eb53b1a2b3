/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A finding as one JSON object, "schema":"spoor.finding/1": what `spoor show findings --json`,
 * `spoor explain --json` and the jsonl report write. docs/commands.md describes it.
 */
#pragma once

#include <glib.h>

#include "case/case.h"

/*
 * What to select from v_finding, in this order, for the function below. The paths are gathered here
 * and not in the view, since SQLite allows no JSON aggregate in the schema of a file it does not
 * trust. For the same reason what goes into the object as it stands is made sure to be JSON on one
 * line.
 */
#define FINDING_COLUMNS                                                                            \
	"id, time, host, channel, level, title, engine, rule_id, tags, rule_sha256, path, "        \
	"CASE WHEN locator LIKE 'file %' THEN "                                                    \
	"(SELECT json_group_array(s.path) FROM (SELECT p.path FROM evidence_path p WHERE "         \
	"p.sha256 = evidence_sha256 AND p.place = substr(locator, 6) ORDER BY p.path) s) ELSE "    \
	"(SELECT json_group_array(s.path) FROM (SELECT p.path FROM evidence_path p "               \
	"WHERE p.sha256 = evidence_sha256 ORDER BY p.path) s) END, "                               \
	"evidence_sha256, locator, record, offset, recovered, "                                    \
	"CASE WHEN json_valid(matched) THEN json(matched) ELSE '[]' END, "                         \
	"CASE WHEN json_valid(event) THEN json(event) ELSE '{}' END, correlated"

typedef enum FindingColumn {
	FINDING_ID,
	FINDING_TIME,
	FINDING_HOST,
	FINDING_CHANNEL,
	FINDING_LEVEL,
	FINDING_TITLE,
	FINDING_ENGINE,
	FINDING_RULE_ID,
	FINDING_TAGS,
	FINDING_RULE_SHA256,
	FINDING_PATH,
	FINDING_PATHS, /* JSON: every path that holds the same bytes; of a file as a whole: its own
			*/
	FINDING_EVIDENCE_SHA256,
	FINDING_LOCATOR,
	FINDING_RECORD,
	FINDING_OFFSET,
	FINDING_RECOVERED,
	FINDING_MATCHED,
	FINDING_EVENT,
	FINDING_CORRELATED, /* "0", or a correlation: the number for correlation_append_json() */
	FINDING_N_COLUMNS,
} FindingColumn;

/*
 * Appends the object, without line feed; characters that hide are escaped (report/visible.h). Of a
 * correlation it lists the events, which it fetches from @c.
 */
gboolean finding_append_json(GString *ret, Case *c, const char *const *columns, GError **error);
