/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Warning lists: what is popular or shared by many, so that finding it says less: resolvers, CDNs,
 * dynamic-DNS zones, hosters. Read from content/tables/warninglists/; the idea and most entries are
 * those of MISP's warninglists (CC0).
 *
 * A list never deletes an indicator: it labels it, which lowers the level of its findings. What is
 * more specific than the list's entry (a host below a dynamic-DNS zone, a whole URL on a shared
 * host) is not on the list.
 */
#pragma once

#include <glib.h>

#include "base/slice.h"
#include "model/indicator.h"

typedef struct WarningLists WarningLists;

WarningLists *warning_lists_new(void);
void warning_lists_free(WarningLists *lists); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WarningLists, warning_lists_free)

/* Adds one file of content/tables/warninglists. FALSE with @error where it is malformed. */
gboolean warning_lists_add(WarningLists *lists, const char *name, Slice text, GError **error);

/*
 * The names of the lists that an indicator in normal form is on: sorted, NULL-terminated, borrowed
 * from @lists until the next call; NULL where it is on none. *ret_over_broad (may be NULL) is TRUE
 * where one of them says that its entries must never be looked for by themselves.
 */
const char *const *warning_lists_find(
	WarningLists *lists, IndicatorKind kind, const char *value, gboolean *ret_over_broad);
