/* SPDX-License-Identifier: Apache-2.0 */
#include "engines/engine.h"
#include "engines/sigma/engine.h"
#include "engines/yara/engine.h"

const Engine *const engine_registry[] = {
	&sigma_engine,
	&yara_engine,
	NULL,
};
