/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "intel/intel.h"

/* STIX 2.0 and 2.1: bundles, TAXII envelopes, single objects, lists and lines of objects. */
extern const IntelFormat intel_stix;
