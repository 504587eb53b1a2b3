/* SPDX-License-Identifier: Apache-2.0 */
#include "intel/csv.h"
#include "intel/html.h"
#include "intel/intel.h"
#include "intel/list.h"
#include "intel/loki.h"
#include "intel/misp/misp.h"
#include "intel/openioc/openioc.h"
#include "intel/stix/stix.h"
#include "intel/text.h"

const IntelFormat *const intel_registry[] = { &intel_csv, &intel_html, &intel_list, &intel_loki,
	&intel_misp, &intel_openioc, &intel_stix, &intel_text, NULL };
