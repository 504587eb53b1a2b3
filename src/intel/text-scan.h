/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values in running text: words that can be nothing else than a host, an address, a URL, an e-mail
 * address or a hash. One pass for each of two questions: is anything written defanged, and what is
 * there to claim.
 */
#pragma once

#include "intel/collector.h"

/* Claims the values of @text, which is @name's; tells of YARA rules in it. */
void text_scan_claim(Slice text, Collector *collector);

/* TRUE where there is a value in @text, to be claimed or not. */
gboolean text_scan_has_values(Slice text);
