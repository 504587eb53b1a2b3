/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/test-acts.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <linux/futex.h>
#include <linux/io_uring.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "sandbox/sandbox.h"

static long act_open(const char *folder)
{
	return open("/etc/passwd", O_RDONLY | O_CLOEXEC);
}

static long act_open_write(const char *folder)
{
	g_autofree char *path = g_build_filename(folder, "new", NULL);

	return open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
}

static long act_open_allowed(const char *folder)
{
	g_autofree char *path = g_build_filename(folder, "rule.yml", NULL);

	return open(path, O_RDONLY | O_CLOEXEC);
}

static long act_open_proc(const char *folder)
{
	return open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
}

static long act_openat2(const char *folder)
{
	guint64 how[3] = { O_RDONLY };

	return syscall(SYS_openat2, AT_FDCWD, "/etc/passwd", how, sizeof how);
}

static long act_stat(const char *folder)
{
	struct stat about;

	return stat("/etc/passwd", &about);
}

static long act_unlink(const char *folder)
{
	g_autofree char *path = g_build_filename(folder, "victim", NULL);

	return unlink(path);
}

static long act_mkdir(const char *folder)
{
	g_autofree char *path = g_build_filename(folder, "folder", NULL);

	return mkdir(path, 0700);
}

static long act_chmod(const char *folder)
{
	g_autofree char *path = g_build_filename(folder, "rule.yml", NULL);

	return chmod(path, 0600);
}

static long act_write_elsewhere(const char *folder)
{
	return write(OPEN_FD, "x", 1);
}

static long act_truncate(const char *folder)
{
	return ftruncate(OPEN_FD, 0);
}

static long act_send_elsewhere(const char *folder)
{
	return send(4, "x", 1, MSG_NOSIGNAL); /* a socket that was open before the seal */
}

static long act_send_to_somebody(const char *folder)
{
	struct sockaddr_un nobody = { .sun_family = AF_UNIX };

	/* The address is looked at only on datagram sockets: on ours it is an error. */
	return sendto(SANDBOX_CHANNEL_FD, "x", 1, MSG_NOSIGNAL, (struct sockaddr *)&nobody,
		       sizeof nobody) < 0 &&
			errno != EISCONN && errno != EOPNOTSUPP
		? -1
		: 0;
}

static long act_send_out_of_band(const char *folder)
{
	/* A kernel may be built without it: then there is nothing to stop. */
	return send(SANDBOX_CHANNEL_FD, "x", 1, MSG_NOSIGNAL | MSG_OOB) < 0 && errno != EOPNOTSUPP
		? -1
		: 0;
}

static long act_peek(const char *folder)
{
	char byte;
	struct iovec part = { &byte, 1 };
	struct msghdr head = { .msg_iov = &part, .msg_iovlen = 1 };
	ssize_t n = recvmsg(SANDBOX_CHANNEL_FD, &head, MSG_PEEK | MSG_DONTWAIT);

	return n < 0 && errno != EAGAIN ? -1 : 0; /* nobody has sent anything */
}

static long act_receive_elsewhere(const char *folder)
{
	char byte;
	struct iovec part = { &byte, 1 };
	struct msghdr head = { .msg_iov = &part, .msg_iovlen = 1 };
	ssize_t n = recvmsg(4, &head, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);

	return n < 0 && errno != EAGAIN ? -1 : 0;
}

static long act_send_descriptor(const char *folder)
{
	struct iovec part = { (void *)"x", 1 };
	struct msghdr head = { .msg_iov = &part, .msg_iovlen = 1 };

	return sendmsg(SANDBOX_CHANNEL_FD, &head, 0);
}

static long act_socket(const char *folder)
{
	return socket(AF_INET, SOCK_STREAM, 0);
}

static long act_socketpair(const char *folder)
{
	int ends[2];

	return socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
}

static long act_connect(const char *folder)
{
	struct sockaddr_un nobody = { .sun_family = AF_UNSPEC };

	/* Dissolving an association: succeeds unsealed, on descriptor 5, a datagram socket. */
	return connect(5, (struct sockaddr *)&nobody, sizeof nobody);
}

static long act_bind(const char *folder)
{
	struct sockaddr_un here = { .sun_family = AF_UNIX };

	return bind(5, (struct sockaddr *)&here, sizeof(sa_family_t));
}

static long act_fork(const char *folder)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	return pid;
}

static long act_thread(const char *folder)
{
	/* As a thread would be made, but with a stack of its own. */
	static char stack[65536] __attribute__((aligned(16)));

	return clone((int (*)(void *))(void (*)(void))getpid, stack + sizeof stack,
		CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | SIGCHLD, NULL);
}

