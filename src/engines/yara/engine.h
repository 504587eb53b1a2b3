/* SPDX-License-Identifier: Apache-2.0 */
/* The YARA engine's descriptor, for the registry. */
#pragma once

#include "engines/engine.h"

extern const Engine yara_engine;
