/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What each role may ask of the kernel: policy only. sandbox.c turns it into a seccomp filter.
 */
#pragma once

#include <glib.h>
#include <seccomp.h>

#include "sandbox/sandbox.h"

typedef enum Verdict {
	VERDICT_ALLOW,
	VERDICT_REFUSE, /* fails with EPERM: only for what C libraries try while they abort */
} Verdict;

typedef struct Permit {
	Verdict verdict;
	int system_call;
	guint n_arguments; /* all must compare so */
	struct scmp_arg_cmp arguments[3];
} Permit;

typedef struct Profile {
	const char *role; /* for errors */
	const Permit *permits;
	guint n_permits;
	guint max_descriptors;
	gboolean may_fork;
} Profile;

/* What no profile lists kills the process. */
extern const Profile profiles[SANDBOX_N_ROLES];
