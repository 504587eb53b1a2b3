/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Joins filters to the rules they are for.
 *
 * A filter is for the detection rules that it names, or for any, where their log source has what
 * the filter's own one asks for (pySigma reads it so: a part that the filter leaves out may be
 * anything). Such a rule is from then on true only where the filter's condition is true, too:
 * whoever means to take events away writes "not selection". Correlation rules have no log source:
 * a filter is for the rules they stand on.
 *
 * A filter that is for no rule at all would be a trap, since whoever wrote it believes that it
 * works: it is rejected. One that names further rules, besides, is loaded and says so.
 */
#pragma once

#include "engines/sigma/rule-index.h"

/*
 * Joins each of @filters (SigmaRule, loaded) to those of @detections (SigmaRule, loaded) that it is
 * for. Their trees borrow from the filters from then on, which therefore outlive them. A filter
 * that can not be used is marked as rejected, with reason and line.
 */
void filters_join(const GPtrArray *filters, const GPtrArray *detections, const RuleIndex *index);
