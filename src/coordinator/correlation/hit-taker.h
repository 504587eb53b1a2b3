/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HitTaker: puts the hits that workers tell of into the case.
 */
#pragma once

#include "case/hits.h"
#include "ipc/message.h"

typedef struct HitTaker HitTaker;

/* All are borrowed: @rules are RuleInfo by index, @correlations Correlation by ascending rule. */
HitTaker *hit_taker_new(Case *c, const GPtrArray *rules, const GPtrArray *correlations);
void hit_taker_free(HitTaker *taker); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HitTaker, hit_taker_free)

/* Takes a MESSAGE_HIT about the evidence; the protocol has checked it. */
gboolean hit_taker_take(
	HitTaker *taker, const char *evidence_sha256, const Message *message, GError **error);
