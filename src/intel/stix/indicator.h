/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One indicator object, with all that the other objects of its file say of it.
 *
 *	property, or object that is related        in the claim
 *	name; names of what it indicates           title
 *	description, TLP marking                   description, tag tlp.*
 *	created_by_ref; report that holds it       source: "AA21-200A (CISA)"
 *	external_references; the report's          reference; ids of ATT&CK and CVE are tags
 *	kill_chain_phases                          tags: attack.execution
 *	indicates: ids of ATT&CK                   tags: attack.t1059, attack.g0065, attack.s0232
 *	indicator_types, labels                    benign: silent; each a tag:
 *stix.anomalous-activity confidence                                 confidence valid_from, else
 *created; valid_until      valid_from; valid_until revoked, or an older version               a
 *note; nothing is told pattern_type stix                          plain indicators or a pattern
 *	pattern_type sigma, yara                   a rule
 */
#pragma once

#include <glib.h>

#include "intel/claim.h"
#include "intel/stix/index.h"

/* Tells what becomes of @entry, an indicator in line @line. @claim is used for it. */
void stix_tell_indicator(const StixIndex *index, const StixEntry *entry, guint line, Claim *claim,
	Collector *collector);

/* Appends the name of the newest version of the object @id; nothing where there is none. */
void stix_append_name(GString *ret, const char *separator, const StixIndex *index, Slice id);
