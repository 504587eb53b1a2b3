/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses and networks of the Internet Protocol, versions 4 and 6, from text and to text. */
#pragma once

#include <glib.h>

#include "base/slice.h"

typedef struct Address {
	guint8 bytes[16]; /* in network order; of version 4 the first four */
	guint n_bits;	  /* 32 or 128 */
} Address;

/*
 * From the whole of @text: "192.0.2.1", "2001:db8::1", "[2001:db8::1]", "fe80::1%eth0". An
 * IPv4-mapped one is one of version 4. FALSE for anything else: numbers with leading zeros, which
 * some programs read as octal, and short forms ("10.1").
 */
gboolean address_parse(Slice text, Address *ret);

/* "ADDRESS/LENGTH" or "ADDRESS/MASK"; the bits of the host are cleared. */
gboolean address_parse_network(Slice text, Address *ret, guint *ret_length);

/* RFC 5952. */
void address_append(GString *ret, const Address *address);

/* TRUE where the first @length bits of both are the same, and the version. */
gboolean address_is_in(const Address *address, const Address *network, guint length);
