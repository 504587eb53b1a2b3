/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One test for each forbidden act and role. A child is sealed and tries; it must be killed by the
 * seal, or, where Landlock answers, be refused. Each act is also tried unsealed, where it must
 * succeed: so a test that tests nothing fails.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <linux/filter.h>
#include <linux/io_uring.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
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
#include <sys/wait.h>
#include <unistd.h>

#include "ipc/channel.h"
#include "sandbox/sandbox.h"

/* How a child that tried something ends. */
#define DID_IT	    0
#define REFUSED	    77 /* EACCES or EPERM */
#define OTHER_ERROR 78
#define SEAL_FAILED 79
#define OPEN_FD	    9 /* a file opened for writing before the seal */

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

static long act_open_old(const char *folder)
{
	return syscall(SYS_open, "/etc/passwd", O_RDONLY);
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
	return send(4, "x", 1, 0); /* a socket that was open before the seal */
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

static const Act acts[] = {
	{ "open", act_open, ENDS_KILLED, ENDS_REFUSED },
	{ "open-for-writing", act_open_write, ENDS_KILLED, ENDS_KILLED },
	{ "open-a-rule", act_open_allowed, ENDS_KILLED, ENDS_DONE },
	{ "open-proc", act_open_proc, ENDS_KILLED, ENDS_REFUSED },
	{ "open-the-old-way", act_open_old, ENDS_KILLED, ENDS_KILLED },
	{ "openat2", act_openat2, ENDS_KILLED, ENDS_KILLED },
	{ "stat", act_stat, ENDS_KILLED, ENDS_DONE },
	{ "list-a-folder", act_getdents, ENDS_KILLED, ENDS_DONE },
	{ "unlink", act_unlink, ENDS_KILLED, ENDS_KILLED },
	{ "mkdir", act_mkdir, ENDS_KILLED, ENDS_KILLED },
	{ "chmod", act_chmod, ENDS_KILLED, ENDS_KILLED },
	{ "write-elsewhere", act_write_elsewhere, ENDS_KILLED, ENDS_KILLED },
	{ "truncate", act_truncate, ENDS_KILLED, ENDS_KILLED },
	{ "send-elsewhere", act_send_elsewhere, ENDS_KILLED, ENDS_KILLED },
	{ "send-a-descriptor", act_send_descriptor, ENDS_KILLED, ENDS_KILLED },
	{ "socket", act_socket, ENDS_KILLED, ENDS_KILLED },
	{ "socketpair", act_socketpair, ENDS_KILLED, ENDS_KILLED },
	{ "connect", act_connect, ENDS_KILLED, ENDS_KILLED },
	{ "bind", act_bind, ENDS_KILLED, ENDS_KILLED },
	{ "fork", act_fork, ENDS_KILLED, ENDS_DONE },
	{ "thread", act_thread, ENDS_KILLED, ENDS_KILLED },
	{ "exec", act_exec, ENDS_KILLED, ENDS_KILLED },
	{ "ptrace", act_ptrace, ENDS_KILLED, ENDS_KILLED },
	{ "read-memory", act_read_memory, ENDS_KILLED, ENDS_KILLED },
	{ "kill", act_kill, ENDS_KILLED, ENDS_KILLED },
	{ "kill-a-thread", act_kill_thread, ENDS_REFUSED, ENDS_REFUSED },
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
	{ "dup", act_dup, ENDS_KILLED, ENDS_DONE },
	{ "readlink", act_readlink, ENDS_KILLED, ENDS_KILLED },
	{ "chdir", act_chdir, ENDS_KILLED, ENDS_KILLED },
};

typedef enum Dress {
	UNSEALED,
	AS_READER,
	AS_LOADER,
	AS_CHILD, /* sealed as loader first, then as reader: what really happens */
} Dress;

typedef struct Trial {
	const Act *act;
	Dress dress;
} Trial;

static void open_things(const char *folder)
{
	g_autofree char *path = g_build_filename(folder, "open", NULL);
	int fd = open(path, O_WRONLY | O_CREAT, 0600), ends[2];

	g_assert_cmpint(dup2(fd, OPEN_FD), ==, OPEN_FD);
	g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), ==, 0);
	g_assert_cmpint(dup2(ends[0], 7), ==, 7);
	g_assert_cmpint(dup2(ends[1], 8), ==, 8);
	g_assert_cmpint(dup2(7, 3), ==, 3);
	g_assert_cmpint(dup2(8, 4), ==, 4);
	fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	g_assert_cmpint(dup2(fd, 5), ==, 5);
	fd = open(folder, O_RDONLY | O_DIRECTORY);
	g_assert_cmpint(dup2(fd, 6), ==, 6);
}

