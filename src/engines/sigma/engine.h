/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "engines/engine.h"
#include "engines/sigma/judge.h"

extern const Engine sigma_engine;

/* What judging has cost so far, for benchmarks. */
const JudgeCounts *sigma_engine_counts(const EngineState *state);
