/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finder: looks for indicators in texts, given what a text holds.
 *
 * A text is cut into the tokens that indicators can be (a host, an address, a path …), each token
 * is hashed and a filter is asked, and only where that says "perhaps" the table of the store is
 * asked and the value compared. Tokens are whole: nothing is ever found as part of a word. All
 * scanners are linear in the text.
 *
 *	host      as a whole and as parent: at each dot from the end on, but for the last label
 *alone address   as a whole, and in networks URL       behind a host that some URL has: whole, and
 *without query; scheme where the text has one e-mail    where a host stands behind "@" path the
 *last component; from there on to the left at each separator hashes    hexadecimal digits, 32, 40
 *or 64 of them, between other characters
 */
#pragma once

#include <glib.h>

#include "engines/indicators/observables.h"
#include "engines/indicators/store.h"

typedef struct Hit {
	guint32 store, number;
	guint32 column;
	guint32 text; /* where in Finder.texts a text of its own is, + 1; 0: the column's */
	gboolean is_text, is_parent;
} Hit;

typedef struct Patterns Patterns;

typedef struct Finder {
	const Store *stores; /* borrowed */
	guint n_stores;
	guint32 kinds;	    /* bits of those that some store has any of */
	guint32 seen_kinds; /* bits of hashes that stood in lists, whatever they were */
	gboolean has_ipv6;
	guint8 lengths_v4[33], lengths_v6[129]; /* of networks */
	guint n_lengths_v4, n_lengths_v6;
	Patterns *patterns; /* of file paths; borrowed, or NULL */
	GArray *hits;	    /* Hit, of the event at hand */
	GString *texts;	    /* NUL-terminated */
	guint32 column;	    /* of the text at hand */
	gboolean is_text;   /* it is free text */
	GString *plain, *folded, *url, *host;
} Finder;

/* @stores are borrowed. */
void finder_init(Finder *finder, const Store *stores, guint n_stores);
void finder_clear(Finder *finder);

/* Forgets the hits. */
void finder_begin(Finder *finder);

static inline gboolean finder_has(const Finder *finder, IndicatorKind kind)
{
	return (finder->kinds >> kind & 1) != 0;
}

/* The stores' answer to "may some store have @hash". */
static inline gboolean finder_may_have(const Finder *finder, IndicatorKind kind, guint64 hash)
{
	for (guint i = 0; i < finder->n_stores; i++) {
		if (store_may_have(&finder->stores[i], kind, hash))
			return TRUE;
	}
	return FALSE;
}

/* Adds hits for what @key of @kind is. */
void finder_look_up(
	Finder *finder, IndicatorKind kind, guint64 hash, Slice key, gboolean is_parent);

static inline void finder_look(
	Finder *finder, IndicatorKind kind, guint64 hash, Slice key, gboolean is_parent)
{
	if (G_UNLIKELY(finder_may_have(finder, kind, hash)))
		finder_look_up(finder, kind, hash, key, is_parent);
}

/*
 * Looks in the text of @column, which holds @holds (bits of Observable). Bytes that are no UTF-8
 * are no part of any token.
 */
void finder_look_in(Finder *finder, guint column, guint32 holds, Slice text);

/* ---- of one kind each; for finder_look_in() and its parts ---- */

/*
 * @host: letters, digits, "-", "_" and dots, none at its ends. Returns TRUE where some URL has this
 * host.
 */
gboolean find_host(Finder *finder, Slice host);

/* The same of text with other characters, which may be letters of an IDN. */
void find_foreign_host(Finder *finder, Slice text, gsize start, gsize end);

/* What a field of hosts or addresses has. */
void find_host_field(Finder *finder, Slice text);
void find_address_field(Finder *finder, Slice text);

/* @n is 4 or 16. */
void find_address(Finder *finder, const guint8 *address, gsize n);

/* Addresses of version 6 in @text. */
void find_ipv6_text(Finder *finder, Slice text);

/*
 * URLs with @host (in normal form), which stands in @text from @start to @end. What the URL reaches
 * to is the end of @text, if @is_whole, or what can not be in one.
 */
void find_url(Finder *finder, Slice host, Slice text, gsize start, gsize end, gboolean is_whole);

/* URLs that stand in several fields; @port and @query may be empty, @scheme too. */
void find_url_parts(Finder *finder, Slice scheme, Slice host, Slice port, Slice path, Slice query);

/* @text is folded and may be changed. */
void find_path_field(Finder *finder, GString *folded, gboolean is_name);

/* A name that stands in @text (not folded) from @start to @end. */
void find_path_text(Finder *finder, Slice text, gsize start, gsize end);

/* Paths in @text whose last component has no dot. */
void find_dotless_paths(Finder *finder, Slice text);

void find_registry_field(Finder *finder, Slice text);
void find_registry_text(Finder *finder, Slice text);

/* Hashes that stand in @text, and are to be of one of @kinds (bits). */
void find_hashes(Finder *finder, Slice text, guint32 kinds);

/* Fields such as Sysmon's Hashes: MD5=…,SHA256=… */
void find_hash_list(Finder *finder, Slice text);

/* A word (words.h) of ASCII that stands in @text from @start to @end. */
void find_word(Finder *finder, Slice text, gsize start, gsize end, gboolean is_url);

/* Everything that can stand in text. Where @is_url, a URL in it reaches to its end. */
void find_text(Finder *finder, Slice text, gboolean is_url);
