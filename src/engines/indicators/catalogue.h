/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Catalogue: all stores of a run as one. An indicator that several stores have is one late rule,
 * called by the number it has in the first of them, with the parts of all.
 */
#pragma once

#include <glib.h>

#include "engines/indicators/levels.h"
#include "engines/indicators/store.h"
#include "model/rule.h"

typedef struct Catalogue {
	GArray *stores;	      /* Store */
	GPtrArray *paths;     /* char *: by which a store was named; "" for that of text files */
	GArray *firsts;	      /* guint32: the number of each store's first indicator */
	const Levels *levels; /* borrowed, or NULL */
} Catalogue;

void catalogue_init(Catalogue *catalogue);
void catalogue_clear(Catalogue *catalogue);

/* @store's bytes are borrowed. */
void catalogue_add(Catalogue *catalogue, const Store *store, const char *path);

/* How many numbers there are. */
guint catalogue_count(const Catalogue *catalogue);

static inline const Store *catalogue_store(const Catalogue *catalogue, guint i)
{
	return &g_array_index(catalogue->stores, Store, i);
}

/* The number of indicator @number of store @store. */
guint32 catalogue_number(const Catalogue *catalogue, guint store, guint32 number);

/* One source's word, and the file it stands in. */
typedef struct CataloguePart {
	StorePart part;
	IntelSource source;
	char *path; /* as its set is called */
} CataloguePart;

/*
 * Everything that is said of indicator @number, at most LIMIT_INDICATOR_PARTS and until they are
 * more than LIMIT_INDICATOR_TOLD_BYTES, as an array of CataloguePart that frees its own texts;
 * others lie in the stores.
 */
GArray *catalogue_parts(const Catalogue *catalogue, guint32 number);

/* Its kind and value. */
IndicatorKind catalogue_value(const Catalogue *catalogue, guint32 number, GString *ret);

/* "MD5 hash", "host": what one is called. */
const char *catalogue_kind_word(IndicatorKind kind);

/* What is to be known of it as a rule; the caller's. */
RuleInfo *catalogue_describe(const Catalogue *catalogue, guint32 number);

/* The rule for the ledger that stands for all @n indicators of @kind in @source; the caller's. */
RuleInfo *catalogue_describe_set(const IntelSource *source, const char *path, IndicatorKind kind,
	guint n, const char *file_sha256);

/* How a set of a source is called, that stands in the store at @store_path ("": in none). */
char *catalogue_path(const char *store_path, const char *source_path);

/* All stores as one: the bytes of a store, g_free()'d by the caller. */
guint8 *catalogue_join(const Catalogue *catalogue, gsize *ret_size);
