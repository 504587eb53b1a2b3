/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Spool: evidence that is no file of its own (members of archives, standard input), in a temporary
 * file without a name, one piece behind the other. It lives as long as some piece is needed.
 */
#pragma once

#include <glib.h>

#include "base/slice.h"

typedef struct Spool Spool;

Spool *spool_new(GError **error);
Spool *spool_ref(Spool *spool);
void spool_unref(Spool *spool); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Spool, spool_unref)

/* Writes @bytes behind what there is. FALSE with @error where the disk is full. */
gboolean spool_append(Spool *spool, Slice bytes, GError **error);

guint64 spool_size(const Spool *spool);

/* A descriptor for reading alone; the spool's. */
int spool_fd(const Spool *spool);

/* Gives the disk of a piece back that nobody reads any more. */
void spool_release(Spool *spool, guint64 offset, guint64 size);
