/* SPDX-License-Identifier: Apache-2.0 */
/* What the case keeps of a YARA rule. */
#pragma once

#include <glib.h>
#include <yara.h>

#include "engines/yara/file.h"
#include "engines/yara/levels.h"
#include "model/rule.h"

/*
 * Hashes of all rules of a file, by piece ("" for others). A rule that refers to nothing has the
 * hash of its own text; else that text, a NUL and a line for each thing it depends on are hashed:
 * "import pe", "rule" and the other's hash, and "global" and a hash over all global rules of the
 * file, which restrict it whether it names them or not.
 */
GPtrArray *yara_file_hash(const YaraFile *file); /* of char * */

/*
 * The caller's. @compiled is the rule as libyara sees it, or NULL where it was rejected; @levels
 * may be NULL.
 */
RuleInfo *yara_rule_info_new(const YaraFile *file, guint piece, const char *sha256,
	const YR_RULE *compiled, const YaraLevels *levels);
