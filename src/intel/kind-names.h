/* SPDX-License-Identifier: Apache-2.0 */
/* What tables of indicators call the kinds, in columns and in headings. */
#pragma once

#include <glib.h>

#include "base/slice.h"
#include "model/indicator.h"

/*
 * The kind that @word names, whatever its case and however it is joined ("ip-dst", "IP Dst");
 * INDICATOR_ANY where it leaves it open ("indicator", "hash"). FALSE where it names none.
 */
gboolean kind_names_find(Slice word, IndicatorKind *ret);

/* TRUE where @word names the kind and a port ("ip_port"). */
gboolean kind_names_has_port(Slice word);

/* TRUE where @word names what is nothing to look for, whatever it looks like ("ssdeep"). */
gboolean kind_names_is_foreign(Slice word);

/* TRUE where @word says that the value is harmless ("whitelist"). */
gboolean kind_names_is_benign(Slice word);

/* Lower-case letters and digits of @word alone, at most @size - 1 of them. */
void kind_names_reduce(Slice word, char *ret, gsize size);
