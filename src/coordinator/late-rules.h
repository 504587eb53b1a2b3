/* SPDX-License-Identifier: Apache-2.0 */
/*
 * LateRules: the rules that the loader does not tell of, since there may be millions (indicators).
 * A child tells of one before the first finding of a task that needs it.
 *
 * What children say is looked at twice: as it comes, when it may be refused and the child with it;
 * and in the order of the evidence, when it counts. Only the second decides what is kept.
 */
#pragma once

#include <glib.h>

#include "ipc/message.h"
#include "model/rule.h"

typedef struct LateRules LateRules;

/* There are @n, with the indices from @first on. */
LateRules *late_rules_new(guint first, guint n);
void late_rules_free(LateRules *late); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LateRules, late_rules_free)

/*
 * A RULE came from a child: may it be? Its index must be that of a late rule, it an indicator that
 * was loaded, its SHA-256 that of its document; and nobody may have told of another rule with this
 * index before (of the first LIMIT_LATE_RULES_FOUND that is remembered).
 */
gboolean late_rules_check(LateRules *late, const Message *rule);

/*
 * Its turn has come. *ret_new is the rule where it was not known before: borrowed, and whole only
 * until the next call of late_rules_forget_texts(). FALSE where there are more than
 * LIMIT_LATE_RULES_FOUND.
 */
gboolean late_rules_take(LateRules *late, const Message *rule, const RuleInfo **ret_new);

/* What is long of the rule at @index is not needed any more. */
void late_rules_forget_texts(LateRules *late, guint index);

/* The rule that was taken with @index; NULL where there was no room. */
const RuleInfo *late_rules_find(const LateRules *late, guint index);

guint late_rules_count(const LateRules *late); /* how many can be found */

/* What a RULE says; NULL where it can not be. Free with rule_info_free(). */
RuleInfo *rule_info_from_message(const Message *message);
