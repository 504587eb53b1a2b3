/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What `spoor explain` says of a correlation beyond what it says of any finding: the events it
 * rests on, and all that it takes to reproduce it.
 */
#pragma once

#include <glib.h>

#include "case/case.h"

/* Appends the events, one behind the other; those behind other correlations' findings indented. */
gboolean explain_append_events(GString *ret, Case *c, const char *correlated, GError **error);

/* Appends the paths of all evidence that listed events are in, each once (char *). */
gboolean explain_add_paths(GPtrArray *ret, Case *c, const char *correlated, GError **error);

/* Appends the documents of all rules that the correlation rule stands on, to follow its own. */
gboolean explain_append_sources(GString *ret, Case *c, const char *rule_sha256, GError **error);
