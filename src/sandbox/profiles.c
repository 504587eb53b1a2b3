/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The policy, to be read from top to bottom. Everything that is not listed kills the process at
 * once.
 *
 * Filters add up: a child of the loader has the loader's filter and the reader's, so what the child
 * does while it seals itself stands in the loader's list, and what the reader may do is in both.
 */
#include "sandbox/profiles.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <linux/sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#define ANY(name)                                                                                  \
	{                                                                                          \
		VERDICT_ALLOW, SCMP_SYS(name), 0,                                                  \
		{                                                                                  \
			{                                                                          \
				0                                                                  \
			}                                                                          \
		}                                                                                  \
	}
#define REFUSED(name)                                                                              \
	{                                                                                          \
		VERDICT_REFUSE, SCMP_SYS(name), 0,                                                 \
		{                                                                                  \
			{                                                                          \
				0                                                                  \
			}                                                                          \
		}                                                                                  \
	}
#define IF(name, arg, value)                                                                       \
	{                                                                                          \
		VERDICT_ALLOW, SCMP_SYS(name), 1,                                                  \
		{                                                                                  \
			{                                                                          \
				arg, SCMP_CMP_EQ, value, 0                                         \
			}                                                                          \
		}                                                                                  \
	}
#define IF_MASKED(name, arg, mask, value)                                                          \
	{                                                                                          \
		VERDICT_ALLOW, SCMP_SYS(name), 1,                                                  \
		{                                                                                  \
			{                                                                          \
				arg, SCMP_CMP_MASKED_EQ, mask, value                               \
			}                                                                          \
		}                                                                                  \
	}

/* Flags of openat() that create, change or write something. */
#define OPEN_WRITES (O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND | (O_TMPFILE & ~O_DIRECTORY))

/* What glibc's fork() asks for; threads and name spaces ask for other flags. */
#define FORK_FLAGS (CLONE_CHILD_CLEARTID | CLONE_CHILD_SETTID | SIGCHLD)

/* Of a futex's operations the one that a process without threads comes to: waking nobody. */
#define FUTEX_OPERATION (FUTEX_CMD_MASK & 0xFFFFFFFFu)

/*
 * What every program needs to compute at all. No new executable memory. Time is asked of the kernel
 * only where its clock can not be read without.
 */
#define COMPUTE                                                                                    \
	ANY(brk), IF_MASKED(mmap, 2, PROT_EXEC, 0), ANY(mremap), ANY(munmap),                      \
		IF_MASKED(futex, 1, FUTEX_OPERATION, FUTEX_WAKE), ANY(clock_gettime),              \
		ANY(restart_syscall), ANY(exit_group)

/* Reading descriptors that others opened, and giving them back. */
#define READ_DESCRIPTORS ANY(read), ANY(pread64), ANY(close)

/*
 * The channel. sendto without an address can carry no descriptors and reach nobody else. Flags are
 * channel.c's own and no others: MSG_OOB on such sockets was a way out of a browser's sandbox
 * (CVE-2025-38236).
 */
#define TALK                                                                                       \
	{ VERDICT_ALLOW, SCMP_SYS(sendto), 3,                                                      \
		{ { 0, SCMP_CMP_EQ, SANDBOX_CHANNEL_FD, 0 }, { 3, SCMP_CMP_EQ, MSG_NOSIGNAL, 0 },  \
			{ 4, SCMP_CMP_EQ, 0, 0 } } },                                              \
	{                                                                                          \
		VERDICT_ALLOW, SCMP_SYS(recvmsg), 2,                                               \
		{                                                                                  \
			{ 0, SCMP_CMP_EQ, SANDBOX_CHANNEL_FD, 0 },                                 \
			{                                                                          \
				2, SCMP_CMP_MASKED_EQ, 0xFFFFFFFFu & ~MSG_DONTWAIT,                \
					MSG_CMSG_CLOEXEC                                           \
			}                                                                          \
		}                                                                                  \
	}

/* abort() and the C library's last words: refused, so that the crash shows as what it is. */
#define LAST_WORDS                                                                                 \
	ANY(getpid), ANY(gettid), ANY(rt_sigprocmask), REFUSED(tgkill), REFUSED(writev),           \
		REFUSED(rt_sigaction)

/* clang-format off */
static const Permit reader_permits[] = {
	COMPUTE,
	READ_DESCRIPTORS,
	TALK,
	LAST_WORDS,
};

static const Permit loader_permits[] = {
	COMPUTE,
	READ_DESCRIPTORS,
	TALK,
	LAST_WORDS,

	/* Rule files and tables; Landlock says which. (Of two calls for one thing here and below,
	 * the C library of one machine takes the one, of another the other.) */
	IF_MASKED(openat, 2, OPEN_WRITES, O_RDONLY),
	ANY(getdents64), ANY(newfstatat), ANY(fstat),

	/* Complaints on standard error. */
	IF(write, 0, 2),

	/* Children: fork, wait, hear of their end. */
	IF(clone, 0, FORK_FLAGS), ANY(set_robust_list), ANY(getppid),
	ANY(poll), ANY(ppoll), ANY(wait4),

	/* The child on its way into its own seal. */
	ANY(dup2), ANY(dup3), ANY(close_range),
	IF(prctl, 0, PR_SET_PDEATHSIG), IF(prctl, 0, PR_SET_DUMPABLE),
	IF(prctl, 0, PR_SET_NO_NEW_PRIVS),
	IF(prlimit64, 0, 0), ANY(capset), ANY(seccomp),
	ANY(landlock_create_ruleset), ANY(landlock_restrict_self),
};
/* clang-format on */

const Profile profiles[SANDBOX_N_ROLES] = {
	[SANDBOX_LOADER] = { "loader", loader_permits, G_N_ELEMENTS(loader_permits), 256, TRUE },
	[SANDBOX_READER] = { "reader", reader_permits, G_N_ELEMENTS(reader_permits), 16, FALSE },
};
