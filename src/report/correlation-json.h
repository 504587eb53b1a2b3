/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a correlation's finding rests on, from the case: for JSON, and for those who list it
 * otherwise. docs/correlations.md describes the object.
 */
#pragma once

#include <glib.h>

#include "case/case.h"

/* What it is; ?1 is its number in correlated. One row. */
#define CORRELATED_SQL                                                                             \
	"SELECT k.type, k.timespan, k.condition, "                                                 \
	"CASE WHEN json_valid(d.group_values) THEN json(d.group_values) ELSE '{}' END, "           \
	"CASE WHEN json_valid(d.value) THEN json(d.value) ELSE 'null' END, "                       \
	"d.events, d.first, d.last, d.id FROM correlated d JOIN correlation k "                    \
	"ON k.sha256 = d.correlation_sha256 WHERE d.number = CAST(?1 AS INTEGER)"

typedef enum CorrelatedColumn {
	CORRELATED_TYPE,
	CORRELATED_TIMESPAN,
	CORRELATED_CONDITION,
	CORRELATED_GROUP, /* JSON: an object of texts */
	CORRELATED_VALUE, /* JSON: a number */
	CORRELATED_EVENTS,
	CORRELATED_FIRST,
	CORRELATED_LAST,
	CORRELATED_ID,
	CORRELATED_N_COLUMNS,
} CorrelatedColumn;

/* The events it lists, in order; ?1 likewise. */
#define LISTED_SQL                                                                                 \
	"SELECT CASE WHEN h.evidence = 0 THEN h.record ELSE 0 END, r.id, r.title, r.level, "       \
	"r.sha256, coalesce(h.time, ''), "                                                         \
	"coalesce((SELECT min(p.path) FROM evidence_path p WHERE p.sha256 = e.sha256), ''), "      \
	"coalesce(e.sha256, ''), h.host, h.channel, h.locator, h.recovered, "                      \
	"CASE WHEN json_valid(l.field_values) THEN json(l.field_values) ELSE '{}' END, "           \
	"CASE WHEN json_valid(h.matched) THEN json(h.matched) ELSE '[]' END, "                     \
	"CASE WHEN json_valid(h.event) THEN json(h.event) ELSE '{}' END "                          \
	"FROM correlated_hit l JOIN hit h ON h.number = l.hit "                                    \
	"JOIN correlated d ON d.number = l.correlated "                                            \
	"JOIN hit_source s ON s.correlation_sha256 = d.correlation_sha256 AND s.part = l.part "    \
	"JOIN v_rule r ON r.sha256 = s.rule_sha256 "                                               \
	"LEFT JOIN hit_evidence e ON e.number = h.evidence "                                       \
	"WHERE l.correlated = CAST(?1 AS INTEGER) ORDER BY l.ordinal"

typedef enum ListedColumn {
	LISTED_CORRELATED, /* "0", or of what other correlation's finding it is the number */
	LISTED_RULE_ID,
	LISTED_TITLE,
	LISTED_LEVEL,
	LISTED_RULE_SHA256,
	LISTED_TIME, /* nanoseconds: correlation_time() */
	LISTED_PATH,
	LISTED_EVIDENCE_SHA256,
	LISTED_HOST,
	LISTED_CHANNEL,
	LISTED_LOCATOR,
	LISTED_RECOVERED,
	LISTED_VALUES,	/* JSON */
	LISTED_MATCHED, /* JSON */
	LISTED_EVENT,	/* JSON */
	LISTED_N_COLUMNS,
} ListedColumn;

/* LISTED_TIME as times in a case are written; "" where there is none. */
void correlation_time(const char *nanoseconds, char ret[INSTANT_TEXT_BYTES]);

/*
 * Appends the object that tells of what has @number in correlated; "null" where there is none. Of
 * events behind events no more than a thousand are listed in all.
 */
gboolean correlation_append_json(GString *ret, Case *c, const char *number, GError **error);
