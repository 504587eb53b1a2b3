/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "engines/engine.h"

extern const Engine indicators_engine;
