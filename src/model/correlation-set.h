/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The correlations of a run together (GPtrArray of Correlation, by ascending rule): how they stand
 * on the run's rules and on each other.
 */
#pragma once

#include <glib.h>

#include "model/correlation.h"
#include "model/rule.h"

/* The correlation that is @rule, or NULL. */
const Correlation *correlation_set_find(const GPtrArray *set, guint rule);

/*
 * Appends the correlations of @set to @ret (borrowed), each behind those it refers to, and
 * otherwise by ascending rule. FALSE where that can not be: they refer to each other in a circle,
 * or stand on each other more than LIMIT_CORRELATION_DEPTH high; @ret then has those that can.
 */
gboolean correlation_set_order(const GPtrArray *set, GPtrArray *ret);

/*
 * FALSE with @error unless @set fits @rules (RuleInfo by index): each is a correlation rule that
 * was loaded, as are the rules its parts name; what it asks of a part that is a correlation, that
 * one has; and there is an order.
 */
gboolean correlation_set_check(const GPtrArray *set, const GPtrArray *rules, GError **error);

/*
 * Sets is_silent of those @rules that some correlation refers to, but none with "generate". @set
 * fits them.
 */
void correlation_set_mark_silent(const GPtrArray *set, GPtrArray *rules);
