/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Observables: which fields of events hold what indicators are about, as content/tables/
 * observables.yml says. See there for its format.
 */
#pragma once

#include <glib.h>

#include "base/slice.h"
#include "model/event.h"
#include "model/indicator.h"

typedef enum Observable {
	OBSERVE_NOTHING, /* a number, a time: not looked at */
	OBSERVE_TEXT,	 /* written by people or programs: looked for tokens */
	OBSERVE_HOST,
	OBSERVE_ADDRESS,
	OBSERVE_URL,
	OBSERVE_EMAIL,
	OBSERVE_PATH,
	OBSERVE_FILE_NAME,
	OBSERVE_REGISTRY_KEY,
	OBSERVE_PIPE,
	OBSERVE_MUTEX,
	OBSERVE_USER_AGENT,
	OBSERVE_MD5,
	OBSERVE_SHA1,
	OBSERVE_SHA256,
	OBSERVE_IMPHASH,
	OBSERVE_JA3,
	OBSERVE_HASHES, /* MD5=…,SHA256=…, or one of any length */
	OBSERVE_N,
} Observable;

#define OBSERVE_BIT(observable) (1u << (observable))

/* Fields that are a URL together; texts borrowed from the table, NULL where there is none. */
typedef struct UrlFields {
	const char *scheme, *host, *port, *path, *query;
} UrlFields;

typedef struct Observables Observables;

/* NULL with @error where @text is malformed. */
Observables *observables_new(Slice text, GError **error);
void observables_free(Observables *observables); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Observables, observables_free)

/*
 * What @column of @shape holds: bits of Observable. A column that the table does not name is text;
 * *ret_is_named (may be NULL) is FALSE then. @observables may be NULL: then nothing is named.
 */
guint32 observables_find(
	const Observables *observables, const Shape *shape, guint column, gboolean *ret_is_named);

/* The kinds of indicators (bits) that something with @holds can be evidence of. */
guint32 observables_kinds(guint32 holds);

guint observables_count_urls(const Observables *observables);
const UrlFields *observables_url(const Observables *observables, guint i);

/* The column of @shape that is called @name, as the table's names are compared; or -1. */
int observables_column(const Shape *shape, const char *name);
