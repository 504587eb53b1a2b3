/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Warning lists: what is popular or shared by many, so that finding it says less: resolvers, CDNs,
 * dynamic-DNS zones, hosters. Read from content/tables/warninglists/; the idea and most entries are
 * those of MISP's warninglists (CC0).
 *
 * A list never deletes an indicator: it labels it, which lowers the level of its findings. What is
 * more specific than the list's entry (a host below a dynamic-DNS zone, a whole URL on a shared
 * host) is not on the list. Lists of what must not be looked for by itself say so.
 *
 *	# name: dynamic-dns
 *	# description: zones below which anybody can have a host     a phrase: "is on the list of
 *..." # source: MISP/misp-warninglists@84f0610a lists/dynamic-dns (CC0) # kinds: host kinds of
 *indicators by name, or "words" # effect: over-broad                   lower | over-broad |
 *suspicious | mistake | excludes 3322.org 192.0.2.7,9,20-23                      addresses may name
 *several last numbers
 *
 * Entries of several kinds are told apart by their looks. User agents that end with "/" stand for
 * every user agent with that product.
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

typedef enum WarningEffect {
	WARNING_LOWER,	    /* labels: findings of it mean less */
	WARNING_OVER_BROAD, /* is not looked for */
	WARNING_SUSPICIOUS, /* looks like a mistake of the source; is looked for, without a label */
	WARNING_MISTAKE,    /* surely is one; is not looked for */
	WARNING_EXCLUDES,   /* words by which a text names what it does not mean */
	WARNING_N_EFFECTS,
} WarningEffect;

typedef struct WarningHit {
	const char *const *names; /* as of warning_lists_find() */
	/* Of each effect the list with it that is first by name, and what it says; or NULL. */
	const char *lists[WARNING_N_EFFECTS], *descriptions[WARNING_N_EFFECTS];
} WarningHit;

/* All that the lists say of an indicator. FALSE where it is on none. @lists may be NULL. */
gboolean warning_lists_look_up(
	WarningLists *lists, IndicatorKind kind, const char *value, WarningHit *ret);

/* The list of top-level domains and public suffixes, by which text is told from host names. */
#define WARNING_PUBLIC_SUFFIXES "public-suffixes"

/* FALSE where the list above is loaded and @label is no top-level domain. */
gboolean warning_lists_may_be_top_level(WarningLists *lists, const char *label);

/*
 * The word of the lists of words (WARNING_EXCLUDES) that stands last in @text, or NULL; *ret_end is
 * where the word it begins ends.
 */
const char *warning_lists_excluding_word(WarningLists *lists, Slice text, gsize *ret_end);
