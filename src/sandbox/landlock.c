/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The numbers are those of the kernel's uapi/linux/landlock.h, repeated here because the headers of
 * Debian 12 end with version 2 while its users run newer kernels.
 *
 *	version  adds                          kernel
 *	1        the first 13 file rights      5.13
 *	2        moving files between folders  5.19
 *	3        truncating                    6.2
 *	4        TCP bind and connect          6.7
 *	5        ioctl on devices              6.10
 *	6        scopes: abstract sockets, signals   6.12
 *	7        logging (no new rights)       6.15
 */
#include "sandbox/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/error.h"

#define CREATE_RULESET_VERSION 1
#define RULE_PATH_BENEATH      1

#define ACCESS_EXECUTE	 (UINT64_C(1) << 0)
#define ACCESS_READ_FILE (UINT64_C(1) << 2)
#define ACCESS_READ_DIR	 (UINT64_C(1) << 3)

typedef struct RulesetAttributes {
	guint64 access_fs, access_net, scoped;
} RulesetAttributes;

typedef struct __attribute__((packed)) PathAttributes {
	guint64 access;
	gint32 parent_fd;
} PathAttributes;

/* What can be taken, by the version from which on. */
static const struct {
	int abi;
	RulesetAttributes adds;
} handled[] = {
	{ 1, { .access_fs = (UINT64_C(1) << 13) - 1 } },
	{ 2, { .access_fs = UINT64_C(1) << 13 } },
	{ 3, { .access_fs = UINT64_C(1) << 14 } },
	{ 4, { .access_net = 3 } },
	{ 5, { .access_fs = UINT64_C(1) << 15 } },
	{ 6, { .scoped = 3 } },
};

int landlock_abi(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, CREATE_RULESET_VERSION);

	return abi > 0 ? (int)abi : 0;
}

/* Leaves what lies at @path readable; @more are further rights. */
static gboolean allow_reading(int ruleset, const char *path, guint64 more, GError **error)
{
	PathAttributes attributes = { .access = ACCESS_READ_FILE | more };
	struct stat about;
	int fd = open(path, O_PATH | O_CLOEXEC);
	gboolean fine;

	if (fd < 0)
		return spoor_error_from_errno(error, "%s", path);
	attributes.parent_fd = fd;
	if (fstat(fd, &about) == 0 && S_ISDIR(about.st_mode))
		attributes.access |= ACCESS_READ_DIR;
	fine = syscall(SYS_landlock_add_rule, ruleset, RULE_PATH_BENEATH, &attributes, 0) == 0;
	if (!fine)
		spoor_error_from_errno(error, "Landlock does not take a rule for %s", path);
	(void)close(fd); /* O_PATH: nothing to lose */
	return fine;
}

static gboolean restrict_self(
	int ruleset, const char *const *read_paths, guint64 more, GError **error)
{
	for (; read_paths && *read_paths; read_paths++) {
		if (!allow_reading(ruleset, *read_paths, more, error))
			return FALSE;
	}
	if (syscall(SYS_landlock_restrict_self, ruleset, 0) != 0)
		return spoor_error_from_errno(error, "Landlock could not be put in force");
	return TRUE;
}

static gboolean seal(const char *const *read_paths, guint64 more, GError **error)
{
	RulesetAttributes all = { 0 };
	int abi = landlock_abi();
	gboolean fine;
	int ruleset;

	for (guint i = 0; i < G_N_ELEMENTS(handled) && handled[i].abi <= abi; i++) {
		all.access_fs |= handled[i].adds.access_fs;
		all.access_net |= handled[i].adds.access_net;
		all.scoped |= handled[i].adds.scoped;
	}
	/* Kernels that know a shorter struct accept this one, as what they do not know is zero. */
	ruleset = (int)syscall(SYS_landlock_create_ruleset, &all, sizeof all, 0);
	if (ruleset < 0)
		return spoor_error_from_errno(error, "this kernel has no usable Landlock");
	fine = restrict_self(ruleset, read_paths, more, error);
	(void)close(ruleset); /* in force already, or given up */
	return fine;
}

gboolean landlock_seal(const char *const *read_paths, GError **error)
{
	return seal(read_paths, 0, error);
}

gboolean landlock_seal_program(const char *const *read_paths, GError **error)
{
	return seal(read_paths, ACCESS_EXECUTE, error);
}
