/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Form: an indicator's value as stores hold it and events are compared with it (store-format.h),
 * and its hash.
 */
#pragma once

#include <glib.h>

#include "base/slice.h"
#include "engines/indicators/key.h"

/* Appends the form of @indicator's value. FALSE, with nothing appended, where it can not be. */
gboolean form_append(GString *ret, const Indicator *indicator);

/* The part of @value, a form, that is looked up: without scheme or exception behind a NUL. */
Slice form_key(IndicatorKind kind, Slice value);

/*
 * The hash by which @key is found. *ret_gate is what filters are asked for first, where the kind
 * has such a thing; else 0.
 */
guint64 form_hash(IndicatorKind kind, Slice key, guint64 *ret_gate);

/* TRUE for kinds that are also found as the end of longer values, at @ret_separator. */
gboolean form_is_tail(IndicatorKind kind, char *ret_separator);

/* The bytes of a hash of @kind, or 0 for kinds that are no hashes. */
guint form_hash_bytes(IndicatorKind kind);

/* 2 * @n hexadecimal digits as bytes; FALSE where there are others among them. */
gboolean form_from_hex(Slice digits, guint8 *ret, gsize n);

/* The host of @rest, which is a URL behind "://", without port. */
Slice form_url_host(Slice rest);

/* "1.2.3.4" as four bytes; FALSE where it is none, or written in any other way. */
gboolean form_from_ipv4(Slice text, guint8 ret[4]);

/* An IPv6 address; 4 bytes where it is a mapped IPv4 address, else 16; 0 where it is none. */
guint form_from_ipv6(Slice text, guint8 ret[16]);