/* fork() by its newest name, which hides its flags from the filter. */
static long act_clone3(const char *folder)
{
	guint64 how[11] = { 0, 0, 0, 0, SIGCHLD };
	long pid = syscall(SYS_clone3, how, sizeof how);

	if (pid == 0)
		_exit(0);
	return pid;
}

static long act_complain(const char *folder)
{
	return write(2, "", 0); /* nothing: the limit on files is another test's */
}

static long act_limit_others(const char *folder)
{
	struct rlimit limit;

	return prlimit(getppid(), RLIMIT_NOFILE, NULL, &limit);
}

static long act_exec(const char *folder)
{
	return execl("/bin/true", "true", (char *)NULL);
}

static long act_ptrace(const char *folder)
{
	return ptrace(PTRACE_TRACEME, 0, NULL, NULL);
}

static long act_read_memory(const char *folder)
{
	char from[8] = "secret", to[8];
	struct iovec local = { to, sizeof to }, remote = { from, sizeof from };

	return syscall(SYS_process_vm_readv, getpid(), &local, 1, &remote, 1, 0);
}

static long act_kill(const char *folder)
{
	return kill(getppid(), 0);
}

static long act_kill_thread(const char *folder)
{
	return syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), 0);
}

/* Whoever owns a descriptor is sent signals about it: a way to signal strangers. */
static long act_own_for_signals(const char *folder)
{
	return fcntl(4, F_SETOWN, getppid());
}

static long act_lock_futex(const char *folder)
{
	guint32 word = 0;

	return syscall(SYS_futex, &word, FUTEX_LOCK_PI_PRIVATE, 0, NULL, NULL, 0);
}

static long act_wake_futex(const char *folder)
{
	guint32 word = 0;

	return syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

static long act_advise(const char *folder)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return madvise(page, 4096, MADV_DONTFORK);
}

static long act_seek(const char *folder)
{
	return lseek(OPEN_FD, 0, SEEK_SET); /* the offset is shared with whoever sent it */
}

static long act_capabilities(const char *folder)
{
	guint32 head[2] = { 0x20080522, 0 }, data[6];

	return syscall(SYS_capget, head, data);
}

static long act_pidfd(const char *folder)
{
	return syscall(SYS_pidfd_open, getpid(), 0);
}

static long act_mprotect_exec(const char *folder)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return mprotect(page, 4096, PROT_READ | PROT_EXEC);
}

