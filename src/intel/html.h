/* SPDX-License-Identifier: Apache-2.0 */
/* Advisories as web pages. */
#pragma once

#include "intel/intel.h"

extern const IntelFormat intel_html;
