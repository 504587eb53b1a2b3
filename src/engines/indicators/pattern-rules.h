/* SPDX-License-Identifier: Apache-2.0 */
/* What the case keeps of a pattern: its rules, told to the engine's report. */
#pragma once

#include "engines/engine.h"

/*
 * Tells of the rule with number @index for @indicator, a pattern found in @path. @part is 0 for the
 * pattern as a whole, else the number of the observation it stands for, from 1.
 */
void pattern_rule_tell(const EngineReport *report, const Indicator *indicator, const char *path,
	guint index, guint part, RuleKind kind, RuleLevel level);
