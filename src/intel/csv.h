/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of indicators: separated by commas, semicolons, bars or tabs. */
#pragma once

#include "intel/intel.h"

extern const IntelFormat intel_csv;
