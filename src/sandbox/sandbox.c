/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the seal is put on. libseccomp compiles a profile to a BPF program once, before the fork; a
 * child only hands the finished program to the kernel, which costs some hundred microseconds less.
 */
#include "sandbox/sandbox.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/error.h"
#include "base/limits.h"
#include "sandbox/landlock.h"
#include "sandbox/profiles.h"

/* Compiled by sandbox_prepare(), constant from then on. */
static struct sock_fprog programs[SANDBOX_N_ROLES];

gboolean sandbox_is_built(void)
{
	return TRUE;
}

SandboxSupport sandbox_support(void)
{
	guint32 kill_process = SECCOMP_RET_KILL_PROCESS;

	return (SandboxSupport){
		.landlock_abi = landlock_abi(),
		.seccomp = syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &kill_process) == 0,
		.no_new_privileges = prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) >= 0,
	};
}

/* ---- seccomp ---- */

static gboolean refuse(GError **error, const Profile *profile, int code)
{
	g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_SYSTEM,
		"the system call filter of the %s could not be built (error %d)", profile->role,
		-code);
	return FALSE;
}

static gboolean add_permits(scmp_filter_ctx filter, const Profile *profile, GError **error)
{
	for (guint i = 0; i < profile->n_permits; i++) {
		const Permit *permit = &profile->permits[i];
		guint32 action =
			permit->verdict == VERDICT_ALLOW ? SCMP_ACT_ALLOW : SCMP_ACT_ERRNO(EPERM);
		int code = seccomp_rule_add_array(filter, action, permit->system_call,
			permit->n_arguments, permit->arguments);

		if (code < 0)
			return refuse(error, profile, code);
	}
	return TRUE;
}

/* Reads the program that libseccomp wrote to @fd. */
static gboolean read_program(int fd, struct sock_fprog *ret, GError **error)
{
	off_t size = lseek(fd, 0, SEEK_END);
	gsize n = size > 0 ? (gsize)size / sizeof(struct sock_filter) : 0;
	g_autofree struct sock_filter *code = g_new0(struct sock_filter, MAX(n, 1));

	if (n == 0 || n > BPF_MAXINSNS || pread(fd, code, (gsize)size, 0) != size)
		return spoor_error_from_errno(error, "a system call filter could not be read");
	*ret = (struct sock_fprog){ .len = (unsigned short)n, .filter = g_steal_pointer(&code) };
	return TRUE;
}

static gboolean export_program(
	scmp_filter_ctx filter, const Profile *profile, struct sock_fprog *ret, GError **error)
{
	int fd = memfd_create("spoor-filter", MFD_CLOEXEC);
	gboolean fine;
	int code;

	if (fd < 0)
		return spoor_error_from_errno(error, "memfd_create");
	code = seccomp_export_bpf(filter, fd);
	fine = code < 0 ? refuse(error, profile, code) : read_program(fd, ret, error);
	(void)close(fd); /* memory only */
	return fine;
}

gboolean sandbox_prepare(SandboxRole role, GError **error)
{
	const Profile *profile = &profiles[role];
	scmp_filter_ctx filter;
	gboolean fine;

	if (programs[role].filter)
		return TRUE;
	if (!sandbox_support().seccomp) {
		g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_SYSTEM,
			"this kernel has no usable system call filter (seccomp)");
		return FALSE;
	}
	filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	if (!filter)
		return refuse(error, profile, -ENOMEM);
	fine = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) == 0 ||
		refuse(error, profile, -EINVAL);
	fine = fine && add_permits(filter, profile, error) &&
		export_program(filter, profile, &programs[role], error);
	seccomp_release(filter);
	return fine;
}

/* ---- the rest of the seal ---- */

/* What root's loader keeps: to read rules that belong to others. A reader opens nothing. */
static const guint32 kept_capabilities[SANDBOX_N_ROLES] = {
	[SANDBOX_LOADER] = 1u << CAP_DAC_READ_SEARCH,
};

/* A sealed process that was started by root is root without root's powers. */
static gboolean drop_capabilities(SandboxRole role, GError **error)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { 0 };
	guint32 kept = kept_capabilities[role];

	/* Keeping takes having; capget is asked before the loader's filter forbids it. */
	if (kept && syscall(SYS_capget, &head, data) != 0)
		return spoor_error_from_errno(error, "capabilities could not be read");
	kept &= data[0].permitted;
	memset(data, 0, sizeof data);
	data[0].permitted = data[0].effective = kept;
	if (syscall(SYS_capset, &head, data) != 0)
		return spoor_error_from_errno(error, "capabilities could not be dropped");
	return TRUE;
}

gboolean sandbox_seal(SandboxRole role, const char *const *read_paths, GError **error)
{
	if (!sandbox_prepare(role, error))
		return FALSE;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return spoor_error_from_errno(error, "new privileges could not be ruled out");
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		return spoor_error_from_errno(error, "core dumps could not be ruled out");
	if (!landlock_seal(read_paths, error))
		return FALSE;
	if (!drop_capabilities(role, error))
		return FALSE;
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &programs[role]) != 0)
		return spoor_error_from_errno(error, "the system call filter was not accepted");
	return TRUE;
}

static gboolean limit(int resource, rlim_t value, GError **error)
{
	struct rlimit both;

	if (getrlimit(resource, &both) != 0)
		return spoor_error_from_errno(error, "getrlimit");
	/* Never raise what the operator set lower. */
	both.rlim_cur = MIN(both.rlim_cur, value);
	both.rlim_max = MIN(both.rlim_max, value);
	if (setrlimit(resource, &both) != 0)
		return spoor_error_from_errno(error, "resource limit %d", resource);
	return TRUE;
}

gboolean sandbox_limit(SandboxRole role, guint64 more_memory, GError **error)
{
	const Profile *profile = &profiles[role];

	return limit(RLIMIT_AS, LIMIT_CHILD_MEMORY_BYTES + more_memory, error) &&
		limit(RLIMIT_NOFILE, profile->max_descriptors, error) &&
		limit(RLIMIT_FSIZE, 0, error) && limit(RLIMIT_CORE, 0, error) &&
		(profile->may_fork || limit(RLIMIT_NPROC, 0, error));
}

gboolean sandbox_die_with_parent(int parent, GError **error)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0)
		return spoor_error_from_errno(error, "PR_SET_PDEATHSIG");
	if (getppid() != parent) {
		g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_SYSTEM, "the parent process is gone");
		return FALSE;
	}
	return TRUE;
}
