/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fields of which some are quoted: `a,"b, ""c""",d`.
 *
 * A field that begins with a quote ends with the next quote that a separator or the end follows; a
 * doubled quote in it means one. Other quotes are data: logs are written by programs that do not
 * know the rules.
 */
#pragma once

#include <glib.h>

#include "model/value.h"

/*
 * Cuts @s like scan_split(). @scratch holds the fields with doubled quotes: cleared here, and to be
 * kept as long as the values. *@ret_is_open where the last field began with a quote that has no
 * end: it then reaches to the end of @s.
 */
guint quoted_split(Slice s, guint8 separator, ValueType type, Value *ret, guint max,
	GString *scratch, gboolean *ret_is_open);

/*
 * For records that go on with the next line: whether the field that is open after @s is a quoted
 * one, if one was open before it as @is_open says. Linear, and keeps nothing.
 */
gboolean quoted_goes_on(Slice s, guint8 separator, gboolean is_open);

/*
 * TRUE where all quotes of @s are as RFC 4180 asks: around whole fields, doubled within. *@ret_n
 * gets the number of fields, *@ret_has_quoted whether one is quoted.
 */
gboolean quoted_is_strict(Slice s, guint8 separator, guint *ret_n, gboolean *ret_has_quoted);
