/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One test for each forbidden act and role. A child is sealed and tries; it must be killed by the
 * seal, or, where Landlock answers, be refused. Each act is also tried unsealed, where it must
 * succeed: so a test that tests nothing fails.
 */
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ipc/channel.h"
#include "sandbox/sandbox.h"
#include "sandbox/test-acts.h"

/* How a child that tried something ends. */
#define DID_IT	    0
#define REFUSED	    77 /* EACCES or EPERM */
#define OTHER_ERROR 78
#define SEAL_FAILED 79

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

	if (dress != UNSEALED &&
		(!sandbox_prepare(SANDBOX_READER, NULL) || !sandbox_prepare(SANDBOX_LOADER, NULL)))
		return FALSE;
	if ((dress == AS_LOADER || dress == AS_CHILD) &&
		(!sandbox_limit(SANDBOX_LOADER, 0, NULL) ||
			!sandbox_seal(SANDBOX_LOADER, paths, NULL)))
		return FALSE;
	return (dress != AS_READER && dress != AS_CHILD) ||
		(sandbox_limit(SANDBOX_READER, 0, NULL) &&
			sandbox_seal(SANDBOX_READER, NULL, NULL));
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
	/* So large that it always has pages of its own, which are moved. */
	g_free(g_realloc(g_malloc0(48 << 20), 96 << 20));
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

/* A smashed stack, a corrupt heap: the C library complains, and the end shows as a crash. */
void __stack_chk_fail(void);

static void test_crash_shows(void)
{
	void (*const ends[])(void) = { abort, __stack_chk_fail };

	for (guint i = 0; i < 2 * G_N_ELEMENTS(ends); i++) {
		pid_t pid = fork();
		int status;

		if (pid == 0) {
			if (seal_as(i % 2 ? AS_CHILD : AS_LOADER, "/etc"))
				ends[i / 2]();
			_exit(SEAL_FAILED);
		}
		g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
		g_assert_true(WIFSIGNALED(status));
		g_assert_cmpint(WTERMSIG(status), !=, SIGSYS);
	}
}

/* ---- limits ---- */

static void test_memory_limit(void)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		if (!sandbox_limit(SANDBOX_READER, 0, NULL))
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
		if (!sandbox_limit(SANDBOX_READER, 0, NULL))
			_exit(1);
		_exit(write(OPEN_FD, "x", 1) < 0 ? 2 : 0);
	}
	g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
	remove_folder(folder);
	g_assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGXFSZ);
}

/* ---- what the kernel says of a sealed process ---- */

/* Seals itself and waits to be looked at; closing @ready says that it can be. */
static void sit_sealed(Dress dress, gboolean as_nobody, int parent, const int *ready)
{
	close(ready[0]);
	if (as_nobody && geteuid() == 0 &&
		(setresgid(65534, 65534, 65534) != 0 || setresuid(65534, 65534, 65534) != 0))
		_exit(1);
	/* Changing the user does the same: only the seal's own doing counts. */
	if (!sandbox_die_with_parent(parent, NULL) || prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) != 0 ||
		!seal_as(dress, "/etc"))
		_exit(SEAL_FAILED);
	close(ready[1]);
	for (;;)
		(void)getpid();
}

/* What /proc says about a process in @dress; *ret_owner is whose it is shown as. */
static char *status_of(Dress dress, gboolean as_nobody, uid_t *ret_owner)
{
	g_autofree char *path = NULL;
	char *text = NULL;
	struct stat about;
	int ready[2], parent = getpid();
	char byte;
	pid_t pid;

	g_assert_cmpint(pipe(ready), ==, 0);
	pid = fork();
	if (pid == 0)
		sit_sealed(dress, as_nobody, parent, ready);
	close(ready[1]);
	g_assert_cmpint(read(ready[0], &byte, 1), ==, 0);
	close(ready[0]);
	path = g_strdup_printf("/proc/%d/status", (int)pid);
	g_assert_cmpint(stat(path, &about), ==, 0);
	*ret_owner = about.st_uid;
	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	g_assert_cmpint(kill(pid, SIGKILL), ==, 0);
	g_assert_cmpint(waitpid(pid, NULL, 0), ==, pid);
	return text;
}

