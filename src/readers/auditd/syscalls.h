/* SPDX-License-Identifier: Apache-2.0 */
/* What the system calls are called that audit records give by number. */
#pragma once

#include <glib.h>

#include "base/slice.h"

typedef struct SyscallNames SyscallNames;

SyscallNames *syscall_names_new(void);
void syscall_names_free(SyscallNames *names); /* accepts NULL */

/* "execve" for "c000003e" and "59", as SYSCALL records write them; NULL where not known. */
const char *syscall_names_find(const SyscallNames *names, Slice arch, Slice number);
