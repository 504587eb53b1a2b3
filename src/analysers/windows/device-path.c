/* SPDX-License-Identifier: Apache-2.0 */
/*
 * device-path: a path as users write it, from one as the kernel does.
 *
 *	\device\harddiskvolume3\windows\a.exe   C:\windows\a.exe
 *	\device\mup\server\share\a.exe          \\server\share\a.exe
 *	System                                  System
 *
 * The kernel does not say which letter a volume has. C: is a guess; it is right for the system
 *volume, where nearly all programs are, and rules that name a drive name C:. The event's own field
 *keeps the kernel's path.
 */
#include "analysers/windows/windows.h"

#define VOLUME "\\device\\harddiskvolume"
#define MUP    "\\device\\mup\\"

static gboolean compute(const Slice *inputs, guint n_inputs, const char *parameter, GString *ret)
{
	Slice path = inputs[0];

	if (path.size == 0)
		return FALSE;
	if (fact_has_prefix(path, MUP)) {
		g_string_append(ret, "\\\\");
		path = slice_sub(path, strlen(MUP), G_MAXSIZE);
	} else if (fact_has_prefix(path, VOLUME)) {
		gsize end = strlen(VOLUME);

		while (end < path.size && g_ascii_isdigit(path.data[end]))
			end++;
		if (end > strlen(VOLUME) && end < path.size && path.data[end] == '\\') {
			g_string_append(ret, "C:");
			path = slice_sub(path, end, G_MAXSIZE);
		}
	}
	fact_append(ret, path);
	return TRUE;
}

const Analyser analyser_device_path = {
	.name = "device-path",
	.description = "a path of the kernel's with a drive letter (C:, a guess) or a server",
	.docs = "docs/writing-rules.md",
	.min_inputs = 1,
	.max_inputs = 1,
	.compute = compute,
};
