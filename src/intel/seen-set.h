/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SeenSet: which values a source has named, for millions of them: 24 bytes each, whatever their
 * length. Values are known by 96 bits of keyed hash.
 */
#pragma once

#include <glib.h>

#include "base/slice.h"

typedef struct SeenValue {
	guint64 hash; /* 0: free */
	guint32 more_hash;
	guint32 line; /* of the first one */
	guint16 source;
	gboolean is_silent : 1; /* some claim says that it must not alert */
	gboolean is_alerting : 1;
	gboolean is_told : 1; /* that claims contradict each other */
} SeenValue;

typedef struct SeenSet SeenSet;

SeenSet *seen_set_new(void);
void seen_set_free(SeenSet *set); /* accepts NULL */

/* The entry of @key, made where there is none; borrowed until the next call. */
SeenValue *seen_set_take(SeenSet *set, Slice key, gboolean *ret_is_new);
