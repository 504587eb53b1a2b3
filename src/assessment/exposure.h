/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exposure: what a window comes to for people.
 */
#pragma once

#include "assessment/patch-window.h"

/*
 * @seen and @seen_last are when the server's evidence begins and ends: before the first fix came
 * out any build had the flaw, and of what is behind the end nothing is said. Counts of findings are
 * left at 0.
 */
Exposure *exposure_new(const BuildTable *table, const Flaw *flaw, const PatchWindow *window,
	Instant seen, Instant seen_last);
void exposure_free(gpointer exposure); /* accepts NULL */
