/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Normal forms: what makes two ways of writing an indicator the same, for reading intelligence and
 * for looking for it. All functions are linear in their input.
 *
 *	host          lower case, no dot at either end, IDN as punycode (libidn2, UTS #46)
 *	address       IPv4 dotted; IPv6 as RFC 5952; IPv4-mapped IPv6 is IPv4
 *	network       the same, host bits cleared, "/" and prefix length
 *	url           scheme and host lower case, host in normal form, default port and fragment cut
 *	              off, no user; path and query as they are; an empty path is "/"
 *	email         lower case, host in normal form
 *	file-name     as is, compared regardless of case
 *	file-path     "\" as separator throughout; drive and %VARIABLES% at the start cut off
 *	registry-key  hive by its short name (HKLM, HKCU, HKU, HKCR), ControlSet00n as
 *	              CurrentControlSet
 *	pipe          what follows \\.\pipe\ or \
 *	hashes        lower-case hexadecimal digits
 *	others        blanks at both ends cut off
 */
#pragma once

#include <glib.h>

#include "base/slice.h"
#include "model/indicator.h"

/*
 * Appends the normal form of @text as @kind to @ret and returns NULL, or returns why it can not be
 * one: a sentence without capital and full stop ("has 31 hexadecimal digits"), static.
 */
const char *normal_append(GString *ret, IndicatorKind kind, Slice text);

/* Undoes defanged writing: hxxp, [.], (dot), [at], [:] … Appends to @ret. */
void normal_append_refanged(GString *ret, Slice text);

/* What @text (refanged) is by its looks: HOST, ADDRESS …; INDICATOR_ANY where nothing fits. */
IndicatorKind normal_detect(Slice text);
