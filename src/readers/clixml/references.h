/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What objects of a CLIXML document refer to by number: types that an earlier object had, and
 * earlier objects. Of these the texts alone are kept, so that nothing can go round in circles.
 */
#pragma once

#include <glib.h>

#include "base/slice.h"

typedef struct References References;

References *references_new(void);
void references_free(References *references); /* accepts NULL */

/* @number as the document writes it. Past the limits nothing is kept. A later text replaces. */
void references_set(References *references, Slice number, Slice text);

/* FALSE where it is not known; *ret_text is borrowed until the next call of references_set(). */
gboolean references_find(const References *references, Slice number, Slice *ret_text);
