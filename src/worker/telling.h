/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Telling: the rules as the loader tells the coordinator of them.
 *
 * Engines tell of rules in any order, since what becomes of a rule that refers to others is known
 * only when all are read. The coordinator hears of them by ascending index, and of correlations
 * behind all rules, so what comes too early waits here.
 */
#pragma once

#include <glib.h>

#include "model/correlation.h"
#include "model/rule.h"
#include "worker/worker.h"

typedef struct Telling Telling;

Telling *telling_new(Worker *worker); /* borrowed */
void telling_free(Telling *telling);  /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Telling, telling_free)

void telling_add_rule(Telling *telling, const RuleInfo *rule);
void telling_add_correlation(Telling *telling, const Correlation *correlation);

/* @rule as a message; its texts are borrowed. */
void telling_fill_rule(Message *ret, const RuleInfo *rule);

/* Reports @bytes (may be NULL) at @shown, which no engine gets to see, as one rejected rule. */
void telling_reject(Worker *worker, const char *shown, GBytes *bytes, const char *reason);

/* Sends what still waits: all rules up to the last have been added by now. */
void telling_finish(Telling *telling);
