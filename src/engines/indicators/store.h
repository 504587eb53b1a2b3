/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Store: compiled indicators, read in place (store-format.h). Everything here is safe on any bytes:
 * a store that lies finds less, or shows odd texts, and nothing else.
 */
#pragma once

#include <glib.h>

#include "base/instant.h"
#include "engines/indicators/key.h"
#include "engines/indicators/store-format.h"

#define STORE_MAX_SAME 8 /* indicators that one key is, such as a URL with several schemes */

typedef struct Store {
	Slice bytes; /* borrowed */
	Slice sections[STORE_N_SECTIONS];
	guint32 n; /* indicators; numbered from 0 in order of kind and value */
	guint32 first[INDICATOR_N_KINDS + 1]; /* of each kind */
	Slice filters[INDICATOR_N_KINDS];     /* whole words */
	guint32 n_slots;
	guint32 n_parts, n_abouts, n_sets, n_sources;
} Store;

/* What one source says of an indicator. Texts lie in the store, valid UTF-8. */
typedef struct StorePart {
	guint32 set;
	const char *written, *id, *source, *title, *description, *reference, *tags, *lists;
	guint confidence;
	Instant valid_from, valid_until;
	gboolean is_silent;
	guint line;
} StorePart;

typedef struct StoreSet {
	guint32 source;
	IndicatorKind kind;
	guint32 n;
} StoreSet;

/* TRUE where @bytes begin as a store does. */
gboolean store_is_store(Slice bytes);

/* Finds the sections. FALSE with @error where @bytes, which are borrowed, are no whole store. */
gboolean store_open(Store *ret, Slice bytes, GError **error);

static inline guint32 store_count(const Store *store, IndicatorKind kind)
{
	return store->first[kind + 1] - store->first[kind];
}

/* FALSE where no key of @kind has @hash; TRUE where one may have. */
static inline gboolean store_may_have(const Store *store, IndicatorKind kind, guint64 hash)
{
	Slice filter = store->filters[kind];
	guint64 n_words = filter.size / 8, word = 0, mask;
	guint32 low = (guint32)hash;

	if (n_words == 0)
		return FALSE;
	memcpy(&word, &filter.data[((hash >> 32) * n_words >> 32) * 8], sizeof(word));
	mask = G_GUINT64_CONSTANT(1) << (low & 63) | G_GUINT64_CONSTANT(1) << (low >> 6 & 63) |
		G_GUINT64_CONSTANT(1) << (low >> 12 & 63) |
		G_GUINT64_CONSTANT(1) << (low >> 18 & 63);
	return (GUINT64_FROM_LE(word) & mask) == mask;
}

/* The numbers of the indicators of @kind that are @key, which has @hash. Returns how many. */
guint store_find(const Store *store, IndicatorKind kind, guint64 hash, Slice key,
	guint32 ret[STORE_MAX_SAME]);

IndicatorKind store_kind(const Store *store, guint32 number);

/* As it is compared. */
Slice store_value(const Store *store, guint32 number);

/* As its normal form is; valid UTF-8. */
void store_append_value(GString *ret, const Store *store, guint32 number);

guint store_count_parts(const Store *store, guint32 number);
void store_part(const Store *store, guint32 number, guint i, StorePart *ret);

void store_set(const Store *store, guint32 set, StoreSet *ret);

/* Texts lie in the store. */
void store_source(const Store *store, guint32 source, IntelSource *ret);

/* TRUE where some network has a prefix of @length bits. */
gboolean store_has_length(const Store *store, gboolean is_v6, guint length);

/* TRUE where there are IPv6 addresses or networks. */
gboolean store_has_ipv6(const Store *store);
