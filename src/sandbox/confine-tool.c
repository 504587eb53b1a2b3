/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Confining a program that is not ours. What it needs of the kernel is not known to the last call,
 * so other than with the roles of profiles.c everything is allowed but what is listed: sockets, new
 * processes, and what programs that turn a file into text have no business with. Landlock sees to
 * the files.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/error.h"
#include "sandbox/landlock.h"
#include "sandbox/sandbox.h"

/* What programs and their libraries are read from. */
static const char *const program_folders[] = { "/usr", "/lib", "/lib64", "/etc" };

static const int refused[] = {
	/* other machines and processes */
	SCMP_SYS(socket),
	SCMP_SYS(socketpair),
	SCMP_SYS(connect),
	SCMP_SYS(bind),
	SCMP_SYS(listen),
	SCMP_SYS(accept),
	SCMP_SYS(accept4),
	SCMP_SYS(sendto),
	SCMP_SYS(sendmsg),
	SCMP_SYS(sendmmsg),
	SCMP_SYS(kill),
	SCMP_SYS(tkill),
	SCMP_SYS(pidfd_open),
	SCMP_SYS(pidfd_send_signal),
	SCMP_SYS(pidfd_getfd),
	SCMP_SYS(ptrace),
	SCMP_SYS(process_vm_readv),
	SCMP_SYS(process_vm_writev),
	SCMP_SYS(fork),
	SCMP_SYS(vfork),
	SCMP_SYS(clone),
	SCMP_SYS(clone3),
	/* other powers */
	SCMP_SYS(unshare),
	SCMP_SYS(setns),
	SCMP_SYS(mount),
	SCMP_SYS(umount2),
	SCMP_SYS(pivot_root),
	SCMP_SYS(chroot),
	SCMP_SYS(bpf),
	SCMP_SYS(perf_event_open),
	SCMP_SYS(userfaultfd),
	SCMP_SYS(io_uring_setup),
	SCMP_SYS(io_uring_enter),
	SCMP_SYS(io_uring_register),
	SCMP_SYS(add_key),
	SCMP_SYS(request_key),
	SCMP_SYS(keyctl),
	SCMP_SYS(personality),
	SCMP_SYS(ioctl),
	SCMP_SYS(shmget),
	SCMP_SYS(shmat),
	SCMP_SYS(msgget),
	SCMP_SYS(semget),
	SCMP_SYS(mq_open),
	SCMP_SYS(prlimit64),
	SCMP_SYS(setrlimit),
	/* what Landlock does not see to: rights, owners, times and attributes of files ... */
	SCMP_SYS(chmod),
	SCMP_SYS(fchmod),
	SCMP_SYS(fchmodat),
	SCMP_SYS(chown),
	SCMP_SYS(fchown),
	SCMP_SYS(lchown),
	SCMP_SYS(fchownat),
	SCMP_SYS(utime),
	SCMP_SYS(utimes),
	SCMP_SYS(futimesat),
	SCMP_SYS(utimensat),
	SCMP_SYS(setxattr),
	SCMP_SYS(lsetxattr),
	SCMP_SYS(fsetxattr),
	SCMP_SYS(removexattr),
	SCMP_SYS(lremovexattr),
	SCMP_SYS(fremovexattr),
	452, /* fchmodat2, of Linux 6.6: numbers from 424 on are the same everywhere */
	463, /* setxattrat, of 6.13 */
	466, /* removexattrat */
	469, /* file_setattr, of 6.17 */
	/* ... and their length, before Linux 6.2 */
	SCMP_SYS(truncate),
	SCMP_SYS(creat),
};

/* Calls that open files, and which argument has the flags. */
static const struct {
	int call;
	guint flags;
} opening[] = {
	{ SCMP_SYS(open), 1 },
	{ SCMP_SYS(openat), 2 },
};

static gboolean fail(GError **error, const char *what)
{
	g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_SYSTEM, "a program could not be confined: %s",
		what);
	return FALSE;
}

static gboolean load_filter(GError **error)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	gboolean fine = filter != NULL;

	/* Another architecture's calls go by other numbers: none at all. */
	fine = fine &&
		seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) == 0;
	for (guint i = 0; fine && i < G_N_ELEMENTS(refused); i++)
		fine = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), refused[i], 0) == 0;
	for (guint i = 0; fine && i < G_N_ELEMENTS(opening); i++) {
		const struct scmp_arg_cmp cuts =
			SCMP_CMP(opening[i].flags, SCMP_CMP_MASKED_EQ, O_TRUNC, O_TRUNC);

		fine = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), opening[i].call, 1, cuts) ==
			0;
	}
	/* Its flags can not be seen; programs do without it. */
	fine = fine && seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(openat2), 0) == 0;
	fine = fine && seccomp_load(filter) == 0;
	if (filter)
		seccomp_release(filter);
	return fine || fail(error, "its system call filter was not accepted");
}

/* With PR_SET_NO_NEW_PRIVS these do not come back by exec(), not even to root. */
static gboolean drop_capabilities(GError **error)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { 0 };

	return syscall(SYS_capset, &head, none) == 0 ||
		fail(error, "its capabilities could not be dropped");
}

gboolean sandbox_confine_tool(GError **error)
{
	const char *readable[G_N_ELEMENTS(program_folders) + 1] = { NULL };
	guint n = 0;

	for (guint i = 0; i < G_N_ELEMENTS(program_folders); i++) {
		if (access(program_folders[i], F_OK) == 0)
			readable[n++] = program_folders[i];
	}
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return fail(error, "new privileges could not be ruled out");
	return landlock_seal_program(readable, error) && drop_capabilities(error) &&
		load_filter(error);
}
