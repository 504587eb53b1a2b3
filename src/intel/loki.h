/* SPDX-License-Identifier: Apache-2.0 */
/* Indicator files of Loki and THOR. */
#pragma once

#include "intel/intel.h"

extern const IntelFormat intel_loki;
