/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a finding says of how far an intrusion got: content/tables/exchange-stages.tsv.
 */
#pragma once

#include "assessment/assessment.h"
#include "assessment/build-table.h"

#define STAGE_ENTERED "entered" /* by a flaw: on a server without it only attempted */
#define STAGE_WRITTEN                                                                              \
	"shell-written" /* from here on pages that are asked for are the intruder's                \
			 */

/* Where a rule's findings count. */
typedef enum StageReach {
	REACH_ANY,	/* wherever they are */
	REACH_EXCHANGE, /* it fires on other machines too: on Exchange servers, and where other rows
			 * show that somebody entered */
	REACH_AFTER, /* it fires on what administrators do: where others show that, and not before
		      */
	REACH_N,
} StageReach;

typedef struct StageRule {
	guint stage; /* number of the stage */
	StageReach reach;
	const Flaw *flaw; /* that it is about, or NULL */
	CveSet set;	  /* of the flaw, or the one CVE that it is about */
	gboolean is_page; /* counts only on servers whose pages are known */
} StageRule;

/* What a field of an event names. */
typedef enum FactKind {
	FACT_NONE,
	FACT_ADDRESS,
	FACT_USER_AGENT,
	FACT_FILE,
	FACT_PAGE, /* a page that was asked for: among files, see STAGE_WRITTEN */
	FACT_ACCOUNT,
} FactKind;

typedef struct StageTable {
	GPtrArray *stages;	/* StageInfo, in order */
	GHashTable *rules;	/* id -> StageRule */
	GHashTable *tags;	/* tag -> StageRule */
	GHashTable *fields;	/* folded name -> FactKind */
	guint entered, written; /* numbers of those stages */
} StageTable;

/* @builds is borrowed. NULL with @error naming file, line and reason. */
StageTable *stage_table_load(const BuildTable *builds, const char *tables, GError **error);
void stage_table_free(StageTable *table); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StageTable, stage_table_free)

/* What the rule with @id and @tags (joined by blanks) says, or NULL: the row of its id, else of its
 * tags the one of the furthest stage. */
const StageRule *stage_table_find(const StageTable *table, const char *id, const char *tags);

FactKind stage_table_field(const StageTable *table, const char *name);

void stage_info_free(gpointer stage);