static gboolean seal_as(Dress dress, const char *folder)
{
	const char *const paths[] = { folder, NULL };

	if (dress != UNSEALED && !sandbox_prepare(SANDBOX_READER, NULL))
		return FALSE;
	if ((dress == AS_LOADER || dress == AS_CHILD) && !sandbox_seal(SANDBOX_LOADER, paths, NULL))
		return FALSE;
	return (dress != AS_READER && dress != AS_CHILD) ||
		(sandbox_limit(SANDBOX_READER, NULL) && sandbox_seal(SANDBOX_READER, NULL, NULL));
}

static void run_trial(const Trial *trial, const char *folder)
{
	long result;

	open_things(folder);
	if (!seal_as(trial->dress, folder))
		_exit(SEAL_FAILED);
	result = trial->act->try(folder);
	if (result >= 0)
		_exit(DID_IT);
	_exit(errno == EACCES || errno == EPERM ? REFUSED : OTHER_ERROR);
}

static char *make_folder(void)
{
	char *folder = g_dir_make_tmp("spoor-sandbox-XXXXXX", NULL);
	const char *const names[] = { "rule.yml", "victim" };

	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path = g_build_filename(folder, names[i], NULL);

		g_assert_true(g_file_set_contents(path, "x", 1, NULL));
	}
	return folder;
}

static void remove_folder(const char *folder)
{
	const char *const names[] = { "rule.yml", "victim", "open", "new" };

	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path = g_build_filename(folder, names[i], NULL);

		(void)g_unlink(path); /* may never have been there */
	}
	g_autofree char *inside = g_build_filename(folder, "folder", NULL);

	(void)g_rmdir(inside);
	g_assert_cmpint(g_rmdir(folder), ==, 0);
}

static void test_act(gconstpointer data)
{
	const Trial *trial = data;
	g_autofree char *folder = make_folder();
	Ending expected = trial->dress == UNSEALED ? ENDS_DONE
		: trial->dress == AS_LOADER	   ? trial->act->loader
						   : trial->act->reader;
	pid_t pid = fork();
	int status;

	if (pid == 0)
		run_trial(trial, folder);
	g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
	remove_folder(folder);
	if (expected == ENDS_KILLED) {
		g_assert_true(WIFSIGNALED(status));
		g_assert_cmpint(WTERMSIG(status), ==, SIGSYS);
		return;
	}
	g_assert_true(WIFEXITED(status));
	g_assert_cmpint(WEXITSTATUS(status), ==, expected == ENDS_DONE ? DID_IT : REFUSED);
}

/* ---- what a sealed child still can ---- */

static void be_useful(int evidence, int channel)
{
	char bytes[16];
	Message done = message_begin(MESSAGE_FAILED);
	Channel *talk;

	if (dup2(evidence, OPEN_FD) < 0 || dup2(channel, SANDBOX_CHANNEL_FD) < 0)
		_exit(1);
	talk = channel_new(SANDBOX_CHANNEL_FD);
	if (!seal_as(AS_CHILD, "/etc"))
		_exit(SEAL_FAILED);
	if (pread(OPEN_FD, bytes, 5, 0) != 5)
		_exit(2);
	for (guint i = 0; i < 100; i++) {
		/* Memory in all sizes, and back. */
		void *block = g_malloc0((gsize)1 << (i % 24));

		g_free(block);
	}
	message_add_slice(&done, slice_make(bytes, 5));
	if (!channel_send(talk, &done, NULL) || !channel_flush(talk, NULL))
		_exit(3);
	if (channel_receive(talk, TRUE, &done, NULL, NULL) != RECEIVE_CLOSED)
		_exit(4);
	_exit(0);
}

static void test_can_work(void)
{
	g_autoptr(Channel) ours = NULL;
	int evidence = open("/etc/passwd", O_RDONLY), theirs, status;
	g_autofree char *text = NULL;
	Message got;
	pid_t pid;

	g_assert_true(channel_new_pair(5, &ours, &theirs, NULL));
	pid = fork();
	if (pid == 0) {
		close(channel_fd(ours));
		be_useful(evidence, theirs);
	}
	close(theirs);
	g_assert_cmpint(channel_receive(ours, TRUE, &got, NULL, NULL), ==, RECEIVE_MESSAGE);
	text = message_dup_text(&got, 0);
	g_assert_cmpstr(text, ==, "root:");
	g_clear_pointer(&ours, channel_free);
	g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
	g_assert_cmpint(status, ==, 0);
	close(evidence);
}

/* ---- limits ---- */

static void test_memory_limit(void)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		if (!sandbox_limit(SANDBOX_READER, NULL))
			_exit(1);
		_exit(g_try_malloc((gsize)2 << 30) ? 2 : 0);
	}
	g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
	g_assert_cmpint(status, ==, 0);
}

