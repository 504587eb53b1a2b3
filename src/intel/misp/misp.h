/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "intel/intel.h"

/* Events of MISP as JSON; also tells apart what else lies in the folder of a feed. */
extern const IntelFormat intel_misp;
