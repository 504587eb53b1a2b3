/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a scan says when it is done.
 */
#pragma once

#include <glib.h>

#include "assessment/assessment.h"
#include "cli/terminal.h"
#include "coordinator/scan.h"

typedef struct ScanSummary {
	guint64 findings[LEVEL_N], recovered; /* findings of the case; how many of them recovered */
	guint64 evidence;		      /* pieces of it */
	guint64 known, unknown;		      /* with a reader; passed over */
	guint64 files;			      /* paths judged as files, and members of archives */
	guint64 bytes, events, recovered_events;
	guint64 losses, remarks; /* gaps that cost something, and facts about evidence */
	guint64 losing_evidence; /* pieces of evidence that were not judged wholly */
	guint64 rules_fired, rules_quiet, rules_not_applicable, rules_rejected;
	guint64 intel_sources, indicators, indicators_found;
	guint64 sets_not_assessed; /* kinds of indicators of a source that no evidence could hold */
	GPtrArray *top_rules;	   /* GStrv: level, title, findings, hosts */
	GPtrArray *hosts;	   /* GStrv: host, findings, those of its worst level, that level */
	guint64 n_hosts;	   /* with findings */
	Assessment *assessment;
} ScanSummary;

/* @tables is the folder content/tables. */
ScanSummary *scan_summary_new(Case *c, const char *tables, GError **error);
void scan_summary_free(ScanSummary *summary); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScanSummary, scan_summary_free)

void scan_summary_append_json(GString *ret, const ScanSummary *summary, const ScanOutcome *outcome,
	const char *case_path);
void scan_summary_append_text(GString *ret, const Terminal *terminal, const ScanSummary *summary,
	const ScanOutcome *outcome, const char *case_path);
