/* SPDX-License-Identifier: Apache-2.0 */
#include "intel/intel.h"
#include "intel/list.h"
#include "intel/stix/stix.h"

const IntelFormat *const intel_registry[] = { &intel_list, &intel_stix, NULL };
