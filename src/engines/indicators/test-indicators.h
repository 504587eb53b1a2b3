/* SPDX-License-Identifier: Apache-2.0 */
/* For tests only: stores made of a few lines, and what is found with them. */
#pragma once

#include <glib.h>

#include "engines/indicators/find.h"

typedef struct TestStore {
	guint8 *bytes;
	gsize size;
	Store store;
} TestStore;

/* Of "KIND VALUE" each (NULL-terminated); fails the test where one is none. */
TestStore *test_store_new(const char *const *lines);
void test_store_free(TestStore *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TestStore, test_store_free)

/* An indicator as a feed would tell it, with nothing but kind and value. */
Indicator test_indicator(IndicatorKind kind, const char *value);

/* What finder_look_in() finds in @text: "kind value" of each once, in order, joined by ", ". */
char *test_find(Finder *finder, guint32 holds, const char *text);
