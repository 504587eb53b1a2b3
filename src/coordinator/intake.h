/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Intake: from the paths a user names to open, hashed evidence, in bytewise order of path.
 *
 * The walk comes first and only looks at names, so that progress knows the whole. Then a thread
 * opens and hashes one file after the other, some files ahead of the workers, so that hashing and
 * judging overlap. Large files are handed over before they are hashed, for the same reason.
 *
 * Evidence may be hostile in its names and links too: below a folder that was named no symbolic
 * link is followed, not even one that appears between the walk and the opening; only regular files
 * are opened, and never for writing.
 */
#pragma once

#include <glib.h>

#include "coordinator/evidence.h"

typedef struct Intake Intake;

#define INTAKE_NO_HASH	  0 /* evidence is only opened */
#define INTAKE_HASH_FIRST G_MAXUINT64

/*
 * Walks @paths (NULL-terminated), past @own_files (OwnFile; may be NULL). Evidence of @hash_later
 * bytes and more is handed over before it is hashed; or one of the values above. Fails where one of
 * them can not be found at all; trouble below is a file with a problem.
 */
Intake *intake_new(const char *const *paths, const GArray *own_files, guint64 hash_later,
	const volatile gint *interrupted, GError **error);
void intake_stop(Intake *intake); /* evidence it handed out is the caller's alone then */
void intake_free(Intake *intake); /* stops the thread; accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Intake, intake_free)

guint intake_count(const Intake *intake);
guint64 intake_total_bytes(const Intake *intake);

/* Starts the thread. */
void intake_start(Intake *intake);

/* Becomes readable when intake_next() may have something. For poll(). */
int intake_wake_fd(const Intake *intake);

/*
 * TRUE once @evidence is hashed, or was handed over so: sha256 or problem is set. Until then its
 * descriptor must stay open.
 */
gboolean intake_is_hashed(Intake *intake, Evidence *evidence);

/* The next evidence, or NULL: not yet, or (with *ret_end TRUE) none any more. Owned by the caller.
 */
Evidence *intake_next(Intake *intake, gboolean *ret_end);

/*
 * Opens @evidence, which was closed, once more. FALSE with @error where it can not be opened or is
 * not the file it was.
 */
gboolean intake_reopen(Evidence *evidence, GError **error);

/* TRUE where the open file has changed since it was hashed. */
gboolean intake_has_changed(const Evidence *evidence);
