/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values: from "field|modifiers: value(s)" to tests.
 *
 * Modifiers apply in the order they are written (specification 2.1, appendix "Modifiers"). Each
 * value becomes an Operand; each modifier changes it or refuses it; what is left at the end says
 * which tests the value is. What the specification leaves open is settled as pySigma does;
 * docs/writing-rules.md lists the modifiers, and where the two differ.
 */
#pragma once

#include "engines/sigma/draft.h"
#include "engines/sigma/yaml-tree.h"

/*
 * The node for one line of a selection: @key is the field with its modifiers (empty or NULL for
 * keywords), @value a scalar or a list of scalars. NULL where the draft was rejected.
 */
Node *values_read(Draft *draft, const YamlNode *key, const YamlNode *value);
