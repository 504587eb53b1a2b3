/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mend: templates for recovery of which a part is lost.
 *
 * Names stand at the beginning of a chunk and are overwritten before the definitions that use them.
 * In nearly all templates the names can be told all the same:
 *
 *	- what the fields of EventData are called is no name in that sense but text inside the
 *	  definition: <Data Name="CommandLine">
 *	- Windows gives the values of System always the same numbers, of the same types: value 3 is
 * the EventID, value 6 the FILETIME of TimeCreated
 *
 * Where a template is not just of one of these two forms, it is not mended.
 */
#pragma once

#include <glib.h>

#include "readers/evtx/program.h"

/*
 * Appends the normal form of @damaged with the names it must have had. In @damaged, which was read
 * with damaged names replaced, names mean nothing. FALSE where they can not be told.
 */
gboolean mend_append(GByteArray *ret, const Program *damaged);

/* Appends the normal form of an EventData with @n_values unnamed Data, where all else is lost. */
void mend_append_unnamed(GByteArray *ret, guint n_values);
