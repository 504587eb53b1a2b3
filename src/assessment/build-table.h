/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What builds of Exchange Server close: content/tables/exchange-builds.tsv, exchange-cu-builds.tsv,
 * exchange-flaws.tsv, exchange-updates.tsv and exchange-proofs.tsv.
 *
 * What a build closes, later revisions of the same build number close too, and so does every later
 * cumulative update once all builds of one close it. That is all that is concluded of builds which
 * the table does not know: what does not follow from it is unknown, never "closed".
 */
#pragma once

#include "assessment/build.h"
#include "base/instant.h"

/* CVEs as bits: those of a flaw, or a single one. */
typedef struct CveSet {
	guint64 all;
	guint64 entry; /* without which the others are of no use: a version without it is not
			* affected */
} CveSet;

/* A row of exchange-flaws.tsv. */
typedef struct Flaw {
	char *name, *cves, *text;
	Instant used, disclosed;
	CveSet set;
} Flaw;

typedef enum BuildVerdict {
	BUILD_UNKNOWN,
	BUILD_EXPOSED,
	BUILD_CLOSED,
	BUILD_NOT_APPLICABLE,
} BuildVerdict;

/* A row of exchange-builds.tsv. */
typedef struct BuildRow {
	Build build;
	char *line, *name, *note;
	char *released; /* as the table has it */
	Instant released_at;
	guint64 closes, absent;
	gboolean pages_known; /* the hashes of its web pages are in the baseline */
} BuildRow;

/* A row of exchange-updates.tsv. */
typedef struct UpdateRow {
	char *name; /* "KB5000871" */
	char *text, *released;
	guint64 closes;
} UpdateRow;

typedef struct BuildTable BuildTable;

/* Reads the tables in folder @tables; NULL with @error naming file, line and reason. */
BuildTable *build_table_load(const char *tables, GError **error);
void build_table_free(BuildTable *table); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BuildTable, build_table_free)

const GPtrArray *build_table_flaws(const BuildTable *table); /* Flaw, in the table's order */

/* The flaw called @name, or that has a CVE called so; *@ret_set is then that CVE alone. NULL: there
 * is none. */
const Flaw *build_table_flaw(const BuildTable *table, const char *name, CveSet *ret_set);

/*
 * What @build is to @set. *@ret_why says why where the table does not have the build as such, or is
 * ""; static; may be NULL.
 */
BuildVerdict build_table_classify(
	const BuildTable *table, const Build *build, CveSet set, const char **ret_why);

const char *build_verdict_name(BuildVerdict verdict); /* "unknown", "exposed" … */

/* The row of exactly this build, or NULL. */
const BuildRow *build_table_find(const BuildTable *table, const Build *build);

/* "Exchange 2016 CU19 Mar21SU", "Exchange 2016 CU19" or "". Free with g_free(). */
char *build_table_name(const BuildTable *table, const Build *build);

/* Before this day it can not have run; INSTANT_NONE: nothing is known. */
Instant build_table_released(const BuildTable *table, const Build *build);
/* The same as the table writes it, or "". */
const char *build_table_released_text(const BuildTable *table, const Build *build);

/* When the first build came out that closes @set, of the version of @build (2013, 2016 ...); over
 * all versions where it is NULL. INSTANT_NONE: none is known. */
Instant build_table_first_fix(const BuildTable *table, const Build *build, CveSet set);

/* The update whose number stands in @text ("KB5000871", "5000871 (KB5000871)"), or NULL. */
const UpdateRow *build_table_update(const BuildTable *table, const char *text);

/* Do observations of the rule with @rule_id say only that the server has had a build or a later one
 * (exchange-proofs.tsv)? */
gboolean build_table_is_least(const BuildTable *table, const char *rule_id);
