/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exposure: what a window comes to for people.
 */
#pragma once

#include "assessment/window.h"

/*
 * @seen is when the server's evidence begins: before the first fix came out any build had the flaw.
 * Counts of findings are left at 0.
 */
Exposure *exposure_new(
	const BuildTable *table, const Flaw *flaw, const Window *window, Instant seen);
void exposure_free(gpointer exposure); /* accepts NULL */
