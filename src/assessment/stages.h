/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stages: the findings of a case, joined by server to how far an intrusion got.
 */
#pragma once

#include "assessment/servers.h"
#include "assessment/stage-table.h"

/* Findings by flaw: inside, outside of and undecided about the time when the server had it. */
typedef struct FlawCounts {
	guint64 n[3]; /* by WindowPlace */
} FlawCounts;

/* Reads the findings of @c that some row of @table is about. */
gboolean stages_gather(Case *c, Servers *servers, const BuildTable *builds, const StageTable *table,
	GError **error);

/* StageFacts of the stages that @server reached, in order; empties what was gathered. */
GPtrArray *stages_finish(Server *server, const StageTable *table);
void stage_facts_free(gpointer facts);
void unverified_page_free(gpointer page);

/* How many findings on @server were about @flaw. */
FlawCounts stages_count_flaw(const Server *server, const Flaw *flaw);
