/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "intel/intel.h"

/* OpenIOC 1.0 and 1.1. */
extern const IntelFormat intel_openioc;
