/* SPDX-License-Identifier: Apache-2.0 */
#include "engines/engine.h"
#include "engines/indicators/engine.h"
#include "engines/sigma/engine.h"
#include "engines/yara/engine.h"

const Engine *const engine_registry[] = {
	&indicators_engine,
	&sigma_engine,
	&yara_engine,
	NULL,
};
