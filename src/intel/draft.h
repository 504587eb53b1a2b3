/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Draft: a claim on its way to an indicator. What kind it really is and its normal form are settled
 * here, by the value alone; whether it is wanted is the collector's matter.
 */
#pragma once

#include <glib.h>

#include "base/slice.h"
#include "model/indicator.h"
#include "model/intel-report.h"

typedef struct Draft {
	IndicatorKind kind; /* as claimed, then as it is */
	GString *refanged;
	GString *value;	    /* in normal form, or what is wrong of the value so far */
	GString *exception; /* of a pattern of file paths, as RE2 takes it */
	gboolean was_defanged;
	const char *suspicion; /* what is odd of the claim, as a phrase; it is taken all the same */
	GString *problem;      /* why it can not be taken */
	IntelNoteKind problem_kind;
} Draft;

void draft_init(Draft *draft);
void draft_clear(Draft *draft);

/* Settles @text, which @kind it is said to be. FALSE with the problem set where it can not be. */
gboolean draft_settle(Draft *draft, IndicatorKind kind, Slice text);

/* Settles what a pattern of file paths does not mean, likewise; "" is nothing. */
gboolean draft_settle_exception(Draft *draft, const char *exception);
