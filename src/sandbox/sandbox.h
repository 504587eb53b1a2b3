/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The seal: what a process gives up before it touches hostile bytes.
 *
 * Two roles are sealed. The LOADER is the worker before it forks: it reads rule files (which may be
 * hostile) and must read files, fork and take descriptors, but has no business with sockets of its
 * own, other programs or writing. The READER is a worker's child: it reads one descriptor, talks
 * over its channel, and nothing else. profiles.c is the one table that says what each role may do.
 *
 * The seal fails closed: where the kernel lacks Landlock or seccomp, sandbox_seal() fails and the
 * worker ends. Only the operator's explicit --no-sandbox goes on without it, and the report says
 * so. Builds for sanitizers and fuzzing have sandbox-disabled.c in its place; they know it and say
 * so too.
 */
#pragma once

#include <glib.h>

/* Where a sealed process has its channel: the only descriptor it may send on. */
#define SANDBOX_CHANNEL_FD 3

typedef enum SandboxRole {
	SANDBOX_LOADER,
	SANDBOX_READER,
	SANDBOX_N_ROLES,
} SandboxRole;

typedef struct SandboxSupport {
	int landlock_abi; /* 0 where the kernel has none */
	gboolean seccomp; /* filters are available */
	gboolean no_new_privileges;
} SandboxSupport;

/* FALSE in builds whose seal is left out: then sandbox_seal() always fails. */
gboolean sandbox_is_built(void);

/* What this kernel offers; changes nothing. For `spoor doctor`. */
SandboxSupport sandbox_support(void);

/*
 * Builds what the seal of @role needs (the compiled filter), so that sealing after a fork is cheap.
 * Call it in the process that will fork, before it is sealed or limited itself.
 */
gboolean sandbox_prepare(SandboxRole role, GError **error);

/*
 * Seals the calling process, for good. @read_paths (LOADER only; NULL-terminated, may be NULL) are
 * the files and folders that stay readable. Single-threaded callers only; open descriptors stay
 * open.
 */
gboolean sandbox_seal(SandboxRole role, const char *const *read_paths, GError **error);

/*
 * Sets the resource limits of @role: memory, descriptors, no files, no core. Part of the seal.
 * @more_memory are bytes of address space beyond LIMIT_CHILD_MEMORY_BYTES, for what the role has
 * mapped.
 */
gboolean sandbox_limit(SandboxRole role, guint64 more_memory, GError **error);

/*
 * Confines the calling process to what a program needs that turns its standard input into text on
 * its standard output, and which it is about to become: reading and running what lies below /usr,
 * /lib and /etc; no writing, no sockets, no other processes. Resource limits are the caller's.
 */
gboolean sandbox_confine_tool(GError **error);

/* Ends the calling process when its parent, which must be @parent, does. Fails if it has already.
 */
gboolean sandbox_die_with_parent(int parent, GError **error);
