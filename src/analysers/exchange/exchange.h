/* SPDX-License-Identifier: Apache-2.0 */
/* Analysers for what Exchange writes. */
#pragma once

#include "analysers/fact.h"

extern const Analyser analyser_access_token;
extern const Analyser analyser_cmdlet_parameter;
