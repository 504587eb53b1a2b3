/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Types of MISP's attributes, and what of them can be looked for. Source: describeTypes.json of
 * PyMISP; how values of a type are written: MISP's own validation of attributes.
 */
#pragma once

#include <glib.h>

#include "intel/claim.h"

/*
 * Tells @value, an attribute of @type (with is.line and is.is_silent set), in the name of @claim:
 * as indicators, as a pattern, as a rule, or as a note where nothing looks for such a thing. @claim
 * is changed.
 */
void misp_tell_value(Claim *claim, Collector *collector, const char *type, const char *value);
