/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RuleIndex: rules by what correlations and filters call them, which is their id (regardless of
 * case) or their name.
 */
#pragma once

#include <glib.h>

#include "engines/sigma/rule.h"

typedef struct RuleIndex RuleIndex;

RuleIndex *rule_index_new(void);
void rule_index_free(RuleIndex *index);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RuleIndex, rule_index_free)

/*
 * Adds a detection, observation or correlation rule, borrowed, loaded or rejected, by its id and
 * its name, where it has them. Rules are added in order of index.
 */
void rule_index_add(RuleIndex *index, SigmaRule *rule);

/*
 * The rule that was loaded and is called @name; the first where the same document was loaded
 * several times. NULL with *ret_reason, to be freed: there is none, it was rejected, or several
 * different ones are called so.
 */
SigmaRule *rule_index_find_one(const RuleIndex *index, const char *name, char **ret_reason);

/* Calls @each for all rules that are called @name, loaded or rejected, until it returns FALSE. */
typedef gboolean (*RuleIndexFunc)(void *context, SigmaRule *rule);
void rule_index_foreach(
	const RuleIndex *index, const char *name, RuleIndexFunc each, void *context);
