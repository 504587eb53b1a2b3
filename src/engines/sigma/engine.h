/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "engines/engine.h"
#include "engines/sigma/judge.h"

extern const Engine sigma_engine;

/* What judging has cost so far, for benchmarks. */
const JudgeCounts *sigma_engine_counts(const EngineState *state);

/* The memory that bindings take; never much more than LIMIT_SIGMA_BINDING_BYTES. For tests. */
gsize sigma_engine_bound_bytes(const EngineState *state);
