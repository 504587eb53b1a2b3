/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Links correlations to the rules they refer to, once all rules are read, in whatever files and
 * order they stood.
 *
 * A correlation with a rule that is missing, was rejected or can not be told from another is
 * rejected itself, and with it all that stand on it; so are correlations in a circle, and those
 * more than LIMIT_CORRELATION_DEPTH above each other.
 */
#pragma once

#include "engines/sigma/correlation-rule.h"
#include "engines/sigma/rule-index.h"

/*
 * Links @correlations (SigmaRule, loaded, by ascending index), whose rules are looked up in @index.
 * Those that can not be used are marked as rejected, with reason and line. Of the others all
 * members of the Correlation are filled in; each detection rule that is a part of one gets a
 * RuleHit for it (borrowing the Correlation); and of the rules they refer to, is_silent is set.
 */
void correlations_link(const GPtrArray *correlations, const RuleIndex *index);
