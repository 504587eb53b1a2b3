/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What Exchange's control panel (ECP) writes into the column EventData of its logs:
 *
 *	S:TIME=13;'S:CMD=Set-X.Url=''http://a/?b;c''.Identity=''EX1\OAB''';S:URL=/ecp/…;I32:A=1
 *
 * Items are separated by semicolons. One that has a quote or a semicolon in it is quoted as a
 *whole, and the quotes in it doubled; that it is also a field of a table, where double quotes are
 *doubled, the table's reader has undone. S: are texts, others numbers.
 *
 * CMD is a cmdlet and what it was given: "Cmdlet.Name=value.Name='value'", perhaps with
 * "Pipeline.1|" in front. A name is a dot, a letter, letters and digits, an equals sign. A value in
 * quotes ends with the first quote that is not doubled and behind which a name or the end stands;
 * one without ends before the next name. So a value without quotes, or one in which quotes are not
 * doubled, can imitate names: what CMD holds is there as a whole, too.
 *
 * Source: rows that defenders published in 2021 (helsecert/2021-march-exchange) and after.
 */
#pragma once

#include "readers/evtx/arena.h"
#include "readers/text/lines.h"

#define ECP_CMD	       "CMD"
#define ECP_CMDLET     "Cmdlet"
#define ECP_PARAMETERS "Parameters." /* and the name */

/* FALSE: no more, please. */
typedef gboolean (*EcpField)(void *context, Slice name, Slice value);

/*
 * Calls @key for each text of @data, in order, and behind CMD @part for what that is made of. Names
 * and values point into @data or, with quotes undone or "Parameters." before them, into @arena.
 */
void ecp_read(Slice data, Arena *arena, EcpField key, EcpField part, void *context);
