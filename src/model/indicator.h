/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Indicator: something to look for, as a source of intelligence tells it, with all that says how
 * much finding it means: who says so, how sure, since when and until when.
 *
 * Readers of intelligence (src/intel/) make claims of what stands in a feed; intel/collector.h
 * makes indicators in normal form of those that make sense; engines/indicators/ finds them.
 */
#pragma once

#include <glib.h>

#include "base/instant.h"

typedef enum IndicatorKind {
	INDICATOR_HOST,		/* a domain or host name: is also found as parent of others */
	INDICATOR_ADDRESS,	/* IPv4 or IPv6 */
	INDICATOR_NETWORK,	/* IPv4 or IPv6, address/prefix length */
	INDICATOR_URL,		/* with scheme */
	INDICATOR_EMAIL,	/* an address */
	INDICATOR_FILE_NAME,	/* without folder */
	INDICATOR_FILE_PATH,	/* is found as the end of a path, at a separator */
	INDICATOR_FILE_PATTERN, /* regular expression (RE2) on a path; with exceptions */
	INDICATOR_REGISTRY_KEY, /* or value: HKLM\... ; is found as the end of a path, too */
	INDICATOR_MUTEX,
	INDICATOR_PIPE,	      /* without \\.\pipe\ before it */
	INDICATOR_USER_AGENT, /* whole */
	INDICATOR_MD5,
	INDICATOR_SHA1,
	INDICATOR_SHA256,
	INDICATOR_IMPHASH,
	INDICATOR_JA3,
	INDICATOR_STIX_PATTERN, /* what no other kind can say */
	INDICATOR_N_KINDS,
	INDICATOR_ANY = INDICATOR_N_KINDS, /* of a claim: the value says what it is */
} IndicatorKind;

#define INDICATOR_CONFIDENCE_UNKNOWN 255

/* All texts are valid UTF-8, borrowed, never NULL: "" where the source says nothing. */
typedef struct Indicator {
	IndicatorKind kind;
	const char *value;     /* of a claim: as it stands in the source, defanged perhaps; else in
				* normal form (intel/normal.h) */
	const char *exception; /* FILE_PATTERN: paths that this one matches are not meant */
	const char *id;	       /* the author's: indicator--..., an attribute's UUID */
	const char *source;    /* who says so: "AA21-200A", a feed's or file's name */
	const char *title;     /* what it is: "HOMEFRY password dumper" */
	const char *description;
	const char *reference; /* URLs, joined by line feeds */
	const char *tags;      /* joined by spaces, as a rule's: attack.t1059.001 */
	guint confidence;      /* 0 to 100, or INDICATOR_CONFIDENCE_UNKNOWN */
	Instant valid_from;    /* or first seen, or published: the first that is told; else
				* INSTANT_NONE */
	Instant valid_until;   /* or last seen; INSTANT_NONE */
	gboolean is_silent;    /* the source says that it must not alert (to_ids: false) */
	const char *const
		*lists; /* names of the warning lists it is on; NULL-terminated, or NULL */
	guint line;	/* where in the source, from 1; 0: unknown */
} Indicator;

/* "domain", "ipv4-or-ipv6" …: stable words for JSON and SQL: host, address, network, url, email,
 * file-name, file-path, file-pattern, registry-key, mutex, pipe, user-agent, md5, sha1, sha256,
 * imphash, ja3, stix-pattern. */
const char *indicator_kind_name(IndicatorKind kind);
gboolean indicator_kind_parse(const char *name, IndicatorKind *ret);

/* What one and several are called, for people: "MD5 hash", "MD5 hashes". */
const char *indicator_kind_singular(IndicatorKind kind);
const char *indicator_kind_plural(IndicatorKind kind);