static void test_file_limit(void)
{
	g_autofree char *folder = make_folder();
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		open_things(folder);
		if (!sandbox_limit(SANDBOX_READER, NULL))
			_exit(1);
		_exit(act_write_elsewhere(folder) < 0 ? 2 : 0);
	}
	g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
	remove_folder(folder);
	g_assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGXFSZ);
}

/* A child of root has none of root's powers left. */
static void test_capabilities(void)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		guint32 head[2] = { 0x20080522, 0 }, data[6] = { 0 };

		if (!seal_as(AS_LOADER, "/etc"))
			_exit(SEAL_FAILED);
		/* capget is not allowed inside: look at what capset leaves instead. */
		_exit(syscall(SYS_capset, head, data) == 0 ? 0 : 1);
	}
	g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
	g_assert_cmpint(status, ==, 0);
}

static void test_dies_with_parent(void)
{
	int alive[2], status;
	char byte;
	pid_t middle;

	g_assert_cmpint(pipe(alive), ==, 0);
	middle = fork();
	if (middle == 0) {
		int parent = getpid();

		if (fork() == 0) {
			close(alive[0]);
			if (!sandbox_die_with_parent(parent, NULL) || !seal_as(AS_READER, "/etc"))
				_exit(1);
			for (;;)
				(void)getpid(); /* holds the pipe open, hears nothing */
		}
		close(alive[1]);
		g_usleep(200000);
		_exit(0);
	}
	close(alive[1]);
	g_assert_cmpint(waitpid(middle, &status, 0), ==, middle);
	/* End of file comes only when the grandchild is gone too. */
	alarm(10);
	g_assert_cmpint(read(alive[0], &byte, 1), ==, 0);
	alarm(0);
	close(alive[0]);
}

/* From now on the kernel seems not to know system call @number. */
static void forget_system_call(guint32 number)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { G_N_ELEMENTS(code), code };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
		prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
		_exit(1);
}

/* Where the kernel lacks what the seal needs, sealing fails and says so. */
static void test_fails_closed(gconstpointer number)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		g_autoptr(GError) reader = NULL;
		g_autoptr(GError) loader = NULL;

		if (!sandbox_prepare(SANDBOX_READER, NULL) ||
			!sandbox_prepare(SANDBOX_LOADER, NULL))
			_exit(2);
		forget_system_call(GPOINTER_TO_UINT(number));
		if (sandbox_seal(SANDBOX_READER, NULL, &reader) || !reader)
			_exit(3);
		_exit(sandbox_seal(SANDBOX_LOADER, NULL, &loader) || !loader ? 4 : 0);
	}
	g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
	g_assert_cmpint(status, ==, 0);
}

static void test_support(void)
{
	SandboxSupport support = sandbox_support();

	g_assert_true(support.seccomp);
	g_assert_true(support.no_new_privileges);
	g_assert_cmpint(support.landlock_abi, >=, 1);
}

static void add_trials(Trial *trials)
{
	static const char *const dresses[] = { "unsealed", "reader", "loader", "child" };

	for (guint dress = UNSEALED; dress <= AS_CHILD; dress++) {
		for (guint i = 0; i < G_N_ELEMENTS(acts); i++) {
			g_autofree char *name =
				g_strdup_printf("/sandbox/%s/%s", dresses[dress], acts[i].name);

			*trials = (Trial){ &acts[i], (Dress)dress };
			g_test_add_data_func(name, trials++, test_act);
		}
	}
}

int main(int argc, char **argv)
{
	g_autofree Trial *trials = g_new0(Trial, 4 * G_N_ELEMENTS(acts));

	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/sandbox/support", test_support);
	g_test_add_func("/sandbox/a-sealed-child-can-work", test_can_work);
	g_test_add_func("/sandbox/memory-limit", test_memory_limit);
	g_test_add_func("/sandbox/no-files-limit", test_file_limit);
	g_test_add_func("/sandbox/capabilities-can-be-dropped", test_capabilities);
	g_test_add_func("/sandbox/dies-with-parent", test_dies_with_parent);
	g_test_add_data_func("/sandbox/fails-closed/without-landlock",
		GUINT_TO_POINTER(SYS_landlock_create_ruleset), test_fails_closed);
	g_test_add_data_func("/sandbox/fails-closed/without-landlock-in-force",
		GUINT_TO_POINTER(SYS_landlock_restrict_self), test_fails_closed);
	g_test_add_data_func("/sandbox/fails-closed/without-seccomp", GUINT_TO_POINTER(SYS_seccomp),
		test_fails_closed);
	add_trials(trials);
	return g_test_run();
}
