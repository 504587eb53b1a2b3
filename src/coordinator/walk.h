/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The walk over evidence folders: names only, nothing is opened but folders.
 */
#pragma once

#include <glib.h>

#include "coordinator/evidence.h"

#define WALK_STANDARD_INPUT "-" /* as a path that is named; a file of this name is "./-" */

/* A file that is passed over without a word: the case itself. */
typedef struct OwnFile {
	dev_t device;
	ino_t inode;
} OwnFile;

typedef struct Walk {
	GPtrArray *files;	 /* IntakeFile, sorted by path; each path once */
	GArray *roots;		 /* descriptors of the folders named; closed with the walk */
	const GArray *own_files; /* OwnFile; borrowed, may be NULL */
	gsize above; /* length of the path of the folder in which all that was named lies */
} Walk;

/* Fills @walk, zeroed but for own_files. FALSE with @error where one of @paths can not be found. */
gboolean walk_paths(
	Walk *walk, const char *const *paths, const volatile gint *interrupted, GError **error);
void walk_clear(Walk *walk);

/*
 * Opens @path below folder @root without following any symbolic link; with @root AT_FDCWD as open()
 * would. Returns the descriptor, or -1 with errno set.
 */
int walk_open(int root, const char *path, int flags);
