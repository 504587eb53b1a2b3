/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TAXII 2.1 (OASIS), the client's side: from any URL of a server to the objects of its collections.
 *
 *	discovery ──▶ API roots ──▶ collections ──▶ objects, page by page
 *
 * What a URL is, the answer says: a discovery has api_roots, an API root versions, a list has
 * collections, a collection can_read. Pages are asked for with the original query and `next`, which
 * servers need and clients forget. A page that came before ends it: the server goes in a circle.
 */
#pragma once

#include <glib.h>

#include "fetch/bundle.h"
#include "fetch/http.h"

typedef struct TaxiiCollection {
	char *url; /* with "/" at the end */
	char *id, *title, *alias;
	gboolean can_read;
	guint64 n_objects, n_pages;
	char *last_added; /* when the server got the last of them, as it says; or NULL */
} TaxiiCollection;

typedef struct Taxii Taxii;

/* All are borrowed. */
Taxii *taxii_new(Http *http, Bundle *bundle);
void taxii_free(Taxii *taxii); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Taxii, taxii_free)

/* Finds the collections that @url leads to. FALSE with @error. */
gboolean taxii_find(Taxii *taxii, const char *url, GError **error);

/*
 * Gets the objects of the collection called @wanted (id, alias or title), or of all that can be
 * read where it is NULL; those added after @added_after, where it is not NULL.
 */
gboolean taxii_fetch(Taxii *taxii, const char *wanted, const char *added_after, GError **error);

/* TaxiiCollection, in the order of the server; those with n_pages 0 were not asked for. */
const GPtrArray *taxii_collections(const Taxii *taxii);

/* API roots on other hosts, which are not followed. */
guint taxii_n_elsewhere(const Taxii *taxii);
