/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Placeholders: the values that %names% in rules with the expand modifier stand for.
 *
 * A placeholder file is a YAML map from name to a value or a list of values:
 *
 *	Administrators: [Administrator, adm-*]
 *	DomainControllers:
 *	    - DC01
 */
#pragma once

#include <glib.h>

#include "engines/sigma/parse.h"

/* The values of @name (char *, as written in the file), or NULL where there is none. */
const GPtrArray *placeholders_get(const Placeholders *placeholders, const char *name);
