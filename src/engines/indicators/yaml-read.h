/* SPDX-License-Identifier: Apache-2.0 */
/* What both tables of the engine need to be read: texts and lists of texts, and where one is wrong.
 */
#pragma once

#include <glib.h>

#include "engines/sigma/yaml-tree.h"

/* Sets @error to "line N: <what>" and returns FALSE. */
gboolean yaml_fail(GError **error, const YamlNode *node, const char *what, ...) G_GNUC_PRINTF(3, 4);

/* The one document of @text as a map. NULL with @error; else *ret_stream owns it. */
const YamlNode *yaml_read_map(Slice text, YamlStream **ret_stream, GError **error);

/* How many texts @node is: itself, or its items. 0 where it is NULL. */
guint yaml_count(const YamlNode *node);

/* Text @i of it; NULL where that is no scalar. */
const char *yaml_text(const YamlNode *node, guint i);

/* FALSE with @error where @map has a key that is none of @names (NULL-terminated). */
gboolean yaml_check_keys(const YamlNode *map, const char *const *names, GError **error);
