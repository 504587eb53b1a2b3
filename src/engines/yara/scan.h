/* SPDX-License-Identifier: Apache-2.0 */
/*
 * YaraScan: judges files by a ruleset. One for each process; the ruleset is only read.
 */
#pragma once

#include <glib.h>

#include "engines/engine.h"
#include "engines/yara/compile.h"
#include "engines/yara/ruleset.h"

typedef struct YaraScan YaraScan;

/* NULL where memory is short. @ruleset has rules. */
YaraScan *yara_scan_new(const YaraRuleset *ruleset, const EngineReport *report);
void yara_scan_free(YaraScan *scan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(YaraScan, yara_scan_free)

/*
 * Judges the content of @event, whose external variables are @externals; reports each rule that is
 * true of it, in order of index, and what could not be judged.
 */
void yara_scan_judge(
	YaraScan *scan, const Event *event, const char *const externals[YARA_N_EXTERNALS]);
