/* SPDX-License-Identifier: Apache-2.0 */
/*
 * YaraRuleset: all rules of all files, compiled together; read only from then on, so that children
 * share it.
 *
 * Each file is a namespace of its own, so that rules of the same name in different files live side
 * by side. A compiled rule is recognised by its namespace and name: where libyara sees a rule that
 * was not cut out of the file, it is switched off, and where it lacks one, that is rejected.
 */
#pragma once

#include <glib.h>
#include <yara.h>

#include "engines/yara/levels.h"
#include "model/rule.h"

typedef struct YaraRuleset YaraRuleset;

YaraRuleset *yara_ruleset_new(void);
void yara_ruleset_free(YaraRuleset *ruleset);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(YaraRuleset, yara_ruleset_free)

/*
 * Takes one file, whose rules get the numbers from @first_index on. Returns how many there are,
 * those that will be rejected included.
 */
guint yara_ruleset_add(YaraRuleset *ruleset, const char *path, Slice text, guint first_index);

/* Compiles all and tells of each rule; then forgets their texts. @levels may be NULL. */
void yara_ruleset_compile(YaraRuleset *ruleset, const YaraLevels *levels,
	void (*tell)(void *context, const RuleInfo *rule), void *context);

/* NULL where there is no rule to judge by. */
YR_RULES *yara_ruleset_rules(const YaraRuleset *ruleset);

/* The number of @rule, which is one of them. */
guint yara_ruleset_index(const YaraRuleset *ruleset, const YR_RULE *rule);

/* Numbers of all rules that were loaded, ascending. */
const GArray *yara_ruleset_loaded(const YaraRuleset *ruleset);
