/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Normal forms: what makes two ways of writing an indicator the same, for reading intelligence and
 * for looking for it. All functions are linear in their input.
 *
 *	host          lower case, no dot at either end, IDN as punycode (libidn2, UTS #46)
 *	address       IPv4 dotted; IPv6 as RFC 5952; IPv4-mapped IPv6 is IPv4
 *	network       the same, host bits cleared, "/" and prefix length
 *	url           scheme and host lower case, host in normal form, default port and fragment cut
 *	              off, no user; path and query as they are; an empty path is "/"; where there is
 *	              no scheme it is http
 *	email         lower case, host in normal form
 *	file-name     as is, compared regardless of case
 *	file-path     "\" as separator throughout, none at either end nor two in a row; drive and
 *	              %VARIABLES% at the start cut off; compared regardless of case
 *	registry-key  hive by its short name (HKLM, HKCU, HKU, HKCR, HKCC), ControlSet00n as
 *	              CurrentControlSet; separators as in paths; compared regardless of case
 *	pipe          what follows \\.\pipe\ or \; compared regardless of case
 *	user-agent    "+" as a blank, since IIS writes each blank so
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

/*
 * Whether the last part of a name is the extension of a file. FILE_ENDING_ONLY: of files alone
 * (.exe); FILE_ENDING_TOO: also a top-level domain (.zip), and the name has no other dot.
 * Extensions that are rather countries (.pl, .rs, .so) are none.
 */
typedef enum FileEnding { FILE_ENDING_NONE, FILE_ENDING_TOO, FILE_ENDING_ONLY } FileEnding;
FileEnding normal_file_ending(Slice name);

/* Whether two indicators of @kind that differ in case alone are the same. */
gboolean normal_is_caseless(IndicatorKind kind);
