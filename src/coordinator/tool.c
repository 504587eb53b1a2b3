/* SPDX-License-Identifier: Apache-2.0 */
#include "coordinator/tool.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/limits.h"
#include "sandbox/sandbox.h"

#define EXIT_UNCONFINED 125 /* of the child, before it is the program */
#define EXIT_NOT_RUN	127

static gboolean bound(int resource, rlim_t value)
{
	const struct rlimit both = { value, value };

	return setrlimit(resource, &both) == 0;
}

static gboolean bound_all(void)
{
	/* The alarm outlasts exec(): a program that waits for something ends, too. */
	(void)alarm(LIMIT_TOOL_SECONDS);
	return bound(RLIMIT_CPU, LIMIT_TOOL_SECONDS) && bound(RLIMIT_AS, LIMIT_TOOL_MEMORY_BYTES) &&
		bound(RLIMIT_FSIZE, LIMIT_TOOL_OUTPUT_BYTES) && bound(RLIMIT_NOFILE, 32) &&
		bound(RLIMIT_CORE, 0);
}

/* In the child; never returns. */
static void become_tool(const char *const *argv, int in_fd, int out_fd, gboolean sandbox)
{
	static char *const environment[] = { (char *)"LC_ALL=C.UTF-8", NULL };
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	int in = fcntl(in_fd, F_DUPFD, 16), out = fcntl(out_fd, F_DUPFD, 16);

	if (null < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(null, 2) < 0 ||
		close_range(3, ~0u, 0) != 0 || chdir("/") != 0 || !bound_all())
		_exit(EXIT_UNCONFINED);
	if (sandbox && !sandbox_confine_tool(NULL))
		_exit(EXIT_UNCONFINED);
	execve(argv[0], (char *const *)argv, environment);
	_exit(EXIT_NOT_RUN);
}

static gboolean fail(GError **error, const char *program, const char *what)
{
	g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_SYSTEM, "%s %s", program, what);
	return FALSE;
}

static gboolean judge_end(const char *program, int status, GError **error)
{
	if (WIFSIGNALED(status)) {
		int number = WTERMSIG(status);

		if (number == SIGXFSZ)
			return fail(error, program, "wrote more than LIMIT_TOOL_OUTPUT_BYTES");
		if (number == SIGALRM || number == SIGXCPU || number == SIGKILL)
			return fail(error, program, "took longer than LIMIT_TOOL_SECONDS");
		return fail(error, program, "crashed");
	}
	switch (WEXITSTATUS(status)) {
	case 0:
		return TRUE;
	case EXIT_UNCONFINED:
		return fail(error, program, "could not be confined, and was not run");
	case EXIT_NOT_RUN:
		return fail(error, program, "could not be run");
	default:
		return fail(error, program, "could not read it");
	}
}

gboolean tool_run(const char *const *argv, int in_fd, int out_fd, gboolean sandbox, GError **error)
{
	pid_t pid;
	int status;

	if (access(argv[0], X_OK) != 0)
		return fail(error, argv[0], "is not there");
	pid = fork();
	if (pid == 0)
		become_tool(argv, in_fd, out_fd, sandbox && sandbox_is_built());
	if (pid < 0)
		return spoor_error_from_errno(error, "%s", argv[0]);
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return spoor_error_from_errno(error, "%s", argv[0]);
	}
	return judge_end(argv[0], status, error);
}
