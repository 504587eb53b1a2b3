/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Observations: what an event that a rule of kind observation is true of says, and of whom.
 *
 * Values are taken as those of correlations are (hits.h): through the field map of the alternative
 * by which the rule reached the shape, derived fields included. A value with several items is
 * several observations, equal ones (but for case) once; the subject is the first of its fields
 * that says anything.
 */
#pragma once

#include "engines/sigma/hits.h"

void observations_report(const HitSource *source, const EngineReport *report);
