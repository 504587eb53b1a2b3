/* SPDX-License-Identifier: Apache-2.0 */
/*
 * In place of sandbox.c in builds with -Dsandbox=false: the seal would kill sanitizers and fuzzers.
 * It never claims to have sealed anything, so that every run of such a build is recorded as
 * unsealed.
 */
#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/error.h"
#include "sandbox/sandbox.h"

static gboolean left_out(GError **error)
{
	g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_SYSTEM,
		"this build of spoor was made without the seal (-Dsandbox=false)");
	return FALSE;
}

gboolean sandbox_is_built(void)
{
	return FALSE;
}

SandboxSupport sandbox_support(void)
{
	return (SandboxSupport){ 0 };
}

gboolean sandbox_prepare(SandboxRole role, GError **error)
{
	return left_out(error);
}

gboolean sandbox_seal(SandboxRole role, const char *const *read_paths, GError **error)
{
	return left_out(error);
}

gboolean sandbox_confine_tool(GError **error)
{
	return left_out(error);
}

gboolean sandbox_limit(SandboxRole role, guint64 more_memory, GError **error)
{
	return TRUE; /* sanitizers need address space without end */
}

gboolean sandbox_die_with_parent(int parent, GError **error)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0)
		return spoor_error_from_errno(error, "PR_SET_PDEATHSIG");
	return getppid() == parent || left_out(error);
}
