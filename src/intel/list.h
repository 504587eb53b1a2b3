/* SPDX-License-Identifier: Apache-2.0 */
/* Plain lists: one value a line. */
#pragma once

#include "intel/intel.h"

extern const IntelFormat intel_list;
