/* SPDX-License-Identifier: Apache-2.0 */
/* Advisories as running text. */
#pragma once

#include "intel/intel.h"

extern const IntelFormat intel_text;
