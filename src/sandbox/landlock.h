/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Landlock: the kernel's file (and, where new enough, network and signal) access control for a
 * process that wants less. Raw system calls, since Debian 12 has no library for it.
 */
#pragma once

#include <glib.h>

/* The version of the kernel's Landlock interface; 0 where there is none. */
int landlock_abi(void);

/*
 * Takes all that the kernel's Landlock can take from the calling process but reading below
 * @read_paths (NULL-terminated; NULL for none). Needs PR_SET_NO_NEW_PRIVS.
 */
gboolean landlock_seal(const char *const *read_paths, GError **error);

/* The same, but that what lies below @read_paths may be executed, too. */
gboolean landlock_seal_program(const char *const *read_paths, GError **error);
