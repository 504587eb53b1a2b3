/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the bytes of a rule file to SigmaRules.
 */
#pragma once

#include <glib.h>

#include "engines/sigma/rule.h"

/* Values for the expand modifier: name -> GPtrArray of char *. */
typedef struct Placeholders Placeholders;
Placeholders *placeholders_new(void);
void placeholders_free(Placeholders *placeholders);
/* Adds the values of a placeholder file: YAML map from name to a value or a list of values. */
gboolean placeholders_add(Placeholders *placeholders, Slice yaml, GError **error);

/*
 * Reads every YAML document of @text. For each document @each is called once, with a rule (owned by
 * the callee) whose info->status says whether it was loaded; a rejected one has no condition, and
 * its info->reason and line say why. What a correlation or a filter refers to is not looked for:
 * see resolve.h. Never fails as a whole: text that is no YAML is one
 * rejected rule. The engine numbers them; info->index is left 0.
 */
typedef void (*SigmaRuleFunc)(void *context, SigmaRule *rule);
void sigma_parse(const char *path, Slice text, const Placeholders *placeholders, SigmaRuleFunc each,
	void *context);