static long act_mmap_exec(const char *folder)
{
	void *page = mmap(
		NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return page == MAP_FAILED ? -1 : 0;
}

static long act_memfd(const char *folder)
{
	return memfd_create("x", 0);
}

static long act_ioctl(const char *folder)
{
	int available;

	return ioctl(4, FIONREAD, &available);
}

static long act_prctl(const char *folder)
{
	return prctl(PR_SET_NAME, "innocent", 0, 0, 0);
}

static long act_dumpable(const char *folder)
{
	return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

static long act_seccomp(const char *folder)
{
	guint32 action = 0x80000000u;

	return syscall(SYS_seccomp, 2 /* GET_ACTION_AVAIL */, 0, &action);
}

static long act_io_uring(const char *folder)
{
	struct io_uring_params params = { 0 };
	long fd = syscall(SYS_io_uring_setup, 1, &params);

	/* A kernel may have it switched off: then there is nothing to stop. */
	return fd < 0 && errno == EPERM ? 0 : fd;
}

static long act_unshare(const char *folder)
{
	return unshare(CLONE_FS);
}

static long act_setuid(const char *folder)
{
	return setuid(getuid());
}

static long act_limit(const char *folder)
{
	struct rlimit limit;

	return getrlimit(RLIMIT_NOFILE, &limit);
}

static long act_dup(const char *folder)
{
	return dup2(OPEN_FD, 10);
}

static long act_readlink(const char *folder)
{
	char target[16];

	return readlink("/proc/self/exe", target, sizeof target);
}

static long act_chdir(const char *folder)
{
	return chdir("/");
}

static long act_getdents(const char *folder)
{
	char bytes[1024];

	return syscall(SYS_getdents64, 6, bytes, sizeof bytes); /* the folder, open before */
}

const Act acts[] = {
	{ "open", act_open, ENDS_KILLED, ENDS_REFUSED },
	{ "open-for-writing", act_open_write, ENDS_KILLED, ENDS_KILLED },
	{ "open-a-rule", act_open_allowed, ENDS_KILLED, ENDS_DONE },
	{ "open-proc", act_open_proc, ENDS_KILLED, ENDS_REFUSED },
	{ "openat2", act_openat2, ENDS_KILLED, ENDS_KILLED },
	{ "stat", act_stat, ENDS_KILLED, ENDS_DONE },
	{ "list-a-folder", act_getdents, ENDS_KILLED, ENDS_DONE },
	{ "unlink", act_unlink, ENDS_KILLED, ENDS_KILLED },
	{ "mkdir", act_mkdir, ENDS_KILLED, ENDS_KILLED },
	{ "chmod", act_chmod, ENDS_KILLED, ENDS_KILLED },
	{ "write-elsewhere", act_write_elsewhere, ENDS_KILLED, ENDS_KILLED },
	{ "truncate", act_truncate, ENDS_KILLED, ENDS_KILLED },
	{ "send-elsewhere", act_send_elsewhere, ENDS_KILLED, ENDS_KILLED },
	{ "send-to-somebody", act_send_to_somebody, ENDS_KILLED, ENDS_KILLED },
	{ "send-out-of-band", act_send_out_of_band, ENDS_KILLED, ENDS_KILLED },
	{ "peek", act_peek, ENDS_KILLED, ENDS_KILLED },
	{ "receive-elsewhere", act_receive_elsewhere, ENDS_KILLED, ENDS_KILLED },
	{ "send-a-descriptor", act_send_descriptor, ENDS_KILLED, ENDS_KILLED },
	{ "socket", act_socket, ENDS_KILLED, ENDS_KILLED },
	{ "socketpair", act_socketpair, ENDS_KILLED, ENDS_KILLED },
	{ "connect", act_connect, ENDS_KILLED, ENDS_KILLED },
	{ "bind", act_bind, ENDS_KILLED, ENDS_KILLED },
	{ "fork", act_fork, ENDS_KILLED, ENDS_DONE },
	{ "thread", act_thread, ENDS_KILLED, ENDS_KILLED },
	{ "clone3", act_clone3, ENDS_KILLED, ENDS_KILLED },
	{ "complain", act_complain, ENDS_KILLED, ENDS_DONE },
	{ "exec", act_exec, ENDS_KILLED, ENDS_KILLED },
	{ "ptrace", act_ptrace, ENDS_KILLED, ENDS_KILLED },
	{ "read-memory", act_read_memory, ENDS_KILLED, ENDS_KILLED },
	{ "kill", act_kill, ENDS_KILLED, ENDS_KILLED },
	{ "kill-a-thread", act_kill_thread, ENDS_REFUSED, ENDS_REFUSED },
	{ "own-for-signals", act_own_for_signals, ENDS_KILLED, ENDS_KILLED },
	{ "lock-a-futex", act_lock_futex, ENDS_KILLED, ENDS_KILLED },
	{ "wake-a-futex", act_wake_futex, ENDS_DONE, ENDS_DONE },
	{ "advise", act_advise, ENDS_KILLED, ENDS_KILLED },
	{ "seek", act_seek, ENDS_KILLED, ENDS_KILLED },
	{ "read-capabilities", act_capabilities, ENDS_KILLED, ENDS_KILLED },
	{ "pidfd", act_pidfd, ENDS_KILLED, ENDS_KILLED },
	{ "mprotect-exec", act_mprotect_exec, ENDS_KILLED, ENDS_KILLED },
	{ "mmap-exec", act_mmap_exec, ENDS_KILLED, ENDS_KILLED },
	{ "memfd", act_memfd, ENDS_KILLED, ENDS_KILLED },
	{ "ioctl", act_ioctl, ENDS_KILLED, ENDS_KILLED },
	{ "prctl", act_prctl, ENDS_KILLED, ENDS_KILLED },
	{ "prctl-on-the-way-to-the-seal", act_dumpable, ENDS_KILLED, ENDS_DONE },
	{ "seccomp", act_seccomp, ENDS_KILLED, ENDS_DONE },
	{ "io_uring", act_io_uring, ENDS_KILLED, ENDS_KILLED },
	{ "unshare", act_unshare, ENDS_KILLED, ENDS_KILLED },
	{ "setuid", act_setuid, ENDS_KILLED, ENDS_KILLED },
	{ "resource-limits", act_limit, ENDS_KILLED, ENDS_DONE },
	{ "resource-limits-of-others", act_limit_others, ENDS_KILLED, ENDS_KILLED },
	{ "dup", act_dup, ENDS_KILLED, ENDS_DONE },
	{ "readlink", act_readlink, ENDS_KILLED, ENDS_KILLED },
	{ "chdir", act_chdir, ENDS_KILLED, ENDS_KILLED },
};

const guint n_acts = G_N_ELEMENTS(acts);
