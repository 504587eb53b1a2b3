/* SPDX-License-Identifier: Apache-2.0 */
#include "coordinator/temporary.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"

const char *temporary_folder(void)
{
	const char *asked = g_getenv("TMPDIR");

	return asked && *asked ? asked : "/var/tmp";
}

/* On file systems that lack O_TMPFILE by unlinking it. */
int temporary_open(GError **error)
{
	const char *folder = temporary_folder();
	int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd < 0) {
		g_autofree char *path = g_build_filename(folder, "spoor-XXXXXX", NULL);

		fd = mkostemp(path, O_CLOEXEC);
		if (fd >= 0)
			(void)unlink(path); /* left behind at worst */
	}
	if (fd < 0)
		spoor_error_from_errno(error, "could not make a temporary file in %s", folder);
	return fd;
}
