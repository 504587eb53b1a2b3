/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses and networks of ISSUBSET and ISSUPERSET, IPv4 and IPv6. */
#pragma once

#include <glib.h>

#include "base/slice.h"

typedef struct StixNetwork {
	guint8 bytes[16];
	guint n_bytes; /* 4 or 16 */
	guint prefix;  /* bits */
} StixNetwork;

/*
 * "198.51.100.7", "2001:db8::/32". Strict: four decimal numbers without leading zeros, RFC 4291 (no
 * zone). An address alone is a network of one. IPv4-mapped IPv6 is IPv4.
 */
gboolean stix_network_parse(Slice text, StixNetwork *ret);

/* Is every address of @inner one of @outer? Those of different versions never are. */
gboolean stix_network_contains(const StixNetwork *outer, const StixNetwork *inner);
