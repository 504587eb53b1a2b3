/* SPDX-License-Identifier: Apache-2.0 */
/*
 * YaraLevels: how grave a finding of a rule is, from what the rule's meta section says. Which
 * fields are asked and what their values mean is content/tables/yara-levels.yml.
 */
#pragma once

#include <glib.h>

#include "base/slice.h"
#include "model/rule.h"

typedef struct YaraLevels YaraLevels;

/* Reads the table; NULL with @error (which says line and reason) where it is malformed. */
YaraLevels *yara_levels_new(Slice text, GError **error);
void yara_levels_free(YaraLevels *levels);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(YaraLevels, yara_levels_free)

guint yara_levels_n_fields(const YaraLevels *levels);

/* The name of meta field number @field, in the order in which they are asked. */
const char *yara_levels_field(const YaraLevels *levels, guint field);

/* FALSE where the table does not say what @value means in this field. */
gboolean yara_levels_of_number(const YaraLevels *levels, guint field, gint64 value, RuleLevel *ret);
gboolean yara_levels_of_text(
	const YaraLevels *levels, guint field, const char *value, RuleLevel *ret);

/* Of a rule that none of the fields says anything about. */
RuleLevel yara_levels_otherwise(const YaraLevels *levels);
