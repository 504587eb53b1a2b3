/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Claim: an Indicator while a format puts it together, with room for its texts. One is used for all
 * claims of a file, so that texts cost no allocations; what is longer than sensible is cut.
 */
#pragma once

#include <glib.h>

#include "intel/collector.h"

typedef struct Claim {
	Indicator is; /* numbers and times; its texts are set when it is told */
	GString *id, *source, *title, *description, *reference, *tags;
} Claim;

void claim_init(Claim *claim);
void claim_clear(Claim *claim);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Claim, claim_clear)

/* All texts empty, confidence and times unknown. */
void claim_reset(Claim *claim);

/* Makes @claim what @from is; its texts are copied. */
void claim_copy(Claim *claim, const Claim *from);

/* Appends @text to one of the claim's texts, behind @separator where there is text already. */
void claim_append(GString *ret, const char *separator, const char *text);

/* A copy of @text cut to @size bytes at most, between two characters. Free it. */
char *claim_clip(const char *text, gsize size);

/* Adds a tag: lower case, what is no letter, digit, "." or "-" as "-"; each once. */
void claim_add_tag(Claim *claim, const char *prefix, const char *name);

/*
 * Adds the tag of an entry of ATT&CK ("T1059.001", "G0065", "S0232") where @text is the id of one:
 * attack.t1059.001. FALSE where it is not.
 */
gboolean claim_add_attack(Claim *claim, const char *text);

/* Adds a marking of the Traffic Light Protocol ("amber"): a tag, and a line of the description. */
void claim_add_tlp(Claim *claim, const char *name);

/* Adds names of malware or actors to the title, in brackets, where they do not stand in it. */
void claim_add_names(Claim *claim, const char *names);

/* Adds a URL to the references, once, up to LIMIT_INTEL_REFERENCES. */
void claim_add_reference(Claim *claim, const char *url);

/* Hands the claim over as @kind, with @value as it stands in the source. */
void claim_tell(Claim *claim, Collector *collector, IndicatorKind kind, const char *value);
