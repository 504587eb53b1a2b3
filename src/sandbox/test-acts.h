/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a sealed process may want to do, and how that must end in each role. Unsealed, each of them
 * succeeds.
 */
#pragma once

#include <glib.h>

#define OPEN_FD 9 /* a file opened for writing before the seal */

typedef enum Ending {
	ENDS_DONE,
	ENDS_KILLED,  /* by seccomp */
	ENDS_REFUSED, /* EACCES or EPERM */
} Ending;

typedef struct Act {
	const char *name;
	long (*try)(const char *folder); /* negative with errno: it failed */
	Ending reader, loader;
} Act;

extern const Act acts[];
extern const guint n_acts;
