/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tags of MISP: what they say of the indicators that carry them.
 *
 *	tlp:amber                                          a marking
 *	misp-galaxy:mitre-attack-pattern="Name - T1003"    attack.t1003
 *	misp-galaxy:threat-actor="APT40"                   a name for the title
 *	admiralty-scale:…, estimative-language:…,
 *	misp:confidence-level="…"                          confidence, of several the lowest
 *
 * Others say nothing that spoor uses.
 */
#pragma once

#include <glib.h>

#include "intel/claim.h"

/* Takes what @tag says into @claim, and names that belong into the title into @names. */
void misp_take_tag(Claim *claim, GString *names, const char *tag);