/* The number that /proc gives in 16 digits behind @key. */
static guint64 capabilities_in(const char *status, const char *key)
{
	const char *at = strstr(status, key);
	g_autofree char *digits = g_strndup(at + strlen(key), 16);
	guint64 number;

	g_assert_true(g_ascii_string_to_unsigned(digits, 16, 0, G_MAXUINT64, &number, NULL));
	return number;
}

/* Root's child has none of root's powers left, root's loader one. Tells nothing without root. */
static void test_status(void)
{
	uid_t owner;

	for (guint dress = AS_READER; dress <= AS_CHILD; dress++) {
		g_autofree char *status = status_of((Dress)dress, FALSE, &owner);
		guint64 kept = dress == AS_LOADER ? 1u << CAP_DAC_READ_SEARCH : 0;

		g_assert_cmphex(capabilities_in(status, "CapPrm:\t") & ~kept, ==, 0);
		g_assert_cmphex(capabilities_in(status, "CapEff:\t") & ~kept, ==, 0);
		g_assert_nonnull(strstr(status, "NoNewPrivs:\t1"));
		g_assert_nonnull(strstr(status, "Seccomp:\t2"));
	}
}

static void test_limits(void)
{
	static const int resources[] = { RLIMIT_CORE, RLIMIT_FSIZE, RLIMIT_NPROC, RLIMIT_NOFILE };
	static const rlim_t most[] = { 0, 0, 0, 16 };
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		if (!sandbox_limit(SANDBOX_READER, 0, NULL))
			_exit(1);
		for (guint i = 0; i < G_N_ELEMENTS(resources); i++) {
			struct rlimit limit;

			if (getrlimit((enum __rlimit_resource)resources[i], &limit) != 0 ||
				limit.rlim_max > most[i] || limit.rlim_cur > most[i])
				_exit(2);
		}
		_exit(0);
	}
	g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
	g_assert_cmpint(status, ==, 0);
}

/* Others of the same user may not look into a sealed process: it is shown as root's. */
static void test_not_dumpable(void)
{
	uid_t owner;

	for (guint dress = AS_READER; dress <= AS_CHILD; dress++) {
		g_free(status_of((Dress)dress, TRUE, &owner));
		g_assert_cmpuint(owner, ==, 0);
	}
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
		for (guint i = 0; i < n_acts; i++) {
			g_autofree char *name =
				g_strdup_printf("/sandbox/%s/%s", dresses[dress], acts[i].name);

			*trials = (Trial){ &acts[i], (Dress)dress };
			g_test_add_data_func(name, trials++, test_act);
		}
	}
}

int main(int argc, char **argv)
{
	g_autofree Trial *trials = g_new0(Trial, 4 * n_acts);

	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/sandbox/support", test_support);
	g_test_add_func("/sandbox/a-sealed-child-can-work", test_can_work);
	g_test_add_func("/sandbox/a-crash-shows-as-one", test_crash_shows);
	g_test_add_func("/sandbox/memory-limit", test_memory_limit);
	g_test_add_func("/sandbox/no-files-limit", test_file_limit);
	g_test_add_func("/sandbox/status", test_status);
	g_test_add_func("/sandbox/not-dumpable", test_not_dumpable);
	g_test_add_func("/sandbox/limits", test_limits);
	g_test_add_func("/sandbox/dies-with-parent", test_dies_with_parent);
	g_test_add_data_func("/sandbox/fails-closed/without-landlock",
		GUINT_TO_POINTER(SYS_landlock_create_ruleset), test_fails_closed);
	g_test_add_data_func("/sandbox/fails-closed/without-landlock-in-force",
		GUINT_TO_POINTER(SYS_landlock_restrict_self), test_fails_closed);
	g_test_add_data_func("/sandbox/fails-closed/without-capabilities",
		GUINT_TO_POINTER(SYS_capset), test_fails_closed);
	g_test_add_data_func("/sandbox/fails-closed/without-prctl", GUINT_TO_POINTER(SYS_prctl),
		test_fails_closed);
	g_test_add_data_func("/sandbox/fails-closed/without-seccomp", GUINT_TO_POINTER(SYS_seccomp),
		test_fails_closed);
	add_trials(trials);
	return g_test_run();
}
