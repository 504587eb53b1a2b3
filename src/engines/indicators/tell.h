/* SPDX-License-Identifier: Apache-2.0 */
/* Tell: from the hits in one event to findings, with their level and all reasons for it. */
#pragma once

#include "engines/engine.h"
#include "engines/indicators/catalogue.h"
#include "engines/indicators/find.h"

/*
 * Reports the hits of @event in order of their indicators' numbers, the first of which is
 * @first_late in the run. @hits (Hit) are sorted by the way; @texts is Finder.texts.
 */
void tell_hits(const Catalogue *catalogue, const EngineReport *report, guint first_late,
	const Event *event, GArray *hits, const GString *texts);
